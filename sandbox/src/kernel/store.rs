//! Where a world lives between requests: in memory, or as a file in a directory. The central type is [`Store`].
//!
//! Not here: time, faults of the transport; see `connector`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file in the directory that holds the world.
const WORLD: &str = "sandbox.json";
/// The file in the directory that is locked while a request is handled.
const LOCK: &str = "sandbox.lock";

/// A place for one world.
#[derive(Debug)]
pub(crate) enum Store<W> {
    Memory(Box<Mutex<W>>),
    Directory(PathBuf),
}

impl<W: Serialize + DeserializeOwned> Store<W> {
    pub(crate) fn memory(world: W) -> Self {
        Self::Memory(Box::new(Mutex::new(world)))
    }

    /// The world that is there already, or else the initial one.
    pub(crate) fn directory(path: &Path, initial: impl FnOnce() -> W) -> io::Result<Self> {
        folder(path)?;
        let _lock = lock(path)?;
        match read::<W>(path) {
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => write(path, &initial())?,
            Err(error) => return Err(error),
        }
        Ok(Self::Directory(path.to_owned()))
    }

    /// Does something with the world, alone.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut W) -> T) -> io::Result<T> {
        match self {
            // A test that panicked with the world in its hands spoils that test only.
            Self::Memory(world) => Ok(change(&mut world.lock().unwrap_or_else(PoisonError::into_inner))),
            Self::Directory(path) => {
                let _lock = lock(path)?;
                let mut world: W = read(path)?;
                let result = change(&mut world);
                write(path, &world)?;
                Ok(result)
            }
        }
    }
}

/// The world in this directory, if there is one.
pub(crate) fn load<W: DeserializeOwned>(directory: &Path) -> io::Result<Option<W>> {
    let path = directory.join(WORLD);
    if !path.try_exists().map_err(about(&path))? {
        return Ok(None);
    }
    let _lock = lock(directory)?;
    read(directory).map(Some)
}

/// Puts a world into the directory, in place of the one there, also one of another version. Nothing else in the directory
/// is touched.
pub(crate) fn save<W: Serialize>(world: &W, directory: &Path) -> io::Result<()> {
    folder(directory)?;
    let _lock = lock(directory)?;
    let path = directory.join(WORLD);
    if path.try_exists().map_err(about(&path))? && !was_a_world(&path)? {
        let message = format!("{} is something else; choose another folder, or delete it", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidData, message));
    }
    write(directory, world)
}

/// Whether the file holds a world of any version.
fn was_a_world(path: &Path) -> io::Result<bool> {
    let text = fs::read(path).map_err(about(path))?;
    let Ok(serde_json::Value::Object(world)) = serde_json::from_slice(&text) else { return Ok(false) };
    Ok(["settings", "now"].iter().all(|key| world.contains_key(*key)))
}

/// The same error, saying on what.
fn about(path: &Path) -> impl Fn(io::Error) -> io::Error {
    move |error| io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}

/// Makes the directory if it is not there.
fn folder(path: &Path) -> io::Result<()> {
    if path.is_file() {
        let message = format!("{} is a file, and a sandbox needs a folder", path.display());
        return Err(io::Error::new(io::ErrorKind::NotADirectory, message));
    }
    fs::create_dir_all(path).map_err(about(path))
}

/// Held until dropped; other processes wait.
fn lock(directory: &Path) -> io::Result<File> {
    let path = directory.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(&path).map_err(about(&path))?;
    file.lock().map_err(about(&path))?;
    Ok(file)
}

fn read<W: DeserializeOwned>(directory: &Path) -> io::Result<W> {
    let path = directory.join(WORLD);
    let text = fs::read_to_string(&path).map_err(about(&path))?;
    serde_json::from_str(&text).map_err(|error| {
        let message = format!("{} is not a sandbox of this version; delete it to begin anew: {error}", path.display());
        io::Error::new(io::ErrorKind::InvalidData, message)
    })
}

/// Under a temporary name first, so that nobody ever sees half a world.
fn write<W: Serialize>(directory: &Path, world: &W) -> io::Result<()> {
    let (path, temporary) = (directory.join(WORLD), directory.join("sandbox.json.new"));
    let text = serde_json::to_vec_pretty(world).map_err(io::Error::other)?;
    fs::write(&temporary, text).map_err(about(&temporary))?;
    fs::rename(temporary, &path).map_err(about(&path))
}

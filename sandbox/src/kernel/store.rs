//! Where a world lives between requests: in memory, or as a file in a directory. The central type is [`Store`].
//!
//! Not here: time, faults of the transport; see `connector`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// The file in the directory that holds the world.
const WORLD: &str = "sandbox.json";
/// The file in the directory that is locked while a request is handled.
const LOCK: &str = "sandbox.lock";

/// How far time may go on without being written down: it alone is not worth a write.
const TIME_WORTH_WRITING: Duration = Duration::from_mins(1);

/// What can be kept.
pub(crate) trait Keep: Serialize + DeserializeOwned {
    /// Another one after everything that must be on disk before anybody hears of it.
    fn stamp(&self) -> u64;
    /// The world's time.
    fn time(&self) -> SystemTime;
}

/// A place for one world.
#[derive(Debug)]
pub(crate) enum Store<W: Keep> {
    Memory(Box<Mutex<W>>),
    Directory(Folder<W>),
}

/// A directory with a world in a file, which several processes may use at once.
#[derive(Debug)]
pub(crate) struct Folder<W: Keep> {
    path: PathBuf,
    kept: Mutex<Option<Kept<W>>>,
}

/// The world as it is in the file, but for a little time.
#[derive(Debug)]
struct Kept<W> {
    world: W,
    /// What the file looked like when it was read or written last.
    file: Look,
    stamp: u64,
    time: SystemTime,
}

/// What a file looks like from outside: another one after each replacement.
type Look = (Option<SystemTime>, u64, u64);

impl<W: Keep> Store<W> {
    pub(crate) fn memory(world: W) -> Self {
        Self::Memory(Box::new(Mutex::new(world)))
    }

    /// The world that is there already, or else the initial one.
    pub(crate) fn directory(path: &Path, initial: impl FnOnce() -> W) -> io::Result<Self> {
        folder(path)?;
        let _lock = lock(path)?;
        let kept = match Kept::read(path) {
            Ok(kept) => kept,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Kept::written(path, initial())?,
            Err(error) => return Err(error),
        };
        Ok(Self::Directory(Folder { path: path.to_owned(), kept: Mutex::new(Some(kept)) }))
    }

    /// Does something with the world, alone. What is to be remembered of it is on disk when this returns.
    pub(crate) fn with<T>(&self, change: impl FnOnce(&mut W) -> T) -> io::Result<T> {
        match self {
            // A test that panicked with the world in its hands spoils that test only.
            Self::Memory(world) => Ok(change(&mut world.lock().unwrap_or_else(PoisonError::into_inner))),
            Self::Directory(folder) => folder.with(change),
        }
    }
}

impl<W: Keep> Folder<W> {
    fn with<T>(&self, change: impl FnOnce(&mut W) -> T) -> io::Result<T> {
        let mut place = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let _lock = lock(&self.path)?;
        // Taken out: what a panic or a failed write leaves behind is not what is in the file.
        let kept = place.take();
        let look = look(&self.path)?;
        let mut kept = match kept.filter(|kept| kept.file == look) {
            Some(kept) => kept,
            None => Kept::read(&self.path)?,
        };
        let result = change(&mut kept.world);
        if kept.is_worth_writing() {
            kept = Kept::written(&self.path, kept.world)?;
        }
        *place = Some(kept);
        Ok(result)
    }
}

/// The time since the last write is worth one in the end, unless somebody else has written.
impl<W: Keep> Drop for Folder<W> {
    fn drop(&mut self) {
        let kept = self.kept.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let Some(kept) = kept.filter(|kept| kept.world.time() != kept.time) else { return };
        if let Ok(_lock) = lock(&self.path)
            && look(&self.path).is_ok_and(|look| look == kept.file)
        {
            // Nobody is left to be told; the file is whole either way.
            let _written = write(&self.path, &kept.world).is_ok();
        }
    }
}

impl<W: Keep> Kept<W> {
    fn of(path: &Path, world: W) -> io::Result<Self> {
        Ok(Self { file: look(path)?, stamp: world.stamp(), time: world.time(), world })
    }

    fn read(path: &Path) -> io::Result<Self> {
        Self::of(path, read(path)?)
    }

    fn written(path: &Path, world: W) -> io::Result<Self> {
        write(path, &world)?;
        Self::of(path, world)
    }

    fn is_worth_writing(&self) -> bool {
        let time = self.world.time().duration_since(self.time).unwrap_or(Duration::MAX);
        self.world.stamp() != self.stamp || time >= TIME_WORTH_WRITING
    }
}

fn look(directory: &Path) -> io::Result<Look> {
    let path = directory.join(WORLD);
    let metadata = fs::metadata(&path).map_err(about(&path))?;
    Ok((metadata.modified().ok(), metadata.len(), number(&metadata)))
}

/// The file's own number: clocks are too coarse for two replacements in a row.
#[cfg(unix)]
fn number(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn number(_metadata: &fs::Metadata) -> u64 {
    0
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Count {
        settings: (),
        number: u64,
        now: SystemTime,
    }

    impl Keep for Count {
        fn stamp(&self) -> u64 {
            self.number
        }

        fn time(&self) -> SystemTime {
            self.now
        }
    }

    fn store(path: &Path) -> Store<Count> {
        Store::directory(path, || Count { settings: (), number: 0, now: SystemTime::UNIX_EPOCH }).unwrap()
    }

    fn number(path: &Path) -> u64 {
        load::<Count>(path).unwrap().unwrap().number
    }

    #[test]
    fn what_changes_is_on_disk_at_once_and_what_does_not_is_not_written() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let before = look(folder.path()).unwrap();
        store.with(|count| assert_eq!(count.number, 0)).unwrap();
        assert_eq!(look(folder.path()).unwrap(), before);
        store.with(|count| count.number = 1).unwrap();
        assert_eq!(number(folder.path()), 1);
        assert_ne!(look(folder.path()).unwrap(), before);
    }

    #[test]
    fn nobody_loses_what_another_has_written() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (store(folder.path()), store(folder.path()));
        for turn in 0..20 {
            let store = if turn % 3 == 0 { &one } else { &other };
            store.with(|count| count.number += 1).unwrap();
        }
        assert_eq!(number(folder.path()), 20);
        save(&Count { settings: (), number: 100, now: SystemTime::UNIX_EPOCH }, folder.path()).unwrap();
        assert_eq!(one.with(|count| count.number).unwrap(), 100);
        fs::remove_file(folder.path().join(WORLD)).unwrap();
        assert_eq!(one.with(|count| count.number).unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn time_alone_is_written_after_a_while_or_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let now = || load::<Count>(folder.path()).unwrap().unwrap().now.duration_since(SystemTime::UNIX_EPOCH).unwrap();
        let store = store(folder.path());
        let pass = |seconds| store.with(|count| count.now += Duration::from_secs(seconds)).unwrap();
        pass(59);
        assert_eq!(now(), Duration::ZERO);
        pass(1);
        assert_eq!(now(), Duration::from_mins(1));
        pass(5);
        assert_eq!(now(), Duration::from_mins(1));
        drop(store);
        assert_eq!(now(), Duration::from_secs(65));
    }

    #[test]
    fn in_the_end_nobody_is_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (store(folder.path()), store(folder.path()));
        one.with(|count| count.now += Duration::from_secs(5)).unwrap();
        other.with(|count| count.number = 7).unwrap();
        drop(one);
        assert_eq!(number(folder.path()), 7);
    }

    #[test]
    fn what_a_panic_leaves_behind_is_forgotten() {
        let folder = tempfile::tempdir().unwrap();
        let store = store(folder.path());
        let broken = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            store.with(|count| {
                count.number = 9;
                panic!("in the middle");
            })
        }));
        assert!(broken.is_err());
        assert_eq!(store.with(|count| count.number).unwrap(), 0);
    }
}

//! Saved plans on disk.
//!
//! Functions without state: [`write()`] and [`read`], and [`json`] for both the file and `--format json`. What a saved
//! plan is worth is decided in `plan/`.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use tokio::task::spawn_blocking;

use super::interrupts::unless_interrupted;
use super::stop::Stop;
use crate::plan::{Document, Unreadable};

/// A plan as it is printed and saved.
pub(super) fn json(plan: &Document) -> String {
    serde_json::to_string_pretty(plan).expect("strings, numbers and maps with text for keys")
}

/// Reads a plan that was saved or printed.
pub(super) fn read(path: &Path) -> Result<Document, Stop> {
    let no_plan = |why: String| Stop::NoPlan(path.to_owned(), why);
    let text = std::fs::read(path).map_err(|error| no_plan(error.to_string()))?;
    Document::from_json(&text).map_err(|error| match error {
        Unreadable::OtherFormat(_) => Stop::Stale(vec![error.to_string()]),
        Unreadable::NoPlan(error) => no_plan(error.to_string()),
    })
}

/// Refuses to save a plan in place of the file that it is made from.
pub(super) fn spare(path: &Path, file: &Path) -> Result<(), Stop> {
    match (path.canonicalize(), file.canonicalize()) {
        (Ok(out), Ok(file)) if out == file => Err(Stop::OwnFile(path.to_owned())),
        _ => Ok(()),
    }
}

/// Writes a plan: a file whole or not at all, readable by its owner only, and whatever else is there as a shell would.
pub(super) async fn write(path: &Path, plan: &Document) -> Result<(), Stop> {
    let (to, text) = (path.to_owned(), json(plan) + "\n");
    // At the other end of a pipe there may be nobody yet.
    let written = spawn_blocking(move || if is_special(&to) { through(&to, &text) } else { replaced(&to, &text) });
    unless_interrupted(async { Ok(written.await) })
        .await?
        .unwrap_or_else(|panic| Err(panic.into()))
        .map_err(|error| Stop::Write(path.to_owned(), error))
}

/// Whether it is a device, a pipe, a folder or a link to nowhere: nothing that another file could take the place of.
fn is_special(path: &Path) -> bool {
    path.metadata().map_or(path.is_symlink(), |there| !there.is_file())
}

fn through(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())
}

/// A link goes on leading to the file.
fn replaced(path: &Path, text: &str) -> io::Result<()> {
    let path = path.canonicalize().unwrap_or_else(|_not_there| path.to_owned());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(text.as_bytes())?;
    file.as_file().sync_all()?;
    file.persist(&path)?;
    Ok(())
}

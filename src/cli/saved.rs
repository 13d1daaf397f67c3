//! Saved plans on disk.
//!
//! Functions without state. What a saved plan is worth is decided in `plan/`; here it is only written and read.

use std::io::{self, Write};
use std::path::Path;

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

/// Writes a plan, whole or not at all, readable by its owner only.
pub(super) fn write(path: &Path, plan: &Document) -> Result<(), Stop> {
    let write = || -> io::Result<()> {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(folder)?;
        writeln!(file, "{}", json(plan))?;
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    };
    write().map_err(|error| Stop::Write(path.to_owned(), error))
}

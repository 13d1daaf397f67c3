//! Saved plans on disk.
//!
//! Functions without state. What a saved plan is worth is decided in `plan/`; here it is only written and read.

use std::io::{self, Write};
use std::path::Path;

use super::stop::Stop;
use crate::plan::Document;

/// A plan as it is printed and saved.
pub(super) fn json(plan: &Document) -> String {
    serde_json::to_string_pretty(plan).expect("strings, numbers and maps with text for keys")
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

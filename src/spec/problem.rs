//! One thing that is wrong with a file, and where.
//!
//! The central type is [`Problem`]. Not here: all that one run found (`problems`), and how it looks (`render`).

use serde::Serialize;

/// A stretch of one line. Lines and columns count from 1, columns and length in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Location {
    /// The line.
    pub line: usize,
    /// The first character.
    pub column: usize,
    /// How many characters, at least 1.
    pub length: usize,
}

impl From<&serde_saphyr::Location> for Location {
    fn from(location: &serde_saphyr::Location) -> Self {
        Self {
            line: size(location.line()),
            column: size(location.column()),
            length: size(location.span().len()).max(1),
        }
    }
}

fn size(value: impl TryInto<usize>) -> usize {
    value.try_into().unwrap_or(usize::MAX)
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// Where, unless it is the file as a whole.
    #[serde(flatten)]
    pub location: Option<Location>,
    /// The value's path, such as `nodegroups[2].taints[0].key`; empty for the whole file.
    pub path: String,
    /// What to do about it.
    pub hint: Option<String>,
}

impl Problem {
    pub(super) fn of_file(message: impl Into<String>) -> Self {
        Self { message: message.into(), location: None, path: String::new(), hint: None }
    }

    pub(super) fn hinted(self, hint: impl Into<String>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }
}

//! The exit codes: documented, stable, one enum.

use std::process::ExitCode;

/// How a command ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or in sync.
    Done = 0,
    /// Failed.
    Failed = 1,
    /// Changes are pending, as asked for by `plan --detailed-exitcode` or `drift`.
    Pending = 2,
    /// The file is invalid.
    InvalidFile = 3,
    /// A safety rule stands against it; nothing was changed.
    Blocked = 4,
    /// Some of an apply or a destroy failed or was skipped; running it again goes on.
    Incomplete = 5,
    /// What would be done now is not what was saved; nothing was changed.
    Stale = 6,
    /// Wrong usage; apart from the others so that a typo is never taken for drift.
    Usage = 64,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

//! The exit codes: documented, stable, one enum.
//!
//! The central type is [`Exit`]. Not here: which error ends with which code (`stop`).

use std::process::ExitCode;

/// How a command ended, for scripts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done, or in sync.
    Done = 0,
    /// Failed, or declined at the question.
    Failed = 1,
    /// Changes are pending, as asked for by `plan --detailed-exitcode` or `drift`.
    Pending = 2,
    /// The file, the saved plan or the recording is invalid.
    InvalidFile = 3,
    /// A safety rule stands against it; nothing was changed.
    Blocked = 4,
    /// Some of an apply or a destroy failed, was skipped or was stopped; running it again goes on.
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

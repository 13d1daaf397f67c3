//! What a plan is shown for.
//!
//! The central type is [`Mood`]. Not here: what that makes of the words (`plan_text`, `change_text`).

use crate::record::Goal;

/// What a plan is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Something may be done about it.
    Intent,
    /// It is only reported.
    Drift {
        /// Whether what is in AWS and not in the file is a drift, too.
        unmanaged_counts: bool,
    },
    /// All of ours may be deleted.
    Destroy,
}

impl Mood {
    /// What the plan of a run is shown for.
    pub fn of(goal: Goal) -> Self {
        match goal {
            Goal::AsTheFile => Self::Intent,
            Goal::NothingLeft => Self::Destroy,
        }
    }
}

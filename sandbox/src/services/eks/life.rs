//! What comes to life and goes again, and what goes wrong with it. The central type is [`Transition`].
//!
//! Plain data. Not here: what is made (`state`), and when it is due (`advance`).

use std::time::SystemTime;

use serde::{Deserialize, Serialize};

/// Something that is wrong with a resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issue {
    /// The code, such as `NodeCreationFailure`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What it happened to.
    pub resource_ids: Vec<String>,
}

/// A change of status that time brings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Transition {
    /// It is made at that moment, or fails with this issue.
    Created {
        /// When.
        at: SystemTime,
        /// What goes wrong, if anything.
        failure: Option<Issue>,
    },
    /// It is gone at that moment.
    Gone {
        /// When.
        at: SystemTime,
    },
}

impl Transition {
    /// When it is due.
    pub(crate) fn at(&self) -> SystemTime {
        match self {
            Self::Created { at, .. } | Self::Gone { at } => *at,
        }
    }
}

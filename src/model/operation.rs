//! What is done to a resource: created, changed by an API call, deleted, or only waited for.
//!
//! The central type is [`Operation`]; [`Call`] is the API call of an update. Not here: who carries one out
//! (`resources/<kind>/aws.rs`).

use std::fmt;

/// The API call that carries a field. Changed rows with the same call are one action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call {
    /// The operation, such as `UpdateClusterConfig`.
    pub operation: &'static str,
    /// The part of it, where one call takes one part at a time; otherwise empty.
    pub part: &'static str,
    /// Whether AWS runs it as an update that excludes the resource's other updates.
    pub exclusive: bool,
}

impl Call {
    /// An update of which the resource takes one at a time.
    pub const fn exclusive(operation: &'static str, part: &'static str) -> Self {
        Self { operation, part, exclusive: true }
    }

    /// A call that runs beside any other.
    pub const fn free(operation: &'static str) -> Self {
        Self { operation, part: "", exclusive: false }
    }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.operation)?;
        if self.part.is_empty() { Ok(()) } else { write!(f, " ({})", self.part) }
    }
}

/// What an action does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operation {
    /// Makes it, and waits until it is ready.
    Create,
    /// Changes it by one call, and waits until AWS has carried that out.
    Update(Call),
    /// Deletes it, and waits until it is gone.
    Delete,
    /// Mutates nothing: something else is making or changing it.
    AwaitReady,
    /// Mutates nothing: something else is deleting it.
    AwaitGone,
}

impl Operation {
    /// Whether the resource is only of use to others once this is done.
    pub fn makes(self) -> bool {
        matches!(self, Self::Create | Self::AwaitReady)
    }

    /// Whether it changes anything.
    pub fn mutates(self) -> bool {
        !matches!(self, Self::AwaitReady | Self::AwaitGone)
    }

    /// Whether AWS lets only one such operation run on a resource at a time.
    pub fn exclusive(self) -> bool {
        match self {
            Self::Update(call) => call.exclusive,
            Self::Create | Self::Delete | Self::AwaitReady | Self::AwaitGone => true,
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Create => f.write_str("create"),
            Self::Update(call) => call.fmt(f),
            Self::Delete => f.write_str("delete"),
            Self::AwaitReady => f.write_str("wait until it is ready"),
            Self::AwaitGone => f.write_str("wait until it is gone"),
        }
    }
}

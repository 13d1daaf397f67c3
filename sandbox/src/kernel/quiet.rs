//! Until when nothing happens by itself. The central type is [`Quiet`].
//!
//! Not here: what would happen then.

use std::time::SystemTime;

/// What is known of the future of a value, as long as nobody touches it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Quiet {
    stamp: Option<u64>,
    until: Option<SystemTime>,
}

impl Quiet {
    /// The value with this stamp changes next at that moment, or never.
    pub(crate) fn until(stamp: u64, until: Option<SystemTime>) -> Self {
        Self { stamp: Some(stamp), until }
    }

    /// Whether nothing has happened to the value with this stamp by now.
    pub(crate) fn covers(&self, stamp: u64, now: SystemTime) -> bool {
        self.stamp == Some(stamp) && self.until.is_none_or(|until| now < until)
    }
}

/// It is no part of a world, only a memory of having looked at it.
impl PartialEq for Quiet {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Quiet {}

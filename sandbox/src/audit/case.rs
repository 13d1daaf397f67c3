//! A request under examination. The central type is [`Case`].
//!
//! Not here: the rules.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::state::Audit;
use crate::wire::decode::decode;
use crate::wire::operation::Operation;
use crate::world::World;

/// A request under examination.
pub(super) struct Case<'a> {
    pub(super) world: &'a World,
    pub(super) audit: &'a Audit,
    pub(super) operation: &'static Operation,
    pub(super) input: &'a Value,
}

impl Case<'_> {
    /// The input, if it is this operation's. One that cannot be decoded is refused by the operation itself.
    pub(super) fn input<T: DeserializeOwned>(&self, operation: &str) -> Option<T> {
        if self.operation.name == operation { decode(self.input).ok() } else { None }
    }

    /// Whether something with these tags is the caller's own.
    pub(super) fn owns(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.audit.ownership_key).is_some_and(|value| !value.is_empty())
    }
}

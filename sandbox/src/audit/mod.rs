//! Checks every mutating request before it is applied. The central type is [`Audit`]: what the caller is allowed to do.
//!
//! A violation is recorded and the request refused, so that it is always loud. Not here: what EKS itself refuses.

mod access;
mod deletion;
mod disruption;
mod groups;

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::wire::decode;
use crate::world::World;

pub(crate) use deletion::deleted_nodegroup;

/// What a caller is allowed to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// The key of the tag by which the caller knows its own.
    pub ownership_key: String,
    /// What the caller may disrupt.
    pub disruption: DisruptionConsent,
    /// Whether the caller may delete what it owns.
    pub prune: bool,
}

/// What may be drained, terminated or closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum DisruptionConsent {
    /// Nothing.
    None,
    /// Everything.
    All,
    /// The nodes of these nodegroups.
    Groups(BTreeSet<String>),
}

impl DisruptionConsent {
    fn covers(&self, nodegroup: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Groups(names) => names.contains(nodegroup),
        }
    }
}

/// A request that should never have been made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Violation {
    /// The rule that it breaks.
    pub rule: String,
    /// The operation and its input.
    pub request: String,
    /// What is wrong with it.
    pub why: String,
}

/// A request under examination.
struct Case<'a> {
    world: &'a World,
    audit: &'a Audit,
    operation: &'a str,
    input: &'a Value,
}

impl Case<'_> {
    /// The input, if it is this operation's. One that cannot be decoded is refused by the operation itself.
    fn input<T: DeserializeOwned>(&self, operation: &str) -> Option<T> {
        if self.operation == operation { decode(self.input.clone()).ok() } else { None }
    }

    /// Whether something with these tags is the caller's own.
    fn owns(&self, tags: &BTreeMap<String, String>) -> bool {
        tags.get(&self.audit.ownership_key).is_some_and(|value| !value.is_empty())
    }
}

/// A rule's name and its examination: what is wrong, if anything.
type Rule = (&'static str, fn(&Case<'_>) -> Option<String>);

const RULES: &[Rule] = &[
    ("delete only what is owned, and only when pruning", deletion::only_owned),
    ("the ownership tag is written by create calls only", deletion::ownership_tag_untouched),
    ("no nodegroup is replaced", deletion::no_replacement),
    ("nobody is locked out", disruption::endpoint_stays_open),
    ("nobody is locked out", access::entries_stay),
    ("nobody is locked out", access::an_administrator_before_the_api_mode),
    ("no job is killed", disruption::nodes_stay),
    ("nothing is forced", disruption::nothing_forced),
    ("no version goes back", disruption::versions_go_on),
    ("tags of others are untouched", groups::foreign_tags),
    ("tags for the autoscaler are true", groups::true_tags),
    ("processes are named, and nodes can come and go", groups::processes),
    ("a service's own group is untouched", groups::operated),
];

/// The first rule that a request breaks, if the world has an auditor.
pub(crate) fn check(world: &World, operation: &str, input: &Value) -> Option<Violation> {
    let case = Case { world, audit: world.settings.audit.as_ref()?, operation, input };
    RULES.iter().find_map(|(rule, examine)| {
        let why = examine(&case)?;
        Some(Violation { rule: (*rule).to_owned(), request: format!("{operation} {input}"), why })
    })
}

//! What the auditor knows: what a caller may do, and what was seen. The central type is [`Audit`].
//!
//! Plain data. Not here: the rules.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

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
    /// The nodes of these nodegroups, the pods of these Fargate profiles, and those of these service accounts, written
    /// `namespace/name`.
    Groups(BTreeSet<String>),
}

impl DisruptionConsent {
    pub(super) fn covers(&self, nodegroup: &str) -> bool {
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

/// What the auditor has seen so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ledger {
    /// Requests that it refused, in order.
    pub(crate) violations: Vec<Violation>,
    /// Nodegroups that an audited request deleted, by cluster and name.
    pub(crate) deleted_nodegroups: BTreeSet<(String, String)>,
}

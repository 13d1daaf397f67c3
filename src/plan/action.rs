//! What the executor is given: one mutation and one wait each, in an order.
//!
//! The central type is [`Action`]. Plain data: which actions there are is up to `draft`, their order to `order`, and
//! what blocks them to the laws and to `consent`.

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Address, Blocker, Call, Disruption, FieldChange, Phase, Rule};
use crate::resources::Resource;

/// An action's name, unique within a plan and the same in every run: `nodegroup/jobs UpdateNodegroupConfig`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ActionId(pub String);

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an action does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
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

/// What an earlier action means to a later one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Edge {
    /// Only the order matters: the later one runs however the earlier one ends.
    Follows,
    /// The later one is skipped if the earlier one fails.
    Needs,
}

/// One mutation and the wait for its effect.
#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Its name.
    pub id: ActionId,
    /// The resource it works on.
    pub address: Address,
    /// What it does.
    pub operation: Operation,
    /// The resource as it was seen.
    pub from: Option<Resource>,
    /// The resource as it is wanted.
    pub to: Resource,
    /// The fields that this action changes.
    pub changes: Vec<FieldChange>,
    /// What must have ended before it starts.
    pub after: BTreeMap<ActionId, Edge>,
    /// When it runs among those of the same resource.
    pub phase: Phase,
    /// What it disrupts.
    pub disruption: Option<Disruption>,
    /// What has to be so when it is sent, beside the resource itself.
    pub relies: Option<Reliance>,
    /// Why it must not run.
    pub blocked: Option<Blocker>,
}

/// Other resources that make an action safe, as the plan saw or makes them. One of them has to do so when it is sent.
#[derive(Debug, Clone, PartialEq)]
pub struct Reliance {
    /// The resources.
    pub on: Vec<Resource>,
    /// What is the matter if none does any more, as a clause.
    pub otherwise: &'static str,
}

impl Action {
    /// An action without order, consent or changes yet.
    pub fn new(operation: Operation, from: Option<&Resource>, to: &Resource) -> Self {
        let address = to.address();
        Self {
            id: ActionId(format!("{address} {operation}")),
            address,
            operation,
            from: from.cloned(),
            to: to.clone(),
            changes: vec![],
            after: BTreeMap::new(),
            phase: Phase::Normal,
            disruption: None,
            relies: None,
            blocked: None,
        }
    }

    /// Whether all it does is to take something away: the resource, or entries of a set or map.
    pub fn only_removes(&self) -> bool {
        match self.operation {
            Operation::Delete => true,
            Operation::Update(call) => {
                self.to.fields(None).iter().any(|row| matches!(row.rule, Rule::Entries { unset, .. } if unset == call))
            }
            Operation::Create | Operation::AwaitReady | Operation::AwaitGone => false,
        }
    }

    /// Whether there is no way back from it.
    pub fn irreversible(&self) -> bool {
        self.changes.iter().any(|change| change.irreversible)
    }
}

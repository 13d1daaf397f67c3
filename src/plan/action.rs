//! What the executor is given: one mutation and one wait each, in an order.
//!
//! The central type is [`Action`]. Plain data: which actions there are is up to `draft`, their order to `laws`, and what
//! blocks them to the laws and to `consent`.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::model::{Address, Blocker, Call, Disruption, FieldChange, Operation, Output, Outputs, Phase};
use crate::resources::Resource;

/// An action's name, unique within a plan and the same in every run: `nodegroup/jobs UpdateNodegroupConfig`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ActionId(pub String);

impl fmt::Display for ActionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
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
    /// What is known of the resource's outputs.
    pub outputs: Outputs,
    /// What told the resource from others of the same name when it was seen.
    pub uid: Option<String>,
    /// The fields that this action changes.
    pub changes: Vec<FieldChange>,
    /// Whether a change of it is one that nobody should be surprised by.
    pub notable: bool,
    /// Whether all it does is to take something away: the resource, or entries of a set or map.
    pub only_removes: bool,
    /// Whether it must not touch what is not ours.
    pub only_ours: bool,
    /// Outputs of the resource that are others once this is done.
    pub produces: Vec<Output>,
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
            outputs: Outputs::default(),
            uid: None,
            changes: vec![],
            notable: false,
            only_removes: operation == Operation::Delete,
            only_ours: operation == Operation::Delete,
            produces: vec![],
            after: BTreeMap::new(),
            phase: Phase::Normal,
            disruption: None,
            relies: None,
            blocked: None,
        }
    }

    /// Whether there is no way back from it.
    pub fn irreversible(&self) -> bool {
        self.changes.iter().any(|change| change.irreversible)
    }

    /// Whether it is an update by this call.
    pub fn calls(&self, call: Call) -> bool {
        self.operation == Operation::Update(call)
    }

    /// How long it usually takes.
    pub fn expected(&self) -> Duration {
        let of = |resource: &Resource| resource.traits().expected.of(self.operation);
        // A roll takes as long as there are nodes, which only the live resource knows.
        self.from.as_ref().map_or(Duration::ZERO, of).max(of(&self.to))
    }

    /// How long it may take before it counts as failed.
    pub fn timeout(&self) -> Duration {
        let of = |resource: &Resource| resource.traits().timeout;
        self.from.as_ref().map_or(Duration::ZERO, of).max(of(&self.to))
    }
}

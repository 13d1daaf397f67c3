//! A plan as it leaves the process: as JSON, printed or saved, and read again. Text and graphs are made from it.
//!
//! The central type is [`Document`]. It holds what people and scripts are told, and nothing that could be carried out:
//! the resources themselves, which the executor works with, stay in the process.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Action, ActionId, Change, Consent, Edge, Plan, Verb};
use crate::model::{Address, Blocker, Disruption, FieldChange, Operation};

/// The version of the format. The first number changes when a reader of the old one would be misled.
pub const FORMAT_VERSION: &str = "1.0";

/// A plan as JSON.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
#[schemars(title = "A plan of trueup")]
pub struct Document {
    /// The version of this format.
    pub format_version: String,
    /// The version of trueup that made the plan.
    pub trueup: String,
    /// The cluster's name.
    pub cluster: String,
    /// The account it is in.
    pub account: String,
    /// The region it is in.
    pub region: String,
    /// What the plan was asked to consent to.
    pub consent: Consent,
    /// Who is to apply it, such as `role/trueup-apply`: what it comes in by is kept. `null` for neither a role nor a user.
    pub applied_by: Option<String>,
    /// The addresses that the plan was narrowed to; none for all of the cluster.
    pub targets: Vec<String>,
    /// Totals.
    pub summary: Summary,
    /// Every resource of the file and of the cluster that is within the targets, changed or not.
    pub changes: Vec<Change>,
    /// What would be done, each after what it depends on.
    pub actions: Vec<Step>,
    /// What else a person should know that is about no resource.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

/// Why a text is no plan that can be compared.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    /// It is a plan, as another trueup writes it.
    #[error("format: {0} in the saved plan, {FORMAT_VERSION} now")]
    OtherFormat(String),
    /// It is no plan.
    #[error("{0}")]
    NoPlan(#[from] serde_json::Error),
}

/// What every format of a plan has.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    format_version: String,
}

impl Document {
    /// Reads a plan that was printed or saved.
    ///
    /// # Errors
    ///
    /// If it is none, or one of another format.
    pub fn from_json(text: &[u8]) -> Result<Self, Unreadable> {
        let Versioned { format_version } = serde_json::from_slice(text)?;
        if format_version != FORMAT_VERSION {
            return Err(Unreadable::OtherFormat(format_version));
        }
        Ok(serde_json::from_slice(text)?)
    }

    /// Whether a step that may run has no way back.
    pub fn irreversible(&self) -> bool {
        self.actions.iter().any(|step| step.irreversible && step.blocked.is_none())
    }

    /// See [`Plan::pending`].
    pub fn pending(&self) -> bool {
        self.actions.iter().any(|step| step.operation.mutates()) || self.changes.iter().any(Change::blocked)
    }
}

/// How many resources are how, and how many actions there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Whether AWS is as the file says, leaving aside what is not ours and what is only waited for.
    pub in_sync: bool,
    /// Resources that are made, by a call or together with another one.
    pub create: usize,
    /// Resources that are changed in place.
    pub update: usize,
    /// Resources that failed while being made, and are deleted and made again.
    pub recreate: usize,
    /// Resources that are deleted.
    pub delete: usize,
    /// Resources that AWS deletes together with another one.
    pub go_along: usize,
    /// Resources that are only waited for.
    pub wait: usize,
    /// Resources with a difference that is reported and left as it is.
    pub kept: usize,
    /// Resources with a change that must not be made.
    pub blocked: usize,
    /// Resources outside of the targets that differ and are left alone.
    pub left_alone: usize,
    /// Actions that may run.
    pub actions: usize,
}

/// One action of a plan: a mutation and the wait for its effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// Its name, unique within the plan and the same in every run.
    pub id: ActionId,
    /// The resource it works on.
    pub address: Address,
    /// What it does.
    pub operation: StepKind,
    /// The AWS operation of an update; `null` otherwise.
    pub call: Option<String>,
    /// The part of the resource that the call is about, where one call takes one part at a time; otherwise `null`.
    pub part: Option<String>,
    /// The fields that it changes.
    pub changes: Vec<FieldChange>,
    /// The actions that must have ended before it starts.
    pub after: BTreeMap<ActionId, Edge>,
    /// What it disrupts.
    pub disruption: Option<Disruption>,
    /// Whether there is no way back from it.
    pub irreversible: bool,
    /// Why it must not run.
    pub blocked: Option<Blocker>,
}

/// What an action does to its resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum StepKind {
    /// Makes it, and waits until it is ready.
    Create,
    /// Changes it by one call, and waits until AWS has carried that out.
    Update,
    /// Deletes it, and waits until it is gone.
    Delete,
    /// Mutates nothing: something else is making or changing it.
    AwaitReady,
    /// Mutates nothing: something else is deleting it.
    AwaitGone,
}

impl StepKind {
    /// Whether it changes anything.
    pub fn mutates(self) -> bool {
        !matches!(self, Self::AwaitReady | Self::AwaitGone)
    }
}

impl Plan {
    /// What leaves the process of a plan.
    pub fn document(&self) -> Document {
        Document {
            format_version: FORMAT_VERSION.to_owned(),
            trueup: env!("CARGO_PKG_VERSION").to_owned(),
            cluster: self.cluster.clone(),
            account: self.account.clone(),
            region: self.region.clone(),
            consent: self.consent.clone(),
            applied_by: self.applied_by.as_ref().map(ToString::to_string),
            targets: self.narrowed.iter().flat_map(|it| it.targets.clone()).collect(),
            summary: self.summary(),
            changes: self.changes.clone(),
            actions: self.actions.iter().map(step).collect(),
            notes: self.notes.clone(),
        }
    }

    fn summary(&self) -> Summary {
        let count = |counts: &dyn Fn(&Change) -> bool| self.changes.iter().filter(|&change| counts(change)).count();
        let of = |verb: Verb| count(&|change| change.verb == verb);
        Summary {
            in_sync: self.in_sync(),
            create: of(Verb::Create) + of(Verb::Born),
            update: of(Verb::Update),
            recreate: of(Verb::Recreate),
            delete: of(Verb::Delete),
            go_along: of(Verb::Goes),
            wait: of(Verb::Wait),
            kept: count(&|change| change.fields.iter().any(|field| field.kept.is_some())),
            blocked: count(&Change::blocked),
            left_alone: self.narrowed.as_ref().map_or(0, |it| it.left_alone),
            actions: self.runnable().count(),
        }
    }
}

fn step(action: &Action) -> Step {
    let Action { id, address, operation, changes, after, disruption, blocked, .. } = action;
    let (kind, call) = match operation {
        Operation::Create => (StepKind::Create, None),
        Operation::Update(call) => (StepKind::Update, Some(call)),
        Operation::Delete => (StepKind::Delete, None),
        Operation::AwaitReady => (StepKind::AwaitReady, None),
        Operation::AwaitGone => (StepKind::AwaitGone, None),
    };
    Step {
        id: id.clone(),
        address: address.clone(),
        operation: kind,
        call: call.map(|call| call.operation.to_owned()),
        part: call.filter(|call| !call.part.is_empty()).map(|call| call.part.to_owned()),
        changes: changes.clone(),
        after: after.clone(),
        disruption: disruption.clone(),
        irreversible: action.irreversible(),
        blocked: blocked.clone(),
    }
}

//! The difference between the file and AWS, and the actions that would remove it.
//!
//! The central type is [`Plan`]; [`plan()`] makes it from a `Spec` and a `Live`, and so does [`destroy()`], for which
//! nothing is wanted. Both are pure and total: what cannot be done is a blocker in the plan, never an error. After this
//! nothing is decided but to do less: [`refresh()`] derives an action anew before it is sent, and never goes beyond
//! what was shown.

mod action;
mod check;
mod consent;
mod destroy;
mod document;
mod draft;
mod drift;
mod edges;
#[cfg(test)]
pub(crate) mod invented;
mod laws;
mod outlook;
mod promise;
mod refresh;
mod target;
#[cfg(test)]
mod tests;
mod withhold;
mod within;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use action::{Action, ActionId, Edge, Reliance};
pub use consent::{Consent, sentence};
pub use destroy::destroy;
pub use document::{Document, FORMAT_VERSION, Step, StepKind, Summary, Unreadable};
pub use drift::{Drift, Section};
pub use laws::access::takes_access;
pub use outlook::resolved;
pub use promise::broken;
pub use refresh::{Refreshed, is_another, refresh};
pub use target::{Narrowed, UnknownTarget};
pub use within::{Returned, beyond, exceeds, filled};

use self::withhold::{idle, withhold};
use crate::model::{Address, Blocker, Disruption, FieldChange, Home, Principal};
use crate::resources::{Live, Resource, desired};
use crate::spec::Spec;

/// What differs and what would be done about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The cluster's name.
    pub cluster: String,
    /// The account it is in.
    pub account: String,
    /// The region it is in.
    pub region: String,
    /// Every resource of the file and of the cluster, changed or not.
    pub changes: Vec<Change>,
    /// What to do, each after what it depends on.
    pub actions: Vec<Action>,
    /// What was agreed to beforehand.
    pub consent: Consent,
    /// Who is to apply it, and so keeps what it comes in by; `None` for whoever is neither a role nor a user.
    pub applied_by: Option<Principal>,
    /// What the plan was narrowed to; `None` for all of the cluster.
    pub narrowed: Option<Narrowed>,
    /// What else a person should know that is about no resource.
    pub notes: Vec<String>,
}

/// What is asked of a plan, beside the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// What the command line agrees to.
    pub consent: Consent,
    /// The addresses to leave it at; none for all.
    pub targets: Vec<String>,
}

impl From<Consent> for Request {
    fn from(consent: Consent) -> Self {
        Self { consent, targets: vec![] }
    }
}

/// What becomes of one resource; for people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Change {
    /// The resource.
    pub address: Address,
    /// What becomes of it.
    pub verb: Verb,
    /// The fields that differ.
    pub fields: Vec<FieldChange>,
    /// What else a person should know.
    pub notes: Vec<String>,
    /// What AWS makes and deletes together with it, where that is what becomes of it.
    pub with: Option<Address>,
    /// What happens to nodes if it is deleted.
    pub disruption: Option<Disruption>,
    /// What stands against it as a whole, or against one of its actions.
    pub blockers: Vec<Blocker>,
}

/// What becomes of a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Verb {
    /// It is as the file says, or drifted in a way that is only reported.
    Keep,
    /// It is made.
    Create,
    /// AWS makes it together with what it needs; then it is changed.
    Born,
    /// It is changed in place.
    Update,
    /// It failed while being made, is ours, and is deleted and made again.
    Recreate,
    /// It is being changed by somebody else and waited for.
    Wait,
    /// It is ours and deleted: not in the file, or nothing is wanted any more.
    Delete,
    /// AWS deletes it together with what it needs.
    Goes,
    /// It is ours and not in the file; `--prune` would delete it.
    Obsolete,
    /// It is neither ours nor in the file, and left alone.
    Unmanaged,
}

impl Plan {
    /// Whether AWS is as the file says, leaving aside what is not ours and what is only waited for.
    pub fn in_sync(&self) -> bool {
        !self.pending() && self.changes.iter().all(|change| change.fields.is_empty())
    }

    /// Whether there is something to change, or something in the way of changing it.
    pub fn pending(&self) -> bool {
        self.actions.iter().any(|action| action.operation.mutates()) || self.blocked()
    }

    /// Whether something must not be done.
    pub fn blocked(&self) -> bool {
        self.changes.iter().any(Change::blocked)
    }

    /// The actions that may run.
    pub fn runnable(&self) -> impl Iterator<Item = &Action> {
        self.actions.iter().filter(|action| action.blocked.is_none())
    }
}

impl Change {
    /// Whether part of it must not be done.
    pub fn blocked(&self) -> bool {
        !self.blockers.is_empty() || self.fields.iter().any(|field| field.blocker.is_some())
    }
}

/// What differs between the file and AWS, and what to do about it.
pub fn plan(spec: &Spec, live: &Live, request: &Request) -> Plan {
    plan_of(&spec.home(), &desired(spec, live), live, request)
}

/// The same for resources that are wanted, wherever they stand.
fn plan_of(home: &Home, wanted: &[Resource], live: &Live, request: &Request) -> Plan {
    let mut drafts = draft::drafts(wanted, live, &request.consent);
    laws::link(&mut drafts, live);
    let narrowed = target::narrow(&mut drafts, wanted, live, &request.targets);
    laws::access::a_new_cluster_can_be_entered(&mut drafts);
    withhold(&mut drafts, &request.consent);
    assembled(home, drafts, &request.consent, narrowed, live)
}

fn assembled(
    home: &Home,
    drafts: Vec<draft::Draft>,
    consent: &Consent,
    narrowed: Option<Narrowed>,
    live: &Live,
) -> Plan {
    let idle = idle(consent, &drafts).into_iter();
    let notes = idle.map(|pattern| format!("--allow-disruption={pattern} matches no disruptive change")).collect();
    let (changes, actions): (Vec<Change>, Vec<Vec<Action>>) =
        drafts.into_iter().map(|draft| (draft.change, draft.actions)).unzip();
    let plan = Plan {
        cluster: home.cluster.clone(),
        account: home.account.clone(),
        region: home.region.clone(),
        changes,
        actions: actions.into_iter().flatten().collect(),
        consent: consent.clone(),
        applied_by: live.facts.caller.clone(),
        narrowed,
        notes,
    };
    check::assert_sound(&plan, live);
    plan
}

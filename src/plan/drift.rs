//! How a drift is told: what differs, what is missing, and what is no drift.
//!
//! The central type is [`Drift`]. Not here: how it is printed (`report`).

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Serialize;

use super::{Change, Document, Verb};
use crate::model::Address;

/// The answer of `drift`, as `--format json` writes it. It has the version of the plan in it.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(title = "A drift, as trueup tells it")]
pub struct Drift {
    /// Whether the exit code is 2.
    pub drifted: bool,
    /// What each resource is to the drift. Every resource of the plan is in one section, and every section is there.
    pub sections: BTreeMap<Section, Vec<Address>>,
    /// How each of them differs.
    pub plan: Document,
}

impl Drift {
    /// The drift that a plan shows. `unmanaged` says whether what is in AWS and not in the file counts.
    pub fn of(plan: Document, unmanaged: bool) -> Self {
        let of = |section| plan.section(section).map(|change| change.address.clone()).collect();
        let sections: BTreeMap<Section, Vec<Address>> =
            Section::ALL.into_iter().map(|section| (section, of(section))).collect();
        let extra = unmanaged && !sections[&Section::Unmanaged].is_empty();
        Self { drifted: extra || !plan.summary.in_sync, sections, plan }
    }
}

/// What a resource is to a drift, in the order in which drifts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Section {
    /// It is there and differs from the file, or is broken.
    Changed,
    /// The file has it and AWS has not.
    Missing,
    /// Something else is making or changing it.
    Moving,
    /// It differs, and apply leaves it as it is.
    Kept,
    /// AWS has it and the file has not.
    Unmanaged,
    /// It is as the file says.
    InSync,
}

impl Section {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Changed, Self::Missing, Self::Moving, Self::Kept, Self::Unmanaged, Self::InSync];
}

impl Change {
    /// What it is to a drift.
    pub fn section(&self) -> Section {
        match self.verb {
            Verb::Update | Verb::Recreate => Section::Changed,
            Verb::Create | Verb::Born => Section::Missing,
            Verb::Wait => Section::Moving,
            Verb::Keep if self.fields.is_empty() => Section::InSync,
            Verb::Keep => Section::Kept,
            Verb::Delete | Verb::Goes | Verb::Obsolete | Verb::Unmanaged => Section::Unmanaged,
        }
    }
}

impl Document {
    /// The resources of one section.
    pub fn section(&self, section: Section) -> impl Iterator<Item = &Change> {
        self.changes.iter().filter(move |change| change.section() == section)
    }
}

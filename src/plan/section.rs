//! How a drift is told: what differs, what is missing, and what is no drift.
//!
//! The central type is [`Section`].

use serde::Serialize;

use super::{Change, Document, Verb};

/// What a resource is to a drift, in the order in which drifts are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
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

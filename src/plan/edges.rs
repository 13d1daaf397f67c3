//! What a law does to the actions of a plan: finds them, orders them, blocks them.
//!
//! Functions without state: [`ids`], [`follow`] and [`block`] are what the laws are made of. Not here: the laws
//! themselves (`laws/`, `destroy.rs`).

use super::draft::Draft;
use super::{Action, ActionId, Edge};
use crate::model::Blocker;

pub(super) fn ids(drafts: &[Draft], wanted: impl Fn(&Action) -> bool) -> Vec<ActionId> {
    drafts
        .iter()
        .flat_map(|draft| &draft.actions)
        .filter(|action| wanted(action))
        .map(|action| action.id.clone())
        .collect()
}

pub(super) fn for_each(drafts: &mut [Draft], mut change: impl FnMut(&mut Action)) {
    drafts.iter_mut().flat_map(|draft| &mut draft.actions).for_each(&mut change);
}

/// An edge that is already a `Needs` stays one.
pub(super) fn follow(action: &mut Action, earlier: &[ActionId], edge: Edge) {
    for id in earlier.iter().filter(|id| **id != action.id) {
        let entry = action.after.entry(id.clone()).or_insert(edge);
        *entry = (*entry).max(edge);
    }
}

pub(super) fn block(action: &mut Action, why: &str, hint: &str) {
    action.blocked.get_or_insert_with(|| Blocker::new(format!("{}: {why}", action.operation), hint));
}

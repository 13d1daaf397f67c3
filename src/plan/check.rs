//! What every plan must be, whatever the input. A violation is a defect of trueup and stops before any mutation.
//!
//! The central function is [`assert_sound`]. It mends nothing, and it trusts none of the modules that made the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, ActionId, Operation, Plan};
use crate::resources::Live;

/// Panics if the plan breaks its own invariants: better no run than a wrong one.
pub(super) fn assert_sound(plan: &Plan, live: &Live) {
    let ids: BTreeSet<&ActionId> = plan.actions.iter().map(|action| &action.id).collect();
    assert_eq!(ids.len(), plan.actions.len(), "two actions of a plan have the same name");
    for action in &plan.actions {
        assert!(
            action.after.keys().all(|id| ids.contains(id)),
            "{} comes after something that is not planned",
            action.id
        );
        assert!(may_delete(action, live), "{} would delete what is not ours", action.id);
    }
    assert!(acyclic(&plan.actions), "the plan's actions wait for each other");
}

fn may_delete(action: &Action, live: &Live) -> bool {
    action.operation != Operation::Delete || live.get(&action.address).is_some_and(|seen| seen.owned)
}

fn acyclic(actions: &[Action]) -> bool {
    let mut waiting: BTreeMap<&ActionId, BTreeSet<&ActionId>> =
        actions.iter().map(|action| (&action.id, action.after.keys().collect())).collect();
    while !waiting.is_empty() {
        let free: Vec<&ActionId> = waiting.iter().filter(|(_, after)| after.is_empty()).map(|(id, _)| *id).collect();
        if free.is_empty() {
            return false;
        }
        for id in free {
            waiting.remove(id);
            for after in waiting.values_mut() {
                after.remove(id);
            }
        }
    }
    true
}

//! What every plan must be, whatever the input. A violation is a defect of trueup and stops before any mutation.
//!
//! The central function is [`assert_sound`]. It mends nothing, and it trusts none of the modules that made the plan.

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, ActionId, Edge, Plan};
use crate::model::{Address, Operation, Output, Seen};
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
        for (address, output) in unknown(action) {
            assert!(
                is_produced(plan, action, &address, output),
                "{} waits for {address} {output}, which nothing makes",
                action.id
            );
        }
    }
    assert!(acyclic(&plan.actions), "the plan's actions wait for each other");
}

fn may_delete(action: &Action, live: &Live) -> bool {
    action.operation != Operation::Delete || live.get(&action.address).is_some_and(Seen::is_ours)
}

/// What an action that may run refers to and nobody knows yet.
fn unknown(action: &Action) -> Vec<(Address, Output)> {
    let references = if action.blocked.is_none() { action.to.references() } else { vec![] };
    let pending = references.iter().filter(|(_, reference)| reference.known().is_none());
    pending.filter_map(|(_, reference)| reference.declares()).map(|(to, output)| (to.clone(), output)).collect()
}

/// Whether something that comes before makes what is not known, or nothing in the plan does and AWS may still show it.
fn is_produced(plan: &Plan, action: &Action, address: &Address, output: Output) -> bool {
    let makes = |it: &&Action| it.address == *address && (it.operation.makes() || it.produces.contains(&output));
    let mut makers = plan.runnable().filter(makes).peekable();
    makers.peek().is_none() || makers.all(|maker| action.after.get(&maker.id) == Some(&Edge::Needs))
}

fn acyclic(actions: &[Action]) -> bool {
    let mut missing: BTreeMap<&ActionId, usize> =
        actions.iter().map(|action| (&action.id, action.after.len())).collect();
    let mut later: BTreeMap<&ActionId, Vec<&ActionId>> = BTreeMap::new();
    for (action, earlier) in actions.iter().flat_map(|action| action.after.keys().map(move |id| (action, id))) {
        later.entry(earlier).or_default().push(&action.id);
    }
    let mut free: Vec<&ActionId> = actions.iter().filter(|it| it.after.is_empty()).map(|action| &action.id).collect();
    let mut sorted = 0;
    while let Some(id) = free.pop() {
        sorted += 1;
        for next in later.get(id).into_iter().flatten() {
            if let Some(count) = missing.get_mut(next) {
                *count -= 1;
                if *count == 0 {
                    free.push(next);
                }
            }
        }
    }
    sorted == actions.len()
}

//! What must not run, since nobody agreed to it.
//!
//! The central function is [`withhold`], which holds actions against a [`Consent`]. Not here: what a resource itself has
//! against its actions (`draft`), nor what may not be there at all (`check`).

use std::collections::BTreeSet;

use wildmatch::WildMatch;

use super::draft::Draft;
use super::{Action, ActionId, Consent, Edge, Verb};
use crate::model::{Blocker, Operation};

/// Blocks every action that nobody agreed to, and then every action that needs a blocked one.
pub(super) fn withhold(drafts: &mut [Draft], consent: &Consent) {
    for draft in &mut *drafts {
        for action in &mut draft.actions {
            let missing = missing(action, consent);
            action.blocked = action.blocked.take().or(missing);
        }
    }
    while spread(drafts) {}
    for Draft { change, actions, .. } in drafts {
        for blocker in actions.iter().filter_map(|action| action.blocked.as_ref()) {
            if !change.blockers.contains(blocker) {
                change.blockers.push(blocker.clone());
            }
        }
    }
}

fn missing(action: &Action, consent: &Consent) -> Option<Blocker> {
    let traits = action.to.traits();
    if action.disruption.is_some() && !consent.disrupts(&action.address) && !traits.consents {
        // What is not in the file cannot consent in the file.
        let in_file = traits.consent_in_file.filter(|_| action.operation != Operation::Delete);
        let in_file = in_file.map(|word| format!(", or {word}")).unwrap_or_default();
        let others: Vec<&str> =
            action.changes.iter().filter(|it| it.disruption.is_none()).map(|it| &*it.name).collect();
        let with_it =
            if others.is_empty() { String::new() } else { format!("; the same call carries {}", others.join(", ")) };
        return Some(Blocker::new(
            format!("{} is disruptive and nobody has consented{with_it}", action.operation),
            format!("run with --allow-disruption to consent{in_file}"),
        ));
    }
    if action.irreversible() && !consent.irreversible {
        return Some(Blocker::new(
            format!("{}: there is no way back", action.operation),
            "run with --allow-irreversible to consent",
        ));
    }
    None
}

/// Of a resource that is to be deleted and made again, the deletion is blocked with the making. True if it was not yet.
fn keep_what_cannot_be_made_again(draft: &mut Draft) -> bool {
    let making = draft.actions.iter().find(|action| action.operation == Operation::Create);
    let blocked = making.and_then(|making| making.blocked.clone()).filter(|_| draft.change.verb == Verb::Recreate);
    let Some(Blocker { why, hint }) = blocked else { return false };
    let deletion = draft.actions.iter_mut().find(|it| it.operation == Operation::Delete && it.blocked.is_none());
    let Some(deletion) = deletion else { return false };
    deletion.blocked = Some(Blocker::new(format!("it could not be made again: {why}"), hint));
    true
}

/// Blocks what needs something blocked. True if that blocked anything more.
fn spread(drafts: &mut [Draft]) -> bool {
    let blocked: BTreeSet<ActionId> = drafts
        .iter()
        .flat_map(|draft| &draft.actions)
        .filter(|action| action.blocked.is_some())
        .map(|action| action.id.clone())
        .collect();
    let mut more = false;
    for draft in drafts {
        more |= keep_what_cannot_be_made_again(draft);
        for action in draft.actions.iter_mut().filter(|action| action.blocked.is_none()) {
            let needs = action.after.iter().find(|(id, edge)| **edge == Edge::Needs && blocked.contains(*id));
            if let Some((id, _)) = needs {
                let blocker = Blocker::new(
                    format!("{} waits for {id}, which is blocked", action.operation),
                    "resolve that first",
                );
                action.blocked = Some(blocker);
                more = true;
            }
        }
    }
    more
}

/// Which of the addresses that a consent names agree to nothing, since nothing that they match is disruptive.
pub(super) fn idle(consent: &Consent, drafts: &[Draft]) -> Vec<String> {
    let actions = drafts.iter().flat_map(|draft| &draft.actions).filter(|action| action.disruption.is_some());
    let disruptive: Vec<String> = actions.map(|action| action.address.to_string()).collect();
    let idle = |pattern: &&String| {
        let matches = WildMatch::new(pattern);
        **pattern != Consent::EVERYTHING && !disruptive.iter().any(|address| matches.matches(address))
    };
    consent.disruption.iter().filter(idle).cloned().collect()
}

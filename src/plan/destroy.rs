//! The plan for which nothing is wanted: everything of ours goes, in the reverse order of needs.
//!
//! The central function is [`destroy`]. What is not ours stays, and what AWS deletes together with something else is
//! not deleted by us. Not here: consent, which is the same as everywhere.

use std::collections::BTreeMap;

use super::access::an_administrator_remains;
use super::consent::withhold;
use super::draft::{Draft, change, compare, drafted, hand_over, ownership_tag};
use super::edges::{block, follow, for_each, ids};
use super::{Action, ActionId, Consent, Edge, Operation, Plan, Verb, assembled};
use crate::model::{Address, Blocker, Seen, State};
use crate::resources::{KINDS, Live, Protection, Resource, desired};
use crate::spec::Spec;

/// How everything of ours is deleted, and what stays because it is not ours.
pub fn destroy(spec: &Spec, live: &Live, consent: Consent) -> Plan {
    let wanted: BTreeMap<Address, Resource> =
        desired(spec, live).into_iter().map(|resource| (resource.address(), resource)).collect();
    let tag = ownership_tag(spec);
    let draft = |(address, seen): (&Address, &Seen<Resource>)| match fate(seen, live) {
        Fate::Goes => drafted(change(&seen.resource, Verb::Goes, vec![]), vec![]),
        Fate::Stays => staying(seen, live, &tag),
        Fate::Leaves(status) => leaving(seen, status),
        Fate::Deleted => deleted(seen, wanted.get(address), consent),
    };
    let of = |kind: &'static str| live.resources.iter().filter(move |(address, _)| address.kind == kind);
    let mut drafts: Vec<Draft> = KINDS.iter().flat_map(|kind| of(kind.kind)).map(draft).collect();
    what_needs_it_goes_first(&mut drafts, live);
    locks_are_opened_before_anything_goes(&mut drafts);
    an_administrator_remains(&mut drafts, live);
    withhold(&mut drafts, consent);
    assembled(spec, drafts, consent, None, live)
}

/// What becomes of one resource.
enum Fate<'a> {
    /// AWS deletes it together with what it needs.
    Goes,
    /// It is not ours, or protected.
    Stays,
    /// Something else is deleting it.
    Leaves(&'a str),
    /// It is ours.
    Deleted,
}

fn fate<'a>(seen: &'a Seen<Resource>, live: &Live) -> Fate<'a> {
    if seen.resource.goes_along() && seen.resource.needs().iter().any(|need| will_be_gone(need, live)) {
        return Fate::Goes;
    }
    if seen.resource.protection(live).is_some() {
        return Fate::Stays;
    }
    match &seen.state {
        State::Leaving(status) => Fate::Leaves(status),
        State::Ready | State::Making(_) | State::Working(_) | State::Broken(_) | State::Stuck(_) if seen.owned => {
            Fate::Deleted
        }
        State::Ready | State::Making(_) | State::Working(_) | State::Broken(_) | State::Stuck(_) => Fate::Stays,
    }
}

fn will_be_gone(address: &Address, live: &Live) -> bool {
    live.get(address).is_none_or(|seen| !matches!(fate(seen, live), Fate::Stays))
}

fn staying(seen: &Seen<Resource>, live: &Live, tag: &str) -> Draft {
    let protection = seen.resource.protection(live);
    let verb = if protection.is_some() { Verb::Keep } else { Verb::Unmanaged };
    let mut change = change(&seen.resource, verb, vec![]);
    change.notes.extend(match protection {
        None => hand_over(seen, "destroy", tag),
        Some(Protection::AwsOwn) => None,
        Some(Protection::Because(why)) => Some(why.to_owned()),
    });
    drafted(change, vec![])
}

fn leaving(seen: &Seen<Resource>, status: &str) -> Draft {
    let mut change = change(&seen.resource, Verb::Wait, vec![]);
    change.notes.push(format!("is {status}"));
    drafted(change, vec![Action::new(Operation::AwaitGone, Some(&seen.resource), &seen.resource)])
}

/// `wanted` is the resource as the file has it, for the file may consent to what its deletion disrupts.
fn deleted(seen: &Seen<Resource>, wanted: Option<&Resource>, consent: Consent) -> Draft {
    let resource = &seen.resource;
    let (fields, mut actions) = resource.unlocked().map(|unlocked| compare(&unlocked, resource)).unwrap_or_default();
    for unlocking in actions.iter_mut().filter(|_| !consent.unlock) {
        unlocking.blocked = Some(Blocker::new(
            "it is protected against being deleted",
            "run with --disable-deletion-protection to take the protection away first",
        ));
    }
    let mut delete = Action::new(Operation::Delete, Some(resource), wanted.unwrap_or(resource));
    // What never came to life carries no jobs: that takes no consent.
    delete.disruption = resource.removal().filter(|_| !matches!(seen.state, State::Broken(_)));
    delete.blocked = resource.kept_by().into_iter().next();
    actions.push(delete);
    let mut change = change(resource, Verb::Delete, fields);
    change.disruption = resource.removal();
    change.blockers = resource.kept_by();
    change.notes.extend(seen.notes.iter().cloned());
    change.notes.extend(match &seen.state {
        State::Making(status) | State::Working(status) => {
            Some(format!("is {status}; it is deleted once that has ended"))
        }
        State::Broken(why) | State::Stuck(why) => Some(why.clone()),
        State::Ready | State::Leaving(_) => None,
    });
    drafted(change, actions)
}

/// AWS deletes nothing that something else needs; and what needs it and is not ours, we do not delete either.
fn what_needs_it_goes_first(drafts: &mut [Draft], live: &Live) {
    let ends = |action: &&Action| matches!(action.operation, Operation::Delete | Operation::AwaitGone);
    let ends: Vec<(Address, ActionId)> = drafts
        .iter()
        .flat_map(|draft| draft.actions.iter().filter(ends))
        .map(|action| (action.address.clone(), action.id.clone()))
        .collect();
    for_each(drafts, |action| {
        let deletes = action.operation == Operation::Delete;
        let needing: Vec<&Seen<Resource>> =
            live.resources.values().filter(|it| deletes && it.resource.needs().contains(&action.address)).collect();
        for seen in needing {
            let address = seen.resource.address();
            if matches!(fate(seen, live), Fate::Stays) {
                let why = format!("AWS keeps it as long as {address} is there, which is not ours to delete");
                block(action, &why, "delete that first, or hand it over as its note says");
            }
            let its: Vec<ActionId> = ends.iter().filter(|(of, _)| *of == address).map(|(_, id)| id.clone()).collect();
            follow(action, &its, Edge::Needs);
        }
    });
}

/// If protection cannot be taken away, nothing that it stands for should be half gone.
fn locks_are_opened_before_anything_goes(drafts: &mut [Draft]) {
    let unlocking = ids(drafts, |action| matches!(action.operation, Operation::Update(_)));
    for_each(drafts, |action| {
        if action.operation == Operation::Delete {
            follow(action, &unlocking, Edge::Needs);
        }
    });
}

//! The plan for which nothing is wanted: everything of ours goes, each after whatever uses it.
//!
//! The central function is [`destroy`]. What is not ours stays, and what AWS deletes together with something else is
//! not deleted by us. Not here: consent, which is the same as everywhere.

use std::collections::{BTreeMap, BTreeSet};

use super::draft::{Draft, change, compare, drafted, hand_over, identify};
use super::edges::{follow, for_each, ids};
use super::laws::access::an_administrator_remains;
use super::laws::generic::some_are_created_and_deleted_one_by_one;
use super::laws::removal::what_uses_it_goes_first;
use super::withhold::withhold;
use super::{Action, ActionId, Consent, Edge, Plan, Verb, assembled};
use crate::model::{Address, Blocker, Operation, Seen, State};
use crate::resources::{KINDS, Live, Protection, Resource, desired};
use crate::spec::Spec;

/// How everything of ours is deleted, and what stays because it is not ours.
pub fn destroy(spec: &Spec, live: &Live, consent: &Consent) -> Plan {
    let mut drafts = destruction(&desired(spec, live), live, consent);
    withhold(&mut drafts, consent);
    what_goes_with_it_stays_with_it(&mut drafts);
    assembled(&spec.home(), drafts, consent, None, live)
}

/// Everything that is deleted, before consent. `wanted` is what the file has, for the file may consent to what the deletion
/// of it disrupts.
pub(super) fn destruction(wanted: &[Resource], live: &Live, consent: &Consent) -> Vec<Draft> {
    let wanted: BTreeMap<Address, &Resource> = wanted.iter().map(|resource| (resource.address(), resource)).collect();
    let draft = |(address, seen): (&Address, &Seen<Resource>)| match fate(seen, live) {
        Fate::Goes => drafted(change(&seen.resource, Verb::Goes, vec![]), vec![]),
        Fate::Stays => staying(seen, live),
        Fate::Leaves(status) => leaving(seen, status),
        Fate::Deleted => deleted(seen, wanted.get(address).copied(), consent),
    };
    let of = |kind: &'static str| live.resources.iter().filter(move |(address, _)| address.kind == kind);
    let mut drafts: Vec<Draft> = KINDS.iter().flat_map(|kind| of(kind.kind)).map(draft).collect();
    what_uses_it_goes_first(&mut drafts, live);
    some_are_created_and_deleted_one_by_one(&mut drafts, live);
    a_lock_is_opened_last(&mut drafts);
    an_administrator_remains(&mut drafts, live);
    drafts
}

/// What becomes of one resource.
enum Fate<'a> {
    /// AWS deletes it together with its parent.
    Goes,
    /// It is not ours, or protected.
    Stays,
    /// Something else is deleting it.
    Leaves(&'a str),
    /// It is ours.
    Deleted,
}

fn fate<'a>(seen: &'a Seen<Resource>, live: &Live) -> Fate<'a> {
    let resource = &seen.resource;
    if resource.traits().with_parent && resource.parent().is_some_and(|parent| will_be_gone(&parent, live)) {
        return Fate::Goes;
    }
    if resource.protection(live).is_some() {
        return Fate::Stays;
    }
    if let State::Leaving(status) = &seen.state {
        return Fate::Leaves(status);
    }
    if seen.is_ours() { Fate::Deleted } else { Fate::Stays }
}

fn will_be_gone(address: &Address, live: &Live) -> bool {
    live.get(address).is_none_or(|seen| !matches!(fate(seen, live), Fate::Stays))
}

fn staying(seen: &Seen<Resource>, live: &Live) -> Draft {
    let protection = seen.resource.protection(live);
    let verb = if protection.is_some() { Verb::Keep } else { Verb::Unmanaged };
    let mut change = change(&seen.resource, verb, vec![]);
    change.notes.extend(match protection {
        None => hand_over(seen, "destroy"),
        Some(Protection::AwsOwn) => None,
        Some(Protection::Because(why)) => Some(why.to_owned()),
    });
    drafted(change, vec![])
}

fn leaving(seen: &Seen<Resource>, status: &str) -> Draft {
    let mut change = change(&seen.resource, Verb::Wait, vec![]);
    change.notes.push(format!("is {status}"));
    let mut wait = Action::new(Operation::AwaitGone, Some(&seen.resource), &seen.resource);
    identify(&mut wait, seen);
    drafted(change, vec![wait])
}

fn deleted(seen: &Seen<Resource>, wanted: Option<&Resource>, consent: &Consent) -> Draft {
    let resource = &seen.resource;
    // What never came to life is not protected, whatever it says, and carries no jobs: that takes no consent.
    let failed = matches!(seen.state, State::Broken(_));
    let unlocked = resource.unlocked().filter(|_| !failed);
    let (fields, mut actions) = unlocked.map(|unlocked| compare(&unlocked, resource)).unwrap_or_default();
    for unlocking in &mut actions {
        unlocking.only_ours = true;
        unlocking.blocked = (!consent.unlock).then(|| {
            Blocker::new(
                "it is protected against being deleted",
                "run with --disable-deletion-protection to take the protection away first",
            )
        });
    }
    let mut delete = Action::new(Operation::Delete, Some(resource), wanted.unwrap_or(resource));
    delete.disruption = resource.traits().removal.filter(|_| !failed);
    actions.push(delete);
    for action in &mut actions {
        identify(action, seen);
    }
    let mut change = change(resource, Verb::Delete, fields);
    change.disruption = resource.traits().removal;
    change.notes.extend(seen.notes.iter().cloned());
    change.notes.extend(match &seen.state {
        State::Making(status) | State::Working(status) => {
            Some(format!("is {status}; it is deleted once that has ended"))
        }
        State::Broken(why) => Some(why.clone()),
        State::Stuck(blocker) => Some(blocker.why.clone()),
        State::Ready | State::Degraded(_) | State::Leaving(_) => None,
    });
    drafted(change, actions)
}

/// What protects a resource is taken away right before the resource itself is deleted, after everything else: a destroy that
/// stops halfway leaves it protected.
fn a_lock_is_opened_last(drafts: &mut [Draft]) {
    for draft in drafts {
        let deletions = draft.actions.iter().filter(|action| action.operation == Operation::Delete);
        let first: BTreeMap<ActionId, Edge> = deletions.flat_map(|action| action.after.clone()).collect();
        let unlocking = ids(std::slice::from_ref(draft), |it| matches!(it.operation, Operation::Update(_)));
        for_each(std::slice::from_mut(draft), |action| {
            if action.operation == Operation::Delete {
                follow(action, &unlocking, Edge::Needs);
            } else {
                action.after.extend(first.clone());
            }
        });
    }
}

/// What AWS would delete with a parent that is not deleted after all stays, too.
fn what_goes_with_it_stays_with_it(drafts: &mut [Draft]) {
    loop {
        let stays = |draft: &&Draft| {
            let deletes = draft.actions.iter().any(|action| action.operation == Operation::Delete);
            let blocked = draft.actions.iter().any(|action| action.blocked.is_some());
            (deletes && blocked) || draft.change.verb == Verb::Keep
        };
        let staying: BTreeSet<Address> =
            drafts.iter().filter(stays).map(|draft| draft.change.address.clone()).collect();
        let mut changed = false;
        for draft in drafts.iter_mut().filter(|draft| draft.change.verb == Verb::Goes) {
            if let Some(parent) = draft.change.with.clone().filter(|parent| staying.contains(parent)) {
                draft.change.verb = Verb::Keep;
                draft.change.with = None;
                draft.change.notes.push(format!("stays, for {parent} is not deleted"));
                changed = true;
            }
        }
        if !changed {
            return;
        }
    }
}

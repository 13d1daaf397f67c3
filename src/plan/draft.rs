//! One resource at a time: what becomes of it, and which actions that takes.
//!
//! The central type is [`Draft`]; [`drafts`] makes one for everything in the file and in AWS. Not here: what resources
//! mean to each other (`laws`), and whether anybody agreed to the actions (`withhold`).

use std::collections::{BTreeMap, BTreeSet};

use super::outlook::{Order, Outlook};
use super::{Action, ActionId, Change, Consent, Edge, Verb};
use crate::model::{
    Address, Blocker, Call, Difference, Direction, Disruption, Field, FieldChange, Operation, Phase, Seen, State, View,
    differences,
};
use crate::resources::{Live, Protection, Resource};

/// A change with its actions, before order and consent.
pub(super) struct Draft {
    pub(super) change: Change,
    pub(super) actions: Vec<Action>,
    /// Whether it is there and of no use, so that nothing can be built on it.
    pub(super) unusable: bool,
}

/// A draft for everything that is wanted, then for everything else that was seen.
pub(super) fn drafts(wanted: &[Resource], live: &Live, consent: &Consent) -> Vec<Draft> {
    let order = Order::of(wanted);
    let mut outlook = Outlook::of(live);
    let mut drafted: BTreeMap<usize, Draft> = BTreeMap::new();
    for at in order.positions {
        let mut draft = wanted_draft(&wanted[at], live, &outlook);
        if let Some((unordered, around)) = &order.cycle
            && unordered.contains(&draft.change.address)
        {
            // What waits for itself has no place in an order.
            draft.actions.clear();
            draft.change.blockers = vec![circular(around)];
            draft.unusable = true;
        }
        outlook.note(&draft.change.address, &draft.actions);
        drafted.insert(at, draft);
    }
    let lost = lost(wanted, live);
    for draft in drafted.values_mut() {
        abandon(draft, &lost);
    }
    let named: BTreeSet<Address> = wanted.iter().map(Resource::address).collect();
    let extras = live
        .resources
        .iter()
        .filter(|(address, seen)| !named.contains(*address) && seen.resource.created_by_parent().is_none());
    drafted.into_values().chain(extras.map(|(address, seen)| extra(address, seen, live, consent))).collect()
}

fn circular(around: &[Address]) -> Blocker {
    let around: Vec<String> = around.iter().map(Address::to_string).collect();
    Blocker::new(
        format!("the references of the file form a cycle: {}", around.join(" -> ")),
        "take one of these references out of the file",
    )
}

fn wanted_draft(wanted: &Resource, live: &Live, outlook: &Outlook) -> Draft {
    let wanted = outlook.resolve(wanted);
    let parent = wanted.parent();
    // What AWS makes together with a resource that is about to be made again is another one than the one seen.
    let outdated = parent.as_ref().is_some_and(|parent| outlook.creates(parent));
    let seen = live.get(&wanted.address()).filter(|_| !outdated);
    let there = parent.filter(|_| !outdated).and_then(|parent| Some((live.get(&parent)?, parent)));
    match there.filter(|(there, _)| seen.is_none() && never_comes(&wanted, there)) {
        Some((_, parent)) => Draft { unusable: false, ..stuck(&wanted, orphaned("it", &parent)) },
        None => draft(&wanted, seen),
    }
}

/// What AWS makes together with its parent comes with that only, and not for a parent that has been there for a while.
fn never_comes(wanted: &Resource, parent: &Seen<Resource>) -> bool {
    let there = match parent.state {
        State::Ready | State::Degraded(_) => !parent.is_new,
        State::Stuck(_) => true,
        State::Making(_) | State::Working(_) | State::Leaving(_) | State::Broken(_) => false,
    };
    there && wanted.created_by_parent().is_some()
}

fn orphaned(what: &str, parent: &Address) -> Blocker {
    Blocker::new(
        format!("{what} no longer exists, and AWS creates it only together with {parent}"),
        format!("add another {} under a new name, move the work over, then delete {parent}", parent.kind),
    )
}

/// By what it was made together with, what no longer exists.
fn lost(wanted: &[Resource], live: &Live) -> BTreeMap<Address, Address> {
    let missing = wanted.iter().filter(|child| live.get(&child.address()).is_none());
    let lost = missing.filter_map(|child| Some((child.parent()?, child)));
    lost.filter(|(parent, child)| live.get(parent).is_some_and(|seen| never_comes(child, seen)))
        .map(|(parent, child)| (parent, child.address()))
        .collect()
}

/// What has lost what AWS made together with it is of no use.
fn abandon(draft: &mut Draft, lost: &BTreeMap<Address, Address>) {
    let address = draft.change.address.clone();
    if let Some(child) = lost.get(&address).filter(|_| draft.change.blockers.is_empty()) {
        refuse(draft, &orphaned(&child.to_string(), &address));
        draft.unusable = true;
    }
}

fn refuse(draft: &mut Draft, blocker: &Blocker) {
    for action in &mut draft.actions {
        action.blocked = Some(blocker.clone());
    }
    draft.change.blockers.push(blocker.clone());
}

fn draft(wanted: &Resource, seen: Option<&Seen<Resource>>) -> Draft {
    let mut draft = match seen.map(|seen| (seen, &seen.state)) {
        None => absent(wanted),
        Some((seen, State::Ready | State::Degraded(_))) => compared(wanted, &seen.resource, Verb::Update),
        Some((seen, State::Making(status))) => {
            let draft = as_far_as_shown(compared(wanted, &seen.resource, Verb::Update), &seen.resource);
            waiting(draft, wanted, seen, status)
        }
        Some((seen, State::Working(status))) => {
            waiting(compared(wanted, &seen.resource, Verb::Update), wanted, seen, status)
        }
        Some((_, State::Leaving(status))) => leaving(wanted, status),
        Some((seen, State::Broken(why))) => broken(wanted, seen, why),
        Some((_, State::Stuck(blocker))) => stuck(wanted, blocker.clone()),
    };
    if let Some(seen) = seen {
        // What is created in place of it is another one.
        let recreated = draft.actions.iter().any(|action| action.operation == Operation::Create);
        let its =
            |action: &&mut Action| !recreated || matches!(action.operation, Operation::Delete | Operation::AwaitGone);
        draft.actions.iter_mut().filter(its).for_each(|action| identify(action, seen));
    }
    draft.change.notes.extend(seen.iter().flat_map(|seen| &seen.notes).cloned());
    draft.change.notes.extend(wanted.remarks(seen.map(|seen| &seen.resource)));
    let objections = wanted.objections(seen.map(|seen| &seen.resource));
    if !draft.actions.is_empty() {
        for action in &mut draft.actions {
            action.blocked = objections.first().cloned();
        }
        draft.change.blockers.extend(objections);
    }
    draft
}

/// What tells the resource that was seen from others.
pub(super) fn identify(action: &mut Action, seen: &Seen<Resource>) {
    action.outputs = seen.outputs.clone();
    action.uid.clone_from(&seen.uid);
}

fn absent(wanted: &Resource) -> Draft {
    match wanted.created_by_parent() {
        Some(created) => compared(wanted, &created, Verb::Born),
        None => drafted(change(wanted, Verb::Create, initial(wanted)), creation(wanted)),
    }
}

/// What differs, stage by stage where AWS does not go there in one step.
fn compared(wanted: &Resource, live: &Resource, verb: Verb) -> Draft {
    let (mut fields, mut actions, mut from) = (vec![], vec![], live.clone());
    for stage in wanted.stages(live).into_iter().chain([wanted.clone()]) {
        let (more, steps) = compare(&stage, &from);
        fields.extend(more);
        let steps: Vec<Action> = steps.into_iter().map(|step| after_earlier_stages(step, &actions)).collect();
        actions.extend(steps);
        from = stage;
    }
    let untouched = fields.iter().all(|field| field.kept.is_some());
    drafted(change(wanted, if untouched { Verb::Keep } else { verb }, fields), actions)
}

/// A field goes from stage to stage in order; and an operation that comes again is told from the earlier ones by a number.
fn after_earlier_stages(mut step: Action, earlier: &[Action]) -> Action {
    let shares =
        |other: &&Action| other.changes.iter().any(|change| step.changes.iter().any(|later| later.name == change.name));
    let after: Vec<ActionId> = earlier.iter().filter(shares).map(|action| action.id.clone()).collect();
    step.after.extend(after.into_iter().map(|id| (id, Edge::Needs)));
    let times = earlier.iter().filter(|action| action.operation == step.operation).count();
    if times > 0 {
        step.id = ActionId(format!("{} ({})", step.id, times + 1));
    }
    step
}

/// What differs, and the updates that would remove it.
pub(super) fn compare(wanted: &Resource, live: &Resource) -> (Vec<FieldChange>, Vec<Action>) {
    let differences = differences(&live.fields(View::Live), &wanted.fields(View::Over(live)));
    let actions = updates(&differences, live, wanted);
    (differences.into_iter().map(|difference| difference.change).collect(), actions)
}

pub(super) fn drafted(change: Change, actions: Vec<Action>) -> Draft {
    Draft { change, actions, unusable: false }
}

/// What AWS does not show yet, while it makes the resource, may be as it should be.
fn as_far_as_shown(mut draft: Draft, seen: &Resource) -> Draft {
    let shown = |change: &FieldChange| is_visible(seen, &change.name);
    draft.change.fields.retain(shown);
    for action in &mut draft.actions {
        action.changes.retain(shown);
    }
    draft.actions.retain(|action| !action.changes.is_empty());
    draft
}

/// Whether AWS showed the part of a resource that a field belongs to, such as `updateConfig`.
pub(super) fn is_visible(seen: &Resource, field: &str) -> bool {
    let part = |name: &str| name.split('.').next().map(str::to_owned);
    seen.fields(View::Live).iter().any(|row| row.value.is_some() && part(row.name) == part(field))
}

fn waiting(mut draft: Draft, wanted: &Resource, seen: &Seen<Resource>, status: &str) -> Draft {
    if draft.actions.is_empty() {
        draft.change.verb = Verb::Wait;
    }
    draft.change.notes.push(format!("is {status}; nothing is done to it before that has ended"));
    draft.actions.insert(0, Action::new(Operation::AwaitReady, Some(&seen.resource), wanted));
    draft
}

fn leaving(wanted: &Resource, status: &str) -> Draft {
    let mut actions = vec![Action::new(Operation::AwaitGone, None, wanted)];
    actions.extend(creation(wanted));
    let mut draft = drafted(change(wanted, Verb::Create, initial(wanted)), actions);
    draft.change.notes.push(format!("is {status}; it is made again once it is gone"));
    draft
}

fn broken(wanted: &Resource, seen: &Seen<Resource>, why: &str) -> Draft {
    if !seen.is_ours() {
        let why = format!("{why}, and it does not carry our ownership tag, so it is not ours to delete");
        return stuck(wanted, Blocker::new(why, "look at it in AWS; once it is repaired or deleted, run again"));
    }
    if !seen.resource.traits().recreate {
        return stuck(wanted, Blocker::new(why, "delete it with `trueup destroy`, then run apply again"));
    }
    let mut actions = vec![Action::new(Operation::Delete, Some(&seen.resource), wanted)];
    actions.extend(creation(wanted));
    let mut draft = drafted(change(wanted, Verb::Recreate, initial(wanted)), actions);
    // It never became a group that jobs could rely on, so it takes no consent; but people should see what goes.
    draft.change.disruption = seen.resource.traits().removal;
    draft.change.notes.push(why.to_owned());
    draft
}

fn stuck(wanted: &Resource, blocker: Blocker) -> Draft {
    let mut change = change(wanted, Verb::Update, vec![]);
    change.blockers.push(blocker);
    Draft { change, actions: vec![], unusable: true }
}

fn extra(address: &Address, seen: &Seen<Resource>, live: &Live, consent: &Consent) -> Draft {
    let resource = &seen.resource;
    let leaving = matches!(seen.state, State::Leaving(_));
    let protection = resource.protection(live);
    let verb = match (protection, seen.is_ours(), consent.prune) {
        (Some(_), ..) => Verb::Keep,
        (None, false, _) => Verb::Unmanaged,
        (None, true, false) => Verb::Obsolete,
        (None, true, true) => Verb::Delete,
    };
    let mut change = Change { address: address.clone(), ..change(resource, verb, vec![]) };
    change.notes.extend(seen.notes.iter().cloned());
    if let Some(Protection::Because(why)) = protection {
        change.notes.push(format!("is not in the file, and stays: {why}"));
    }
    let mut actions = vec![];
    if leaving {
        change.notes.push("is being deleted".to_owned());
        if verb == Verb::Delete {
            change.verb = Verb::Wait;
            let mut wait = Action::new(Operation::AwaitGone, Some(resource), resource);
            identify(&mut wait, seen);
            actions.push(wait);
        }
    } else if verb == Verb::Delete {
        let mut delete = Action::new(Operation::Delete, Some(resource), resource);
        identify(&mut delete, seen);
        delete.disruption = resource.traits().removal;
        change.disruption.clone_from(&delete.disruption);
        actions.push(delete);
    } else if verb == Verb::Unmanaged {
        change.notes.extend(hand_over(seen, "--prune"));
    }
    drafted(change, actions)
}

/// How somebody can make ours what is not.
pub(super) fn hand_over(seen: &Seen<Resource>, to: &str) -> Option<String> {
    seen.adopt.as_ref().map(|command| format!("to hand it over to {to}: {command}"))
}

pub(super) fn change(resource: &Resource, verb: Verb, fields: Vec<FieldChange>) -> Change {
    let together = matches!(verb, Verb::Born | Verb::Goes);
    let with = resource.parent().filter(|_| together);
    Change { address: resource.address(), verb, fields, notes: vec![], with, disruption: None, blockers: vec![] }
}

/// The create call, and updates for what it does not take.
fn creation(wanted: &Resource) -> Vec<Action> {
    let created = wanted.created();
    let mut create = Action::new(Operation::Create, None, wanted);
    create.changes = initial(created.as_ref().unwrap_or(wanted));
    let updates = created.map(|created| compare(wanted, &created).1).unwrap_or_default();
    [create].into_iter().chain(updates).collect()
}

/// Every field that something new is made with.
fn initial(wanted: &Resource) -> Vec<FieldChange> {
    let rows =
        wanted.fields(View::New).into_iter().filter(|row| row.value.as_ref().is_some_and(|value| !value.is_empty()));
    let change = |row: Field| FieldChange {
        name: row.name.into(),
        from: None,
        to: row.value,
        disruption: None,
        irreversible: false,
        blocker: None,
        kept: None,
    };
    rows.map(change).collect()
}

/// Changed rows grouped by API call are the actions.
fn updates(differences: &[Difference], live: &Resource, wanted: &Resource) -> Vec<Action> {
    let mut by_call: BTreeMap<Call, Action> = BTreeMap::new();
    for difference in differences {
        for &(call, direction) in &difference.calls {
            let new = || Action {
                phase: Phase::Last,
                only_removes: true,
                ..Action::new(Operation::Update(call), Some(live), wanted)
            };
            let action = by_call.entry(call).or_insert_with(new);
            action.phase = action.phase.min(difference.phase);
            action.notable |= difference.notable;
            action.only_removes &= direction == Direction::Removes;
            action.produces.extend(difference.produces);
            // Where one call adds and another removes, only removing disrupts.
            let disruption = difference.change.disruption.clone().filter(|_| direction != Direction::Adds);
            action.disruption = Disruption::worst(action.disruption.take(), disruption);
            action.changes.push(difference.change.clone());
        }
    }
    by_call.into_values().collect()
}

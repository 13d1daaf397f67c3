//! One resource at a time: what becomes of it, and which actions that takes.
//!
//! The central type is [`Draft`]; [`drafts`] makes one for everything in the file and in AWS. Not here: what resources
//! mean to each other (`order`), and whether anybody agreed to the actions (`consent`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Action, Change, Consent, Operation, Verb};
use crate::model::{
    Address, Blocker, Call, Difference, Disruption, Field, FieldChange, Phase, Rule, Seen, State, differences,
};
use crate::resources::tags::{OWNERSHIP, ownership};
use crate::resources::{Live, Protection, Resource, desired};
use crate::spec::Spec;

/// A change with its actions, before order and consent.
pub(super) struct Draft {
    pub(super) change: Change,
    pub(super) actions: Vec<Action>,
    /// Whether it is there and of no use, so that nothing can be built on it.
    pub(super) unusable: bool,
}

/// A draft for everything in the file, then for everything else that was seen.
pub(super) fn drafts(spec: &Spec, live: &Live, consent: Consent) -> Vec<Draft> {
    let wanted = desired(spec, live);
    let named: BTreeSet<Address> = wanted.iter().map(Resource::address).collect();
    let mut drafts: Vec<Draft> = vec![];
    let mut remade = BTreeSet::new();
    for resource in &wanted {
        // What AWS makes together with a resource that is about to be made again is another one than the one seen.
        let outdated = resource.needs().iter().any(|need| remade.contains(need));
        let seen = live.get(&resource.address()).filter(|_| !outdated);
        let draft = draft(resource, seen);
        if draft.actions.iter().any(|action| action.operation == Operation::Create) {
            remade.insert(resource.address());
        }
        drafts.push(draft);
    }
    let tag = ownership_tag(spec);
    let extras =
        live.resources.iter().filter(|(address, seen)| !named.contains(*address) && seen.resource.born().is_none());
    drafts.extend(extras.map(|(_, seen)| extra(seen, live, consent, &tag)));
    drafts
}

/// The ownership tag as the AWS CLI takes it.
pub(super) fn ownership_tag(spec: &Spec) -> String {
    format!("{OWNERSHIP}={}", ownership(&spec.metadata.region, &spec.metadata.name))
}

fn draft(wanted: &Resource, seen: Option<&Seen<Resource>>) -> Draft {
    let mut draft = match seen.map(|seen| (seen, &seen.state)) {
        None => absent(wanted),
        Some((seen, State::Ready)) => compared(wanted, &seen.resource, Verb::Update),
        Some((seen, State::Making(status))) => {
            let draft = as_far_as_shown(compared(wanted, &seen.resource, Verb::Update), &seen.resource);
            waiting(draft, wanted, seen, status)
        }
        Some((seen, State::Working(status))) => {
            waiting(compared(wanted, &seen.resource, Verb::Update), wanted, seen, status)
        }
        Some((_, State::Leaving(status))) => leaving(wanted, status),
        Some((seen, State::Broken(why))) => broken(wanted, seen, why),
        Some((_, State::Stuck(why))) => stuck(wanted, why),
    };
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

fn absent(wanted: &Resource) -> Draft {
    match wanted.born() {
        Some(born) => compared(wanted, &born, Verb::Born),
        None => drafted(change(wanted, Verb::Create, initial(wanted)), creation(wanted)),
    }
}

/// What differs, stage by stage where AWS does not go there in one step.
fn compared(wanted: &Resource, live: &Resource, verb: Verb) -> Draft {
    let (mut fields, mut actions, mut from) = (vec![], vec![], live.clone());
    for stage in wanted.stages(live).into_iter().chain([wanted.clone()]) {
        let (more, steps) = compare(&stage, &from);
        fields.extend(more);
        actions.extend(steps);
        from = stage;
    }
    let untouched = fields.iter().all(|field| field.kept.is_some());
    drafted(change(wanted, if untouched { Verb::Keep } else { verb }, fields), actions)
}

/// What differs, and the updates that would remove it.
pub(super) fn compare(wanted: &Resource, live: &Resource) -> (Vec<FieldChange>, Vec<Action>) {
    let differences = differences(&live.fields(None), &wanted.fields(Some(live)));
    let actions = updates(&differences, live, wanted);
    (differences.into_iter().map(|difference| difference.change).collect(), actions)
}

pub(super) fn drafted(change: Change, actions: Vec<Action>) -> Draft {
    Draft { change, actions, unusable: false }
}

/// What AWS does not show yet, while it makes the resource, may be as it should be.
fn as_far_as_shown(mut draft: Draft, seen: &Resource) -> Draft {
    let shown = |change: &FieldChange| shows(seen, &change.name);
    draft.change.fields.retain(shown);
    for action in &mut draft.actions {
        action.changes.retain(shown);
    }
    draft.actions.retain(|action| !action.changes.is_empty());
    draft
}

/// Whether AWS showed the part of a resource that a field belongs to, such as `updateConfig`.
pub(super) fn shows(seen: &Resource, field: &str) -> bool {
    let part = |name: &str| name.split('.').next().map(str::to_owned);
    seen.fields(None).iter().any(|row| row.value.is_some() && part(row.name) == part(field))
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
    if !seen.owned {
        return stuck(wanted, &format!("{why}, and it does not carry our ownership tag, so it is not ours to delete"));
    }
    let mut actions = vec![Action::new(Operation::Delete, Some(&seen.resource), wanted)];
    actions.extend(creation(wanted));
    let mut draft = drafted(change(wanted, Verb::Recreate, initial(wanted)), actions);
    // It never became a group that jobs could rely on, so it takes no consent; but people should see what goes.
    draft.change.disruption = seen.resource.removal();
    draft.change.notes.push(why.to_owned());
    draft
}

fn stuck(wanted: &Resource, why: &str) -> Draft {
    let mut change = change(wanted, Verb::Update, vec![]);
    change.blockers.push(Blocker::new(why, "look at it in AWS; once it is repaired or deleted, run again"));
    Draft { change, actions: vec![], unusable: true }
}

fn extra(seen: &Seen<Resource>, live: &Live, consent: Consent, tag: &str) -> Draft {
    let resource = &seen.resource;
    let leaving = matches!(seen.state, State::Leaving(_));
    let protection = resource.protection(live);
    let verb = match (protection, seen.owned, consent.prune) {
        (Some(_), ..) => Verb::Keep,
        (None, false, _) => Verb::Unmanaged,
        (None, true, false) => Verb::Obsolete,
        (None, true, true) => Verb::Delete,
    };
    let mut change = change(resource, verb, vec![]);
    change.notes.extend(seen.notes.iter().cloned());
    if let Some(Protection::Because(why)) = protection {
        change.notes.push(format!("is not in the file, and stays: {why}"));
    }
    let mut actions = vec![];
    if leaving {
        change.notes.push("is being deleted".to_owned());
    } else if verb == Verb::Delete {
        let mut delete = Action::new(Operation::Delete, Some(resource), resource);
        delete.disruption = resource.removal();
        change.disruption = resource.removal();
        actions.push(delete);
    } else if verb == Verb::Unmanaged {
        change.notes.extend(hand_over(seen, "--prune", tag));
    }
    drafted(change, actions)
}

/// How somebody can make ours what is not.
pub(super) fn hand_over(seen: &Seen<Resource>, to: &str, tag: &str) -> Option<String> {
    let arn = &seen.arn;
    (!arn.is_empty())
        .then(|| format!("to hand it over to {to}: aws eks tag-resource --resource-arn {arn} --tags {tag}"))
}

pub(super) fn change(resource: &Resource, verb: Verb, fields: Vec<FieldChange>) -> Change {
    let together = matches!(verb, Verb::Born | Verb::Goes);
    let with = resource.needs().into_iter().next().filter(|_| together);
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
    let rows = wanted.fields(None).into_iter().filter(|row| row.value.as_ref().is_some_and(|value| !value.is_empty()));
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
    let unsets: BTreeMap<&str, Call> = wanted.fields(Some(live)).iter().filter_map(unset_call).collect();
    for difference in differences {
        for &call in &difference.calls {
            let new = || Action { phase: Phase::Last, ..Action::new(Operation::Update(call), Some(live), wanted) };
            let action = by_call.entry(call).or_insert_with(new);
            action.phase = action.phase.min(difference.phase);
            // Where one call adds and another removes, only removing disrupts.
            let harmless = unsets.get(&*difference.change.name).is_some_and(|unset| *unset != call);
            let disruption = difference.change.disruption.clone().filter(|_| !harmless);
            action.disruption = worse(action.disruption.take(), disruption);
            action.changes.push(difference.change.clone());
        }
    }
    by_call.into_values().collect()
}

fn unset_call(row: &Field) -> Option<(&'static str, Call)> {
    match row.rule {
        Rule::Entries { unset, .. } => Some((row.name, unset)),
        Rule::InPlace(_) | Rule::Guarded(..) | Rule::Replace | Rule::Fixed | Rule::CreateOnly => None,
    }
}

fn worse(one: Option<Disruption>, other: Option<Disruption>) -> Option<Disruption> {
    one.into_iter().chain(other).max_by_key(|it| (it.effect, it.nodes))
}

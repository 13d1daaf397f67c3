//! The laws of what is deleted: after everything else, and after whatever uses it.
//!
//! There is no central type: each law is a function in the list of `mod.rs`, or of `destroy.rs`. No kind is named here. Not
//! here: what may be deleted at all (`draft`, `destroy`), and what is disruptive about it (`consent`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Link, Operation, Value};
use crate::plan::draft::Draft;
use crate::plan::edges::{block, follow, for_each, ids};
use crate::plan::{Action, ActionId, Edge, Verb};
use crate::resources::{Live, Resource};

/// What is deleted goes after everything else; and only if what carries pods, old and new, is as it should be by then, for
/// pods must have somewhere to go, and what is made of its kind, which may be there in its place, has been made.
pub(super) fn removals_come_last(drafts: &mut [Draft], _live: &Live) {
    let deletes = |action: &Action| matches!(action.operation, Operation::Delete | Operation::AwaitGone);
    let carries = |action: &Action| action.to.traits().carries_pods;
    let grounds: BTreeSet<Address> =
        drafts.iter().flat_map(|it| &it.actions).filter(|it| carries(it)).filter_map(|it| it.to.parent()).collect();
    let needed = ids(drafts, |action| {
        !deletes(action) && (carries(action) || action.operation.makes() && grounds.contains(&action.address))
    });
    let others = ids(drafts, |action| !deletes(action));
    let mut made: BTreeMap<String, Vec<ActionId>> = BTreeMap::new();
    for draft in drafts.iter().filter(|draft| draft.change.verb == Verb::Create) {
        let actions = draft.actions.iter().map(|action| action.id.clone());
        made.entry(draft.change.address.kind.to_string()).or_default().extend(actions);
    }
    let unusable = drafts.iter().find(|draft| draft.unusable).map(|draft| draft.change.address.clone());
    for draft in drafts.iter_mut().filter(|draft| draft.change.verb == Verb::Delete) {
        for action in &mut draft.actions {
            follow(action, &needed, Edge::Needs);
            let successors = made.get(&*action.address.kind).map_or(&[][..], Vec::as_slice);
            follow(action, successors, Edge::Needs);
            follow(action, &others, Edge::Follows);
            if let Some(address) = &unusable {
                block(
                    action,
                    &format!("{address} is of no use as it is, and pods need somewhere to go"),
                    "resolve that first",
                );
            }
        }
    }
}

/// AWS deletes nothing that something else needs, and nothing that is still in use should go: what uses it goes first, or is
/// changed first; and where it stays as it is, so does what it uses.
pub(in crate::plan) fn what_uses_it_goes_first(drafts: &mut [Draft], live: &Live) {
    if ids(drafts, |action| action.operation == Operation::Delete).is_empty() {
        return;
    }
    let uses = Uses::of(live);
    let entangled = entangled(drafts, &uses);
    let stays = Fate { ends: vec![], updates: vec![], goes_along: false, foreign: false };
    let fates: BTreeMap<Address, Fate> =
        drafts.iter().map(|draft| (draft.change.address.clone(), Fate::of(draft))).collect();
    for_each(drafts, |action| {
        if action.operation != Operation::Delete {
            return;
        }
        let address = action.address.clone();
        let outputs = values(live, &address);
        if entangled.contains(&address) {
            block(action, "it and what uses it use each other", "take one of the references away first");
            return;
        }
        for (user, with_it) in uses.users(&address) {
            let fate = fates.get(user).unwrap_or(&stays);
            let moves = fate.moves_off(&outputs);
            let first = if fate.ends.is_empty() { &moves } else { &fate.ends };
            follow(action, first, Edge::Needs);
            if first.is_empty() && !fate.goes_along && !with_it {
                let (why, hint) = in_the_way(user, fate);
                block(action, &why, hint);
            }
        }
    });
}

/// Of what is to be deleted, that which uses itself by way of others: nothing of it could go first.
fn entangled(drafts: &[Draft], uses: &Uses) -> BTreeSet<Address> {
    let deletes = |draft: &&Draft| draft.actions.iter().any(|action| action.operation == Operation::Delete);
    let mut left: BTreeSet<Address> = drafts.iter().filter(deletes).map(|it| it.change.address.clone()).collect();
    // From those that nothing uses, and back from those that use nothing: what is in neither is in between.
    loop {
        let used: BTreeSet<&Address> =
            left.iter().filter(|it| uses.users(it).any(|(user, _)| left.contains(user))).collect();
        let using: BTreeSet<&Address> = left.iter().flat_map(|it| uses.users(it)).map(|(user, _)| user).collect();
        let between: BTreeSet<Address> =
            left.iter().filter(|it| used.contains(it) && using.contains(it)).cloned().collect();
        if between.len() == left.len() {
            return left;
        }
        left = between;
    }
}

fn in_the_way(user: &Address, fate: &Fate) -> (String, &'static str) {
    if fate.foreign {
        let why = format!("AWS keeps it as long as {user} is there, which is not ours to delete");
        (why, "delete that first, or hand it over as its note says")
    } else {
        (format!("it is still in use by {user}"), "change or delete that first")
    }
}

/// What uses what, as it was seen.
struct Uses {
    /// By what is used: who uses it, and whether AWS deletes the user together with it.
    users: BTreeMap<Address, Vec<(Address, bool)>>,
}

impl Uses {
    fn of(live: &Live) -> Self {
        let mut by_output: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
        for (address, seen) in &live.resources {
            for (_, value) in seen.outputs.iter() {
                by_output.entry(value).or_default().push(address);
            }
        }
        let mut users: BTreeMap<Address, Vec<(Address, bool)>> = BTreeMap::new();
        for (user, seen) in &live.resources {
            if let Some(parent) = seen.resource.parent() {
                users.entry(parent).or_default().push((user.clone(), seen.resource.traits().with_parent));
            }
            for used in held(&seen.resource).iter().filter_map(|text| by_output.get(text.as_str())).flatten() {
                users.entry((*used).clone()).or_default().push((user.clone(), false));
            }
        }
        Self { users }
    }

    fn users(&self, address: &Address) -> impl Iterator<Item = (&Address, bool)> {
        let users = self.users.get(address).into_iter().flatten();
        users.filter(move |(user, _)| user != address).map(|(user, with_it)| (user, *with_it))
    }
}

/// What others refer to a resource by.
fn values(live: &Live, address: &Address) -> Vec<String> {
    let outputs = live.get(address).into_iter().flat_map(|seen| seen.outputs.iter());
    outputs.map(|(_, value)| value.to_owned()).collect()
}

/// What a resource holds, in AWS' own words.
fn held(resource: &Resource) -> Vec<String> {
    let holds = resource.references().into_iter().filter(|(link, _)| *link == Link::Holds);
    holds.filter_map(|(_, reference)| reference.known().map(str::to_owned)).collect()
}

/// What becomes of a user.
struct Fate {
    /// What deletes it, or waits for that.
    ends: Vec<ActionId>,
    /// Its updates.
    updates: Vec<Action>,
    /// Whether AWS deletes it by itself with its parent, whose deletion this plan has.
    goes_along: bool,
    /// Whether it is not ours.
    foreign: bool,
}

impl Fate {
    fn of(draft: &Draft) -> Self {
        let ends = |action: &&Action| matches!(action.operation, Operation::Delete | Operation::AwaitGone);
        let updates = |action: &&Action| matches!(action.operation, Operation::Update(_));
        Self {
            ends: draft.actions.iter().filter(ends).map(|action| action.id.clone()).collect(),
            updates: draft.actions.iter().filter(updates).cloned().collect(),
            goes_along: draft.change.verb == Verb::Goes,
            foreign: draft.change.verb == Verb::Unmanaged,
        }
    }

    /// The updates after which it no longer uses what has these outputs.
    fn moves_off(&self, outputs: &[String]) -> Vec<ActionId> {
        let says = |value: Option<&Value>| value.is_some_and(|value| outputs.iter().any(|text| value.mentions(text)));
        let moves = |action: &&Action| {
            action.changes.iter().any(|change| says(change.from.as_ref()) && !says(change.to.as_ref()))
        };
        self.updates.iter().filter(moves).map(|action| action.id.clone()).collect()
    }
}

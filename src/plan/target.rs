//! A plan narrowed to some addresses, as `--target` asks.
//!
//! The central function is [`narrow`]. It knows no kind: a target takes along what it is the parent of, and what
//! has to be made for it. It only takes away, and what is left never runs without what it needs.

use std::collections::{BTreeMap, BTreeSet};

use wildmatch::WildMatch;

use super::draft::Draft;
use super::edges::block;
use super::{ActionId, Change, Edge, Verb};
use crate::model::{Address, Operation};
use crate::resources::{Live, Resource};
use crate::spec::nearest;

/// What a plan was narrowed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Narrowed {
    /// The addresses, as they were given; `*` stands for anything, a `/` included, and `?` for one character.
    pub targets: Vec<String>,
    /// How many other resources differ and are left alone.
    pub left_alone: usize,
    /// Which of the addresses are neither in the file nor in AWS.
    pub unknown: Vec<UnknownTarget>,
}

/// A target that is neither in the file nor in AWS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownTarget {
    /// As it was given.
    pub target: String,
    /// What was probably meant.
    pub nearest: Option<String>,
}

/// By address, what contains it, and all that must exist before it can.
type Family = BTreeMap<Address, Kin>;

struct Kin {
    parent: Option<Address>,
    depends_on: Vec<Address>,
}

/// Takes away what is outside of the targets. Inside are the addresses themselves, their children, and as much of their
/// ancestors as has to be made first. `None` without targets.
pub(super) fn narrow(
    drafts: &mut Vec<Draft>,
    wanted: &[Resource],
    live: &Live,
    targets: &[String],
) -> Option<Narrowed> {
    if targets.is_empty() {
        return None;
    }
    let family = family(wanted, live);
    let inside = inside(&family, targets);
    let ancestors = ancestors(drafts, &family, &inside);
    let mut left_alone = 0;
    drafts.retain_mut(|draft| {
        let address = &draft.change.address;
        if inside.contains(address) {
            return true;
        }
        left_alone += usize::from(differs(&draft.change));
        ancestors.contains(address) && only_make(draft)
    });
    cut(drafts);
    let unknown = targets.iter().filter_map(|target| unknown(target, &family)).collect();
    Some(Narrowed { targets: targets.to_vec(), left_alone, unknown })
}

fn family(wanted: &[Resource], live: &Live) -> Family {
    let kin = |resource: &Resource| Kin { parent: resource.parent(), depends_on: resource.depends_on() };
    let seen = live.resources.iter().map(|(address, seen)| (address.clone(), kin(&seen.resource)));
    seen.chain(wanted.iter().map(|resource| (resource.address(), kin(resource)))).collect()
}

/// Everything that a target matches, and everything within that.
fn inside(family: &Family, targets: &[String]) -> BTreeSet<Address> {
    let patterns: Vec<WildMatch> = targets.iter().map(|target| WildMatch::new(target)).collect();
    let matches = |address: &&Address| patterns.iter().any(|pattern| pattern.matches(&address.to_string()));
    let mut inside: BTreeSet<Address> = family.keys().filter(matches).cloned().collect();
    loop {
        let is_child = |(address, kin): &(&Address, &Kin)| {
            !inside.contains(*address) && kin.parent.as_ref().is_some_and(|parent| inside.contains(parent))
        };
        let children: Vec<Address> = family.iter().filter(is_child).map(|(address, _)| address.clone()).collect();
        if children.is_empty() {
            return inside;
        }
        inside.extend(children);
    }
}

/// Everything that what is done inside needs, and what that needs in turn.
fn ancestors(drafts: &[Draft], family: &Family, inside: &BTreeSet<Address>) -> BTreeSet<Address> {
    let busy = drafts.iter().filter(|draft| !draft.actions.is_empty()).map(|draft| &draft.change.address);
    let mut next: Vec<&Address> = busy.filter(|address| inside.contains(*address)).collect();
    let mut ancestors = BTreeSet::new();
    while let Some(address) = next.pop() {
        for need in family.get(address).into_iter().flat_map(|kin| &kin.depends_on) {
            if ancestors.insert(need.clone()) {
                next.push(need);
            }
        }
    }
    ancestors
}

/// Keeps of an ancestor only that it is made, or waited for. False if neither has to be.
fn only_make(draft: &mut Draft) -> bool {
    let Draft { change, actions, .. } = draft;
    let any = |operation| actions.iter().any(|action| action.operation == operation);
    if any(Operation::Create) {
        return true;
    }
    if !any(Operation::AwaitReady) {
        return false;
    }
    actions.retain(|action| action.operation == Operation::AwaitReady);
    (change.verb, change.fields) = (Verb::Wait, vec![]);
    true
}

fn differs(change: &Change) -> bool {
    let extra = matches!(change.verb, Verb::Obsolete | Verb::Unmanaged);
    !extra && (change.verb != Verb::Keep || !change.fields.is_empty() || change.blocked())
}

/// Whatever needs something outside is blocked; an order with something outside means nothing.
fn cut(drafts: &mut [Draft]) {
    let left: BTreeSet<ActionId> =
        drafts.iter().flat_map(|draft| &draft.actions).map(|action| action.id.clone()).collect();
    for action in drafts.iter_mut().flat_map(|draft| &mut draft.actions) {
        let outside: BTreeMap<ActionId, Edge> = action.after.extract_if(.., |id, _| !left.contains(id)).collect();
        if let Some((id, _)) = outside.iter().find(|(_, edge)| **edge == Edge::Needs) {
            block(
                action,
                &format!("it needs {id}, which is outside of --target"),
                "give that address as --target, too",
            );
        }
    }
}

fn unknown(target: &str, known: &Family) -> Option<UnknownTarget> {
    let pattern = WildMatch::new(target);
    let addresses: Vec<String> = known.keys().map(Address::to_string).collect();
    if addresses.iter().any(|address| pattern.matches(address)) {
        return None;
    }
    // The kind is what people leave out.
    let by_name = known.keys().find(|address| address.name == target).map(Address::to_string);
    let nearest = by_name.or_else(|| nearest(target, addresses.iter().map(String::as_str)).map(str::to_owned));
    Some(UnknownTarget { target: target.to_owned(), nearest })
}

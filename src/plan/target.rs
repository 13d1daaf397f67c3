//! A plan narrowed to some addresses, as `--target` asks.
//!
//! The central function is [`narrow`]. It knows no kind: what belongs together is what [`Resource::needs`] says. It
//! only takes away, and what is left never runs without what it needs.

use std::collections::{BTreeMap, BTreeSet};

use wildmatch::WildMatch;

use super::draft::Draft;
use super::edges::block;
use super::{ActionId, Change, Edge, Operation, Verb};
use crate::model::Address;
use crate::resources::{Live, Resource, desired};
use crate::spec::{Spec, nearest};

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

/// By address, what must exist before it can.
type Needs = BTreeMap<Address, Vec<Address>>;

/// Takes away what is outside of the targets. Inside are the addresses themselves, their children, and as much of their
/// ancestors as has to be made first. `None` without targets.
pub(super) fn narrow(drafts: &mut Vec<Draft>, spec: &Spec, live: &Live, targets: &[String]) -> Option<Narrowed> {
    if targets.is_empty() {
        return None;
    }
    let needs = needs(spec, live);
    let inside = inside(&needs, targets);
    let ancestors = ancestors(drafts, &needs, &inside);
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
    let unknown = targets.iter().filter_map(|target| unknown(target, &needs)).collect();
    Some(Narrowed { targets: targets.to_vec(), left_alone, unknown })
}

fn needs(spec: &Spec, live: &Live) -> Needs {
    let seen = live.resources.iter().map(|(address, seen)| (address.clone(), seen.resource.needs()));
    let wanted = desired(spec, live);
    seen.chain(wanted.iter().map(|resource| (resource.address(), Resource::needs(resource)))).collect()
}

/// Everything that a target matches, and everything that needs it.
fn inside(needs: &Needs, targets: &[String]) -> BTreeSet<Address> {
    let patterns: Vec<WildMatch> = targets.iter().map(|target| WildMatch::new(target)).collect();
    let matches = |address: &&Address| patterns.iter().any(|pattern| pattern.matches(&address.to_string()));
    let mut inside: BTreeSet<Address> = needs.keys().filter(matches).cloned().collect();
    loop {
        let is_child = |(address, its): &(&Address, &Vec<Address>)| {
            !inside.contains(*address) && its.iter().any(|need| inside.contains(need))
        };
        let children: Vec<Address> = needs.iter().filter(is_child).map(|(address, _)| address.clone()).collect();
        if children.is_empty() {
            return inside;
        }
        inside.extend(children);
    }
}

/// Everything that what is done inside needs, and what that needs in turn.
fn ancestors(drafts: &[Draft], needs: &Needs, inside: &BTreeSet<Address>) -> BTreeSet<Address> {
    let busy = drafts.iter().filter(|draft| !draft.actions.is_empty()).map(|draft| &draft.change.address);
    let mut next: Vec<&Address> = busy.filter(|address| inside.contains(*address)).collect();
    let mut ancestors = BTreeSet::new();
    while let Some(address) = next.pop() {
        for need in needs.get(address).into_iter().flatten() {
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

fn unknown(target: &str, known: &Needs) -> Option<UnknownTarget> {
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

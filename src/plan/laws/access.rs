//! The laws that keep people from being locked out while access entries change.
//!
//! There is no central type: each law is a function in the list of `mod.rs`, but for
//! [`a_new_cluster_can_be_entered`], which comes after the targets. What is not here: that the caller's own entry is
//! never narrowed, which its field table knows, and never pruned, which its protection says
//! (`resources/access_entry/`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Call, FieldChange, Operation, Value};
use crate::plan::draft::Draft;
use crate::plan::edges::{block, follow, for_each, ids};
use crate::plan::{Action, ActionId, Edge, Reliance};
use crate::resources::access_entry::{self, AccessEntry, CLUSTER_ADMIN};
use crate::resources::{Live, Resource, cluster};

/// A cluster that reads only its config map has no access entries; its first step up brings them.
pub(super) fn entries_come_with_the_mode(drafts: &mut [Draft], _live: &Live) {
    let rungs = ids(drafts, |action| action.calls(cluster::ACCESS_BOTH));
    for_each(drafts, |action| {
        if action.to.access_entry().is_some() {
            follow(action, &rungs, Edge::Needs);
        }
    });
}

/// EKS makes an entry for the role of a new group's nodes: what the file says of that entry comes first, or it would be EKS'.
pub(super) fn an_entry_of_nodes_comes_before_their_group(drafts: &mut [Draft], _live: &Live) {
    let creates = |action: &&Action| action.operation == Operation::Create;
    let mut entries: BTreeMap<String, Vec<ActionId>> = BTreeMap::new();
    for action in drafts.iter().flat_map(|draft| &draft.actions).filter(creates) {
        if let Some(entry) = action.to.access_entry() {
            entries.entry(entry.principal.clone()).or_default().push(action.id.clone());
        }
    }
    for_each(drafts, |action| {
        let group = action.to.nodegroup().filter(|_| action.operation == Operation::Create);
        if let Some(its) = group.and_then(|group| entries.get(&group.node_role)) {
            follow(action, its, Edge::Follows);
        }
    });
}

/// Whoever comes in by the config map must come in by an access entry before EKS stops reading it.
pub(super) fn the_config_map_goes_last(drafts: &mut [Draft], _live: &Live) {
    let rungs = ids(drafts, |action| action.calls(cluster::ACCESS_BOTH));
    let gives = |action: &Action| action.operation.exclusive() && !action.only_removes;
    let giving = ids(drafts, |action| action.to.access_entry().is_some() && gives(action));
    for_each(drafts, |action| {
        if action.calls(cluster::ACCESS_API) {
            follow(action, &rungs, Edge::Needs);
            follow(action, &giving, Edge::Needs);
        }
    });
}

/// Nor does EKS stop reading the config map while no access entry makes an administrator. Whoever made the cluster may
/// get an entry with the first step up, but nobody can see that beforehand.
pub(super) fn an_administrator_comes_before_the_config_map_goes(drafts: &mut [Draft], live: &Live) {
    let relies = administrators(drafts, live);
    for_each(drafts, |action| {
        if !action.calls(cluster::ACCESS_API) {
            return;
        }
        if relies.on.is_empty() {
            block(
                action,
                "no access entry would make an administrator, so nobody could come in",
                &format!(
                    "give {CLUSTER_ADMIN} to an entry in the file; or write API_AND_CONFIG_MAP, apply, and see who has one"
                ),
            );
        } else {
            action.relies = Some(relies.clone());
        }
    });
}

/// A cluster whose creator gets no entry is made together with an administrator, also where a target leaves entries out.
pub(in crate::plan) fn a_new_cluster_can_be_entered(drafts: &mut [Draft]) {
    if !ids(drafts, |action| appoints(action) && action.blocked.is_none()).is_empty() {
        return;
    }
    for_each(drafts, |action| {
        let made = action.to.cluster().filter(|_| action.operation == Operation::Create);
        if made.is_some_and(|cluster| cluster.bootstrap_creator_admin == Some(false)) {
            block(
                action,
                "its creator gets no access entry, and nobody else would administer it",
                &format!("give the address of an entry with {CLUSTER_ADMIN} as --target, too"),
            );
        }
    });
}

/// What an entry is given comes before what is taken from it, or its principal may be left with nothing: policies, then
/// groups, which come and go in one call, and then what is left to take.
pub(super) fn giving_comes_before_taking(drafts: &mut [Draft], _live: &Live) {
    for draft in drafts {
        let policies = ids(std::slice::from_ref(draft), |action| action.calls(access_entry::ASSOCIATE));
        let groups = ids(std::slice::from_ref(draft), |action| action.calls(access_entry::UPDATE));
        for action in draft.actions.iter_mut().filter(|action| takes_access(action)) {
            if !action.calls(access_entry::ASSOCIATE) {
                follow(action, &policies, Edge::Needs);
            }
            if action.calls(access_entry::DISASSOCIATE) {
                follow(action, &groups, Edge::Needs);
            }
        }
    }
}

/// The last administrator stays; and a new one comes before an old one goes.
pub(in crate::plan) fn an_administrator_remains(drafts: &mut [Draft], live: &Live) {
    let dismissals = ids(drafts, dismisses);
    if dismissals.is_empty() {
        return;
    }
    let appointments = ids(drafts, appoints);
    let stays = staying_administrators(drafts, live).next().is_some();
    let relies = administrators(drafts, live);
    for_each(drafts, |action| {
        if !dismisses(action) {
            return;
        }
        action.relies = Some(relies.clone());
        if relies.on.is_empty() {
            block(
                action,
                &format!("it would take {CLUSTER_ADMIN} from the last access entry that has it for the whole cluster"),
                "give it to another entry in the file first",
            );
        } else if !stays {
            follow(action, &appointments, Edge::Needs);
        }
    });
}

/// Whoever is an administrator today and remains one.
fn staying_administrators<'a>(drafts: &[Draft], live: &'a Live) -> impl Iterator<Item = &'a Resource> {
    let actions = drafts.iter().flat_map(|draft| &draft.actions);
    let dismissed: BTreeSet<Address> =
        actions.filter(|action| dismisses(action)).map(|action| action.address.clone()).collect();
    let staying = live.resources.iter().filter(move |(address, _)| !dismissed.contains(address));
    staying.map(|(_, seen)| &seen.resource).filter(|resource| resource.traits().satisfies)
}

/// Whoever administers the cluster once all is done: who stays, then who comes.
fn administrators(drafts: &[Draft], live: &Live) -> Reliance {
    let coming = drafts.iter().flat_map(|draft| &draft.actions).filter(|action| appoints(action));
    let on = staying_administrators(drafts, live).chain(coming.map(|action| &action.to)).cloned().collect();
    Reliance { on, otherwise: "no other access entry administers the whole cluster any more" }
}

/// Whether somebody who comes in by an access entry may do less after it.
pub fn takes_access(action: &Action) -> bool {
    action.to.access_entry().is_some()
        && match action.operation {
            Operation::Delete => true,
            Operation::Update(call) => action.changes.iter().any(|change| narrows(change, call)),
            Operation::Create | Operation::AwaitReady | Operation::AwaitGone => false,
        }
}

/// Whether a call takes groups or policies away, changes where a policy holds, or makes somebody another user.
fn narrows(change: &FieldChange, call: Call) -> bool {
    let delta = change.delta();
    let had = |policy: &String| matches!(&change.from, Some(Value::Map(policies)) if policies.contains_key(policy));
    call == access_entry::DISASSOCIATE
        || call == access_entry::ASSOCIATE && delta.set.keys().any(had)
        || call == access_entry::UPDATE && (!delta.unset.is_empty() || matches!(change.from, Some(Value::Text(_))))
}

/// Whether an administrator is none after it.
fn dismisses(action: &Action) -> bool {
    let (Some(from), Some(to)) = (entry(action.from.as_ref()), action.to.access_entry()) else { return false };
    let loses = match action.operation {
        Operation::Delete => true,
        Operation::Update(call) => !to.is_admin(Some(from)) && changes_admin(action, call),
        Operation::Create | Operation::AwaitReady | Operation::AwaitGone => false,
    };
    from.is_admin(None) && loses
}

/// Whether somebody becomes an administrator by it.
fn appoints(action: &Action) -> bool {
    let Some(to) = action.to.access_entry() else { return false };
    let from = entry(action.from.as_ref());
    let associates = matches!(action.operation, Operation::Update(call) if changes_admin(action, call));
    associates && to.is_admin(from) && !from.is_some_and(|from| from.is_admin(None))
}

/// Whether this call is the one that touches the administrators' policy.
fn changes_admin(action: &Action, call: Call) -> bool {
    action.changes.iter().any(|change| {
        let delta = change.delta();
        call == access_entry::ASSOCIATE && delta.set.contains_key(CLUSTER_ADMIN)
            || call == access_entry::DISASSOCIATE && delta.unset.contains(CLUSTER_ADMIN)
    })
}

fn entry(resource: Option<&Resource>) -> Option<&AccessEntry> {
    resource.and_then(Resource::access_entry)
}

//! Which action comes after which, and why.
//!
//! Two kinds of edge: `Needs` where failure must stop the later action, `Follows` where only the order matters. Every
//! law is one function in [`LAWS`]. Order within a resource is generic; the laws between kinds are named here.

use std::collections::BTreeMap;

use super::access::{
    an_administrator_comes_before_the_config_map_goes, an_administrator_remains, entries_come_with_the_mode,
    giving_comes_before_taking, the_config_map_goes_last,
};
use super::draft::Draft;
use super::edges::{block, follow, for_each, ids};
use super::{Action, ActionId, Edge, Operation, Verb};
use crate::model::{Address, Phase};
use crate::resources::autoscaling_group::{self, AZ_REBALANCE};
use crate::resources::{Live, cluster, nodegroup};
use crate::spec::{MAX_SKEW, minor};

/// Adds edges, or blocks an action.
type Law = fn(&mut [Draft], &Live);

const LAWS: &[Law] = &[
    one_update_at_a_time,
    what_it_needs_comes_first,
    nothing_is_built_on_what_is_unusable,
    tags_promise_only_what_the_group_has,
    groups_are_made_in_a_quiet_cluster,
    nodes_are_never_newer_than_the_control_plane,
    nodes_are_at_most_three_minors_behind,
    entries_come_with_the_mode,
    the_config_map_goes_last,
    giving_comes_before_taking,
    an_administrator_comes_before_the_config_map_goes,
    an_administrator_remains,
    removals_come_last,
    a_roll_is_as_gentle_as_shown,
    a_roll_may_want_to_rebalance,
    a_roll_comes_after_a_resumption,
    what_is_made_again_goes_when_it_can_be_made,
];

pub(super) fn link(drafts: &mut [Draft], live: &Live) {
    for law in LAWS {
        law(drafts, live);
    }
}

/// On one resource: what makes it ready first, then its exclusive actions one by one in order of phase; and within a phase
/// entries are added before others are removed.
fn one_update_at_a_time(drafts: &mut [Draft], _live: &Live) {
    for draft in drafts {
        draft.actions.sort_by_key(|action| (rank(action.operation), action.phase, action.only_removes()));
        let mut previous: Option<(ActionId, bool)> = None;
        let mut making: Option<ActionId> = None;
        for action in &mut draft.actions {
            if let Some(id) = &making {
                action.after.insert(id.clone(), Edge::Needs);
            }
            if action.operation.exclusive() {
                if let Some((id, needed)) = previous.take() {
                    action.after.entry(id).or_insert(if needed { Edge::Needs } else { Edge::Follows });
                }
                let prepares = !matches!(action.operation, Operation::Update(_));
                previous = Some((action.id.clone(), prepares));
            }
            if action.operation.makes() {
                making = Some(action.id.clone());
            }
        }
    }
}

fn rank(operation: Operation) -> u8 {
    match operation {
        Operation::AwaitReady | Operation::AwaitGone => 0,
        Operation::Delete => 1,
        Operation::Create => 2,
        Operation::Update(_) => 3,
    }
}

/// A resource's actions wait for whatever makes the resources that it needs.
fn what_it_needs_comes_first(drafts: &mut [Draft], _live: &Live) {
    let mut makers: BTreeMap<Address, ActionId> = BTreeMap::new();
    for action in drafts.iter().flat_map(|draft| &draft.actions).filter(|action| action.operation.makes()) {
        makers.insert(action.address.clone(), action.id.clone());
    }
    for_each(drafts, |action| {
        for maker in action.to.needs().iter().filter_map(|need| makers.get(need)) {
            action.after.insert(maker.clone(), Edge::Needs);
        }
    });
}

/// What is there and of no use carries nothing.
fn nothing_is_built_on_what_is_unusable(drafts: &mut [Draft], _live: &Live) {
    let unusable: Vec<Address> =
        drafts.iter().filter(|draft| draft.unusable).map(|draft| draft.change.address.clone()).collect();
    for_each(drafts, |action| {
        if let Some(need) = action.to.needs().into_iter().find(|need| unusable.contains(need)) {
            block(action, &format!("it needs {need}, which is of no use as it is"), "resolve that first");
        }
    });
}

/// Tags that promise labels and taints to the autoscaler come after the nodegroup has them.
fn tags_promise_only_what_the_group_has(drafts: &mut [Draft], _live: &Live) {
    let carries = |action: &Action| action.changes.iter().any(|change| ["labels", "taints"].contains(&&*change.name));
    let updates: BTreeMap<Address, ActionId> = drafts
        .iter()
        .flat_map(|draft| &draft.actions)
        .filter(|action| {
            action.to.nodegroup().is_some() && matches!(action.operation, Operation::Update(_)) && carries(action)
        })
        .map(|action| (action.address.clone(), action.id.clone()))
        .collect();
    for_each(drafts, |action| {
        let promises = action.to.autoscaling_group().is_some()
            && action.changes.iter().any(|change| change.name == autoscaling_group::NODE_TEMPLATE_TAGS);
        for id in action.to.needs().iter().filter_map(|need| updates.get(need)).filter(|_| promises) {
            action.after.insert(id.clone(), Edge::Needs);
        }
    });
}

/// EKS refuses `CreateNodegroup` while the cluster is not ACTIVE, which it is not during its own updates.
fn groups_are_made_in_a_quiet_cluster(drafts: &mut [Draft], _live: &Live) {
    let updates = ids(drafts, |action| {
        action.to.cluster().is_some()
            && matches!(action.operation, Operation::Update(_))
            && action.operation.exclusive()
            && action.phase != Phase::Last
    });
    for_each(drafts, |action| {
        if action.to.nodegroup().is_some() && action.operation == Operation::Create {
            follow(action, &updates, Edge::Follows);
        }
    });
}

/// A group that is wanted newer than the live control plane needs its upgrade; any other roll just comes after it.
fn nodes_are_never_newer_than_the_control_plane(drafts: &mut [Draft], live: &Live) {
    let upgrades = ids(drafts, |action| upgrade(action).is_some());
    let current = control_plane(live);
    let made = drafts.iter().flat_map(|draft| &draft.actions).find_map(version_made);
    let target = drafts.iter().flat_map(|draft| &draft.actions).find_map(upgrade).or(current).or(made);
    for_each(drafts, |action| {
        let Some(wanted) = action.to.nodegroup().map(|group| group.version.as_deref().and_then(minor)) else { return };
        if !rolls(action) && action.operation != Operation::Create {
            return;
        }
        follow(action, &upgrades, Edge::Follows);
        if action.operation == Operation::Create && wanted.is_some() && target.is_some() && wanted != target {
            let why = format!("EKS makes nodegroups at the control plane's version, 1.{}", target.unwrap_or_default());
            block(action, &why, "leave the version out, or write the control plane's");
            return;
        }
        let newer = current.is_some() && wanted > current;
        if newer && upgrades.is_empty() {
            block(action, "nodes cannot be newer than the control plane", "upgrade the control plane first");
        } else if newer {
            follow(action, &upgrades, Edge::Needs);
        }
    });
}

/// The kubelet may be three minors older than the API server and no more, whoever owns the group. A group that failed
/// while it was made, and is made again, has none.
fn nodes_are_at_most_three_minors_behind(drafts: &mut [Draft], live: &Live) {
    let remade: Vec<Address> =
        drafts.iter().filter(|it| it.change.verb == Verb::Recreate).map(|it| it.change.address.clone()).collect();
    let groups: Vec<(String, u32)> = live
        .resources
        .iter()
        .filter(|(address, _)| !remade.contains(address))
        .filter_map(|(_, seen)| seen.resource.nodegroup())
        .filter_map(|group| Some((group.name.clone(), group.version.as_deref().and_then(minor)?)))
        .collect();
    for_each(drafts, |action| {
        let Some(target) = upgrade(action) else { return };
        if let Some((name, version)) = groups.iter().find(|(_, version)| version + MAX_SKEW < target) {
            block(
                action,
                &format!("nodegroup {name} runs 1.{version}, more than three minors behind 1.{target}"),
                &format!("bring {name} to a newer version first, or remove it"),
            );
        }
    });
}

/// What is deleted goes after everything else; and only if the nodegroups, old and new, are as they should be by then,
/// for pods must have somewhere to go, and what is made of its kind, which may be there in its place, has been made.
fn removals_come_last(drafts: &mut [Draft], _live: &Live) {
    let deletes = |action: &Action| action.operation == Operation::Delete;
    let carries_pods =
        |action: &Action| action.to.nodegroup().is_some() || action.to.cluster().is_some() && action.operation.makes();
    let needed = ids(drafts, |action| !deletes(action) && carries_pods(action));
    let others = ids(drafts, |action| !deletes(action));
    let made = drafts.iter().filter(|draft| draft.change.verb == Verb::Create).flat_map(|draft| &draft.actions);
    let made: Vec<(Address, ActionId)> = made.map(|action| (action.address.clone(), action.id.clone())).collect();
    let unusable = drafts.iter().find(|draft| draft.unusable).map(|draft| draft.change.address.clone());
    for draft in drafts.iter_mut().filter(|draft| draft.change.verb == Verb::Delete) {
        for action in &mut draft.actions {
            follow(action, &needed, Edge::Needs);
            let successors = made.iter().filter(|(address, _)| address.kind == action.address.kind);
            let successors: Vec<ActionId> = successors.map(|(_, id)| id.clone()).collect();
            follow(action, &successors, Edge::Needs);
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

/// Whoever agrees to a roll agrees to as many nodes at a time as the plan shows.
fn a_roll_is_as_gentle_as_shown(drafts: &mut [Draft], _live: &Live) {
    let paces = |action: &Action| action.changes.iter().any(|change| change.name.starts_with(nodegroup::PACE));
    for draft in drafts {
        let pace = ids(std::slice::from_ref(draft), paces);
        for action in draft.actions.iter_mut().filter(|action| rolls(action)) {
            follow(action, &pace, Edge::Needs);
        }
    }
}

/// What failed while it was made may be of some use: whatever keeps it from being made again keeps it from being deleted.
fn what_is_made_again_goes_when_it_can_be_made(drafts: &mut [Draft], _live: &Live) {
    for draft in drafts.iter_mut().filter(|draft| draft.change.verb == Verb::Recreate) {
        let makings = draft.actions.iter().filter(|action| action.operation == Operation::Create);
        let first: BTreeMap<ActionId, Edge> = makings.flat_map(|making| making.after.clone()).collect();
        for action in draft.actions.iter_mut().filter(|action| action.operation == Operation::Delete) {
            for (id, edge) in &first {
                follow(action, std::slice::from_ref(id), *edge);
            }
        }
    }
}

/// EKS' documentation says that a roll places new nodes by rebalancing zones; whether it stalls without is not known.
/// Resuming AZRebalance by ourselves would put jobs at risk for a roll's whole length: that is a person's choice.
fn a_roll_may_want_to_rebalance(drafts: &mut [Draft], live: &Live) {
    let suspended: Vec<&str> = live
        .resources
        .values()
        .filter_map(|seen| seen.resource.autoscaling_group())
        .filter(|group| group.suspended.iter().flatten().any(|process| process == AZ_REBALANCE))
        .map(|group| group.nodegroup.as_str())
        .collect();
    for draft in drafts {
        if draft.actions.iter().any(rolls) && suspended.contains(&draft.change.address.name.as_str()) {
            draft.change.notes.push(
                "AZRebalance is suspended on its Auto Scaling group, and EKS places new nodes by it; should the roll \
                 fail to place them, leave it out of suspendedProcesses until the roll is done"
                    .to_owned(),
            );
        }
    }
}

/// Rebalancing that is resumed for a roll has to be resumed before it.
fn a_roll_comes_after_a_resumption(drafts: &mut [Draft], _live: &Live) {
    let resumptions: Vec<(String, ActionId)> = drafts
        .iter()
        .flat_map(|draft| &draft.actions)
        .filter(|action| matches!(action.operation, Operation::Update(call) if autoscaling_group::is_resumption(call)))
        .map(|action| (action.address.name.clone(), action.id.clone()))
        .collect();
    for_each(drafts, |action| {
        let its = |(name, _): &&(String, ActionId)| action.address.name == *name;
        let first: Vec<ActionId> = resumptions.iter().filter(its).map(|(_, id)| id.clone()).collect();
        if rolls(action) {
            follow(action, &first, Edge::Follows);
        }
    });
}

fn rolls(action: &Action) -> bool {
    matches!(action.operation, Operation::Update(call) if nodegroup::is_roll(call))
}

/// The minor that an action upgrades the control plane to.
fn upgrade(action: &Action) -> Option<u32> {
    let upgrades = matches!(action.operation, Operation::Update(call) if cluster::is_upgrade(call));
    action.to.cluster().filter(|_| upgrades)?.version.as_deref().and_then(minor)
}

/// The minor that a control plane is made with.
fn version_made(action: &Action) -> Option<u32> {
    action.to.cluster().filter(|_| action.operation == Operation::Create)?.version.as_deref().and_then(minor)
}

fn control_plane(live: &Live) -> Option<u32> {
    live.resources.values().find_map(|seen| seen.resource.cluster()?.version.as_deref().and_then(minor))
}

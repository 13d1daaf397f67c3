//! The laws between the version of the control plane and those of its nodes.
//!
//! There is no central type: each law is a function in the list of `mod.rs`. Not here: which steps a version may take by
//! itself, which the field tables know (`resources/`).

use std::collections::BTreeSet;

use crate::model::{Address, Operation};
use crate::plan::draft::Draft;
use crate::plan::edges::{block, follow, for_each, ids};
use crate::plan::{Action, Edge, Verb};
use crate::resources::cluster::{self, Cluster};
use crate::resources::{Live, Resource, nodegroup};
use crate::spec::{MAX_SKEW, minor};

/// A group that is wanted newer than the live control plane needs its upgrade; any other roll just comes after it.
pub(super) fn nodes_are_never_newer_than_the_control_plane(drafts: &mut [Draft], live: &Live) {
    let upgrades = ids(drafts, |action| upgrade(action).is_some());
    let current = control_plane(live);
    let made = drafts.iter().flat_map(|draft| &draft.actions).find_map(version_made);
    let target = drafts.iter().flat_map(|draft| &draft.actions).find_map(upgrade).or(current).or(made);
    for_each(drafts, |action| {
        let Some(wanted) = action.to.nodegroup().map(|group| group.version.as_deref().and_then(minor)) else { return };
        if !action.calls(nodegroup::VERSION) && action.operation != Operation::Create {
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
pub(super) fn nodes_are_at_most_three_minors_behind(drafts: &mut [Draft], live: &Live) {
    let remade: BTreeSet<Address> =
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

/// A support type that EKS takes in standard support only is set once the version has got there.
pub(super) fn standard_support_comes_with_its_version(drafts: &mut [Draft], _live: &Live) {
    let upgrades = ids(drafts, |action| upgrade(action).is_some());
    for_each(drafts, |action| {
        let leaves = |to: &Cluster| to.leaves_extended_support(action.from.as_ref().and_then(Resource::cluster));
        if action.calls(cluster::UPGRADE_POLICY) && action.to.cluster().is_some_and(leaves) {
            follow(action, &upgrades, Edge::Needs);
        }
    });
}

/// The minor that an action upgrades the control plane to.
fn upgrade(action: &Action) -> Option<u32> {
    action.to.cluster().filter(|_| action.calls(cluster::VERSION))?.version.as_deref().and_then(minor)
}

/// The minor that a control plane is made with.
fn version_made(action: &Action) -> Option<u32> {
    action.to.cluster().filter(|_| action.operation == Operation::Create)?.version.as_deref().and_then(minor)
}

fn control_plane(live: &Live) -> Option<u32> {
    live.resources.values().find_map(|seen| seen.resource.cluster()?.version.as_deref().and_then(minor))
}

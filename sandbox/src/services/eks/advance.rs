//! What time brings: resources are made or gone, updates end.
//!
//! The central function is [`advance`], applied lazily at the beginning of each request. Not here: when something is
//! due; whoever began it wrote that down.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::access::made;
use super::fargate::state::{FargateProfile, FargateProfileStatus};
use super::group;
use super::life::Transition;
use super::state::{
    Cluster, ClusterChange, ClusterStatus, Nodegroup, NodegroupChange, NodegroupStatus, Update, UpdateError,
    UpdateStatus,
};
use crate::kernel::quiet::Quiet;
use crate::world::World;

/// Applies everything that is due. Until the next thing is, and as long as nobody touches anything, there is nothing to
/// look for.
pub(super) fn advance(world: &mut World) {
    if world.quiet.covers(world.state.eks.stamp(), world.now) {
        return;
    }
    let names: Vec<String> = world.clusters().keys().cloned().collect();
    for name in &names {
        advance_all_of(world, name);
    }
    let next = world.clusters().values().flat_map(due_of_all).min();
    world.quiet = Quiet::until(world.state.eks.stamp(), next);
}

/// A cluster with its nodegroups and Fargate profiles, as far as anything of them is due.
fn advance_all_of(world: &mut World, name: &str) {
    let now = world.now;
    let Some(cluster) = world.clusters().get(name).filter(|cluster| due_of_all(cluster).any(|at| at <= now)) else {
        return;
    };
    let is_due = |nodegroup: &&Nodegroup| due_of_nodegroup(nodegroup).any(|at| at <= now);
    let due: Vec<String> = cluster.nodegroups.values().filter(is_due).map(|it| it.name.clone()).collect();
    let Some(mut cluster) = world.clusters_mut().remove(name) else { return };
    let mut gone = Vec::new();
    for nodegroup in &due {
        let Some(mut nodegroup) = cluster.nodegroups.remove(nodegroup) else { continue };
        match advance_nodegroup(world, name, &mut nodegroup) {
            Existence::Stays => drop(cluster.nodegroups.insert(nodegroup.name.clone(), nodegroup)),
            Existence::Ends => gone.push(nodegroup),
        }
    }
    for nodegroup in &gone {
        made::after_nodes(world, &mut cluster, nodegroup);
    }
    advance_fargate_profiles(world, &mut cluster);
    if advance_cluster(world, &mut cluster) == Existence::Stays {
        world.clusters_mut().insert(name.to_owned(), cluster);
    }
}

/// When something of a cluster or of what is in it is due.
fn due_of_all(cluster: &Cluster) -> impl Iterator<Item = SystemTime> {
    let own = cluster.transition.iter().map(Transition::at).chain(ends(&cluster.updates));
    let profiles = cluster.fargate_profiles.values().filter_map(due_of_fargate_profile);
    own.chain(cluster.nodegroups.values().flat_map(due_of_nodegroup)).chain(profiles)
}

fn due_of_nodegroup(nodegroup: &Nodegroup) -> impl Iterator<Item = SystemTime> {
    let transition = nodegroup.transition.iter().map(Transition::at);
    nodegroup.group_due.into_iter().chain(transition).chain(ends(&nodegroup.updates))
}

fn due_of_fargate_profile(profile: &FargateProfile) -> Option<SystemTime> {
    profile.transition.as_ref().map(Transition::at)
}

fn ends<C>(updates: &BTreeMap<String, Update<C>>) -> impl Iterator<Item = SystemTime> {
    updates.values().filter(|update| update.in_flight()).map(|update| update.ends_at)
}

#[derive(Debug, PartialEq, Eq)]
enum Existence {
    Stays,
    Ends,
}

/// The transition if its moment has come.
fn due(transition: &mut Option<Transition>, now: SystemTime) -> Option<Transition> {
    transition.take_if(|transition| transition.at() <= now)
}

fn advance_cluster(world: &World, cluster: &mut Cluster) -> Existence {
    let now = world.now;
    match due(&mut cluster.transition, now) {
        Some(Transition::Gone { .. }) => return Existence::Ends,
        Some(Transition::Created { failure, .. }) => {
            cluster.status = if failure.is_some() { ClusterStatus::Failed } else { ClusterStatus::Active };
            cluster.health_issues.extend(failure);
        }
        None => {}
    }
    let ended: Vec<Update<ClusterChange>> =
        cluster.updates.values_mut().filter_map(|update| end(update, now, None)).collect();
    for update in ended {
        cluster.status = ClusterStatus::Active;
        cluster.polls_still_active = 0;
        if update.status == UpdateStatus::Successful {
            change_cluster(world, cluster, update.change);
        }
    }
    Existence::Stays
}

/// Ends the update if it is due; a copy of it as it ended.
fn end<C: Clone>(update: &mut Update<C>, now: SystemTime, obstacle: Option<UpdateError>) -> Option<Update<C>> {
    if !update.in_flight() || update.ends_at > now {
        return None;
    }
    update.errors.extend(update.doom.take().or(obstacle));
    update.status = if update.errors.is_empty() { UpdateStatus::Successful } else { UpdateStatus::Failed };
    Some(update.clone())
}

fn change_cluster(world: &World, cluster: &mut Cluster, change: ClusterChange) {
    match change {
        ClusterChange::Logging(log_types) => cluster.log_types = log_types,
        ClusterChange::Endpoint { public, private, cidrs } => {
            cluster.endpoint_public_access = public;
            cluster.endpoint_private_access = private;
            cluster.public_access_cidrs = cidrs;
        }
        ClusterChange::Vpc { subnet_ids, security_group_ids } => {
            cluster.subnet_ids = subnet_ids;
            cluster.security_group_ids = security_group_ids;
        }
        ClusterChange::AuthenticationMode(mode) => {
            let first = !cluster.has_access_entries();
            cluster.authentication_mode = mode;
            if first {
                made::at_switch(world, cluster);
            }
        }
        ClusterChange::Egress(mode) => cluster.control_plane_egress_mode = mode,
        ClusterChange::ZonalShift(enabled) => cluster.zonal_shift = enabled,
        ClusterChange::ScalingTier(tier) => cluster.scaling_tier = tier,
        ClusterChange::SupportType(support_type) => cluster.support_type = support_type,
        ClusterChange::DeletionProtection(protection) => cluster.deletion_protection = protection,
        ClusterChange::Version(version) => {
            cluster.version = version;
            cluster.platform_version = 1;
        }
    }
}

fn advance_nodegroup(world: &mut World, cluster: &str, nodegroup: &mut Nodegroup) -> Existence {
    let now = world.now;
    if let Some(at) = nodegroup.group_due.take_if(|at| *at <= now) {
        nodegroup.group = Some(group::make(world, cluster, nodegroup, at));
    }
    match due(&mut nodegroup.transition, now) {
        Some(Transition::Gone { .. }) => {
            group::remove(world, nodegroup);
            return Existence::Ends;
        }
        Some(Transition::Created { at, failure }) => {
            nodegroup.status = if failure.is_some() { NodegroupStatus::CreateFailed } else { NodegroupStatus::Active };
            nodegroup.health_issues.extend(failure);
            nodegroup.modified_at = at;
        }
        None => {}
    }
    let obstacle = group::obstacle(world, nodegroup);
    let end = |update: &mut Update<NodegroupChange>| {
        let rolls = matches!(update.change, NodegroupChange::Version { .. });
        end(update, now, obstacle.clone().filter(|_| rolls))
    };
    let ended: Vec<Update<NodegroupChange>> = nodegroup.updates.values_mut().filter_map(end).collect();
    for update in ended {
        end_nodegroup_update(world, cluster, nodegroup, update);
    }
    Existence::Stays
}

fn advance_fargate_profiles(world: &World, cluster: &mut Cluster) {
    let is_due = |profile: &&FargateProfile| due_of_fargate_profile(profile).is_some_and(|at| at <= world.now);
    let names: Vec<String> = cluster.fargate_profiles.values().filter(is_due).map(|it| it.name.clone()).collect();
    for name in &names {
        let Some(mut profile) = cluster.fargate_profiles.remove(name) else { continue };
        match due(&mut profile.transition, world.now) {
            Some(Transition::Gone { .. }) => {
                made::after_pods(world, cluster, &profile);
                continue;
            }
            Some(Transition::Created { failure: None, .. }) => profile.status = FargateProfileStatus::Active,
            Some(Transition::Created { failure: Some(issue), .. }) => {
                profile.status = FargateProfileStatus::CreateFailed;
                profile.health_issues.push(issue);
            }
            None => {}
        }
        cluster.fargate_profiles.insert(name.clone(), profile);
    }
}

/// facts §0.4: after a failure the group is ACTIVE again, with its old configuration.
fn end_nodegroup_update(world: &mut World, cluster: &str, nodegroup: &mut Nodegroup, update: Update<NodegroupChange>) {
    group::end_surge(world, nodegroup);
    nodegroup.polls_still_active = 0;
    nodegroup.modified_at = update.ends_at;
    if update.status == UpdateStatus::Successful {
        nodegroup.health_issues.clear(); // facts §3: DEGRADED is recoverable by an update
        match update.change {
            NodegroupChange::Config { config, sets_desired } => {
                nodegroup.config = *config;
                group::resize(world, nodegroup, sets_desired);
            }
            NodegroupChange::Version { version, release_version } => {
                nodegroup.version = version;
                nodegroup.release_version = release_version;
            }
        }
        group::restore_discovery_tags(world, cluster, nodegroup);
    }
    let healthy = nodegroup.health_issues.is_empty();
    nodegroup.status = if healthy { NodegroupStatus::Active } else { NodegroupStatus::Degraded };
}

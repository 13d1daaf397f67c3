//! What EKS does with the Auto Scaling group of a nodegroup (facts §8).
//!
//! The central function is [`make`]; the others change or remove what it made. Not here: the API of Auto Scaling
//! itself.

use std::collections::BTreeMap;
use std::time::SystemTime;

use super::life::Transition;
use super::state::{Nodegroup, Scaling, UpdateError};
use crate::kernel::clock::seconds;
use crate::services::autoscaling::state::{AutoScalingGroup, GroupTag};
use crate::world::World;

/// Processes without which a roll cannot replace nodes (facts §4 managed-group roll).
const NEEDED_FOR_ROLLS: [&str; 3] = ["AZRebalance", "Launch", "Terminate"];

/// Makes the group as EKS does for a nodegroup; its name.
pub(super) fn make(world: &mut World, cluster: &str, nodegroup: &Nodegroup, at: SystemTime) -> String {
    let name = format!("eks-{}-{}", nodegroup.name, world.next_id("auto-scaling-group"));
    let group = group(world, cluster, nodegroup, name.clone(), at);
    world.auto_scaling_groups_mut().insert(name.clone(), group);
    name
}

fn group(world: &World, cluster: &str, nodegroup: &Nodegroup, name: String, at: SystemTime) -> AutoScalingGroup {
    let settings = &world.settings;
    // facts §2.3: what lags, lags behind the nodegroup being ACTIVE
    let active = match nodegroup.transition {
        Some(Transition::Created { at, .. }) => at,
        Some(Transition::Gone { .. }) | None => at,
    };
    let Scaling { min, max, desired } = nodegroup.config.scaling;
    let id = world.digest(&["group", &name]);
    let zones = nodegroup.subnets.iter().filter_map(|id| world.ec2().subnet(id)).map(|(_, subnet)| subnet.zone.clone());
    let mut zones: Vec<String> = zones.collect();
    zones.sort();
    zones.dedup();
    AutoScalingGroup {
        arn: format!(
            "arn:aws:autoscaling:{}:{}:autoScalingGroup:{}:autoScalingGroupName/{name}",
            settings.region,
            settings.account,
            &id[..32]
        ),
        name,
        created_at: at,
        min_size: min,
        max_size: max,
        desired_capacity: desired,
        availability_zones: zones,
        subnets: nodegroup.subnets.clone(),
        instance_types: nodegroup.instance_types.clone(),
        capacity_rebalance: nodegroup.capacity_type == "SPOT",
        tags: tags(cluster, &nodegroup.name, settings.switches.group_tags_propagate),
        former_tags: None,
        former_filter_tags: None,
        suspended: BTreeMap::new(),
        operator: None,
        named_from: active + seconds(settings.switches.group_name_lag_seconds),
        filtered_from: active + seconds(settings.switches.group_filter_lag_seconds),
    }
}

/// facts §8 tags
fn tags(cluster: &str, nodegroup: &str, propagate_at_launch: bool) -> BTreeMap<String, GroupTag> {
    let owned = || "owned".to_owned();
    let own = [
        ("eks:cluster-name".to_owned(), cluster.to_owned()),
        ("eks:nodegroup-name".to_owned(), nodegroup.to_owned()),
        (format!("kubernetes.io/cluster/{cluster}"), owned()),
    ];
    let all = own.into_iter().chain(discovery_tags(cluster));
    all.map(|(key, value)| (key, GroupTag { value, propagate_at_launch })).collect()
}

/// The tags by which Cluster Autoscaler finds a group.
pub(super) fn discovery_tags(cluster: &str) -> [(String, String); 2] {
    [
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true".to_owned()),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned".to_owned()),
    ]
}

fn group_mut<'a>(world: &'a mut World, nodegroup: &Nodegroup) -> Option<&'a mut AutoScalingGroup> {
    world.auto_scaling_groups_mut().get_mut(nodegroup.group.as_ref()?)
}

/// The group goes with its nodegroup.
pub(super) fn remove(world: &mut World, nodegroup: &Nodegroup) {
    if let Some(name) = &nodegroup.group {
        world.auto_scaling_groups_mut().remove(name);
    }
}

/// The group follows the nodegroup's configuration; a desired size that was not sent stays the group's own.
pub(super) fn resize(world: &mut World, nodegroup: &mut Nodegroup, sets_desired: bool) {
    let scaling = nodegroup.config.scaling;
    let Some(group) = group_mut(world, nodegroup) else { return };
    let desired = if sets_desired { scaling.desired } else { group.desired_capacity };
    group.min_size = scaling.min;
    group.max_size = scaling.max;
    group.desired_capacity = desired.max(scaling.min).min(scaling.max);
    nodegroup.config.scaling.desired = group.desired_capacity;
}

/// A roll launches new nodes before it drains the old ones (facts §4 managed-group roll, §8 min/max/desired).
pub(super) fn begin_surge(world: &mut World, nodegroup: &mut Nodegroup) {
    let minimal = nodegroup.config.update_config.update_strategy.as_deref() == Some("MINIMAL");
    let Some(group) = group_mut(world, nodegroup).filter(|_| !minimal) else { return };
    let zones = i64::try_from(group.availability_zones.len()).unwrap_or(i64::MAX);
    let surge = nodegroup.max_unavailable(group.desired_capacity).max(zones.saturating_mul(2));
    group.desired_capacity += surge;
    group.max_size += surge;
    nodegroup.surge = surge;
}

/// Takes back what the roll had raised.
pub(super) fn end_surge(world: &mut World, nodegroup: &mut Nodegroup) {
    let surge = std::mem::take(&mut nodegroup.surge);
    if let Some(group) = group_mut(world, nodegroup).filter(|_| surge > 0) {
        group.desired_capacity = (group.desired_capacity - surge).max(group.min_size);
        group.max_size -= surge;
    }
}

/// Why a roll cannot replace nodes, if that is so (facts §4; a switch).
pub(super) fn obstacle(world: &World, nodegroup: &Nodegroup) -> Option<UpdateError> {
    let group = world.auto_scaling_groups().get(nodegroup.group.as_ref()?)?;
    let suspended = NEEDED_FOR_ROLLS.into_iter().find(|process| group.suspended.contains_key(*process))?;
    world.settings.switches.suspension_fails_rolls.then(|| UpdateError {
        code: "NodeCreationFailure".into(),
        message: format!("The process {suspended} of Auto Scaling group {} is suspended", group.name),
        resource_ids: vec![group.name.clone()],
    })
}

/// Whether EKS does this is unverified (facts §8), so it is a switch.
pub(super) fn restore_discovery_tags(world: &mut World, cluster: &str, nodegroup: &Nodegroup) {
    let switches = world.settings.switches.clone();
    let Some(group) = group_mut(world, nodegroup).filter(|_| switches.discovery_tags_restored) else { return };
    for (key, value) in discovery_tags(cluster) {
        group.tags.entry(key).or_insert(GroupTag { value, propagate_at_launch: switches.group_tags_propagate });
    }
}

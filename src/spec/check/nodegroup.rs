//! `nodegroups`: one managed nodegroup at a time.
//!
//! The central function is [`check`]. Not here: that no two groups have the same name (`mod.rs`), labels and taints
//! (`labels`), and the Auto Scaling group (`autoscaling`).

use std::collections::BTreeSet;

use super::{Context, autoscaling, labels, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::{
    AmiType, NodeRepairConfig, NodeRepairConfigOverride, Nodegroup, ScalingConfig, UpdateConfig, WarmPoolConfig,
};

const MAX_INSTANCE_TYPES: usize = 20;
const MAX_DISK: i32 = 16_384;

pub(super) fn check(group: &Nodegroup, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    name(&group.nodegroup_name, &place.key("nodegroupName"), problems);
    values::role(&group.node_role, &place.key("nodeRole"), context, problems);
    machines(group, place, problems);
    versions(group, place, context, problems);
    configs(group, place, problems);
    if let Some(map) = &group.labels {
        labels::check(map, &place.key("labels"), problems);
    }
    if let Some(list) = &group.taints {
        labels::taints(list, group.autoscaling.cluster_autoscaler, &place.key("taints"), problems);
    }
    let tags_place = place.key("tags");
    tags::check_eks(&group.tags, &tags_place, problems);
    tags::count_with(context.tags, &group.tags, &tags_place, problems);
    autoscaling::check(group, &place.key("autoscaling"), problems);
}

fn name(name: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if !syntax::is_eks_name(name, 63) {
        let problem = place.problem(format!("{} is not a valid nodegroup name", quoted(name)));
        problems.push(problem.hinted("a letter or digit, then letters, digits, `-` and `_`; at most 63 characters"));
    }
}

fn machines(group: &Nodegroup, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let subnets = place.key("subnets");
    values::ids("subnet", &group.subnets, &subnets, problems);
    if group.subnets.is_empty() {
        problems.push(subnets.problem("`subnets` is empty, but nodes need at least one"));
    }
    if let Some(types) = &group.instance_types {
        instance_types(types, &place.key("instanceTypes"), problems);
        architecture(types, group.ami_type, &place.key("instanceTypes"), problems);
    }
    values::within(&(1..=MAX_DISK), group.disk_size, &place.key("diskSize"), problems);
    if group.remote_access.as_ref().is_some_and(|access| access.ec2_ssh_key.as_deref() == Some("")) {
        let problem = place.key("remoteAccess").key("ec2SshKey").problem("`ec2SshKey` is empty");
        problems.push(problem.hinted("name an EC2 key pair, or leave the key out"));
    }
    if let Some(groups) = group.remote_access.as_ref().and_then(|access| access.source_security_groups.as_ref()) {
        values::ids("sg", groups, &place.key("remoteAccess").key("sourceSecurityGroups"), problems);
    }
}

fn instance_types(types: &[String], place: &Place<'_>, problems: &mut Vec<Problem>) {
    values::at_most(MAX_INSTANCE_TYPES, types.len(), place, problems);
    values::distinct(types, |index| place.index(index), problems);
    if types.is_empty() {
        problems.push(place.problem("`instanceTypes` is empty").hinted("leave the key out to have EKS choose"));
    }
    for (index, text) in types.iter().enumerate().filter(|(_, text)| !syntax::is_instance_type(text)) {
        let problem = place.index(index).problem(format!("{} is not an instance type", quoted(text)));
        problems.push(problem.hinted("such as `m6i.large`"));
    }
}

/// A group has one image, which is for one architecture: that of `amiType`, or else of the first instance type.
fn architecture(types: &[String], image: Option<AmiType>, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let mut known = types.iter().enumerate().filter(|(_, text)| syntax::is_instance_type(text)).peekable();
    let Some((_, first)) = known.peek() else { return };
    let (arm, reason) = match image {
        Some(image) => (image.to_string().contains("_ARM_64"), format!("`amiType: {image}`")),
        None => (syntax::is_arm(first), quoted(first)),
    };
    for (index, text) in known.filter(|(_, text)| syntax::is_arm(text) != arm) {
        let name = |arm| if arm { "arm64" } else { "x86-64" };
        let message = format!("{} is {}, but {reason} is {}", quoted(text), name(!arm), name(arm));
        let problem = place.index(index).problem(message);
        problems.push(problem.hinted("the nodes of a group have one architecture: make a group for each"));
    }
}

fn versions(group: &Nodegroup, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let version = place.key("version");
    values::version(group.version.as_deref(), &version, problems);
    let wanted = group.version.as_deref().and_then(syntax::minor);
    values::skew(wanted, &version, context, problems);
    let Some(release) = group.release_version.as_deref() else { return };
    if !syntax::is_release(release) {
        let problem = place.key("releaseVersion").problem(format!("{} is not a release of an AMI", quoted(release)));
        problems.push(problem.hinted("such as `1.34.1-20251112`; leave the key out to have EKS choose"));
        return;
    }
    let released = syntax::release_minor(release);
    match (wanted, released) {
        (Some(wanted), Some(released)) if wanted != released => {
            let message = format!("the release {} is not of the version `1.{wanted}`", quoted(release));
            let problem = place.key("releaseVersion").problem(message);
            problems.push(problem.hinted("change one of the two, or leave `releaseVersion` out"));
        }
        (None, Some(_)) => values::skew(released, &place.key("releaseVersion"), context, problems),
        _ => {}
    }
}

fn configs(group: &Nodegroup, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if let Some(config) = &group.scaling_config {
        scaling(config, &place.key("scalingConfig"), problems);
    }
    if let Some(config) = &group.update_config {
        update(config, &place.key("updateConfig"), problems);
    }
    if let Some(config) = &group.node_repair_config {
        repair(config, &place.key("nodeRepairConfig"), problems);
    }
    if let Some(config) = &group.warm_pool_config {
        warm_pool(config, &place.key("warmPoolConfig"), problems);
    }
}

fn scaling(config: &ScalingConfig, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let ScalingConfig { min_size, max_size, desired_size } = config;
    let before = problems.len();
    values::within(&(0..=i32::MAX), *min_size, &place.key("minSize"), problems);
    values::within(&(1..=i32::MAX), *max_size, &place.key("maxSize"), problems);
    values::within(&(0..=i32::MAX), *desired_size, &place.key("desiredSize"), problems);
    if problems.len() == before {
        ascending(*min_size, *max_size, place, ["minSize", "maxSize"], problems);
        ascending(*min_size, *desired_size, place, ["minSize", "desiredSize"], problems);
        ascending(*desired_size, *max_size, place, ["desiredSize", "maxSize"], problems);
    }
}

/// The first number is not larger than the second, if both are given.
fn ascending(less: Option<i32>, more: Option<i32>, place: &Place<'_>, names: [&str; 2], problems: &mut Vec<Problem>) {
    let (Some(less), Some(more)) = (less, more) else { return };
    if less > more {
        let message = format!("`{}` is {less}, which is more than `{}`, {more}", names[0], names[1]);
        problems.push(place.key(names[0]).problem(message));
    }
}

fn update(config: &UpdateConfig, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let names = ["maxUnavailable", "maxUnavailablePercentage"];
    values::within(&(1..=100), config.max_unavailable, &place.key(names[0]), problems);
    values::within(&(1..=100), config.max_unavailable_percentage, &place.key(names[1]), problems);
    exclusive(config.max_unavailable, config.max_unavailable_percentage, place, names, problems);
    if config.max_unavailable.is_none() && config.max_unavailable_percentage.is_none() {
        let problem = place.problem("`updateConfig` says neither `maxUnavailable` nor `maxUnavailablePercentage`");
        problems.push(problem.hinted("EKS needs one of them: `maxUnavailable: 1` is its default"));
    }
}

/// A count or a percentage, not both.
fn exclusive(count: Option<i32>, share: Option<i32>, place: &Place<'_>, names: [&str; 2], problems: &mut Vec<Problem>) {
    if count.is_some() && share.is_some() {
        let message = format!("`{}` and `{}` exclude each other", names[0], names[1]);
        problems.push(place.key(names[1]).key_problem(message).hinted("keep one of them"));
    }
}

fn repair(config: &NodeRepairConfig, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let pairs = [
        (
            ["maxUnhealthyNodeThresholdCount", "maxUnhealthyNodeThresholdPercentage"],
            config.max_unhealthy_node_threshold_count,
            config.max_unhealthy_node_threshold_percentage,
        ),
        (
            ["maxParallelNodesRepairedCount", "maxParallelNodesRepairedPercentage"],
            config.max_parallel_nodes_repaired_count,
            config.max_parallel_nodes_repaired_percentage,
        ),
    ];
    for (names, count, share) in pairs {
        values::within(&(1..=i32::MAX), count, &place.key(names[0]), problems);
        values::within(&(1..=100), share, &place.key(names[1]), problems);
        exclusive(count, share, place, names, problems);
    }
    if let Some(overrides) = &config.node_repair_config_overrides {
        repair_overrides(overrides, &place.key("nodeRepairConfigOverrides"), problems);
    }
}

fn repair_overrides(overrides: &[NodeRepairConfigOverride], place: &Place<'_>, problems: &mut Vec<Problem>) {
    let mut seen = BTreeSet::new();
    for (index, item) in overrides.iter().enumerate() {
        let place = place.index(index);
        let (condition, reason) = (&item.node_monitoring_condition, &item.node_unhealthy_reason);
        for (key, text) in [("nodeMonitoringCondition", condition), ("nodeUnhealthyReason", reason)] {
            problems.extend(text.is_empty().then(|| place.key(key).problem(format!("`{key}` is empty"))));
        }
        values::within(
            &(1..=i32::MAX),
            Some(item.min_repair_wait_time_mins),
            &place.key("minRepairWaitTimeMins"),
            problems,
        );
        if !seen.insert((condition, reason)) {
            let problem = place.problem(format!(
                "the condition {} with the reason {} is listed twice",
                quoted(condition),
                quoted(reason)
            ));
            problems.push(problem.hinted("keep one of them"));
        }
    }
}

fn warm_pool(config: &WarmPoolConfig, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let names = ["minSize", "maxGroupPreparedCapacity"];
    let before = problems.len();
    values::within(&(0..=i32::MAX), config.min_size, &place.key(names[0]), problems);
    values::within(&(0..=i32::MAX), config.max_group_prepared_capacity, &place.key(names[1]), problems);
    if problems.len() == before {
        ascending(config.min_size, config.max_group_prepared_capacity, place, names, problems);
    }
}

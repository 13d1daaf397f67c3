//! Rules about what may be closed, drained or terminated.
//!
//! The central function is [`nodes_stay`], where all that costs nodes comes together. Not here: tags and processes as
//! such.

use super::case::Case;
use super::state::DisruptionConsent;
use crate::services::autoscaling::input::{Processes, SetDesiredCapacity};
use crate::services::autoscaling::state::AutoScalingGroup;
use crate::services::eks::catalogue::minor;
use crate::services::eks::input::{
    NodegroupName, UpdateClusterConfig, UpdateClusterVersion, UpdateNodegroupConfig, UpdateNodegroupVersion,
};
use crate::services::eks::state::{Nodegroup, NodegroupStatus};
use crate::services::eks::validate::{canonical_cidrs, covers};

/// What can cost nodes.
pub(super) const OPERATIONS: &[&str] = &[
    "eks:UpdateNodegroupVersion",
    "eks:UpdateNodegroupConfig",
    "eks:DeleteNodegroup",
    "autoscaling:ResumeProcesses",
    "autoscaling:SetDesiredCapacity",
];

/// Closing the public endpoint, or an address range of it, needs consent to everything.
pub(super) fn endpoint_stays_open(case: &Case<'_>) -> Option<String> {
    let input: UpdateClusterConfig = case.input("eks:UpdateClusterConfig")?;
    let cluster = case.world.clusters().get(&input.name)?;
    let asked = input.resources_vpc_config?;
    if case.audit.disruption == DisruptionConsent::All || !cluster.endpoint_public_access {
        return None;
    }
    if asked.endpoint_public_access == Some(false) {
        return Some("the public endpoint is closed without consent".into());
    }
    let new = canonical_cidrs(&asked.public_access_cidrs?).ok()?;
    let dropped = cluster.public_access_cidrs.iter().find(|old| !covers(&new, old))?;
    Some(format!("{dropped} loses access to the public endpoint without consent"))
}

/// Whatever may drain or terminate nodes needs consent for their nodegroup.
pub(super) fn nodes_stay(case: &Case<'_>) -> Option<String> {
    let disruptive = roll(case)
        .or_else(|| reconfiguration(case))
        .or_else(|| deletion(case))
        .or_else(|| rebalancing(case))
        .or_else(|| shrinking(case));
    let (nodegroup, what) = disruptive?;
    (!case.audit.disruption.covers(&nodegroup)).then(|| format!("{what} of {nodegroup} without consent"))
}

/// Force ignores what protects jobs; nothing allows it.
pub(super) fn nothing_forced(case: &Case<'_>) -> Option<String> {
    let cluster = case.input::<UpdateClusterVersion>("eks:UpdateClusterVersion").is_some_and(|input| input.force);
    let nodegroup = case.input::<UpdateNodegroupVersion>("eks:UpdateNodegroupVersion").is_some_and(|input| input.force);
    (cluster || nodegroup).then(|| "force is true".to_owned())
}

/// A rollback undoes what somebody else may have meant; nothing allows it.
pub(super) fn versions_go_on(case: &Case<'_>) -> Option<String> {
    let input: UpdateClusterVersion = case.input("eks:UpdateClusterVersion")?;
    let live = &case.world.clusters().get(&input.name)?.version;
    (minor(&input.version) < minor(live)).then(|| format!("from {live} back to {}", input.version))
}

/// The nodegroup that is disrupted, and how.
type Disruption = (String, String);

fn roll(case: &Case<'_>) -> Option<Disruption> {
    let input: UpdateNodegroupVersion = case.input("eks:UpdateNodegroupVersion")?;
    Some((input.nodegroup_name, "a roll".to_owned()))
}

fn reconfiguration(case: &Case<'_>) -> Option<Disruption> {
    let input: UpdateNodegroupConfig = case.input("eks:UpdateNodegroupConfig")?;
    let nodegroup = case.world.nodegroup(&input.cluster_name, &input.nodegroup_name).ok()?;
    let live = case.world.live_desired(nodegroup);
    let smaller = wanted_size(&input, live).filter(|wanted| *wanted < live);
    let evicts = evicting_taint(&input, nodegroup);
    let what = smaller.map(|wanted| format!("shrinking from {live} to {wanted} nodes")).or(evicts)?;
    Some((input.nodegroup_name, what))
}

/// The size that a request asks for, in so many words or by its bounds.
fn wanted_size(input: &UpdateNodegroupConfig, live: i64) -> Option<i64> {
    let scaling = input.scaling_config?;
    let bounded = live.max(scaling.min_size.unwrap_or(live)).min(scaling.max_size.unwrap_or(i64::MAX));
    Some(scaling.desired_size.unwrap_or(bounded))
}

fn evicting_taint(input: &UpdateNodegroupConfig, nodegroup: &Nodegroup) -> Option<String> {
    let value = |taint: &crate::services::eks::state::Taint| taint.value.clone().unwrap_or_default();
    let known = |taint: &crate::services::eks::state::Taint| {
        let mut live = nodegroup.config.taints.iter();
        live.any(|live| live.key == taint.key && live.effect == taint.effect && value(live) == value(taint))
    };
    let mut added = input.taints.add_or_update_taints.iter();
    let new = added.find(|taint| taint.effect == "NO_EXECUTE" && !known(taint))?;
    Some(format!("the evicting taint {}", new.key))
}

fn deletion(case: &Case<'_>) -> Option<Disruption> {
    let input: NodegroupName = case.input("eks:DeleteNodegroup")?;
    let nodegroup = case.world.nodegroup(&input.cluster_name, &input.nodegroup_name).ok()?;
    (nodegroup.status != NodegroupStatus::CreateFailed).then(|| (input.nodegroup_name, "deletion".to_owned()))
}

fn rebalancing(case: &Case<'_>) -> Option<Disruption> {
    let input: Processes = case.input("autoscaling:ResumeProcesses")?;
    let group = case.world.auto_scaling_groups().get(&input.auto_scaling_group_name)?;
    // Any of them may terminate instances again, but the one that only attaches them to a load balancer.
    let harmful = |process: &&String| *process != "AddToLoadBalancer" && group.suspended.contains_key(*process);
    let resumed = input.scaling_processes.iter().any(|process| harmful(&process));
    resumed.then(|| (nodegroup_of(group), "rebalancing".to_owned()))
}

fn shrinking(case: &Case<'_>) -> Option<Disruption> {
    let input: SetDesiredCapacity = case.input("autoscaling:SetDesiredCapacity")?;
    let group = case.world.auto_scaling_groups().get(&input.auto_scaling_group_name)?;
    let (live, wanted) = (group.desired_capacity, input.desired_capacity?);
    (wanted < live).then(|| (nodegroup_of(group), format!("shrinking from {live} to {wanted} nodes")))
}

fn nodegroup_of(group: &AutoScalingGroup) -> String {
    group.tags.get("eks:nodegroup-name").map_or(&group.name, |tag| &tag.value).clone()
}

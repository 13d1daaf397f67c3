//! What EKS checks of a nodegroup before it believes a request (facts §1.2).
//!
//! Functions without state, one for each part of a request, such as [`scaling`]. Not here: labels and taints
//! (`labels`), what depends on the cluster's state (`nodegroup`).

use super::catalogue::{minor, releases};
use super::input::ScalingConfig;
use super::state::{NodeRepairConfig, RemoteAccess, Scaling, UpdateConfig, WarmPoolConfig};
use super::validate::{ensure, one_of, security_groups};
use crate::kernel::refusal::Refusal;
use crate::services::ec2::state::State as Ec2;
use crate::services::eks::refusal::{invalid_parameter, limit_exceeded};

/// facts §5
const NODE_LIMIT: i64 = 450;

const AMI_TYPES: &[&str] = &[
    "AL2_x86_64",
    "AL2_x86_64_GPU",
    "AL2_ARM_64",
    "AL2023_x86_64_STANDARD",
    "AL2023_ARM_64_STANDARD",
    "AL2023_x86_64_NEURON",
    "AL2023_x86_64_NVIDIA",
    "AL2023_ARM_64_NVIDIA",
    "BOTTLEROCKET_ARM_64",
    "BOTTLEROCKET_x86_64",
    "BOTTLEROCKET_ARM_64_FIPS",
    "BOTTLEROCKET_x86_64_FIPS",
    "BOTTLEROCKET_ARM_64_NVIDIA",
    "BOTTLEROCKET_x86_64_NVIDIA",
    "BOTTLEROCKET_ARM_64_NVIDIA_FIPS",
    "BOTTLEROCKET_x86_64_NVIDIA_FIPS",
    "WINDOWS_CORE_2019_x86_64",
    "WINDOWS_FULL_2019_x86_64",
    "WINDOWS_CORE_2022_x86_64",
    "WINDOWS_FULL_2022_x86_64",
    "WINDOWS_CORE_2025_x86_64",
    "WINDOWS_FULL_2025_x86_64",
];

/// A processor that is not x86: the family's letters after its number begin with `g`, as in `m7g` or `c8gn`.
fn is_arm(instance_type: &str) -> bool {
    let family = instance_type.split('.').next().unwrap_or_default();
    let letters = family.trim_start_matches(|char: char| char.is_ascii_alphabetic());
    letters.trim_start_matches(|char: char| char.is_ascii_digit()).starts_with('g') || family == "a1"
}

/// The AMI type that EKS takes for these instance types when none is given.
pub(super) fn default_ami_type(instance_types: &[String]) -> &'static str {
    let arm = !instance_types.is_empty() && instance_types.iter().all(|instance_type| is_arm(instance_type));
    if arm { "AL2023_ARM_64_STANDARD" } else { "AL2023_x86_64_STANDARD" }
}

/// facts §1.2 amiType
pub(super) fn ami_type(ami_type: &str, version: &str, amazon_linux_2_ends: bool) -> Result<(), Refusal> {
    ensure(ami_type != "CUSTOM", || {
        invalid_parameter("Launch template details can't be null for Custom ami type node group")
    })?;
    one_of("amiType", ami_type, AMI_TYPES)?;
    let ended = amazon_linux_2_ends && minor(version) >= Some(33);
    ensure(!(ended && ami_type.starts_with("AL2_")), || {
        invalid_parameter(format!("AMI type {ami_type} is not supported for Kubernetes version {version}"))
    })
}

/// facts §1.2 instanceTypes and the messages below its table
pub(super) fn instance_types(instance_types: &[String], ami_type: &str) -> Result<(), Refusal> {
    ensure(instance_types.len() <= 20, || invalid_parameter("There can be at most 20 instance types"))?;
    let arm = ami_type.contains("_ARM_64");
    let wrong =
        instance_types.iter().find(|instance_type| is_arm(instance_type) != arm || !instance_type.contains('.'));
    match wrong {
        None => Ok(()),
        Some(wrong) => {
            Err(invalid_parameter(format!("{wrong} is not a valid instance type for requested amiType {ami_type}")))
        }
    }
}

/// The release asked for, or the newest (facts §1.2 releaseVersion).
pub(super) fn release(ami_type: &str, version: &str, asked: Option<&str>) -> Result<String, Refusal> {
    let known = releases(ami_type, version);
    let newest = known.last().cloned().unwrap_or_default();
    let asked = asked.map_or_else(|| newest.clone(), str::to_owned);
    ensure(known.contains(&asked), || {
        invalid_parameter(format!(
            "Requested Nodegroup release version {asked} is invalid. Allowed release version is {newest}"
        ))
    })?;
    Ok(asked)
}

/// The size after a request that may give only some of the three numbers (facts §0.6, §1.2 scalingConfig).
pub(super) fn scaling(asked: ScalingConfig, live: Scaling) -> Result<Scaling, Refusal> {
    let min = asked.min_size.unwrap_or(live.min);
    let max = asked.max_size.unwrap_or(live.max);
    let desired = asked.desired_size.unwrap_or(live.desired);
    ensure(min >= 0, || invalid_parameter("Minimum capacity can't be negative"))?;
    ensure(max >= 1, || invalid_parameter("Maximum capacity must be at least 1"))?;
    ensure(min <= max, || {
        invalid_parameter(format!("Minimum capacity {min} can't be greater than maximum capacity {max}"))
    })?;
    ensure(min <= desired, || {
        invalid_parameter(format!("Minimum capacity {min} can't be greater than desired size {desired}"))
    })?;
    ensure(desired <= max, || {
        invalid_parameter(format!("Desired capacity {desired} can't be greater than maximum capacity {max}"))
    })?;
    ensure(max <= NODE_LIMIT, || limit_exceeded(format!("A nodegroup can have at most {NODE_LIMIT} nodes")))?;
    Ok(Scaling { min, max, desired })
}

/// The limit after a request; a number replaces a percentage and the other way round (facts §1.2 updateConfig).
pub(super) fn update_config(asked: Option<&UpdateConfig>, live: &UpdateConfig) -> Result<UpdateConfig, Refusal> {
    let Some(asked) = asked else { return Ok(live.clone()) };
    let limits = [asked.max_unavailable, asked.max_unavailable_percentage];
    ensure(limits.iter().flatten().count() < 2, || {
        invalid_parameter("Exactly one of maxUnavailable and maxUnavailablePercentage must be given")
    })?;
    ensure(limits.iter().flatten().all(|limit| (1..=100).contains(limit)), || {
        invalid_parameter("maxUnavailable and maxUnavailablePercentage must be between 1 and 100")
    })?;
    let strategy = asked.update_strategy.clone().or_else(|| live.update_strategy.clone());
    one_of("updateStrategy", strategy.as_deref().unwrap_or("DEFAULT"), &["DEFAULT", "MINIMAL"])?;
    let limits = if limits == [None, None] { live } else { asked };
    Ok(UpdateConfig {
        max_unavailable: limits.max_unavailable,
        max_unavailable_percentage: limits.max_unavailable_percentage,
        update_strategy: strategy,
    })
}

/// Security groups say from where a key opens the nodes; without a key there is nothing to open.
pub(super) fn remote_access(ec2: &Ec2, access: &RemoteAccess, vpc: &str) -> Result<(), Refusal> {
    let from = access.source_security_groups.as_deref().unwrap_or_default();
    ensure(from.is_empty() || access.ec2_ssh_key.is_some(), || {
        invalid_parameter("ec2SshKey must be specified with sourceSecurityGroups")
    })?;
    security_groups(ec2, from, vpc)
}

/// facts §1.2 nodeRepairConfig
pub(super) fn node_repair(config: &NodeRepairConfig) -> Result<(), Refusal> {
    let pairs = [
        (config.max_unhealthy_node_threshold_count, config.max_unhealthy_node_threshold_percentage),
        (config.max_parallel_nodes_repaired_count, config.max_parallel_nodes_repaired_percentage),
    ];
    ensure(pairs.iter().all(|(count, percentage)| count.is_none() || percentage.is_none()), || {
        invalid_parameter("Only one of count and percentage can be given for node repair")
    })?;
    ensure(pairs.iter().all(|(count, _)| count.is_none_or(|count| count >= 1)), || {
        invalid_parameter("A count of node repair must be at least 1")
    })?;
    ensure(pairs.iter().all(|(_, share)| share.is_none_or(|share| (1..=100).contains(&share))), || {
        invalid_parameter("A percentage of node repair must be between 1 and 100")
    })?;
    let overrides = config.node_repair_config_overrides.as_deref().unwrap_or_default();
    for repair in overrides {
        one_of("repairAction", &repair.repair_action, &["Replace", "Reboot", "NoAction"])?;
        ensure(repair.min_repair_wait_time_mins >= 1, || {
            invalid_parameter("minRepairWaitTimeMins must be at least 1")
        })?;
        let identity = (&repair.node_monitoring_condition, &repair.node_unhealthy_reason);
        let alike = overrides.iter().filter(|r| (&r.node_monitoring_condition, &r.node_unhealthy_reason) == identity);
        ensure(alike.count() == 1, || {
            invalid_parameter(format!("There are two overrides for {} {}", identity.0, identity.1))
        })?;
    }
    Ok(())
}

/// The warm pool after a request: omitted is kept, `enabled` too; disabled is removed (facts §1.2 warmPoolConfig).
pub(super) fn warm_pool(
    asked: Option<&WarmPoolConfig>,
    live: Option<&WarmPoolConfig>,
) -> Result<Option<WarmPoolConfig>, Refusal> {
    let Some(asked) = asked else { return Ok(live.cloned()) };
    let enabled = asked.enabled.unwrap_or(live.is_some());
    let before = live.cloned().unwrap_or_default();
    let after = WarmPoolConfig {
        enabled: Some(enabled),
        min_size: asked.min_size.or(before.min_size),
        max_group_prepared_capacity: asked.max_group_prepared_capacity.or(before.max_group_prepared_capacity),
        pool_state: asked.pool_state.clone().or(before.pool_state),
        reuse_on_scale_in: asked.reuse_on_scale_in.or(before.reuse_on_scale_in),
    };
    let state = after.pool_state.as_deref().unwrap_or("STOPPED");
    one_of("poolState", state, &["STOPPED", "RUNNING", "HIBERNATED"])?;
    ensure(after.min_size.unwrap_or(0) >= 0, || invalid_parameter("minSize of a warm pool can't be negative"))?;
    Ok(Some(after).filter(|_| enabled))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn graviton_is_told_from_the_name() {
        let arm = ["m7g.large", "c6gn.xlarge", "t4g.small", "r8gd.2xlarge", "a1.medium"];
        let x86 = ["m7i.large", "g5.xlarge", "c6i.large", "t3.medium", "m7a.large"];
        assert!(arm.iter().all(|name| is_arm(name)) && !x86.iter().any(|name| is_arm(name)));
    }
}

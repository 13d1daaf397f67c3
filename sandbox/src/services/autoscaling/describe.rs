//! Describing groups: by name, by tag, in pages (facts §5, §8).
//!
//! The central function is [`describe`]. Not here: what changes a group.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::input::{DescribeAutoScalingGroups, Filter};
use super::state::{AutoScalingGroup, GroupTag};
use crate::kernel::clock::iso;
use crate::kernel::paging::BadToken;
use crate::kernel::refusal::Refusal;
use crate::kernel::stale::StaleView;
use crate::services::autoscaling::refusal::validation;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

/// facts §5
const DEFAULT_PAGE: usize = 50;
const LARGEST_PAGE: usize = 100;

type Tags = BTreeMap<String, GroupTag>;

pub(super) const OPERATIONS: &[Operation] = &[Operation {
    name: "autoscaling:DescribeAutoScalingGroups",
    route: "",
    kind: Kind::Reads,
    token: None,
    bad_input: "ValidationError",
    lag: None,
    handler: |world, call| describe(world, &call.input()?),
}];

fn describe(world: &World, input: &DescribeAutoScalingGroups) -> Result<Value, Refusal> {
    let size = page_size(input.max_records)?;
    if input.auto_scaling_group_names.len() > size.max(DEFAULT_PAGE) {
        return Err(validation(format!("At most {} names can be given", size.max(DEFAULT_PAGE))));
    }
    let mut found = Vec::new();
    for (name, group) in world.auto_scaling_groups() {
        let named = input.auto_scaling_group_names.is_empty() || input.auto_scaling_group_names.contains(name);
        if named && is_visible(world, group, input) && matches_all(&input.filters, seen_tags(world, group, input))? {
            found.push((name.clone(), group));
        }
    }
    let scope = format!("groups {:?} {:?}", input.auto_scaling_group_names, input.filters);
    let shape = |group| shape(world, group, input);
    page(world, "AutoScalingGroups", &scope, found, shape, (size, input.next_token.as_deref()))
}

/// All groups, each as it is described, without any lag.
pub(super) fn show(world: &mut World) -> Map<String, Value> {
    for group in world.auto_scaling_groups_mut().values_mut() {
        (group.former_tags, group.former_filter_tags) = (None, None);
    }
    let everything = DescribeAutoScalingGroups::default();
    let groups: Vec<Value> =
        world.auto_scaling_groups().values().map(|group| shape(world, group, &everything)).collect();
    Map::from_iter([("autoScalingGroups".to_owned(), groups.into())])
}

/// The records of one page (facts §5).
pub(super) fn page_size(asked: Option<usize>) -> Result<usize, Refusal> {
    let size = asked.unwrap_or(DEFAULT_PAGE);
    if (1..=LARGEST_PAGE).contains(&size) {
        return Ok(size);
    }
    Err(validation(format!("MaxRecords must be between 1 and {LARGEST_PAGE}")))
}

/// One page under `member`, sorted by the key.
pub(super) fn page<T>(
    world: &World,
    member: &str,
    scope: &str,
    items: Vec<(String, T)>,
    shape: impl Fn(T) -> Value,
    (size, token): (usize, Option<&str>),
) -> Result<Value, Refusal> {
    let page = world.page(scope, items, size, token);
    let page = page.map_err(|BadToken| Refusal::new(400, "InvalidNextToken", "The token is not valid"))?;
    let items: Vec<Value> = page.items.into_iter().map(shape).collect();
    Ok(json!({ member: items, "NextToken": page.next }))
}

/// A fresh group is found late, by a filter later still (facts §2.3).
fn is_visible(world: &World, group: &AutoScalingGroup, input: &DescribeAutoScalingGroups) -> bool {
    let from = if input.filters.is_empty() { group.named_from } else { group.filtered_from };
    world.now >= from
}

/// The tags as this request sees them: a filter lags more than a name (facts §2.3).
fn seen_tags<'a>(world: &World, group: &'a AutoScalingGroup, input: &DescribeAutoScalingGroups) -> &'a Tags {
    let former = if input.filters.is_empty() { &group.former_tags } else { &group.former_filter_tags };
    StaleView::seen(former.as_ref(), &group.tags, world.now)
}

fn matches_all(filters: &[Filter], tags: &Tags) -> Result<bool, Refusal> {
    for filter in filters {
        let is = |text: &str| filter.values.iter().any(|value| value == text);
        let matches = match (filter.name.as_str(), filter.name.strip_prefix("tag:")) {
            ("tag-key", _) => tags.keys().any(|key| is(key)),
            ("tag-value", _) => tags.values().any(|tag| is(&tag.value)),
            (_, Some(key)) => tags.get(key).is_some_and(|tag| is(&tag.value)),
            (unknown, None) => return Err(validation(format!("the sandbox does not know the filter {unknown}"))),
        };
        if !matches {
            return Ok(false);
        }
    }
    Ok(true)
}

fn shape(world: &World, group: &AutoScalingGroup, input: &DescribeAutoScalingGroups) -> Value {
    let tags = seen_tags(world, group, input).iter().map(|(key, tag)| tag_shape(&group.name, key, tag));
    let suspended = group.suspended.iter();
    let suspended = suspended.map(|(name, reason)| json!({ "ProcessName": name, "SuspensionReason": reason }));
    let instances = if input.include_instances.unwrap_or(true) { instances(world, group) } else { Vec::new() };
    json!({
        "AutoScalingGroupName": group.name,
        "AutoScalingGroupARN": group.arn,
        "MixedInstancesPolicy": mixed_instances(world, group),
        "MinSize": group.min_size,
        "MaxSize": group.max_size,
        "DesiredCapacity": group.desired_capacity,
        "DefaultCooldown": 300,
        "AvailabilityZones": group.availability_zones,
        "LoadBalancerNames": [],
        "TargetGroupARNs": [],
        "HealthCheckType": "EC2",
        "HealthCheckGracePeriod": 15,
        "Instances": instances,
        "CreatedTime": iso(group.created_at),
        "SuspendedProcesses": suspended.collect::<Vec<_>>(),
        "VPCZoneIdentifier": group.subnets.join(","),
        "EnabledMetrics": [],
        "Tags": tags.collect::<Vec<_>>(),
        "TerminationPolicies": ["AllocationStrategy", "OldestLaunchTemplate", "OldestInstance"],
        "NewInstancesProtectedFromScaleIn": false,
        "ServiceLinkedRoleARN": format!(
            "arn:aws:iam::{}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
            world.settings.account
        ),
        "CapacityRebalance": group.capacity_rebalance,
        "DeletionProtection": "none",
        "AvailabilityZoneDistribution": { "CapacityDistributionStrategy": "balanced-best-effort" },
        "AvailabilityZoneImpairmentPolicy": {
            "ZonalShiftEnabled": false,
            "ImpairedZoneHealthCheckBehavior": "IgnoreUnhealthy",
        },
        "CapacityReservationSpecification": { "CapacityReservationPreference": "default" },
        "TrafficSources": [],
        "Operator": group.operator.as_ref().map(|principal| json!({ "Principal": principal })),
    })
}

pub(super) fn tag_shape(group: &str, key: &str, tag: &GroupTag) -> Value {
    json!({
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": tag.value,
        "PropagateAtLaunch": tag.propagate_at_launch,
    })
}

/// facts §8 `MixedInstancesPolicy`, LT
fn mixed_instances(world: &World, group: &AutoScalingGroup) -> Value {
    let overrides: Vec<Value> = group.instance_types.iter().map(|name| json!({ "InstanceType": name })).collect();
    json!({
        "LaunchTemplate": {
            "LaunchTemplateSpecification": launch_template(world, group),
            "Overrides": overrides,
        },
        "InstancesDistribution": {
            "OnDemandAllocationStrategy": "prioritized",
            "OnDemandBaseCapacity": 0,
            "OnDemandPercentageAboveBaseCapacity": if group.capacity_rebalance { 0 } else { 100 },
            "SpotAllocationStrategy": "price-capacity-optimized",
        },
    })
}

/// EKS' own, named like the group.
fn launch_template(world: &World, group: &AutoScalingGroup) -> Value {
    json!({
        "LaunchTemplateId": format!("lt-{}", &world.digest(&["launch-template", &group.name])[..17]),
        "LaunchTemplateName": group.name.get(group.name.len().saturating_sub(36)..).map(|id| format!("eks-{id}")),
        "Version": "1",
    })
}

/// As many as are wanted: instances come and go without delay here.
fn instances(world: &World, group: &AutoScalingGroup) -> Vec<Value> {
    let zones = &group.availability_zones;
    let instance = |number: usize| {
        let id = world.digest(&["instance", &group.name, &number.to_string()]);
        json!({
            "InstanceId": format!("i-{}", &id[..17]),
            "InstanceType": group.instance_types.first(),
            "AvailabilityZone": zones.get(number % zones.len().max(1)),
            "LifecycleState": "InService",
            "HealthStatus": "Healthy",
            "LaunchTemplate": launch_template(world, group),
            "ProtectedFromScaleIn": false,
        })
    };
    (0..usize::try_from(group.desired_capacity).unwrap_or(0)).map(instance).collect()
}

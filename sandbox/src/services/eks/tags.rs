//! Tagging clusters and what is in them by ARN: synchronous, at any time in their life (facts §1.1 tags).
//!
//! The central type is [`Target`], what an ARN names. Not here: the tags of Auto Scaling groups; EKS does not copy any
//! there (facts §1.2 tags).

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};

use super::input::{ListTagsForResource, TagResource, UntagResource};
use super::validate::{self, TAG_LIMIT, ensure};
use crate::kernel::refusal::Refusal;
use crate::kernel::stale::StaleView;
use crate::services::eks::refusal::invalid_parameter;
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

type Tags = BTreeMap<String, String>;

/// Resources of which there are none here.
const WITHOUT: [&str; 4] = ["addon", "capability", "eks-anywhere-subscription", "identityproviderconfig"];

/// What an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    Cluster(String),
    Nodegroup { cluster: String, nodegroup: String },
    FargateProfile { cluster: String, profile: String },
    AccessEntry { cluster: String, principal: String },
    PodIdentityAssociation { cluster: String, id: String },
}

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:TagResource",
        route: "POST /tags/{resourceArn}",
        kind: Kind::Writes,
        token: None,
        bad_input: "BadRequestException",
        lag: Some(|switches| switches.tag_lag_seconds),
        handler: |world, call| tag(world, &call.input()?, call.lag),
    },
    Operation {
        name: "eks:ListTagsForResource",
        route: "GET /tags/{resourceArn}",
        kind: Kind::Reads,
        token: None,
        bad_input: "BadRequestException",
        lag: None,
        handler: |world, call| list(world, &call.input()?),
    },
    Operation {
        name: "eks:UntagResource",
        route: "DELETE /tags/{resourceArn}",
        kind: Kind::Writes,
        token: None,
        bad_input: "BadRequestException",
        lag: Some(|switches| switches.tag_lag_seconds),
        handler: |world, call| untag(world, &call.input()?, call.lag),
    },
];

fn tag(world: &mut World, input: &TagResource, lag: Duration) -> Result<Value, Refusal> {
    validate::tags(&input.tags)?;
    change(world, &input.resource_arn, lag, |tags| {
        ensure(!input.tags.is_empty(), || invalid_parameter("At least one tag must be given"))?;
        tags.extend(input.tags.clone());
        validate::tags(tags)
    })
}

fn untag(world: &mut World, input: &UntagResource, lag: Duration) -> Result<Value, Refusal> {
    change(world, &input.resource_arn, lag, |tags| {
        ensure((1..=TAG_LIMIT).contains(&input.tag_keys.len()), || {
            invalid_parameter(format!("Between 1 and {TAG_LIMIT} tag keys must be given"))
        })?;
        let keys = input.tag_keys.iter().map(|key| validate::tag_key(key));
        keys.collect::<Result<(), _>>()?;
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
}

fn list(world: &World, input: &ListTagsForResource) -> Result<Value, Refusal> {
    let (tags, former) = match target(world, &input.resource_arn)? {
        Target::Cluster(name) => {
            let cluster = world.cluster(&name)?;
            (&cluster.tags, &cluster.former_tags)
        }
        Target::Nodegroup { cluster, nodegroup } => {
            let nodegroup = world.nodegroup(&cluster, &nodegroup)?;
            (&nodegroup.tags, &nodegroup.former_tags)
        }
        Target::AccessEntry { cluster, principal } => {
            let entry = world.cluster(&cluster)?.access_entries.get(&principal);
            let entry = entry.ok_or_else(|| no_resource(&input.resource_arn))?;
            (&entry.tags, &entry.former_tags)
        }
        Target::FargateProfile { cluster, profile } => {
            let profile = world.fargate_profile(&cluster, &profile)?;
            (&profile.tags, &profile.former_tags)
        }
        Target::PodIdentityAssociation { cluster, id } => {
            let association = world.pod_identity_association(&cluster, &id)?;
            (&association.tags, &association.former_tags)
        }
    };
    Ok(json!({ "tags": StaleView::seen(former.as_ref(), tags, world.now) }))
}

/// The resource that an ARN of this account and region names, if it exists.
fn target(world: &World, arn: &str) -> Result<Target, Refusal> {
    let prefix = format!("arn:aws:eks:{}:{}:", world.settings.region, world.settings.account);
    let resource = arn.strip_prefix(&prefix).ok_or_else(|| invalid_parameter(format!("Invalid ARN: {arn}")))?;
    let missing = || no_resource(arn);
    match resource.split('/').collect::<Vec<_>>()[..] {
        ["cluster", name] => world.clusters().get(name).map(|_| Target::Cluster(name.to_owned())).ok_or_else(missing),
        ["nodegroup", cluster, nodegroup, _] => {
            let found = world.nodegroup(cluster, nodegroup).ok().filter(|found| found.arn == arn);
            let target = Target::Nodegroup { cluster: cluster.to_owned(), nodegroup: nodegroup.to_owned() };
            found.map(|_| target).ok_or_else(missing)
        }
        ["access-entry", cluster, "role" | "user", _, _, _] => {
            let entries = world.clusters().get(cluster).map(|cluster| &cluster.access_entries);
            let mut entries = entries.into_iter().flatten().filter(|(_, entry)| entry.arn == arn);
            let target =
                |principal: &String| Target::AccessEntry { cluster: cluster.to_owned(), principal: principal.clone() };
            entries.next().map(|(principal, _)| target(principal)).ok_or_else(missing)
        }
        ["fargateprofile", cluster, profile, _] => {
            let found = world.fargate_profile(cluster, profile).ok().filter(|found| found.arn == arn);
            let target = Target::FargateProfile { cluster: cluster.to_owned(), profile: profile.to_owned() };
            found.map(|_| target).ok_or_else(missing)
        }
        ["podidentityassociation", cluster, id] => {
            let target = Target::PodIdentityAssociation { cluster: cluster.to_owned(), id: id.to_owned() };
            world.pod_identity_association(cluster, id).map(|_| target).map_err(|_| missing())
        }
        [kind, _, ..] if WITHOUT.contains(&kind) => Err(missing()),
        _ => Err(invalid_parameter(format!("Invalid ARN: {arn}"))),
    }
}

fn change(
    world: &mut World,
    arn: &str,
    lag: Duration,
    edit: impl FnOnce(&mut Tags) -> Result<(), Refusal>,
) -> Result<Value, Refusal> {
    let target = target(world, arn)?;
    let now = world.now;
    let (tags, former) = match &target {
        Target::Cluster(name) => {
            let cluster = world.cluster_mut(name)?;
            (&mut cluster.tags, &mut cluster.former_tags)
        }
        Target::Nodegroup { cluster, nodegroup } => {
            let nodegroup = world.nodegroup_mut(cluster, nodegroup)?;
            (&mut nodegroup.tags, &mut nodegroup.former_tags)
        }
        Target::AccessEntry { cluster, principal } => {
            let entries = &mut world.cluster_mut(cluster)?.access_entries;
            let entry = entries.get_mut(principal).ok_or_else(|| no_resource(arn))?;
            (&mut entry.tags, &mut entry.former_tags)
        }
        Target::FargateProfile { cluster, profile } => {
            let profile = world.fargate_profile_mut(cluster, profile)?;
            (&mut profile.tags, &mut profile.former_tags)
        }
        Target::PodIdentityAssociation { cluster, id } => {
            let association = world.pod_identity_association_mut(cluster, id)?;
            (&mut association.tags, &mut association.former_tags)
        }
    };
    let mut edited = tags.clone();
    edit(&mut edited)?;
    let before = std::mem::replace(tags, edited);
    if before != *tags {
        *former = StaleView::left_by_write(before, now, lag); // facts §2.3
    }
    Ok(json!({}))
}

fn no_resource(arn: &str) -> Refusal {
    Refusal::new(404, "NotFoundException", format!("No resource found for ARN: {arn}"))
}

//! Tagging clusters, nodegroups and access entries by ARN: synchronous, at any time in their life (facts §1.1 tags).
//!
//! The central type is [`Target`], what an ARN names. Not here: the tags of Auto Scaling groups; EKS does not copy any
//! there (facts §1.2 tags).

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::input::{ListTagsForResource, TagResource, UntagResource};
use super::validate::{self, TAG_LIMIT, ensure};
use crate::refusal::{Refusal, invalid_parameter};
use crate::time::Former;
use crate::world::World;

type Tags = BTreeMap<String, String>;

/// Resources of which there are none here.
const WITHOUT: [&str; 6] = [
    "addon",
    "capability",
    "eks-anywhere-subscription",
    "fargateprofile",
    "identityproviderconfig",
    "podidentityassociation",
];

/// What an ARN names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Cluster(String),
    Nodegroup { cluster: String, nodegroup: String },
    AccessEntry { cluster: String, principal: String },
}

pub(super) fn tag(world: &mut World, input: &TagResource) -> Result<Value, Refusal> {
    validate::tags(&input.tags)?;
    change(world, &input.resource_arn, |tags| {
        ensure(!input.tags.is_empty(), || invalid_parameter("At least one tag must be given"))?;
        tags.extend(input.tags.clone());
        validate::tags(tags)
    })
}

pub(super) fn untag(world: &mut World, input: &UntagResource) -> Result<Value, Refusal> {
    change(world, &input.resource_arn, |tags| {
        ensure((1..=TAG_LIMIT).contains(&input.tag_keys.len()), || {
            invalid_parameter(format!("Between 1 and {TAG_LIMIT} tag keys must be given"))
        })?;
        let keys = input.tag_keys.iter().map(|key| validate::tag_key(key));
        keys.collect::<Result<(), _>>()?;
        tags.retain(|key, _| !input.tag_keys.contains(key));
        Ok(())
    })
}

pub(super) fn list(world: &World, input: &ListTagsForResource) -> Result<Value, Refusal> {
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
    };
    Ok(json!({ "tags": Former::or(former.as_ref(), tags, world.now) }))
}

/// The resource that an ARN of this account and region names, if it exists.
pub(crate) fn target(world: &World, arn: &str) -> Result<Target, Refusal> {
    let prefix = format!("arn:aws:eks:{}:{}:", world.settings.region, world.settings.account);
    let resource = arn.strip_prefix(&prefix).ok_or_else(|| invalid_parameter(format!("Invalid ARN: {arn}")))?;
    let missing = || no_resource(arn);
    match resource.split('/').collect::<Vec<_>>()[..] {
        ["cluster", name] => world.clusters.get(name).map(|_| Target::Cluster(name.to_owned())).ok_or_else(missing),
        ["nodegroup", cluster, nodegroup, _] => {
            let found = world.nodegroup(cluster, nodegroup).ok().filter(|found| found.arn == arn);
            let target = Target::Nodegroup { cluster: cluster.to_owned(), nodegroup: nodegroup.to_owned() };
            found.map(|_| target).ok_or_else(missing)
        }
        ["access-entry", cluster, "role" | "user", _, _, _] => {
            let entries = world.clusters.get(cluster).map(|cluster| &cluster.access_entries);
            let mut entries = entries.into_iter().flatten().filter(|(_, entry)| entry.arn == arn);
            let target =
                |principal: &String| Target::AccessEntry { cluster: cluster.to_owned(), principal: principal.clone() };
            entries.next().map(|(principal, _)| target(principal)).ok_or_else(missing)
        }
        [kind, _, ..] if WITHOUT.contains(&kind) => Err(missing()),
        _ => Err(invalid_parameter(format!("Invalid ARN: {arn}"))),
    }
}

fn change(world: &mut World, arn: &str, edit: impl FnOnce(&mut Tags) -> Result<(), Refusal>) -> Result<Value, Refusal> {
    let target = target(world, arn)?;
    let (now, lag) = (world.now, world.settings.switches.tag_lag_seconds);
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
    };
    let mut edited = tags.clone();
    edit(&mut edited)?;
    let before = std::mem::replace(tags, edited);
    if before != *tags {
        *former = Former::left_by_write(before, now, lag); // facts §2.3
    }
    Ok(json!({}))
}

fn no_resource(arn: &str) -> Refusal {
    Refusal::new(404, "NotFoundException", format!("No resource found for ARN: {arn}"))
}

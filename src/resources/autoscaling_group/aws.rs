//! Auto Scaling groups of managed nodegroups over the Auto Scaling API.
//!
//! The central item is [`Remote`] for [`AutoscalingGroup`], which stands for all groups of a nodegroup. It makes,
//! deletes and resizes none: that is for EKS and the autoscaler to do.

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_autoscaling::operation::describe_auto_scaling_groups::builders::DescribeAutoScalingGroupsFluentBuilder;
use aws_sdk_autoscaling::types::{self, Filter, Tag};

use super::{AutoscalingGroup, DELETE_TAGS, NODE_TEMPLATE, RESUME, SET_TAGS, SUSPEND, discovery_tags};
use crate::aws::{Aws, Fault, FaultKind, unknown_call};
use crate::model::{Delta, FieldChange, Home, Ref, Seen};
use crate::resources::permissions::{ANY, Condition};
use crate::resources::{Often, Permission, Read, Remote, Sighting, Started, Step};
use crate::spec::Tags;

const NODEGROUP_TAG: &str = "eks:nodegroup-name";
/// Processes that EKS needs. Whoever suspended them had a reason, and nothing but a person should resume them.
const BRAKES: [&str; 2] = ["Launch", "Terminate"];
/// How many tags one call may carry; the limit is not documented, this is what has been seen to work
/// (facts/eks-semantics.md §11).
const TAGS_PER_CALL: usize = 25;
/// The largest page, which is also how many names one call may ask for.
const PAGE: i32 = 100;

/// EKS names the groups of managed nodegroups so.
const GROUPS: &str = "arn:aws:autoscaling:{region}:{account}:autoScalingGroup:*:autoScalingGroupName/eks-*";
const OF_CLUSTER: Condition = ("StringEquals", "autoscaling:ResourceTag/eks:cluster-name", &["{cluster}"]);
/// The second key is the example's, under `autoscaling.tags`.
const OUR_KEYS: Condition = ("ForAllValues:StringLike", "aws:TagKeys", &["k8s.io/cluster-autoscaler/*", "cost-center"]);

impl Remote for AutoscalingGroup {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("autoscaling:DescribeAutoScalingGroups", ANY),
        Permission::apply("autoscaling:CreateOrUpdateTags", GROUPS).only(&[OF_CLUSTER, OUR_KEYS]),
        Permission::apply("autoscaling:DeleteTags", GROUPS).only(&[OF_CLUSTER, OUR_KEYS]),
        Permission::apply("autoscaling:SuspendProcesses", GROUPS).only(&[OF_CLUSTER]),
        Permission::apply("autoscaling:ResumeProcesses", GROUPS).only(&[OF_CLUSTER]),
    ];
    const READING: &'static [Read] = &[
        Read::first("autoscaling:DescribeAutoScalingGroups", Often::PerPage(PAGE.unsigned_abs() as usize)),
        Read::second(
            "autoscaling:DescribeAutoScalingGroups",
            Often::Rarely("for all that the list lacks, or shows otherwise than the file: by name, as they are now"),
        ),
    ];

    /// One filtered call brings every group of the cluster with its tags and suspended processes.
    async fn list(aws: &Aws, home: &Home, _: &[Self]) -> Result<Sighting<Self>, Fault> {
        let filter = Filter::builder().name("tag:eks:cluster-name").values(&home.cluster).build();
        let groups = describe(aws, |request| request.filters(filter)).await?;
        let nodegroup = |group: &types::AutoScalingGroup| {
            let tag = group.tags().iter().find(|tag| tag.key() == Some(NODEGROUP_TAG))?;
            tag.value().map(str::to_owned)
        };
        Ok(Sighting { seen: merged(&home.cluster, groups, nodegroup), listed: vec![] })
    }

    /// All of them in one call, by name.
    async fn read_many(aws: &Aws, those: &[Self]) -> Result<Vec<Seen<Self>>, Fault> {
        let Some(first) = those.first() else { return Ok(vec![]) };
        let owners: BTreeMap<String, String> =
            those.iter().flat_map(|it| it.names().into_iter().map(|name| (name, it.nodegroup.clone()))).collect();
        let names: Vec<String> = owners.keys().cloned().collect();
        let owner = |group: &types::AutoScalingGroup| owners.get(group.auto_scaling_group_name()?).cloned();
        Ok(merged(&first.cluster, by_name(aws, &names).await?, owner))
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        Ok(Self::read_many(aws, std::slice::from_ref(self)).await?.into_iter().next())
    }

    async fn update(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let names = &self.names();
        if names.is_empty() {
            return Err(not_yet(step));
        }
        match step.call {
            SET_TAGS => self.set_tags(from, names, step, aws).await,
            DELETE_TAGS => delete_tags(names, step, aws).await,
            SUSPEND => suspend(names, step, aws).await,
            RESUME => resume(names, step, aws).await,
            call => Err(unknown_call(call)),
        }?;
        Ok(Started::default())
    }
}

impl AutoscalingGroup {
    /// None if that is not known yet.
    fn names(&self) -> Vec<String> {
        super::words(self.names.known()).into_iter().map(str::to_owned).collect()
    }

    async fn set_tags(&self, from: &Self, names: &[String], step: &Step<'_>, aws: &Aws) -> Result<(), Fault> {
        let mut tags: BTreeMap<String, String> = deltas(step).flat_map(|(_, delta)| delta.set).collect();
        // A key that is right but for its propagation is written again with its value.
        let propagated =
            deltas(step).filter(|(field, _)| *field == "propagatedTags").flat_map(|(_, delta)| delta.unset);
        tags.extend(propagated.filter_map(|key| Some((key.clone(), self.value(&key)?))));
        let stays = |key: &str| from.propagated.contains(key) && !key.starts_with(NODE_TEMPLATE);
        for chunk in on_every(names, &tags, stays).chunks(TAGS_PER_CALL) {
            aws.autoscaling.create_or_update_tags(|request| request.set_tags(Some(chunk.to_vec()))).await?;
        }
        Ok(())
    }

    fn value(&self, key: &str) -> Option<String> {
        let ours = self.node_template.iter().chain(&self.discovery).find_map(|tags| tags.get(key).cloned());
        ours.or_else(|| self.tags.get(key).cloned().flatten())
    }
}

async fn delete_tags(names: &[String], step: &Step<'_>, aws: &Aws) -> Result<(), Fault> {
    let unset = deltas(step).filter(|(field, _)| *field != "propagatedTags").flat_map(|(_, delta)| delta.unset);
    let keys: Vec<String> = unset.collect();
    let tag = |name: &String, key: &String| {
        Tag::builder().resource_id(name).resource_type("auto-scaling-group").key(key).build()
    };
    let tags: Vec<Tag> = names.iter().flat_map(|name| keys.iter().map(|key| tag(name, key))).collect();
    for chunk in tags.chunks(TAGS_PER_CALL) {
        aws.autoscaling.delete_tags(|request| request.set_tags(Some(chunk.to_vec()))).await?;
    }
    Ok(())
}

async fn suspend(names: &[String], step: &Step<'_>, aws: &Aws) -> Result<(), Fault> {
    let processes: Vec<String> = deltas(step).flat_map(|(_, delta)| delta.set.into_keys()).collect();
    for name in names.iter().filter(|_| some(&processes)) {
        let processes = processes.clone();
        aws.autoscaling
            .suspend_processes(|request| request.auto_scaling_group_name(name).set_scaling_processes(Some(processes)))
            .await?;
    }
    Ok(())
}

async fn resume(names: &[String], step: &Step<'_>, aws: &Aws) -> Result<(), Fault> {
    let processes: Vec<String> = deltas(step).flat_map(|(_, delta)| delta.unset).collect();
    for name in names.iter().filter(|_| some(&processes)) {
        let processes = processes.clone();
        aws.autoscaling
            .resume_processes(|request| request.auto_scaling_group_name(name).set_scaling_processes(Some(processes)))
            .await?;
    }
    Ok(())
}

/// An empty list would mean every process: such a call is never sent.
fn some(processes: &[String]) -> bool {
    !processes.is_empty()
}

fn deltas<'a>(step: &'a Step<'_>) -> impl Iterator<Item = (&'a str, Delta)> + 'a {
    step.changes.iter().map(|change| (&*change.name, FieldChange::delta(change)))
}

/// The tags for every group. Whether instances inherit a key stays as it is, unless the key describes the group's nodes.
fn on_every(names: &[String], tags: &BTreeMap<String, String>, propagates: impl Fn(&str) -> bool) -> Vec<Tag> {
    let tag = |name: &String, (key, value): (&String, &String)| {
        Tag::builder()
            .resource_id(name)
            .resource_type("auto-scaling-group")
            .key(key)
            .value(value)
            .propagate_at_launch(propagates(key))
            .build()
    };
    names.iter().flat_map(|name| tags.iter().map(|entry| tag(name, entry)).collect::<Vec<Tag>>()).collect()
}

fn not_yet(step: &Step<'_>) -> Fault {
    let message = "EKS names no Auto Scaling group for this nodegroup yet";
    Fault::new(FaultKind::Busy(None), "autoscaling", step.call.operation, message)
}

async fn by_name(aws: &Aws, names: &[String]) -> Result<Vec<types::AutoScalingGroup>, Fault> {
    let mut groups = vec![];
    // Without a name the call would answer with every group of the account.
    for chunk in names.chunks(PAGE.unsigned_abs() as usize) {
        groups.extend(describe(aws, |request| request.set_auto_scaling_group_names(Some(chunk.to_vec()))).await?);
    }
    Ok(groups)
}

async fn describe(
    aws: &Aws,
    which: impl FnOnce(DescribeAutoScalingGroupsFluentBuilder) -> DescribeAutoScalingGroupsFluentBuilder,
) -> Result<Vec<types::AutoScalingGroup>, Fault> {
    let request = |request| which(request).max_records(PAGE).include_instances(false);
    aws.autoscaling.describe_auto_scaling_groups(request).await
}

/// One sighting per nodegroup, whatever the number of its groups. A group with a status is being deleted.
fn merged(
    cluster: &str,
    groups: Vec<types::AutoScalingGroup>,
    nodegroup: impl Fn(&types::AutoScalingGroup) -> Option<String>,
) -> Vec<Seen<AutoscalingGroup>> {
    let mut by_nodegroup: BTreeMap<String, Vec<types::AutoScalingGroup>> = BTreeMap::new();
    for group in groups.into_iter().filter(|group| group.status().is_none()) {
        if let Some(nodegroup) = nodegroup(&group) {
            by_nodegroup.entry(nodegroup).or_default().push(group);
        }
    }
    by_nodegroup.into_iter().map(|(nodegroup, groups)| seen(cluster, nodegroup, &groups)).collect()
}

fn seen(cluster: &str, nodegroup: String, groups: &[types::AutoScalingGroup]) -> Seen<AutoscalingGroup> {
    let discovery_keys = discovery_tags(cluster);
    let names: Vec<&str> = groups.iter().filter_map(|group| group.auto_scaling_group_name()).collect();
    let all = tags_of(groups);
    let is_template = |key: &String| key.starts_with(NODE_TEMPLATE);
    let part = |wanted: &dyn Fn(&String) -> bool| -> BTreeMap<String, String> {
        all.iter().filter(|(key, _)| wanted(key)).map(|(key, value)| (key.clone(), value.clone())).collect()
    };
    let others = part(&|key| !is_template(key) && !discovery_keys.contains_key(key));
    let by_aws = suspended(groups, true);
    let mut by_somebody = suspended(groups, false);
    let braked: Vec<String> = by_somebody.extract_if(.., |process| BRAKES.contains(&process.as_str())).collect();
    let notes = by_aws
        .iter()
        .map(|process| format!("AWS itself suspended {process}; trueup leaves that alone"))
        .chain(braked.iter().map(|process| format!("somebody suspended {process}; trueup leaves that alone")))
        .collect();
    let resource = AutoscalingGroup {
        cluster: cluster.to_owned(),
        nodegroup,
        names: Ref::Literal(names.join(" ")),
        discovery: Some(part(&|key| discovery_keys.contains_key(key))),
        node_template: Some(part(&is_template)),
        tags: others.into_iter().map(|(key, value)| (key, Some(value))).collect::<Tags>(),
        propagated: propagated(groups),
        suspended: Some(by_somebody),
        suspended_by_aws: by_aws,
        operator: groups.iter().find_map(|group| group.operator()?.principal().map(str::to_owned)),
        nodes: groups.iter().filter_map(|group| group.desired_capacity).sum(),
        consents: false,
        ambiguous_taints: BTreeSet::new(),
    };
    Seen { notes, ..Seen::new(resource) }
}

/// The tags of all groups. A tag that is not the same on each shows every value, so that it differs from any wanted one.
fn tags_of(groups: &[types::AutoScalingGroup]) -> BTreeMap<String, String> {
    let mut values: BTreeMap<String, Vec<Option<String>>> = BTreeMap::new();
    let keys: BTreeSet<&str> =
        groups.iter().flat_map(types::AutoScalingGroup::tags).filter_map(|tag| tag.key()).collect();
    for key in keys {
        let of = |group: &types::AutoScalingGroup| {
            group.tags().iter().find(|tag| tag.key() == Some(key)).map(|tag| tag.value().unwrap_or("").to_owned())
        };
        let mut each: Vec<Option<String>> = groups.iter().map(of).collect();
        each.dedup();
        values.insert(key.to_owned(), each);
    }
    let text = |each: Vec<Option<String>>| {
        each.into_iter().map(|it| it.unwrap_or("(absent)".to_owned())).collect::<Vec<_>>().join(" | ")
    };
    values.into_iter().map(|(key, each)| (key, text(each))).collect()
}

/// Keys that instances inherit.
fn propagated(groups: &[types::AutoScalingGroup]) -> BTreeSet<String> {
    let tags =
        groups.iter().flat_map(types::AutoScalingGroup::tags).filter(|tag| tag.propagate_at_launch() == Some(true));
    tags.filter_map(|tag| tag.key()).map(str::to_owned).collect()
}

/// Processes that are suspended on every group, by AWS itself or by somebody.
fn suspended(groups: &[types::AutoScalingGroup], by_aws: bool) -> BTreeSet<String> {
    let of = |group: &types::AutoScalingGroup| -> BTreeSet<String> {
        let administrative =
            |it: &&types::SuspendedProcess| !it.suspension_reason().unwrap_or_default().starts_with("User suspended");
        let chosen = group.suspended_processes().iter().filter(|it| administrative(it) == by_aws);
        chosen.filter_map(|it| it.process_name().map(str::to_owned)).collect()
    };
    let mut sets = groups.iter().map(of);
    let first = sets.next().unwrap_or_default();
    sets.fold(first, |all, next| all.intersection(&next).cloned().collect())
}

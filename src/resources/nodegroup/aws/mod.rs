//! Managed nodegroups over the EKS API.
//!
//! The central item is [`Remote`] for [`Nodegroup`]. One call of `UpdateNodegroupConfig` carries everything that it
//! can. Not here: the Auto Scaling groups behind a nodegroup, of which only the names are read.

mod settings;

use std::collections::{BTreeMap, BTreeSet};

use aws_sdk_eks::types::{
    self, AmiTypes, CapacityTypes, NodegroupStatus, RemoteAccessConfig, TaintEffect as Effect, UpdateLabelsPayload,
    UpdateTaintsPayload,
};

use super::{CONFIG, Nodegroup, RemoteAccess, VERSION};
use crate::aws::{Aws, Fault, absent, unknown_call};
use crate::model::{Blocker, Delta, FieldChange, Home, Output, Seen, State};
use crate::resources::eks::{self, creation_tags, known, tag, untag, update_status};
use crate::resources::permissions::{CLUSTER, IS_OURS, PASSED_TO_EKS};
use crate::resources::tags::{TAG_RESOURCE, UNTAG_RESOURCE};
use crate::resources::{Often, Permission, Read, Remote, Sighting, Started, Step, Update};
use crate::spec::{Taint, TaintEffect};

const NODEGROUPS: &str = "arn:aws:eks:{region}:{account}:nodegroup/{cluster}/*/*";
const ROLE: &str = "arn:aws:iam::{account}:role/{cluster}-node";

impl Remote for Nodegroup {
    const PERMISSIONS: &'static [Permission] = &[
        Permission::plan("eks:ListNodegroups", CLUSTER),
        Permission::plan("eks:DescribeNodegroup", NODEGROUPS),
        Permission::apply("eks:CreateNodegroup", CLUSTER),
        Permission::apply("eks:UpdateNodegroupConfig", NODEGROUPS),
        Permission::apply("eks:UpdateNodegroupVersion", NODEGROUPS),
        Permission::apply("eks:DescribeUpdate", NODEGROUPS),
        Permission::apply("eks:TagResource", NODEGROUPS),
        Permission::apply("eks:UntagResource", NODEGROUPS),
        Permission::apply("eks:DeleteNodegroup", NODEGROUPS).only(IS_OURS),
        Permission::checked("iam:PassRole", ROLE).only(PASSED_TO_EKS),
        Permission::checked("iam:GetRole", ROLE),
        Permission::checked("iam:ListAttachedRolePolicies", ROLE),
    ];
    const READING: &'static [Read] = &[
        Read::first("eks:ListNodegroups", Often::PerPage(100)),
        Read::first("eks:DescribeNodegroup", Often::PerNamed),
        Read::second("eks:DescribeNodegroup", Often::PerOther),
    ];

    /// The list beside everything that the file names.
    async fn list(aws: &Aws, home: &Home, wanted: &[Self]) -> Result<Sighting<Self>, Fault> {
        let (all, seen) = tokio::try_join!(names(aws, &home.cluster), Self::read_many(aws, wanted))?;
        let named: BTreeSet<&str> = wanted.iter().map(|group| group.name.as_str()).collect();
        let listed = all.into_iter().filter(|name| !named.contains(name.as_str())).map(|name| Self {
            cluster: home.cluster.clone(),
            region: home.region.clone(),
            name,
            ..Self::default()
        });
        Ok(Sighting { seen, listed: listed.collect() })
    }

    async fn read(&self, aws: &Aws) -> Result<Option<Seen<Self>>, Fault> {
        let group =
            aws.eks.describe_nodegroup(|request| request.cluster_name(&self.cluster).nodegroup_name(&self.name)).await;
        let Some(group) = absent(group)? else { return Ok(None) };
        let is_new = aws.is_recent(group.created_at());
        Ok(Some(Seen { is_new, ..seen(&self.region, group) }))
    }

    async fn create(&self, aws: &Aws, token: &str) -> Result<Started, Fault> {
        aws.eks
            .create_nodegroup(|request| {
                request
                    .cluster_name(&self.cluster)
                    .nodegroup_name(&self.name)
                    .node_role(&self.node_role)
                    .set_subnets(Some(self.subnets.iter().cloned().collect()))
                    .set_ami_type(self.ami_type.as_deref().map(AmiTypes::from))
                    .set_instance_types(self.instance_types.clone())
                    .set_capacity_type(self.capacity_type.as_deref().map(CapacityTypes::from))
                    .set_disk_size(self.disk_size)
                    .set_remote_access(self.remote_access.request())
                    .set_version(self.version.clone())
                    .set_release_version(self.release_version.clone())
                    .set_scaling_config(self.scaling.creation())
                    .set_labels(self.labels.clone().map(|it| it.into_iter().collect()))
                    .set_taints(self.taints.as_ref().map(|it| it.iter().map(sent).collect()))
                    .set_update_config(self.update.request())
                    .set_node_repair_config(self.repair.request())
                    .set_warm_pool_config(self.warm_pool.request())
                    .set_tags(Some(creation_tags(&self.tags, &self.region, &self.cluster)))
                    .client_request_token(token)
            })
            .await?;
        Ok(Started::default())
    }

    async fn update(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        match step.call {
            CONFIG => self.configure(from, step, aws).await,
            VERSION => self.roll(from, step, aws).await,
            TAG_RESOURCE => tag(aws, step).await,
            UNTAG_RESOURCE => untag(aws, step).await,
            _ => Err(unknown_call(step.call)),
        }
    }

    async fn delete(&self, aws: &Aws) -> Result<Started, Fault> {
        aws.eks.delete_nodegroup(|request| request.cluster_name(&self.cluster).nodegroup_name(&self.name)).await?;
        Ok(Started::default())
    }

    async fn update_status(&self, aws: &Aws, id: &str) -> Result<Update, Fault> {
        let update = aws
            .eks
            .describe_update(|request| request.name(&self.cluster).nodegroup_name(&self.name).update_id(id))
            .await?;
        Ok(update_status(&update))
    }
}

impl Nodegroup {
    /// Everything that one `UpdateNodegroupConfig` can carry, in one.
    async fn configure(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let update = aws
            .eks
            .update_nodegroup_config(|request| {
                request
                    .cluster_name(&self.cluster)
                    .nodegroup_name(&self.name)
                    .set_labels(step.carries("labels").then(|| labels(step)))
                    .set_taints(step.carries("taints").then(|| self.taint_changes(from)))
                    .set_scaling_config(self.scaling.request(&from.scaling, step))
                    .set_update_config(
                        step.carries("updateConfig").then(|| self.update.over(&from.update).request()).flatten(),
                    )
                    .set_node_repair_config(
                        step.carries("nodeRepairConfig").then(|| self.repair.over(&from.repair).request()).flatten(),
                    )
                    .set_warm_pool_config(
                        step.carries("warmPoolConfig")
                            .then(|| self.warm_pool.over(&from.warm_pool).request())
                            .flatten(),
                    )
                    .client_request_token(step.token)
            })
            .await?;
        Ok(Started { update: update.id, ..Started::default() })
    }

    /// Rolls the nodes. The version is always sent: without it EKS takes the cluster's, and refuses a release of another minor.
    async fn roll(&self, from: &Self, step: &Step<'_>, aws: &Aws) -> Result<Started, Fault> {
        let update = aws
            .eks
            .update_nodegroup_version(|request| {
                request
                    .cluster_name(&self.cluster)
                    .nodegroup_name(&self.name)
                    .set_version(self.version.clone().or_else(|| from.version.clone()))
                    .set_release_version(self.release_version.clone())
                    .client_request_token(step.token)
            })
            .await?;
        Ok(Started { update: update.id, ..Started::default() })
    }

    /// A taint is one by key and effect: another value overwrites, another effect is another taint.
    fn taint_changes(&self, from: &Self) -> UpdateTaintsPayload {
        let wanted = self.taints.clone().unwrap_or_default();
        let live = from.taints.clone().unwrap_or_default();
        let same = |one: &Taint, other: &Taint| one.key == other.key && one.effect == other.effect;
        let set: Vec<types::Taint> = wanted.difference(&live).map(sent).collect();
        let unset: Vec<types::Taint> =
            live.iter().filter(|old| !wanted.iter().any(|new| same(old, new))).map(sent).collect();
        UpdateTaintsPayload::builder()
            .set_add_or_update_taints((!set.is_empty()).then_some(set))
            .set_remove_taints((!unset.is_empty()).then_some(unset))
            .build()
    }
}

fn labels(step: &Step<'_>) -> UpdateLabelsPayload {
    let Delta { set, unset } = step.change("labels").map(FieldChange::delta).unwrap_or_default();
    UpdateLabelsPayload::builder()
        .set_add_or_update_labels((!set.is_empty()).then(|| set.into_iter().collect()))
        .set_remove_labels((!unset.is_empty()).then(|| unset.into_iter().collect()))
        .build()
}

async fn names(aws: &Aws, cluster: &str) -> Result<Vec<String>, Fault> {
    let names = aws.eks.list_nodegroups(|request| request.cluster_name(cluster)).await;
    Ok(absent(names)?.unwrap_or_default())
}

fn seen(region: &str, group: types::Nodegroup) -> Seen<Nodegroup> {
    let (state, notes, uid) = (state(&group), issues(&group), group.nodegroup_arn.clone());
    let (cluster, tags) = (group.cluster_name.unwrap_or_default(), group.tags.unwrap_or_default());
    let groups = group.resources.and_then(|it| it.auto_scaling_groups).unwrap_or_default();
    let resource = Nodegroup {
        region: region.to_owned(),
        name: group.nodegroup_name.unwrap_or_default(),
        node_role: group.node_role.unwrap_or_default(),
        subnets: group.subnets.unwrap_or_default().into_iter().collect(),
        ami_type: group.ami_type.map(|it| it.as_str().to_owned()),
        instance_types: group.instance_types,
        capacity_type: group.capacity_type.map(|it| it.as_str().to_owned()),
        disk_size: group.disk_size,
        remote_access: group.remote_access.map(RemoteAccess::from).unwrap_or_default(),
        version: group.version,
        release_version: group.release_version,
        scaling: group.scaling_config.map(Into::into).unwrap_or_default(),
        labels: Some(group.labels.unwrap_or_default().into_iter().collect::<BTreeMap<String, String>>()),
        taints: Some(group.taints.unwrap_or_default().iter().filter_map(received).collect::<BTreeSet<Taint>>()),
        update: group.update_config.map(Into::into).unwrap_or_default(),
        repair: group.node_repair_config.into(),
        warm_pool: group.warm_pool_config.into(),
        tags: known(&tags),
        consents: false,
        cluster: cluster.clone(),
    };
    let names: Vec<String> = groups.into_iter().filter_map(|it| it.name).collect();
    let mut seen = eks::seen(resource, group.nodegroup_arn, &tags, region, &cluster);
    seen.outputs = seen.outputs.with(Output::GroupNames, Some(names.join(" ")));
    Seen { state, uid, notes, ..seen }
}

/// A degraded group can be changed: that is how most causes are mended.
fn state(group: &types::Nodegroup) -> State {
    let why = |status: &str| {
        let issues = issues(group);
        if issues.is_empty() {
            format!("EKS reports {status}")
        } else {
            format!("EKS reports {status}: {}", issues.join("; "))
        }
    };
    match &group.status {
        Some(NodegroupStatus::Active | NodegroupStatus::Degraded) if is_gone(group) => State::Stuck(Blocker::new(
            why("that its Auto Scaling group is gone"),
            "it does not come back by itself: add a nodegroup under a new name, or delete this one in EKS and apply",
        )),
        Some(NodegroupStatus::Active) if issues(group).is_empty() => State::Ready,
        Some(NodegroupStatus::Active | NodegroupStatus::Degraded) => State::Degraded(issues(group)),
        Some(NodegroupStatus::Deleting) => State::Leaving("DELETING".to_owned()),
        Some(NodegroupStatus::CreateFailed) => State::Broken(why("CREATE_FAILED")),
        Some(NodegroupStatus::DeleteFailed) => State::Stuck(Blocker::new(
            why("DELETE_FAILED"),
            "look at it in AWS; once it is repaired or deleted, run again",
        )),
        Some(NodegroupStatus::Creating) => State::Making("CREATING".to_owned()),
        other => State::Working(other.as_ref().map_or("UNKNOWN", NodegroupStatus::as_str).to_owned()),
    }
}

/// Whether the Auto Scaling group that carried it no longer exists. EKS creates none for a nodegroup that is there.
fn is_gone(group: &types::Nodegroup) -> bool {
    let issues = group.health.as_ref().map(types::NodegroupHealth::issues).unwrap_or_default();
    issues.iter().any(|issue| issue.code() == Some(&types::NodegroupIssueCode::AutoScalingGroupNotFound))
}

fn issues(group: &types::Nodegroup) -> Vec<String> {
    let issues = group.health.as_ref().map(types::NodegroupHealth::issues).unwrap_or_default();
    issues
        .iter()
        .map(|issue| {
            let on = if issue.resource_ids().is_empty() {
                String::new()
            } else {
                format!(" ({})", issue.resource_ids().join(", "))
            };
            format!(
                "{}: {}{on}",
                issue.code().map_or("issue", |it| it.as_str()),
                issue.message().unwrap_or("no message")
            )
        })
        .collect()
}

fn sent(taint: &Taint) -> types::Taint {
    let effect = match taint.effect {
        TaintEffect::NoSchedule => Effect::NoSchedule,
        TaintEffect::NoExecute => Effect::NoExecute,
        TaintEffect::PreferNoSchedule => Effect::PreferNoSchedule,
    };
    types::Taint::builder().key(&taint.key).value(&taint.value).effect(effect).build()
}

/// `None` for an effect that this version of trueup does not know: nothing can be said about such a taint.
fn received(taint: &types::Taint) -> Option<Taint> {
    let effect = match taint.effect.as_ref()?.as_str() {
        "NO_SCHEDULE" => TaintEffect::NoSchedule,
        "NO_EXECUTE" => TaintEffect::NoExecute,
        "PREFER_NO_SCHEDULE" => TaintEffect::PreferNoSchedule,
        _ => return None,
    };
    Some(Taint { key: taint.key.clone()?, value: taint.value.clone().unwrap_or_default(), effect })
}

impl RemoteAccess {
    fn request(&self) -> Option<RemoteAccessConfig> {
        let Self { ec2_ssh_key, source_security_groups } = self.clone();
        (self != &Self::default()).then(|| {
            RemoteAccessConfig::builder()
                .set_ec2_ssh_key(ec2_ssh_key)
                .set_source_security_groups(source_security_groups.map(|it| it.into_iter().collect()))
                .build()
        })
    }
}

impl From<RemoteAccessConfig> for RemoteAccess {
    fn from(seen: RemoteAccessConfig) -> Self {
        Self {
            ec2_ssh_key: seen.ec2_ssh_key,
            source_security_groups: seen.source_security_groups.map(|it| it.into_iter().collect()),
        }
    }
}

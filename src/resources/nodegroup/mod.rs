//! Managed nodegroups.
//!
//! The central type is [`Nodegroup`]. A group is never replaced: create-only differences are blockers. Not here:
//! launch templates (a later slice) and the Auto Scaling group behind it, which is a kind of its own.

#[cfg(feature = "aws")]
mod aws;
mod settings;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::cluster::Cluster;
use super::tags::{self, listed};
use super::{Expected, Live, Managed, Traits, eks_console};
use crate::model::{Address, Blocker, Call, Disruption, Effect, Field, Phase, Rule, Value, Verdict, View, field};
use crate::spec::{self, ClusterAutoscaler, NodeRepairConfigOverride, Spec, Tags, Taint, TaintEffect, minor};

const CONFIG: Call = Call::exclusive("UpdateNodegroupConfig", "");
/// Rolls the nodes to another version or release.
pub(crate) const VERSION: Call = Call::exclusive("UpdateNodegroupVersion", "");

/// Labels that workloads of an eksctl cluster select on; they stay unless the file lists them.
const EKSCTL_LABELS: &str = "alpha.eksctl.io/";

/// What a change costs that only a new group could have.
const REPLACE: Rule = Rule::Replace("end every pod on it");

/// A managed nodegroup, wanted or seen. In what is wanted, `None` is unmanaged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nodegroup {
    /// The cluster it belongs to.
    pub cluster: String,
    /// The cluster's region, for the ownership tag.
    pub region: String,
    /// The group's name.
    pub name: String,
    /// ARN of the nodes' role.
    pub node_role: String,
    /// Subnets of the nodes.
    pub subnets: BTreeSet<String>,
    /// Operating system image.
    pub ami_type: Option<String>,
    /// Instance types; ordered unless the group is SPOT.
    pub instance_types: Option<Vec<String>>,
    /// `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`.
    pub capacity_type: Option<String>,
    /// Root volume in GiB.
    pub disk_size: Option<i32>,
    /// SSH access.
    pub remote_access: RemoteAccess,
    /// Kubernetes minor of the nodes.
    pub version: Option<String>,
    /// AMI release.
    pub release_version: Option<String>,
    /// Sizes.
    pub scaling: Scaling,
    /// Kubernetes labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// Kubernetes taints.
    pub taints: Option<BTreeSet<Taint>>,
    /// How nodes are replaced.
    pub update: Update,
    /// How nodes are repaired.
    pub repair: Repair,
    /// Instances kept ready.
    pub warm_pool: WarmPool,
    /// Tags: listed ones when wanted, all when seen.
    pub tags: Tags,
    /// Whether the file consents to disruptions of this group.
    pub consents: bool,
}

/// SSH access.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RemoteAccess {
    /// Name of the EC2 key pair.
    pub ec2_ssh_key: Option<String>,
    /// Security groups that may connect.
    pub source_security_groups: Option<BTreeSet<String>>,
}

/// Sizes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scaling {
    /// Smallest.
    pub min_size: Option<i32>,
    /// Largest.
    pub max_size: Option<i32>,
    /// Now.
    pub desired_size: Option<i32>,
    /// Whether Cluster Autoscaler owns the size now.
    pub autoscaled: bool,
}

/// How nodes are replaced when the version changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Update {
    /// Nodes at a time; excludes the percentage.
    pub max_unavailable: Option<i32>,
    /// Percent of the nodes at a time.
    pub max_unavailable_percentage: Option<i32>,
    /// `DEFAULT` or `MINIMAL`.
    pub update_strategy: Option<String>,
}

/// How unhealthy nodes are repaired.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Repair {
    /// Whether at all.
    pub enabled: Option<bool>,
    /// No repairs above this many unhealthy nodes.
    pub threshold_count: Option<i32>,
    /// No repairs above this percentage of unhealthy nodes.
    pub threshold_percentage: Option<i32>,
    /// Repairs at a time.
    pub parallel_count: Option<i32>,
    /// Repairs at a time, in percent of the unhealthy nodes.
    pub parallel_percentage: Option<i32>,
    /// What is done for particular conditions.
    pub overrides: Option<BTreeSet<NodeRepairConfigOverride>>,
}

/// Instances kept ready beside the group.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WarmPool {
    /// Whether there is one.
    pub enabled: Option<bool>,
    /// Fewest instances.
    pub min_size: Option<i32>,
    /// Most instances of group and pool together.
    pub max_group_prepared_capacity: Option<i32>,
    /// `STOPPED`, `RUNNING` or `HIBERNATED`.
    pub pool_state: Option<String>,
    /// Whether instances return on scale-in.
    pub reuse_on_scale_in: Option<bool>,
}

impl Managed for Nodegroup {
    const KIND: &'static str = "nodegroup";
    const SECTION: &'static str = "nodegroups";

    fn console_page(region: &str, cluster: &str, name: &str) -> Option<String> {
        Some(eks_console(region, &format!("{cluster}/nodegroups/{name}")))
    }

    fn name(&self) -> &str {
        &self.name
    }

    fn parent(&self) -> Option<Address> {
        Some(Address::new(Cluster::KIND, &self.cluster))
    }

    fn desired(spec: &Spec, _live: &Live) -> Vec<Self> {
        spec.nodegroups.iter().map(|group| Self::wanted(spec, group)).collect()
    }

    fn fields(&self, view: View<'_, Self>) -> Vec<Field> {
        let mut fields = self.create_only_fields(view.live());
        fields.extend(self.version_fields(view.live()));
        fields.extend(self.config_fields(view));
        fields
    }

    /// A roll drains batch by batch, up to fifteen minutes a node: the more nodes, the longer it may take.
    fn traits(&self) -> Traits {
        let nodes = self.nodes().unsigned_abs();
        let expected = Expected {
            create: Duration::from_mins(3),
            update: Duration::from_secs(30),
            slow: Some((VERSION, Duration::from_mins(5) * nodes.max(1))),
            delete: Duration::from_mins(5),
        };
        Traits {
            timeout: Duration::from_hours(1) + Duration::from_mins(10) * nodes,
            expected,
            removal: Some(Disruption::of_nodes(Effect::Terminates, self.nodes(), "the group is deleted")),
            recreate: true,
            consents: self.consents,
            consent_in_file: Some("set `disruption: allow` on the nodegroup"),
            carries_pods: true,
            needs_quiet_parent: true,
            ..Traits::default()
        }
    }
}

impl Nodegroup {
    fn wanted(spec: &Spec, group: &spec::Nodegroup) -> Self {
        Self {
            cluster: spec.metadata.name.clone(),
            region: spec.metadata.region.clone(),
            name: group.nodegroup_name.clone(),
            node_role: group.node_role.clone(),
            subnets: group.subnets.iter().cloned().collect(),
            ami_type: group.ami_type.map(|it| it.to_string()),
            instance_types: group.instance_types.clone(),
            capacity_type: group.capacity_type.map(|it| it.to_string()),
            disk_size: group.disk_size,
            remote_access: group.remote_access.as_ref().map(RemoteAccess::from).unwrap_or_default(),
            version: group.version.clone(),
            release_version: group.release_version.clone(),
            scaling: Scaling {
                autoscaled: group.autoscaling.cluster_autoscaler == ClusterAutoscaler::Managed,
                ..group.scaling_config.as_ref().map(Scaling::from).unwrap_or_default()
            },
            labels: group.labels.clone(),
            taints: group.taints.as_ref().map(|list| list.iter().cloned().collect()),
            update: group.update_config.as_ref().map(Update::from).unwrap_or_default(),
            repair: group.node_repair_config.as_ref().map(Repair::from).unwrap_or_default(),
            warm_pool: group.warm_pool_config.as_ref().map(WarmPool::from).unwrap_or_default(),
            tags: listed(spec, &group.tags),
            consents: group.disruption.is_some(),
        }
    }

    /// How many nodes there are to be disrupted, as far as known.
    fn nodes(&self) -> i32 {
        self.scaling.desired_size.unwrap_or(0)
    }

    fn create_only_fields(&self, live: Option<&Self>) -> Vec<Field> {
        let RemoteAccess { ec2_ssh_key, source_security_groups } = self.remote_access.clone();
        vec![
            field("nodeRole", Some(self.node_role.clone()), REPLACE),
            field("subnets", Some(self.subnets.clone()), REPLACE).note("a set"),
            field("amiType", self.ami_type.clone(), REPLACE),
            field("instanceTypes", self.instance_types_like(live), REPLACE).note("ordered; a set for SPOT"),
            field("capacityType", self.capacity_type.clone(), REPLACE),
            field("diskSize", self.disk_size, REPLACE),
            field("remoteAccess.ec2SshKey", ec2_ssh_key, REPLACE),
            field("remoteAccess.sourceSecurityGroups", source_security_groups, REPLACE).note("a set"),
        ]
    }

    fn version_fields(&self, live: Option<&Self>) -> Vec<Field> {
        let rolls = || live.map(|live| drains(live.nodes(), "EKS replaces every node"));
        vec![
            field("version", self.version.clone(), Rule::Guarded(VERSION, never_back))
                .disrupts(rolls())
                .phase(Phase::Late)
                .notable(),
            field("releaseVersion", self.release_version.clone(), Rule::Guarded(VERSION, never_older))
                .disrupts(rolls())
                .phase(Phase::Late)
                .notable(),
        ]
    }

    fn config_fields(&self, view: View<'_, Self>) -> Vec<Field> {
        // No `..` in this function's patterns: a new field of the struct does not compile until it has a row.
        let Self {
            cluster: _,
            region: _,
            name: _,
            node_role: _,
            subnets: _,
            ami_type: _,
            instance_types: _,
            capacity_type: _,
            disk_size: _,
            remote_access: _,
            version: _,
            release_version: _,
            scaling,
            labels: _,
            taints,
            update,
            repair,
            warm_pool,
            tags,
            consents: _,
        } = self;
        let taint_texts = taints.as_ref().map(|taints| taints.iter().map(spelled).collect::<BTreeSet<String>>());
        let mut fields = scaling.fields(view.part(|it| &it.scaling));
        fields.extend([
            field("labels", labels_over(self.labels.as_ref(), view.live()), Rule::InPlace(CONFIG))
                .note("exact, but labels under alpha.eksctl.io/ stay unless listed"),
            field("taints", taint_texts, Rule::InPlace(CONFIG)).disrupts(self.evicts(view.live())).note("exact; a set"),
        ]);
        fields.extend(update.fields());
        fields.extend(repair.fields());
        fields.extend(warm_pool.fields());
        fields.push(tags::row(tags, view.part(|it| &it.tags)));
        fields
    }

    /// The wanted types in the live order where the order means nothing to AWS.
    fn instance_types_like(&self, live: Option<&Self>) -> Option<Vec<String>> {
        let wanted = self.instance_types.clone()?;
        let set = |list: &[String]| list.iter().cloned().collect::<BTreeSet<String>>();
        let live = live.filter(|live| live.capacity_type.as_deref() == Some("SPOT"));
        let same = live.and_then(|live| live.instance_types.clone()).filter(|live| set(live) == set(&wanted));
        Some(same.unwrap_or(wanted))
    }

    fn evicts(&self, live: Option<&Self>) -> Option<Disruption> {
        let live = live?;
        let old = live.taints.clone().unwrap_or_default();
        let mut added = self.taints.iter().flatten().filter(|taint| !old.contains(taint));
        let evicts = added.any(|taint| taint.effect == TaintEffect::NoExecute);
        evicts.then(|| drains(live.nodes(), "a NoExecute taint evicts the pods that do not tolerate it"))
    }
}

/// The labels as they will be: the listed ones, and of the live group's those that eksctl's workloads may select on.
pub fn labels_over(
    listed: Option<&BTreeMap<String, String>>,
    live: Option<&Nodegroup>,
) -> Option<BTreeMap<String, String>> {
    let mut labels = live.and_then(|live| live.labels.clone()).unwrap_or_default();
    labels.retain(|key, _| key.starts_with(EKSCTL_LABELS));
    labels.extend(listed?.clone());
    Some(labels)
}

fn drains(nodes: i32, because: &'static str) -> Disruption {
    Disruption::of_nodes(Effect::Drains, nodes, because)
}

/// A taint as kubectl writes it: `key=value:Effect`, or `key:Effect` without a value.
pub fn spelled(taint: &Taint) -> String {
    let equals = if taint.value.is_empty() { "" } else { "=" };
    format!("{}{equals}{}:{}", taint.key, taint.value, taint.effect)
}

fn never_back(live: &Value, wanted: &Value) -> Verdict {
    refused_if(compared(live, wanted, minor) == Some(Ordering::Greater))
}

/// Releases of one AMI family count up: `1.34.1-20251016`, `1.34.2-20251112`; of Bottlerocket `1.48.0-5bde7a00`.
fn never_older(live: &Value, wanted: &Value) -> Verdict {
    refused_if(compared(live, wanted, release) == Some(Ordering::Greater))
}

/// The version and, where the suffix is one, the date, which Windows writes with dots: the suffix of Bottlerocket is a hash.
fn release(text: &str) -> Option<(Vec<u32>, Option<u32>)> {
    let (version, suffix) = text.split_once('-').unwrap_or((text, ""));
    let suffix = suffix.replace('.', "");
    let date = Some(suffix).filter(|suffix| suffix.len() == 8 && suffix.bytes().all(|byte| byte.is_ascii_digit()));
    let version: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
    Some((version?, date.and_then(|date| date.parse().ok())))
}

fn compared<T: Ord>(live: &Value, wanted: &Value, read: fn(&str) -> Option<T>) -> Option<Ordering> {
    match (live, wanted) {
        (Value::Text(live), Value::Text(wanted)) => Some(read(live)?.cmp(&read(wanted)?)),
        _ => None,
    }
}

fn refused_if(older: bool) -> Verdict {
    if !older {
        return Verdict::Allowed;
    }
    Verdict::Refused(Blocker::new(
        "EKS does not take nodes back to an older version or release",
        "write the live one into the file, or add a group under a new name",
    ))
}

impl From<&spec::RemoteAccess> for RemoteAccess {
    fn from(wanted: &spec::RemoteAccess) -> Self {
        Self {
            ec2_ssh_key: wanted.ec2_ssh_key.clone(),
            source_security_groups: wanted.source_security_groups.as_ref().map(|it| it.iter().cloned().collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_is_older_by_its_version_or_its_date_however_that_is_written() {
        let verdict = |live: &str, wanted: &str| never_older(&Value::Text(live.into()), &Value::Text(wanted.into()));
        for (live, older) in [
            ("1.34.1-20251209", "1.34.1-20251111"),
            ("1.34.2-20251111", "1.34.1-20251209"),
            ("1.34-2025.12.09", "1.34-2025.11.11"),
        ] {
            assert!(matches!(verdict(live, older), Verdict::Refused(_)), "{live} to {older}");
            assert_eq!(verdict(older, live), Verdict::Allowed);
        }
        assert_eq!(verdict("1.50.0-d0a2e3e4", "1.50.0-3a1f7e66"), Verdict::Allowed, "a hash has no order");
    }
}

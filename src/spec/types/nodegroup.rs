//! `nodegroups`: managed nodegroups, in the words of `CreateNodegroup`.
//!
//! The central type is [`Nodegroup`].

use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema};
use serde::Deserialize;
use serde_json::{Value, json};
use strum::Display;

use super::{Autoscaling, Tags};

/// A managed nodegroup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nodegroup {
    /// The group's name; at most 63 characters. Cannot change.
    #[schemars(regex(pattern = r"^[0-9A-Za-z][0-9A-Za-z_-]{0,62}$"))]
    pub nodegroup_name: String,
    /// ARN of the nodes' IAM role. Cannot change.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"))]
    pub node_role: String,
    /// Ids of the nodes' subnets. Cannot change.
    #[schemars(length(min = 1), inner(regex(pattern = "^subnet-[0-9a-f]{8,17}$")))]
    pub subnets: Vec<String>,
    /// The operating system image. Cannot change.
    pub ami_type: Option<AmiType>,
    /// Instance types, the preferred first, such as `m6i.large`; all of one architecture. Cannot change.
    #[schemars(length(min = 1, max = 20), inner(regex(pattern = r"^[a-z0-9-]+\.[a-z0-9-]+$")))]
    pub instance_types: Option<Vec<String>>,
    /// How capacity is bought. Cannot change.
    pub capacity_type: Option<CapacityType>,
    /// Root volume in GiB. Cannot change.
    #[schemars(range(min = 1, max = 16_384))]
    pub disk_size: Option<i32>,
    /// SSH access. Cannot change.
    pub remote_access: Option<RemoteAccess>,
    /// The nodes' Kubernetes minor version, quoted. A change replaces every node.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub version: Option<String>,
    /// The AMI release, such as `1.34.1-20251112`. A change replaces every node.
    pub release_version: Option<String>,
    /// How many nodes.
    pub scaling_config: Option<ScalingConfig>,
    /// Kubernetes labels of the nodes. Present means exact.
    pub labels: Option<BTreeMap<String, String>>,
    /// Kubernetes taints of the nodes; at most 50. Present means exact.
    #[schemars(length(max = 50))]
    pub taints: Option<Vec<Taint>>,
    /// How nodes are replaced when the version changes.
    pub update_config: Option<UpdateConfig>,
    /// Automatic repair of unhealthy nodes.
    pub node_repair_config: Option<NodeRepairConfig>,
    /// Instances kept ready beside the group.
    pub warm_pool_config: Option<WarmPoolConfig>,
    /// Tags of the nodegroup itself. Listed keys are ensured, others stay, and `null` removes one; EKS copies them neither to the Auto Scaling group nor to the instances.
    #[serde(default)]
    pub tags: Tags,
    /// Consent, for this group, to whatever may drain or terminate its nodes.
    pub disruption: Option<DisruptionConsent>,
    /// The group's Auto Scaling group.
    #[serde(default)]
    pub autoscaling: Autoscaling,
}

/// The operating system image of a nodegroup.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[expect(missing_docs, non_camel_case_types, reason = "EKS's own spelling says it all")]
pub enum AmiType {
    AL2_ARM_64,
    AL2_x86_64,
    AL2_x86_64_GPU,
    AL2023_ARM_64_NVIDIA,
    AL2023_ARM_64_STANDARD,
    AL2023_x86_64_NEURON,
    AL2023_x86_64_NVIDIA,
    AL2023_x86_64_STANDARD,
    BOTTLEROCKET_ARM_64,
    BOTTLEROCKET_ARM_64_FIPS,
    BOTTLEROCKET_ARM_64_NVIDIA,
    BOTTLEROCKET_ARM_64_NVIDIA_FIPS,
    BOTTLEROCKET_x86_64,
    BOTTLEROCKET_x86_64_FIPS,
    BOTTLEROCKET_x86_64_NVIDIA,
    BOTTLEROCKET_x86_64_NVIDIA_FIPS,
    WINDOWS_CORE_2019_x86_64,
    WINDOWS_CORE_2022_x86_64,
    WINDOWS_CORE_2025_x86_64,
    WINDOWS_FULL_2019_x86_64,
    WINDOWS_FULL_2022_x86_64,
    WINDOWS_FULL_2025_x86_64,
}

/// How capacity is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CapacityType {
    /// Paid by the second, kept until released.
    OnDemand,
    /// Cheaper; AWS may take the node back at two minutes' notice.
    Spot,
    /// Reserved in a Capacity Block.
    CapacityBlock,
}

/// SSH access to the nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoteAccess {
    /// The EC2 key pair's name.
    pub ec2_ssh_key: Option<String>,
    /// Security groups that may connect. A key without them opens port 22 to the internet.
    #[schemars(inner(regex(pattern = "^sg-[0-9a-f]{8,17}$")))]
    pub source_security_groups: Option<Vec<String>>,
}

/// How many nodes a group has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScalingConfig {
    /// The smallest size, 0 or more.
    #[schemars(range(min = 0))]
    pub min_size: Option<i32>,
    /// The largest size, at least 1.
    #[schemars(range(min = 1))]
    pub max_size: Option<i32>,
    /// The size now. With `clusterAutoscaler: managed` it is sent on create only; afterwards it is the autoscaler's.
    #[schemars(range(min = 0))]
    pub desired_size: Option<i32>,
}

/// A Kubernetes taint.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Taint {
    /// The taint's key.
    pub key: String,
    /// The taint's value; absent and empty are the same.
    #[serde(default)]
    pub value: String,
    /// What happens to pods that do not tolerate it.
    pub effect: TaintEffect,
}

/// What a taint does to pods that do not tolerate it, in either spelling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[schemars(transform = accept_api_spelling)]
pub enum TaintEffect {
    /// No new pods.
    #[serde(alias = "NO_SCHEDULE")]
    NoSchedule,
    /// No new pods, and running ones are evicted.
    #[serde(alias = "NO_EXECUTE")]
    NoExecute,
    /// New pods only where nothing else fits.
    #[serde(alias = "PREFER_NO_SCHEDULE")]
    PreferNoSchedule,
}

/// How nodes are replaced when the version changes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateConfig {
    /// How many nodes at a time, 1 to 100. Excludes `maxUnavailablePercentage`.
    #[schemars(range(min = 1, max = 100))]
    pub max_unavailable: Option<i32>,
    /// How many percent of the nodes at a time, 1 to 100. Excludes `maxUnavailable`.
    #[schemars(range(min = 1, max = 100))]
    pub max_unavailable_percentage: Option<i32>,
    /// `DEFAULT` adds new nodes first; `MINIMAL` removes old ones first.
    pub update_strategy: Option<UpdateStrategy>,
}

/// `DEFAULT` adds new nodes first; `MINIMAL` removes old ones first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum UpdateStrategy {
    /// New nodes first.
    Default,
    /// Old nodes first, where there is no spare capacity.
    Minimal,
}

/// Automatic repair of unhealthy nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeRepairConfig {
    /// Whether EKS repairs nodes at all.
    pub enabled: Option<bool>,
    /// No repairs while more nodes than this are unhealthy. Excludes the percentage.
    #[schemars(range(min = 1))]
    pub max_unhealthy_node_threshold_count: Option<i32>,
    /// No repairs while more percent of the nodes than this are unhealthy. Excludes the count.
    #[schemars(range(min = 1, max = 100))]
    pub max_unhealthy_node_threshold_percentage: Option<i32>,
    /// How many nodes are repaired at a time. Excludes the percentage.
    #[schemars(range(min = 1))]
    pub max_parallel_nodes_repaired_count: Option<i32>,
    /// How many percent of the unhealthy nodes are repaired at a time. Excludes the count.
    #[schemars(range(min = 1, max = 100))]
    pub max_parallel_nodes_repaired_percentage: Option<i32>,
    /// What is done for particular conditions.
    pub node_repair_config_overrides: Option<Vec<NodeRepairConfigOverride>>,
}

/// What is done about one condition of a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeRepairConfigOverride {
    /// The condition, such as `AcceleratedHardwareReady`.
    pub node_monitoring_condition: String,
    /// The reason, such as `NvidiaXID64Error`.
    pub node_unhealthy_reason: String,
    /// Minutes to wait first.
    #[schemars(range(min = 1))]
    pub min_repair_wait_time_mins: i32,
    /// What to do.
    pub repair_action: RepairAction,
}

/// What is done to an unhealthy node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
pub enum RepairAction {
    /// Nothing.
    NoAction,
    /// Restart it.
    Reboot,
    /// End it and start another.
    Replace,
}

/// Instances kept ready beside the group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WarmPoolConfig {
    /// Whether there is a warm pool.
    pub enabled: Option<bool>,
    /// The fewest instances in the pool.
    #[schemars(range(min = 0))]
    pub min_size: Option<i32>,
    /// The most instances in group and pool together.
    #[schemars(range(min = 0))]
    pub max_group_prepared_capacity: Option<i32>,
    /// What the pool's instances do.
    pub pool_state: Option<WarmPoolState>,
    /// Whether instances return to the pool on scale-in.
    pub reuse_on_scale_in: Option<bool>,
}

/// What a warm pool's instances do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum WarmPoolState {
    /// Stopped: only their volumes are paid for.
    Stopped,
    /// Running: ready at once, and paid for.
    Running,
    /// Hibernated: stopped, with what was in memory.
    Hibernated,
}

/// Consent to whatever may drain or terminate nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DisruptionConsent {
    /// As `--allow-disruption`, for this group.
    Allow,
}

/// Taint effects are accepted in EKS' spelling too.
fn accept_api_spelling(schema: &mut Schema) {
    if let Some(Value::Array(choices)) = schema.get_mut("oneOf") {
        for effect in ["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"] {
            choices.push(json!({ "type": "string", "const": effect, "description": "The EKS API's spelling." }));
        }
    }
}

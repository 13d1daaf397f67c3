//! What EKS knows: clusters with their nodegroups and updates. The central type is [`Cluster`].
//!
//! Plain data, with all fields public so that a test can be somebody else. Not here: how it looks on the wire
//! (`describe`), how it changes over time (`advance`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::access::state::AccessEntry;
use super::fargate::state::FargateProfile;
use super::life::{Issue, Transition};
use super::pod_identity::state::PodIdentityAssociation;
use crate::kernel::stale::StaleView;
use crate::kernel::table::Table;

/// Everything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct State {
    /// The clusters by name.
    pub clusters: BTreeMap<String, Cluster>,
}

/// A cluster.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cluster {
    /// The name, unique in the region.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// The Kubernetes minor version, such as `1.34`.
    pub version: String,
    /// EKS' own revision of it, the number in `eks.N`.
    pub platform_version: u32,
    /// The ARN of the cluster's role.
    pub role_arn: String,
    /// Where it is in its life; an update in flight shows as UPDATING after a moment.
    pub status: ClusterStatus,
    /// The next change of status that time brings, if any.
    pub transition: Option<Transition>,
    /// How many describes still say ACTIVE although an update is in flight.
    pub polls_still_active: u32,
    /// The VPC of the subnets.
    pub vpc_id: String,
    /// The control plane's subnets.
    pub subnet_ids: Vec<String>,
    /// Additional security groups.
    pub security_group_ids: Vec<String>,
    /// The security group that EKS makes.
    pub cluster_security_group_id: String,
    /// Whether the API server is reachable from the internet.
    pub endpoint_public_access: bool,
    /// Whether the API server is reachable from the VPC.
    pub endpoint_private_access: bool,
    /// Who may reach the public endpoint; canonical.
    pub public_access_cidrs: Vec<String>,
    /// Who routes what the control plane sends.
    pub control_plane_egress_mode: String,
    /// The services' addresses.
    pub service_ipv4_cidr: Option<String>,
    /// `ipv4` or `ipv6`.
    pub ip_family: String,
    /// Auto Mode's load balancing.
    pub elastic_load_balancing: bool,
    /// Auto Mode's computing.
    pub compute_config: Option<ComputeConfig>,
    /// Auto Mode's block storage.
    pub block_storage: Option<bool>,
    /// The log types that are on.
    pub log_types: BTreeSet<String>,
    /// `CONFIG_MAP`, `API_AND_CONFIG_MAP` or `API`.
    pub authentication_mode: String,
    /// Whether the creator is an administrator.
    pub bootstrap_creator_admin: bool,
    /// The IAM principal that created it.
    pub creator_arn: String,
    /// The access entries by the ARN of their principal.
    pub access_entries: Table<AccessEntry>,
    /// `STANDARD` or `EXTENDED`.
    pub support_type: String,
    /// Whether zonal shift is allowed.
    pub zonal_shift: bool,
    /// Whether deletion is refused.
    pub deletion_protection: bool,
    /// The control plane's size.
    pub scaling_tier: String,
    /// Networks of hybrid nodes.
    pub remote_network_config: Option<RemoteNetworkConfig>,
    /// How secrets are encrypted; empty for the default.
    pub encryption_config: Vec<EncryptionConfig>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that readers still see.
    pub former_tags: Option<StaleView<BTreeMap<String, String>>>,
    /// What is wrong with it.
    pub health_issues: Vec<Issue>,
    /// The nodegroups by name.
    pub nodegroups: Table<Nodegroup>,
    /// The Fargate profiles by name.
    pub fargate_profiles: Table<FargateProfile>,
    /// The pod identity associations by id.
    pub pod_identity_associations: Table<PodIdentityAssociation>,
    /// The updates by id.
    pub updates: BTreeMap<String, Update<ClusterChange>>,
}

/// The status of a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ClusterStatus {
    /// Being made.
    Creating,
    /// In service.
    Active,
    /// In service, with an update in flight.
    Updating,
    /// Being deleted.
    Deleting,
    /// Could not be made; stays so until deleted.
    Failed,
}

/// A nodegroup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Nodegroup {
    /// The name, unique in the cluster.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// When it last changed.
    pub modified_at: SystemTime,
    /// The Kubernetes minor version.
    pub version: String,
    /// The release of the machine image.
    pub release_version: String,
    /// Where it is in its life; an update in flight shows as UPDATING after a moment.
    pub status: NodegroupStatus,
    /// The next change of status that time brings, if any.
    pub transition: Option<Transition>,
    /// How many describes still say ACTIVE although an update is in flight.
    pub polls_still_active: u32,
    /// The ARN of the nodes' role.
    pub node_role: String,
    /// The nodes' subnets.
    pub subnets: Vec<String>,
    /// The machine image's type.
    pub ami_type: String,
    /// The instance types in the order given.
    pub instance_types: Vec<String>,
    /// `ON_DEMAND`, `SPOT` or `CAPACITY_BLOCK`.
    pub capacity_type: String,
    /// The disk in GiB, unless a launch template says it.
    pub disk_size: i64,
    /// The launch template, if it was made from one.
    pub launch_template: Option<LaunchTemplate>,
    /// SSH access.
    pub remote_access: Option<RemoteAccess>,
    /// What `UpdateNodegroupConfig` changes.
    pub config: NodegroupConfig,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that readers still see.
    pub former_tags: Option<StaleView<BTreeMap<String, String>>>,
    /// What is wrong with it.
    pub health_issues: Vec<Issue>,
    /// When its Auto Scaling group will be made, if it is still to be.
    pub group_due: Option<SystemTime>,
    /// The name of its Auto Scaling group, once made.
    pub group: Option<String>,
    /// By how much a roll has raised the group's size for its duration.
    pub surge: i64,
    /// The updates by id.
    pub updates: BTreeMap<String, Update<NodegroupChange>>,
}

/// The status of a nodegroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum NodegroupStatus {
    /// Being made.
    Creating,
    /// In service.
    Active,
    /// In service, with an update in flight.
    Updating,
    /// In service, with health issues.
    Degraded,
    /// Could not be made; stays so until deleted.
    CreateFailed,
    /// Being deleted.
    Deleting,
    /// Could not be deleted.
    DeleteFailed,
}

/// The part of a nodegroup that is updated in one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NodegroupConfig {
    /// The Kubernetes labels.
    pub labels: BTreeMap<String, String>,
    /// The Kubernetes taints; key and effect identify one.
    pub taints: Vec<Taint>,
    /// The size. While there is an Auto Scaling group, its desired capacity is the truth.
    pub scaling: Scaling,
    /// How many nodes an update may take away at once.
    pub update_config: UpdateConfig,
    /// Whether sick nodes are replaced.
    pub node_repair: NodeRepairConfig,
    /// Machines kept ready.
    pub warm_pool: Option<WarmPoolConfig>,
}

/// The size of a nodegroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scaling {
    /// The least nodes.
    pub min: i64,
    /// The most nodes.
    pub max: i64,
    /// The wanted nodes.
    pub desired: i64,
}

/// A Kubernetes taint in the spelling of EKS.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Taint {
    /// The key.
    pub key: String,
    /// The value; none and empty are the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// `NO_SCHEDULE`, `NO_EXECUTE` or `PREFER_NO_SCHEDULE`.
    pub effect: String,
}

/// How an update takes nodes away: a number or a percentage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpdateConfig {
    /// The most nodes at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<i64>,
    /// The most nodes at once, in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable_percentage: Option<i64>,
    /// `DEFAULT` or `MINIMAL`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_strategy: Option<String>,
}

/// Node repair, as sent and as shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeRepairConfig {
    /// Whether it is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// Above this many sick nodes nothing is repaired.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_count: Option<i64>,
    /// The same in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unhealthy_node_threshold_percentage: Option<i64>,
    /// How many nodes are repaired at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_count: Option<i64>,
    /// The same in percent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_parallel_nodes_repaired_percentage: Option<i64>,
    /// What is repaired otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_repair_config_overrides: Option<Vec<NodeRepairOverride>>,
}

/// One exception of node repair; all four are needed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeRepairOverride {
    /// The condition that the monitoring agent reports.
    pub node_monitoring_condition: String,
    /// The reason that it reports.
    pub node_unhealthy_reason: String,
    /// How long to wait.
    pub min_repair_wait_time_mins: i64,
    /// `Replace`, `Reboot` or `NoAction`.
    pub repair_action: String,
}

/// A warm pool, as sent and as shown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WarmPoolConfig {
    /// Whether there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The least machines in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_size: Option<i64>,
    /// The most machines, group and pool together.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_group_prepared_capacity: Option<i64>,
    /// `STOPPED`, `RUNNING` or `HIBERNATED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pool_state: Option<String>,
    /// Whether machines come back into it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse_on_scale_in: Option<bool>,
}

/// A launch template, as described: by id and name, and in the version that the nodes have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LaunchTemplate {
    /// The id, `lt-…`.
    pub id: String,
    /// The name.
    pub name: String,
    /// The number of the version.
    pub version: String,
}

/// SSH access to nodes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoteAccess {
    /// The key pair.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ec2_ssh_key: Option<String>,
    /// From where.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_security_groups: Option<Vec<String>>,
}

/// Auto Mode's computing, as sent and as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComputeConfig {
    /// Whether it is on.
    #[serde(default)]
    pub enabled: bool,
    /// `system`, `general-purpose`.
    #[serde(default)]
    pub node_pools: Vec<String>,
    /// The nodes' role.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_role_arn: Option<String>,
}

/// Encryption of secrets, as sent and as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EncryptionConfig {
    /// Exactly `secrets`.
    pub resources: Vec<String>,
    /// The key.
    pub provider: EncryptionProvider,
}

/// The key that encrypts secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EncryptionProvider {
    /// The key's ARN.
    pub key_arn: String,
}

/// Networks of hybrid nodes, as sent and as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RemoteNetworkConfig {
    /// The nodes' networks.
    #[serde(default)]
    pub remote_node_networks: Vec<RemoteNetworks>,
    /// The pods' networks.
    #[serde(default)]
    pub remote_pod_networks: Vec<RemoteNetworks>,
}

/// Some networks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RemoteNetworks {
    /// Their CIDRs.
    pub cidrs: Vec<String>,
}

/// An asynchronous change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Update<C> {
    /// The id.
    pub id: String,
    /// The type, such as `LoggingUpdate`.
    pub kind: String,
    /// Where it is.
    pub status: UpdateStatus,
    /// What was asked for, as pairs of type and value.
    pub params: Vec<(String, String)>,
    /// When it began.
    pub created_at: SystemTime,
    /// When it ends.
    pub ends_at: SystemTime,
    /// What went wrong.
    pub errors: Vec<UpdateError>,
    /// How it will fail, if it will.
    pub doom: Option<UpdateError>,
    /// What it will change.
    pub change: C,
}

/// The status of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum UpdateStatus {
    /// In flight.
    InProgress,
    /// Done.
    Successful,
    /// Nothing changed.
    Failed,
    /// Nothing changed.
    Cancelled,
}

/// Why an update failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UpdateError {
    /// The code, such as `PodEvictionFailure`.
    pub code: String,
    /// What happened.
    pub message: String,
    /// What it happened to.
    pub resource_ids: Vec<String>,
}

/// What an update of a cluster changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ClusterChange {
    /// The log types that are on.
    Logging(BTreeSet<String>),
    /// Who reaches the API server.
    Endpoint {
        /// From the internet.
        public: bool,
        /// From the VPC.
        private: bool,
        /// From where on the internet.
        cidrs: Vec<String>,
    },
    /// Where the control plane's interfaces are.
    Vpc {
        /// The subnets.
        subnet_ids: Vec<String>,
        /// The additional security groups.
        security_group_ids: Vec<String>,
    },
    /// How the control plane gets out.
    Egress(String),
    /// The authentication mode.
    AuthenticationMode(String),
    /// Whether zonal shift is allowed.
    ZonalShift(bool),
    /// The control plane's size.
    ScalingTier(String),
    /// The support type.
    SupportType(String),
    /// Deletion protection.
    DeletionProtection(bool),
    /// The Kubernetes version.
    Version(String),
}

/// What an update of a nodegroup changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NodegroupChange {
    /// The configuration.
    Config {
        /// As it will be.
        config: Box<NodegroupConfig>,
        /// Whether a desired size was sent; otherwise the group's own stays.
        sets_desired: bool,
    },
    /// The version and the release; nodes are replaced.
    Version {
        /// The Kubernetes version.
        version: String,
        /// The release of the machine image.
        release_version: String,
    },
}

impl<C> Update<C> {
    /// Whether it is not over yet.
    pub(crate) fn in_flight(&self) -> bool {
        self.status == UpdateStatus::InProgress
    }
}

impl Cluster {
    /// Whether nodegroups can be made: an update in flight counts as not ACTIVE, shown or not (facts §10.2).
    pub(crate) fn is_settled(&self) -> bool {
        self.status == ClusterStatus::Active && self.update_in_flight().is_none()
    }

    /// Whether it is made, and not being deleted.
    pub(crate) fn is_in_service(&self) -> bool {
        matches!(self.status, ClusterStatus::Active | ClusterStatus::Updating)
    }

    /// Whether its authentication mode knows access entries.
    pub(crate) fn has_access_entries(&self) -> bool {
        self.authentication_mode != "CONFIG_MAP"
    }

    /// The one update in flight, if any.
    pub(crate) fn update_in_flight(&self) -> Option<&Update<ClusterChange>> {
        self.updates.values().find(|update| update.in_flight())
    }
}

impl Nodegroup {
    /// The one update in flight, if any.
    pub(crate) fn update_in_flight(&self) -> Option<&Update<NodegroupChange>> {
        self.updates.values().find(|update| update.in_flight())
    }

    /// How many nodes an update may take away at once (facts §1.2).
    pub(crate) fn max_unavailable(&self, nodes: i64) -> i64 {
        let config = &self.config.update_config;
        let percentage = config.max_unavailable_percentage.map(|percentage| nodes * percentage / 100);
        config.max_unavailable.or(percentage).unwrap_or(1).max(1)
    }
}

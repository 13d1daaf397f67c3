//! The file format: one struct per section, spelled as the EKS API spells it.
//!
//! The central type is [`Spec`]. Every `Option` that is `None` means *unmanaged*: never compared with AWS, never
//! written. The doc comments become the descriptions of the JSON Schema, so they are written for the user's editor.
//! Nothing here knows how a field is compared or changed; that is `resources/`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;
use strum::Display;

/// Tags by key. `null` as a value removes the key; keys that are not listed are left alone.
pub type Tags = BTreeMap<String, Option<String>>;

/// One EKS cluster and what belongs to it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "trueup cluster file")]
pub struct Spec {
    /// The version of this file format: `trueup/v1`.
    pub api_version: ApiVersion,
    /// Which cluster this is, and where.
    pub metadata: Metadata,
    /// The control plane, in the words of `CreateCluster`.
    pub cluster: Cluster,
    /// Who may reach the Kubernetes API, in the words of `CreateAccessEntry`.
    #[serde(default)]
    pub access_entries: Vec<AccessEntry>,
    /// Cluster Autoscaler, as far as the file needs to know it.
    pub autoscaler: Option<Autoscaler>,
    /// Managed nodegroups, in the words of `CreateNodegroup`.
    #[serde(default)]
    pub nodegroups: Vec<Nodegroup>,
}

/// The version of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The first and only version.
    #[serde(rename = "trueup/v1")]
    V1,
}

/// Which cluster this is, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The cluster's name: a letter or digit, then letters, digits, `-` and `_`; at most 100 characters.
    pub name: String,
    /// The AWS region, such as `us-east-1`.
    pub region: String,
    /// The AWS account, quoted: `"111122223333"`. With any other account's credentials, trueup stops before reading anything.
    pub account_id: String,
    /// Tags of the cluster and of every nodegroup, besides their own.
    #[serde(default)]
    pub tags: Tags,
}

/// The control plane.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cluster {
    /// The Kubernetes minor version, quoted: `"1.34"`. EKS upgrades one minor at a time.
    pub version: Option<String>,
    /// ARN of the cluster's IAM role. Cannot change.
    pub role_arn: String,
    /// Subnets and endpoint access.
    pub resources_vpc_config: ResourcesVpcConfig,
    /// How principals are mapped to Kubernetes users.
    pub access_config: Option<AccessConfig>,
    /// Addresses of Kubernetes services. Cannot change.
    pub kubernetes_network_config: Option<KubernetesNetworkConfig>,
    /// What happens when the version leaves standard support.
    pub upgrade_policy: Option<UpgradePolicy>,
    /// Whether traffic may be shifted away from an impaired availability zone.
    pub zonal_shift_config: Option<ZonalShiftConfig>,
    /// The size of the control plane. Every tier above `standard` costs money by the hour.
    pub control_plane_scaling_config: Option<ControlPlaneScalingConfig>,
    /// Whether EKS installs its own copies of the networking add-ons. Sent on create, never compared: EKS does not tell.
    pub bootstrap_self_managed_addons: Option<bool>,
    /// Control plane logs that go to CloudWatch: the listed ones on, the others off.
    pub logging: Option<Vec<LogType>>,
    /// Refuse `DeleteCluster`.
    pub deletion_protection: Option<bool>,
    /// Tags of the cluster itself.
    #[serde(default)]
    pub tags: Tags,
}

/// Subnets and endpoint access.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourcesVpcConfig {
    /// Subnets of the control plane: at least two, in at least two zones.
    pub subnet_ids: Vec<String>,
    /// Further security groups of the control plane's network interfaces; at most four. Present means exact.
    pub security_group_ids: Option<Vec<String>>,
    /// Whether the API server answers on the internet.
    pub endpoint_public_access: Option<bool>,
    /// Whether the API server answers inside the VPC.
    pub endpoint_private_access: Option<bool>,
    /// Which addresses may reach the public endpoint.
    pub public_access_cidrs: Option<Vec<String>>,
}

/// How principals are mapped to Kubernetes users.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessConfig {
    /// A one-way ladder: `CONFIG_MAP`, then `API_AND_CONFIG_MAP`, then `API`.
    pub authentication_mode: AuthenticationMode,
    /// Whether whoever creates the cluster becomes its administrator. Sent on create, never compared.
    pub bootstrap_cluster_creator_admin_permissions: Option<bool>,
}

/// Addresses of Kubernetes services.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KubernetesNetworkConfig {
    /// The range of service addresses: private, /12 to /24, apart from the VPC's. Cannot change.
    pub service_ipv4_cidr: Option<String>,
    /// `ipv4` or `ipv6`. Cannot change.
    pub ip_family: Option<IpFamily>,
}

/// Which addresses pods and services have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
#[expect(missing_docs, reason = "EKS's own spelling says it all")]
pub enum IpFamily {
    Ipv4,
    Ipv6,
}

/// Whether traffic may be shifted away from an impaired availability zone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ZonalShiftConfig {
    /// Whether it may.
    pub enabled: bool,
}

/// The size of the control plane.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ControlPlaneScalingConfig {
    /// `standard`, or a provisioned tier that is paid by the hour.
    pub tier: ScalingTier,
}

/// `standard`, or a provisioned tier that is paid by the hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[expect(missing_docs, reason = "EKS's own spelling says it all")]
pub enum ScalingTier {
    #[serde(rename = "standard")]
    #[strum(serialize = "standard")]
    Standard,
    #[serde(rename = "tier-xl")]
    #[strum(serialize = "tier-xl")]
    TierXl,
    #[serde(rename = "tier-2xl")]
    #[strum(serialize = "tier-2xl")]
    Tier2xl,
    #[serde(rename = "tier-4xl")]
    #[strum(serialize = "tier-4xl")]
    Tier4xl,
    #[serde(rename = "tier-8xl")]
    #[strum(serialize = "tier-8xl")]
    Tier8xl,
}

/// Who may reach the Kubernetes API, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessEntry {
    /// ARN of the IAM role or user, with its path. Cannot change.
    pub principal_arn: String,
    /// What the principal is; `STANDARD` if absent. Cannot change.
    #[serde(rename = "type")]
    pub entry_type: Option<AccessEntryType>,
    /// Kubernetes groups. Present means exact.
    pub kubernetes_groups: Option<Vec<String>>,
    /// The Kubernetes user name. Absent: as EKS makes it from the principal.
    pub username: Option<String>,
    /// Permissions that EKS knows by name. Present means exact.
    pub access_policies: Option<Vec<AccessPolicy>>,
    /// Tags of the entry itself.
    #[serde(default)]
    pub tags: Tags,
}

/// What the principal of an access entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessEntryType {
    /// A person or a pipeline.
    Standard,
    /// Linux nodes that EKS does not manage.
    Ec2Linux,
    /// Windows nodes that EKS does not manage.
    Ec2Windows,
    /// Fargate pods.
    FargateLinux,
    /// Nodes outside of AWS.
    HybridLinux,
    /// `SageMaker HyperPod` nodes.
    HyperpodLinux,
    /// Nodes of EKS Auto Mode.
    Ec2,
}

/// A policy of an access entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessPolicy {
    /// The policy's short name, such as `AmazonEKSEditPolicy`, or its ARN.
    pub policy_arn: String,
    /// Where it holds; in the whole cluster if absent.
    pub access_scope: Option<AccessScope>,
}

/// Where a policy holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessScope {
    /// `cluster`, or `namespace` together with `namespaces`.
    #[serde(rename = "type")]
    pub scope_type: AccessScopeType,
    /// The namespaces, `*` at the end stands for anything.
    pub namespaces: Option<Vec<String>>,
}

/// Where a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum AccessScopeType {
    /// Everywhere.
    Cluster,
    /// In the listed namespaces.
    Namespace,
}

/// A one-way ladder: `CONFIG_MAP`, then `API_AND_CONFIG_MAP`, then `API`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AuthenticationMode {
    /// The `aws-auth` config map only.
    ConfigMap,
    /// Access entries, and the config map.
    ApiAndConfigMap,
    /// Access entries only.
    Api,
}

/// What happens when the version leaves standard support.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UpgradePolicy {
    /// `STANDARD`: EKS upgrades the cluster; `EXTENDED`: it stays, at a higher price.
    pub support_type: SupportType,
}

/// `STANDARD`: EKS upgrades the cluster; `EXTENDED`: it stays, at a higher price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum SupportType {
    /// Upgraded by EKS at the end of standard support.
    Standard,
    /// Kept for another year at a higher price.
    Extended,
}

/// A control plane log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum LogType {
    /// Kubernetes API server.
    Api,
    /// Audit log.
    Audit,
    /// IAM authenticator.
    Authenticator,
    /// Controller manager.
    ControllerManager,
    /// Scheduler.
    Scheduler,
}

/// Cluster Autoscaler, as far as the file needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Autoscaler {
    /// Cluster Autoscaler's minor version, quoted: `"1.34"`. Default: the cluster's.
    pub version: Option<String>,
}

/// A managed nodegroup.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Nodegroup {
    /// The group's name; at most 63 characters. Cannot change.
    pub nodegroup_name: String,
    /// ARN of the nodes' IAM role. Cannot change.
    pub node_role: String,
    /// Subnets of the nodes. Cannot change.
    pub subnets: Vec<String>,
    /// The operating system image. Cannot change.
    pub ami_type: Option<AmiType>,
    /// Instance types, the preferred first. Cannot change.
    pub instance_types: Option<Vec<String>>,
    /// How capacity is bought. Cannot change.
    pub capacity_type: Option<CapacityType>,
    /// Root volume in GiB. Cannot change.
    pub disk_size: Option<i32>,
    /// SSH access. Cannot change.
    pub remote_access: Option<RemoteAccess>,
    /// The nodes' Kubernetes minor version, quoted. A change replaces every node.
    pub version: Option<String>,
    /// The AMI release, such as `1.34.1-20251112`. A change replaces every node.
    pub release_version: Option<String>,
    /// How many nodes.
    pub scaling_config: Option<ScalingConfig>,
    /// Kubernetes labels. Present means exact.
    pub labels: Option<BTreeMap<String, String>>,
    /// Kubernetes taints. Present means exact.
    pub taints: Option<Vec<Taint>>,
    /// How nodes are replaced when the version changes.
    pub update_config: Option<UpdateConfig>,
    /// Automatic repair of unhealthy nodes.
    pub node_repair_config: Option<NodeRepairConfig>,
    /// Instances kept ready beside the group.
    pub warm_pool_config: Option<WarmPoolConfig>,
    /// Tags of the nodegroup itself; EKS copies them neither to the Auto Scaling group nor to the instances.
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
    pub source_security_groups: Option<Vec<String>>,
}

/// How many nodes a group has.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ScalingConfig {
    /// The smallest size, 0 or more.
    pub min_size: Option<i32>,
    /// The largest size, 1 or more.
    pub max_size: Option<i32>,
    /// The size now. With `clusterAutoscaler: managed` it is sent on create only; afterwards it is the autoscaler's.
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
#[schemars(transform = super::schema::accept_api_spelling)]
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
    pub max_unavailable: Option<i32>,
    /// How many percent of the nodes at a time, 1 to 100. Excludes `maxUnavailable`.
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
    pub max_unhealthy_node_threshold_count: Option<i32>,
    /// No repairs while more percent of the nodes than this are unhealthy. Excludes the count.
    pub max_unhealthy_node_threshold_percentage: Option<i32>,
    /// How many nodes are repaired at a time. Excludes the percentage.
    pub max_parallel_nodes_repaired_count: Option<i32>,
    /// How many percent of the unhealthy nodes are repaired at a time. Excludes the count.
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
    pub min_repair_wait_time_mins: i32,
    /// What to do.
    pub repair_action: RepairAction,
}

/// What is done to an unhealthy node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[expect(missing_docs, reason = "EKS's own spelling says it all")]
pub enum RepairAction {
    NoAction,
    Reboot,
    Replace,
}

/// Instances kept ready beside the group.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WarmPoolConfig {
    /// Whether there is a warm pool.
    pub enabled: Option<bool>,
    /// The fewest instances in the pool.
    pub min_size: Option<i32>,
    /// The most instances in group and pool together.
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
#[expect(missing_docs, reason = "EKS's own spelling says it all")]
pub enum WarmPoolState {
    Stopped,
    Running,
    Hibernated,
}

/// Consent to whatever may drain or terminate nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum DisruptionConsent {
    /// As `--allow-disruption`, for this group.
    Allow,
}

/// The Auto Scaling group behind a nodegroup.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Autoscaling {
    /// Who scales the group.
    #[serde(default)]
    pub cluster_autoscaler: ClusterAutoscaler,
    /// Processes that stay suspended. Present means exact. `AZRebalance` is what kills running jobs.
    pub suspended_processes: Option<Vec<ScalingProcess>>,
    /// What Cluster Autoscaler cannot know of a group with no nodes.
    #[serde(default)]
    pub node_template: NodeTemplate,
    /// Further tags of the Auto Scaling group.
    #[serde(default)]
    pub tags: Tags,
}

/// Who scales a group.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum ClusterAutoscaler {
    /// Cluster Autoscaler: discovery and node-template tags are kept as they must be.
    Managed,
    /// Nobody: discovery and node-template tags are removed.
    Excluded,
    /// Not trueup's business: no tag and no process is touched.
    #[default]
    Unmanaged,
}

/// A process of an Auto Scaling group that may be suspended. `Launch` and `Terminate` are not among them: EKS needs both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema, Display)]
#[expect(missing_docs, reason = "Auto Scaling's own spelling says it all")]
pub enum ScalingProcess {
    AddToLoadBalancer,
    AlarmNotification,
    AZRebalance,
    HealthCheck,
    InstanceRefresh,
    ReplaceUnhealthy,
    ScheduledActions,
}

/// What Cluster Autoscaler cannot know of a group with no nodes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeTemplate {
    /// Labels to add to, or override, those of the nodegroup.
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
    /// Allocatable resources, as Kubernetes quantities.
    #[serde(default)]
    pub resources: BTreeMap<String, String>,
    /// Options of Cluster Autoscaler for this group, such as `scaledownunneededtime: 5m`.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

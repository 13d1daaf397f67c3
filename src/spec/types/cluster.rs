//! `cluster`: the control plane, in the words of `CreateCluster`.
//!
//! The central type is [`Cluster`].

use schemars::JsonSchema;
use serde::Deserialize;
use strum::Display;

use super::Tags;

/// The control plane.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Cluster {
    /// The Kubernetes minor version, quoted: `"1.34"`. EKS upgrades one minor at a time.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub version: Option<String>,
    /// ARN of the cluster's IAM role. Cannot change.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"))]
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
    /// Tags of the cluster itself. Listed keys are ensured, others stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

/// Subnets and endpoint access.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ResourcesVpcConfig {
    /// Ids of the control plane's subnets: at least two, in at least two zones. Present means exact.
    #[schemars(length(min = 2), inner(regex(pattern = "^subnet-[0-9a-f]{8,17}$")))]
    pub subnet_ids: Vec<String>,
    /// Further security groups of the control plane's network interfaces; at most four. Present means exact.
    #[schemars(length(max = 4), inner(regex(pattern = "^sg-[0-9a-f]{8,17}$")))]
    pub security_group_ids: Option<Vec<String>>,
    /// Whether the API server answers on the internet; see `publicAccessCidrs`.
    pub endpoint_public_access: Option<bool>,
    /// Whether the API server answers inside the VPC.
    pub endpoint_private_access: Option<bool>,
    /// Address ranges that may reach the public endpoint, such as `203.0.113.0/24`; at most 40. Present means exact.
    #[schemars(length(min = 1, max = 40), inner(regex(pattern = "^[0-9A-Fa-f.:]+/[0-9]{1,3}$")))]
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
    /// The range of service addresses: private, /12 to /24, apart from the VPC's, such as `10.100.0.0/16`. Cannot change.
    #[schemars(regex(pattern = "^[0-9.]+/(1[2-9]|2[0-4])$"))]
    pub service_ipv4_cidr: Option<String>,
    /// `ipv4` or `ipv6`. Cannot change.
    pub ip_family: Option<IpFamily>,
}

/// Which addresses pods and services have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum IpFamily {
    /// IPv4, as EKS chooses.
    Ipv4,
    /// IPv6; the VPC and its subnets need IPv6 ranges.
    Ipv6,
}

/// Whether traffic may be shifted away from an impaired availability zone.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ZonalShiftConfig {
    /// Whether traffic may be shifted.
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
pub enum ScalingTier {
    /// Scaled by EKS; included in the price of the cluster.
    #[serde(rename = "standard")]
    #[strum(serialize = "standard")]
    Standard,
    /// The smallest provisioned tier; paid by the hour.
    #[serde(rename = "tier-xl")]
    #[strum(serialize = "tier-xl")]
    TierXl,
    /// Larger than `tier-xl`; paid by the hour.
    #[serde(rename = "tier-2xl")]
    #[strum(serialize = "tier-2xl")]
    Tier2xl,
    /// Larger than `tier-2xl`; paid by the hour.
    #[serde(rename = "tier-4xl")]
    #[strum(serialize = "tier-4xl")]
    Tier4xl,
    /// Larger than `tier-4xl`, the largest; paid by the hour.
    #[serde(rename = "tier-8xl")]
    #[strum(serialize = "tier-8xl")]
    Tier8xl,
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

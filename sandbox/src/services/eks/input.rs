//! What the operations of EKS take: path, query and body together, nothing else.
//!
//! One struct for each shape of input, such as [`CreateCluster`]. Not here: whether a value makes sense (`validate` and
//! the operations themselves).

use std::collections::BTreeMap;

use serde::Deserialize;

use super::state::{
    ComputeConfig, EncryptionConfig, NodeRepairConfig, RemoteAccess, RemoteNetworkConfig, Taint, UpdateConfig,
    WarmPoolConfig,
};
use crate::wire::text;

type Tags = BTreeMap<String, String>;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateCluster {
    pub(crate) name: String,
    pub(crate) role_arn: String,
    pub(crate) resources_vpc_config: VpcConfig,
    pub(crate) version: Option<String>,
    pub(crate) kubernetes_network_config: Option<NetworkConfig>,
    pub(crate) logging: Option<Logging>,
    pub(crate) access_config: Option<AccessConfig>,
    pub(crate) bootstrap_self_managed_addons: Option<bool>,
    pub(crate) upgrade_policy: Option<UpgradePolicy>,
    pub(crate) zonal_shift_config: Option<Switch>,
    pub(crate) deletion_protection: Option<bool>,
    pub(crate) control_plane_scaling_config: Option<ScalingTier>,
    pub(crate) compute_config: Option<ComputeConfig>,
    pub(crate) storage_config: Option<StorageConfig>,
    pub(crate) remote_network_config: Option<RemoteNetworkConfig>,
    #[serde(default)]
    pub(crate) encryption_config: Vec<EncryptionConfig>,
    #[serde(default)]
    pub(crate) tags: Tags,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VpcConfig {
    #[serde(default)]
    pub(crate) subnet_ids: Vec<String>,
    #[serde(default)]
    pub(crate) security_group_ids: Vec<String>,
    pub(crate) endpoint_public_access: Option<bool>,
    pub(crate) endpoint_private_access: Option<bool>,
    pub(crate) public_access_cidrs: Option<Vec<String>>,
    pub(crate) control_plane_egress_mode: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NetworkConfig {
    pub(crate) service_ipv4_cidr: Option<String>,
    pub(crate) ip_family: Option<String>,
    pub(crate) elastic_load_balancing: Option<Switch>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Logging {
    #[serde(default)]
    pub(crate) cluster_logging: Vec<LogSetup>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogSetup {
    #[serde(default)]
    pub(crate) types: Vec<String>,
    #[serde(default)]
    pub(crate) enabled: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccessConfig {
    pub(crate) authentication_mode: Option<String>,
    pub(crate) bootstrap_cluster_creator_admin_permissions: Option<bool>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpgradePolicy {
    pub(crate) support_type: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Switch {
    #[serde(default)]
    pub(crate) enabled: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ScalingTier {
    pub(crate) tier: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct StorageConfig {
    pub(crate) block_storage: Option<Switch>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListClusters {
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) include: Vec<String>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DescribeClusterVersions {
    pub(crate) cluster_type: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) default_only: Option<bool>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) include_all: Option<bool>,
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) cluster_versions: Vec<String>,
    pub(crate) status: Option<String>,
    pub(crate) version_status: Option<String>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

/// Of `DescribeCluster` and `DeleteCluster`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClusterName {
    pub(crate) name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateClusterConfig {
    pub(crate) name: String,
    pub(crate) logging: Option<Logging>,
    pub(crate) resources_vpc_config: Option<VpcConfigUpdate>,
    pub(crate) access_config: Option<AuthenticationMode>,
    pub(crate) upgrade_policy: Option<UpgradePolicy>,
    pub(crate) zonal_shift_config: Option<ZonalShift>,
    pub(crate) deletion_protection: Option<bool>,
    pub(crate) control_plane_scaling_config: Option<ScalingTier>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ZonalShift {
    pub(crate) enabled: Option<bool>,
}

/// Three categories of update that share a member: where the control plane is, who reaches it, and how it gets out.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VpcConfigUpdate {
    pub(crate) subnet_ids: Option<Vec<String>>,
    pub(crate) security_group_ids: Option<Vec<String>>,
    pub(crate) endpoint_public_access: Option<bool>,
    pub(crate) endpoint_private_access: Option<bool>,
    pub(crate) public_access_cidrs: Option<Vec<String>>,
    pub(crate) control_plane_egress_mode: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AuthenticationMode {
    pub(crate) authentication_mode: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateClusterVersion {
    pub(crate) name: String,
    pub(crate) version: String,
    #[serde(default)]
    pub(crate) force: bool,
    pub(crate) rollback_config: Option<RollbackConfig>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RollbackConfig {
    pub(crate) timeout_minutes: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListUpdates {
    pub(crate) name: String,
    pub(crate) nodegroup_name: Option<String>,
    pub(crate) addon_name: Option<String>,
    pub(crate) capability_name: Option<String>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DescribeUpdate {
    pub(crate) name: String,
    pub(crate) update_id: String,
    pub(crate) nodegroup_name: Option<String>,
    pub(crate) addon_name: Option<String>,
    pub(crate) capability_name: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateNodegroup {
    pub(crate) cluster_name: String,
    pub(crate) nodegroup_name: String,
    pub(crate) node_role: String,
    pub(crate) subnets: Vec<String>,
    pub(crate) scaling_config: Option<ScalingConfig>,
    pub(crate) disk_size: Option<i64>,
    #[serde(default)]
    pub(crate) instance_types: Vec<String>,
    pub(crate) ami_type: Option<String>,
    pub(crate) remote_access: Option<RemoteAccess>,
    #[serde(default)]
    pub(crate) labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) taints: Vec<Taint>,
    pub(crate) update_config: Option<UpdateConfig>,
    pub(crate) node_repair_config: Option<NodeRepairConfig>,
    pub(crate) warm_pool_config: Option<WarmPoolConfig>,
    pub(crate) capacity_type: Option<String>,
    pub(crate) version: Option<String>,
    pub(crate) release_version: Option<String>,
    #[serde(default)]
    pub(crate) tags: Tags,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ScalingConfig {
    pub(crate) min_size: Option<i64>,
    pub(crate) max_size: Option<i64>,
    pub(crate) desired_size: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListNodegroups {
    pub(crate) cluster_name: String,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

/// Of `DescribeNodegroup` and `DeleteNodegroup`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NodegroupName {
    pub(crate) cluster_name: String,
    pub(crate) nodegroup_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateNodegroupConfig {
    pub(crate) cluster_name: String,
    pub(crate) nodegroup_name: String,
    #[serde(default)]
    pub(crate) labels: LabelsPayload,
    #[serde(default)]
    pub(crate) taints: TaintsPayload,
    pub(crate) scaling_config: Option<ScalingConfig>,
    pub(crate) update_config: Option<UpdateConfig>,
    pub(crate) node_repair_config: Option<NodeRepairConfig>,
    pub(crate) warm_pool_config: Option<WarmPoolConfig>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LabelsPayload {
    #[serde(default)]
    pub(crate) add_or_update_labels: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) remove_labels: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TaintsPayload {
    #[serde(default)]
    pub(crate) add_or_update_taints: Vec<Taint>,
    #[serde(default)]
    pub(crate) remove_taints: Vec<Taint>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateNodegroupVersion {
    pub(crate) cluster_name: String,
    pub(crate) nodegroup_name: String,
    pub(crate) version: Option<String>,
    pub(crate) release_version: Option<String>,
    #[serde(default)]
    pub(crate) force: bool,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct TagResource {
    pub(crate) resource_arn: String,
    #[serde(default)]
    pub(crate) tags: Tags,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UntagResource {
    pub(crate) resource_arn: String,
    #[serde(default, deserialize_with = "text::list")]
    pub(crate) tag_keys: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListTagsForResource {
    pub(crate) resource_arn: String,
}

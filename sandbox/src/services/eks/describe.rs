//! How EKS shows what it knows, with all its asymmetries (facts §10.3).
//!
//! Pure functions from state to JSON: [`cluster`], [`nodegroup`] and [`update`]. Not here: which status is shown at the
//! start of an update.

use serde_json::{Value, json};

use super::life::Issue;
use super::state::{Cluster, ClusterStatus, Nodegroup, NodegroupStatus, Taint, Update, UpdateError, WarmPoolConfig};
use crate::kernel::clock::epoch;
use crate::kernel::stale::StaleView;
use crate::world::World;

/// facts §1.1 logging
pub(super) const LOG_TYPES: [&str; 5] = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

pub(super) fn cluster(world: &World, cluster: &Cluster, status: ClusterStatus) -> Value {
    // Identifiers that a cluster made anew under the same name does not share.
    let identity = world.digest(&["cluster", &cluster.arn, &epoch(cluster.created_at).to_string()]).to_uppercase();
    let region = &world.settings.region;
    let made = status != ClusterStatus::Creating;
    let when_made = |value: String| made.then_some(value);
    json!({
        "name": cluster.name,
        "arn": cluster.arn,
        "createdAt": epoch(cluster.created_at),
        "version": cluster.version,
        "platformVersion": format!("eks.{}", cluster.platform_version),
        "endpoint": when_made(format!("https://{}.gr7.{region}.eks.amazonaws.com", &identity[..32])),
        "roleArn": cluster.role_arn,
        "resourcesVpcConfig": vpc_config(cluster, made),
        "kubernetesNetworkConfig": {
            "serviceIpv4Cidr": cluster.service_ipv4_cidr,
            "ipFamily": cluster.ip_family,
            "elasticLoadBalancing": { "enabled": cluster.elastic_load_balancing },
        },
        "logging": logging(cluster),
        "identity": made.then(|| json!({
            "oidc": { "issuer": format!("https://oidc.eks.{region}.amazonaws.com/id/{}", &identity[..32]) },
        })),
        "status": status,
        "certificateAuthority": { "data": when_made("c2FuZGJveCBjZXJ0aWZpY2F0ZQ==".to_owned()) },
        "tags": StaleView::seen(cluster.former_tags.as_ref(), &cluster.tags, world.now),
        "encryptionConfig": (!cluster.encryption_config.is_empty()).then_some(&cluster.encryption_config),
        "health": { "issues": issues(&cluster.health_issues) },
        "accessConfig": {
            "authenticationMode": cluster.authentication_mode,
            "bootstrapClusterCreatorAdminPermissions":
                world.settings.switches.bootstrap_admin_shown.then_some(cluster.bootstrap_creator_admin),
        },
        "upgradePolicy": { "supportType": cluster.support_type },
        "zonalShiftConfig": { "enabled": cluster.zonal_shift },
        "remoteNetworkConfig": cluster.remote_network_config,
        "computeConfig": cluster.compute_config,
        "storageConfig": cluster.block_storage.map(|enabled| json!({ "blockStorage": { "enabled": enabled } })),
        "deletionProtection": cluster.deletion_protection,
        "controlPlaneScalingConfig": { "tier": cluster.scaling_tier },
    })
}

fn vpc_config(cluster: &Cluster, made: bool) -> Value {
    json!({
        "subnetIds": cluster.subnet_ids,
        "securityGroupIds": cluster.security_group_ids,
        "clusterSecurityGroupId": made.then_some(&cluster.cluster_security_group_id),
        "vpcId": cluster.vpc_id,
        "endpointPublicAccess": cluster.endpoint_public_access,
        "endpointPrivateAccess": cluster.endpoint_private_access,
        "publicAccessCidrs": cluster.public_access_cidrs,
        "controlPlaneEgressMode": cluster.control_plane_egress_mode,
    })
}

/// One setup for what is on and one for what is off (facts §1.1 logging).
fn logging(cluster: &Cluster) -> Value {
    let (on, off): (Vec<&str>, Vec<&str>) =
        LOG_TYPES.iter().partition(|log_type| cluster.log_types.contains(**log_type));
    let setups = [(on, true), (off, false)];
    let setups = setups.iter().filter(|(types, _)| !types.is_empty());
    json!({ "clusterLogging": setups.map(|(types, enabled)| json!({ "types": types, "enabled": enabled })).collect::<Vec<_>>() })
}

pub(super) fn nodegroup(world: &World, cluster: &str, nodegroup: &Nodegroup, status: NodegroupStatus) -> Value {
    let config = &nodegroup.config;
    let creating = status == NodegroupStatus::Creating;
    json!({
        "nodegroupName": nodegroup.name,
        "nodegroupArn": nodegroup.arn,
        "clusterName": cluster,
        "version": nodegroup.version,
        "releaseVersion": nodegroup.release_version,
        "createdAt": epoch(nodegroup.created_at),
        "modifiedAt": epoch(nodegroup.modified_at),
        "status": status,
        "capacityType": nodegroup.capacity_type,
        "scalingConfig": {
            "minSize": config.scaling.min,
            "maxSize": config.scaling.max,
            "desiredSize": world.live_desired(nodegroup),
        },
        "instanceTypes": nodegroup.instance_types,
        "subnets": nodegroup.subnets,
        "remoteAccess": nodegroup.remote_access,
        "amiType": nodegroup.ami_type,
        "nodeRole": nodegroup.node_role,
        "labels": config.labels,
        "taints": taints(world, &config.taints),
        // facts §1.2, §2.3: absent while it is being made
        "resources": (!creating).then(|| resources(world, nodegroup)),
        "health": (!creating).then(|| json!({ "issues": issues(&nodegroup.health_issues) })),
        "diskSize": nodegroup.launch_template.is_none().then_some(nodegroup.disk_size), // facts §1.2
        "launchTemplate": nodegroup.launch_template,
        "updateConfig": config.update_config,
        "nodeRepairConfig": config.node_repair,
        "warmPoolConfig": config.warm_pool.as_ref().map(warm_pool),
        "tags": StaleView::seen(nodegroup.former_tags.as_ref(), &nodegroup.tags, world.now),
    })
}

/// Who may reach the nodes by SSH is in a security group of its own.
fn resources(world: &World, nodegroup: &Nodegroup) -> Value {
    let groups: Vec<Value> = nodegroup.group.iter().map(|name| json!({ "name": name })).collect();
    let remote = nodegroup.remote_access.as_ref().filter(|access| access.ec2_ssh_key.is_some());
    let remote = remote.map(|_| format!("sg-{}", &world.digest(&["remote-access", &nodegroup.arn])[..17]));
    json!({ "autoScalingGroups": groups, "remoteAccessSecurityGroup": remote })
}

/// facts §1.2 taints: no value and an empty one are the same; which of them is shown is a switch
fn taints(world: &World, taints: &[Taint]) -> Vec<Value> {
    let empty = world.settings.switches.empty_taint_value_shown.then_some("");
    let value = |taint: &Taint| taint.value.clone().filter(|value| !value.is_empty()).or(empty.map(Into::into));
    let taint = |taint: &Taint| match value(taint) {
        Some(value) => json!({ "key": taint.key, "value": value, "effect": taint.effect }),
        None => json!({ "key": taint.key, "effect": taint.effect }),
    };
    taints.iter().map(taint).collect()
}

/// facts §1.2 warmPoolConfig: the defaults
fn warm_pool(config: &WarmPoolConfig) -> Value {
    json!({
        "enabled": true,
        "minSize": config.min_size.unwrap_or(0),
        "maxGroupPreparedCapacity": config.max_group_prepared_capacity,
        "poolState": config.pool_state.as_deref().unwrap_or("STOPPED"),
        "reuseOnScaleIn": config.reuse_on_scale_in.unwrap_or(false),
    })
}

pub(super) fn issues(issues: &[Issue]) -> Vec<Value> {
    let issue =
        |issue: &Issue| json!({ "code": issue.code, "message": issue.message, "resourceIds": issue.resource_ids });
    issues.iter().map(issue).collect()
}

pub(super) fn update<C>(update: &Update<C>) -> Value {
    let errors = update.errors.iter().map(|UpdateError { code, message, resource_ids }| {
        json!({ "errorCode": code, "errorMessage": message, "resourceIds": resource_ids })
    });
    json!({
        "id": update.id,
        "status": update.status,
        "type": update.kind,
        "params": update.params.iter().map(|(kind, value)| json!({ "type": kind, "value": value })).collect::<Vec<_>>(),
        "createdAt": epoch(update.created_at),
        "errors": errors.collect::<Vec<_>>(),
    })
}

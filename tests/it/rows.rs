//! One case for every row of every field table: how the file changes it, and how somebody else does.

use sandbox::{AccessEntry, Cluster, GroupTag, Nodegroup, World};
use serde_json::{Value, json};

use crate::bench::scaling_group_of;

/// The world's cluster of `examples/every-field.yaml`.
pub(crate) const CLUSTER: &str = "every-field";
/// The file that has every field.
pub(crate) const FILE: &str = "examples/every-field.yaml";

/// What comes of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Apply removes it.
    Repaired,
    /// Apply refuses, and says why.
    Refused,
    /// Nobody notices: it is sent on create only.
    Unnoticed,
}

/// One row of a field table.
pub(crate) struct Case {
    pub(crate) kind: &'static str,
    /// The resource's name.
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    /// Where the file has it, and another value.
    pub(crate) edit: (&'static str, Value),
    /// What becomes of that edit.
    pub(crate) edited: Fate,
    /// Somebody else changes the live value.
    pub(crate) tamper: fn(&mut World),
    /// What becomes of that.
    pub(crate) tampered: Fate,
}

use Fate::{Refused, Repaired, Unnoticed};

fn cluster(world: &mut World) -> &mut Cluster {
    world.clusters_mut().get_mut(CLUSTER).unwrap()
}

const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";

fn entry(world: &mut World) -> &mut AccessEntry {
    cluster(world).access_entries.get_mut(DEPLOY).unwrap()
}

fn group(world: &mut World) -> &mut Nodegroup {
    cluster(world).nodegroups.get_mut("full").unwrap()
}

fn percentages(world: &mut World) -> &mut Nodegroup {
    cluster(world).nodegroups.get_mut("percentages").unwrap()
}

fn template(key: &str) -> String {
    format!("k8s.io/cluster-autoscaler/node-template/{key}")
}

fn cluster_case(
    field: &'static str,
    edit: (&'static str, Value),
    edited: Fate,
    tamper: fn(&mut World),
    tampered: Fate,
) -> Case {
    Case { kind: "cluster", name: CLUSTER, field, edit, edited, tamper, tampered }
}

fn entry_case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case { kind: "access-entry", name: DEPLOY, field, edit, edited: fate, tamper, tampered: fate }
}

fn group_case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case { kind: "nodegroup", name: "full", field, edit, edited: fate, tamper, tampered: fate }
}

fn percentage_case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World)) -> Case {
    Case { kind: "nodegroup", name: "percentages", field, edit, edited: Repaired, tamper, tampered: Repaired }
}

fn scaling_case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World)) -> Case {
    Case { kind: "autoscaling-group", name: "full", field, edit, edited: Repaired, tamper, tampered: Repaired }
}

pub(crate) fn cases() -> Vec<Case> {
    let mut cases = cluster_cases();
    cases.extend(network_cases());
    cases.extend(entry_cases());
    cases.extend(create_only_cases());
    cases.extend(config_cases());
    cases.extend(nested_cases());
    cases.extend(warm_pool_cases());
    cases.extend(scaling_cases());
    cases
}

fn cluster_cases() -> Vec<Case> {
    vec![
        cluster_case(
            "version",
            ("/cluster/version", json!("1.34")),
            Repaired,
            |w| cluster(w).version = "1.32".into(),
            Repaired,
        ),
        cluster_case(
            "roleArn",
            ("/cluster/roleArn", json!("arn:aws:iam::111122223333:role/another")),
            Refused,
            |w| cluster(w).role_arn = "arn:aws:iam::111122223333:role/another".into(),
            Refused,
        ),
        cluster_case(
            "resourcesVpcConfig.endpointPublicAccess",
            ("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false)),
            Repaired,
            |w| cluster(w).endpoint_public_access = false,
            Repaired,
        ),
        cluster_case(
            "resourcesVpcConfig.endpointPrivateAccess",
            ("/cluster/resourcesVpcConfig/endpointPrivateAccess", json!(false)),
            Repaired,
            |w| cluster(w).endpoint_private_access = false,
            Repaired,
        ),
        cluster_case(
            "resourcesVpcConfig.publicAccessCidrs",
            ("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["203.0.113.0/24"])),
            Repaired,
            |w| cluster(w).public_access_cidrs = vec!["0.0.0.0/0".into()],
            Repaired,
        ),
        cluster_case(
            "accessConfig.authenticationMode",
            ("/cluster/accessConfig/authenticationMode", json!("API")),
            Repaired,
            |w| cluster(w).authentication_mode = "CONFIG_MAP".into(),
            Repaired,
        ),
        cluster_case(
            "upgradePolicy.supportType",
            ("/cluster/upgradePolicy/supportType", json!("EXTENDED")),
            Repaired,
            |w| cluster(w).support_type = "EXTENDED".into(),
            Repaired,
        ),
        cluster_case(
            "logging",
            ("/cluster/logging", json!(["api"])),
            Repaired,
            |w| assert!(cluster(w).log_types.remove("audit")),
            Repaired,
        ),
        cluster_case(
            "deletionProtection",
            ("/cluster/deletionProtection", json!(false)),
            Repaired,
            |w| cluster(w).deletion_protection = false,
            Repaired,
        ),
        cluster_case(
            "tags",
            ("/cluster/tags/cost-center", json!("other")),
            Repaired,
            |w| drop(cluster(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}

fn network_cases() -> Vec<Case> {
    let case = |field, edit, tamper, fate| cluster_case(field, edit, fate, tamper, fate);
    vec![
        // Another subnet of the same zone: EKS takes no other set of zones.
        case(
            "resourcesVpcConfig.subnetIds",
            ("/cluster/resourcesVpcConfig/subnetIds", json!(["subnet-0a44aaaaaaaaaaaaa", "subnet-0b22bbbbbbbbbbbbb"])),
            |w| cluster(w).subnet_ids[1] = "subnet-0b55bbbbbbbbbbbbb".into(),
            Repaired,
        ),
        case(
            "resourcesVpcConfig.securityGroupIds",
            ("/cluster/resourcesVpcConfig/securityGroupIds", json!(["sg-0a77aaaaaaaaaaaaa", "sg-0b88bbbbbbbbbbbbb"])),
            |w| cluster(w).security_group_ids = vec!["sg-0c99ccccccccccccc".into()],
            Repaired,
        ),
        case(
            "zonalShiftConfig.enabled",
            ("/cluster/zonalShiftConfig/enabled", json!(false)),
            |w| cluster(w).zonal_shift = false,
            Repaired,
        ),
        case(
            "controlPlaneScalingConfig.tier",
            ("/cluster/controlPlaneScalingConfig/tier", json!("tier-2xl")),
            |w| cluster(w).scaling_tier = "standard".into(),
            Repaired,
        ),
        case(
            "kubernetesNetworkConfig.serviceIpv4Cidr",
            ("/cluster/kubernetesNetworkConfig/serviceIpv4Cidr", json!("172.31.0.0/16")),
            |w| cluster(w).service_ipv4_cidr = Some("172.31.0.0/16".into()),
            Refused,
        ),
        case(
            "kubernetesNetworkConfig.ipFamily",
            ("/cluster/kubernetesNetworkConfig", json!({ "ipFamily": "ipv6" })),
            |w| cluster(w).ip_family = "ipv6".into(),
            Refused,
        ),
        case("bootstrapSelfManagedAddons", ("/cluster/bootstrapSelfManagedAddons", json!(true)), |_| {}, Unnoticed),
        case(
            "accessConfig.bootstrapClusterCreatorAdminPermissions",
            ("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(true)),
            |w| cluster(w).bootstrap_creator_admin = true,
            Unnoticed,
        ),
    ]
}

fn entry_cases() -> Vec<Case> {
    const NODE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-node";
    vec![
        Case {
            name: NODE,
            ..entry_case(
                "type",
                ("/accessEntries/2/type", json!("HYBRID_LINUX")),
                |w| cluster(w).access_entries.get_mut(NODE).unwrap().entry_type = "EC2_WINDOWS".into(),
                Refused,
            )
        },
        entry_case(
            "kubernetesGroups",
            ("/accessEntries/1/kubernetesGroups", json!(["gitlab-deployers", "readers"])),
            |w| assert!(entry(w).kubernetes_groups.insert("added-by-hand".into())),
            Repaired,
        ),
        entry_case(
            "username",
            ("/accessEntries/1/username", json!("deployer:{{SessionName}}")),
            |w| entry(w).username = "somebody-else".into(),
            Repaired,
        ),
        entry_case(
            "accessPolicies",
            ("/accessEntries/1/accessPolicies/0/accessScope/namespaces", json!(["gitlab-runner"])),
            |w| drop(entry(w).policies.remove("arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy")),
            Repaired,
        ),
        entry_case(
            "tags",
            ("/accessEntries/1/tags/owner", json!("another-team")),
            |w| drop(entry(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}

fn create_only_cases() -> Vec<Case> {
    vec![
        group_case(
            "nodeRole",
            ("/nodegroups/0/nodeRole", json!("arn:aws:iam::111122223333:role/another")),
            |w| group(w).node_role = "arn:aws:iam::111122223333:role/another".into(),
            Refused,
        ),
        group_case(
            "subnets",
            ("/nodegroups/0/subnets", json!(["subnet-0a11aaaaaaaaaaaaa"])),
            |w| group(w).subnets.truncate(1),
            Refused,
        ),
        group_case(
            "amiType",
            ("/nodegroups/0/amiType", json!("BOTTLEROCKET_x86_64")),
            |w| group(w).ami_type = "BOTTLEROCKET_x86_64".into(),
            Refused,
        ),
        group_case(
            "instanceTypes",
            ("/nodegroups/0/instanceTypes", json!(["m6a.2xlarge", "m6i.2xlarge"])),
            |w| group(w).instance_types.truncate(1),
            Refused,
        ),
        group_case(
            "capacityType",
            ("/nodegroups/0/capacityType", json!("SPOT")),
            |w| group(w).capacity_type = "SPOT".into(),
            Refused,
        ),
        group_case("diskSize", ("/nodegroups/0/diskSize", json!(81)), |w| group(w).disk_size = 20, Refused),
        group_case(
            "remoteAccess.ec2SshKey",
            ("/nodegroups/0/remoteAccess/ec2SshKey", json!("another")),
            |w| group(w).remote_access.as_mut().unwrap().ec2_ssh_key = Some("another".into()),
            Refused,
        ),
        group_case(
            "remoteAccess.sourceSecurityGroups",
            ("/nodegroups/0/remoteAccess/sourceSecurityGroups", json!(["sg-0f66fffffffffffff"])),
            |w| group(w).remote_access.as_mut().unwrap().source_security_groups = None,
            Refused,
        ),
    ]
}

fn config_cases() -> Vec<Case> {
    vec![
        // The file's version is the cluster's, so the edit leads the cluster along; see `convergence`.
        Case {
            tampered: Repaired,
            ..group_case(
                "version",
                ("/nodegroups/0/version", json!("1.32")),
                |w| group(w).version = "1.32".into(),
                Refused,
            )
        },
        group_case(
            "releaseVersion",
            ("/nodegroups/0/releaseVersion", json!("1.33.6-20251112")),
            |w| group(w).release_version = "1.33.4-20251001".into(),
            Repaired,
        ),
        group_case(
            "scalingConfig.minSize",
            ("/nodegroups/0/scalingConfig/minSize", json!(2)),
            |w| group(w).config.scaling.min = 0,
            Repaired,
        ),
        group_case(
            "scalingConfig.maxSize",
            ("/nodegroups/0/scalingConfig/maxSize", json!(9)),
            |w| group(w).config.scaling.max = 20,
            Repaired,
        ),
        // An ordinary field where nobody else scales the group.
        percentage_case("scalingConfig.desiredSize", ("/nodegroups/1/scalingConfig/desiredSize", json!(2)), |w| {
            percentages(w).config.scaling.desired = 1;
            scaling_group_of(w, "percentages").desired_capacity = 1;
        }),
        group_case(
            "labels",
            ("/nodegroups/0/labels", json!({ "workload": "ci" })),
            |w| drop(group(w).config.labels.insert("workload".into(), "other".into())),
            Repaired,
        ),
        group_case(
            "taints",
            ("/nodegroups/0/taints", json!([{ "key": "dedicated", "value": "ci", "effect": "NoExecute" }])),
            |w| group(w).config.taints.truncate(1),
            Repaired,
        ),
        group_case(
            "tags",
            ("/nodegroups/0/tags/owner", json!("another-team")),
            |w| drop(group(w).tags.remove("owner")),
            Repaired,
        ),
    ]
}

fn nested_cases() -> Vec<Case> {
    vec![
        group_case(
            "updateConfig.maxUnavailable",
            ("/nodegroups/0/updateConfig/maxUnavailable", json!(3)),
            |w| group(w).config.update_config.max_unavailable = Some(1),
            Repaired,
        ),
        percentage_case(
            "updateConfig.maxUnavailablePercentage",
            ("/nodegroups/1/updateConfig/maxUnavailablePercentage", json!(10)),
            |w| {
                let config = &mut percentages(w).config.update_config;
                (config.max_unavailable, config.max_unavailable_percentage) = (Some(1), None);
            },
        ),
        group_case(
            "updateConfig.updateStrategy",
            ("/nodegroups/0/updateConfig/updateStrategy", json!("DEFAULT")),
            |w| group(w).config.update_config.update_strategy = Some("DEFAULT".into()),
            Repaired,
        ),
        group_case(
            "nodeRepairConfig.enabled",
            ("/nodegroups/0/nodeRepairConfig/enabled", json!(false)),
            |w| group(w).config.node_repair.enabled = Some(false),
            Repaired,
        ),
        percentage_case(
            "nodeRepairConfig.maxUnhealthyNodeThresholdCount",
            ("/nodegroups/1/nodeRepairConfig/maxUnhealthyNodeThresholdCount", json!(5)),
            |w| percentages(w).config.node_repair.max_unhealthy_node_threshold_count = Some(1),
        ),
        group_case(
            "nodeRepairConfig.maxUnhealthyNodeThresholdPercentage",
            ("/nodegroups/0/nodeRepairConfig/maxUnhealthyNodeThresholdPercentage", json!(40)),
            |w| group(w).config.node_repair.max_unhealthy_node_threshold_percentage = Some(5),
            Repaired,
        ),
        group_case(
            "nodeRepairConfig.maxParallelNodesRepairedCount",
            ("/nodegroups/0/nodeRepairConfig/maxParallelNodesRepairedCount", json!(4)),
            |w| group(w).config.node_repair.max_parallel_nodes_repaired_count = Some(1),
            Repaired,
        ),
        percentage_case(
            "nodeRepairConfig.maxParallelNodesRepairedPercentage",
            ("/nodegroups/1/nodeRepairConfig/maxParallelNodesRepairedPercentage", json!(30)),
            |w| percentages(w).config.node_repair.max_parallel_nodes_repaired_percentage = Some(5),
        ),
        group_case(
            "nodeRepairConfig.nodeRepairConfigOverrides",
            ("/nodegroups/0/nodeRepairConfig/nodeRepairConfigOverrides/0/minRepairWaitTimeMins", json!(9)),
            |w| group(w).config.node_repair.node_repair_config_overrides = None,
            Repaired,
        ),
    ]
}

fn warm_pool_cases() -> Vec<Case> {
    vec![
        group_case(
            "warmPoolConfig.enabled",
            ("/nodegroups/0/warmPoolConfig", json!({ "enabled": false })),
            |w| group(w).config.warm_pool = None,
            Repaired,
        ),
        group_case(
            "warmPoolConfig.minSize",
            ("/nodegroups/0/warmPoolConfig/minSize", json!(2)),
            |w| group(w).config.warm_pool.as_mut().unwrap().min_size = Some(0),
            Repaired,
        ),
        group_case(
            "warmPoolConfig.maxGroupPreparedCapacity",
            ("/nodegroups/0/warmPoolConfig/maxGroupPreparedCapacity", json!(10)),
            |w| group(w).config.warm_pool.as_mut().unwrap().max_group_prepared_capacity = Some(8),
            Repaired,
        ),
        group_case(
            "warmPoolConfig.poolState",
            ("/nodegroups/0/warmPoolConfig/poolState", json!("RUNNING")),
            |w| group(w).config.warm_pool.as_mut().unwrap().pool_state = Some("RUNNING".into()),
            Repaired,
        ),
        group_case(
            "warmPoolConfig.reuseOnScaleIn",
            ("/nodegroups/0/warmPoolConfig/reuseOnScaleIn", json!(false)),
            |w| group(w).config.warm_pool.as_mut().unwrap().reuse_on_scale_in = Some(false),
            Repaired,
        ),
    ]
}

fn scaling_cases() -> Vec<Case> {
    let excluded = |edit, tamper| Case { name: "percentages", ..scaling_case("discoveryTags", edit, tamper) };
    vec![
        excluded(("/nodegroups/1/autoscaling/clusterAutoscaler", json!("managed")), |w| {
            let tag = GroupTag { value: "true".into(), propagate_at_launch: true };
            scaling_group_of(w, "percentages").tags.insert("k8s.io/cluster-autoscaler/enabled".into(), tag);
        }),
        scaling_case(
            "nodeTemplateTags",
            ("/nodegroups/0/autoscaling/nodeTemplate/resources/memory", json!("30Gi")),
            |w| drop(scaling_group_of(w, "full").tags.remove(&template("taint/dedicated"))),
        ),
        scaling_case("tags", ("/nodegroups/0/autoscaling/tags/cost-center", json!("other")), |w| {
            let tag = GroupTag { value: "back".into(), propagate_at_launch: false };
            scaling_group_of(w, "full").tags.insert("retired-key".into(), tag);
        }),
        // The file has no word for this one; somebody else can still get it wrong.
        scaling_case("propagatedTags", ("", Value::Null), |w| {
            scaling_group_of(w, "full").tags.get_mut(&template("taint/dedicated")).unwrap().propagate_at_launch = true;
        }),
        scaling_case(
            "suspendedProcesses",
            ("/nodegroups/0/autoscaling/suspendedProcesses", json!(["ScheduledActions"])),
            |w| {
                drop(scaling_group_of(w, "full").suspended.remove("AZRebalance"));
            },
        ),
    ]
}

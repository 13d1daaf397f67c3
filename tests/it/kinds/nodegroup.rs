//! The rows of a nodegroup.

use sandbox::{Nodegroup, World};
use serde_json::{Value, json};
use trueup::model::Address;

use super::Case;
use super::Fate::{self, Refused, Repaired};
use crate::bench::{nodegroup, scaling_group_of};

cases_in_groups!(create_only, config, nested, warm_pool);

/// The group with most fields.
const FULL: &str = "full";

fn group(world: &mut World) -> &mut Nodegroup {
    nodegroup(world, FULL)
}

fn percentages(world: &mut World) -> &mut Nodegroup {
    nodegroup(world, "percentages")
}

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case::new(("nodegroup", FULL), field, edit, tamper, fate)
}

fn percentage_case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World)) -> Case {
    Case::new(("nodegroup", "percentages"), field, edit, tamper, Repaired)
}

/// The tags of the Auto Scaling group describe the nodegroup's labels and taints.
fn template_tags(address: &Address, field: &str) -> bool {
    address.name == FULL && field == "nodeTemplateTags"
}

fn create_only() -> Vec<Case> {
    vec![
        case(
            "nodeRole",
            ("/nodegroups/0/nodeRole", json!("arn:aws:iam::111122223333:role/another")),
            |w| group(w).node_role = "arn:aws:iam::111122223333:role/another".into(),
            Refused,
        ),
        case(
            "subnets",
            ("/nodegroups/0/subnets", json!(["subnet-0a11aaaaaaaaaaaaa"])),
            |w| group(w).subnets.truncate(1),
            Refused,
        ),
        case(
            "amiType",
            ("/nodegroups/0/amiType", json!("BOTTLEROCKET_x86_64")),
            |w| group(w).ami_type = "BOTTLEROCKET_x86_64".into(),
            Refused,
        ),
        case(
            "instanceTypes",
            ("/nodegroups/0/instanceTypes", json!(["m6a.2xlarge", "m6i.2xlarge"])),
            |w| group(w).instance_types.truncate(1),
            Refused,
        ),
        case(
            "capacityType",
            ("/nodegroups/0/capacityType", json!("SPOT")),
            |w| group(w).capacity_type = "SPOT".into(),
            Refused,
        ),
        case("diskSize", ("/nodegroups/0/diskSize", json!(81)), |w| group(w).disk_size = 20, Refused),
        case(
            "remoteAccess.ec2SshKey",
            ("/nodegroups/0/remoteAccess/ec2SshKey", json!("another")),
            |w| group(w).remote_access.as_mut().unwrap().ec2_ssh_key = Some("another".into()),
            Refused,
        ),
        case(
            "remoteAccess.sourceSecurityGroups",
            ("/nodegroups/0/remoteAccess/sourceSecurityGroups", json!(["sg-0f66fffffffffffff"])),
            |w| group(w).remote_access.as_mut().unwrap().source_security_groups = None,
            Refused,
        ),
    ]
}

fn config() -> Vec<Case> {
    vec![
        // The file's version is the cluster's, so the edit leads the cluster along; see `convergence`.
        Case {
            // An older group than the live one; the release must go with it.
            without: &["/nodegroups/0/releaseVersion"],
            tampered: Repaired,
            ..case("version", ("/nodegroups/0/version", json!("1.32")), |w| group(w).version = "1.32".into(), Refused)
        },
        case(
            "releaseVersion",
            ("/nodegroups/0/releaseVersion", json!("1.33.6-20251112")),
            |w| group(w).release_version = "1.33.4-20251001".into(),
            Repaired,
        ),
        case(
            "scalingConfig.minSize",
            ("/nodegroups/0/scalingConfig/minSize", json!(2)),
            |w| group(w).config.scaling.min = 0,
            Repaired,
        ),
        case(
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
        Case {
            brings: template_tags,
            ..case(
                "labels",
                ("/nodegroups/0/labels", json!({ "workload": "ci" })),
                |w| drop(group(w).config.labels.insert("workload".into(), "other".into())),
                Repaired,
            )
        },
        Case {
            brings: template_tags,
            ..case(
                "taints",
                ("/nodegroups/0/taints", json!([{ "key": "dedicated", "value": "ci", "effect": "NoExecute" }])),
                |w| group(w).config.taints.truncate(1),
                Repaired,
            )
        },
        case(
            "tags",
            ("/nodegroups/0/tags/owner", json!("another-team")),
            |w| drop(group(w).tags.remove("owner")),
            Repaired,
        ),
    ]
}

fn nested() -> Vec<Case> {
    vec![
        case(
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
        case(
            "updateConfig.updateStrategy",
            ("/nodegroups/0/updateConfig/updateStrategy", json!("DEFAULT")),
            |w| group(w).config.update_config.update_strategy = Some("DEFAULT".into()),
            Repaired,
        ),
        case(
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
        case(
            "nodeRepairConfig.maxUnhealthyNodeThresholdPercentage",
            ("/nodegroups/0/nodeRepairConfig/maxUnhealthyNodeThresholdPercentage", json!(40)),
            |w| group(w).config.node_repair.max_unhealthy_node_threshold_percentage = Some(5),
            Repaired,
        ),
        case(
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
        case(
            "nodeRepairConfig.nodeRepairConfigOverrides",
            ("/nodegroups/0/nodeRepairConfig/nodeRepairConfigOverrides/0/minRepairWaitTimeMins", json!(9)),
            |w| group(w).config.node_repair.node_repair_config_overrides = None,
            Repaired,
        ),
    ]
}

fn warm_pool() -> Vec<Case> {
    vec![
        Case {
            // A pool that is gone has no settings.
            brings: |address, field| address.name == FULL && field.starts_with("warmPoolConfig."),
            ..case(
                "warmPoolConfig.enabled",
                ("/nodegroups/0/warmPoolConfig", json!({ "enabled": false })),
                |w| group(w).config.warm_pool = None,
                Repaired,
            )
        },
        case(
            "warmPoolConfig.minSize",
            ("/nodegroups/0/warmPoolConfig/minSize", json!(2)),
            |w| group(w).config.warm_pool.as_mut().unwrap().min_size = Some(0),
            Repaired,
        ),
        case(
            "warmPoolConfig.maxGroupPreparedCapacity",
            ("/nodegroups/0/warmPoolConfig/maxGroupPreparedCapacity", json!(10)),
            |w| group(w).config.warm_pool.as_mut().unwrap().max_group_prepared_capacity = Some(8),
            Repaired,
        ),
        case(
            "warmPoolConfig.poolState",
            ("/nodegroups/0/warmPoolConfig/poolState", json!("RUNNING")),
            |w| group(w).config.warm_pool.as_mut().unwrap().pool_state = Some("RUNNING".into()),
            Repaired,
        ),
        case(
            "warmPoolConfig.reuseOnScaleIn",
            ("/nodegroups/0/warmPoolConfig/reuseOnScaleIn", json!(false)),
            |w| group(w).config.warm_pool.as_mut().unwrap().reuse_on_scale_in = Some(false),
            Repaired,
        ),
    ]
}

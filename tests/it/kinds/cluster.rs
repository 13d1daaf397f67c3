//! The rows of a cluster.

use sandbox::World;
use serde_json::{Value, json};

use super::Case;
use super::Fate::{self, Refused, Repaired, Unnoticed};
use crate::bench::cluster;

cases_in_groups!(settings, network);

fn case(field: &'static str, edit: (&'static str, Value), tamper: fn(&mut World), fate: Fate) -> Case {
    Case::new(("cluster", "every-field"), field, edit, tamper, fate)
}

fn settings() -> Vec<Case> {
    vec![
        case("version", ("/cluster/version", json!("1.34")), |w| cluster(w).version = "1.32".into(), Repaired),
        case(
            "roleArn",
            ("/cluster/roleArn", json!("arn:aws:iam::111122223333:role/another")),
            |w| cluster(w).role_arn = "arn:aws:iam::111122223333:role/another".into(),
            Refused,
        ),
        case(
            "resourcesVpcConfig.endpointPublicAccess",
            ("/cluster/resourcesVpcConfig/endpointPublicAccess", json!(false)),
            |w| cluster(w).endpoint_public_access = false,
            Repaired,
        ),
        case(
            "resourcesVpcConfig.endpointPrivateAccess",
            ("/cluster/resourcesVpcConfig/endpointPrivateAccess", json!(false)),
            |w| cluster(w).endpoint_private_access = false,
            Repaired,
        ),
        case(
            "resourcesVpcConfig.publicAccessCidrs",
            ("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["203.0.113.0/24"])),
            |w| cluster(w).public_access_cidrs = vec!["0.0.0.0/0".into()],
            Repaired,
        ),
        Case {
            // A cluster that reads only its config map shows no access entries, so all of them seem to be missing.
            brings: |address, _| address.kind == "access-entry",
            ..case(
                "accessConfig.authenticationMode",
                ("/cluster/accessConfig/authenticationMode", json!("API")),
                |w| cluster(w).authentication_mode = "CONFIG_MAP".into(),
                Repaired,
            )
        },
        case(
            "upgradePolicy.supportType",
            ("/cluster/upgradePolicy/supportType", json!("EXTENDED")),
            |w| cluster(w).support_type = "EXTENDED".into(),
            Repaired,
        ),
        case(
            "logging",
            ("/cluster/logging", json!(["api"])),
            |w| assert!(cluster(w).log_types.remove("audit")),
            Repaired,
        ),
        case(
            "deletionProtection",
            ("/cluster/deletionProtection", json!(false)),
            |w| cluster(w).deletion_protection = false,
            Repaired,
        ),
        case(
            "tags",
            ("/cluster/tags/cost-center", json!("other")),
            |w| drop(cluster(w).tags.insert("retired-key".into(), "back".into())),
            Repaired,
        ),
    ]
}

fn network() -> Vec<Case> {
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

//! Clusters: creation, defaults, echo, deletion.

use serde_json::{Value, json};

use crate::kernel::fault::{Effect, Fault};
use crate::settings::Settings;
use crate::testing::{Client, cluster, with};

/// facts §3, §2.3: what does not exist yet is not shown.
#[test]
fn a_cluster_is_made_in_nine_minutes() {
    let mut client = Client::new();
    let made = client.eks("POST /clusters", cluster()).ok()["cluster"].clone();
    assert_eq!(made["status"], "CREATING");
    client.wait(539);
    let creating = client.cluster();
    assert_eq!(
        (&creating["status"], &creating["endpoint"], &creating["identity"]),
        (&json!("CREATING"), &Value::Null, &Value::Null)
    );
    client.wait(1);
    let active = client.cluster();
    assert_eq!(active["status"], "ACTIVE");
    assert!(active["endpoint"].as_str().unwrap().starts_with("https://"));
    assert!(active["resourcesVpcConfig"]["clusterSecurityGroupId"].as_str().unwrap().starts_with("sg-"));
}

/// facts §1.1, §10.3: the defaults of the server.
#[test]
fn defaults_are_injected() {
    let cluster = Client::new().settled().cluster();
    assert_eq!(cluster["version"], "1.34");
    assert_eq!(cluster["accessConfig"]["authenticationMode"], "CONFIG_MAP");
    assert_eq!(cluster["upgradePolicy"], json!({ "supportType": "EXTENDED" }));
    assert_eq!(cluster["deletionProtection"], false);
    assert_eq!(cluster["zonalShiftConfig"], json!({ "enabled": false }));
    assert_eq!(cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"], "172.20.0.0/16");
    let vpc = &cluster["resourcesVpcConfig"];
    assert_eq!((&vpc["endpointPublicAccess"], &vpc["endpointPrivateAccess"]), (&json!(true), &json!(false)));
    assert_eq!((&vpc["publicAccessCidrs"], &vpc["securityGroupIds"]), (&json!(["0.0.0.0/0"]), &json!([])));
    assert_eq!(vpc["vpcId"], "vpc-0c33ccccccccccccc");
    let off = ["api", "audit", "authenticator", "controllerManager", "scheduler"];
    assert_eq!(cluster["logging"]["clusterLogging"], json!([{ "types": off, "enabled": false }]));
}

/// facts §1.1, §10.3: logging in two setups, canonical CIDRs, what was sent.
#[test]
fn what_was_sent_is_echoed_in_eks_own_way() {
    let mut client = Client::new();
    let body = with(
        cluster(),
        json!({
            "version": "1.33",
            "logging": { "clusterLogging": [{ "types": ["scheduler", "api"], "enabled": true }] },
            "accessConfig": { "authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": false },
            "upgradePolicy": { "supportType": "STANDARD" },
            "encryptionConfig": [{ "resources": ["secrets"], "provider": { "keyArn": "arn:aws:kms:us-east-1:1:key/k" } }],
            "tags": { "a": "1" },
        }),
    );
    let mut body = body;
    body["resourcesVpcConfig"]["publicAccessCidrs"] = json!(["198.51.100.9/24", "203.0.113.7/32"]);
    let made = client.eks("POST /clusters", body.clone()).ok()["cluster"].clone();
    assert_eq!(made["resourcesVpcConfig"]["publicAccessCidrs"], json!(["198.51.100.0/24", "203.0.113.7/32"]));
    let setups = &made["logging"]["clusterLogging"];
    assert_eq!(setups[0], json!({ "types": ["api", "scheduler"], "enabled": true }));
    assert_eq!(setups[1], json!({ "types": ["audit", "authenticator", "controllerManager"], "enabled": false }));
    assert_eq!(made["encryptionConfig"], body["encryptionConfig"]);
    assert_eq!((&made["version"], &made["tags"]), (&json!("1.33"), &json!({ "a": "1" })));
    assert_eq!(made["accessConfig"], body["accessConfig"]);
}

#[track_caller]
fn refused(members: Value, code: &str, message: &str) {
    let status = if code == "AccessDeniedException" { 403 } else { 400 };
    Client::new().eks("POST /clusters", with(cluster(), members)).refused(status, code, message);
}

/// facts §1.1, §2.2
#[test]
fn wrong_clusters_are_refused_in_eks_words() {
    let wrong = "InvalidParameterException";
    let role = |name: &str| json!({ "roleArn": format!("arn:aws:iam::111122223333:role/{name}") });
    let vpc = |config: Value| json!({ "resourcesVpcConfig": with(cluster()["resourcesVpcConfig"].clone(), config) });
    refused(role("missing"), wrong, "does not exist");
    refused(role("gitlab-runners-node"), wrong, "Role could not be assumed because the trusted entity is not correct");
    let foreign = json!({ "roleArn": "arn:aws:iam::999999999999:role/x" });
    refused(foreign, "AccessDeniedException", "Cross-account pass role is not allowed.");
    refused(json!({ "version": "1.34.0" }), wrong, "unsupported Kubernetes version");
    refused(json!({ "name": "-demo" }), wrong, "not a valid cluster name");
    refused(vpc(json!({ "subnetIds": ["subnet-0a11aaaaaaaaaaaaa"] })), wrong, "two different AZs");
    refused(vpc(json!({ "subnetIds": ["subnet-none"] })), wrong, "The subnet ID 'subnet-none' does not exist");
    let closed = json!({ "endpointPublicAccess": false, "endpointPrivateAccess": false });
    refused(vpc(closed), wrong, "Private and public endpoint access cannot be false");
    let private = json!({ "publicAccessCidrs": ["10.0.0.0/8"] });
    refused(vpc(private), wrong, "The following CIDRs are invalid in publicAccessCidrs: [10.0.0.0/8]");
    let overlap = json!({ "kubernetesNetworkConfig": { "serviceIpv4Cidr": "10.0.0.0/16" } });
    refused(overlap, wrong, "not overlap with the VPC");
    refused(json!({ "computeConfig": { "enabled": true } }), wrong, "all be enabled or all be disabled");
    let family = json!({ "kubernetesNetworkConfig": { "ipFamily": "ipv6" } });
    refused(family, wrong, "needs IPv6 CIDR blocks");
    let key = json!({ "encryptionConfig": [{ "resources": ["secrets"], "provider": { "keyArn": "alias/x" } }] });
    refused(key, wrong, "keyArn");
    let logging = json!({ "logging": { "clusterLogging": [{ "types": ["nope"], "enabled": true }] } });
    refused(logging, wrong, "log type");
}

/// facts §1.1 deletionProtection, §10.4
#[test]
fn children_and_protection_block_deletion() {
    let mut client = Client::new().settled();
    client.eks("DELETE /clusters/demo", Value::Null).refused(
        409,
        "ResourceInUseException",
        "Cluster has nodegroups attached",
    );
    client.eks("DELETE /clusters/demo/node-groups/blue", Value::Null).ok();
    client.wait(300);
    client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": true })).ok();
    client.eks("DELETE /clusters/demo", Value::Null).refused(409, "ResourceInUseException", "currently has update");
    client.wait(60);
    client.eks("DELETE /clusters/demo", Value::Null).refused(400, "InvalidRequestException", "deletion protection");
    client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": false })).ok();
    client.wait(60);
    assert_eq!(client.eks("DELETE /clusters/demo", Value::Null).ok()["cluster"]["status"], "DELETING");
    client.wait(240);
    let gone = client.eks("GET /clusters/demo", Value::Null);
    gone.refused(404, "ResourceNotFoundException", "No cluster found for name: demo.");
}

/// facts §3: FAILED is terminal.
#[test]
fn a_cluster_can_fail_and_be_deleted() {
    let mut client = Client::new();
    let effect = Effect::CreateFails { code: "Ec2SubnetNotFound".into(), message: "gone".into() };
    client.world.fail(Fault { operation: "eks:CreateCluster".into(), first: 1, count: 1, effect });
    client.eks("POST /clusters", cluster()).ok();
    client.wait(540);
    let failed = client.cluster();
    assert_eq!(
        (&failed["status"], &failed["health"]["issues"][0]["code"]),
        (&json!("FAILED"), &json!("Ec2SubnetNotFound"))
    );
    client.eks("DELETE /clusters/demo", Value::Null).ok();
}

/// Protection is for clusters in an active state, and one that failed can be changed in no way but this.
#[test]
fn a_failed_cluster_is_not_protected() {
    let mut client = Client::new();
    let effect = Effect::CreateFails { code: "Ec2SubnetInvalidConfiguration".into(), message: "bad".into() };
    client.world.fail(Fault { operation: "eks:CreateCluster".into(), first: 1, count: 1, effect });
    client.eks("POST /clusters", with(cluster(), json!({ "deletionProtection": true }))).ok();
    client.eks("DELETE /clusters/demo", Value::Null).refused(400, "InvalidRequestException", "deletion protection");
    client.wait(540);
    let failed = client.cluster();
    assert_eq!((&failed["status"], &failed["deletionProtection"]), (&json!("FAILED"), &json!(true)));
    let off = json!({ "deletionProtection": false });
    client.eks("POST /clusters/demo/update-config", off).refused(
        400,
        "InvalidRequestException",
        "not in ACTIVE status",
    );
    client.eks("DELETE /clusters/demo", Value::Null).ok();
    client.wait(240);
    client.eks("GET /clusters/demo", Value::Null).refused(404, "ResourceNotFoundException", "No cluster found");
}

/// facts §2.3, a switch; §3, a switch; §1.1, a switch
#[test]
fn switches_of_creation() {
    let mut client = Client::switched(|switches| {
        switches.create_lag_seconds = 3;
        switches.duration_percent = 300;
        switches.bootstrap_admin_shown = false;
    });
    client.eks("POST /clusters", cluster()).ok();
    client.eks("GET /clusters/demo", Value::Null).refused(404, "ResourceNotFoundException", "No cluster found");
    client.wait(540);
    let shown = client.cluster();
    assert_eq!(shown["status"], "CREATING");
    assert_eq!(shown["accessConfig"]["bootstrapClusterCreatorAdminPermissions"], Value::Null);
    client.wait(1080);
    assert_eq!(client.cluster()["status"], "ACTIVE");
}

#[test]
fn the_caller_is_known_to_sts() {
    let mut client = Client::with(Settings::default());
    let reply = client.query("sts", "2011-06-15", "GetCallerIdentity", &[]);
    assert!(reply.text().contains("<Account>111122223333</Account>"), "{}", reply.text());
    assert!(reply.text().contains("<Arn>arn:aws:sts::111122223333:assumed-role/trueup-apply/sandbox</Arn>"));
    client.query("sts", "2011-06-15", "GetCallerIdentity", &[("X", "1")]).refused(
        400,
        "ValidationError",
        "does not know",
    );
    client.query("sts", "2011-06-15", "AssumeRole", &[]).refused(400, "InvalidAction", "does not know");
}

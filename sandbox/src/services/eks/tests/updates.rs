//! Updates of clusters: categories, conflicts, no-ops, ladders.

use serde_json::{Value, json};

use crate::kernel::fault::{Effect, Fault};
use crate::testing::{Client, SUBNETS};

const CONFIG: &str = "POST /clusters/demo/update-config";
const VERSION: &str = "POST /clusters/demo/updates";
const WRONG: &str = "InvalidParameterException";

/// facts §0.1
#[test]
fn one_category_and_one_update_at_a_time() {
    let mut client = Client::new().settled();
    let two = json!({ "deletionProtection": true, "accessConfig": { "authenticationMode": "API_AND_CONFIG_MAP" } });
    client.eks(CONFIG, two).refused(400, WRONG, "Only one type of update can be allowed.");
    client.eks(CONFIG, json!({})).refused(400, WRONG, "No changes needed");
    let update = client.eks(CONFIG, json!({ "deletionProtection": true })).ok()["update"].clone();
    assert_eq!((&update["status"], &update["type"]), (&json!("InProgress"), &json!("DeletionProtectionUpdate")));
    let conflict = format!(
        "Cannot VersionUpdate because cluster demo currently has update {} in progress",
        update["id"].as_str().unwrap()
    );
    client.eks(VERSION, json!({ "version": "1.35" })).refused(409, "ResourceInUseException", &conflict);
    client.wait(60);
    assert_eq!(client.update(&update, false)["status"], "Successful");
    assert_eq!(client.cluster()["deletionProtection"], true);
    client.eks(VERSION, json!({ "version": "1.35" })).ok();
}

/// facts §0.3, a switch: 0 to 3 polls
#[test]
fn active_stays_for_a_moment() {
    for polls in [0, 1, 3] {
        let mut client = Client::switched(|switches| switches.polls_still_active = polls).settled();
        client.eks(CONFIG, json!({ "deletionProtection": true })).ok();
        let statuses: Vec<String> = (0..4).map(|_| client.cluster()["status"].as_str().unwrap().to_owned()).collect();
        let active = statuses.iter().filter(|status| *status == "ACTIVE").count();
        assert_eq!(active, usize::try_from(polls).unwrap(), "{statuses:?}");
        assert_eq!(statuses[3], "UPDATING");
    }
}

/// facts §0.2
#[test]
fn an_update_that_changes_nothing_is_an_error() {
    let mut client = Client::new().settled();
    let off = json!({ "logging": { "clusterLogging": [{ "types": ["api"], "enabled": false }] } });
    client.eks(CONFIG, off).refused(400, WRONG, "No changes needed for the logging config provided");
    let same = json!({ "resourcesVpcConfig": { "endpointPublicAccess": true } });
    client.eks(CONFIG, same).refused(400, WRONG, "Cluster is already at the desired configuration");
    client.eks(CONFIG, json!({ "deletionProtection": false })).refused(400, WRONG, "No changes needed");
    client.eks(CONFIG, json!({ "upgradePolicy": { "supportType": "EXTENDED" } })).refused(
        400,
        WRONG,
        "No changes needed",
    );
}

/// facts §7
#[test]
fn the_authentication_mode_goes_one_way() {
    let mut client = Client::new().settled();
    let mode = |mode: &str| json!({ "accessConfig": { "authenticationMode": mode } });
    let refused = |client: &mut Client, from: &str, to: &str| {
        let message = format!("Unsupported authentication mode update from {from} to {to}");
        client.eks(CONFIG, mode(to)).refused(400, WRONG, &message);
    };
    refused(&mut client, "CONFIG_MAP", "CONFIG_MAP");
    refused(&mut client, "CONFIG_MAP", "API");
    client.eks(CONFIG, mode("API_AND_CONFIG_MAP")).ok();
    client.wait(180);
    refused(&mut client, "API_AND_CONFIG_MAP", "CONFIG_MAP");
    client.eks(CONFIG, mode("API")).ok();
    client.wait(180);
    refused(&mut client, "API", "API_AND_CONFIG_MAP");
    assert_eq!(client.cluster()["accessConfig"]["authenticationMode"], "API");
}

/// facts §1.1 publicAccessCidrs: canonical, one call with the access flags, kept while not public
#[test]
fn the_endpoint_is_one_category() {
    let mut client = Client::new().settled();
    let narrow =
        json!({ "resourcesVpcConfig": { "endpointPrivateAccess": true, "publicAccessCidrs": ["203.0.113.9/24"] } });
    let update = client.eks(CONFIG, narrow).ok()["update"].clone();
    assert_eq!(update["params"][2], json!({ "type": "PublicAccessCidrs", "value": "[\"203.0.113.0/24\"]" }));
    client.wait(300);
    assert_eq!(client.cluster()["resourcesVpcConfig"]["publicAccessCidrs"], json!(["203.0.113.0/24"]));
    client.eks(CONFIG, json!({ "resourcesVpcConfig": { "endpointPublicAccess": false } })).ok();
    client.wait(300);
    let ignored = json!({ "resourcesVpcConfig": { "publicAccessCidrs": ["0.0.0.0/0"] } });
    client.eks(CONFIG, ignored).refused(400, WRONG, "already at the desired configuration");
    let closed = json!({ "resourcesVpcConfig": { "endpointPrivateAccess": false } });
    client.eks(CONFIG, closed).refused(400, WRONG, "Private and public endpoint access cannot be false");
    assert_eq!(client.cluster()["resourcesVpcConfig"]["publicAccessCidrs"], json!(["203.0.113.0/24"]));
}

/// facts §1.1 subnetIds, securityGroupIds: one category, what is omitted stays, the zones cannot change
#[test]
fn the_network_is_one_category() {
    let mut client = Client::new().settled();
    let vpc = |config: Value| json!({ "resourcesVpcConfig": config });
    let moved = ["subnet-0a44aaaaaaaaaaaaa", "subnet-0b55bbbbbbbbbbbbb"];
    let both = json!({ "subnetIds": moved, "endpointPrivateAccess": true });
    client.eks(CONFIG, vpc(both)).refused(400, WRONG, "Only one type of update can be allowed.");
    let refused = |client: &mut Client, config: Value, message: &str| {
        client.eks(CONFIG, vpc(config)).refused(400, WRONG, message);
    };
    refused(&mut client, json!({ "subnetIds": [SUBNETS[1], SUBNETS[0]] }), "No changes needed for the VPC config");
    refused(&mut client, json!({ "securityGroupIds": [] }), "No changes needed for the VPC config");
    refused(&mut client, json!({ "subnetIds": [] }), "Subnets must be specified");
    refused(&mut client, json!({ "subnetIds": [SUBNETS[0], moved[0]] }), "two different AZs");
    let more = json!({ "subnetIds": [SUBNETS[0], SUBNETS[1], "subnet-0c66ccccccccccccc"] });
    refused(&mut client, more, "the same set of availability zones");
    refused(&mut client, json!({ "subnetIds": [SUBNETS[0], "subnet-x"] }), "The subnet ID 'subnet-x' does not exist");
    refused(&mut client, json!({ "securityGroupIds": ["sg-x"] }), "The security group ID 'sg-x' does not exist");
    let all: Vec<String> = client.world.ec2().vpcs.values().flat_map(|vpc| vpc.security_groups.clone()).collect();
    refused(&mut client, json!({ "securityGroupIds": all }), "at most 4 security groups");

    let update = client.eks(CONFIG, vpc(json!({ "securityGroupIds": all[..2] }))).ok()["update"].clone();
    assert_eq!(update["type"], "VpcConfigUpdate");
    assert_eq!(update["params"][1], json!({ "type": "SecurityGroups", "value": json!(all[..2]).to_string() }));
    client.wait(480);
    client.eks(CONFIG, vpc(json!({ "subnetIds": [moved[0], moved[1], SUBNETS[0]] }))).ok();
    client.wait(480);
    let shown = client.cluster()["resourcesVpcConfig"].clone();
    assert_eq!(shown["subnetIds"], json!([moved[0], moved[1], SUBNETS[0]]));
    assert_eq!(shown["securityGroupIds"], json!(all[..2]));
    client.eks(CONFIG, vpc(json!({ "securityGroupIds": [] }))).ok();
    client.wait(480);
    assert_eq!(client.cluster()["resourcesVpcConfig"]["securityGroupIds"], json!([]));
}

#[test]
fn subnets_and_security_groups_of_another_vpc_are_refused() {
    let mut client = Client::new().settled();
    let mut other = client.world.ec2().vpcs["vpc-0c33ccccccccccccc"].clone();
    other.subnets = ["a", "b"].map(|zone| (format!("subnet-{zone}"), subnet(zone))).into();
    other.security_groups = ["sg-other".to_owned()].into();
    client.world.ec2_mut().vpcs.insert("vpc-other".into(), other);
    let vpc = |config: Value| json!({ "resourcesVpcConfig": config });
    let mixed = vpc(json!({ "subnetIds": [SUBNETS[0], "subnet-b"] }));
    client.eks(CONFIG, mixed).refused(400, WRONG, "Subnets specified must be in the same VPC");
    let moved = vpc(json!({ "subnetIds": ["subnet-a", "subnet-b"] }));
    client.eks(CONFIG, moved).refused(400, WRONG, "must be in the VPC of the cluster");
    let group = vpc(json!({ "securityGroupIds": ["sg-other"] }));
    client.eks(CONFIG, group).refused(400, WRONG, "is not in the VPC of the subnets");
}

fn subnet(zone: &str) -> crate::Subnet {
    crate::Subnet { zone: format!("us-east-1{zone}"), cidr: "10.1.0.0/20".into() }
}

/// facts §1.1 zonalShiftConfig, controlPlaneScalingConfig
#[test]
fn zonal_shift_and_the_scaling_tier_are_updates() {
    let mut client = Client::new().settled();
    client.eks(CONFIG, json!({ "zonalShiftConfig": { "enabled": false } })).refused(400, WRONG, "No changes needed");
    let update = client.eks(CONFIG, json!({ "zonalShiftConfig": { "enabled": true } })).ok()["update"].clone();
    assert_eq!(
        (&update["type"], &update["params"][0]["value"]),
        (&json!("ZonalShiftConfigUpdate"), &json!(r#"{"enabled":true}"#))
    );
    client.wait(60);
    assert_eq!(client.cluster()["zonalShiftConfig"], json!({ "enabled": true }));
    let tier = |tier: &str| json!({ "controlPlaneScalingConfig": { "tier": tier } });
    client.eks(CONFIG, tier("standard")).refused(400, WRONG, "No changes needed");
    client.eks(CONFIG, tier("tier-3xl")).refused(400, WRONG, "tier must be one of");
    let update = client.eks(CONFIG, tier("tier-xl")).ok()["update"].clone();
    let params =
        json!([{ "type": "UpdatedTier", "value": "tier-xl" }, { "type": "PreviousTier", "value": "standard" }]);
    assert_eq!((&update["type"], &update["params"]), (&json!("ControlPlaneScalingConfigUpdate"), &params));
    client.wait(900);
    assert_eq!(client.cluster()["controlPlaneScalingConfig"], json!({ "tier": "tier-xl" }));
}

/// facts §1.1 controlPlaneEgressMode: one way
#[test]
fn the_control_planes_way_out_is_an_update_of_its_own() {
    let mut client = Client::new().settled();
    let egress = |mode: &str| json!({ "resourcesVpcConfig": { "controlPlaneEgressMode": mode } });
    client.eks(CONFIG, egress("AWS_MANAGED")).refused(400, WRONG, "No changes needed");
    client.eks(CONFIG, egress("MINE")).refused(400, WRONG, "controlPlaneEgressMode must be one of");
    let both =
        json!({ "resourcesVpcConfig": { "controlPlaneEgressMode": "CUSTOMER_ROUTED", "endpointPrivateAccess": true } });
    client.eks(CONFIG, both).refused(400, WRONG, "Only one type of update can be allowed.");
    let update = client.eks(CONFIG, egress("CUSTOMER_ROUTED")).ok()["update"].clone();
    let params = json!([{ "type": "ControlPlaneEgressMode", "value": "CUSTOMER_ROUTED" }]);
    assert_eq!((&update["type"], &update["params"]), (&json!("ControlPlaneEgressUpdate"), &params));
    client.wait(300);
    assert_eq!(client.cluster()["resourcesVpcConfig"]["controlPlaneEgressMode"], "CUSTOMER_ROUTED");
    client.eks(CONFIG, egress("AWS_MANAGED")).refused(400, WRONG, "update from CUSTOMER_ROUTED to AWS_MANAGED");
}

/// Add-ons and capabilities have updates, too; there are none here.
#[test]
fn updates_of_what_there_is_not_are_not_found() {
    let mut client = Client::new().settled();
    for query in ["addonName=coredns", "capabilityName=argocd"] {
        for route in ["/clusters/demo/updates", "/clusters/demo/updates/x"] {
            client.eks(&format!("GET {route}?{query}"), Value::Null).refused(
                404,
                "ResourceNotFoundException",
                query.split_once('=').unwrap().1,
            );
        }
        client.eks(&format!("GET /clusters/none/updates?{query}"), Value::Null).refused(
            404,
            "ResourceNotFoundException",
            "none",
        );
    }
}

/// facts §4 control plane step
#[test]
fn versions_go_up_one_by_one() {
    let mut client = Client::new().settled();
    let refused = |client: &mut Client, to: &str, message: &str| {
        client.eks(VERSION, json!({ "version": to })).refused(400, WRONG, message);
    };
    for to in ["1.33", "1.34"] {
        refused(&mut client, to, &format!("Unsupported Kubernetes minor version update from 1.34 to {to}"));
    }
    refused(&mut client, "1.36", "unsupported Kubernetes version 1.36");
    let update = client.eks(VERSION, json!({ "version": "1.35" })).ok()["update"].clone();
    assert_eq!(update["params"][0], json!({ "type": "Version", "value": "1.35" }));
    assert_eq!(client.cluster()["version"], "1.34");
    client.wait(720);
    assert_eq!(client.cluster()["version"], "1.35");
}

/// facts §4 skew gate, with its switch
#[test]
fn nodes_may_be_three_minors_behind_or_must_match() {
    let mut client = Client::new().settled();
    let set_versions = |client: &mut Client, cluster: &str, nodes: &str| {
        let demo = client.world.clusters_mut().get_mut("demo").unwrap();
        demo.version = cluster.into();
        demo.nodegroups.get_mut("blue").unwrap().version = nodes.into();
    };
    set_versions(&mut client, "1.34", "1.31");
    let message = "Nodegroups blue must be updated to match cluster version 1.34";
    client.eks(VERSION, json!({ "version": "1.35" })).refused(400, "InvalidRequestException", message);
    set_versions(&mut client, "1.33", "1.31");
    client.world.settings_mut().switches.nodegroups_must_match = true;
    client.eks(VERSION, json!({ "version": "1.34" })).refused(
        400,
        "InvalidRequestException",
        "must be updated to match",
    );
    client.world.settings_mut().switches.nodegroups_must_match = false;
    client.eks(VERSION, json!({ "version": "1.34" })).ok();
}

/// facts §4 supportType
#[test]
fn the_support_type_is_fixed_in_extended_support() {
    let mut client = Client::new().settled();
    let standard = json!({ "upgradePolicy": { "supportType": "STANDARD" } });
    client.world.clusters_mut().get_mut("demo").unwrap().version = "1.31".into();
    client.eks(CONFIG, standard.clone()).refused(400, "InvalidRequestException", "extended support");
    client.world.clusters_mut().get_mut("demo").unwrap().version = "1.34".into();
    client.eks(CONFIG, standard).ok();
    client.wait(60);
    assert_eq!(client.cluster()["upgradePolicy"]["supportType"], "STANDARD");
}

/// facts §0.3, §10.1
#[test]
fn a_failed_update_changes_nothing_and_tells_why() {
    let mut client = Client::new().settled();
    let effect = Effect::UpdateFails { code: "AccessDenied".into(), message: "no log group".into() };
    client.world.fail(Fault { operation: "eks:UpdateClusterConfig".into(), first: 1, count: 1, effect });
    let on = json!({ "logging": { "clusterLogging": [{ "types": ["api"], "enabled": true }] } });
    let update = client.eks(CONFIG, on.clone()).ok()["update"].clone();
    client.wait(120);
    let ended = client.update(&update, false);
    assert_eq!(ended["status"], "Failed");
    assert_eq!(
        ended["errors"],
        json!([{ "errorCode": "AccessDenied", "errorMessage": "no log group", "resourceIds": [] }])
    );
    assert_eq!(client.cluster()["status"], "ACTIVE");
    client.eks(CONFIG, on).ok();
    client.wait(120);
    assert_eq!(client.cluster()["logging"]["clusterLogging"][0], json!({ "types": ["api"], "enabled": true }));
}

#[test]
fn updates_are_listed_where_they_belong() {
    let mut client = Client::new().settled();
    let update = client.eks(CONFIG, json!({ "deletionProtection": true })).ok()["update"].clone();
    let id = update["id"].as_str().unwrap();
    assert_eq!(client.get("/clusters/demo/updates")["updateIds"], json!([id]));
    assert_eq!(client.get("/clusters/demo/updates?nodegroupName=blue")["updateIds"], json!([]));
    let path = format!("GET /clusters/demo/updates/{id}?nodegroupName=blue");
    client.eks(&path, Value::Null).refused(404, "ResourceNotFoundException", "No update found");
}

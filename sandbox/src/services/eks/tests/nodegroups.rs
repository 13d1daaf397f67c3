//! Nodegroups: creation, configuration, rolls, failures, deletion.

use serde_json::{Value, json};

use crate::kernel::fault::{Effect, Fault};
use crate::testing::{Client, nodegroup, with};

const CREATE: &str = "POST /clusters/demo/node-groups";
const CONFIG: &str = "POST /clusters/demo/node-groups/blue/update-config";
const VERSION: &str = "POST /clusters/demo/node-groups/blue/update-version";
const DELETE: &str = "DELETE /clusters/demo/node-groups/blue";
const WRONG: &str = "InvalidParameterException";

/// facts §2.3, §10.2
#[test]
fn a_nodegroup_waits_for_its_cluster_and_shows_its_group_when_active() {
    let mut client = Client::new();
    client.eks("POST /clusters", crate::testing::cluster()).ok();
    client.eks(CREATE, nodegroup()).refused(400, "InvalidRequestException", "Cluster 'demo' is not in ACTIVE status");
    client.wait(540);
    let made = client.eks(CREATE, nodegroup()).ok()["nodegroup"].clone();
    assert_eq!(
        (&made["status"], &made["resources"], &made["health"]),
        (&json!("CREATING"), &Value::Null, &Value::Null)
    );
    client.wait(59);
    client.nodegroup();
    assert!(client.world.auto_scaling_groups().is_empty());
    client.wait(1);
    client.nodegroup();
    let name = client.group_name();
    assert!(name.starts_with("eks-blue-") && name.len() == "eks-blue-".len() + 36, "{name}");
    client.wait(120);
    let active = client.nodegroup();
    assert_eq!(
        (&active["status"], &active["resources"]["autoScalingGroups"]),
        (&json!("ACTIVE"), &json!([{ "name": name }]))
    );
    client.eks(CREATE, nodegroup()).refused(
        409,
        "ResourceInUseException",
        "NodeGroup already exists with name blue and cluster name demo",
    );
}

/// facts §1.2, §10.3
#[test]
fn defaults_are_injected() {
    let shown = Client::new().settled().nodegroup();
    assert_eq!((&shown["version"], &shown["releaseVersion"]), (&json!("1.34"), &json!("1.34.3-20251209")));
    assert_eq!((&shown["amiType"], &shown["capacityType"]), (&json!("AL2023_x86_64_STANDARD"), &json!("ON_DEMAND")));
    assert_eq!((&shown["instanceTypes"], &shown["diskSize"]), (&json!(["t3.medium"]), &json!(20)));
    assert_eq!(shown["scalingConfig"], json!({ "minSize": 1, "maxSize": 2, "desiredSize": 2 }));
    assert_eq!(shown["updateConfig"], json!({ "maxUnavailable": 1, "updateStrategy": "DEFAULT" }));
    assert_eq!(shown["nodeRepairConfig"], json!({ "enabled": false }));
    assert_eq!((&shown["labels"], &shown["taints"], &shown["warmPoolConfig"]), (&json!({}), &json!([]), &Value::Null));
}

#[test]
fn arm_instances_get_an_arm_image() {
    let mut client = Client::new().settled();
    let arm = with(nodegroup(), json!({ "nodegroupName": "arm", "instanceTypes": ["m7g.large"] }));
    assert_eq!(client.eks(CREATE, arm).ok()["nodegroup"]["amiType"], "AL2023_ARM_64_STANDARD");
}

/// facts §1.2
#[test]
fn wrong_nodegroups_are_refused_in_eks_words() {
    let mut client = Client::new().settled();
    let mut refused = |members: Value, message: &str| {
        let body = with(with(nodegroup(), json!({ "nodegroupName": "green" })), members);
        client.eks(CREATE, body).refused(400, WRONG, message);
    };
    let scaling = |min: i64, max: i64, desired: i64| json!({ "scalingConfig": { "minSize": min, "maxSize": max, "desiredSize": desired } });
    refused(json!({ "nodegroupName": "x".repeat(64) }), "nodeGroupName can't be longer than 63 characters!");
    refused(json!({ "nodeRole": "arn:aws:iam::111122223333:role/missing" }), "cannot be found");
    refused(
        json!({ "nodeRole": crate::testing::CLUSTER_ROLE }),
        "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole",
    );
    refused(json!({ "subnets": ["subnet-none"] }), "does not exist");
    refused(scaling(3, 4, 2), "Minimum capacity 3 can't be greater than desired size 2");
    refused(scaling(1, 2, 3), "Desired capacity 3 can't be greater than");
    refused(scaling(0, 0, 0), "at least 1");
    refused(
        json!({ "labels": { "kubernetes.io/x": "y" } }),
        "Label cannot start with reserved prefixes [kubernetes.io/, k8s.io/, eks.amazonaws.com/]",
    );
    refused(json!({ "labels": { "x": "" } }), "between 1 and 63");
    refused(json!({ "taints": [{ "key": "a", "effect": "NoSchedule" }] }), "taint effect");
    refused(json!({ "updateConfig": { "maxUnavailable": 1, "maxUnavailablePercentage": 1 } }), "Exactly one");
    refused(json!({ "amiType": "CUSTOM" }), "Launch template details can't be null for Custom ami type node group");
    refused(json!({ "amiType": "AL2_x86_64" }), "not supported");
    refused(
        json!({ "instanceTypes": ["m7g.large"], "amiType": "AL2023_x86_64_STANDARD" }),
        "m7g.large is not a valid instance type for requested amiType",
    );
    let repair = |member: &str, value: i64| json!({ "nodeRepairConfig": { "enabled": true, member: value } });
    refused(repair("maxUnhealthyNodeThresholdCount", 0), "at least 1");
    refused(repair("maxParallelNodesRepairedPercentage", 101), "between 1 and 100");
    let exception = json!({ "nodeMonitoringCondition": "a", "nodeUnhealthyReason": "b", "minRepairWaitTimeMins": 0, "repairAction": "Reboot" });
    refused(json!({ "nodeRepairConfig": { "nodeRepairConfigOverrides": [exception] } }), "minRepairWaitTimeMins");
    let open =
        |key: Option<&str>, from: &str| json!({ "remoteAccess": { "ec2SshKey": key, "sourceSecurityGroups": [from] } });
    refused(open(None, "sg-0a77aaaaaaaaaaaaa"), "ec2SshKey must be specified");
    refused(open(Some("key"), "sg-none"), "does not exist");
    refused(json!({ "version": "1.33" }), "must be the cluster's version");
    refused(
        json!({ "releaseVersion": "1.33.5-20251016" }),
        "Requested Nodegroup release version 1.33.5-20251016 is invalid",
    );
}

/// API reference, `NodegroupResources`: a key makes a security group.
#[test]
fn remote_access_has_a_security_group() {
    let mut client = Client::new().settled();
    assert_eq!(client.nodegroup()["resources"]["remoteAccessSecurityGroup"], Value::Null);
    let remote = json!({ "nodegroupName": "green", "remoteAccess": { "ec2SshKey": "key", "sourceSecurityGroups": ["sg-0a77aaaaaaaaaaaaa"] } });
    client.eks(CREATE, with(nodegroup(), remote.clone())).ok();
    client.wait(600);
    let green = client.get("/clusters/demo/node-groups/green")["nodegroup"].clone();
    assert_eq!(green["remoteAccess"], remote["remoteAccess"]);
    assert!(green["resources"]["remoteAccessSecurityGroup"].as_str().unwrap().starts_with("sg-"));
}

/// facts §1.2 UNC: all parts in one call; §3: half a minute
#[test]
fn configuration_changes_together() {
    let mut client = Client::new().settled();
    let change = json!({
        "labels": { "addOrUpdateLabels": { "a": "1", "b": "2" } },
        "taints": { "addOrUpdateTaints": [{ "key": "t", "effect": "NO_SCHEDULE", "value": "" }] },
        "scalingConfig": { "maxSize": 5, "desiredSize": 4 },
        "updateConfig": { "maxUnavailablePercentage": 50 },
        "warmPoolConfig": { "enabled": true },
    });
    let update = client.eks(CONFIG, change.clone()).ok()["update"].clone();
    assert_eq!((&update["type"], &update["params"][0]["type"]), (&json!("ConfigUpdate"), &json!("LabelsToAdd")));
    assert_eq!(client.nodegroup()["labels"], json!({}));
    client.wait(30);
    let after = client.nodegroup();
    assert_eq!((&after["status"], &after["labels"]), (&json!("ACTIVE"), &json!({ "a": "1", "b": "2" })));
    assert_eq!(after["taints"], json!([{ "key": "t", "effect": "NO_SCHEDULE" }]));
    assert_eq!(after["scalingConfig"], json!({ "minSize": 1, "maxSize": 5, "desiredSize": 4 }));
    assert_eq!(after["updateConfig"], json!({ "maxUnavailablePercentage": 50, "updateStrategy": "DEFAULT" }));
    assert_eq!(after["warmPoolConfig"]["poolState"], "STOPPED");
    assert_eq!(client.update(&update, true)["status"], "Successful");
    client.eks(CONFIG, change).refused(400, WRONG, "No changes needed");
    assert_eq!(client.world.auto_scaling_groups().values().next().unwrap().desired_capacity, 4);
}

/// facts §1.2 taints: identity is key and effect; remove and add in one call
#[test]
fn a_taint_changes_its_effect_in_one_call() {
    let mut client = Client::new().settled();
    let taint = |effect: &str, value: &str| json!({ "key": "t", "effect": effect, "value": value });
    client.eks(CONFIG, json!({ "taints": { "addOrUpdateTaints": [taint("NO_SCHEDULE", "x")] } })).ok();
    client.wait(30);
    let swap = json!({ "taints": {
        "removeTaints": [taint("NO_SCHEDULE", "x")], "addOrUpdateTaints": [taint("NO_EXECUTE", "y")],
    } });
    client.eks(CONFIG, swap).ok();
    client.wait(30);
    assert_eq!(client.nodegroup()["taints"], json!([taint("NO_EXECUTE", "y")]));
}

/// facts §1.2, unverified: a switch
#[test]
fn an_empty_taint_value_is_shown_or_not() {
    for (shown, expected) in [(false, Value::Null), (true, json!(""))] {
        let mut client = Client::switched(|switches| switches.empty_taint_value_shown = shown).settled();
        client
            .eks(CONFIG, json!({ "taints": { "addOrUpdateTaints": [{ "key": "t", "effect": "NO_SCHEDULE" }] } }))
            .ok();
        client.wait(30);
        assert_eq!(client.nodegroup()["taints"][0]["value"], expected);
    }
}

/// facts §0.6: the autoscaler's size counts
#[test]
fn bounds_are_checked_against_the_live_size() {
    let mut client = Client::new().settled();
    let name = client.group_name();
    client.world.auto_scaling_groups_mut().get_mut(&name).unwrap().desired_capacity = 1;
    assert_eq!(client.nodegroup()["scalingConfig"]["desiredSize"], 1);
    let raise = json!({ "scalingConfig": { "minSize": 2 } });
    client.eks(CONFIG, raise).refused(400, WRONG, "Minimum capacity 2 can't be greater than desired size 1");
    // Only the creation has an error of its own for this.
    client.eks(CONFIG, json!({ "scalingConfig": { "maxSize": 451 } })).refused(400, WRONG, "at most 450 nodes");
    client.eks(CONFIG, json!({ "scalingConfig": { "maxSize": 9 } })).ok();
    client.world.auto_scaling_groups_mut().get_mut(&name).unwrap().desired_capacity = 2;
    client.wait(30);
    assert_eq!(client.nodegroup()["scalingConfig"], json!({ "minSize": 1, "maxSize": 9, "desiredSize": 2 }));
}

/// facts §2.1 (b), with its switch
#[test]
fn a_busy_nodegroup_refuses_the_next_update() {
    let mut client = Client::new().settled();
    let scale = |max: i64| json!({ "scalingConfig": { "maxSize": max } });
    let id = client.eks(CONFIG, scale(5)).ok()["update"]["id"].as_str().unwrap().to_owned();
    client.eks(CONFIG, scale(6)).refused(409, "ResourceInUseException", &id);
    client.eks(DELETE, Value::Null).refused(409, "ResourceInUseException", "while it is being");
    client.world.settings_mut().switches.nodegroup_conflict_names_update = false;
    let message = "Nodegroup cannot be updated as it is currently not in Active State";
    client.eks(CONFIG, scale(6)).refused(409, "ResourceInUseException", message);
    let green = with(nodegroup(), json!({ "nodegroupName": "green" }));
    client.eks(CREATE, green).ok();
}

fn older(client: &mut Client) {
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    let blue = demo.nodegroups.get_mut("blue").unwrap();
    (blue.version, blue.release_version) = ("1.33".into(), "1.33.5-20251016".into());
}

/// facts §4 nodegroup version; §8: the group grows for the duration of the roll
#[test]
fn a_roll_goes_to_the_clusters_version_and_surges() {
    let mut client = Client::new().settled();
    older(&mut client);
    let update = client.eks(VERSION, json!({})).ok()["update"].clone();
    let params =
        json!([{ "type": "Version", "value": "1.34" }, { "type": "ReleaseVersion", "value": "1.34.3-20251209" }]);
    assert_eq!((&update["type"], &update["params"]), (&json!("VersionUpdate"), &params));
    assert_eq!(client.nodegroup()["scalingConfig"], json!({ "minSize": 1, "maxSize": 2, "desiredSize": 6 }));
    client.wait(2 * 60 + 2 * 360 - 1);
    assert_eq!(
        (client.nodegroup()["status"].clone(), client.nodegroup()["version"].clone()),
        (json!("UPDATING"), json!("1.33"))
    );
    client.wait(1);
    let after = client.nodegroup();
    assert_eq!((&after["version"], &after["scalingConfig"]["desiredSize"]), (&json!("1.34"), &json!(2)));
    client.eks(VERSION, json!({})).refused(400, WRONG, "No changes needed");
}

/// facts §4: no rollback, not beyond the cluster, the release fits the version; a switch for what "omitted" means
#[test]
fn versions_of_nodes_have_bounds() {
    let mut client = Client::new().settled();
    older(&mut client);
    client.eks(VERSION, json!({ "version": "1.32" })).refused(
        400,
        WRONG,
        "between its own 1.33 and the cluster's 1.34",
    );
    client.eks(VERSION, json!({ "version": "1.35" })).refused(400, WRONG, "between its own");
    client.eks(VERSION, json!({ "version": "1.34", "releaseVersion": "1.33.6-20251112" })).refused(
        400,
        WRONG,
        "release version",
    );
    client.world.settings_mut().switches.omitted_version_is_clusters = false;
    let update = client.eks(VERSION, json!({})).ok()["update"].clone();
    assert_eq!(update["params"][1]["value"], "1.33.6-20251112");
    client.wait(3600);
    let back = json!({ "version": "1.33", "releaseVersion": "1.33.5-20251016" });
    client.eks(VERSION, back).refused(400, WRONG, "cannot be rolled back");
}

/// facts §0.4
#[test]
fn a_failed_roll_leaves_the_old_version_active() {
    let mut client = Client::new().settled();
    older(&mut client);
    let effect = Effect::UpdateFails { code: "PodEvictionFailure".into(), message: "budget".into() };
    client.world.fail(Fault { operation: "eks:UpdateNodegroupVersion".into(), first: 1, count: 1, effect });
    let update = client.eks(VERSION, json!({})).ok()["update"].clone();
    client.wait(3600);
    let after = client.nodegroup();
    assert_eq!((&after["status"], &after["version"]), (&json!("ACTIVE"), &json!("1.33")));
    assert_eq!(after["scalingConfig"]["desiredSize"], 2);
    let ended = client.update(&update, true);
    assert_eq!((&ended["status"], &ended["errors"][0]["errorCode"]), (&json!("Failed"), &json!("PodEvictionFailure")));
}

/// facts §4 managed-group roll, a switch
#[test]
fn suspended_processes_can_fail_a_roll() {
    for (fails, expected) in [(false, "Successful"), (true, "Failed")] {
        let mut client = Client::switched(|switches| switches.suspension_fails_rolls = fails).settled();
        older(&mut client);
        let name = client.group_name();
        let suspend = [("AutoScalingGroupName", name.as_str()), ("ScalingProcesses.member.1", "AZRebalance")];
        client.autoscaling("SuspendProcesses", &suspend).ok();
        let update = client.eks(VERSION, json!({})).ok()["update"].clone();
        client.wait(3600);
        assert_eq!(client.update(&update, true)["status"], expected);
    }
}

/// facts §3 creation that fails
#[test]
fn a_nodegroup_can_fail_and_be_deleted() {
    let mut client = Client::new().settled();
    let effect = Effect::CreateFails { code: "NodeCreationFailure".into(), message: "did not join".into() };
    client.world.fail(Fault { operation: "eks:CreateNodegroup".into(), first: 1, count: 1, effect });
    client.eks(CREATE, with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
    client.wait(180);
    let failed = client.get("/clusters/demo/node-groups/green")["nodegroup"].clone();
    assert_eq!(
        (&failed["status"], &failed["health"]["issues"][0]["code"]),
        (&json!("CREATE_FAILED"), &json!("NodeCreationFailure"))
    );
    client
        .eks("POST /clusters/demo/node-groups/green/update-config", json!({ "scalingConfig": { "maxSize": 3 } }))
        .refused(409, "ResourceInUseException", "not in Active State");
    client.eks("DELETE /clusters/demo/node-groups/green", Value::Null).ok();
    client.wait(300);
    assert_eq!(client.get("/clusters/demo/node-groups")["nodegroups"], json!(["blue"]));
    assert_eq!(client.world.auto_scaling_groups().len(), 1);
}

/// facts §3 DEGRADED is operable, with its switch
#[test]
fn a_degraded_nodegroup_heals_by_an_update() {
    let degrade = |client: &mut Client| {
        let demo = client.world.clusters_mut().get_mut("demo").unwrap();
        let blue = demo.nodegroups.get_mut("blue").unwrap();
        let (code, message) = ("AsgInstanceLaunchFailures".into(), "none left".into());
        blue.health_issues.push(crate::services::eks::life::Issue { code, message, resource_ids: Vec::new() });
        blue.status = crate::services::eks::state::NodegroupStatus::Degraded;
    };
    let mut client = Client::new().settled();
    degrade(&mut client);
    assert_eq!(client.nodegroup()["health"]["issues"][0]["message"], "none left");
    client.world.settings_mut().switches.degraded_refuses_updates = true;
    let change = json!({ "scalingConfig": { "maxSize": 3 } });
    client.eks(CONFIG, change.clone()).refused(409, "ResourceInUseException", "not in Active State");
    client.world.settings_mut().switches.degraded_refuses_updates = false;
    client.eks(CONFIG, change).ok();
    client.wait(30);
    let healed = client.nodegroup();
    assert_eq!((&healed["status"], &healed["health"]["issues"]), (&json!("ACTIVE"), &json!([])));
}

#[test]
fn a_deleted_nodegroup_takes_its_group_along() {
    let mut client = Client::new().settled();
    assert_eq!(client.eks(DELETE, Value::Null).ok()["nodegroup"]["status"], "DELETING");
    client.wait(300);
    client.eks("GET /clusters/demo/node-groups/blue", Value::Null).refused(
        404,
        "ResourceNotFoundException",
        "No node group found for name: blue.",
    );
    assert!(client.world.auto_scaling_groups().is_empty());
    client.eks(DELETE, Value::Null).refused(404, "ResourceNotFoundException", "No node group found");
}

/// facts §1.2, switches
#[test]
fn switches_of_creation() {
    let mut client = Client::switched(|switches| {
        switches.default_desired_size = 1;
        switches.amazon_linux_2_ends = false;
    })
    .settled();
    assert_eq!(client.nodegroup()["scalingConfig"]["desiredSize"], 1);
    client.eks(CREATE, with(nodegroup(), json!({ "nodegroupName": "green", "amiType": "AL2_x86_64" }))).ok();
}

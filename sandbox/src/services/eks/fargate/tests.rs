//! Fargate profiles: their life, one at a time, what is refused, and their access entries.

use serde_json::{Value, json};

use crate::kernel::fault::{Effect, Fault};
use crate::testing::{Client, FARGATE_ROLE, NODE_ROLE, SUBNETS, cluster, fargate_profile, with};

const PROFILES: &str = "/clusters/demo/fargate-profiles";
const CREATE: &str = "POST /clusters/demo/fargate-profiles";
const WRONG: &str = "InvalidParameterException";
const IN_USE: &str = "ResourceInUseException";
const ENTRY: &str = "/clusters/demo/access-entries/arn%3Aaws%3Aiam%3A%3A111122223333%3Arole%2Ffargate-pods";

/// A cluster `demo` in this mode, ACTIVE, with the nodegroup `blue`.
fn in_mode(mut client: Client, mode: &str) -> Client {
    let access = json!({ "accessConfig": { "authenticationMode": mode } });
    client.eks("POST /clusters", with(cluster(), access)).ok();
    client.with_nodes()
}

fn named(name: &str) -> Value {
    with(fargate_profile(), json!({ "fargateProfileName": name }))
}

fn profile(client: &mut Client, name: &str) -> Value {
    client.get(&format!("{PROFILES}/{name}"))["fargateProfile"].clone()
}

#[test]
fn a_profile_lives_and_dies() {
    let mut client = Client::new().settled();
    let labels = json!({ "app.kubernetes.io/name": "w?b", "tier": "*", "empty": "" });
    let selectors = json!([{ "namespace": "team-*", "labels": labels }, { "namespace": "default" }]);
    let body = with(named("pods"), json!({ "selectors": selectors, "subnets": [SUBNETS[0]], "tags": { "a": "1" } }));
    let created = client.eks(CREATE, body).ok()["fargateProfile"].clone();
    let arn = created["fargateProfileArn"].as_str().unwrap();
    assert!(arn.starts_with("arn:aws:eks:us-east-1:111122223333:fargateprofile/demo/pods/"), "{arn}");
    assert_eq!((&created["status"], &created["health"]["issues"]), (&json!("CREATING"), &json!([])));
    assert_eq!((&created["selectors"], &created["subnets"]), (&selectors, &json!([SUBNETS[0]])));
    assert_eq!((&created["podExecutionRoleArn"], &created["clusterName"]), (&json!(FARGATE_ROLE), &json!("demo")));
    client.wait(119);
    assert_eq!(profile(&mut client, "pods"), created);
    client.wait(1);
    assert_eq!(profile(&mut client, "pods"), with(created.clone(), json!({ "status": "ACTIVE" })));
    assert_eq!(client.get(PROFILES)["fargateProfileNames"], json!(["pods"]));
    let deleted = client.eks(&format!("DELETE {PROFILES}/pods"), Value::Null).ok()["fargateProfile"].clone();
    assert_eq!(deleted, with(created, json!({ "status": "DELETING" })));
    client.wait(179);
    assert_eq!(profile(&mut client, "pods")["status"], "DELETING");
    client.wait(1);
    let (gone, message) = ("ResourceNotFoundException", "No Fargate Profile found with name: pods.");
    client.eks(&format!("GET {PROFILES}/pods"), Value::Null).refused(404, gone, message);
    client.eks(&format!("DELETE {PROFILES}/pods"), Value::Null).refused(404, gone, message);
    assert_eq!(client.get(PROFILES)["fargateProfileNames"], json!([]));
}

/// facts §1.6: serialise.
#[test]
fn one_at_a_time_is_made_or_deleted() {
    let mut client = Client::new().settled();
    client.eks(CREATE, named("one")).ok();
    client.eks(CREATE, named("one")).refused(409, IN_USE, "A Fargate Profile already exists with this name");
    let busy =
        "Cannot create Fargate Profile two because cluster demo currently has Fargate profile one in status CREATING";
    client.eks(CREATE, named("two")).refused(409, IN_USE, busy);
    let busy =
        "Cannot Delete Fargate Profile one because cluster demo currently has Fargate profile one in status CREATING";
    client.eks(&format!("DELETE {PROFILES}/one"), Value::Null).refused(409, IN_USE, busy);
    client.wait(120);
    client.eks(CREATE, named("two")).ok();
    client.wait(120);
    client.eks(&format!("DELETE {PROFILES}/one"), Value::Null).ok();
    let busy =
        "Cannot Delete Fargate Profile two because cluster demo currently has Fargate profile one in status DELETING";
    client.eks(&format!("DELETE {PROFILES}/two"), Value::Null).refused(409, IN_USE, busy);
    client.eks(CREATE, named("three")).refused(409, IN_USE, "currently has Fargate profile one in status DELETING");
    client.wait(180);
    client.eks("POST /clusters/demo/update-config", json!({ "deletionProtection": true })).ok();
    client.eks(CREATE, named("three")).refused(409, IN_USE, "currently has an update in progress");
    client.eks(&format!("DELETE {PROFILES}/two"), Value::Null).refused(409, IN_USE, "currently has an update");
    client.wait(60);
    client.eks(&format!("DELETE {PROFILES}/two"), Value::Null).ok();
}

/// facts §1.6, §2.2, §5
#[test]
fn wrong_profiles_are_refused_in_eks_words() {
    let mut client = Client::new().settled();
    let mut refused = |members: Value, message: &str| {
        client.eks(CREATE, with(fargate_profile(), members)).refused(400, WRONG, message);
        assert_eq!(client.get(PROFILES)["fargateProfileNames"], json!([]));
    };
    refused(json!({ "fargateProfileName": "-x" }), "not a valid Fargate profile name");
    refused(json!({ "fargateProfileName": "eks-x" }), "reserved prefix");
    refused(json!({ "podExecutionRoleArn": NODE_ROLE }), "Misconfigured PodExecutionRole Trust Policy");
    refused(json!({ "podExecutionRoleArn": format!("{FARGATE_ROLE}-none") }), "does not exist");
    refused(json!({ "podExecutionRoleArn": "none" }), "is not the ARN of a role");
    refused(json!({ "subnets": ["subnet-none"] }), "The subnet ID 'subnet-none' does not exist");
    refused(json!({ "selectors": [] }), "between 1 and 5 selectors");
    refused(json!({ "selectors": vec![json!({ "namespace": "a" }); 6] }), "between 1 and 5 selectors");
    refused(json!({ "selectors": [{ "labels": { "a": "b" } }] }), "missing required member `namespace`");
    for namespace in ["", "A", "a.b", "-a"] {
        refused(json!({ "selectors": [{ "namespace": namespace }] }), "is not valid");
    }
    let labels = |labels: Value| json!({ "selectors": [{ "namespace": "a", "labels": labels }] });
    refused(labels(json!({ "a": "1", "b": "1", "c": "1", "d": "1", "e": "1", "f": "1" })), "at most 5 labels");
    refused(labels(json!({ "a b": "1" })), "not valid in Kubernetes");
    refused(labels(json!({ "a": "-" })), "not valid in Kubernetes");
    refused(json!({ "tags": { "aws:a": "1" } }), "reserved prefix aws:");
    refused(json!({ "surprise": 1 }), "does not know");
    let foreign = json!({ "podExecutionRoleArn": "arn:aws:iam::999999999999:role/x" });
    client.eks(CREATE, with(fargate_profile(), foreign)).refused(403, "AccessDeniedException", "Cross-account");
    let elsewhere = client.eks("POST /clusters/nobody/fargate-profiles", fargate_profile());
    elsewhere.refused(404, "ResourceNotFoundException", "No cluster found for name: nobody.");
}

/// Pods on Fargate have no public address: without subnets in the request, the cluster's private ones are taken.
#[test]
fn only_private_subnets_are_taken() {
    let mut client = Client::new().settled();
    let vpc = client.world.ec2_mut().vpcs.values_mut().next().unwrap();
    let mut public = vpc.route_tables.values().next().unwrap().clone();
    vpc.route_tables.values_mut().next().unwrap().subnets.remove(SUBNETS[0]);
    public.subnets = [SUBNETS[0].to_owned()].into();
    public.routes.insert("0.0.0.0/0".into(), "igw-1".into());
    vpc.route_tables.insert("rtb-public".into(), public);
    let message = format!("Subnet {} provided in Fargate Profile is not a private subnet", SUBNETS[0]);
    client.eks(CREATE, with(named("a"), json!({ "subnets": SUBNETS }))).refused(400, WRONG, &message);
    client.eks(CREATE, named("a")).ok();
    assert_eq!(profile(&mut client, "a")["subnets"], json!([SUBNETS[1]]));
    client.wait(120);
    client.world.ec2_mut().vpcs.values_mut().next().unwrap().route_tables.get_mut("rtb-public").unwrap().subnets =
        SUBNETS.map(str::to_owned).into();
    client.eks(CREATE, named("b")).refused(400, WRONG, "no private subnet");
}

/// facts §5
#[test]
fn a_cluster_has_ten_profiles() {
    let mut client = Client::new().settled();
    for number in 0..10 {
        client.eks(CREATE, named(&format!("p{number}"))).ok();
        client.wait(120);
    }
    client.eks(CREATE, named("one-more")).refused(400, "ResourceLimitExceededException", "limit");
}

#[test]
fn profiles_need_a_cluster_in_service_and_hold_it() {
    let mut client = Client::new();
    client.eks("POST /clusters", cluster()).ok();
    client.eks(CREATE, named("a")).refused(400, "InvalidRequestException", "not in ACTIVE status");
    client.wait(540);
    client.eks(CREATE, named("a")).ok();
    let held = "Cluster has Fargate Profiles in ACTIVE/CREATING state";
    client.eks("DELETE /clusters/demo", Value::Null).refused(409, IN_USE, held);
    client.wait(120);
    client.eks("DELETE /clusters/demo", Value::Null).refused(409, IN_USE, held);
    client.eks(&format!("DELETE {PROFILES}/a"), Value::Null).ok();
    client.wait(180);
    client.eks("DELETE /clusters/demo", Value::Null).ok();
}

/// Only what says why it failed can be deleted.
#[test]
fn a_profile_can_fail() {
    let mut client = Client::new().settled();
    let effect = Effect::CreateFails { code: "AccessDenied".into(), message: "no".into() };
    client.world.fail(Fault { operation: "eks:CreateFargateProfile".into(), first: 1, count: 1, effect });
    client.eks(CREATE, named("a")).ok();
    client.wait(120);
    let failed = profile(&mut client, "a");
    assert_eq!(
        (&failed["status"], &failed["health"]["issues"][0]["code"]),
        (&json!("CREATE_FAILED"), &json!("AccessDenied"))
    );
    client.eks(&format!("DELETE {PROFILES}/a"), Value::Null).ok();
    client.wait(180);
    client.world.account_mut().make_role(
        "gitlab-runners-node",
        "/",
        &["ec2.amazonaws.com", "eks-fargate-pods.amazonaws.com"],
    );
    client.eks(CREATE, with(named("b"), json!({ "podExecutionRoleArn": NODE_ROLE }))).ok();
    client.wait(120);
    let failed = profile(&mut client, "b");
    assert_eq!(
        (&failed["status"], &failed["health"]["issues"][0]["code"]),
        (&json!("CREATE_FAILED"), &json!("PodExecutionRoleAlreadyInUse"))
    );
}

/// facts §7
#[test]
fn the_pod_execution_role_gets_an_entry() {
    let mut client = in_mode(Client::new(), "API_AND_CONFIG_MAP");
    client.eks(CREATE, named("a")).ok();
    let entry = client.get(ENTRY)["accessEntry"].clone();
    assert_eq!((&entry["type"], &entry["username"]), (&json!("FARGATE_LINUX"), &json!("system:node:{{SessionName}}")));
    assert_eq!(entry["kubernetesGroups"], json!(["system:bootstrappers", "system:node-proxier", "system:nodes"]));
    client.wait(120);
    client.eks(CREATE, named("b")).ok();
    client.wait(120);
    client.eks(&format!("DELETE {PROFILES}/a"), Value::Null).ok();
    client.wait(180);
    client.eks(&format!("DELETE {PROFILES}/b"), Value::Null).ok();
    client.wait(180);
    assert_eq!(client.get(ENTRY)["accessEntry"], entry);
}

/// facts §7, switches
#[test]
fn entries_of_pods_come_and_go_like_those_of_nodes() {
    let mut client = in_mode(Client::switched(|switches| switches.node_entries_removed = true), "API");
    for name in ["a", "b"] {
        client.eks(CREATE, named(name)).ok();
        client.wait(120);
    }
    client.eks(&format!("DELETE {PROFILES}/a"), Value::Null).ok();
    client.wait(180);
    client.get(ENTRY);
    client.eks(&format!("DELETE {PROFILES}/b"), Value::Null).ok();
    client.wait(180);
    client.eks(&format!("GET {ENTRY}"), Value::Null).refused(404, "ResourceNotFoundException", "");

    for makes in [true, false] {
        let client = Client::switched(|switches| switches.mode_switch_makes_node_entries = makes);
        let mut client = in_mode(client, "CONFIG_MAP");
        client.eks(CREATE, named("a")).ok();
        client.wait(120);
        let mode = json!({ "accessConfig": { "authenticationMode": "API_AND_CONFIG_MAP" } });
        client.eks("POST /clusters/demo/update-config", mode).ok();
        client.wait(600);
        assert_eq!(client.eks(&format!("GET {ENTRY}"), Value::Null).status == 200, makes);
    }
}

#[test]
fn tags_of_a_profile() {
    let mut client = Client::new().settled();
    let arn = client.eks(CREATE, named("a")).ok()["fargateProfile"]["fargateProfileArn"].as_str().unwrap().to_owned();
    let path = arn.replace(':', "%3A").replace('/', "%2F");
    client.eks(&format!("POST /tags/{path}"), json!({ "tags": { "a": "1" } })).ok();
    assert_eq!(profile(&mut client, "a")["tags"], json!({}));
    client.wait(2);
    assert_eq!(
        (&profile(&mut client, "a")["tags"], &client.get(&format!("/tags/{path}"))["tags"]),
        (&json!({ "a": "1" }), &json!({ "a": "1" }))
    );
    client.eks(&format!("GET /tags/{path}x"), Value::Null).refused(404, "NotFoundException", "No resource found");
    assert_eq!(client.world.show()["clusters"][0]["fargateProfiles"][0]["fargateProfileName"], "a");
}

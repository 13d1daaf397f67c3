//! Access entries: made by requests and by EKS itself, their policies, what is refused, and who is let in.

use serde_json::{Value, json};

use crate::settings::Settings;
use crate::testing::{CLUSTER_ROLE, Client, NODE_ROLE, cluster, nodegroup, with};

const CREATOR: &str = "arn:aws:iam::111122223333:role/trueup-apply";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";
const SSO: &str =
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_0123456789abcdef";
const USER: &str = "arn:aws:iam::111122223333:user/break-glass";
const ADMIN: &str = super::state::CLUSTER_ADMIN;
const VIEW: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";
const ENTRIES: &str = "/clusters/demo/access-entries";
const CREATE: &str = "POST /clusters/demo/access-entries";
const WRONG: &str = "InvalidParameterException";

/// As a client puts an ARN into a path.
fn encoded(arn: &str) -> String {
    arn.replace(':', "%3A").replace('/', "%2F")
}

fn at(arn: &str) -> String {
    format!("{ENTRIES}/{}", encoded(arn))
}

/// The settled story in a mode with access entries.
fn client() -> Client {
    in_mode(Client::new(), "API_AND_CONFIG_MAP").with_nodes()
}

/// A cluster `demo` in this mode, just begun.
fn in_mode(mut client: Client, mode: &str) -> Client {
    let access = json!({ "accessConfig": { "authenticationMode": mode } });
    client.eks("POST /clusters", with(cluster(), access)).ok();
    client
}

fn create(client: &mut Client, members: Value) -> Value {
    let body = with(json!({ "principalArn": DEPLOY }), members);
    client.eks(CREATE, body).ok()["accessEntry"].clone()
}

#[expect(clippy::needless_pass_by_value, reason = "tests write their values in place")]
fn associate(client: &mut Client, principal: &str, policy: &str, scope: Value) -> Value {
    let route = format!("POST {}/access-policies", at(principal));
    client.eks(&route, json!({ "policyArn": policy, "accessScope": scope })).ok()["associatedAccessPolicy"].clone()
}

fn list(client: &mut Client) -> Vec<String> {
    serde_json::from_value(client.get(ENTRIES)["accessEntries"].clone()).unwrap()
}

fn scopes(client: &mut Client, principal: &str) -> Vec<(String, Value)> {
    let policies = client.get(&format!("{}/access-policies", at(principal)))["associatedAccessPolicies"].clone();
    let policies = policies.as_array().unwrap().iter();
    policies.map(|policy| (policy["policyArn"].as_str().unwrap().to_owned(), policy["accessScope"].clone())).collect()
}

fn for_cluster() -> Value {
    json!({ "type": "cluster", "namespaces": [] })
}

/// facts §7: with its real path, without tags, an administrator.
#[test]
fn the_creator_has_an_entry_from_the_start() {
    let session = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_0123456789abcdef/anna".to_owned();
    let mut client = in_mode(Client::with(Settings { caller_arn: session, ..Settings::default() }), "API");
    assert_eq!(list(&mut client), [SSO]);
    let entry = client.get(&at(SSO))["accessEntry"].clone();
    assert_eq!(
        (&entry["type"], &entry["tags"], &entry["kubernetesGroups"]),
        (&json!("STANDARD"), &json!({}), &json!([]))
    );
    let username = "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Platform_0123456789abcdef/{{SessionName}}";
    assert_eq!(entry["username"], username);
    assert_eq!(scopes(&mut client, SSO), [(ADMIN.to_owned(), for_cluster())]);
}

#[test]
fn the_creator_can_be_left_out() {
    let mut client = Client::new();
    let access = json!({ "authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": false });
    client.eks("POST /clusters", with(cluster(), json!({ "accessConfig": access }))).ok();
    assert_eq!(list(&mut client), Vec::<String>::new());
}

/// facts §7
#[test]
fn without_the_api_mode_there_are_no_entries() {
    let mut client = Client::new().settled();
    let all = [
        (CREATE.to_owned(), json!({ "principalArn": DEPLOY })),
        (format!("GET {ENTRIES}"), Value::Null),
        (format!("GET {}", at(DEPLOY)), Value::Null),
        (format!("POST {}", at(DEPLOY)), json!({})),
        (format!("DELETE {}", at(DEPLOY)), Value::Null),
        (format!("GET {}/access-policies", at(DEPLOY)), Value::Null),
        (format!("POST {}/access-policies", at(DEPLOY)), json!({ "policyArn": VIEW, "accessScope": for_cluster() })),
        (format!("DELETE {}/access-policies/{}", at(DEPLOY), encoded(VIEW)), Value::Null),
    ];
    let message = "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this \
                   operation.";
    for (route, body) in all {
        client.eks(&route, body.clone()).refused(400, "InvalidRequestException", message);
        let missing = client.eks(&route.replace("demo", "none"), body);
        missing.refused(404, "ResourceNotFoundException", "No cluster found for name: none.");
    }
}

/// facts §7, with its switch: the creator's and the nodes' entries appear with the mode.
#[test]
fn entries_appear_when_the_mode_is_switched() {
    for (makes_nodes, expected) in [(true, vec![NODE_ROLE, CREATOR]), (false, vec![CREATOR])] {
        let mut client = Client::switched(|switches| switches.mode_switch_makes_node_entries = makes_nodes).settled();
        let mode = json!({ "accessConfig": { "authenticationMode": "API_AND_CONFIG_MAP" } });
        client.eks("POST /clusters/demo/update-config", mode).ok();
        client.eks(&format!("GET {ENTRIES}"), Value::Null).refused(
            400,
            "InvalidRequestException",
            "authentication mode",
        );
        client.wait(180);
        assert_eq!(list(&mut client), expected);
        assert_eq!(scopes(&mut client, CREATOR), [(ADMIN.to_owned(), for_cluster())]);
        client.eks(&format!("DELETE {}", at(CREATOR)), Value::Null).ok();
        client
            .eks("POST /clusters/demo/update-config", json!({ "accessConfig": { "authenticationMode": "API" } }))
            .ok();
        client.wait(180);
        assert!(!list(&mut client).contains(&CREATOR.to_owned()), "the second step makes nothing");
    }
}

/// facts §7, with its switch
#[test]
fn the_nodes_of_a_role_share_an_entry() {
    let mut client = client();
    let entry = client.get(&at(NODE_ROLE))["accessEntry"].clone();
    assert_eq!((&entry["type"], &entry["kubernetesGroups"]), (&json!("EC2_LINUX"), &json!(["system:nodes"])));
    assert_eq!(entry["username"], "system:node:{{EC2PrivateDNSName}}");
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
    client.wait(180);
    assert_eq!(client.get(&at(NODE_ROLE))["accessEntry"], entry);
    client.eks(CREATE, json!({ "principalArn": NODE_ROLE, "type": "EC2_LINUX" })).refused(
        409,
        "ResourceInUseException",
        "The specified access entry resource is already in use on this cluster.",
    );
    client.world.settings_mut().switches.node_entries_removed = true;
    for (name, left) in [("green", true), ("blue", false)] {
        client.eks(&format!("DELETE /clusters/demo/node-groups/{name}"), Value::Null).ok();
        client.wait(300);
        assert_eq!(list(&mut client).contains(&NODE_ROLE.to_owned()), left, "after {name}");
    }
}

#[test]
fn windows_has_an_entry_type_of_its_own_and_a_last_group_leaves_its_entry() {
    let mut client = in_mode(Client::new(), "API");
    client.wait(3600);
    let windows = json!({ "amiType": "WINDOWS_CORE_2022_x86_64" });
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), windows)).ok();
    client.wait(180);
    client.eks("DELETE /clusters/demo/node-groups/blue", Value::Null).ok();
    client.wait(300);
    assert_eq!(client.get(&at(NODE_ROLE))["accessEntry"]["type"], "EC2_WINDOWS");
}

/// facts §1.4: what EKS fills in, and where the entry is tagged.
#[test]
fn defaults_are_filled_in() {
    let mut client = client();
    let entry = create(&mut client, json!({ "tags": { "a": "1" } }));
    let arn = entry["accessEntryArn"].as_str().unwrap();
    let prefix = "arn:aws:eks:us-east-1:111122223333:access-entry/demo/role/111122223333/gitlab-deploy/";
    assert!(arn.starts_with(prefix) && arn.len() == prefix.len() + 36, "{arn}");
    let expected = json!({
        "clusterName": "demo", "principalArn": DEPLOY, "kubernetesGroups": [], "accessEntryArn": arn,
        "createdAt": entry["createdAt"], "modifiedAt": entry["createdAt"], "tags": { "a": "1" },
        "username": "arn:aws:sts::111122223333:assumed-role/gitlab-deploy/{{SessionName}}", "type": "STANDARD",
    });
    assert_eq!((&entry, &client.get(&at(DEPLOY))["accessEntry"]), (&expected, &expected));
    assert_eq!(create(&mut client, json!({ "principalArn": USER }))["username"], USER);
    let fargate = create(&mut client, json!({ "principalArn": CLUSTER_ROLE, "type": "FARGATE_LINUX" }));
    assert_eq!(fargate["username"], "system:node:{{SessionName}}");
    let elsewhere = "arn:aws:iam::999999999999:role/ops/somebody";
    let username = create(&mut client, json!({ "principalArn": elsewhere }))["username"].clone();
    assert_eq!(username, "arn:aws:sts::999999999999:assumed-role/somebody/{{SessionName}}");
}

#[test]
fn entries_are_tagged_by_their_arn() {
    let mut client = client();
    let arn = create(&mut client, json!({}))["accessEntryArn"].as_str().unwrap().to_owned();
    let tags = format!("/tags/{}", encoded(&arn));
    client.eks(&format!("POST {tags}"), json!({ "tags": { "a": "1", "b": "2" } })).ok();
    client.eks(&format!("DELETE {tags}?tagKeys=a"), Value::Null).ok();
    client.wait(2);
    assert_eq!(client.get(&at(DEPLOY))["accessEntry"]["tags"], json!({ "b": "2" }));
    client.eks(&format!("DELETE {}", at(DEPLOY)), Value::Null).ok();
    client.eks(&format!("POST {tags}"), json!({ "tags": {} })).refused(404, "NotFoundException", "No resource found");
}

/// facts §1.4, §2.1, §2.2, §7
#[test]
fn wrong_entries_are_refused_in_eks_words() {
    let mut client = client();
    let mut refused = |members: Value, message: &str| {
        client.eks(CREATE, with(json!({ "principalArn": DEPLOY }), members)).refused(400, WRONG, message);
    };
    let arn = |arn: &str| json!({ "principalArn": arn });
    refused(arn("arn:aws:iam::111122223333:role/nobody"), "The specified principalArn is invalid: invalid principal");
    let without_path = SSO.replace("aws-reserved/sso.amazonaws.com/", "");
    refused(arn(&without_path), "The specified principalArn is invalid: invalid principal");
    let session = "arn:aws:sts::111122223333:assumed-role/gitlab-deploy/x";
    refused(arn(session), "The principalArn parameter format is not valid");
    let service = "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
    refused(arn(service), "not allowed to modify access entries with a principalArn value of a Service Linked Role");
    refused(json!({ "type": "EC2_MAC" }), "The type EC2_MAC is invalid");
    refused(json!({ "type": "EC2_LINUX", "kubernetesGroups": ["x"] }), "cannot be set");
    refused(json!({ "type": "EC2", "username": "x" }), "cannot be set");
    refused(json!({ "type": "EC2_LINUX", "principalArn": USER }), "must be an IAM role");
    let foreign = "arn:aws:iam::999999999999:role/x";
    refused(json!({ "type": "EC2_LINUX", "principalArn": foreign }), "in the same account");
    let groups = json!({ "kubernetesGroups": ["ok", "system:masters"] });
    refused(groups, "The kubernetes group name system:masters is invalid, it cannot start with system:");
    refused(json!({ "username": "eks:x" }), "The username must not begin with eks:");
    refused(json!({ "username": "x-{{SessionName}}" }), "must contain a colon before {{SessionName}}");
    refused(json!({ "tags": { "aws:x": "1" } }), "reserved prefix");
    refused(json!({ "clientRequestToken": "short" }), "must be between 33 and 126 characters");
    client.eks(CREATE, arn(DEPLOY)).ok();
    client.eks(CREATE, arn(DEPLOY)).refused(409, "ResourceInUseException", "already in use on this cluster");
}

#[test]
fn what_is_not_there_is_not_found() {
    let mut client = client();
    let message = "The specified principalArn could not be found";
    for (method, rest) in [("GET", ""), ("DELETE", ""), ("GET", "/access-policies")] {
        client.eks(&format!("{method} {}{rest}", at(DEPLOY)), Value::Null).refused(
            404,
            "ResourceNotFoundException",
            message,
        );
    }
    client.eks(&format!("POST {}", at(DEPLOY)), json!({})).refused(404, "ResourceNotFoundException", message);
    create(&mut client, json!({}));
    let policies = format!("{}/access-policies", at(DEPLOY));
    let missing = client.eks(&format!("DELETE {policies}/{}", encoded(VIEW)), Value::Null);
    missing.refused(404, "ResourceNotFoundException", "The specified policyArn could not be found.");
    let unknown = json!({ "policyArn": format!("{VIEW}s"), "accessScope": for_cluster() });
    let unknown = client.eks(&format!("POST {policies}"), unknown);
    unknown.refused(404, "ResourceNotFoundException", "The specified policyArn could not be found.");
}

/// facts §1.4, with its switch: "PUT-like".
#[test]
fn an_update_says_everything() {
    for (resets, groups, username) in [
        (true, json!([]), "arn:aws:sts::111122223333:assumed-role/gitlab-deploy/{{SessionName}}"),
        (false, json!(["b"]), "team:{{SessionName}}"),
    ] {
        let mut client = client();
        client.world.settings_mut().switches.entry_updates_reset = resets;
        create(&mut client, json!({ "kubernetesGroups": ["a"] }));
        client.wait(5);
        let both = json!({ "kubernetesGroups": ["b"], "username": "team:{{SessionName}}" });
        let entry = client.eks(&format!("POST {}", at(DEPLOY)), both).ok()["accessEntry"].clone();
        assert_eq!((&entry["kubernetesGroups"], &entry["username"]), (&json!(["b"]), &json!("team:{{SessionName}}")));
        assert!(entry["modifiedAt"].as_f64() > entry["createdAt"].as_f64());
        let entry = client.eks(&format!("POST {}", at(DEPLOY)), json!({})).ok()["accessEntry"].clone();
        assert_eq!((&entry["kubernetesGroups"], &entry["username"]), (&groups, &json!(username)));
        let reserved = json!({ "kubernetesGroups": ["iam:x"] });
        client.eks(&format!("POST {}", at(DEPLOY)), reserved).refused(400, WRONG, "it cannot start with iam:");
        let nodes = client.eks(&format!("POST {}", at(NODE_ROLE)), json!({ "username": "x" }));
        nodes.refused(400, WRONG, "cannot be set");
    }
}

/// facts §1.4, §11, with its switch
#[test]
fn a_policy_is_associated_with_a_scope_that_may_change() {
    for updates in [true, false] {
        let mut client = client();
        client.world.settings_mut().switches.association_updates_scope = updates;
        create(&mut client, json!({}));
        let first = associate(&mut client, DEPLOY, VIEW, json!({ "type": "cluster" }));
        assert_eq!(first["accessScope"], for_cluster());
        client.wait(5);
        let namespaces = json!({ "type": "namespace", "namespaces": ["b", "a-*"] });
        let second = associate(&mut client, DEPLOY, VIEW, namespaces);
        let expected = if updates { json!({ "type": "namespace", "namespaces": ["a-*", "b"] }) } else { for_cluster() };
        assert_eq!(second["accessScope"], expected);
        assert_eq!(second["associatedAt"], first["associatedAt"]);
        assert_eq!(second["modifiedAt"] != first["modifiedAt"], updates);
        assert_eq!(scopes(&mut client, DEPLOY), [(VIEW.to_owned(), expected)]);
        client.eks(&format!("DELETE {}/access-policies/{}", at(DEPLOY), encoded(VIEW)), Value::Null).ok();
        assert_eq!(scopes(&mut client, DEPLOY), []);
    }
}

/// facts §1.4, §7
#[test]
fn wrong_associations_are_refused_in_eks_words() {
    let mut client = client();
    create(&mut client, json!({}));
    let mut refused = |principal: &str, policy: &str, scope: Value, code: &str, message: &str| {
        let body = json!({ "policyArn": policy, "accessScope": scope });
        client.eks(&format!("POST {}/access-policies", at(principal)), body).refused(400, code, message);
    };
    let not_for_cluster = "accessScope should not include namespaces if the type is not set as namespace";
    refused(DEPLOY, VIEW, json!({ "type": "cluster", "namespaces": ["a"] }), WRONG, not_for_cluster);
    let none = "At least 1 namespace must be provided if the type is set as namespace";
    refused(DEPLOY, VIEW, json!({ "type": "namespace" }), WRONG, none);
    refused(DEPLOY, VIEW, json!({ "type": "namespace", "namespaces": [] }), WRONG, none);
    refused(DEPLOY, VIEW, json!({ "type": "galaxy" }), WRONG, "accessScope type must be one of");
    refused(DEPLOY, VIEW, json!({ "type": "namespace", "namespaces": ["A"] }), WRONG, "neither a Kubernetes namespace");
    refused(DEPLOY, "AmazonEKSViewPolicy", for_cluster(), WRONG, "The policyArn parameter format is not valid");
    refused(NODE_ROLE, VIEW, for_cluster(), "InvalidRequestException", "of type EC2_LINUX");
}

/// facts §1.4: the one policy for nodes
#[test]
fn nodes_of_auto_mode_have_a_policy_of_their_own() {
    let mut client = in_mode(Client::new(), "API");
    client.wait(3600);
    create(&mut client, json!({ "principalArn": NODE_ROLE, "type": "EC2" }));
    let policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
    associate(&mut client, NODE_ROLE, policy, for_cluster());
    let body = json!({ "policyArn": VIEW, "accessScope": for_cluster() });
    let view = client.eks(&format!("POST {}/access-policies", at(NODE_ROLE)), body);
    view.refused(400, "InvalidRequestException", "of type EC2");
}

/// facts §5, §10.9
#[test]
fn entries_and_policies_are_listed_in_pages_and_by_policy() {
    let mut client = client();
    create(&mut client, json!({}));
    associate(&mut client, DEPLOY, VIEW, for_cluster());
    associate(&mut client, DEPLOY, ADMIN, for_cluster());
    let by =
        |client: &mut Client, policy: &str| client.get(&format!("{ENTRIES}?associatedPolicyArn={}", encoded(policy)));
    assert_eq!(by(&mut client, VIEW)["accessEntries"], json!([DEPLOY]));
    assert_eq!(by(&mut client, ADMIN)["accessEntries"], json!([DEPLOY, CREATOR]));
    let first = client.get(&format!("{ENTRIES}?maxResults=2"));
    assert_eq!(first["accessEntries"], json!([DEPLOY, NODE_ROLE]));
    let token = first["nextToken"].as_str().unwrap();
    assert_eq!(client.get(&format!("{ENTRIES}?nextToken={token}"))["accessEntries"], json!([CREATOR]));
    let wrong = client.eks(&format!("GET {}/access-policies?nextToken={token}", at(DEPLOY)), Value::Null);
    wrong.refused(400, "InvalidRequestException", "nextToken");
    let policies = client.get(&format!("{}/access-policies?maxResults=1", at(DEPLOY)));
    assert_eq!(policies["associatedAccessPolicies"].as_array().unwrap().len(), 1);
    assert!(
        policies["nextToken"].is_string() && policies["principalArn"] == DEPLOY && policies["clusterName"] == "demo"
    );
    let known = client.get("/access-policies?maxResults=100")["accessPolicies"].clone();
    assert!(known.as_array().unwrap().contains(&json!({ "name": "AmazonEKSViewPolicy", "arn": VIEW })));
    client.eks("GET /access-policies?maxResults=0", Value::Null).refused(400, WRONG, "maxResults");
}

#[test]
fn a_token_makes_an_entry_once() {
    let mut client = client();
    let body = json!({ "principalArn": DEPLOY, "clientRequestToken": "0123456789abcdef0123456789abcdef0123" });
    let first = client.eks(CREATE, body.clone()).ok();
    assert_eq!(client.eks(CREATE, body).ok(), first);
}

/// facts §5
#[test]
fn three_thousand_entries_are_enough() {
    let mut client = client();
    let cluster = client.world.clusters_mut().get_mut("demo").unwrap();
    let entry = cluster.access_entries[CREATOR].clone();
    for number in cluster.access_entries.len()..3000 {
        cluster.access_entries.insert(format!("arn:aws:iam::999999999999:role/{number}"), entry.clone());
    }
    let body = json!({ "principalArn": DEPLOY });
    client.eks(CREATE, body).refused(400, "ResourceLimitExceededException", "at most 3000 access entries");
}

/// facts §1.4, §10.5: Describe shows nothing of it, and making the entry anew cures it.
#[test]
fn an_entry_dies_with_its_principal() {
    let mut client = client();
    let before = create(&mut client, json!({}));
    let alive = |client: &Client| {
        let entry = &client.world.clusters()["demo"].access_entries[DEPLOY];
        entry.is_alive(client.world.iam())
    };
    assert!(alive(&client));
    assert!(client.world.iam_mut().recreate_role("gitlab-deploy"));
    assert!(!alive(&client));
    assert_eq!(client.get(&at(DEPLOY))["accessEntry"], before);
    client.eks(&format!("DELETE {}", at(DEPLOY)), Value::Null).ok();
    create(&mut client, json!({}));
    assert!(alive(&client));
}

/// Three switches: before ACTIVE, late sight, EKS' own role.
#[test]
fn switches_of_entries() {
    let mut client = in_mode(Client::new(), "API");
    let body = json!({ "principalArn": DEPLOY });
    client.eks(CREATE, body.clone()).refused(400, "InvalidRequestException", "is not in ACTIVE status");
    client.world.settings_mut().switches.entries_before_active = true;
    client.world.settings_mut().switches.access_entry_lag_seconds = 3;
    client.eks(CREATE, body).ok();
    let route = format!("POST {}/access-policies", at(DEPLOY));
    let body = json!({ "policyArn": VIEW, "accessScope": for_cluster() });
    let message = "The specified principalArn could not be found";
    client.eks(&route, body.clone()).refused(404, "ResourceNotFoundException", message);
    client.wait(3);
    client.eks(&route, body).ok();

    let mut client = in_mode(Client::switched(|switches| switches.service_role_entry = true), "API");
    let entries = list(&mut client);
    assert!(entries[0].ends_with("/AWSServiceRoleForAmazonEKS") && entries.len() == 2, "{entries:?}");
    assert_eq!(scopes(&mut client, &entries[0]).len(), 2);
}

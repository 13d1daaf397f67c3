//! Every rule of the auditor, broken and kept.

use serde_json::{Value, json};

use super::state::{Audit, DisruptionConsent};
use super::{About, RULES};
use crate::services::all_operations;
use crate::services::eks::access::state::CLUSTER_ADMIN;
use crate::services::eks::fargate::state::FargateProfileStatus;
use crate::testing::{Client, NODE_ROLE, association, fargate_profile, nodegroup, with};
use crate::wire::operation::{Kind, Operation};

const KEY: &str = "tool/owner";
const BLUE: &str = "/clusters/demo/node-groups/blue";

/// A settled world in which everything is owned, audited only from now on.
fn client(disruption: DisruptionConsent, prune: bool) -> Client {
    let mut client = Client::new().settled();
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.tags.insert(KEY.into(), "x".into());
    demo.nodegroups.get_mut("blue").unwrap().tags.insert(KEY.into(), "x".into());
    client.world.settings_mut().audit = Some(Audit { ownership_key: KEY.into(), disruption, prune });
    client
}

fn only(group: &str) -> DisruptionConsent {
    DisruptionConsent::Groups([group.to_owned()].into())
}

#[track_caller]
fn caught(client: &mut Client, route: &str, body: Value, why: &str) {
    client.world.advance(client.now);
    let before = (client.world.clusters().clone(), client.world.violations().len());
    client.eks(route, body).refused(400, "AuditViolation", why);
    assert_eq!((client.world.clusters().clone(), client.world.violations().len()), (before.0, before.1 + 1));
}

#[test]
fn what_no_rule_is_about_is_denied() {
    static SURPRISE: Operation = Operation {
        name: "eks:Surprise",
        route: "POST /surprise",
        kind: Kind::Writes,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |_, _| Ok(Value::Null),
    };
    static LOOK: Operation = Operation { kind: Kind::Reads, ..SURPRISE };
    let world = client(DisruptionConsent::All, true).world;
    let violation = super::check(&world, &SURPRISE, &json!({ "a": 1 })).unwrap();
    assert_eq!(
        (violation.rule.as_str(), violation.request.as_str()),
        ("every change is known", "eks:Surprise {\"a\":1}")
    );
    assert_eq!(super::check(&world, &LOOK, &json!({})), None);
}

#[test]
fn every_change_is_known_and_no_rule_is_about_anything_else() {
    let known = |operation: &Operation| RULES.iter().any(|rule| rule.about.covers(operation));
    let unknown = all_operations().filter(|operation| operation.is_mutating() != known(operation));
    assert_eq!(unknown.map(|operation| operation.name).collect::<Vec<_>>(), Vec::<&str>::new());
    let exists = |name: &str| all_operations().any(|operation| operation.name == name);
    for rule in RULES {
        if let About::These(names) = rule.about {
            assert!(names.iter().all(|name| exists(name)), "{}: {names:?}", rule.law);
        }
    }
}

#[test]
fn deletion_needs_ownership_pruning_and_consent() {
    let delete = format!("DELETE {BLUE}");
    caught(&mut client(DisruptionConsent::All, false), &delete, Value::Null, "pruning is not allowed");
    caught(&mut client(DisruptionConsent::None, true), &delete, Value::Null, "deletion of blue without consent");
    let mut foreign = client(DisruptionConsent::All, true);
    let demo = foreign.world.clusters_mut().get_mut("demo").unwrap();
    demo.nodegroups.get_mut("blue").unwrap().tags.insert(KEY.into(), String::new());
    caught(&mut foreign, &delete, Value::Null, "does not carry the tag");
    let mut allowed = client(only("blue"), true);
    allowed.eks(&delete, Value::Null).ok();
    allowed.wait(300);
    caught(&mut client(DisruptionConsent::All, false), "DELETE /clusters/demo", Value::Null, "pruning is not allowed");
    allowed.eks("DELETE /clusters/demo", Value::Null).ok();
}

#[test]
fn what_never_lived_may_be_deleted_and_made_again() {
    let mut client = client(DisruptionConsent::None, false);
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.nodegroups.get_mut("blue").unwrap().status = crate::services::eks::state::NodegroupStatus::CreateFailed;
    client.eks(&format!("DELETE {BLUE}"), Value::Null).ok();
    client.wait(300);
    client.eks("POST /clusters/demo/node-groups", nodegroup()).ok();
}

#[test]
fn nothing_is_replaced() {
    let mut client = client(DisruptionConsent::All, true);
    client.eks(&format!("DELETE {BLUE}"), Value::Null).ok();
    client.wait(300);
    caught(&mut client, "POST /clusters/demo/node-groups", nodegroup(), "is created again");
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), json!({ "nodegroupName": "green" }))).ok();
}

#[test]
fn the_ownership_tag_is_for_create_calls() {
    let mut client = client(DisruptionConsent::All, true);
    let arn = "/tags/arn%3Aaws%3Aeks%3Aus-east-1%3A111122223333%3Acluster%2Fdemo";
    caught(&mut client, &format!("POST {arn}"), json!({ "tags": { KEY: "x" } }), "written or removed");
    caught(&mut client, &format!("DELETE {arn}?tagKeys={KEY}"), Value::Null, "written or removed");
    client.eks(&format!("POST {arn}"), json!({ "tags": { "other": "x" } })).ok();
    let green = json!({ "nodegroupName": "green", "tags": { KEY: "x" } });
    client.eks("POST /clusters/demo/node-groups", with(nodegroup(), green)).ok();
}

#[test]
fn the_endpoint_stays_open() {
    let endpoint = |config: Value| json!({ "resourcesVpcConfig": config });
    let update = "POST /clusters/demo/update-config";
    let close = endpoint(json!({ "endpointPublicAccess": false, "endpointPrivateAccess": true }));
    let narrow = endpoint(json!({ "publicAccessCidrs": ["203.0.113.0/24"] }));
    let mut audited = client(only("blue"), true);
    caught(&mut audited, update, close.clone(), "public endpoint is closed");
    caught(&mut audited, update, narrow.clone(), "0.0.0.0/0 loses access");
    audited.world.clusters_mut().get_mut("demo").unwrap().public_access_cidrs = vec!["203.0.113.0/25".into()];
    audited.eks(update, narrow).ok();
    client(DisruptionConsent::All, false).eks(update, close).ok();
}

#[test]
fn nodes_stay_without_consent() {
    let taint = |effect: &str| json!({ "taints": { "addOrUpdateTaints": [{ "key": "t", "effect": effect }] } });
    let update = format!("POST {BLUE}/update-config");
    let disruptive = [
        (format!("POST {BLUE}/update-version"), json!({ "version": "1.34" }), "a roll of blue"),
        (update.clone(), json!({ "scalingConfig": { "desiredSize": 1 } }), "shrinking from 2 to 1 nodes of blue"),
        (update.clone(), json!({ "scalingConfig": { "maxSize": 1 } }), "shrinking from 2 to 1"),
        (update.clone(), taint("NO_EXECUTE"), "the evicting taint t of blue"),
    ];
    for (route, body, why) in disruptive {
        caught(&mut client(only("green"), true), &route, body.clone(), why);
        let reply = client(only("blue"), true).eks(&route, body);
        assert_ne!(reply.code, "AuditViolation", "{reply:?}");
    }
    let mut harmless = client(DisruptionConsent::None, false);
    harmless.eks(&update, taint("NO_SCHEDULE")).ok();
    harmless.wait(30);
    harmless.eks(&update, json!({ "scalingConfig": { "maxSize": 9, "desiredSize": 3 } })).ok();
}

/// An autoscaler's own call shrinks like any other.
#[test]
fn setting_a_smaller_size_needs_consent() {
    let set = |client: &mut Client, to: &str| {
        let name = client.group_name();
        let form = [("AutoScalingGroupName", name.as_str()), ("DesiredCapacity", to)];
        client.autoscaling("SetDesiredCapacity", &form).code
    };
    let mut unwilling = client(only("green"), true);
    assert_eq!(set(&mut unwilling, "2"), "");
    assert_eq!(set(&mut unwilling, "1"), "AuditViolation");
    assert!(unwilling.world.violations()[0].why.contains("shrinking from 2 to 1 nodes of blue"));
    assert_eq!(set(&mut client(only("blue"), true), "1"), "");
}

#[test]
fn force_is_never_right() {
    let mut client = client(DisruptionConsent::All, true);
    caught(&mut client, &format!("POST {BLUE}/update-version"), json!({ "force": true }), "force");
    caught(&mut client, "POST /clusters/demo/updates", json!({ "version": "1.35", "force": true }), "force");
}

#[test]
fn the_control_plane_never_goes_back() {
    let mut client = client(DisruptionConsent::All, true);
    caught(&mut client, "POST /clusters/demo/updates", json!({ "version": "1.33" }), "from 1.34 back to 1.33");
    client.eks("POST /clusters/demo/updates", json!({ "version": "1.35" })).ok();
}

const CALLER: &str = "arn:aws:iam::111122223333:role/trueup-apply";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";
const VIEW: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy";

fn at(arn: &str) -> String {
    format!("/clusters/demo/access-entries/{}", arn.replace(':', "%3A").replace('/', "%2F"))
}

fn associate(arn: &str) -> String {
    format!("POST {}/access-policies", at(arn))
}

fn disassociate(arn: &str, policy: &str) -> String {
    format!("DELETE {}/access-policies/{}", at(arn), policy.replace(':', "%3A").replace('/', "%2F"))
}

fn scope(policy: &str, namespaces: &[&str]) -> Value {
    let kind = if namespaces.is_empty() { "cluster" } else { "namespace" };
    json!({ "policyArn": policy, "accessScope": { "type": kind, "namespaces": namespaces } })
}

/// The settled world with the caller's entry, the nodes', and an owned one of [`DEPLOY`].
fn with_entries(prune: bool) -> Client {
    let mut client = client(DisruptionConsent::None, prune);
    let audit = client.world.settings_mut().audit.take();
    for mode in ["API_AND_CONFIG_MAP", "API"] {
        let mode = json!({ "accessConfig": { "authenticationMode": mode } });
        client.eks("POST /clusters/demo/update-config", mode).ok();
        client.wait(180);
    }
    let entry = json!({ "principalArn": DEPLOY, "kubernetesGroups": ["g"], "tags": { KEY: "x" } });
    client.eks("POST /clusters/demo/access-entries", entry).ok();
    client.eks(&associate(DEPLOY), scope(VIEW, &["a", "b"])).ok();
    client.world.settings_mut().audit = audit;
    client
}

#[test]
fn entries_are_deleted_only_when_owned_and_pruning() {
    let delete = |arn: &str| format!("DELETE {}", at(arn));
    caught(&mut with_entries(false), &delete(DEPLOY), Value::Null, "pruning is not allowed");
    let mut client = with_entries(true);
    caught(&mut client, &delete(NODE_ROLE), Value::Null, "does not carry the tag");
    client.eks(&delete(DEPLOY), Value::Null).ok();
    own_all(&mut client);
    caught(&mut client, &delete(NODE_ROLE), Value::Null, "nodes join by its entry");
    caught(&mut client, &delete(CALLER), Value::Null, "is the caller itself");
}

fn own_all(client: &mut Client) {
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.access_entries.values_mut().for_each(|entry| drop(entry.tags.insert(KEY.into(), "x".into())));
}

/// A session's ARN has lost the path.
#[test]
fn the_caller_is_known_under_any_path() {
    let mut client = with_entries(true);
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    let entry = demo.access_entries.remove(CALLER).unwrap();
    let elsewhere = "arn:aws:iam::111122223333:role/ci/trueup-apply";
    demo.access_entries.insert(elsewhere.into(), entry);
    own_all(&mut client);
    caught(&mut client, &format!("DELETE {}", at(elsewhere)), Value::Null, "is the caller itself");
    client.world.settings_mut().caller_arn = "arn:aws:iam::111122223333:user/trueup-apply".into();
    caught(&mut client, &format!("DELETE {}", at(elsewhere)), Value::Null, "is the last administrator of demo");
}

#[test]
fn the_callers_own_entry_only_ever_gets_more() {
    let mut client = with_entries(true);
    client.eks(&associate(CALLER), scope(VIEW, &["a"])).ok();
    client.eks(&associate(CALLER), scope(VIEW, &["a", "b"])).ok();
    caught(&mut client, &associate(CALLER), scope(VIEW, &["b", "c"]), "in fewer places");
    client.eks(&associate(CALLER), scope(VIEW, &[])).ok();
    caught(&mut client, &associate(CALLER), scope(VIEW, &["a", "b"]), "in fewer places");
    caught(&mut client, &disassociate(CALLER, VIEW), Value::Null, "is the caller itself");
    let update = format!("POST {}", at(CALLER));
    let name = "arn:aws:sts::111122223333:assumed-role/trueup-apply/{{SessionName}}";
    client.eks(&update, json!({ "kubernetesGroups": ["g"], "username": name })).ok();
    client.eks(&update, json!({ "kubernetesGroups": ["g", "h"] })).ok();
    caught(&mut client, &update, json!({ "kubernetesGroups": ["h"], "username": name }), "loses groups");
    caught(&mut client, &update, json!({ "username": name }), "loses groups");
    caught(&mut client, &update, json!({ "kubernetesGroups": ["g", "h"], "username": "x" }), "or its user name");
}

#[test]
fn others_entries_may_shrink_but_for_the_last_administrator() {
    let mut client = with_entries(true);
    client.eks(&associate(DEPLOY), scope(VIEW, &["a"])).ok();
    client.eks(&format!("POST {}", at(DEPLOY)), json!({ "kubernetesGroups": [] })).ok();
    client.eks(&disassociate(DEPLOY, VIEW), Value::Null).ok();
    client.eks(&associate(DEPLOY), scope(CLUSTER_ADMIN, &[])).ok();
    client.eks(&disassociate(DEPLOY, CLUSTER_ADMIN), Value::Null).ok();
    client.eks(&associate(DEPLOY), scope(CLUSTER_ADMIN, &[])).ok();
    assert!(client.world.iam_mut().recreate_role("trueup-apply"), "whose entry is dead now");
    let last = "is the last administrator of demo";
    caught(&mut client, &disassociate(DEPLOY, CLUSTER_ADMIN), Value::Null, last);
    caught(&mut client, &associate(DEPLOY), scope(CLUSTER_ADMIN, &["a"]), last);
    caught(&mut client, &format!("DELETE {}", at(DEPLOY)), Value::Null, last);
    client.eks(&associate(DEPLOY), scope(CLUSTER_ADMIN, &[])).ok();
}

/// A cluster that goes takes its administrators along; until then it needs one.
#[test]
fn with_the_cluster_the_last_administrator_may_go() {
    let mut client = with_entries(true);
    client.world.settings_mut().audit.as_mut().unwrap().disruption = DisruptionConsent::All;
    client.eks(&associate(DEPLOY), scope(CLUSTER_ADMIN, &[])).ok();
    client.world.clusters_mut().get_mut("demo").unwrap().access_entries.remove(CALLER);
    let delete = format!("DELETE {}", at(DEPLOY));
    caught(&mut client, &delete, Value::Null, "is the last administrator of demo");
    client.eks(&format!("DELETE {BLUE}"), Value::Null).ok();
    client.eks(&delete, Value::Null).ok();
    client.wait(300);
    client.eks("DELETE /clusters/demo", Value::Null).ok();
}

#[test]
fn the_api_mode_needs_an_administrator() {
    let mut client = client(DisruptionConsent::All, true);
    let mode = |mode: &str| json!({ "accessConfig": { "authenticationMode": mode } });
    client.eks("POST /clusters/demo/update-config", mode("API_AND_CONFIG_MAP")).ok();
    client.wait(180);
    let mut without = Client { world: client.world.clone(), now: client.now };
    without.world.advance(client.now);
    without.world.clusters_mut().get_mut("demo").unwrap().access_entries.clear();
    caught(&mut without, "POST /clusters/demo/update-config", mode("API"), "no access entry makes an administrator");
    client.eks("POST /clusters/demo/update-config", mode("API")).ok();
}

fn tag(client: &mut Client, action: &str, key: &str, value: &str, propagate: &str) -> String {
    let name = client.group_name();
    let form = [
        ("Tags.member.1.ResourceId", name.as_str()),
        ("Tags.member.1.ResourceType", "auto-scaling-group"),
        ("Tags.member.1.Key", key),
        ("Tags.member.1.Value", value),
        ("Tags.member.1.PropagateAtLaunch", propagate),
    ];
    client.autoscaling(action, &form).code
}

#[test]
fn tags_of_groups_are_ones_own_and_true() {
    let template = |rest: &str| format!("k8s.io/cluster-autoscaler/node-template/{rest}");
    let mut client = client(DisruptionConsent::All, true);
    let mut write =
        |key: &str, value: &str, propagate: &str| tag(&mut client, "CreateOrUpdateTags", key, value, propagate);
    let wrong = [
        ("eks:cluster-name".to_owned(), "x", "false"),
        ("kubernetes.io/cluster/demo".to_owned(), "owned", "false"),
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "false", "true"),
        ("k8s.io/cluster-autoscaler/demo".to_owned(), "shared", "true"),
        (template("label/a"), "x", "true"),
        (template("taint/a"), "x:NO_SCHEDULE", "false"),
    ];
    for (key, value, propagate) in &wrong {
        assert_eq!(write(key, value, propagate), "AuditViolation", "{key}={value}");
    }
    let right = [
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true", "true"),
        ("k8s.io/cluster-autoscaler/demo".to_owned(), "owned", "false"),
        (template("label/a"), "x", "false"),
        (template("taint/a"), "x:NoSchedule", "false"),
        ("team".to_owned(), "x", "true"),
    ];
    for (key, value, propagate) in &right {
        assert_eq!(write(key, value, propagate), "", "{key}={value}");
    }
    assert_eq!(tag(&mut client, "DeleteTags", "kubernetes.io/cluster/x", "", "false"), "AuditViolation");
    assert_eq!(tag(&mut client, "DeleteTags", "k8s.io/cluster-autoscaler/enabled", "true", "false"), "");
}

#[test]
fn processes_are_named_users_own_and_not_vital() {
    let mut client = client(DisruptionConsent::None, false);
    let name = client.group_name();
    let mut call = |action: &str, process: &str| {
        let form = [("AutoScalingGroupName", name.as_str()), ("ScalingProcesses.member.1", process)];
        let form = if process.is_empty() { &form[..1] } else { &form[..] };
        client.autoscaling(action, form).code
    };
    assert_eq!(call("SuspendProcesses", ""), "AuditViolation");
    assert_eq!(call("ResumeProcesses", ""), "AuditViolation");
    assert_eq!(call("SuspendProcesses", "Launch"), "AuditViolation");
    assert_eq!(call("SuspendProcesses", "Terminate"), "AuditViolation");
    assert_eq!(call("SuspendProcesses", "AZRebalance"), "");
    assert_eq!(call("ResumeProcesses", "AZRebalance"), "AuditViolation");
    assert_eq!(call("SuspendProcesses", "HealthCheck"), "");
    assert_eq!(call("ResumeProcesses", "HealthCheck"), "AuditViolation");
    assert_eq!(call("SuspendProcesses", "AddToLoadBalancer"), "");
    assert_eq!(call("ResumeProcesses", "AddToLoadBalancer"), "");
    let group = client.world.auto_scaling_groups_mut().get_mut(&name).unwrap();
    group.suspended.insert("Launch".into(), "Administrative suspension".into());
    let form = [("AutoScalingGroupName", name.as_str()), ("ScalingProcesses.member.1", "Launch")];
    assert_eq!(client.autoscaling("ResumeProcesses", &form).code, "AuditViolation");
}

#[test]
fn a_services_own_group_is_untouched() {
    let mut client = client(DisruptionConsent::All, true);
    let name = client.group_name();
    client.world.auto_scaling_groups_mut().get_mut(&name).unwrap().operator = Some("x".into());
    assert_eq!(tag(&mut client, "CreateOrUpdateTags", "team", "x", "false"), "AuditViolation");
    let form = [("AutoScalingGroupName", name.as_str()), ("DesiredCapacity", "2")];
    assert_eq!(client.autoscaling("SetDesiredCapacity", &form).code, "AuditViolation");
    assert!(client.world.violations().iter().all(|violation| violation.rule == "a service's own group is untouched"));
}

const PROFILE: &str = "/clusters/demo/fargate-profiles/pods";
const ASSOCIATIONS: &str = "/clusters/demo/pod-identity-associations";

/// A world with a Fargate profile `pods` and an association of `default/app`, both owned, and the association's path.
fn client_with_pods(consent: DisruptionConsent) -> (Client, String) {
    let mut client = client(consent, true);
    let tags = json!({ KEY: "x" });
    let profile = with(fargate_profile(), json!({ "tags": tags }));
    client.eks("POST /clusters/demo/fargate-profiles", profile).ok();
    let made = client.eks(&format!("POST {ASSOCIATIONS}"), with(association(), json!({ "tags": tags }))).ok();
    let id = made["association"]["associationId"].as_str().unwrap().to_owned();
    client.wait(3600);
    (client, format!("{ASSOCIATIONS}/{id}"))
}

#[test]
fn pods_end_by_consent_only() {
    let (mut client, path) = client_with_pods(DisruptionConsent::None);
    caught(&mut client, &format!("DELETE {PROFILE}"), Value::Null, "deletion of pods without consent");
    caught(&mut client, &format!("DELETE {path}"), Value::Null, "deletion of default/app without consent");
    client.eks(&format!("POST {path}"), json!({ "disableSessionTags": true })).ok();
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.fargate_profiles.get_mut("pods").unwrap().status = FargateProfileStatus::CreateFailed;
    client.eks(&format!("DELETE {PROFILE}"), Value::Null).ok();

    let (mut client, _) = client_with_pods(only("pods"));
    client.eks(&format!("DELETE {PROFILE}"), Value::Null).ok();
    let (mut client, path) = client_with_pods(only("default/app"));
    client.eks(&format!("DELETE {path}"), Value::Null).ok();
}

#[test]
fn profiles_and_associations_of_others_stay() {
    let (mut client, path) = client_with_pods(DisruptionConsent::All);
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.fargate_profiles.values_mut().for_each(|profile| profile.tags.clear());
    demo.pod_identity_associations.values_mut().for_each(|association| association.tags.clear());
    caught(&mut client, &format!("DELETE {PROFILE}"), Value::Null, "does not carry the tag");
    caught(&mut client, &format!("DELETE {path}"), Value::Null, "does not carry the tag");
}

#[test]
fn what_is_an_addons_is_untouched() {
    let (mut client, path) = client_with_pods(DisruptionConsent::All);
    let demo = client.world.clusters_mut().get_mut("demo").unwrap();
    demo.pod_identity_associations.values_mut().for_each(|association| association.owner_arn = Some("addon".into()));
    caught(&mut client, &format!("POST {path}"), json!({ "disableSessionTags": true }), "belongs to addon");
    caught(&mut client, &format!("DELETE {path}"), Value::Null, "belongs to addon");
}

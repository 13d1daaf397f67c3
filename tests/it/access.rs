//! Rule 4, as far as access entries go: nobody is locked out, whatever the file says and whatever EKS does by itself.

use sandbox::{Switches, World};
use serde_json::{Value, json};
use trueup::apply::Ending;
use trueup::plan::{Plan, Verb};

use crate::bench::{Bench, cluster, full_consent, text};

const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
const VIEW: &str = "AmazonEKSViewPolicy";
const PIPELINE: &str = "arn:aws:iam::111122223333:role/trueup-apply";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";
const NODE: &str = "arn:aws:iam::111122223333:role/gitlab-runners-node";
const RUNNERS: &str = "arn:aws:iam::111122223333:role/gitlab-runners-cluster";
const PEOPLE: &str =
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_0123456789abcdef";

fn entries(world: &mut World) -> &mut sandbox::Table<sandbox::AccessEntry> {
    &mut cluster(world).access_entries
}

fn verb(plan: &Plan, principal: &str) -> Option<Verb> {
    crate::bench::verb(plan, &format!("access-entry/{principal}"))
}

/// The mutating calls that an apply sent, by operation.
fn sent(bench: &Bench, before: usize) -> Vec<String> {
    bench.mutations()[before..].iter().map(|call| call.operation.clone()).collect()
}

fn entry(principal: &str, policies: &[&str]) -> Value {
    let policies: Vec<Value> = policies.iter().map(|policy| json!({ "policyArn": policy })).collect();
    json!({ "principalArn": principal, "accessPolicies": policies })
}

#[tokio::test(start_paused = true)]
async fn the_creators_own_entry_is_there_already_and_is_never_ours() {
    let bench = Bench::applied("cluster.yaml").await;
    let created = bench.mutations().iter().filter(|call| call.operation == "eks:CreateAccessEntry").count();
    assert_eq!(created, 2, "the file lists three entries, and EKS makes the pipeline's");
    bench.tamper(|world| {
        let own = &entries(world)[PIPELINE];
        assert_eq!(own.tags.get("team").map(String::as_str), Some("platform"));
        assert!(!own.tags.contains_key("trueup/cluster"), "only create calls write the ownership tag");
        assert!(entries(world)[DEPLOY].tags.contains_key("trueup/cluster"));
    });
}

#[tokio::test(start_paused = true)]
async fn without_the_creators_entry_the_pipelines_is_made_like_any_other() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(false));
    bench.apply_fully().await;
    bench.tamper(|world| assert!(entries(world)[PIPELINE].tags.contains_key("trueup/cluster")));
}

#[tokio::test(start_paused = true)]
async fn a_role_is_the_same_one_whatever_its_path() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/accessEntries/2/principalArn", json!("arn:aws:iam::111122223333:role/ci/gitlab-deploy"));
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
    assert_eq!(verb(&plan, DEPLOY), None, "it goes by the name in the file");
    let elsewhere = "access-entry/arn:aws:iam::111122223333:role/ci/gitlab-deploy";
    assert_eq!(crate::bench::verb(&plan, elsewhere), Some(Verb::Keep));
    assert!(text(&plan).contains("AWS has this entry as arn:aws:iam::111122223333:role/gitlab-deploy; if the role"));
}

#[tokio::test(start_paused = true)]
async fn what_eks_makes_for_nodes_is_neither_shown_nor_counted_nor_pruned() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    let plan = bench.plan().await;
    assert_eq!(verb(&plan, NODE), Some(Verb::Keep));
    assert!(plan.in_sync() && !text(&plan).contains(NODE), "{}", text(&plan));
    // Not even with our own tag on it.
    bench.tamper(|world| {
        let tag = ("trueup/cluster".to_owned(), "us-east-1/gitlab-runners".to_owned());
        entries(world).get_mut(NODE).unwrap().tags.extend([tag]);
    });
    assert!(matches!(bench.apply().await, Ending::InSync(_)));
}

#[tokio::test(start_paused = true)]
async fn the_callers_own_entry_is_never_narrower_than_it_is() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/accessEntries/1", entry(PIPELINE, &["AmazonEKSViewPolicy"]));
    let Ending::Done(_, plan) = bench.apply().await else { panic!("it gains a policy and keeps the other") };
    assert!(text(&plan).contains("keeps what it has"), "{}", text(&plan));
    bench.tamper(|world| assert!(entries(world)[PIPELINE].policies.contains_key(ADMIN)));
    bench.edit("/accessEntries/1/accessPolicies", json!([]));
    assert!(matches!(bench.apply().await, Ending::InSync(_)), "a file that is narrower is in sync");
}

#[tokio::test(start_paused = true)]
async fn only_entries_of_ours_are_pruned_and_never_the_callers() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(false));
    bench.apply_fully().await;
    bench.later().await;
    bench.tamper(|world| drop(entries(world).get_mut(PEOPLE).unwrap().tags.remove("trueup/cluster")));
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(null));
    bench.file["accessEntries"] = json!([]);
    bench.consent.prune = true;
    let plan = bench.plan().await;
    assert_eq!(verb(&plan, PEOPLE), Some(Verb::Unmanaged), "{}", text(&plan));
    assert_eq!(verb(&plan, DEPLOY), Some(Verb::Delete));
    assert_eq!(verb(&plan, PIPELINE), Some(Verb::Keep));
    assert!(text(&plan).contains("stays: whoever runs trueup reaches the cluster by it"), "{}", text(&plan));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    bench.tamper(|world| {
        let left: Vec<&String> = entries(world).keys().collect();
        assert_eq!(left, [PEOPLE, NODE, PIPELINE]);
    });
}

/// A cluster whose only administrator is not the caller.
async fn administered_by_people() -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(false));
    bench.file["accessEntries"] = json!([entry(PEOPLE, &["AmazonEKSClusterAdminPolicy"]), entry(DEPLOY, &[])]);
    bench.apply_fully().await;
    bench.later().await;
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(null));
    bench
}

#[tokio::test(start_paused = true)]
async fn the_last_administrator_stays() {
    let mut bench = administered_by_people().await;
    bench.consent = full_consent();
    bench.edit("/accessEntries/0", entry(PEOPLE, &["AmazonEKSViewPolicy"]));
    bench.assert_blocked("from the last access entry that has it").await;
    let namespaced = json!([{
        "policyArn": "AmazonEKSClusterAdminPolicy",
        "accessScope": { "type": "namespace", "namespaces": ["gitlab-runner"] },
    }]);
    bench.edit("/accessEntries/0/accessPolicies", namespaced);
    bench.assert_blocked("from the last access entry that has it").await;
    bench.file["accessEntries"] = json!([]);
    bench.assert_blocked("from the last access entry that has it").await;
}

#[tokio::test(start_paused = true)]
async fn a_new_administrator_comes_before_the_old_one_goes() {
    let mut bench = administered_by_people().await;
    bench.edit("/accessEntries/0", entry(PEOPLE, &[]));
    bench.edit("/accessEntries/1", entry(DEPLOY, &["AmazonEKSClusterAdminPolicy"]));
    let before = bench.mutations().len();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert_eq!(sent(&bench, before), ["eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy"]);
    // And if the new one cannot come, the old one stays.
    let bench = {
        let mut bench = bench;
        bench.edit("/accessEntries/0", entry(PEOPLE, &["AmazonEKSClusterAdminPolicy"]));
        bench.edit("/accessEntries/1", entry(DEPLOY, &[]));
        bench
    };
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:AssociateAccessPolicy", 403, "AccessDeniedException", "not authorized"));
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.tamper(|world| assert!(entries(world)[DEPLOY].policies.contains_key(ADMIN)));
}

/// Whether associating again changes the scope is not known: both are lived with.
#[tokio::test(start_paused = true)]
async fn a_scope_changes_one_way_or_the_other() {
    for (association_updates_scope, calls) in [
        (true, &["eks:AssociateAccessPolicy"][..]),
        (false, &["eks:AssociateAccessPolicy", "eks:DisassociateAccessPolicy", "eks:AssociateAccessPolicy"][..]),
    ] {
        let switches = Switches { association_updates_scope, ..Switches::default() };
        let mut bench = Bench::with("cluster.yaml", switches, None);
        bench.apply_fully().await;
        bench.later().await;
        bench.edit("/accessEntries/2/accessPolicies/0/accessScope/namespaces", json!(["gitlab-runner", "review-*"]));
        let before = bench.mutations().len();
        assert!(matches!(bench.apply().await, Ending::Done(..)));
        assert_eq!(sent(&bench, before), calls, "association_updates_scope={association_updates_scope}");
    }
}

/// A cluster that reads only its config map, as a plain `CreateCluster` makes it.
async fn config_map_only() -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    let entries = bench.file["accessEntries"].take();
    bench.edit("/accessEntries", json!([]));
    bench.edit("/cluster/accessConfig", json!(null));
    bench.apply_fully().await;
    bench.later().await;
    bench.edit("/accessEntries", entries);
    bench
}

#[tokio::test(start_paused = true)]
async fn from_the_config_map_to_entries_in_two_steps_with_the_entries_in_between() {
    let mut bench = config_map_only().await;
    bench.consent = full_consent();
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API" }));
    insta::assert_snapshot!(bench.plan_text().await);
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let sent = sent(&bench, before);
    let modes: Vec<usize> = (0..sent.len()).filter(|index| sent[*index] == "eks:UpdateClusterConfig").collect();
    let [first, last] = modes[..] else { panic!("{sent:?}") };
    let made: Vec<usize> = (0..sent.len()).filter(|index| sent[*index] == "eks:CreateAccessEntry").collect();
    assert!(!made.is_empty() && made.iter().all(|index| (first..last).contains(index)), "{sent:?}");
    bench.later().await;
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn the_config_map_stays_when_an_entry_cannot_be_made() {
    let mut bench = config_map_only().await;
    bench.consent = full_consent();
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API" }));
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:CreateAccessEntry", 403, "AccessDeniedException", "not authorized"));
    });
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Incomplete(..)), "{ending:#?}");
    bench.cluster(|cluster| assert_eq!(cluster.authentication_mode, "API_AND_CONFIG_MAP"));
    bench.tamper(World::heal);
    assert!(matches!(bench.apply().await, Ending::Done(..)), "run again, it goes on");
}

#[tokio::test(start_paused = true)]
async fn leaving_the_config_map_takes_consent_of_both_kinds() {
    let mut bench = config_map_only().await;
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API" }));
    bench.assert_blocked("there is no way back").await;
    bench.consent.irreversible = true;
    bench.assert_blocked("EKS stops reading the aws-auth config map; somebody may be locked out").await;
}

#[tokio::test(start_paused = true)]
async fn entries_need_a_mode_that_knows_them() {
    let bench = config_map_only().await;
    bench.assert_blocked("the cluster's authentication mode is CONFIG_MAP, which has no access entries").await;
}

#[tokio::test(start_paused = true)]
async fn a_hundred_and_fifty_entries_are_complete_in_small_pages() {
    let mut bench = Bench::with("cluster.yaml", Switches::default(), Some(7));
    for number in 0..150 {
        let name = format!("team-{number}");
        bench.tamper(|world| world.account_mut().make_role(&name, "/", &[]));
        let policies = ["AmazonEKSViewPolicy", "AmazonEKSEditPolicy"];
        let principal = format!("arn:aws:iam::111122223333:role/{name}");
        bench.file["accessEntries"].as_array_mut().unwrap().push(entry(&principal, &policies));
    }
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.later().await;
    let before = bench.mount.calls().len();
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
    assert_eq!(bench.mount.calls().len() - before, crate::reading::formula(3, 154, 7));
    let seen = plan.changes.iter().filter(|change| change.address.kind == "access-entry").count();
    assert_eq!(seen, 154, "150 teams, the three of the example, and what EKS made for nodes");
}

/// EKS shows nothing of it, so trueup cannot know; what helps is to make the entry anew, which is one command away.
#[tokio::test(start_paused = true)]
async fn an_entry_of_a_role_that_was_made_anew_is_cured_by_making_it_anew() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| assert!(world.account_mut().recreate_role("gitlab-deploy")));
    let is_alive =
        |world: &mut World| world.clusters()["gitlab-runners"].access_entries[DEPLOY].is_alive(world.account());
    assert!(!bench.tamper(is_alive));
    assert!(bench.plan().await.in_sync(), "AWS describes it as before");
    bench.tamper(|world| drop(entries(world).remove(DEPLOY)));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert!(bench.tamper(is_alive));
}

/// An entry whose groups and user name a colleague has chosen.
async fn with_a_colleagues_choices(switches: Switches) -> Bench {
    let bench = Bench::with("cluster.yaml", switches, None);
    bench.apply_fully().await;
    bench.later().await;
    bench.tamper(|world| {
        let entry = entries(world).get_mut(DEPLOY).unwrap();
        "gitlab".clone_into(&mut entry.username);
        entry.kubernetes_groups = ["night-shift".to_owned()].into();
    });
    bench
}

/// `UpdateAccessEntry` may reset what is omitted: what the file is silent about goes along as it is.
#[tokio::test(start_paused = true)]
async fn an_update_leaves_alone_what_the_file_is_silent_about() {
    for entry_updates_reset in [true, false] {
        let mut bench = with_a_colleagues_choices(Switches { entry_updates_reset, ..Switches::default() }).await;
        bench.edit("/accessEntries/2/kubernetesGroups", json!(["deployers"]));
        assert!(matches!(bench.apply().await, Ending::Done(..)));
        bench.tamper(|world| assert_eq!(entries(world)[DEPLOY].username, "gitlab"));
        bench.edit("/accessEntries/2/kubernetesGroups", json!(null));
        bench.edit("/accessEntries/2/username", json!("deploy"));
        assert!(matches!(bench.apply().await, Ending::Done(..)));
        bench.tamper(|world| assert_eq!(entries(world)[DEPLOY].kubernetes_groups, ["deployers".to_owned()].into()));
        assert!(bench.plan().await.in_sync());
    }
}

/// The caller's entry with less of everything, beside a group and a policy that it lacks.
#[tokio::test(start_paused = true)]
async fn the_callers_entry_only_grows() {
    for entry_updates_reset in [true, false] {
        let switches = Switches { entry_updates_reset, association_updates_scope: false, ..Switches::default() };
        let mut bench = Bench::with("cluster.yaml", switches, None);
        bench.apply_fully().await;
        bench.later().await;
        bench.tamper(|world| {
            let entry = entries(world).get_mut(PIPELINE).unwrap();
            "pipeline".clone_into(&mut entry.username);
            entry.kubernetes_groups = ["operators".to_owned()].into();
        });
        let namespaced = json!({ "type": "namespace", "namespaces": ["ci"] });
        bench.edit(
            "/accessEntries/1",
            json!({
                "principalArn": PIPELINE, "username": "other", "kubernetesGroups": ["deployers"],
                "accessPolicies": [
                    { "policyArn": ADMIN, "accessScope": namespaced.clone() },
                    { "policyArn": "AmazonEKSViewPolicy", "accessScope": namespaced },
                ],
            }),
        );
        assert!(matches!(bench.apply().await, Ending::Done(..)));
        bench.tamper(|world| {
            let entry = &entries(world)[PIPELINE];
            assert_eq!(entry.username, "pipeline");
            assert_eq!(entry.kubernetes_groups, ["deployers".to_owned(), "operators".to_owned()].into());
            assert_eq!(entry.policies[ADMIN].scope_type, "cluster");
            assert_eq!(entry.policies.len(), 2);
        });
        assert!(bench.plan().await.in_sync());
    }
}

/// As a file that a person writes may have it: ARNs here, short names there.
#[tokio::test(start_paused = true)]
async fn a_policy_is_the_same_one_by_name_and_by_arn() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/accessEntries/0/accessPolicies/0/policyArn", json!(ADMIN));
    assert!(bench.plan().await.in_sync());
}

/// Whoever comes second must not fail, and the entry is right either way.
#[tokio::test(start_paused = true)]
async fn the_entry_of_nodes_may_be_in_the_file_too() {
    for entries_before_active in [true, false] {
        let switches = Switches { entries_before_active, ..Switches::default() };
        let mut bench = Bench::with("cluster.yaml", switches, None);
        let nodes = json!({ "principalArn": NODE, "type": "EC2_LINUX", "tags": { "of": "nodes" } });
        bench.file["accessEntries"].as_array_mut().unwrap().push(nodes);
        bench.apply_fully().await;
        bench.later().await;
        assert!(bench.plan().await.in_sync());
        bench.tamper(|world| assert_eq!(entries(world)[NODE].entry_type, "EC2_LINUX"));
        // Ours by its tag, and still the nodes'.
        bench.file["accessEntries"].as_array_mut().unwrap().pop();
        bench.consent = full_consent();
        assert!(matches!(bench.apply().await, Ending::InSync(_)));
        assert!(bench.plan_text().await.contains("is not in the file, and stays: nodes may join by it"));
    }
}

#[tokio::test(start_paused = true)]
async fn people_do_not_come_in_by_an_entry_of_nodes() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        let entry = entries(world).get_mut(DEPLOY).unwrap();
        entry.entry_type = "HYBRID_LINUX".to_owned();
        entry.policies.clear();
        entry.kubernetes_groups = ["system:nodes".to_owned()].into();
    });
    bench.assert_blocked("nodes join by this entry, for its type is HYBRID_LINUX").await;
    bench.edit("/accessEntries/2/type", json!("STANDARD"));
    bench.skip_blocked = true;
    let before = bench.mutations().len();
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    assert_eq!(bench.mutations().len(), before);
}

#[tokio::test(start_paused = true)]
async fn a_target_does_not_make_a_cluster_that_nobody_can_enter() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/bootstrapClusterCreatorAdminPermissions", json!(false));
    bench.targets = vec!["nodegroup/jobs".to_owned()];
    bench.assert_blocked("its creator gets no access entry, and nobody else would administer it").await;
    bench.targets.push(format!("access-entry/{PEOPLE}"));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn the_entry_of_auto_modes_nodes_has_its_policy() {
    let mut bench = Bench::new("cluster.yaml");
    bench.tamper(|world| world.account_mut().make_role("auto-nodes", "/eks/", &[]));
    let auto = json!({
        "principalArn": "arn:aws:iam::111122223333:role/eks/auto-nodes", "type": "EC2",
        "accessPolicies": [{ "policyArn": "AmazonEKSAutoNodePolicy" }],
    });
    bench.file["accessEntries"].as_array_mut().unwrap().push(auto);
    bench.apply_fully().await;
    bench.later().await;
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn late_entries_are_waited_for() {
    let switches = Switches { access_entry_lag_seconds: 30, entries_before_active: true, ..Switches::default() };
    let bench = Bench::with("cluster.yaml", switches, None);
    bench.apply_fully().await;
    let late = bench.mutations().into_iter().filter(|call| call.status == 404).count();
    assert!(late > 0, "no entry was late");
}

/// Whoever is to have another policy has the old one for as long as the new one does not come.
#[tokio::test(start_paused = true)]
async fn nobody_is_left_with_nothing_between_two_policies() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/accessEntries/2", entry(DEPLOY, &["AmazonEKSViewPolicy"]));
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:AssociateAccessPolicy", 403, "AccessDeniedException", "not authorized"));
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.tamper(|world| assert_eq!(entries(world)[DEPLOY].policies.len(), 1, "it lost what it had"));
}

/// EKS would stop reading what lets people in, with nobody let in by an entry.
#[tokio::test(start_paused = true)]
async fn the_config_map_stays_while_nobody_else_administers() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API_AND_CONFIG_MAP"));
    bench.file["accessEntries"] = json!([entry(DEPLOY, &["AmazonEKSViewPolicy"])]);
    bench.apply_fully().await;
    bench.later().await;
    bench.tamper(|world| drop(entries(world).remove(PIPELINE)));
    bench.edit("/cluster/accessConfig/authenticationMode", json!("API"));
    bench.consent = full_consent();
    bench.assert_blocked("no access entry would make an administrator").await;
    bench.edit("/accessEntries/0", entry(DEPLOY, &["AmazonEKSClusterAdminPolicy"]));
    let before = bench.mutations().len();
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let sent = sent(&bench, before);
    assert!(sent.len() == 3 && sent[0] == "eks:AssociateAccessPolicy", "{sent:?}");
}

/// The creator's own entry comes with the first step, and is not seen before.
#[tokio::test(start_paused = true)]
async fn in_two_steps_the_config_map_goes_only_with_an_administrator_in_the_file() {
    let mut bench = config_map_only().await;
    bench.file["accessEntries"] = json!([entry(DEPLOY, &["AmazonEKSViewPolicy"])]);
    bench.consent = full_consent();
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API" }));
    bench.assert_blocked("no access entry would make an administrator").await;
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API_AND_CONFIG_MAP" }));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.later().await;
    bench.edit("/cluster/accessConfig", json!({ "authenticationMode": "API" }));
    assert!(matches!(bench.apply().await, Ending::Done(..)), "the creator's entry is there by now");
}

/// With --target, too: who stays behind must be an administrator already.
#[tokio::test(start_paused = true)]
async fn a_target_does_not_dismiss_without_the_appointment() {
    let mut bench = administered_by_people().await;
    bench.edit("/accessEntries/0", entry(PEOPLE, &[]));
    bench.edit("/accessEntries/1", entry(DEPLOY, &["AmazonEKSClusterAdminPolicy"]));
    bench.targets = vec![format!("access-entry/{PEOPLE}")];
    bench.assert_blocked("outside of --target").await;
}

/// EKS' own role has an entry of the type STANDARD.
#[tokio::test(start_paused = true)]
async fn the_entry_of_eks_own_role_is_left_alone() {
    let switches = Switches { service_role_entry: true, ..Switches::default() };
    let mut bench = Bench::with("cluster.yaml", switches, None);
    bench.apply_fully().await;
    bench.consent = full_consent();
    let own = "arn:aws:iam::111122223333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS";
    let plan = bench.plan().await;
    assert_eq!(verb(&plan, own), Some(Verb::Keep));
    assert!(!text(&plan).contains(own), "{}", text(&plan));
    bench.tamper(|world| {
        let tag = ("trueup/cluster".to_owned(), "us-east-1/gitlab-runners".to_owned());
        entries(world).get_mut(own).unwrap().tags.extend([tag]);
    });
    assert!(matches!(bench.apply().await, Ending::InSync(_)));
}

/// Groups and policies alike: what replaces something comes first, or it stays.
#[tokio::test(start_paused = true)]
async fn nobody_is_left_with_nothing_between_groups_and_policies() {
    for (from, to, fails) in
        [(json!([VIEW]), json!([]), "eks:UpdateAccessEntry"), (json!([]), json!([VIEW]), "eks:AssociateAccessPolicy")]
    {
        let mut bench = Bench::new("cluster.yaml");
        let groups = |policies: &Value| if policies == &json!([]) { json!(["deployers"]) } else { json!([]) };
        let wanted = |policies: &Value| {
            let policies: Vec<Value> =
                policies.as_array().unwrap().iter().map(|it| json!({ "policyArn": it })).collect();
            policies
        };
        bench.edit("/accessEntries/2/kubernetesGroups", groups(&from));
        bench.edit("/accessEntries/2/accessPolicies", json!(wanted(&from)));
        bench.apply_fully().await;
        bench.edit("/accessEntries/2/kubernetesGroups", groups(&to));
        bench.edit("/accessEntries/2/accessPolicies", json!(wanted(&to)));
        bench.tamper(|world| world.fail(crate::faults::refused(fails, 403, "AccessDeniedException", "not authorized")));
        assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
        bench.tamper(|world| {
            let entry = &entries(world)[DEPLOY];
            assert_eq!(
                (entry.policies.len(), entry.kubernetes_groups.len()),
                if fails.contains("Update") { (1, 0) } else { (0, 1) }
            );
        });
        bench.tamper(World::heal);
        assert!(matches!(bench.apply().await, Ending::Done(..)));
        bench.later().await;
        assert!(bench.plan().await.in_sync());
    }
}

/// A role that was made again under another name: the old entry goes when the new one is there, and not before.
#[tokio::test(start_paused = true)]
async fn an_entry_is_pruned_only_if_the_others_are_as_they_should_be() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.edit("/accessEntries/2/principalArn", json!("arn:aws:iam::111122223333:role/gitlab-runners-cluster"));
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:CreateAccessEntry", 400, "InvalidParameterException", "no such role"));
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.tamper(|world| assert!(entries(world).contains_key(DEPLOY)));
}

/// Where associating again does not change the scope, the way round would take from the caller what it comes in by.
#[tokio::test(start_paused = true)]
async fn the_callers_policy_is_never_taken_to_be_given_back() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| {
        world.settings_mut().switches.association_updates_scope = false;
        let policy = entries(world).get_mut(PIPELINE).unwrap().policies.get_mut(ADMIN).unwrap();
        (policy.scope_type, policy.namespaces) = ("namespace".to_owned(), ["one".to_owned()].into());
    });
    bench.edit("/accessEntries/1", entry(PIPELINE, &["AmazonEKSClusterAdminPolicy"]));
    let before = bench.mutations().len();
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("the scope changed") };
    assert_eq!(sent(&bench, before), ["eks:AssociateAccessPolicy"]);
    assert!(report.failed[0].why.contains("whoever runs trueup reaches the cluster by it"), "{:?}", report.failed);
}

/// To take access away is the safe direction: an entry that cannot be mended is no successor, and keeps nobody else's alive.
#[tokio::test(start_paused = true)]
async fn a_prune_does_not_wait_for_an_entry_that_is_there_already() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.file["accessEntries"].as_array_mut().unwrap().push(entry(RUNNERS, &["AmazonEKSViewPolicy"]));
    bench.apply_fully().await;
    bench.file["accessEntries"].as_array_mut().unwrap().pop();
    bench.tamper(|world| {
        let entry = entries(world).get_mut(DEPLOY).unwrap();
        entry.entry_type = "HYBRID_LINUX".to_owned();
        entry.policies.clear();
    });
    (bench.consent, bench.skip_blocked) = (full_consent(), true);
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.tamper(|world| assert!(!entries(world).contains_key(RUNNERS)));
}

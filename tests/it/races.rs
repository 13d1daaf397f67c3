//! AWS goes on between plan and mutation, and the autoscaler with it.

use std::collections::BTreeMap;
use std::time::Duration;

use sandbox::{Effect, NodegroupStatus, World};
use serde_json::json;
use tokio::time::Instant;
use trueup::apply::Ending;
use trueup::event::{Event, EventKind, Report};

use crate::audience::{Scripted, waits};
use crate::bench::{Bench, cluster, full_consent, nodegroup, resize, scaling_group_of, text};
use crate::faults::fault;

/// How an apply ends if this happens after the plan was shown, and what was shown.
pub(crate) async fn apply_while(bench: &Bench, happens: impl FnOnce(&mut World)) -> (Ending, String) {
    let mut meanwhile = Scripted::meanwhile(&bench.mount, happens);
    let ending = bench.apply_before(&mut meanwhile).await;
    (ending, text(&meanwhile.shown.unwrap()))
}

fn desired(bench: &Bench, nodegroup: &str) -> i64 {
    bench.group(nodegroup, |group| group.config.scaling.desired)
}

fn failure(ending: Ending) -> (Report, String) {
    let Ending::Incomplete(report, _) = ending else { panic!("it went through: {ending:#?}") };
    let why = report.failed.first().map(|action| action.why.clone()).unwrap_or_default();
    (report, why)
}

#[tokio::test(start_paused = true)]
async fn a_size_from_the_plan_is_never_sent_over_the_autoscalers() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/scalingConfig/minSize", json!(3));
    let (ending, shown) = apply_while(&bench, |world| resize(world, "jobs", 12)).await;
    assert!(shown.contains("scalingConfig.desiredSize  1 → 3"), "{shown}");
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(desired(&bench, "jobs"), 12, "eleven nodes with jobs on them were terminated");
}

#[tokio::test(start_paused = true)]
async fn a_maximum_that_became_too_low_meanwhile_is_not_sent() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/scalingConfig/maxSize", json!(8));
    let (ending, shown) = apply_while(&bench, |world| resize(world, "jobs", 12)).await;
    assert!(!shown.contains("disruptive"), "{shown}");
    let (_, why) = failure(ending);
    assert!(why.contains("has changed since the plan") && why.contains("terminates 4 nodes"), "{why}");
    assert_eq!(desired(&bench, "jobs"), 12);
}

#[tokio::test(start_paused = true)]
async fn a_drained_group_that_filled_again_is_not_pruned() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    let (ending, shown) = apply_while(&bench, |world| resize(world, "jobs-arm64", 10)).await;
    assert!(shown.contains("terminates 0 nodes"), "{shown}");
    let (_, why) = failure(ending);
    assert!(why.contains("terminates 10 nodes"), "{why}");
    assert_eq!(desired(&bench, "jobs-arm64"), 10);
}

/// A group under a new name failed: the old one keeps the jobs.
#[tokio::test(start_paused = true)]
async fn nothing_is_pruned_unless_everything_else_succeeded() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.edit("/nodegroups/1/nodegroupName", json!("jobs-v2"));
    let fails = Effect::CreateFails { code: "NodeCreationFailure".to_owned(), message: "no capacity".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:CreateNodegroup", 1, 1, fails)));
    let (report, _) = failure(bench.apply().await);
    assert!(report.skipped.iter().any(|(id, _)| id.0 == "nodegroup/jobs delete"), "{report:#?}");
    assert_eq!(desired(&bench, "jobs"), 1, "the old group is gone");
}

/// Cluster Autoscaler would scale up nodes on which the pods never fit.
#[tokio::test(start_paused = true)]
async fn tags_never_promise_what_the_group_does_not_have() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/labels/gpu", json!("yes"));
    let fails = Effect::UpdateFails { code: "Unknown".to_owned(), message: "no".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:UpdateNodegroupConfig", 1, 1, fails)));
    let (report, _) = failure(bench.apply().await);
    assert!(report.skipped.iter().any(|(id, _)| id.0 == "autoscaling-group/jobs CreateOrUpdateTags"), "{report:#?}");
    let tagged = bench.tamper(|world| {
        let tags = &scaling_group_of(world, "jobs").tags;
        tags.contains_key("k8s.io/cluster-autoscaler/node-template/label/gpu")
    });
    assert!(!tagged);
}

/// Somebody else's apply made the broken group again while we were asking.
#[tokio::test(start_paused = true)]
async fn a_group_that_is_no_longer_broken_is_not_deleted() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.group("jobs", |group| group.status = NodegroupStatus::CreateFailed);
    let again = |world: &mut World| nodegroup(world, "jobs").status = NodegroupStatus::Active;
    let (ending, shown) = apply_while(&bench, again).await;
    assert!(shown.contains("will be deleted and made again"), "{shown}");
    let (_, why) = failure(ending);
    assert!(why.contains("it is no longer broken"), "{why}");
}

/// Consent to drop one address is no consent to drop the one that was added meanwhile.
#[tokio::test(start_paused = true)]
async fn an_address_that_was_added_meanwhile_is_not_dropped() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["198.51.100.7/32"]));
    let added = |world: &mut World| cluster(world).public_access_cidrs.push("192.0.2.9/32".to_owned());
    let (ending, _) = apply_while(&bench, added).await;
    let (_, why) = failure(ending);
    assert!(why.contains("has changed since the plan"), "{why}");
}

/// A blocked step of the control plane does not keep an old group alive for ever.
#[tokio::test(start_paused = true)]
async fn a_prune_does_not_wait_for_what_carries_no_pods() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.skip_blocked = true;
    bench.edit("/cluster/version", json!("1.35"));
    bench.group("jobs-arm64", |group| group.version = "1.31".to_owned());
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    // With the old group gone the upgrade would be possible, but it was shown as blocked: the next run may do it.
    let Ending::Strayed(report, _) = bench.apply().await else { panic!("the upgrade was not held back") };
    assert!(report.done.iter().any(|id| id.0 == "nodegroup/jobs-arm64 delete"), "{report:#?}");
    assert!(matches!(bench.apply().await, Ending::Done(..)), "now nothing is in the way of the upgrade");
}

const PEOPLE: &str =
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_0123456789abcdef";
const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";
const ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";

fn policies<'a>(world: &'a mut World, principal: &str) -> &'a mut BTreeMap<String, sandbox::AssociatedPolicy> {
    &mut cluster(world).access_entries.get_mut(principal).unwrap().policies
}

fn hand_over(world: &mut World) {
    let admin = policies(world, PEOPLE).remove(ADMIN).unwrap();
    policies(world, DEPLOY).insert(ADMIN.to_owned(), admin);
}

/// A cluster whose administrators are people, and not the pipeline that runs trueup.
async fn administered_by_people() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| policies(world, "arn:aws:iam::111122223333:role/trueup-apply").clear());
    bench.edit("/accessEntries/1/accessPolicies", json!([]));
    bench.consent = full_consent();
    bench
}

/// A policy is taken that was shown; the one that came meanwhile is another matter, with a saved plan or without.
#[tokio::test(start_paused = true)]
async fn a_policy_that_came_meanwhile_is_not_taken_along() {
    for saved in [false, true] {
        let mut bench = administered_by_people().await;
        bench.edit("/accessEntries/2/accessPolicies", json!([]));
        if saved {
            bench.promise = Some(bench.plan().await.document());
        }
        let (ending, shown) = apply_while(&bench, hand_over).await;
        assert!(shown.contains("- AmazonEKSEditPolicy") && !shown.contains("- AmazonEKSClusterAdmin"), "{shown}");
        let (_, why) = failure(ending);
        assert!(why.contains("has changed since the plan") && why.contains("AmazonEKSClusterAdminPolicy"), "{why}");
        bench.tamper(|world| assert!(policies(world, DEPLOY).contains_key(ADMIN)));
    }
}

/// Consent to resume one process is none to resume those that somebody suspended meanwhile.
#[tokio::test(start_paused = true)]
async fn a_process_that_was_suspended_meanwhile_is_not_resumed() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.edit("/nodegroups/1/autoscaling/suspendedProcesses", json!([]));
    let (ending, _) = apply_while(&bench, |world| {
        let group = scaling_group_of(world, "jobs");
        group.suspended.insert("ReplaceUnhealthy".to_owned(), "User suspended at 2026-01-01T00:00:00Z".to_owned());
    })
    .await;
    let (_, why) = failure(ending);
    assert!(why.contains("has changed since the plan"), "{why}");
    bench.tamper(|world| assert!(scaling_group_of(world, "jobs").suspended.contains_key("AZRebalance")));
}

/// Whoever was to remain as the administrator may be none any more when the other one is to go.
#[tokio::test(start_paused = true)]
async fn the_last_administrator_stays_even_if_it_became_that_meanwhile() {
    let mut bench = administered_by_people().await;
    bench.edit("/accessEntries/2/accessPolicies", json!([{ "policyArn": "AmazonEKSClusterAdminPolicy" }]));
    bench.apply_fully().await;
    bench.file["accessEntries"].as_array_mut().unwrap().pop();
    let (ending, shown) = apply_while(&bench, |world| policies(world, PEOPLE).clear()).await;
    assert!(shown.contains("gitlab-deploy will be deleted"), "{shown}");
    let (_, why) = failure(ending);
    assert!(why.contains("no other access entry administers the whole cluster any more"), "{why}");
    bench.tamper(|world| assert!(policies(world, DEPLOY).contains_key(ADMIN)));
}

#[tokio::test(start_paused = true)]
async fn the_config_map_stays_if_the_last_administrator_went_meanwhile() {
    let bench = administered_by_people().await;
    bench.cluster(|cluster| cluster.authentication_mode = "API_AND_CONFIG_MAP".to_owned());
    let (ending, shown) = apply_while(&bench, |world| policies(world, PEOPLE).clear()).await;
    assert!(shown.contains("API_AND_CONFIG_MAP → API"), "{shown}");
    let (_, why) = failure(ending);
    assert!(why.contains("no other access entry administers the whole cluster any more"), "{why}");
    bench.cluster(|cluster| assert_eq!(cluster.authentication_mode, "API_AND_CONFIG_MAP"));
}

/// The autoscaler may shrink a group while a question is open; that the size goes up to the new minimum was shown with it.
#[tokio::test(start_paused = true)]
async fn a_minimum_brings_along_the_size_that_shrank_meanwhile() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| resize(world, "jobs", 8));
    bench.edit("/nodegroups/1/scalingConfig", json!({ "minSize": 5, "maxSize": 40 }));
    let (ending, shown) = apply_while(&bench, |world| resize(world, "jobs", 3)).await;
    assert!(!shown.contains("scalingConfig.desiredSize"), "{shown}");
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(desired(&bench, "jobs"), 5);
}

/// Whoever was only just made an administrator may not be visible at the first look.
#[tokio::test(start_paused = true)]
async fn a_new_administrator_is_waited_for() {
    let mut bench = administered_by_people().await;
    bench.edit("/accessEntries/0/accessPolicies", json!([]));
    bench.edit("/accessEntries/2/accessPolicies", json!([{ "policyArn": "AmazonEKSClusterAdminPolicy" }]));
    let unseen =
        Effect::Refused { status: 404, code: "ResourceNotFoundException".to_owned(), message: "not yet".to_owned() };
    // The reading and the looks before each change come first.
    let before = bench.copy();
    assert!(matches!(before.apply().await, Ending::Done(..)));
    let reads = before.mount.calls().iter().filter(|call| call.operation == "eks:DescribeAccessEntry").count();
    let (mut done, mut waited) = (0, 0);
    for nth in 1..=u32::try_from(reads).unwrap() {
        let bench = bench.copy();
        bench.tamper(|world| world.fail(fault("eks:DescribeAccessEntry", nth, 1, unseen.clone())));
        let (ending, events) = bench.apply_heard().await;
        // An entry that is not seen at first is planned anew: that is another matter.
        let (Ending::Done(report, _) | Ending::Incomplete(report, _) | Ending::Strayed(report, _)) = &ending else {
            panic!("read {nth}: {ending:#?}")
        };
        let alarm = report.failed.iter().any(|action| action.why.contains("no other access entry administers"));
        assert!(!alarm, "read {nth}: {:#?}", report.failed);
        let of_it = |event: &Event| matches!(&event.kind, EventKind::ActionWaiting { status, .. } if status.contains("no other access entry"));
        if matches!(ending, Ending::Done(..)) {
            done += 1;
            waited += usize::from(events.iter().any(of_it));
        }
    }
    assert!(done > 0 && waited > 0, "{done} went through, {waited} of them after a wait for the new administrator");
}

async fn with_a_group_to_prune() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    bench
}

/// Ours is gone, and what has its name is somebody else's and ACTIVE: there is nothing to wait for.
#[tokio::test(start_paused = true)]
async fn a_strangers_group_of_the_same_name_is_not_waited_for() {
    let bench = with_a_group_to_prune().await;
    let theirs = |world: &mut World| {
        let now = world.clock();
        let group = nodegroup(world, "jobs-arm64");
        (group.status, group.transition, group.created_at) = (NodegroupStatus::Active, None, now);
        group.arn = format!("{}-another", group.arn);
        group.tags.clear();
    };
    let began = Instant::now();
    let ending = bench.apply_before(&mut Scripted::once(&bench.mount, waits, theirs)).await;
    assert!(began.elapsed() < Duration::from_mins(10), "it waited for {:?}: {ending:#?}", began.elapsed());
    let deletions = bench.mutations().into_iter().filter(|call| call.operation == "eks:DeleteNodegroup").count();
    assert_eq!(deletions, 1, "the stranger's group was to be deleted, too");
    bench.group("jobs-arm64", |group| assert_eq!(group.status, NodegroupStatus::Active));
}

/// One answer that it is not there is no deletion: it is there, ACTIVE and ours.
#[tokio::test(start_paused = true)]
async fn a_deletion_that_was_answered_not_found_is_not_waited_for_in_vain() {
    let bench = with_a_group_to_prune().await;
    let (code, message) = ("ResourceNotFoundException".to_owned(), "No node group found".to_owned());
    let effect = Effect::Refused { status: 404, code, message };
    bench.tamper(|world| world.fail(fault("eks:DeleteNodegroup", 1, 1, effect)));
    let began = Instant::now();
    let ending = bench.apply().await;
    assert!(began.elapsed() < Duration::from_mins(10), "it waited for {:?}: {ending:#?}", began.elapsed());
    let left = bench.cluster(|cluster| cluster.nodegroups.contains_key("jobs-arm64"));
    assert_eq!(matches!(ending, Ending::Done(..)), !left, "{ending:#?}");
}

/// A cluster that failed meanwhile is not busy: nothing is waited for that cannot come.
#[tokio::test(start_paused = true)]
async fn what_has_failed_meanwhile_is_not_waited_for() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/cluster/logging", json!(["scheduler"]));
    let began = Instant::now();
    let (ending, _) = apply_while(&bench, |world| cluster(world).status = sandbox::ClusterStatus::Failed).await;
    let (report, _) = failure(ending);
    assert!(began.elapsed() < Duration::from_mins(10), "it waited for {:?}: {report:#?}", began.elapsed());
}

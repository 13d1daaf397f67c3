//! What AWS does on a bad day.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use sandbox::{Effect, Fault};
use serde_json::json;
use trueup::apply::Ending;
use trueup::aws::FaultKind;
use trueup::event::{Event, EventKind, FailedAction, Report};

use crate::bench::Bench;

pub(crate) fn fault(operation: &str, first: u32, count: u32, effect: Effect) -> Fault {
    Fault { operation: operation.to_owned(), first, count, effect }
}

pub(crate) fn refused(operation: &str, status: u16, code: &str, message: &str) -> Fault {
    let effect = Effect::Refused { status, code: code.to_owned(), message: message.to_owned() };
    fault(operation, 1, u32::MAX, effect)
}

/// Every operation that an apply from nothing sends.
const MUTATIONS: [&str; 8] = [
    "eks:CreateCluster",
    "eks:CreateAccessEntry",
    "eks:AssociateAccessPolicy",
    "eks:TagResource",
    "eks:CreateNodegroup",
    "autoscaling:CreateOrUpdateTags",
    "autoscaling:DeleteTags",
    "autoscaling:SuspendProcesses",
];

/// How often an operation did not get the answer that it wanted.
fn refusals(bench: &Bench, operation: &str) -> usize {
    bench.mount.calls().iter().filter(|call| call.operation == operation && call.status != 200).count()
}

#[tokio::test(start_paused = true)]
async fn throttling_and_server_errors_are_retried_and_seen() {
    for effect in [Effect::Throttled, Effect::ServerError] {
        let bench = Bench::new("cluster.yaml");
        // Who we are is asked a few times only: without credentials or network everything fails, and soon.
        bench.tamper(|world| world.fail(fault("sts:GetCallerIdentity", 1, 2, effect.clone())));
        bench.tamper(|world| world.fail(fault("eks:DescribeCluster", 1, 5, effect.clone())));
        for operation in MUTATIONS {
            bench.tamper(|world| world.fail(fault(operation, 1, 2, effect.clone())));
        }
        let (ending, events) = bench.apply_heard().await;
        assert!(matches!(ending, Ending::Done(..)), "{effect:?}: {ending:#?}");
        let retried = |event: &Event| matches!(event.kind, EventKind::RequestRetried { .. });
        assert!(events.iter().any(retried), "{effect:?}: nobody saw a retry");
        for operation in MUTATIONS {
            assert_eq!(refusals(&bench, operation), 2, "{effect:?}: {operation} was not hit");
        }
        assert!(bench.plan().await.in_sync());
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_reply_does_not_make_anything_twice() {
    for operation in MUTATIONS {
        let bench = Bench::new("cluster.yaml");
        bench.tamper(|world| world.fail(fault(operation, 1, 1, Effect::ReplyLost)));
        let ending = bench.apply().await;
        assert!(matches!(ending, Ending::Done(..)), "{operation}: {ending:#?}");
        assert_eq!(refusals(&bench, operation), 1, "no reply to {operation} was lost");
        assert!(bench.plan().await.in_sync(), "{operation}");
    }
}

#[tokio::test(start_paused = true)]
async fn throttled_to_death_says_what_to_do() {
    let bench = Bench::new("cluster.yaml");
    bench.tamper(|world| world.fail(fault("eks:DescribeCluster", 1, u32::MAX, Effect::Throttled)));
    let Ending::Unread(_, fault) = bench.apply().await else { panic!("it was read") };
    assert_eq!(fault.kind, FaultKind::Throttled);
    assert!(fault.hint().contains("run again"));
}

#[tokio::test(start_paused = true)]
async fn refusals_say_which_operation_and_what_to_do() {
    for (code, kind) in [("AccessDeniedException", FaultKind::Denied), ("ExpiredTokenException", FaultKind::Expired)] {
        let bench = Bench::new("cluster.yaml");
        bench.tamper(|world| world.fail(refused("eks:CreateCluster", 403, code, "no")));
        let Ending::Incomplete(report, _) = bench.apply().await else { panic!("{code} was no obstacle") };
        let FailedAction { id, why, hint, code: told, request_id, .. } = &report.failed[0];
        assert_eq!(id.0, "cluster/gitlab-runners create");
        assert_eq!(told.as_deref(), Some(code));
        let request_id = request_id.as_ref().unwrap();
        assert_eq!(*why, format!("eks:CreateCluster failed: no ({code}, request id {request_id})"));
        let expected = if kind == FaultKind::Denied { "allow the action" } else { "get fresh credentials" };
        assert!(hint.as_ref().is_some_and(|hint| hint.contains(expected)), "{hint:?}");
    }
}

/// The last refusal is told where an action's time is up.
#[tokio::test(start_paused = true)]
async fn what_is_busy_for_good_is_told_with_the_last_refusal() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", json!(["api"]));
    let busy = refused("eks:UpdateClusterConfig", 409, "ResourceInUseException", "Cluster is in use");
    bench.tamper(|world| world.fail(busy));
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("it was taken") };
    let FailedAction { why, hint, code, request_id, .. } = &report.failed[0];
    assert!(why.starts_with("not finished after 60 minutes; last seen: eks:UpdateClusterConfig failed:"), "{why}");
    assert_eq!(code.as_deref(), Some("ResourceInUseException"));
    assert!(why.ends_with(&format!("(ResourceInUseException, request id {})", request_id.as_ref().unwrap())), "{why}");
    assert!(hint.as_ref().unwrap().contains("find out what keeps it busy"), "{hint:?}");
}

fn ids(report: &Report) -> (Vec<&str>, Vec<&str>) {
    let failed = report.failed.iter().map(|action| action.id.0.as_str()).collect();
    (failed, report.skipped.iter().map(|(id, _)| id.0.as_str()).collect())
}

/// The group keeps its old configuration and is ACTIVE: only the update object tells that it failed.
#[tokio::test(start_paused = true)]
async fn a_failed_update_is_a_failure_and_the_next_run_goes_on() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench.edit("/nodegroups/2/labels/more", json!("labels"));
    bench.edit("/cluster/logging", json!(["api"]));
    let fails =
        Effect::UpdateFails { code: "PodEvictionFailure".to_owned(), message: "reached max retries".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:UpdateNodegroupConfig", 1, 1, fails)));
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("the failed update went unseen") };
    let (failed, skipped) = ids(&report);
    let group = failed[0].strip_suffix(" UpdateNodegroupConfig").unwrap().strip_prefix("nodegroup/").unwrap();
    assert_eq!(
        (failed.len(), skipped),
        (1, vec![format!("autoscaling-group/{group} CreateOrUpdateTags").as_str()]),
        "{report:#?}"
    );
    assert!(report.failed[0].why.contains("PodEvictionFailure: reached max retries"), "{report:#?}");
    assert_eq!(report.failed[0].code.as_deref(), Some("PodEvictionFailure"));
    assert!(report.failed[0].hint.as_ref().unwrap().contains("PodDisruptionBudgets"), "{report:#?}");
    assert!(report.done.iter().any(|id| id.0.contains("UpdateClusterConfig")), "what does not depend on it runs");
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.later().await;
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn only_what_depends_on_a_failure_is_skipped() {
    let bench = Bench::new("cluster.yaml");
    let fails = Effect::CreateFails { code: "NodeCreationFailure".to_owned(), message: "no capacity".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:CreateNodegroup", 2, 1, fails)));
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("the failed group went unseen") };
    let (failed, skipped) = ids(&report);
    assert_eq!(failed.len(), 1);
    let group = failed[0].strip_suffix(" create").unwrap().strip_prefix("nodegroup/").unwrap();
    assert!(report.failed[0].why.contains("NodeCreationFailure: no capacity"), "{report:#?}");
    assert!(report.failed[0].hint.as_ref().unwrap().contains("correct the cause"), "{report:#?}");
    assert!(
        !skipped.is_empty() && skipped.iter().all(|id| id.starts_with(&format!("autoscaling-group/{group} "))),
        "{skipped:?}"
    );
    // It is ours and of no use: made again without --prune.
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert!(bench.plan().await.in_sync());
}

/// How much EKS and Auto Scaling take at a time is not published: two mutating requests each, whatever --parallel says.
#[tokio::test(start_paused = true)]
async fn two_mutating_requests_per_service_are_in_flight_at_most() {
    let mut bench = Bench::applied("examples/thirty-groups.yaml").await;
    let teams = (0..6).map(|number| format!("team-{number}"));
    let entry = |team: &String| json!({ "principalArn": format!("arn:aws:iam::111122223333:role/{team}") });
    bench.file["accessEntries"] = teams.clone().map(|team| entry(&team)).collect();
    for team in teams {
        bench.tamper(|world| world.account_mut().make_role(&team, "/", &[]));
    }
    bench.apply_fully().await;
    // A request takes a second, so what arrives in one second was in flight together.
    bench.mount = bench.mount.clone().latency(Duration::from_secs(1));
    bench.edit("/metadata/tags", json!({ "more": "tags" }));
    for number in 0..30 {
        bench.edit(&format!("/nodegroups/{number}/autoscaling/tags"), json!({ "more": "tags" }));
    }
    let before = bench.mutations().len();
    bench.apply_fully().await;
    let mut together: BTreeMap<(SystemTime, &str), usize> = BTreeMap::new();
    let calls = bench.mutations();
    for call in &calls[before..] {
        *together.entry((call.at, call.operation.split(':').next().unwrap())).or_default() += 1;
    }
    assert!(calls[before..].iter().filter(|call| call.operation == "eks:TagResource").count() >= 37);
    assert_eq!(together.values().max(), Some(&2), "{together:?}");
}

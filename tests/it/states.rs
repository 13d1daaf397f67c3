//! Resources met in the middle of something.

use aws_sdk_eks::types::{LogSetup, LogType, Logging};
use sandbox::NodegroupStatus;
use serde_json::json;
use trueup::apply::Ending;
use trueup::aws::{Aws, Endpoint, connect};
use trueup::event::{Event, EventKind};
use trueup::plan::{Plan, Verb};

use crate::bench::{Bench, scaling_group_of, text};

/// Somebody else with an SDK client of their own.
pub(crate) async fn outsider(bench: &Bench) -> Aws {
    connect("us-east-1", Endpoint::Mounted(bench.mount.unaudited())).await.0
}

#[tokio::test(start_paused = true)]
async fn somebody_elses_update_is_waited_for() {
    let mut bench = Bench::applied("cluster.yaml").await;
    let outsider = outsider(&bench).await;
    let setup = LogSetup::builder().types(LogType::Scheduler).enabled(true).build();
    let logging = Logging::builder().cluster_logging(setup).build();
    let update = outsider.eks.update_cluster_config(|request| request.name("gitlab-runners").logging(logging));
    let id = update.await.unwrap().id.unwrap();
    bench.edit("/cluster/upgradePolicy/supportType", json!("EXTENDED"));
    let began = bench.tamper(|world| world.clock());
    let (ending, events) = bench.apply_heard().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert!(bench.plan().await.in_sync(), "their log type is drift, and gone");
    // Our own updates are waited for in any case: what counts is what was told of theirs, and when ours was taken.
    let told = |event: &Event| matches!(&event.kind, EventKind::ActionRetrying { why, .. } if why.contains(&id));
    assert!(events.iter().any(told), "nobody was told of {id}: {events:#?}");
    let (end, updates) = bench.cluster(|cluster| (cluster.updates[&id].ends_at, cluster.updates.len()));
    assert!(updates >= 3, "theirs, and ours after it");
    let ours = bench.mount.calls().into_iter().rev().take_while(|call| call.at > began);
    let taken: Vec<_> = ours.filter(|call| call.operation == "eks:UpdateClusterConfig" && call.changed).collect();
    assert!(taken.len() >= 2 && taken.iter().all(|call| call.at >= end), "{end:?}: {taken:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_somebody_deletes_is_made_again() {
    let bench = Bench::applied("cluster.yaml").await;
    let outsider = outsider(&bench).await;
    let jobs = outsider.eks.delete_nodegroup(|request| request.cluster_name("gitlab-runners").nodegroup_name("jobs"));
    jobs.await.unwrap();
    let plan = bench.plan().await;
    assert!(text(&plan).contains("is DELETING; it is made again once it is gone"), "{}", text(&plan));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert!(bench.plan().await.in_sync());
}

fn set_status(bench: &Bench, status: NodegroupStatus, issue: Option<&str>) {
    bench.group("jobs", |group| {
        group.status = status;
        group.health_issues = issue
            .map(|code| sandbox::Issue {
                code: code.to_owned(),
                message: "look here".to_owned(),
                resource_ids: vec!["i-0123".to_owned()],
            })
            .into_iter()
            .collect();
    });
}

#[tokio::test(start_paused = true)]
async fn a_degraded_group_is_changed_and_its_issues_are_shown() {
    let mut bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::Degraded, Some("AsgInstanceLaunchFailures"));
    let plan = bench.plan().await;
    assert!(plan.in_sync());
    assert!(text(&plan).contains("AsgInstanceLaunchFailures: look here (i-0123)"), "{}", text(&plan));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn a_failed_group_that_is_not_ours_is_left_to_a_person() {
    let bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::CreateFailed, Some("NodeCreationFailure"));
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    let ending = bench.apply().await;
    let Ending::Blocked(plan) = &ending else { panic!("{ending:#?}") };
    assert!(text(plan).contains("it is not ours to delete"), "{}", text(plan));
}

#[tokio::test(start_paused = true)]
async fn a_failed_group_of_ours_is_shown_as_made_again() {
    let bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::CreateFailed, Some("NodeCreationFailure"));
    let plan = bench.plan().await;
    let change = plan.changes.iter().find(|change| change.address.to_string() == "nodegroup/jobs").unwrap();
    assert_eq!(change.verb, Verb::Recreate);
    assert!(change.notes[0].contains("NodeCreationFailure"), "{:?}", change.notes);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn a_group_that_cannot_be_deleted_needs_a_person() {
    let bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::DeleteFailed, Some("Ec2SecurityGroupDeletionFailure"));
    let ending = bench.apply().await;
    let Ending::Blocked(plan) = &ending else { panic!("{ending:#?}") };
    assert!(text(plan).contains("DELETE_FAILED: Ec2SecurityGroupDeletionFailure"), "{}", text(plan));
}

#[tokio::test(start_paused = true)]
async fn waiting_is_neither_drift_nor_a_question() {
    let bench = Bench::applied("cluster.yaml").await;
    let outsider = outsider(&bench).await;
    let labels = aws_sdk_eks::types::UpdateLabelsPayload::builder().add_or_update_labels("a", "b").build();
    let update = outsider.eks.update_nodegroup_config(|request| {
        request.cluster_name("gitlab-runners").nodegroup_name("jobs").labels(labels)
    });
    update.await.unwrap();
    // For a moment the group still says ACTIVE.
    assert!(bench.plan().await.in_sync());
    let plan = bench.plan().await;
    assert!(plan.in_sync() && !plan.pending(), "{}", text(&plan));
    assert!(text(&plan).contains("will be waited for"), "{}", text(&plan));
}

/// EKS may refuse to touch a group that is ill: an answer, not a reason to wait for an hour.
#[tokio::test(start_paused = true)]
async fn a_degraded_group_that_eks_refuses_fails_soon_with_its_issues() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.tamper(|world| world.settings_mut().switches.degraded_refuses_updates = true);
    set_status(&bench, NodegroupStatus::Degraded, Some("AsgInstanceLaunchFailures"));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    let began = tokio::time::Instant::now();
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("it was taken") };
    assert!(report.failed[0].why.contains("AsgInstanceLaunchFailures: look here"), "{report:#?}");
    assert!(began.elapsed() < std::time::Duration::from_mins(3), "{:?}", began.elapsed());
}

#[tokio::test(start_paused = true)]
async fn nothing_is_built_on_a_cluster_that_failed() {
    let mut bench = Bench::new("cluster.yaml");
    let fails = sandbox::Effect::CreateFails { code: "AccessDenied".to_owned(), message: "no".to_owned() };
    bench.tamper(|world| world.fail(crate::faults::fault("eks:CreateCluster", 1, 1, fails)));
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.skip_blocked = true;
    let before = bench.mutations().len();
    let Ending::Incomplete(report, plan) = bench.apply().await else { panic!("it went on") };
    assert_eq!((report.done.len(), report.failed.len(), bench.mutations().len()), (0, 0, before));
    assert!(text(&plan).contains("it needs cluster/gitlab-runners, which is of no use as it is"), "{}", text(&plan));
}

/// The name of what was just deleted may stay taken for a while (facts/eks-semantics.md §2.3).
#[tokio::test(start_paused = true)]
async fn a_name_that_is_still_taken_is_tried_again() {
    let bench = Bench::new("cluster.yaml");
    let taken = sandbox::Effect::Refused {
        status: 409,
        code: "ResourceInUseException".to_owned(),
        message: "NodeGroup already exists with name jobs and cluster name gitlab-runners".to_owned(),
    };
    bench.tamper(|world| world.fail(crate::faults::fault("eks:CreateNodegroup", 1, 2, taken)));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert!(bench.plan().await.in_sync());
}

/// Somebody else's creation is drift where it shows what the file does not say.
#[tokio::test(start_paused = true)]
async fn what_somebody_makes_otherwise_is_drift_before_it_is_made() {
    let bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::Creating, None);
    let plan = bench.plan().await;
    let change = plan.changes.iter().find(|change| change.address.to_string() == "nodegroup/jobs").unwrap();
    assert!(change.verb == Verb::Wait && change.fields.is_empty(), "{}", text(&plan));
    bench.group("jobs", |group| group.instance_types = vec!["m5.large".to_owned()]);
    let plan = bench.plan().await;
    assert!(!plan.in_sync() && plan.blocked(), "{}", text(&plan));
}

/// Deleted and made again, or left as it is: never only deleted.
#[tokio::test(start_paused = true)]
async fn a_failed_group_that_cannot_be_made_again_stays() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.skip_blocked = true;
    set_status(&bench, NodegroupStatus::CreateFailed, Some("NodeCreationFailure"));
    bench.edit("/nodegroups/1/version", json!("1.33"));
    let shown = bench.plan_text().await;
    assert!(
        shown.contains("it could not be made again: create: EKS makes nodegroups at the control plane's version, 1.34"),
        "{shown}"
    );
    let before = bench.mutations().len();
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    assert_eq!(bench.mutations().len(), before);
    // Nor is it deleted for a control plane whose upgrade then fails.
    bench.skip_blocked = false;
    bench.edit("/nodegroups/1/version", json!("1.35"));
    bench.edit("/cluster/version", json!("1.35"));
    bench.tamper(|world| {
        world.fail(crate::faults::refused("eks:UpdateClusterVersion", 400, "InvalidRequestException", "not now"));
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.cluster(|cluster| assert!(cluster.nodegroups.contains_key("jobs")));
}

/// What AWS showed of a group that is being made decides; what it leaves out of a part that it shows is a difference, too.
#[tokio::test(start_paused = true)]
async fn a_group_that_is_being_made_is_compared_part_by_part() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/nodegroups/1/updateConfig", json!({ "maxUnavailable": 1 }));
    bench.apply_fully().await;
    bench.later().await;
    set_status(&bench, NodegroupStatus::Creating, None);
    bench.edit("/nodegroups/1/updateConfig", json!({ "maxUnavailablePercentage": 25 }));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    let shown = bench.plan_text().await;
    assert!(shown.contains("updateConfig.maxUnavailablePercentage") && shown.contains("+ more: labels"), "{shown}");
    bench.group("jobs", |group| group.status = NodegroupStatus::Active);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

/// What failed while it was made, and will be made anew, has no nodes to be too old.
#[tokio::test(start_paused = true)]
async fn a_failed_group_is_no_obstacle_to_an_upgrade() {
    let mut bench = Bench::applied("cluster.yaml").await;
    set_status(&bench, NodegroupStatus::CreateFailed, Some("NodeCreationFailure"));
    bench.group("jobs", |group| group.version = "1.31".to_owned());
    bench.edit("/cluster/version", json!("1.35"));
    bench.edit("/nodegroups/1/version", json!("1.35"));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let made = bench.group("jobs", |group| group.version.clone());
    assert_eq!(made, "1.35");
}

/// An Auto Scaling group comes with its nodegroup once; for one that is there already it does not come again.
fn without_scaling_group(bench: &Bench) {
    bench.tamper(|world| {
        let name = scaling_group_of(world, "jobs").name.clone();
        world.auto_scaling_groups_mut().remove(&name).unwrap();
    });
}

fn assert_nothing_is_promised(plan: &Plan) {
    let text = text(plan);
    let group = plan.changes.iter().find(|change| change.address.to_string() == "nodegroup/jobs").unwrap();
    assert!(plan.blocked() && !group.blockers.is_empty(), "{text}");
    assert!(group.blockers.iter().all(|blocker| !blocker.hint.is_empty()), "{text}");
    let born = plan.changes.iter().filter(|change| change.verb == Verb::Born).count();
    assert_eq!(born, 0, "it is said to come by itself: {text}");
}

#[tokio::test(start_paused = true)]
async fn a_group_that_lost_its_auto_scaling_group_needs_a_person() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    without_scaling_group(&bench);
    set_status(&bench, NodegroupStatus::Degraded, Some("AutoScalingGroupNotFound"));
    let before = bench.mutations().len();
    let Ending::Blocked(plan) = bench.apply().await else { panic!("not blocked") };
    assert_nothing_is_promised(&plan);
    assert_eq!(bench.mutations().len(), before);
}

/// So it is while EKS has not noticed yet.
#[tokio::test(start_paused = true)]
async fn an_active_group_without_its_auto_scaling_group_needs_a_person() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    without_scaling_group(&bench);
    let Ending::Blocked(plan) = bench.apply().await else { panic!("not blocked") };
    assert_nothing_is_promised(&plan);
}

/// And with a file that says nothing of autoscaling: a group that can have no nodes is not in sync.
#[tokio::test(start_paused = true)]
async fn a_group_without_its_auto_scaling_group_is_not_in_sync() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/nodegroups/1/autoscaling", json!(null));
    without_scaling_group(&bench);
    set_status(&bench, NodegroupStatus::Degraded, Some("AutoScalingGroupNotFound"));
    let plan = bench.plan().await;
    assert!(!plan.in_sync(), "{}", text(&plan));
    assert_nothing_is_promised(&plan);
}

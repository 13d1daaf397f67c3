//! A later round may only go on with what the first one showed.

use serde_json::json;
use trueup::apply::Ending;
use trueup::event::EventKind;

use crate::audience::{Scripted, finishes, waits};
use crate::bench::{Bench, nodegroup, scaling_group_of, text};

/// Somebody who changes the labels of groups when the first action has ended.
fn meddler(bench: &Bench, groups: &'static [&'static str]) -> Scripted<'static> {
    Scripted::once(&bench.mount, finishes, move |world| {
        for name in groups {
            let before = nodegroup(world, name).config.labels.insert("meddled".to_owned(), "with".to_owned());
            assert_eq!(before, None);
        }
    })
}

async fn with_a_label_to_add() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_may_take_another_round() {
    let bench = with_a_label_to_add().await;
    let ending = bench.apply_before(&mut meddler(&bench, &["jobs"])).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    bench.later().await;
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn what_was_not_shown_is_not_touched() {
    let bench = with_a_label_to_add().await;
    let mut meddler = meddler(&bench, &["jobs", "management"]);
    let Ending::Strayed(report, plan) = bench.apply_before(&mut meddler).await else { panic!("it went on") };
    assert!(!report.done.is_empty());
    assert!(plan.runnable().any(|action| action.address.name == "management"));
    let labels = bench.group("management", |group| group.config.labels.clone());
    assert!(labels.contains_key("meddled"), "an unapproved group was changed");
}

#[tokio::test(start_paused = true)]
async fn a_no_is_a_no() {
    let bench = with_a_label_to_add().await;
    let before = bench.mutations().len();
    assert_eq!(bench.apply_before(&mut Scripted::asked(|| false)).await, Ending::Declined);
    assert_eq!(bench.mutations().len(), before);
}

/// What differs on a cluster that is still being made is shown at once, and done when it is ready.
#[tokio::test(start_paused = true)]
async fn what_is_being_made_is_compared_already() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    // The seventeenth request is the first that changes anything.
    bench.mount.crash_after(17);
    tokio::select! {
        biased;
        () = bench.mount.crashed() => {}
        ending = bench.apply() => panic!("{ending:#?}"),
    }
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups", json!([]));
    let shown = bench.plan_text().await;
    assert!(
        shown.contains("is CREATING; nothing is done to it before that") && shown.contains("1.33 → 1.34"),
        "{shown}"
    );
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(bench.cluster(|cluster| cluster.version.clone()), "1.34");
}

#[tokio::test(start_paused = true)]
async fn what_is_undone_three_times_is_said_to_be_unsettled() {
    let bench = with_a_label_to_add().await;
    // Somebody, or something, takes away whatever is done.
    let mut undoer = Scripted::hearing(|event| {
        if event.kind == EventKind::Verifying {
            assert!(bench.group("jobs", |group| group.config.labels.remove("more")).is_some());
        }
    });
    let Ending::Unsettled(report, plan) = bench.apply_before(&mut undoer).await else { panic!("it settled") };
    let labelled = report.done.iter().filter(|id| id.0 == "nodegroup/jobs UpdateNodegroupConfig").count();
    assert_eq!(labelled, 3, "{report:#?}");
    assert!(!plan.in_sync());
}

/// Somebody adds a label to jobs, of which the file says nothing; EKS is still at it. The tags follow from the labels.
async fn with_somebodys_update() -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/nodegroups/1/labels", json!(null));
    bench.apply_fully().await;
    bench.later().await;
    let outsider = crate::states::outsider(&bench).await;
    let labels = aws_sdk_eks::types::UpdateLabelsPayload::builder().add_or_update_labels("z", "9").build();
    let update = outsider.eks.update_nodegroup_config(|request| {
        request.cluster_name("gitlab-runners").nodegroup_name("jobs").labels(labels)
    });
    update.await.unwrap();
    // For a moment the group still says ACTIVE.
    assert!(bench.plan().await.in_sync());
    bench
}

/// Nobody has agreed to anything: a plan that only waits asks nobody.
async fn assert_nothing_is_sent(bench: &Bench, audience: &mut Scripted<'_>) {
    let before = bench.mutations().len();
    let ending = bench.apply_before(audience).await;
    let shown = text(audience.shown.as_ref().unwrap());
    assert!(shown.contains("nodegroup/jobs"), "{shown}");
    let sent = bench.mutations().split_off(before);
    assert!(sent.is_empty(), "nobody agreed to {sent:#?}");
    assert!(matches!(ending, Ending::Strayed(..) | Ending::Declined), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_plan_of_waits_is_no_consent() {
    let bench = with_somebodys_update().await;
    assert_nothing_is_sent(&bench, &mut Scripted::asked(|| false)).await;
}

/// Nor to whatever else somebody changes meanwhile.
#[tokio::test(start_paused = true)]
async fn a_plan_of_waits_is_no_consent_to_what_comes_meanwhile() {
    let bench = with_somebodys_update().await;
    let mut somebody = Scripted::once(&bench.mount, waits, |world| {
        let group = scaling_group_of(world, "jobs");
        group.suspended.clear();
        group.tags.retain(|key, _| !key.contains("node-template"));
    });
    assert_nothing_is_sent(&bench, &mut somebody).await;
}

/// And it does not say that there is nothing to do.
#[tokio::test(start_paused = true)]
async fn a_plan_of_waits_says_what_it_waits_for() {
    let bench = with_somebodys_update().await;
    let shown = bench.plan_text().await;
    assert!(!shown.to_lowercase().contains("nothing to do"), "{shown}");
    assert!(shown.contains("wait"), "{shown}");
}

//! A later round may only go on with what the first one showed.

use sandbox::Mount;
use serde_json::json;
use trueup::apply::{Audience, Ending};
use trueup::event::{Event, EventKind, Reading};
use trueup::plan::Plan;

use crate::bench::Bench;

/// Somebody who changes AWS while an apply runs.
struct Meddler<'a> {
    mount: Mount,
    /// Groups whose labels are changed, once, when the first action has ended.
    groups: &'a [&'static str],
    agrees: bool,
}

impl Audience for Meddler<'_> {
    fn show(&mut self, _plan: &Plan, _reading: &Reading) {}

    async fn approve(&mut self) -> bool {
        self.agrees
    }

    fn hear(&mut self, event: &Event) {
        if !matches!(event.kind, EventKind::ActionFinished { .. }) {
            return;
        }
        for name in std::mem::take(&mut self.groups) {
            let meddle = |world: &mut sandbox::World| {
                let groups = &mut world.clusters_mut().get_mut("gitlab-runners").unwrap().nodegroups;
                groups.get_mut(*name).unwrap().config.labels.insert("meddled".to_owned(), "with".to_owned())
            };
            assert_eq!(self.mount.world(meddle).unwrap(), None);
        }
    }
}

async fn with_a_label_to_add() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench
}

#[tokio::test(start_paused = true)]
async fn what_was_shown_may_take_another_round() {
    let bench = with_a_label_to_add().await;
    let mut meddler = Meddler { mount: bench.mount.clone(), groups: &["jobs"], agrees: true };
    let ending = bench.apply_before(&mut meddler).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    bench.later().await;
    assert!(bench.plan().await.in_sync());
}

#[tokio::test(start_paused = true)]
async fn what_was_not_shown_is_not_touched() {
    let bench = with_a_label_to_add().await;
    let mut meddler = Meddler { mount: bench.mount.clone(), groups: &["jobs", "management"], agrees: true };
    let Ending::Strayed(report, plan) = bench.apply_before(&mut meddler).await else { panic!("it went on") };
    assert!(!report.done.is_empty());
    assert!(plan.runnable().any(|action| action.address.name == "management"));
    let labels =
        bench.tamper(|world| world.clusters()["gitlab-runners"].nodegroups["management"].config.labels.clone());
    assert!(labels.contains_key("meddled"), "an unapproved group was changed");
}

#[tokio::test(start_paused = true)]
async fn a_no_is_a_no() {
    let bench = with_a_label_to_add().await;
    let before = bench.mutations().len();
    let mut meddler = Meddler { mount: bench.mount.clone(), groups: &[], agrees: false };
    assert_eq!(bench.apply_before(&mut meddler).await, Ending::Declined);
    assert_eq!(bench.mutations().len(), before);
}

/// What differs on a cluster that is still being made is shown at once, and done when it is ready.
#[tokio::test(start_paused = true)]
async fn what_is_being_made_is_compared_already() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    // The fifteenth request is the first that changes anything.
    bench.mount.crash_after(15);
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
    assert_eq!(bench.tamper(|world| world.clusters()["gitlab-runners"].version.clone()), "1.34");
}

/// Somebody, or something, that takes away whatever is done.
struct Undoer {
    mount: Mount,
}

impl Audience for Undoer {
    fn show(&mut self, _plan: &Plan, _reading: &Reading) {}

    async fn approve(&mut self) -> bool {
        true
    }

    fn hear(&mut self, event: &Event) {
        if event.kind == EventKind::Verifying {
            let undo = |world: &mut sandbox::World| {
                let groups = &mut world.clusters_mut().get_mut("gitlab-runners").unwrap().nodegroups;
                groups.get_mut("jobs").unwrap().config.labels.remove("more")
            };
            assert!(self.mount.world(undo).unwrap().is_some());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_undone_three_times_is_said_to_be_unsettled() {
    let bench = with_a_label_to_add().await;
    let Ending::Unsettled(report, plan) = bench.apply_before(&mut Undoer { mount: bench.mount.clone() }).await else {
        panic!("it settled")
    };
    let labelled = report.done.iter().filter(|id| id.0 == "nodegroup/jobs UpdateNodegroupConfig").count();
    assert_eq!(labelled, 3, "{report:#?}");
    assert!(!plan.in_sync());
}

//! `--target`: what is outside is neither shown nor touched, and what is inside never runs without what it needs.

use serde_json::json;
use trueup::apply::Ending;
use trueup::plan::{Plan, Verb};

use crate::bench::{Bench, full_consent, text};

fn actions(plan: &Plan) -> Vec<&str> {
    plan.actions.iter().map(|action| action.id.0.as_str()).collect()
}

fn shown(plan: &Plan) -> Vec<String> {
    plan.changes.iter().map(|change| change.address.to_string()).collect()
}

async fn targeted(bench: &mut Bench, targets: &[&str]) -> Plan {
    bench.targets = targets.iter().map(|&target| target.to_owned()).collect();
    bench.plan().await
}

/// A label, a size and a log type differ: three resources, and the tags of one.
async fn with_three_changes() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", json!(["api"]));
    bench.edit("/nodegroups/0/scalingConfig/maxSize", json!(9));
    bench.edit("/nodegroups/1/labels/tier", json!("gold"));
    bench
}

#[tokio::test(start_paused = true)]
async fn a_target_brings_its_children_and_leaves_the_rest_alone() {
    let mut bench = with_three_changes().await;
    let plan = targeted(&mut bench, &["nodegroup/jobs"]).await;
    assert_eq!(shown(&plan), ["nodegroup/jobs", "autoscaling-group/jobs"]);
    insta::assert_snapshot!(text(&plan));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.targets.clear();
    bench.later().await;
    let rest = bench.plan().await;
    let rest = actions(&rest);
    assert_eq!(
        rest,
        ["cluster/gitlab-runners UpdateClusterConfig (logging)", "nodegroup/management UpdateNodegroupConfig"]
    );
}

#[tokio::test(start_paused = true)]
async fn ancestors_are_made_and_no_more_than_that() {
    let mut bench = Bench::new("cluster.yaml");
    let plan = targeted(&mut bench, &["autoscaling-group/jobs"]).await;
    assert_eq!(shown(&plan), ["cluster/gitlab-runners", "nodegroup/jobs", "autoscaling-group/jobs"]);
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let groups = bench.cluster(|cluster| cluster.nodegroups.keys().cloned().collect::<Vec<_>>());
    assert_eq!(groups, ["jobs"]);
    bench.edit("/cluster/logging", json!(["api"]));
    let plan = targeted(&mut bench, &["nodegroup/jobs*"]).await;
    assert_eq!(actions(&plan)[0], "nodegroup/jobs-arm64 create", "{:?}", actions(&plan));
    assert!(text(&plan).contains("Only nodegroup/jobs*: 6 other resources differ"), "{}", text(&plan));
}

#[tokio::test(start_paused = true)]
async fn an_ancestor_in_the_middle_of_a_change_is_waited_for_and_not_changed() {
    let mut bench = with_three_changes().await;
    bench.tamper(|world| {
        crate::bench::nodegroup(world, "jobs").status = sandbox::NodegroupStatus::Updating;
        let group = crate::bench::scaling_group_of(world, "jobs");
        group.tags.remove("k8s.io/cluster-autoscaler/enabled");
    });
    let plan = targeted(&mut bench, &["autoscaling-group/jobs"]).await;
    assert_eq!(plan.changes[0].verb, Verb::Wait);
    assert_eq!(actions(&plan)[0], "nodegroup/jobs wait until it is ready");
    assert!(plan.changes[0].fields.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_star_stands_for_a_slash_too() {
    let mut bench = with_three_changes().await;
    let plan = targeted(&mut bench, &["*jobs"]).await;
    assert_eq!(shown(&plan), ["nodegroup/jobs", "autoscaling-group/jobs"]);
    let plan = targeted(&mut bench, &["*/managemen?", "autoscaling-group/*"]).await;
    assert!(shown(&plan).contains(&"nodegroup/management".to_owned()), "{:?}", shown(&plan));
}

#[tokio::test(start_paused = true)]
async fn what_needs_something_outside_is_blocked() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/nodegroups/1/version", json!("1.33"));
    bench.apply_fully().await;
    bench.consent = full_consent();
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    let plan = targeted(&mut bench, &["nodegroup/jobs"]).await;
    let why = "it needs cluster/gitlab-runners UpdateClusterVersion, which is outside of --target";
    assert!(text(&plan).contains(why), "{}", text(&plan));
    let before = bench.mutations().len();
    assert!(matches!(bench.apply().await, Ending::Blocked(_)));
    assert_eq!(bench.mutations().len(), before);
    targeted(&mut bench, &["nodegroup/jobs", "cluster/gitlab-runners"]).await;
    assert!(matches!(bench.apply().await, Ending::Done(..)));
}

#[tokio::test(start_paused = true)]
async fn only_what_is_inside_is_pruned() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(1);
    let plan = targeted(&mut bench, &["nodegroup/jobs-arm64"]).await;
    assert_eq!(actions(&plan), ["nodegroup/jobs-arm64 delete"]);
    // Once it is gone, the target is unknown; that is no reason to stop in the middle.
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let groups = bench.cluster(|cluster| cluster.nodegroups.keys().cloned().collect::<Vec<_>>());
    assert_eq!(groups, ["jobs", "management"]);
}

#[tokio::test(start_paused = true)]
async fn an_unknown_target_is_not_carried_out() {
    let mut bench = with_three_changes().await;
    let before = bench.mutations().len();
    targeted(&mut bench, &["nodegroup/jobs", "nodegroup/jbos", "jobs", "addon/*"]).await;
    let Ending::Unknown(unknown) = bench.apply().await else { panic!("it was carried out") };
    let unknown: Vec<(&str, Option<&str>)> =
        unknown.iter().map(|it| (it.target.as_str(), it.nearest.as_deref())).collect();
    assert_eq!(
        unknown,
        [("nodegroup/jbos", Some("nodegroup/jobs")), ("jobs", Some("autoscaling-group/jobs")), ("addon/*", None)]
    );
    assert_eq!(bench.mutations().len(), before);
}

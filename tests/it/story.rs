//! From nothing to a cluster in sync, and what people wanted from a tool for six years.

use sandbox::{AutoScalingGroup, GroupTag};
use serde_json::json;
use trueup::apply::Ending;

use crate::bench::{Bench, scaling_group_of};

/// Every file that the repository shows.
pub(crate) fn files() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/examples");
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut files: Vec<String> = entries.map(|name| format!("examples/{name}")).collect();
    files.sort();
    assert!(files.len() >= 3);
    files.push("cluster.yaml".to_owned());
    files
}

#[tokio::test(start_paused = true)]
async fn every_example_is_made_from_nothing_and_then_left_alone() {
    for file in files() {
        let bench = Bench::new(&file);
        let ending = bench.apply().await;
        assert!(matches!(ending, Ending::Done(..)), "{file}: {ending:#?}");
        let mutations = bench.mutations().len();
        let again = bench.apply().await;
        assert!(matches!(again, Ending::InSync(_)), "{file}: {again:#?}");
        assert_eq!(bench.mutations().len(), mutations, "{file}: the second apply sent a mutating call");
        assert!(bench.plan().await.in_sync(), "{file}");
    }
}

fn scaling_group(bench: &Bench, nodegroup: &str) -> AutoScalingGroup {
    bench.tamper(|world| scaling_group_of(world, nodegroup).clone())
}

fn tag(group: &AutoScalingGroup, key: &str) -> Option<(String, bool)> {
    group.tags.get(key).map(|tag| (tag.value.clone(), tag.propagate_at_launch))
}

#[tokio::test(start_paused = true)]
async fn the_autoscaler_can_scale_every_managed_group_from_zero() {
    let bench = Bench::applied("cluster.yaml").await;
    let group = scaling_group(&bench, "jobs-arm64");
    let template = |key: &str| tag(&group, &format!("k8s.io/cluster-autoscaler/node-template/{key}"));
    let ours = |value: &str| Some((value.to_owned(), false));
    assert_eq!(template("label/nodegroup"), ours("jobs-arm64"));
    assert_eq!(template("taint/dedicated"), ours("jobs-arm64:NoSchedule"));
    assert_eq!(template("resources/ephemeral-storage"), ours("90Gi"));
    assert_eq!(template("autoscaling-options/scaledownunneededtime"), ours("5m"));
    assert_eq!(tag(&group, "cost-center"), ours("ci"));
    assert_eq!(tag(&group, "k8s.io/cluster-autoscaler/enabled").unwrap().0, "true");
    assert_eq!(tag(&group, "k8s.io/cluster-autoscaler/gitlab-runners").unwrap().0, "owned");
    assert!(group.suspended.contains_key("AZRebalance"));
}

#[tokio::test(start_paused = true)]
async fn an_excluded_group_is_out_of_the_autoscalers_sight() {
    let bench = Bench::applied("cluster.yaml").await;
    let group = scaling_group(&bench, "management");
    assert!(!group.tags.keys().any(|key| key.starts_with("k8s.io/cluster-autoscaler/")), "{:?}", group.tags);
}

#[tokio::test(start_paused = true)]
async fn a_taint_without_a_value_keeps_its_colon() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/taints", json!([{ "key": "ci", "effect": "NO_SCHEDULE" }]));
    bench.apply_fully().await;
    let key = "k8s.io/cluster-autoscaler/node-template/taint/ci";
    assert_eq!(tag(&scaling_group(&bench, "jobs"), key), Some((":NoSchedule".to_owned(), false)));
}

/// eksctl writes a taint tag without the effect, which Cluster Autoscaler ignores (facts/eksctl.md §2.3).
#[tokio::test(start_paused = true)]
async fn the_eksctl_bug_is_shown_and_repaired() {
    let bench = Bench::applied("cluster.yaml").await;
    let key = "k8s.io/cluster-autoscaler/node-template/taint/dedicated";
    let name = scaling_group(&bench, "jobs").name;
    bench.tamper(|world| {
        let wrong = GroupTag { value: "jobs".to_owned(), propagate_at_launch: false };
        world.auto_scaling_groups_mut().get_mut(&name).unwrap().tags.insert(key.to_owned(), wrong);
    });
    let shown = bench.plan_text().await;
    assert!(shown.contains(&format!("~ {key}: jobs → jobs:NoSchedule")), "{shown}");
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert_eq!(tag(&scaling_group(&bench, "jobs"), key), Some(("jobs:NoSchedule".to_owned(), false)));
}

#[tokio::test(start_paused = true)]
async fn a_resumed_rebalance_is_suspended_again() {
    let bench = Bench::applied("cluster.yaml").await;
    let name = scaling_group(&bench, "jobs").name;
    bench.tamper(|world| world.auto_scaling_groups_mut().get_mut(&name).unwrap().suspended.clear());
    let shown = bench.plan_text().await;
    assert!(shown.contains("+ AZRebalance"), "{shown}");
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    assert!(scaling_group(&bench, "jobs").suspended.contains_key("AZRebalance"));
}

/// Whatever somebody else put on a group is theirs.
#[tokio::test(start_paused = true)]
async fn foreign_tags_and_processes_stay() {
    let bench = Bench::applied("cluster.yaml").await;
    let name = scaling_group(&bench, "management").name;
    bench.tamper(|world| {
        let group = world.auto_scaling_groups_mut().get_mut(&name).unwrap();
        let foreign = GroupTag { value: "theirs".to_owned(), propagate_at_launch: true };
        group.tags.insert("finance".to_owned(), foreign);
        group.suspended.insert("AlarmNotification".to_owned(), "User suspended at 2026-01-01T00:00:00Z".to_owned());
    });
    assert!(bench.plan().await.in_sync());
}

//! What nobody has verified about AWS may be one way or the other: trueup works with both.

use sandbox::Switches;
use serde_json::json;
use trueup::apply::Ending;

use crate::bench::{Bench, full_consent};

/// A life: made, left alone, changed in several ways, drifted and repaired.
async fn lives(name: &str, switches: Switches) {
    let mut bench = Bench::with("cluster.yaml", switches, None);
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{name}, made: {ending:#?}");
    settled(name, &bench).await;
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench.edit("/nodegroups/1/taints", json!([{ "key": "ci", "effect": "NoSchedule" }]));
    bench.edit("/nodegroups/0/scalingConfig/maxSize", json!(3));
    bench.edit("/cluster/logging", json!(["api"]));
    bench.edit("/cluster/tags", json!({ "new": "tag" }));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{name}, changed: {ending:#?}");
    settled(name, &bench).await;
    bench.tamper(|world| {
        for group in world.auto_scaling_groups_mut().values_mut() {
            group.suspended.clear();
            group.tags.retain(|key, _| !key.contains("node-template"));
        }
    });
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{name}, drifted: {ending:#?}");
    settled(name, &bench).await;
}

/// After a while, for reads lag behind; then for good.
async fn settled(name: &str, bench: &Bench) {
    bench.later().await;
    let again = bench.apply().await;
    assert!(matches!(again, Ending::InSync(_)), "{name}: {again:#?}");
}

/// Nobody knows whether a roll needs AZRebalance. If it does, trueup says so before, reports the failure, loses nothing,
/// and what it advises works.
#[tokio::test(start_paused = true)]
async fn a_roll_that_needs_rebalancing_says_so_and_can_be_had() {
    let switches = Switches { suspension_fails_rolls: true, ..Switches::default() };
    let mut bench = Bench::with("cluster.yaml", switches, None);
    bench.edit("/nodegroups/1/releaseVersion", json!("1.34.1-20251016"));
    bench.apply_fully().await;
    bench.consent = full_consent();
    bench.edit("/nodegroups/1/releaseVersion", json!("1.34.3-20251209"));
    let shown = bench.plan_text().await;
    assert!(shown.contains("leave it out of suspendedProcesses until the roll is done"), "{shown}");
    let Ending::Incomplete(report, _) = bench.apply().await else { panic!("the roll did not fail") };
    assert_eq!(report.failed.len(), 1, "{report:#?}");
    bench.edit("/nodegroups/1/autoscaling/suspendedProcesses", json!([]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.edit("/nodegroups/1/autoscaling/suspendedProcesses", json!(["AZRebalance"]));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    settled("afterwards", &bench).await;
}

#[tokio::test(start_paused = true)]
async fn trueup_works_with_every_switch_either_way() {
    for (name, switches) in Switches::single_flips() {
        lives(name, switches).await;
    }
}

#[tokio::test(start_paused = true)]
async fn trueup_works_with_all_switches_the_other_way() {
    lives("all flipped", Switches::all_flipped()).await;
}

//! What nobody has verified about AWS may be one way or the other: trueup works with both.

use sandbox::Switches;
use serde_json::json;
use trueup::apply::Ending;

use crate::bench::Bench;

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

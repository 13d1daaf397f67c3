//! Versions and what may be changed only before or after a step of them.

use serde_json::json;
use trueup::apply::Ending;

use crate::bench::{Bench, full_consent};

/// A cluster without nodegroups, of a version and with a support type.
async fn of(version: &str, support: &str) -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!(version));
    bench.edit("/cluster/upgradePolicy/supportType", json!(support));
    bench.edit("/nodegroups", json!([]));
    bench.apply_fully().await;
    bench.later().await;
    bench.consent = full_consent();
    bench
}

/// Applies another version and support type; the operations that were taken.
async fn changed(bench: &mut Bench, version: &str, support: &str) -> (Ending, Vec<String>) {
    bench.edit("/cluster/version", json!(version));
    bench.edit("/cluster/upgradePolicy/supportType", json!(support));
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    let taken = bench.mutations().split_off(before).into_iter().filter(|call| call.changed);
    (ending, taken.map(|call| call.operation).collect())
}

/// 1.31 is in extended support: STANDARD is possible only after the step to 1.32.
#[tokio::test(start_paused = true)]
async fn extended_support_is_left_after_the_step_out_of_it() {
    let mut bench = of("1.31", "EXTENDED").await;
    let (ending, taken) = changed(&mut bench, "1.32", "STANDARD").await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(taken, ["eks:UpdateClusterVersion", "eks:UpdateClusterConfig"]);
}

/// Alone it is not possible at all, and that is known before anything is sent.
#[tokio::test(start_paused = true)]
async fn extended_support_is_not_left_without_a_step() {
    let mut bench = of("1.31", "EXTENDED").await;
    bench.edit("/cluster/upgradePolicy/supportType", json!("STANDARD"));
    bench.assert_blocked("extended support").await;
    // Nor together with anything else.
    bench.edit("/cluster/logging", json!(["scheduler"]));
    bench.assert_blocked("extended support").await;
}

/// The other way round it comes first: a version must not run into the end of its standard support.
#[tokio::test(start_paused = true)]
async fn extended_support_is_entered_before_the_step() {
    let mut bench = of("1.32", "STANDARD").await;
    let (ending, taken) = changed(&mut bench, "1.33", "EXTENDED").await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(taken, ["eks:UpdateClusterConfig", "eks:UpdateClusterVersion"]);
}

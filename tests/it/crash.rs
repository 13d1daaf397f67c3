//! Killed anywhere and run again, it finishes.

use serde_json::json;
use trueup::apply::Ending;

use crate::bench::Bench;

/// Lets an apply die after a request that AWS still carries out, and applies again; so for every request that changes
/// something, and for every tenth of the others: between two changes all of them find the same world.
async fn survives_every_crash(prepared: &Bench) {
    let whole = prepared.copy();
    let ending = whole.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let requests = whole.mount.calls();
    assert!(requests.len() > 10, "the apply was over after {} requests", requests.len());
    let mutations = requests.iter().filter(|request| request.mutating).count();
    for mutation in 1..=mutations {
        let bench = prepared.copy();
        bench.mount.crash_after_mutation(mutation);
        // What AWS refuses for a while is sent again, as often as jitter has it: the last ones may not come.
        let crashed = survives(&bench, &format!("mutation {mutation}")).await;
        assert!(crashed || bench.mutations().len() - prepared.mutations().len() < mutation, "no crash at {mutation}");
    }
    let (mut tried, mut crashes) = (0, 0);
    for request in (1..=requests.len()).step_by(10) {
        let bench = prepared.copy();
        bench.mount.crash_after(request);
        tried += 1;
        crashes += usize::from(survives(&bench, &format!("request {request}")).await);
    }
    // The last looks may not come.
    assert!(crashes * 10 >= tried * 9, "only {crashes} of {tried} requests were the last before a crash");
}

/// Whether it crashed at all; if it did, the next apply finishes.
async fn survives(bench: &Bench, at: &str) -> bool {
    tokio::select! {
        biased;
        () = bench.mount.crashed() => {}
        ending = bench.apply() => {
            assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
            return false;
        }
    }
    let again = bench.apply().await;
    let fine = matches!(again, Ending::Done(..) | Ending::InSync(_));
    assert!(fine, "after a crash at {at}: {again:#?}");
    assert!(bench.plan().await.in_sync(), "after a crash at {at}");
    true
}

#[tokio::test(start_paused = true)]
async fn a_first_apply_survives_every_crash() {
    survives_every_crash(&Bench::new("cluster.yaml")).await;
}

#[tokio::test(start_paused = true)]
async fn an_apply_that_excludes_and_lists_everything_survives_every_crash() {
    survives_every_crash(&Bench::new("examples/every-field.yaml")).await;
}

#[tokio::test(start_paused = true)]
async fn a_change_of_everything_survives_every_crash() {
    let mut bench = Bench::new("cluster.yaml");
    bench.edit("/cluster/version", json!("1.33"));
    bench.edit("/nodegroups/1/version", json!("1.33"));
    bench.apply_fully().await;
    bench.consent.disruption = crate::bench::every_disruption();
    bench.edit("/cluster/version", json!("1.34"));
    bench.edit("/nodegroups/1/version", json!("1.34"));
    bench.edit("/cluster/logging", json!(["scheduler"]));
    bench.edit("/cluster/upgradePolicy/supportType", json!("EXTENDED"));
    bench.edit("/cluster/deletionProtection", json!(false));
    bench.edit("/cluster/tags", json!({ "new": "tag" }));
    bench.edit("/nodegroups/1/labels", json!({ "nodegroup": "jobs", "more": "labels" }));
    bench.edit("/nodegroups/1/scalingConfig/maxSize", json!(50));
    bench.edit("/nodegroups/2/autoscaling/suspendedProcesses", json!([]));
    survives_every_crash(&bench).await;
}

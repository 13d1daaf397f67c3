//! What is sent when: the tokens of repeated requests, and which action starts first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use sandbox::{Effect, World};
use serde_json::{Value, json};
use trueup::apply::Ending;
use trueup::event::EventKind;
use trueup::plan::{ActionId, Plan};

use crate::audience::{Scripted, retries};
use crate::bench::{Bench, full_consent, nodegroup, resize};
use crate::faults::fault;

fn busy() -> Effect {
    Effect::Refused { status: 409, code: "ResourceInUseException".to_owned(), message: "busy".to_owned() }
}

/// The bodies that were sent of an operation, by their client token.
fn bodies_by_token(bench: &Bench, operation: &str) -> BTreeMap<String, BTreeSet<String>> {
    let mut bodies: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for mut call in bench.mount.calls() {
        if call.operation == operation
            && let Some(Value::String(token)) = call.input["clientRequestToken"].take().into()
        {
            bodies.entry(token).or_default().insert(call.input.to_string());
        }
    }
    bodies
}

/// The request is refused once and AWS goes on meanwhile; what is sent again is another one.
async fn assert_a_token_for_each_body(bench: &Bench, meanwhile: fn(&mut World)) {
    bench.tamper(|world| world.fail(fault("eks:UpdateNodegroupConfig", 1, 1, busy())));
    let ending = bench.apply_before(&mut Scripted::once(&bench.mount, retries, meanwhile)).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let bodies = bodies_by_token(bench, "eks:UpdateNodegroupConfig");
    let different: BTreeSet<&String> = bodies.values().flatten().collect();
    assert!(different.len() >= 2, "what was sent again was the same: {bodies:#?}");
    assert!(bodies.values().all(|bodies| bodies.len() == 1), "one token, several bodies: {bodies:#?}");
}

/// The size that came along with a new minimum is no longer needed.
#[tokio::test(start_paused = true)]
async fn a_retry_with_another_size_has_another_token() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/1/scalingConfig/minSize", json!(3));
    assert_a_token_for_each_body(&bench, |world| resize(world, "jobs", 12)).await;
}

/// Half of what was to be done is done.
#[tokio::test(start_paused = true)]
async fn a_retry_with_fewer_labels_has_another_token() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/0/labels", json!({ "nodegroup": "management", "one": "1", "two": "2" }));
    assert_a_token_for_each_body(&bench, |world| {
        nodegroup(world, "management").config.labels.insert("one".to_owned(), "1".to_owned());
    })
    .await;
}

/// A retry that sends the same is recognised by AWS.
#[tokio::test(start_paused = true)]
async fn a_retry_with_the_same_body_has_the_same_token() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/nodegroups/0/labels/one", json!("1"));
    bench.tamper(|world| world.fail(fault("eks:UpdateNodegroupConfig", 1, 1, Effect::ReplyLost)));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let bodies = bodies_by_token(&bench, "eks:UpdateNodegroupConfig");
    assert_eq!((bodies.len(), bodies.values().map(BTreeSet::len).sum::<usize>()), (1, 1), "{bodies:#?}");
}

/// How long a run took, and each of its actions.
fn durations(audience: &Scripted<'_>) -> (Duration, BTreeMap<ActionId, Duration>) {
    let mut whole = Duration::ZERO;
    let mut each = BTreeMap::new();
    for event in &audience.events {
        if let EventKind::ActionFinished { id, took, .. } = &event.kind {
            whole = whole.max(event.elapsed);
            each.insert(id.clone(), *took);
        }
    }
    (whole, each)
}

/// How long the actions take if, whenever one may start, that with the longest way to the end does.
fn by_critical_path(plan: &Plan, took: &BTreeMap<ActionId, Duration>, parallel: usize) -> Duration {
    let actions: Vec<_> = plan.runnable().collect();
    let mut rest: BTreeMap<&ActionId, Duration> = BTreeMap::new();
    while rest.len() < actions.len() {
        for action in &actions {
            let later: Vec<_> = actions.iter().filter(|later| later.after.contains_key(&action.id)).collect();
            if later.iter().all(|later| rest.contains_key(&later.id)) {
                let most = later.iter().map(|later| rest[&later.id]).max().unwrap_or_default();
                rest.insert(&action.id, took[&action.id] + most);
            }
        }
    }
    let mut ended: BTreeMap<&ActionId, Duration> = BTreeMap::new();
    let mut lanes = vec![Duration::ZERO; parallel];
    while ended.len() < actions.len() {
        let ready =
            actions.iter().filter(|it| !ended.contains_key(&it.id) && it.after.keys().all(|id| ended.contains_key(id)));
        // The one that may start first, and of several the one with the longest way.
        lanes.sort();
        let start = |id: &ActionId| {
            let action = actions.iter().find(|action| action.id == *id).unwrap();
            action.after.keys().map(|id| ended[id]).max().unwrap_or_default().max(lanes[0])
        };
        let next = ready.min_by_key(|it| (start(&it.id), std::cmp::Reverse(rest[&it.id]))).unwrap();
        let end = start(&next.id) + took[&next.id];
        lanes[0] = end;
        ended.insert(&next.id, end);
    }
    ended.into_values().max().unwrap_or_default()
}

async fn assert_soon(bench: &Bench) {
    let mut audience = Scripted::default();
    let ending = bench.apply_before(&mut audience).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let (whole, each) = durations(&audience);
    let best = by_critical_path(audience.shown.as_ref().unwrap(), &each, bench.parallel);
    assert!(whole.as_secs_f64() <= 1.05 * best.as_secs_f64(), "{whole:?} instead of {best:?}: {each:#?}");
}

/// A roll of several minutes in the last group of the alphabet, and something small in every other.
#[tokio::test(start_paused = true)]
async fn the_longest_way_is_started_first() {
    let mut bench = Bench::new("examples/thirty-groups.yaml");
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(10);
    bench.edit("/nodegroups/9/releaseVersion", json!("1.34.1-20251016"));
    bench.apply_fully().await;
    bench.later().await;
    (bench.consent, bench.parallel) = (full_consent(), 2);
    bench.edit("/nodegroups/9/releaseVersion", json!("1.34.3-20251209"));
    for number in 0..9 {
        bench.edit(&format!("/nodegroups/{number}/labels/more"), json!("labels"));
    }
    assert_soon(&bench).await;
}

/// Not one long action but several short ones, each after the other: the cluster's, beside many groups.
#[tokio::test(start_paused = true)]
async fn a_chain_is_a_long_way_too() {
    let mut bench = Bench::new("examples/thirty-groups.yaml");
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(8);
    bench.edit("/nodegroups/7/releaseVersion", json!("1.34.1-20251016"));
    bench.apply_fully().await;
    bench.later().await;
    (bench.consent, bench.parallel) = (full_consent(), 2);
    // Its settings, then its roll, then the tags of its Auto Scaling group.
    bench.edit("/nodegroups/7/releaseVersion", json!("1.34.3-20251209"));
    bench.edit("/nodegroups/7/updateConfig", json!({ "maxUnavailable": 2 }));
    bench.edit("/nodegroups/7/labels/more", json!("labels"));
    for number in 0..7 {
        bench.edit(&format!("/nodegroups/{number}/labels/more"), json!("labels"));
    }
    assert_soon(&bench).await;
}

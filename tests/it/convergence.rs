//! A difference, from either side, is named, removed, and nothing else is touched: what is demanded of every case in
//! `kinds`.

use std::collections::BTreeSet;

use serde_json::json;
use trueup::apply::Ending;
use trueup::model::Address;

use crate::bench::{Bench, differing, full_consent};
use crate::kinds::{Case, FILE, Fate};

fn assert_only(case: &Case, fate: Fate, differing: &BTreeSet<(Address, String)>) {
    if fate == Fate::Unnoticed {
        return assert_eq!(*differing, BTreeSet::new(), "{} is compared", case.field);
    }
    let named = (Address::new(case.kind, case.name), case.field.to_owned());
    assert!(differing.contains(&named), "{} is not named: {differing:?}", case.field);
    let others: Vec<_> = differing.iter().filter(|it| **it != named && !(case.brings)(&it.0, &it.1)).collect();
    assert!(others.is_empty(), "{}: also {others:?}", case.field);
}

/// File changed → exactly that is planned → apply → nothing is left to do.
pub(crate) async fn converge_when_the_file_changes(cases: Vec<Case>) {
    let original = Bench::applied(FILE).await;
    for case in cases.into_iter().filter(|case| !case.edit.0.is_empty()) {
        let mut bench = original.copy();
        bench.consent = full_consent();
        for pointer in case.without {
            bench.edit(pointer, json!(null));
        }
        bench.edit(case.edit.0, case.edit.1.clone());
        assert_only(&case, case.edited, &differing(&bench.plan().await));
        converges(&bench, &case, case.edited).await;
    }
}

/// Somebody else changes the live value → drift names it → apply repairs it.
pub(crate) async fn are_repaired_when_somebody_changes_them(cases: Vec<Case>) {
    let original = Bench::applied(FILE).await;
    for case in cases {
        let mut bench = original.copy();
        bench.consent = full_consent();
        let before = settings(&bench);
        bench.tamper(case.tamper);
        assert_only(&case, case.tampered, &differing(&bench.plan().await));
        converges(&bench, &case, case.tampered).await;
        if case.tampered == Fate::Repaired && case.field != "version" && case.field != "releaseVersion" {
            assert_eq!(settings(&bench), before, "{}: something else was touched", case.field);
        }
    }
}

/// What is history in the world's state; that a process is suspended is not, but since when is.
const HISTORY: [&str; 7] = [
    "associated_at",
    "updates",
    "modified_at",
    "former_tags",
    "former_filter_tags",
    "polls_still_active",
    "transition",
];

/// Everything in the world but time and history.
fn settings(bench: &Bench) -> serde_json::Value {
    let mut state = bench.tamper(|world| world.state_except(&HISTORY));
    simplify(&mut state);
    state
}

fn simplify(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(object) => {
            if let Some(serde_json::Value::Object(suspended)) = object.get_mut("suspended") {
                suspended.values_mut().for_each(|reason| *reason = json!("since some time"));
            }
            object.values_mut().for_each(simplify);
            // To AWS, nothing and an empty list are the same.
            object.retain(|_, value| !value.is_null() && *value != json!([]) && *value != json!({}));
        }
        serde_json::Value::Array(array) => array.iter_mut().for_each(simplify),
        serde_json::Value::Null
        | serde_json::Value::Bool(_)
        | serde_json::Value::Number(_)
        | serde_json::Value::String(_) => {}
    }
}

async fn converges(bench: &Bench, case: &Case, fate: Fate) {
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    match fate {
        Fate::Repaired => {
            assert!(matches!(ending, Ending::Done(..)), "{}: {ending:#?}", case.field);
            assert!(bench.mutations().len() > before, "{} was repaired by nothing", case.field);
            bench.later().await;
            let left = bench.plan().await;
            assert!(left.in_sync(), "{} is not settled: {}", case.field, crate::bench::text(&left));
        }
        Fate::Unnoticed => {
            assert!(matches!(ending, Ending::InSync(_)), "{}: {ending:#?}", case.field);
            assert_eq!(bench.mutations().len(), before, "{} was noticed", case.field);
        }
        Fate::Refused => {
            let Ending::Blocked(plan) = &ending else { panic!("{}: {ending:#?}", case.field) };
            let fields = plan.changes.iter().flat_map(|change| &change.fields);
            assert!(
                fields.filter(|field| field.name == case.field).any(|field| field.blocker.is_some()),
                "{}",
                case.field
            );
            assert_eq!(bench.mutations().len(), before, "{} was refused and still touched", case.field);
        }
    }
}

/// Another order, another spelling: no change.
#[tokio::test(start_paused = true)]
async fn what_means_the_same_is_no_change() {
    let mut bench = Bench::applied(FILE).await;
    bench
        .edit("/cluster/resourcesVpcConfig/subnetIds", json!(["subnet-0b22bbbbbbbbbbbbb", "subnet-0a11aaaaaaaaaaaaa"]));
    bench.edit("/cluster/resourcesVpcConfig/publicAccessCidrs", json!(["198.51.100.7/32", "203.0.113.99/24"]));
    bench.edit("/cluster/logging", json!(["scheduler", "controllerManager", "authenticator", "audit", "api"]));
    bench.edit("/nodegroups/0/subnets", json!(["subnet-0b22bbbbbbbbbbbbb", "subnet-0a11aaaaaaaaaaaaa"]));
    bench.edit(
        "/nodegroups/0/taints",
        json!([
            { "key": "drain", "effect": "PreferNoSchedule" },
            { "key": "dedicated", "value": "ci", "effect": "NO_SCHEDULE" },
        ]),
    );
    bench.edit("/nodegroups/0/autoscaling/suspendedProcesses", json!(["ScheduledActions", "AZRebalance"]));
    assert_eq!(differing(&bench.plan().await), BTreeSet::new());
}

/// What the file does not mention is not compared.
#[tokio::test(start_paused = true)]
async fn absent_means_unmanaged() {
    let mut bench = Bench::applied(FILE).await;
    for pointer in [
        "/cluster/version",
        "/cluster/accessConfig",
        "/cluster/upgradePolicy",
        "/cluster/logging",
        "/cluster/deletionProtection",
        "/cluster/resourcesVpcConfig/endpointPrivateAccess",
        "/cluster/resourcesVpcConfig/publicAccessCidrs",
        "/nodegroups/0/version",
        "/nodegroups/0/releaseVersion",
        "/nodegroups/0/scalingConfig",
        "/nodegroups/0/labels",
        "/nodegroups/0/taints",
        "/nodegroups/0/updateConfig",
        "/nodegroups/0/nodeRepairConfig",
        "/nodegroups/0/warmPoolConfig",
        "/nodegroups/0/tags",
        "/nodegroups/0/amiType",
        "/nodegroups/0/remoteAccess",
        "/nodegroups/0/autoscaling/suspendedProcesses",
    ] {
        bench.edit(pointer, json!(null));
        let plan = bench.plan().await;
        assert_eq!(differing(&plan), BTreeSet::new(), "without {pointer}");
    }
}

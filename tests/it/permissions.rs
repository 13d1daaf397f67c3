//! What the kinds declare that IAM has to allow is what they call, and a denial is told by name.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use trueup::apply::Ending;
use trueup::resources::{Command, permissions};

use crate::bench::{Bench, full_consent};
use crate::faults::{fault, refused};

/// What is declared for a command, and for those above it, as far as trueup calls it.
fn declared(command: Command) -> BTreeSet<String> {
    let all = permissions().into_iter().flat_map(|(_, permissions)| permissions);
    let called = all.filter(|permission| permission.called && permission.command <= command);
    called.map(|permission| permission.action.to_owned()).collect()
}

/// The operations since a call. Who calls is no operation of a kind, and needs no permission.
fn called(bench: &Bench, since: usize) -> BTreeSet<String> {
    let calls = bench.mount.calls();
    calls[since..].iter().map(|call| call.operation.clone()).filter(|name| name != "sts:GetCallerIdentity").collect()
}

/// What is done to a cluster in its life, one after the other.
const LIFE: [&[(&str, &str)]; 4] = [
    &[
        (
            "/podIdentityAssociations",
            r#"[{ "namespace": "a", "serviceAccount": "b", "roleArn": "arn:aws:iam::111122223333:role/workload" }]"#,
        ),
        (
            "/fargateProfiles",
            r#"[{ "fargateProfileName": "a", "podExecutionRoleArn": "arn:aws:iam::111122223333:role/fargate-pods",
                  "subnets": ["subnet-0a11aaaaaaaaaaaaa"], "selectors": [{ "namespace": "a" }] }]"#,
        ),
    ],
    &[
        ("/metadata/tags", r#"{ "team": null, "owner": "ci" }"#),
        ("/cluster/logging", r#"["api"]"#),
        ("/cluster/upgradePolicy/supportType", r#""EXTENDED""#),
        ("/accessEntries/2/kubernetesGroups", r#"["deployers"]"#),
        ("/accessEntries/2/accessPolicies", r#"[{ "policyArn": "AmazonEKSViewPolicy" }]"#),
        ("/podIdentityAssociations/0/roleArn", r#""arn:aws:iam::111122223333:role/another-workload""#),
        ("/nodegroups/1/labels/more", r#""labels""#),
        ("/nodegroups/1/autoscaling/suspendedProcesses", "[]"),
        ("/nodegroups/2/autoscaling", r#"{ "clusterAutoscaler": "excluded" }"#),
    ],
    &[
        ("/cluster/version", r#""1.35""#),
        ("/cluster/upgradePolicy/supportType", r#""STANDARD""#),
        ("/autoscaler/version", r#""1.35""#),
        ("/nodegroups/0/version", r#""1.35""#),
        ("/nodegroups/1/version", r#""1.35""#),
        ("/nodegroups/2/version", r#""1.35""#),
    ],
    // The last of a list goes: what is no longer in the file is pruned.
    &[
        ("/accessEntries", "pop"),
        ("/nodegroups", "pop"),
        ("/podIdentityAssociations", "pop"),
        ("/fargateProfiles", "pop"),
    ],
];

/// The next chapter of it; after the last, there is nothing but the end.
fn turn(bench: &mut Bench, chapter: usize) {
    for (pointer, value) in LIFE.get(chapter).copied().unwrap_or_default() {
        if *value == "pop" {
            drop(bench.file.pointer_mut(pointer).and_then(Value::as_array_mut).unwrap().pop());
        } else {
            bench.edit(pointer, serde_json::from_str(value).unwrap());
        }
    }
}

async fn live(bench: &Bench, chapter: usize) -> Ending {
    if chapter < LIFE.len() { bench.apply().await } else { bench.destroy().await }
}

/// A cluster before each chapter of its life, and what is called in it.
async fn chapters() -> Vec<(Bench, BTreeSet<String>)> {
    let mut bench = Bench::new("cluster.yaml");
    bench.consent = full_consent();
    let mut chapters = vec![];
    for chapter in 0..=LIFE.len() {
        turn(&mut bench, chapter);
        let (before, since) = (bench.copy(), bench.mount.calls().len());
        let ending = live(&bench, chapter).await;
        assert!(matches!(ending, Ending::Done(..)), "{chapter}: {ending:#?}");
        chapters.push((before, called(&bench, since)));
    }
    chapters
}

#[tokio::test(start_paused = true)]
async fn what_is_called_in_the_life_of_a_cluster_is_what_is_declared() {
    let chapters = chapters().await;
    let (destroyed, applied) = chapters.split_last().unwrap();
    let applied: BTreeSet<String> = applied.iter().flat_map(|(_, called)| called.clone()).collect();
    assert_eq!(applied, declared(Command::Apply));
    let all: BTreeSet<String> = applied.union(&destroyed.1).cloned().collect();
    assert_eq!(all, declared(Command::Destroy));
    // A plan asks about versions only where extended support is to be left.
    let mut planned = BTreeSet::new();
    for (bench, _) in &chapters {
        let since = bench.mount.calls().len();
        bench.plan().await;
        planned.extend(called(bench, since));
    }
    assert_eq!(planned, declared(Command::Plan));
}

/// Everything that went wrong, in words.
fn told(ending: &Ending) -> Vec<String> {
    let (report, fault) = if let Ending::Incomplete(report, _) = ending {
        (report, None)
    } else if let Ending::Unread(report, fault) = ending {
        (report, Some(fault.to_string()))
    } else {
        panic!("the denial went unseen: {ending:#?}")
    };
    report.failed.iter().map(|action| action.why.clone()).chain(fault).collect()
}

#[tokio::test(start_paused = true)]
async fn a_denied_operation_is_told_by_its_name() {
    let chapters = chapters().await;
    let mut first: BTreeMap<&String, usize> = BTreeMap::new();
    for (chapter, (_, called)) in chapters.iter().enumerate() {
        for operation in called {
            first.entry(operation).or_insert(chapter);
        }
    }
    for (operation, chapter) in first {
        let bench = chapters[chapter].0.copy();
        let effect = refused(operation, 403, "AccessDeniedException", "not authorized").effect;
        bench.tamper(|world| world.fail(fault(operation, 1, 1, effect)));
        let told = told(&live(&bench, chapter).await);
        let words = format!("{operation} failed: not authorized (AccessDeniedException, request id ");
        assert!(told.iter().any(|why| why.contains(&words)), "{operation}: {told:#?}");
    }
}

//! Reading AWS: as many calls as the formula says, in two rounds, complete whatever the pages.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use futures_util::future::join_all;
use sandbox::{Call, Effect, Switches};
use serde_json::json;
use trueup::apply::Ending;
use trueup::event::EventKind;
use trueup::resources::{IDENTITY, Live, Number, desired, readings};

use crate::audience::{Scripted, finishes, waits};
use crate::bench::{Bench, full_consent, scaling_group_of, text};
use crate::faults::fault;

/// The calls and rounds of reading a cluster in which there are so many of each kind, by what the kinds declare
/// (`docs/reading.md`). There is no batch form of the describes (facts/eks-semantics.md §6).
fn declared(number: impl Fn(&str) -> Number, page: Option<usize>) -> (usize, usize) {
    let number = |kind: &str| match kind {
        // Its group comes with every nodegroup.
        "autoscaling-group" => Number { named: there(number("nodegroup")), others: 0 },
        _ => number(kind),
    };
    let reads = readings().into_iter().flat_map(|(kind, reads)| reads.iter().map(move |read| (number(kind), *read)));
    let calls: Vec<(usize, usize)> = reads
        .chain([(Number::default(), IDENTITY)])
        .map(|(number, read)| (read.calls(number, page), read.round))
        .collect();
    let rounds = calls.iter().filter(|(calls, _)| *calls > 0).map(|(_, round)| *round).max();
    (calls.iter().map(|(calls, _)| calls).sum(), rounds.unwrap_or_default())
}

fn there(number: Number) -> usize {
    number.named + number.others
}

/// So many nodegroups and access entries, and nothing else that is read one by one.
fn groups_and_entries(groups: Number, entries: Number) -> impl Fn(&str) -> Number {
    move |kind| match kind {
        "nodegroup" => groups,
        "access-entry" => entries,
        _ => Number::default(),
    }
}

/// The calls alone, which do not depend on what of it the file names.
pub(crate) fn formula(groups: usize, entries: usize, page: usize) -> usize {
    let number = |named| Number { named, others: 0 };
    declared(groups_and_entries(number(groups), number(entries)), Some(page)).0
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_a_reading_are_the_formulas() {
    // EKS makes entries for the caller and for the nodes; what the file does not name is described in a second round.
    let files = [
        ("cluster.yaml", [3, 4, 0, 0]),
        ("examples/every-field.yaml", [2, 4, 1, 1]),
        ("examples/minimal.yaml", [1, 0, 0, 0]),
        ("examples/thirty-groups.yaml", [30, 2, 0, 0]),
    ];
    for (file, counts) in files {
        let bench = Bench::applied(file).await;
        bench.later().await;
        let before = bench.mount.calls().len();
        let (plan, reading) = bench.read().await;
        let calls = bench.mount.calls().len() - before;
        let wanted = desired(&bench.spec(), &Live::default());
        let number = |kind: &str| {
            let named = wanted.iter().filter(|resource| resource.address().kind == kind).count();
            Number { named, others: plan.changes.iter().filter(|it| it.address.kind == kind).count() - named }
        };
        let kinds = ["nodegroup", "access-entry", "pod-identity-association", "fargate-profile"];
        assert_eq!(kinds.map(|kind| there(number(kind))), counts, "{file}");
        assert_eq!((calls, reading.rounds), declared(number, None), "{file}");
        assert_eq!(reading.calls, calls, "{file}: what the plan says of its own calls");
    }
}

/// The formula in figures; the last two are the lists of pod identity associations and Fargate profiles, both empty.
#[test]
fn what_the_kinds_declare_adds_up() {
    let number = |named, others| Number { named, others };
    assert_eq!(
        declared(groups_and_entries(number(30, 0), number(0, 2)), None),
        (1 + 1 + 1 + 30 + 1 + 1 + 2 * 2 + 2, 2)
    );
    assert_eq!(
        declared(groups_and_entries(number(101, 0), number(250, 0)), None),
        (1 + 1 + 2 + 101 + 2 + 3 + 2 * 250 + 2, 1)
    );
    assert_eq!(
        declared(groups_and_entries(number(0, 0), number(0, 0)), None),
        (7, 1),
        "the account, the cluster, five empty lists"
    );
    assert_eq!(formula(30, 2, 7), 1 + 1 + 5 + 30 + 5 + 1 + 2 * 2 + 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_in_the_file_takes_a_second_round_and_no_third() {
    let mut bench = Bench::applied("examples/minimal.yaml").await;
    bench.later().await;
    bench.mount = bench.mount.clone().latency(Duration::from_secs(1));
    assert_eq!(bench.read().await.1.took, Duration::from_secs(1));
    bench.edit("/nodegroups", json!([]));
    let (_, reading) = bench.read().await;
    assert_eq!((reading.rounds, reading.took), (2, Duration::from_secs(2)));
    assert_eq!(reading.calls, formula(1, 0, 100));
}

/// The tag filter shows a group as it was a while ago: what was just repaired is no drift.
#[tokio::test(start_paused = true)]
async fn what_a_list_shows_too_late_is_asked_for_by_name() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.tamper(|world| {
        let tag = "k8s.io/cluster-autoscaler/node-template/label/nodegroup";
        assert!(scaling_group_of(world, "jobs").tags.remove(tag).is_some());
    });
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    let before = bench.mount.calls().len();
    let plan = bench.plan().await;
    assert!(plan.in_sync(), "{}", text(&plan));
    assert_eq!(
        bench.mount.calls().len() - before,
        formula(3, 4, 100) + 1,
        "one call by name for all that are in doubt"
    );
}

#[tokio::test(start_paused = true)]
async fn thirty_groups_are_complete_in_small_pages() {
    let bench = Bench::with("examples/thirty-groups.yaml", Switches::default(), Some(7));
    assert!(matches!(bench.apply().await, Ending::Done(..)));
    bench.later().await;
    let before = bench.mount.calls().len();
    let plan = bench.plan().await;
    assert_eq!(bench.mount.calls().len() - before, formula(30, 2, 7));
    assert!(plan.in_sync());
    assert_eq!(plan.changes.len(), 1 + 2 + 30 + 30, "the cluster, EKS' entries, the groups, their Auto Scaling groups");
}

#[tokio::test(start_paused = true)]
async fn a_failed_read_is_an_error_and_never_a_partial_picture() {
    let bench = Bench::applied("cluster.yaml").await;
    for operation in [
        "eks:DescribeCluster",
        "eks:ListAccessEntries",
        "eks:DescribeAccessEntry",
        "eks:ListAssociatedAccessPolicies",
        "eks:ListNodegroups",
        "eks:DescribeNodegroup",
        "autoscaling:DescribeAutoScalingGroups",
    ] {
        let bench = bench.copy();
        bench.tamper(|world| {
            world.fail(crate::faults::refused(operation, 403, "AccessDeniedException", "not authorized"));
        });
        let before = bench.mutations().len();
        let ending = bench.apply().await;
        assert!(matches!(&ending, Ending::Unread(report, _) if report.done.is_empty()), "{operation}: {ending:#?}");
        assert_eq!(bench.mutations().len(), before);
    }
}

/// An answer without the thing that was asked for, with the status of a success.
fn hollow(operation: &str, status: u16) -> sandbox::Fault {
    let (code, message) = ("Hollow".to_owned(), "a proxy made this".to_owned());
    fault(operation, 1, u32::MAX, Effect::Refused { status, code, message })
}

/// That something does not exist is AWS' word: a 404 with its code, and nothing else.
#[tokio::test(start_paused = true)]
async fn an_answer_without_the_thing_is_no_absence() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    for status in [200, 204] {
        let operations = ["eks:DescribeCluster", "eks:DescribeNodegroup", "eks:DescribeAccessEntry"];
        assert_eq!(believed(&bench, &operations, status).await, Vec::<String>::new(), "{status}");
    }
}

/// Those of the hollow answers that an apply makes something of.
async fn believed(bench: &Bench, operations: &[&str], status: u16) -> Vec<String> {
    let mut believed = vec![];
    for operation in operations {
        let bench = bench.copy();
        bench.tamper(|world| world.fail(hollow(operation, status)));
        let ending = bench.apply().await;
        if !matches!(ending, Ending::Unread(..)) || !bench.mutations().is_empty() {
            believed.push((*operation).to_owned());
        }
    }
    believed
}

/// Nor is a list that is not there an empty one: what is not listed is neither shown nor pruned.
#[tokio::test(start_paused = true)]
async fn an_answer_without_the_list_is_no_empty_list() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    let operations = ["eks:ListNodegroups", "eks:ListAccessEntries", "eks:ListAssociatedAccessPolicies"];
    assert_eq!(believed(&bench, &operations, 200).await, Vec::<String>::new());
}

/// What is being deleted is not gone because an answer is hollow.
#[tokio::test(start_paused = true)]
async fn an_answer_without_the_thing_is_no_deletion() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    let mut proxy = Scripted::once(&bench.mount, waits, |world| {
        world.fail(sandbox::Fault { count: 3, ..hollow("eks:DescribeNodegroup", 200) });
    });
    let ending = bench.apply_before(&mut proxy).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let finished = proxy.events.iter().find(|event| finishes(&event.kind)).unwrap();
    let EventKind::ActionFinished { took, .. } = &finished.kind else { panic!("{finished:?}") };
    assert!(*took >= sandbox::durations::NODEGROUP_DELETE, "it was gone too early: {finished:?}");
}

/// How many requests of a service arrived at each moment. Where every request takes a second, and none started in
/// between, those were in flight together.
fn together(calls: &[Call], service: &str) -> Vec<usize> {
    let mut moments: BTreeMap<SystemTime, usize> = BTreeMap::new();
    for call in calls.iter().filter(|call| call.operation.starts_with(service)) {
        *moments.entry(call.at).or_default() += 1;
    }
    moments.into_values().collect()
}

/// What is read of how many kinds does not matter: the bound is the service's.
#[tokio::test(start_paused = true)]
async fn forty_reads_of_eks_are_in_flight_at_most() {
    let mut bench = Bench::new("examples/thirty-groups.yaml");
    let entry = |number| json!({ "principalArn": format!("arn:aws:iam::111122223333:role/team-{number}") });
    bench.file["accessEntries"] = (0..30).map(entry).collect();
    bench.mount = bench.mount.clone().latency(Duration::from_secs(1));
    bench.plan().await;
    // The cluster, four lists, thirty groups and two reads for each of thirty entries.
    assert_eq!(together(&bench.mount.calls(), "eks:"), [40, 40, 15]);
}

#[tokio::test(start_paused = true)]
async fn four_reads_of_auto_scaling_are_in_flight_at_most() {
    let bench = Bench::new("cluster.yaml");
    let mount = bench.mount.clone().latency(Duration::from_secs(1));
    let (aws, _retries) = trueup::aws::connect("us-east-1", trueup::aws::Endpoint::Mounted(mount)).await;
    let answers = join_all((0..10).map(|_| aws.autoscaling.describe_auto_scaling_groups(|request| request))).await;
    assert!(answers.iter().all(Result::is_ok));
    assert_eq!(together(&bench.mount.calls(), "autoscaling:"), [4, 4, 2]);
}

/// A service that throttles gets half as many at a time, and one more after every ten that it answers.
#[tokio::test(start_paused = true)]
async fn throttling_narrows_what_is_in_flight_and_success_widens_it_again() {
    let bench = Bench::applied("examples/minimal.yaml").await;
    bench.tamper(|world| world.fail(crate::faults::fault("eks:DescribeCluster", 1, 1, Effect::Throttled)));
    let mount = bench.mount.clone().latency(Duration::from_secs(1));
    let (aws, _retries) = trueup::aws::connect("us-east-1", trueup::aws::Endpoint::Mounted(mount)).await;
    let cluster = bench.spec().metadata.name;
    aws.eks.describe_cluster(|request| request.name(&cluster)).await.unwrap();
    let before = bench.mount.calls().len();
    let reads = (0..100).map(|_| aws.eks.list_nodegroups(|request| request.cluster_name(&cluster)));
    assert!(join_all(reads).await.iter().all(Result::is_ok));
    assert_eq!(together(&bench.mount.calls()[before..], "eks:"), [20, 22, 24, 26, 8]);
}

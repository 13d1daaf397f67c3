//! Destroy: everything of ours goes, nothing else does, and the world is as it was.

use std::time::Duration;

use sandbox::{Effect, Fault};
use serde_json::json;
use trueup::apply::Ending;
use trueup::aws::{Endpoint, connect};
use trueup::plan::{Consent, Plan, Verb};
use trueup::report::Mood;

use crate::audience::Scripted;
use crate::bench::{Bench, cluster, every_disruption, nodegroup, said, verb};

fn with_consent() -> Consent {
    Consent { disruption: every_disruption(), unlock: true, ..Consent::default() }
}

async fn applied(file: &str) -> Bench {
    let mut bench = Bench::applied(file).await;
    bench.consent = with_consent();
    bench
}

async fn assert_blocked(bench: &Bench, says: &str) {
    let before = bench.mutations().len();
    let ending = bench.destroy().await;
    let Ending::Blocked(plan) = &ending else { panic!("not blocked: {ending:#?}") };
    let text = said(plan, Mood::Destroy);
    assert!(text.contains(says), "{text}");
    assert_eq!(bench.mutations().len(), before, "blocked, and still something was changed");
}

#[tokio::test(start_paused = true)]
async fn the_world_is_as_it_was() {
    for file in ["cluster.yaml", "examples/every-field.yaml"] {
        let mut bench = Bench::new(file);
        let before = bench.tamper(|world| world.state_except(&[]));
        bench.apply_fully().await;
        let between = bench.tamper(|world| world.state_except(&[]));
        assert_ne!(before, between);
        bench.consent = with_consent();
        let ending = bench.destroy().await;
        assert!(matches!(ending, Ending::Done(..)), "{file}: {ending:#?}");
        assert_eq!(bench.tamper(|world| world.state_except(&[])), before, "{file}");
        let mutations = bench.mutations().len();
        let again = bench.destroy().await;
        assert!(matches!(again, Ending::InSync(_)), "{file}: {again:#?}");
        assert_eq!(bench.mutations().len(), mutations, "{file}: the second destroy sent a mutating call");
    }
}

#[tokio::test(start_paused = true)]
async fn nodegroups_go_before_the_cluster_and_nothing_goes_twice() {
    let bench = applied("cluster.yaml").await;
    insta::assert_snapshot!("destroy", said(&bench.destruction().await, Mood::Destroy));
    let before = bench.mutations().len();
    assert!(matches!(bench.destroy().await, Ending::Done(..)));
    let mutations = bench.mutations();
    let sent: Vec<&str> = mutations[before..].iter().map(|call| call.operation.as_str()).collect();
    let nodegroup = "eks:DeleteNodegroup";
    assert_eq!(sent, [nodegroup, nodegroup, nodegroup, "eks:UpdateClusterConfig", "eks:DeleteCluster"]);
}

#[tokio::test(start_paused = true)]
async fn it_takes_consent_to_the_end_of_the_nodes() {
    let mut bench = applied("cluster.yaml").await;
    bench.consent.disruption = vec![];
    assert_blocked(&bench, "delete is disruptive and nobody has consented").await;
    for index in 0..3 {
        bench.edit(&format!("/nodegroups/{index}/disruption"), json!("allow"));
    }
    assert!(matches!(bench.destroy().await, Ending::Done(..)), "the file consents group by group");
}

#[tokio::test(start_paused = true)]
async fn protection_against_deletion_stands_until_it_is_taken_away_by_name() {
    let mut bench = applied("cluster.yaml").await;
    bench.consent.unlock = false;
    assert_blocked(&bench, "run with --disable-deletion-protection").await;
    assert_blocked(&bench, "which is blocked").await;
}

/// It goes last, so that a destroy that stops halfway leaves a protected cluster.
#[tokio::test(start_paused = true)]
async fn the_cluster_stays_if_its_protection_stays() {
    let bench = applied("cluster.yaml").await;
    let effect =
        Effect::Refused { status: 400, code: "InvalidRequestException".to_owned(), message: "not today".to_owned() };
    let operation = "eks:UpdateClusterConfig".to_owned();
    bench.tamper(|world| world.fail(Fault { operation, first: 1, count: u32::MAX, effect }));
    let ending = bench.destroy().await;
    let Ending::Incomplete(report, _) = &ending else { panic!("{ending:#?}") };
    assert_eq!((report.done.len(), report.failed.len(), report.skipped.len()), (3, 1, 1));
}

#[tokio::test(start_paused = true)]
async fn a_foreign_nodegroup_keeps_the_cluster_and_that_is_said_up_front() {
    let bench = applied("cluster.yaml").await;
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    let plan = bench.destruction().await;
    assert_eq!(verb(&plan, "nodegroup/jobs"), Some(Verb::Unmanaged));
    insta::assert_snapshot!("destroy_with_a_foreign_nodegroup", said(&plan, Mood::Destroy));
    assert_blocked(&bench, "AWS keeps it as long as nodegroup/jobs is there, which is not ours to delete").await;
}

#[tokio::test(start_paused = true)]
async fn in_a_foreign_cluster_only_our_pieces_go() {
    let bench = applied("cluster.yaml").await;
    bench.tamper(|world| {
        cluster(world).tags.remove("trueup/cluster");
        nodegroup(world, "jobs").tags.insert("trueup/cluster".to_owned(), "us-east-1/another".to_owned());
    });
    let plan = bench.destruction().await;
    assert_eq!(verb(&plan, "cluster/gitlab-runners"), Some(Verb::Unmanaged));
    assert!(matches!(bench.destroy().await, Ending::Done(..)));
    let left = bench.cluster(|cluster| cluster.nodegroups.keys().cloned().collect::<Vec<_>>());
    assert_eq!(left, ["jobs"]);
    assert!(matches!(bench.destroy().await, Ending::InSync(_)));
}

/// Whatever is in the middle of something is waited for, and then goes.
#[tokio::test(start_paused = true)]
async fn what_is_in_the_middle_of_a_change_is_waited_for() {
    let mut bench = Bench::new("cluster.yaml");
    bench.consent = with_consent();
    for requests in [18, 32, 62] {
        let bench = bench.copy();
        bench.mount.crash_after(requests);
        tokio::select! {
            biased;
            () = bench.mount.crashed() => {}
            ending = bench.apply() => panic!("{ending:#?}"),
        }
        let ending = bench.destroy().await;
        assert!(matches!(ending, Ending::Done(..)), "{requests}: {ending:#?}");
        assert!(bench.tamper(|world| world.clusters().is_empty() && world.auto_scaling_groups().is_empty()));
    }
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_deletes_is_waited_for() {
    let bench = applied("cluster.yaml").await;
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    let outsider = connect("us-east-1", Endpoint::Mounted(bench.mount.unaudited())).await.0;
    let jobs = outsider.eks.delete_nodegroup(|request| request.cluster_name("gitlab-runners").nodegroup_name("jobs"));
    jobs.await.unwrap();
    let plan = bench.destruction().await;
    assert_eq!(verb(&plan, "nodegroup/jobs"), Some(Verb::Wait));
    let ending = bench.destroy().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert!(bench.tamper(|world| world.clusters().is_empty()));
}

/// A group that never came to life takes no consent, for no job ever ran on it.
#[tokio::test(start_paused = true)]
async fn what_never_came_to_life_goes_without_consent() {
    let mut bench = applied("cluster.yaml").await;
    bench.consent.disruption = vec![];
    bench.edit("/nodegroups/0/disruption", json!("allow"));
    bench.edit("/nodegroups/2/disruption", json!("allow"));
    bench.group("jobs", |group| group.status = sandbox::NodegroupStatus::CreateFailed);
    assert!(matches!(bench.destroy().await, Ending::Done(..)));
}

/// After which requests of an undisturbed run anything can be different: not between two looks at the same thing.
async fn moments(prepared: &Bench) -> Vec<usize> {
    let bench = prepared.copy();
    let before = bench.mount.calls().len();
    assert!(matches!(bench.destroy().await, Ending::Done(..)));
    let calls = bench.mount.calls().split_off(before);
    let news = |at: &usize| *at == 0 || calls[*at].mutating || calls[*at].operation != calls[*at - 1].operation;
    (0..calls.len()).filter(news).map(|at| at + 1).collect()
}

#[tokio::test(start_paused = true)]
async fn killed_anywhere_it_finishes() {
    let prepared = applied("cluster.yaml").await;
    let moments = moments(&prepared).await;
    let fresh = Bench::new("cluster.yaml").tamper(|world| world.state_except(&[]));
    assert!(moments.len() > 10, "{moments:?}");
    for requests in moments {
        let bench = prepared.copy();
        bench.mount.crash_after(requests);
        tokio::select! {
            biased;
            () = bench.mount.crashed() => {}
            ending = bench.destroy() => panic!("it was over before request {requests}: {ending:#?}"),
        }
        let again = bench.destroy().await;
        let fine = matches!(again, Ending::Done(..) | Ending::InSync(_));
        assert!(fine, "after a crash at request {requests}: {again:#?}");
        assert_eq!(bench.tamper(|world| world.state_except(&[])), fresh, "after request {requests}");
    }
}

/// What is said, or counted, to go with something else.
fn along(plan: &Plan, kind: &str) -> (Vec<String>, usize) {
    assert!(plan.blocked() && plan.changes.iter().any(|change| change.address.kind == kind));
    let goes = plan.changes.iter().filter(|change| change.verb == Verb::Goes && change.address.kind == kind);
    (goes.map(|change| change.address.to_string()).collect(), plan.document().summary.go_along)
}

#[tokio::test(start_paused = true)]
async fn entries_do_not_go_with_a_cluster_that_a_foreign_group_keeps() {
    let bench = applied("cluster.yaml").await;
    bench.group("jobs", |group| group.tags.remove("trueup/cluster"));
    // The Auto Scaling groups of the other two go with them all the same.
    assert_eq!(along(&bench.destruction().await, "access-entry"), (vec![], 2));
}

/// The same of whatever else blocks a deletion, and of what goes with a nodegroup.
#[tokio::test(start_paused = true)]
async fn nothing_goes_with_what_is_blocked() {
    let mut bench = applied("cluster.yaml").await;
    bench.consent = Consent { disruption: vec![], ..with_consent() };
    let plan = bench.destruction().await;
    assert_eq!(along(&plan, "autoscaling-group"), (vec![], 0), "{}", said(&plan, Mood::Destroy));
    assert_eq!(along(&plan, "access-entry"), (vec![], 0));
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_with_what_is_protected() {
    let mut bench = applied("cluster.yaml").await;
    bench.consent.unlock = false;
    assert_eq!(along(&bench.destruction().await, "access-entry").0, Vec::<String>::new());
}

/// A cluster that EKS could not create; the file protects it.
async fn failed_to_create() -> Bench {
    let mut bench = Bench::new("cluster.yaml");
    let (code, message) = ("Ec2SubnetInvalidConfiguration".to_owned(), "bad".to_owned());
    let fails = Effect::CreateFails { code, message };
    bench.tamper(|world| {
        world.fail(Fault { operation: "eks:CreateCluster".to_owned(), first: 1, count: 1, effect: fails });
    });
    assert!(matches!(bench.apply().await, Ending::Incomplete(..)));
    bench.consent = with_consent();
    bench
}

/// EKS' protection applies to active clusters only: there is nothing to unlock, and nothing to wait for.
#[tokio::test(start_paused = true)]
async fn a_cluster_that_failed_to_create_is_destroyed() {
    for unlock in [true, false] {
        let mut bench = failed_to_create().await;
        bench.consent.unlock = unlock;
        let (before, began) = (bench.mutations().len(), tokio::time::Instant::now());
        let ending = bench.destroy().await;
        assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
        let sent: Vec<String> = bench.mutations().split_off(before).into_iter().map(|call| call.operation).collect();
        assert_eq!(sent, ["eks:DeleteCluster"]);
        assert!(began.elapsed() < Duration::from_mins(10), "{:?}", began.elapsed());
        assert!(bench.tamper(|world| world.clusters().is_empty()));
    }
}

/// Whoever is blocked for ever is told the command that helps.
#[tokio::test(start_paused = true)]
async fn a_cluster_that_failed_to_create_says_which_command_helps() {
    let mut bench = failed_to_create().await;
    bench.consent = Consent::default();
    let Ending::Blocked(plan) = bench.apply().await else { panic!("not blocked") };
    let blockers: Vec<_> = plan.changes.iter().flat_map(|change| &change.blockers).collect();
    assert!(blockers.iter().any(|blocker| blocker.hint.contains("trueup destroy")), "{blockers:#?}");
}

/// The protection is the last thing to go before the cluster, so that whatever stops a destroy leaves it protected.
#[tokio::test(start_paused = true)]
async fn the_protection_goes_right_before_the_cluster() {
    let bench = applied("cluster.yaml").await;
    let before = bench.mutations().len();
    assert!(matches!(bench.destroy().await, Ending::Done(..)));
    let sent: Vec<String> = bench.mutations().split_off(before).into_iter().map(|call| call.operation).collect();
    let group = "eks:DeleteNodegroup";
    assert_eq!(sent, [group, group, group, "eks:UpdateClusterConfig", "eks:DeleteCluster"]);
}

#[tokio::test(start_paused = true)]
async fn a_destroy_that_stops_halfway_leaves_the_cluster_protected() {
    let bench = applied("cluster.yaml").await;
    let effect = Effect::Refused { status: 403, code: "AccessDeniedException".to_owned(), message: "no".to_owned() };
    let operation = "eks:DeleteNodegroup".to_owned();
    bench.tamper(|world| world.fail(Fault { operation, first: 2, count: 1, effect }));
    let ending = bench.destroy().await;
    assert!(matches!(ending, Ending::Incomplete(..)), "{ending:#?}");
    bench.cluster(|cluster| assert!(cluster.deletion_protection));
}

/// What is no longer ours is not unlocked: the tag is looked at right before.
#[tokio::test(start_paused = true)]
async fn a_cluster_that_lost_our_tag_meanwhile_keeps_its_protection() {
    let bench = applied("cluster.yaml").await;
    let mut somebody = Scripted::meanwhile(&bench.mount, |world| {
        cluster(world).tags.insert("trueup/cluster".to_owned(), "us-east-1/another".to_owned());
    });
    let ending = bench.destroy_before(&mut somebody).await;
    assert!(matches!(ending, Ending::Incomplete(..)), "{ending:#?}");
    bench.cluster(|cluster| assert!(cluster.deletion_protection));
}

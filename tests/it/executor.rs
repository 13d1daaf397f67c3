//! The ways of one action through its mutation and its wait, above all the bad ones: what is said of each, what to do
//! about it, and that nothing else was sent.
//!
//! The words that carry the meaning are in [`words`]; the sentences around them may change.

use std::time::Duration;

use sandbox::{Effect, Issue, NodegroupStatus, Transition, UpdateError, UpdateStatus, World};
use serde_json::json;
use tokio::time::Instant;
use trueup::apply::Ending;
use trueup::event::{ActionOutcome, EventKind, FailedAction, Report};

use crate::audience::{Scripted, finishes, retries, waits, waits_long};
use crate::bench::{Bench, cluster, full_consent, nodegroup};
use crate::faults::{fault, refused};
use crate::races::apply_while;

/// What each message and hint has to have in it.
mod words {
    pub(super) const TIMEOUT: &str = "not finished after";
    pub(super) const GOES_ON: &str = "goes on in AWS";
    pub(super) const NOT_ACCEPTED: &str = "AWS took nothing of this";
    pub(super) const DISAPPEARED: &str = "disappeared";
    pub(super) const SOMEBODY_DELETES: &str = "DELETING: somebody deletes it";
    pub(super) const IN_USE: &str = "still uses it";
    pub(super) const NO_TAG: &str = "no longer carries our ownership tag";
    pub(super) const NOTHING_SENT: &str = "nothing was sent";
    pub(super) const NO_REASON: &str = "without a reason";
}

/// The one action that failed: its id, the reason and the hint.
#[track_caller]
fn the_failure(ending: &Ending) -> (&str, &str, &str) {
    let Ending::Incomplete(Report { failed, .. }, _) = ending else { panic!("it went through: {ending:#?}") };
    let [FailedAction { id, why, hint, .. }] = &failed[..] else { panic!("not one failure: {failed:#?}") };
    (&id.0, why, hint.as_deref().unwrap_or_default())
}

/// What was sent since, and how often.
fn sent_since(bench: &Bench, before: usize) -> Vec<String> {
    bench.mutations().split_off(before).into_iter().map(|call| call.operation).collect()
}

/// How often an operation was sent.
fn count(bench: &Bench, operation: &str) -> usize {
    bench.mount.calls().iter().filter(|call| call.operation == operation).count()
}

/// In line with the file, but for a label that jobs is to get by one update.
async fn with_a_label_to_add() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/nodegroups/1/autoscaling", json!(null));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench
}

/// In line with the file, but for a group that is to be pruned.
async fn with_a_group_to_prune() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    bench
}

/// In line with the file, but for a group that is to be created.
async fn with_a_group_to_create() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    let mut group = bench.file["nodegroups"][0].clone();
    group["nodegroupName"] = json!("more");
    group.as_object_mut().unwrap().remove("autoscaling");
    bench.file["nodegroups"].as_array_mut().unwrap().push(group);
    bench
}

/// Time does not bring it: whatever takes time takes for ever.
fn stalled(bench: &Bench) {
    bench.tamper(|world| world.settings_mut().switches.duration_percent = 1_000_000);
}

/// An answer that is no answer, and that the SDK does not send again.
fn odd() -> Effect {
    Effect::Refused { status: 418, code: "OddException".to_owned(), message: "I am a teapot".to_owned() }
}

#[tokio::test(start_paused = true)]
async fn what_aws_accepted_and_never_ends_is_left_to_aws() {
    let bench = with_a_label_to_add().await;
    stalled(&bench);
    let (before, began) = (bench.mutations().len(), Instant::now());
    let ending = bench.apply().await;
    let (id, why, hint) = the_failure(&ending);
    assert_eq!(id, "nodegroup/jobs UpdateNodegroupConfig");
    // An hour, and ten minutes for its one node.
    assert!(why.contains(words::TIMEOUT) && why.contains("70 minutes") && why.contains("in progress"), "{why}");
    assert!(hint.contains(words::GOES_ON) && hint.contains("run again"), "{hint}");
    assert!((70..72).contains(&(began.elapsed().as_secs() / 60)), "{:?}", began.elapsed());
    assert_eq!(sent_since(&bench, before), ["eks:UpdateNodegroupConfig"]);
}

#[tokio::test(start_paused = true)]
async fn what_somebody_else_never_ends_is_left_to_aws_too() {
    let bench = with_a_label_to_add().await;
    bench.group("jobs", |group| group.status = NodegroupStatus::Updating);
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    let Ending::Incomplete(report, _) = &ending else { panic!("{ending:#?}") };
    let FailedAction { id, why, hint, .. } = &report.failed[0];
    assert!(id.0.starts_with("nodegroup/jobs wait") && why.contains(words::TIMEOUT), "{id}: {why}");
    assert!(why.contains("UPDATING"), "{why}");
    assert!(hint.as_ref().is_some_and(|hint| hint.contains(words::GOES_ON)), "{hint:?}");
    assert_eq!(sent_since(&bench, before), Vec::<String>::new());
}

#[tokio::test(start_paused = true)]
async fn what_aws_never_accepts_is_given_up_and_nothing_goes_on() {
    let bench = with_a_label_to_add().await;
    bench.tamper(|world| world.fail(refused("eks:UpdateNodegroupConfig", 409, "ResourceInUseException", "busy")));
    let before = bench.mutations();
    let ending = bench.apply().await;
    let (_, why, hint) = the_failure(&ending);
    assert!(why.contains(words::TIMEOUT) && why.contains("ResourceInUseException"), "{why}");
    assert!(hint.contains(words::NOT_ACCEPTED) && hint.contains("run again"), "{hint}");
    assert!(!hint.contains(words::GOES_ON), "{hint}");
    let sent = bench.mutations().split_off(before.len());
    assert!(sent.len() > 100 && sent.iter().all(|call| call.status == 409 && !call.changed), "{}", sent.len());
}

#[tokio::test(start_paused = true)]
async fn what_disappears_while_it_is_created_has_failed() {
    let bench = with_a_group_to_create().await;
    let mut thief = Scripted::once(&bench.mount, waits_long, |world| {
        assert!(cluster(world).nodegroups.remove("more").is_some());
    });
    let before = bench.mutations().len();
    let ending = bench.apply_before(&mut thief).await;
    let (id, why, _) = the_failure(&ending);
    assert_eq!(id, "nodegroup/more create");
    assert!(why.contains(words::DISAPPEARED), "{why}");
    assert_eq!(sent_since(&bench, before), ["eks:CreateNodegroup"], "nor is it created again");
}

#[tokio::test(start_paused = true)]
async fn what_somebody_deletes_while_it_is_created_has_failed() {
    let bench = with_a_group_to_create().await;
    let mut somebody = Scripted::once(&bench.mount, waits, |world| {
        let group = nodegroup(world, "more");
        (group.status, group.transition) = (NodegroupStatus::Deleting, None);
    });
    let (before, began) = (bench.mutations().len(), Instant::now());
    let ending = bench.apply_before(&mut somebody).await;
    let (id, why, _) = the_failure(&ending);
    assert_eq!(id, "nodegroup/more create");
    assert!(why.contains(words::SOMEBODY_DELETES), "{why}");
    assert!(began.elapsed() < Duration::from_mins(1), "it waited for {:?}", began.elapsed());
    assert_eq!(sent_since(&bench, before), ["eks:CreateNodegroup"]);
}

/// At the first wait, so many reads of a kind begin to fail.
fn blinded<'a>(bench: &Bench, operation: &'a str, reads: u32, effect: Effect) -> Scripted<'a> {
    Scripted::once(&bench.mount, waits, move |world| world.fail(fault(operation, 1, reads, effect)))
}

#[tokio::test(start_paused = true)]
async fn four_failed_reads_in_a_row_are_put_up_with_and_five_are_not() {
    let bench = with_a_label_to_add().await;
    for (reads, enough) in [(4, false), (5, true)] {
        let bench = bench.copy();
        bench.tamper(|world| world.settings_mut().switches.duration_percent = 1000);
        let ending = bench.apply_before(&mut blinded(&bench, "eks:DescribeUpdate", reads, odd())).await;
        let failed = bench.mount.calls().iter().filter(|call| call.status == 418).count();
        assert_eq!(failed, usize::try_from(reads).unwrap());
        if enough {
            let (id, why, _) = the_failure(&ending);
            assert_eq!(id, "nodegroup/jobs UpdateNodegroupConfig");
            assert!(why.contains("eks:DescribeUpdate") && why.contains("OddException"), "{why}");
        } else {
            assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
        }
        assert_eq!(count(&bench, "eks:UpdateNodegroupConfig"), 1);
    }
}

/// Four failures, a success, four failures: never five in a row.
#[tokio::test(start_paused = true)]
async fn a_read_that_succeeds_begins_the_count_anew() {
    let bench = with_a_label_to_add().await;
    bench.tamper(|world| world.settings_mut().switches.duration_percent = 1000);
    let mut blinded = Scripted::once(&bench.mount, waits, |world| {
        world.fail(fault("eks:DescribeUpdate", 1, 4, odd()));
        world.fail(fault("eks:DescribeUpdate", 6, 4, odd()));
    });
    let ending = bench.apply_before(&mut blinded).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(bench.mount.calls().iter().filter(|call| call.status == 418).count(), 8);
}

#[tokio::test(start_paused = true)]
async fn a_deletion_puts_up_with_failed_reads_in_the_same_way() {
    let bench = with_a_group_to_prune().await;
    for (reads, enough) in [(4, false), (5, true)] {
        let bench = bench.copy();
        let ending = bench.apply_before(&mut blinded(&bench, "eks:DescribeNodegroup", reads, odd())).await;
        assert_eq!(matches!(ending, Ending::Incomplete(..)), enough, "{ending:#?}");
        if enough {
            let (id, why, _) = the_failure(&ending);
            assert!(id == "nodegroup/jobs-arm64 delete" && why.contains("OddException"), "{id}: {why}");
        }
        assert_eq!(count(&bench, "eks:DeleteNodegroup"), 1);
    }
}

#[tokio::test(start_paused = true)]
async fn a_read_that_will_never_succeed_is_not_tried_again() {
    let bench = with_a_label_to_add().await;
    for (code, what_to_do) in
        [("AccessDeniedException", "allow the action"), ("ExpiredTokenException", "fresh credentials")]
    {
        let bench = bench.copy();
        let effect = Effect::Refused { status: 403, code: code.to_owned(), message: "no".to_owned() };
        let ending = bench.apply_before(&mut blinded(&bench, "eks:DescribeUpdate", u32::MAX, effect)).await;
        let (_, why, hint) = the_failure(&ending);
        assert!(why.contains(code) && hint.contains(what_to_do), "{why}: {hint}");
        assert_eq!(bench.mount.calls().iter().filter(|call| call.status == 403).count(), 1, "{code}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_is_always_refused_is_given_up() {
    let bench = with_a_group_to_prune().await;
    bench.tamper(|world| world.fail(refused("eks:DeleteNodegroup", 409, "ResourceInUseException", "in use")));
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    let (id, why, hint) = the_failure(&ending);
    assert_eq!(id, "nodegroup/jobs-arm64 delete");
    assert!(why.contains("ResourceInUseException") && hint.contains(words::IN_USE), "{why}: {hint}");
    assert_eq!(sent_since(&bench, before), ["eks:DeleteNodegroup"; 12]);
    bench.group("jobs-arm64", |group| assert_eq!(group.status, NodegroupStatus::Active));
}

/// What used it is gone from AWS' bookkeeping a little later than from sight.
#[tokio::test(start_paused = true)]
async fn a_deletion_that_is_refused_a_few_times_succeeds() {
    let bench = with_a_group_to_prune().await;
    let busy = Effect::Refused { status: 409, code: "ResourceInUseException".to_owned(), message: "in use".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:DeleteNodegroup", 1, 11, busy)));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    bench.cluster(|cluster| assert!(!cluster.nodegroups.contains_key("jobs-arm64")));
}

#[tokio::test(start_paused = true)]
async fn what_aws_refuses_for_good_is_sent_once() {
    let bench = with_a_label_to_add().await;
    bench.tamper(|world| world.fail(refused("eks:UpdateNodegroupConfig", 400, "InvalidRequestException", "not so")));
    let before = bench.mutations().len();
    let ending = bench.apply().await;
    let (_, why, _) = the_failure(&ending);
    assert!(why.contains("not so") && why.contains("InvalidRequestException"), "{why}");
    assert_eq!(sent_since(&bench, before), ["eks:UpdateNodegroupConfig"]);
}

/// How each action ended.
fn outcomes(audience: &Scripted<'_>) -> Vec<(String, ActionOutcome)> {
    let mut all = vec![];
    for event in &audience.events {
        if let EventKind::ActionFinished { id, outcome, .. } = &event.kind {
            all.push((id.0.clone(), outcome.clone()));
        }
    }
    all
}

#[tokio::test(start_paused = true)]
async fn what_somebody_did_before_us_is_not_sent() {
    let bench = with_a_label_to_add().await;
    let before = bench.mutations().len();
    let mut somebody = Scripted::meanwhile(&bench.mount, |world| {
        nodegroup(world, "jobs").config.labels.insert("more".to_owned(), "labels".to_owned());
    });
    let ending = bench.apply_before(&mut somebody).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let id = "nodegroup/jobs UpdateNodegroupConfig".to_owned();
    assert_eq!(outcomes(&somebody), [(id, ActionOutcome::AlreadySo)]);
    assert_eq!(sent_since(&bench, before), Vec::<String>::new());
}

/// Changes the world right after so many requests of an operation were answered, and before the next request arrives.
async fn after(bench: &Bench, operation: &str, requests: usize, happens: impl FnOnce(&mut World)) {
    while count(bench, operation) < requests {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    bench.tamper(happens);
}

/// EKS refuses an update that changes nothing. If somebody did it between our last look and our request, it is done.
#[tokio::test(start_paused = true)]
async fn what_somebody_does_in_the_last_moment_is_done() {
    for theirs in ["scheduler", "controllerManager"] {
        let mut bench = Bench::applied("cluster.yaml").await;
        bench.later().await;
        bench.mount = bench.mount.clone().latency(Duration::from_secs(1));
        bench.edit("/cluster/logging", json!(["scheduler"]));
        let (looks, before) = (count(&bench, "eks:DescribeCluster"), bench.mutations().len());
        let no_changes = refused("eks:UpdateClusterConfig", 400, "InvalidParameterException", "No changes needed");
        let mut audience = Scripted::default();
        let (ending, ()) = tokio::join!(
            bench.apply_before(&mut audience),
            // The first look is the reading's, the second the action's.
            after(&bench, "eks:DescribeCluster", looks + 2, |world| {
                cluster(world).log_types = [theirs.to_owned()].into();
                world.fail(no_changes);
            })
        );
        assert_eq!(sent_since(&bench, before), ["eks:UpdateClusterConfig"]);
        let id = "cluster/gitlab-runners UpdateClusterConfig (logging)";
        if theirs == "scheduler" {
            assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
            assert_eq!(outcomes(&audience), [(id.to_owned(), ActionOutcome::AlreadySo)]);
        } else {
            let (failed, why, _) = the_failure(&ending);
            assert!(failed == id && why.contains("No changes needed"), "not done, and taken for done: {failed}: {why}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_somebody_began_is_only_waited_for() {
    let bench = with_a_group_to_prune().await;
    let before = bench.mutations().len();
    let (ending, shown) = apply_while(&bench, |world| {
        let gone = Transition::Gone { at: world.clock() + Duration::from_mins(5) };
        let group = nodegroup(world, "jobs-arm64");
        (group.status, group.transition) = (NodegroupStatus::Deleting, Some(gone));
    })
    .await;
    assert!(shown.contains("nodegroup/jobs-arm64"), "{shown}");
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    assert_eq!(sent_since(&bench, before), Vec::<String>::new(), "it was deleted twice");
    bench.cluster(|cluster| assert!(!cluster.nodegroups.contains_key("jobs-arm64")));
}

#[tokio::test(start_paused = true)]
async fn a_deletion_waits_for_the_change_that_is_under_way() {
    let bench = with_a_group_to_prune().await;
    let ready = Duration::from_mins(7);
    let mut somebody = Scripted::meanwhile(&bench.mount, |world| {
        let made = Transition::Created { at: world.clock() + ready, failure: None };
        let group = nodegroup(world, "jobs-arm64");
        (group.status, group.transition) = (NodegroupStatus::Updating, Some(made));
    });
    let began = bench.tamper(|world| world.clock());
    let ending = bench.apply_before(&mut somebody).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    let deleted = bench.mutations().into_iter().rfind(|call| call.operation == "eks:DeleteNodegroup").unwrap();
    assert!(deleted.at >= began + ready && deleted.changed, "it did not wait");
    let first_wait = somebody.events.iter().find(|event| waits(&event.kind)).unwrap();
    assert!(
        matches!(&first_wait.kind, EventKind::ActionWaiting { status, .. } if status.contains("UPDATING")),
        "{first_wait:?}"
    );
}

/// A safety rule: what lost our tag between the plan and the deletion, or carries another cluster's, is not deleted.
#[tokio::test(start_paused = true)]
async fn what_lost_our_tag_meanwhile_is_not_deleted() {
    let another = |group: &mut sandbox::Nodegroup| {
        group.tags.insert("trueup/cluster".to_owned(), "us-east-1/another".to_owned());
    };
    let none = |group: &mut sandbox::Nodegroup| {
        group.tags.remove("trueup/cluster");
    };
    for change in [none as fn(&mut sandbox::Nodegroup), another] {
        let bench = with_a_group_to_prune().await;
        let before = bench.mutations().len();
        let (ending, _) = apply_while(&bench, |world| change(nodegroup(world, "jobs-arm64"))).await;
        let (id, why, hint) = the_failure(&ending);
        assert_eq!(id, "nodegroup/jobs-arm64 delete");
        assert!(why.contains(words::NO_TAG) && hint.contains(words::NOTHING_SENT), "{why}: {hint}");
        assert_eq!(sent_since(&bench, before), Vec::<String>::new());
        bench.group("jobs-arm64", |group| assert_eq!(group.status, NodegroupStatus::Active));
    }
}

/// The same for a kind that is deleted within a moment.
#[tokio::test(start_paused = true)]
async fn an_entry_that_lost_our_tag_meanwhile_is_not_deleted() {
    const DEPLOY: &str = "arn:aws:iam::111122223333:role/gitlab-deploy";
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.consent = full_consent();
    bench.file["accessEntries"].as_array_mut().unwrap().pop();
    let before = bench.mutations().len();
    let (ending, shown) = apply_while(&bench, |world| {
        cluster(world).access_entries.get_mut(DEPLOY).unwrap().tags.remove("trueup/cluster");
    })
    .await;
    assert!(shown.contains("gitlab-deploy will be deleted"), "{shown}");
    let (_, why, hint) = the_failure(&ending);
    assert!(why.contains(words::NO_TAG) && hint.contains(words::NOTHING_SENT), "{why}: {hint}");
    assert_eq!(sent_since(&bench, before), Vec::<String>::new());
    bench.cluster(|cluster| assert!(cluster.access_entries.contains_key(DEPLOY)));
}

/// And for one that is refused at first and sent again: the tag is looked at before each request.
#[tokio::test(start_paused = true)]
async fn what_lost_our_tag_between_two_attempts_is_not_deleted() {
    let mut bench = with_a_group_to_prune().await;
    bench.file["nodegroups"] = json!([]);
    bench.tamper(|world| world.fail(refused("eks:DeleteNodegroup", 409, "ResourceInUseException", "busy")));
    let mut somebody = Scripted::once(&bench.mount, retries, |world| {
        world.heal();
        for group in cluster(world).nodegroups.values_mut() {
            group.tags.remove("trueup/cluster");
        }
    });
    let before = bench.mutations().len();
    let ending = bench.destroy_before(&mut somebody).await;
    let Ending::Incomplete(report, _) = &ending else { panic!("{ending:#?}") };
    assert_eq!(report.failed.len(), 3, "{report:#?}");
    for FailedAction { why, hint, .. } in &report.failed {
        assert!(why.contains(words::NO_TAG), "{why}");
        assert!(hint.as_ref().is_some_and(|hint| hint.contains(words::NOTHING_SENT)), "{hint:?}");
    }
    let deleted = bench.mutations().split_off(before).into_iter().filter(|call| call.operation.contains("Delete"));
    assert!(deleted.clone().all(|call| !call.changed), "{:#?}", deleted.collect::<Vec<_>>());
    bench.cluster(|cluster| assert_eq!(cluster.nodegroups.len(), 3));
}

/// Whatever has the name already when we create it: it is compared with the file, and never ours to delete.
#[tokio::test(start_paused = true)]
async fn a_strangers_group_met_on_creation_never_becomes_ours() {
    let mut bench = with_a_group_to_create().await;
    let theirs = |world: &mut World| {
        let mut group = nodegroup(world, "management").clone();
        group.name = "more".to_owned();
        group.arn = group.arn.replace("management", "more");
        group.tags.clear();
        group.group = None;
        cluster(world).nodegroups.insert("more".to_owned(), group);
    };
    let (ending, _) = apply_while(&bench, theirs).await;
    assert!(!matches!(ending, Ending::InSync(_) | Ending::Declined | Ending::Blocked(_)), "{ending:#?}");
    bench.group("more", |group| assert!(!group.tags.contains_key("trueup/cluster"), "{:?}", group.tags));
    bench.later().await;
    bench.consent = full_consent();
    bench.file["nodegroups"].as_array_mut().unwrap().pop();
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::InSync(_)), "{ending:#?}");
    bench.cluster(|cluster| assert!(cluster.nodegroups.contains_key("more"), "the stranger's group was pruned"));
}

/// A stranger's that can never be as the file says is not passed over as created.
#[tokio::test(start_paused = true)]
async fn a_strangers_group_of_another_kind_is_not_taken_for_the_one_created() {
    let bench = with_a_group_to_create().await;
    let theirs = |world: &mut World| {
        let mut group = nodegroup(world, "management").clone();
        group.name = "more".to_owned();
        group.tags.clear();
        group.group = None;
        group.instance_types = vec!["m5.large".to_owned()];
        cluster(world).nodegroups.insert("more".to_owned(), group);
    };
    let (ending, _) = apply_while(&bench, theirs).await;
    assert!(!matches!(ending, Ending::Done(..) | Ending::InSync(_)), "{ending:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_deletion_that_ends_delete_failed_has_failed_with_its_reason() {
    let bench = with_a_group_to_prune().await;
    let mut fails = Scripted::once(&bench.mount, waits, |world| {
        let group = nodegroup(world, "jobs-arm64");
        (group.status, group.transition) = (NodegroupStatus::DeleteFailed, None);
        let (code, message) = ("Ec2SecurityGroupDeletionFailure".to_owned(), "it is in use".to_owned());
        group.health_issues.push(Issue { code, message, resource_ids: vec!["sg-0123".to_owned()] });
    });
    let (before, began) = (bench.mutations().len(), Instant::now());
    let ending = bench.apply_before(&mut fails).await;
    let (id, why, _) = the_failure(&ending);
    assert_eq!(id, "nodegroup/jobs-arm64 delete");
    for part in ["DELETE_FAILED", "Ec2SecurityGroupDeletionFailure", "it is in use", "sg-0123"] {
        assert!(why.contains(part), "{part}: {why}");
    }
    assert!(began.elapsed() < Duration::from_mins(1));
    assert_eq!(sent_since(&bench, before), ["eks:DeleteNodegroup"]);
}

/// Ends the update of jobs that is in flight; the group is as it was.
fn end(world: &mut World, status: UpdateStatus, errors: Vec<UpdateError>) {
    let group = nodegroup(world, "jobs");
    group.status = NodegroupStatus::Active;
    let mut updates = group.updates.values_mut().filter(|update| update.status == UpdateStatus::InProgress);
    let update = updates.next().unwrap();
    (update.status, update.errors) = (status, errors);
}

#[tokio::test(start_paused = true)]
async fn an_update_that_ends_without_a_reason_has_failed_all_the_same() {
    let bench = with_a_label_to_add().await;
    for (status, word) in [(UpdateStatus::Cancelled, "Cancelled"), (UpdateStatus::Failed, "Failed")] {
        let bench = bench.copy();
        let mut ends = Scripted::once(&bench.mount, waits, |world| end(world, status, vec![]));
        let before = bench.mutations().len();
        let ending = bench.apply_before(&mut ends).await;
        let (id, why, _) = the_failure(&ending);
        assert_eq!(id, "nodegroup/jobs UpdateNodegroupConfig");
        assert!(why.contains(word) && why.contains(words::NO_REASON), "{why}");
        assert_eq!(sent_since(&bench, before), ["eks:UpdateNodegroupConfig"]);
        bench.group("jobs", |group| assert!(!group.config.labels.contains_key("more")));
    }
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_update_says_why_where_aws_does() {
    let bench = with_a_label_to_add().await;
    let mut ends = Scripted::once(&bench.mount, waits, |world| {
        let (code, message) = ("OperationNotPermitted".to_owned(), "somebody cancelled it".to_owned());
        end(
            world,
            UpdateStatus::Cancelled,
            vec![UpdateError { code, message, resource_ids: vec!["i-0123".to_owned()] }],
        );
    });
    let ending = bench.apply_before(&mut ends).await;
    let (_, why, _) = the_failure(&ending);
    for part in ["Cancelled", "OperationNotPermitted", "somebody cancelled it", "i-0123"] {
        assert!(why.contains(part), "{part}: {why}");
    }
}

/// A failed action is told once, and as it is reported.
#[tokio::test(start_paused = true)]
async fn the_event_of_a_failure_says_what_the_report_says() {
    let bench = with_a_label_to_add().await;
    bench.tamper(|world| world.fail(refused("eks:UpdateNodegroupConfig", 403, "AccessDeniedException", "no")));
    let mut audience = Scripted::default();
    let ending = bench.apply_before(&mut audience).await;
    let Ending::Incomplete(report, _) = &ending else { panic!("{ending:#?}") };
    let ended: Vec<_> = audience.events.iter().filter(|event| finishes(&event.kind)).collect();
    assert_eq!(ended.len(), 1);
    let FailedAction { id, why, hint, code, request_id, lasting } = &report.failed[0];
    let told = outcomes(&audience).remove(0);
    assert_eq!(
        told,
        (
            id.0.clone(),
            ActionOutcome::Failed {
                why: why.clone(),
                hint: hint.clone(),
                code: code.clone(),
                request_id: request_id.clone(),
                lasting: *lasting,
            }
        )
    );
}

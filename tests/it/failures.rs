//! What is said of a failure: all of it, what to do about it, and what AWS' support would ask for.

use std::path::Path;
use std::process::Command;

use sandbox::{Effect, Issue, NodegroupStatus, UpdateError, UpdateStatus, World};
use serde_json::json;
use trueup::apply::Ending;
use trueup::event::Report;

use crate::audience::{Scripted, waits, waits_long};
use crate::bench::{Bench, cluster, full_consent, nodegroup, scaling_group_of};
use crate::faults::{fault, refused};

fn error(code: &str, message: &str, resource: &str) -> UpdateError {
    UpdateError { code: code.to_owned(), message: message.to_owned(), resource_ids: vec![resource.to_owned()] }
}

/// What failed: each with its reason and its hint.
fn failures(ending: &Ending) -> Vec<(String, String)> {
    let Ending::Incomplete(Report { failed, .. }, _) = ending else { panic!("it went through: {ending:#?}") };
    assert!(!failed.is_empty());
    failed.iter().map(|it| (it.why.clone(), it.hint.clone().unwrap_or_default())).collect()
}

async fn with_a_label_to_add() -> Bench {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/nodegroups/1/autoscaling", json!(null));
    bench.edit("/nodegroups/1/labels/more", json!("labels"));
    bench
}

/// Whoever makes the update in flight of jobs end with these errors.
fn ends_with(bench: &Bench, errors: Vec<UpdateError>) -> Scripted<'static> {
    Scripted::once(&bench.mount, waits, move |world| {
        let group = nodegroup(world, "jobs");
        group.status = NodegroupStatus::Active;
        let mut updates = group.updates.values_mut().filter(|update| update.status == UpdateStatus::InProgress);
        let update = updates.next().unwrap();
        (update.status, update.errors) = (UpdateStatus::Failed, errors);
    })
}

#[tokio::test(start_paused = true)]
async fn every_error_of_an_update_is_reported() {
    let bench = with_a_label_to_add().await;
    let errors = vec![
        error("PodEvictionFailure", "pod ci/one cannot be evicted", "i-0aaa"),
        error("NodeCreationFailure", "a node did not join", "i-0ccc"),
        error("PodEvictionFailure", "pod ci/two cannot be evicted", "i-0bbb"),
    ];
    let ending = bench.apply_before(&mut ends_with(&bench, errors)).await;
    let [(why, _)] = &failures(&ending)[..] else { panic!("{ending:#?}") };
    for part in ["pod ci/one", "i-0aaa", "pod ci/two", "i-0bbb", "a node did not join", "i-0ccc"] {
        assert!(why.contains(part), "{part} is lost: {why}");
    }
}

/// The same message, too: what differs is what it happened to.
#[tokio::test(start_paused = true)]
async fn every_resource_of_an_update_that_failed_is_reported() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", json!(["scheduler"]));
    let mut ends = Scripted::once(&bench.mount, waits, |world| {
        let cluster = cluster(world);
        cluster.status = sandbox::ClusterStatus::Active;
        let update = cluster.updates.values_mut().find(|update| update.status == UpdateStatus::InProgress).unwrap();
        let of = |resource| error("EniLimitReached", "no more interfaces", resource);
        (update.status, update.errors) = (UpdateStatus::Failed, vec![of("subnet-0aaa"), of("subnet-0bbb")]);
    });
    let ending = bench.apply_before(&mut ends).await;
    let [(why, _)] = &failures(&ending)[..] else { panic!("{ending:#?}") };
    assert!(why.contains("subnet-0aaa") && why.contains("subnet-0bbb"), "{why}");
}

/// The failures about which nothing is said that could be done.
fn hintless(of: &str, ending: &Ending) -> Vec<String> {
    let helps = |hint: &str| hint.split_whitespace().count() >= 3;
    failures(ending).into_iter().filter(|(_, hint)| !helps(hint)).map(|(why, _)| format!("{of}: {why}")).collect()
}

#[tokio::test(start_paused = true)]
async fn every_failure_says_what_to_do() {
    let bench = with_a_label_to_add().await;
    let mut without = vec![];
    for errors in [vec![], vec![error("PodEvictionFailure", "pod ci/one cannot be evicted", "i-0aaa")]] {
        let bench = bench.copy();
        without.extend(hintless("a failed update", &bench.apply_before(&mut ends_with(&bench, errors)).await));
    }
    for (status, code) in [(400, "InvalidRequestException"), (400, "InvalidParameterException"), (418, "OddException")]
    {
        let bench = bench.copy();
        bench.tamper(|world| world.fail(refused("eks:UpdateNodegroupConfig", status, code, "not so")));
        without.extend(hintless(code, &bench.apply().await));
    }
    let bench = Bench::new("cluster.yaml");
    let fails = Effect::CreateFails { code: "NodeCreationFailure".to_owned(), message: "no capacity".to_owned() };
    bench.tamper(|world| world.fail(fault("eks:CreateNodegroup", 1, 1, fails)));
    without.extend(hintless("CREATE_FAILED", &bench.apply().await));
    assert!(without.is_empty(), "{without:#?}");
}

type Happens = Box<dyn FnOnce(&mut World)>;

/// Those that the report does not name.
#[tokio::test(start_paused = true)]
async fn every_end_of_a_wait_says_what_to_do() {
    let mut bench = with_a_label_to_add().await;
    let mut group = bench.file["nodegroups"][0].clone();
    group["nodegroupName"] = json!("more");
    group.as_object_mut().unwrap().remove("autoscaling");
    bench.file["nodegroups"].as_array_mut().unwrap().push(group);
    bench.edit("/nodegroups/1/labels/more", json!(null));
    let odd = Effect::Refused { status: 418, code: "OddException".to_owned(), message: "no".to_owned() };
    let failed_reads = |world: &mut World| world.fail(fault("eks:DescribeNodegroup", 1, u32::MAX, odd));
    let gone = |world: &mut World| drop(cluster(world).nodegroups.remove("more").unwrap());
    let deleted = |world: &mut World| {
        let group = nodegroup(world, "more");
        (group.status, group.transition) = (NodegroupStatus::Deleting, None);
    };
    let happens: [(&str, Happens); 3] =
        [("failed reads", Box::new(failed_reads)), ("gone", Box::new(gone)), ("deleted", Box::new(deleted))];
    let mut without = vec![];
    for (what, happens) in happens {
        let bench = bench.copy();
        without
            .extend(hintless(what, &bench.apply_before(&mut Scripted::once(&bench.mount, waits_long, happens)).await));
    }
    bench.file["nodegroups"].as_array_mut().unwrap().truncate(2);
    bench.consent = full_consent();
    let mut fails = Scripted::once(&bench.mount, waits, |world| {
        let group = nodegroup(world, "jobs-arm64");
        (group.status, group.transition) = (NodegroupStatus::DeleteFailed, None);
        let (code, message) = ("Ec2SecurityGroupDeletionFailure".to_owned(), "it is in use".to_owned());
        group.health_issues.push(Issue { code, message, resource_ids: vec![] });
    });
    without.extend(hintless("DELETE_FAILED", &bench.apply_before(&mut fails).await));
    assert!(without.is_empty(), "{without:#?}");
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_fails_says_what_to_do() {
    let mut without = vec![];
    for (status, code) in [(400, "InvalidRequestException"), (418, "OddException"), (500, "ServerException")] {
        let bench = Bench::new("cluster.yaml");
        bench.tamper(|world| world.fail(refused("eks:DescribeCluster", status, code, "not so")));
        let Ending::Unread(_, fault) = bench.apply().await else { panic!("it was read") };
        without.extend(fault.hint().is_empty().then(|| fault.to_string()));
    }
    assert!(without.is_empty(), "{without:#?}");
}

/// Without its id, AWS' support cannot find a request.
#[tokio::test(start_paused = true)]
async fn a_refused_request_is_told_with_its_id() {
    let bench = with_a_label_to_add().await;
    bench.tamper(|world| world.fail(refused("eks:UpdateNodegroupConfig", 400, "InvalidRequestException", "not so")));
    let mut audience = Scripted::default();
    let ending = bench.apply_before(&mut audience).await;
    let ids = bench.refused("eks:UpdateNodegroupConfig");
    let [id] = &ids[..] else { panic!("{ids:?}") };
    assert_eq!(id.len(), 36, "the sandbox gives none: {id:?}");
    let [(why, _)] = &failures(&ending)[..] else { panic!("{ending:#?}") };
    assert!(why.contains(id), "the message says nothing of {id}: {why}");
    let told = audience.events.iter().map(|event| serde_json::to_value(event).unwrap());
    let finished: Vec<_> = told.filter(|event| event["event"]["kind"] == "actionFinished").collect();
    let [finished] = &finished[..] else { panic!("{finished:#?}") };
    let outcome = finished["event"]["outcome"].to_string();
    assert!(outcome.contains(id), "programs are told nothing of {id}: {outcome}");
    assert!(outcome.contains("InvalidRequestException"), "{outcome}");
}

/// So is one of a service that has another protocol.
#[tokio::test(start_paused = true)]
async fn a_refused_request_of_another_service_is_told_with_its_id() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.edit("/nodegroups/1/autoscaling/tags", json!({ "more": "tags" }));
    bench.tamper(|world| world.fail(refused("autoscaling:CreateOrUpdateTags", 403, "AccessDenied", "not so")));
    let ending = bench.apply().await;
    let ids = bench.refused("autoscaling:CreateOrUpdateTags");
    let [(why, _)] = &failures(&ending)[..] else { panic!("{ending:#?}") };
    assert!(ids.iter().any(|id| !id.is_empty() && why.contains(id)), "{ids:?}: {why}");
}

/// And one that was refused while AWS was read.
#[tokio::test(start_paused = true)]
async fn a_reading_that_was_refused_is_told_with_its_id() {
    let bench = Bench::new("cluster.yaml");
    bench.tamper(|world| world.fail(refused("eks:DescribeCluster", 403, "AccessDeniedException", "no")));
    let Ending::Unread(_, fault) = bench.apply().await else { panic!("it was read") };
    let ids = bench.refused("eks:DescribeCluster");
    assert!(ids.iter().any(|id| !id.is_empty() && fault.to_string().contains(id)), "{ids:?}: {fault}");
}

fn trueup(folder: &Path, arguments: &[&str]) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    let output = command.args(arguments).current_dir(folder).env_clear().env("HOME", folder).output().unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// What an apply from nothing says where this fault stands against it, to people or to programs.
fn said(faults: &str, edit: (&str, &str), format: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml")).unwrap();
    assert!(text.contains(edit.0));
    std::fs::write(folder.path().join("cluster.yaml"), text.replace(edit.0, edit.1)).unwrap();
    std::fs::write(folder.path().join("faults.yaml"), faults).unwrap();
    assert_eq!(trueup(folder.path(), &["sandbox", "reset", "--sandbox=.trueup", "--world", "story"]).0, Some(0));
    if !faults.is_empty() {
        let arm = ["sandbox", "fault", "--sandbox=.trueup", "--file", "faults.yaml"];
        assert_eq!(trueup(folder.path(), &arm).0, Some(0));
    }
    trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", format])
}

const SAME: (&str, &str) = ("", "");

/// The form of a request's id.
fn has_an_id(text: &str) -> bool {
    let is_id = |word: &str| word.len() == 36 && word.matches('-').count() == 4;
    text.split(|character: char| !character.is_ascii_alphanumeric() && character != '-').any(is_id)
}

#[test]
fn the_process_and_its_recording_tell_the_id() {
    let faults = "- { operation: \"eks:CreateCluster\", effect: { refused: { status: 403, code: AccessDeniedException, message: no } } }\n";
    let (code, text) = said(faults, SAME, "text");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.lines().any(|line| line.contains("AccessDeniedException")), "{text}");
    assert!(has_an_id(&text), "{text}");
    let (code, lines) = said(faults, SAME, "json");
    assert_eq!(code, Some(5));
    let failed = lines.lines().find(|line| line.contains("actionFinished")).unwrap();
    assert!(has_an_id(failed), "{failed}");
}

/// A note for people says nothing of health: AWS is busy, and for a little longer than usual.
#[tokio::test(start_paused = true)]
async fn a_note_is_no_illness() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.tamper(|world| {
        let group = scaling_group_of(world, "jobs");
        group.suspended.insert("Launch".into(), "Administrative suspension at 2026-01-02T00:00:00Z".into());
    });
    let shown = bench.plan_text().await;
    assert!(shown.contains("Launch"), "there is no note: {shown}");
    bench.edit("/nodegroups/1/autoscaling/tags", json!({ "more": "tags" }));
    let busy = Effect::Refused { status: 400, code: "ResourceContention".to_owned(), message: "busy".to_owned() };
    bench.tamper(|world| world.fail(fault("autoscaling:CreateOrUpdateTags", 1, 6, busy)));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
}

/// Somebody's suspension is a note as well, and another call is refused.
#[tokio::test(start_paused = true)]
async fn somebodys_choice_is_no_illness() {
    let bench = Bench::applied("cluster.yaml").await;
    bench.later().await;
    bench.tamper(|world| {
        let group = scaling_group_of(world, "jobs");
        group.suspended = [("Terminate".into(), "User suspended at 2026-01-02T00:00:00Z".into())].into();
    });
    let busy = Effect::Refused { status: 400, code: "ResourceInUse".to_owned(), message: "busy".to_owned() };
    bench.tamper(|world| world.fail(fault("autoscaling:SuspendProcesses", 1, 5, busy)));
    let ending = bench.apply().await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
    bench.tamper(|world: &mut World| assert!(scaling_group_of(world, "jobs").suspended.contains_key("AZRebalance")));
}

/// Whether the last words are to do the same once more.
fn sends_back(text: &str) -> bool {
    text.lines().last().unwrap().contains("Run it again")
}

#[test]
fn nobody_is_sent_to_run_again_what_fails_for_good() {
    let refused = "- { operation: \"eks:CreateNodegroup\", count: forever, effect: { refused: { status: 400, code: InvalidParameterException, message: not so } } }\n";
    let (code, text) = said(refused, SAME, "text");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("not so") && !sends_back(&text), "{text}");
}

/// A role that is not there is none in a second run either.
#[test]
fn nobody_is_sent_to_run_again_with_a_role_that_is_not_there() {
    let (code, text) = said("", ("role/gitlab-runners-node", "role/nobody"), "text");
    assert_eq!(code, Some(5), "{text}");
    assert!(text.contains("role/nobody") && !sends_back(&text), "{text}");
}

/// What passes is another matter.
#[test]
fn what_passes_is_run_again() {
    let throttled = "- { operation: \"eks:CreateNodegroup\", count: forever, effect: throttled }\n";
    let (code, text) = said(throttled, SAME, "text");
    assert_eq!(code, Some(5), "{text}");
    assert!(sends_back(&text), "{text}");
}

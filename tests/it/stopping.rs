//! Stopped in the middle: nothing new starts, what runs is finished, and the next apply goes on.

use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use trueup::apply::Ending;
use trueup::event::{Event, EventKind};
use trueup::record::{Outcome, Record, read};

use crate::audience::{Scripted, finishes};
use crate::bench::Bench;

/// Asks to stop when it has heard so many events.
fn stopper(bench: &Bench, after: usize) -> Scripted<'static> {
    let (stop, mut heard) = (bench.stop.clone(), 0);
    Scripted::hearing(move |_| {
        heard += 1;
        if heard == after {
            stop.send_replace(true);
        }
    })
}

fn count(events: &[Event], is: fn(&EventKind) -> bool) -> usize {
    events.iter().filter(|event| is(&event.kind)).count()
}

fn starts(kind: &EventKind) -> bool {
    matches!(kind, EventKind::ActionStarted { .. })
}

#[tokio::test(start_paused = true)]
async fn stopped_after_any_event_the_next_apply_goes_on() {
    for after in [1, 2, 5, 8, 13, 21, 34] {
        let bench = Bench::new("cluster.yaml");
        let mut stopper = stopper(&bench, after);
        let ending = bench.apply_before(&mut stopper).await;
        let Ending::Stopped(report, _) = &ending else { panic!("after {after}: {ending:#?}") };
        assert!(report.failed.is_empty() && !report.left.is_empty(), "after {after}: {report:#?}");
        let stopping =
            stopper.events.iter().position(|event| matches!(event.kind, EventKind::Stopping { .. })).unwrap();
        assert_eq!(count(&stopper.events[stopping..], starts), 0, "after {after}");
        let (started, finished) = (count(&stopper.events, starts), count(&stopper.events, finishes));
        assert_eq!((started, finished), (report.done.len(), report.done.len()), "after {after}");
        bench.stop.send_replace(false);
        assert!(matches!(bench.apply().await, Ending::Done(..)), "after {after}");
        bench.later().await;
        assert!(bench.plan().await.in_sync(), "after {after}");
    }
}

#[tokio::test(start_paused = true)]
async fn asked_to_stop_at_the_very_end_nothing_is_left_to_stop() {
    let bench = Bench::new("cluster.yaml");
    let mut all = Scripted::default();
    assert!(matches!(bench.copy().apply_before(&mut all).await, Ending::Done(..)));
    let verifying = all.events.iter().position(|event| event.kind == EventKind::Verifying).unwrap();
    let mut stopper = stopper(&bench, verifying + 1);
    let ending = bench.apply_before(&mut stopper).await;
    assert!(matches!(ending, Ending::Done(..)), "{ending:#?}");
}

/// What AWS refuses for now is not insisted on: nothing of it has begun.
#[tokio::test(start_paused = true)]
async fn what_aws_has_not_taken_is_given_up() {
    let mut bench = Bench::applied("cluster.yaml").await;
    bench.edit("/cluster/logging", serde_json::json!(["api"]));
    bench.tamper(|world| {
        let busy = crate::faults::refused("eks:UpdateClusterConfig", 409, "ResourceInUseException", "busy");
        world.fail(sandbox::Fault { count: u32::MAX, ..busy });
    });
    let mut stopper = stopper(&bench, 4);
    let ending = bench.apply_before(&mut stopper).await;
    let (Ending::Stopped(report, _) | Ending::Incomplete(report, _)) = &ending else { panic!("{ending:#?}") };
    assert!(report.failed[0].why.contains("AWS had taken nothing of it"), "{report:#?}");
    assert!(stopper.events.len() < 10, "it went on insisting: {:#?}", stopper.events);
}

fn apply(folder: &Path, speed: &str) -> Child {
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.join("cluster.yaml")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(["apply", "--sandbox", "--sandbox-speed", speed, "--yes"]).current_dir(folder).env_clear();
    command.env("HOME", folder).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

fn terminate(child: &Child) {
    // The standard library sends no signals; the shell's command does.
    assert!(Command::new("kill").args(["-TERM", &child.id().to_string()]).status().unwrap().success());
}

/// Reads on until a line has this in it.
fn until(lines: &mut impl BufRead, what: &str) {
    let found = lines.lines().map(Result::unwrap).any(|line| line.contains(what));
    assert!(found, "{what} was never said");
}

/// The exit code and what was printed.
fn ended(mut child: Child) -> (i32, String) {
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
    (child.wait().unwrap().code().unwrap(), out)
}

#[test]
fn the_first_signal_finishes_what_runs_and_the_second_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = apply(folder.path(), "2000");
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    until(&mut lines, "→ cluster/gitlab-runners create");
    terminate(&child);
    until(&mut lines, "Stopping: nothing new starts, and 1 running action will be finished");
    until(&mut lines, "✓ cluster/gitlab-runners create");
    let (code, out) = ended(child);
    assert_eq!(code, 5, "{out}");
    assert!(out.contains(" not started:\n  "), "{out}");
    assert!(out.contains("Stopped, as asked. Run it again to go on from here."), "{out}");

    // As slow as AWS: it would take minutes to finish.
    let mut child = apply(folder.path(), "1");
    let mut lines = BufReader::new(child.stderr.take().unwrap());
    until(&mut lines, "→ nodegroup/");
    terminate(&child);
    until(&mut lines, "Stopping: nothing new starts");
    terminate(&child);
    let (code, out) = ended(child);
    assert_eq!(code, 5, "{out}");
    assert!(out.contains("Left at once") && out.contains("Run it again to go on from here."), "{out}");

    let (code, out) = ended(apply(folder.path(), "100000"));
    assert_eq!(code, 0, "{out}");
}

/// An address at which somebody listens and never answers: a command that has connected is reading.
fn silent() -> (TcpListener, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    (listener, endpoint)
}

#[test]
fn a_signal_while_aws_is_read_ends_the_command_with_a_word() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    let commands: [&[&str]; 6] = [
        &["plan"],
        &["drift"],
        &["apply", "--yes"],
        &["apply"],
        &["apply", "--yes", "--format", "json"],
        &["destroy", "--confirm", "gitlab-runners", "--format", "json"],
    ];
    for arguments in commands {
        let (listener, endpoint) = silent();
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
        command.args(arguments).current_dir(folder.path()).env_clear().env("HOME", folder.path());
        command
            .envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
            .env("AWS_ENDPOINT_URL", endpoint);
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let _never_answered = listener.accept().unwrap();
        terminate(&child);
        let output = child.wait_with_output().unwrap();
        let (out, err) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
        assert_eq!(output.status.code(), Some(5), "{arguments:?}: {err}");
        assert_eq!(err, "error: interrupted; nothing was changed\n", "{arguments:?}");
        if !arguments.contains(&"json") {
            assert_eq!(out, "", "{arguments:?}");
            continue;
        }
        let recording = read(&out).unwrap().records;
        let [Record::Ended(ended)] = &recording[..] else { panic!("{recording:?}") };
        assert_eq!((ended.outcome, ended.exit_code), (Outcome::Stopped, 5));
        assert!(ended.error.as_ref().is_some_and(|error| error.message.contains("interrupted")));
    }
}

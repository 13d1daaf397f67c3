//! What an apply tells programs, and what `report` makes of it: the same as the run itself would have shown.

use std::path::Path;
use std::process::{Command, Output};

use trueup::record::{Ended, Outcome, Record, Unreadable, read};

fn trueup(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(arguments).current_dir(folder).env_clear().env("HOME", folder).output().unwrap()
}

/// A folder with the repository's `cluster.yaml`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    folder
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn ended(text: &str) -> Ended {
    match read(text).unwrap().records.pop() {
        Some(Record::Ended(ended)) => *ended,
        other => panic!("{other:?}"),
    }
}

/// Two equal accounts: one apply is told to people, the other to a program and shown afterwards.
fn assert_told_alike(prepare: fn(&Path), apply: &[&str]) -> Ended {
    let (people, program) = (folder(), folder());
    for folder in [people.path(), program.path()] {
        prepare(folder);
    }
    let shown = trueup(people.path(), apply);
    let told = trueup(program.path(), &[apply, &["--format", "json"]].concat());
    assert_eq!(told.status.code(), shown.status.code(), "{}", text(&told.stderr));
    std::fs::write(program.path().join("events.jsonl"), &told.stdout).unwrap();
    let report = trueup(program.path(), &["report", "--from", "events.jsonl"]);
    assert_eq!(report.status.code(), Some(0));
    assert_eq!(text(&report.stdout), text(&shown.stdout));
    assert_eq!(text(&report.stderr), text(&shown.stderr));
    let again = trueup(program.path(), &["report", "--from", "events.jsonl", "--format", "json"]);
    assert_eq!(text(&again.stdout), text(&told.stdout), "what is read is what was written");
    let ended = ended(&text(&told.stdout));
    assert_eq!(Some(i32::from(ended.exit_code)), shown.status.code());
    ended
}

#[test]
fn a_run_is_shown_again_as_it_was() {
    let ended = assert_told_alike(|_| {}, &["apply", "--sandbox", "--yes"]);
    assert_eq!(ended.outcome, Outcome::Done);
    assert!(ended.plan.is_some_and(|plan| plan.summary.in_sync));
}

#[test]
fn a_run_without_anything_to_do_is_shown_again() {
    let applied = |folder: &Path| drop(trueup(folder, &["apply", "--sandbox", "--yes"]));
    assert_eq!(assert_told_alike(applied, &["apply", "--sandbox", "--yes"]).outcome, Outcome::InSync);
}

#[test]
fn a_blocked_run_is_shown_again() {
    let prepare = |folder: &Path| {
        drop(trueup(folder, &["apply", "--sandbox", "--yes"]));
        let file = folder.join("cluster.yaml");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, text.replace("instanceTypes: [m6i.large]", "instanceTypes: [m7i.large]")).unwrap();
    };
    assert_eq!(assert_told_alike(prepare, &["apply", "--sandbox", "--yes"]).outcome, Outcome::Blocked);
}

/// A sandbox in a folder that denies the first call of an operation.
fn denying(folder: &Path, operation: &str) {
    let fault = format!(
        "- {{ operation: \"{operation}\", nth: 1, count: 1, effect: {{ refused: {{ status: 403, code: AccessDeniedException, message: not authorized }} }} }}\n"
    );
    std::fs::write(folder.join("faults.yaml"), fault).unwrap();
    let made = trueup(folder, &["sandbox", "reset", "--sandbox=.trueup", "--world", "story"]);
    assert!(made.status.success(), "{}", text(&made.stderr));
    let armed = trueup(folder, &["sandbox", "fault", "--sandbox=.trueup", "--file", "faults.yaml"]);
    assert!(armed.status.success(), "{}", text(&armed.stderr));
}

#[test]
fn a_failed_run_is_shown_again_with_its_reasons() {
    let prepare = |folder: &Path| denying(folder, "eks:CreateNodegroup");
    assert_eq!(assert_told_alike(prepare, &["apply", "--sandbox", "--yes"]).outcome, Outcome::Incomplete);
}

/// As support asks for it: beside the words, so that no program has to take them apart.
#[test]
fn a_recording_holds_the_code_and_the_id_of_a_request_that_failed() {
    let json = |operation: &str| {
        let folder = folder();
        denying(folder.path(), operation);
        let told = text(&trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", "json"]).stdout);
        let lines = told.lines().map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap());
        let parts = lines.flat_map(|line| [line["event"]["outcome"].clone(), line["error"].clone()]);
        let mut failed = parts.filter(|part| part["code"] == "AccessDeniedException");
        let failed = failed.next().unwrap_or_else(|| panic!("{operation}: {told}"));
        let (id, words) = (failed["requestId"].as_str().unwrap(), failed.to_string());
        assert_eq!(id.len(), 36, "{words}");
        assert!(words.contains(&format!("(AccessDeniedException, request id {id})")), "{words}");
    };
    // An action that fails, and a reading.
    json("eks:CreateNodegroup");
    json("eks:DescribeCluster");
}

#[test]
fn a_destruction_is_shown_again() {
    let applied = |folder: &Path| drop(trueup(folder, &["apply", "--sandbox", "--yes"]));
    let all =
        ["destroy", "--sandbox", "--allow-disruption", "--disable-deletion-protection", "--confirm", "gitlab-runners"];
    assert_eq!(assert_told_alike(applied, &all).outcome, Outcome::Done);
}

#[test]
fn programs_cannot_be_asked() {
    let ended = assert_told_alike(|_| {}, &["apply", "--sandbox"]);
    assert_eq!((ended.outcome, ended.exit_code), (Outcome::Declined, 64));
    assert!(ended.error.is_some_and(|error| error.hint.is_some_and(|hint| hint.contains("--yes"))));
}

#[test]
fn lines_follow_the_schema() {
    let folder = folder();
    let told = trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", "json"]);
    let schema = jsonschema::validator_for(&trueup::report::events_schema()).unwrap();
    let text = text(&told.stdout);
    assert!(text.lines().count() > 20);
    for line in text.lines() {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let faults: Vec<String> = schema.iter_errors(&line).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{line}: {faults:?}");
    }
}

/// A process that is killed leaves no end, and perhaps half a line.
#[test]
fn a_recording_that_breaks_off_says_so() {
    let folder = folder();
    let told = text(&trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", "json"]).stdout);
    let lines: Vec<&str> = told.lines().collect();
    let whole = lines[..9].join("\n") + "\n";
    let half = format!("{whole}{}", &lines[9][..20]);
    let not_even_a_line = lines[0][..50].to_owned();
    for (text, lines, cut) in [(&whole, 9, false), (&half, 9, true), (&not_even_a_line, 0, true)] {
        let recording = read(text).unwrap();
        assert_eq!((recording.records.len(), recording.cut), (lines, cut));
        std::fs::write(folder.path().join("events.jsonl"), text).unwrap();
        let report = trueup(folder.path(), &["report", "--from", "events.jsonl"]);
        assert_eq!(report.status.code(), Some(0));
        let said = String::from_utf8(report.stderr).unwrap();
        assert!(said.contains("The recording breaks off here"), "{said}");
        assert_eq!(said.contains("in the middle of a line"), cut, "{said}");
    }
}

#[test]
fn what_is_no_recording_is_refused_with_its_line() {
    let folder = folder();
    let told = text(&trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", "json"]).stdout);
    let mut lines: Vec<&str> = told.lines().collect();
    lines[3] = "{\"record\":\"gossip\"}";
    assert!(matches!(read(&lines.join("\n")), Err(Unreadable::Line(4, _))));
    assert_eq!(read(""), Err(Unreadable::Empty));
    let other = told.replacen("\"formatVersion\":\"1.0\"", "\"formatVersion\":\"9.0\"", 1);
    assert_eq!(read(&other), Err(Unreadable::OtherFormat("9.0".to_owned())));
    assert_eq!(
        read("{\"formatVersion\":\"9.0\",\"record\":\"novel\"}"),
        Err(Unreadable::OtherFormat("9.0".to_owned()))
    );
    std::fs::write(folder.path().join("events.jsonl"), lines.join("\n")).unwrap();
    for from in ["events.jsonl", "missing.jsonl"] {
        let report = trueup(folder.path(), &["report", "--from", from]);
        assert_eq!(report.status.code(), Some(3), "{from}");
        assert!(text(&report.stderr).contains("is no recording of an apply"), "{}", text(&report.stderr));
    }
}

/// The first number of the format is what matters.
#[test]
fn a_recording_of_a_later_trueup_is_shown() {
    let folder = folder();
    let told = text(&trueup(folder.path(), &["apply", "--sandbox", "--yes", "--format", "json"]).stdout);
    let later = told
        .replacen("\"formatVersion\":\"1.0\"", "\"formatVersion\":\"1.5\",\"mood\":\"good\"", 1)
        .replace("\"elapsedMs\":", "\"weather\":{\"sky\":\"blue\"},\"elapsedMs\":");
    assert_eq!(read(&later).unwrap().records.len(), told.lines().count());
    std::fs::write(folder.path().join("later.jsonl"), later).unwrap();
    std::fs::write(folder.path().join("now.jsonl"), told).unwrap();
    let shown = |name: &str| {
        let report = trueup(folder.path(), &["report", "--from", name]);
        assert_eq!(report.status.code(), Some(0), "{}", text(&report.stderr));
        text(&report.stdout)
    };
    assert_eq!(shown("later.jsonl"), shown("now.jsonl"));
}

//! The commands that ask AWS nothing: `validate`, `schema`, `completions` and `man`, as a process.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const ROOT: &str = env!("CARGO_MANIFEST_DIR");

fn trueup(folder: impl AsRef<Path>, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(arguments).current_dir(folder).env_clear().env("PATH", std::env::var_os("PATH").unwrap_or_default());
    command
}

/// Exit code, standard output, standard error.
fn run(command: &mut Command) -> (i32, String, String) {
    let Output { status, stdout, stderr } = command.output().unwrap();
    (status.code().unwrap(), String::from_utf8(stdout).unwrap(), String::from_utf8(stderr).unwrap())
}

fn at_root(arguments: &[&str]) -> (i32, String, String) {
    run(&mut trueup(ROOT, arguments))
}

#[test]
fn a_correct_file_is_called_so() {
    let (code, out, err) = at_root(&["validate", "-f", "examples/minimal.yaml"]);
    assert_eq!((code, err.as_str()), (0, ""));
    assert_eq!(out, "examples/minimal.yaml is valid: cluster minimal, 1 nodegroup, no access entries\n");
    assert_eq!(at_root(&["validate"]).0, 0);
}

#[test]
fn several_files_are_one_answer() {
    let (code, out, err) = at_root(&["validate", "-f", "examples/minimal.yaml", "README.md", "-f", "cluster.yaml"]);
    assert_eq!(code, 3);
    assert_eq!(out.lines().count(), 2, "{out}");
    assert!(err.contains("--> README.md:"), "{err}");
}

#[test]
fn standard_input_is_a_file_too() {
    let mut command = trueup(ROOT, &["validate", "-f", "-"]);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(b"apiVersion: trueup/v2\n").unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3));
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("--> standard input:1:13") && text.contains("3 problems in standard input"), "{text}");
}

#[test]
fn problems_as_data() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("bad.yaml"), "apiVersion: trueup/v2\nmetadata: {}\ncluster: {}\n").unwrap();
    let (code, out, err) =
        run(&mut trueup(folder.path(), &["validate", "--format", "json", "-f", "bad.yaml", "none.yaml"]));
    assert_eq!((code, err.as_str()), (3, ""));
    let answer: serde_json::Value = serde_json::from_str(&out).unwrap();
    assert_eq!((&answer["version"], &answer["valid"]), (&1.into(), &false.into()));
    let wanted = serde_json::json!({
        "path": "apiVersion", "line": 1, "column": 13, "length": 9,
        "message": "`apiVersion` has the unknown value `trueup/v2`", "hint": "the only value is `trueup/v1`",
    });
    assert_eq!(answer["files"][0]["problems"][0], wanted);
    let missing = &answer["files"][1]["problems"][0];
    assert_eq!(missing["message"], "the file does not exist");
    assert!(missing.get("line").is_none(), "{missing}");
    let (_, good, _) = at_root(&["validate", "--format", "json"]);
    let good: serde_json::Value = serde_json::from_str(&good).unwrap();
    assert_eq!((&good["valid"], &good["files"][0]["nodegroups"]), (&true.into(), &3.into()));
}

#[test]
fn the_schema_is_the_one_that_is_checked_in() {
    let (code, out, _) = at_root(&["schema"]);
    let checked_in = std::fs::read_to_string(Path::new(ROOT).join("schema/cluster.schema.json")).unwrap();
    assert_eq!((code, out), (0, checked_in));
}

/// Every command and its subcommands, as `trueup help` lists them.
fn commands() -> Vec<Vec<String>> {
    let mut all = vec![vec![]];
    let mut next = 0;
    while let Some(path) = all.get(next).cloned() {
        all.extend(subcommands(&path).into_iter().map(|name| [path.clone(), vec![name]].concat()));
        next += 1;
    }
    all
}

fn subcommands(path: &[String]) -> Vec<String> {
    let help = help(path, "-h");
    let lines = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let names = lines.filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help").map(str::to_owned).collect()
}

fn help(path: &[String], flag: &str) -> String {
    let arguments: Vec<&str> = path.iter().map(String::as_str).chain([flag]).collect();
    let (code, out, err) = at_root(&arguments);
    assert_eq!((code, err.as_str()), (0, ""), "{path:?}");
    out
}

#[test]
fn every_command_explains_itself_and_each_of_its_arguments() {
    let commands = commands();
    assert!(commands.len() > 7, "{commands:?}");
    let mut count = 0;
    for path in commands {
        let text = help(&path, "--help");
        assert!(text.lines().next().is_some_and(|line| line.len() > 10), "{path:?}: {text}");
        for (flag, explained) in arguments(&text) {
            assert!(explained, "{path:?} does not explain {flag}: {text}");
            count += 1;
        }
    }
    assert!(count > 30, "only {count} arguments were found");
}

/// The flags and arguments of a long help text, and whether a text follows each.
fn arguments(help: &str) -> Vec<(&str, bool)> {
    let lines: Vec<&str> = help.lines().collect();
    let starts = |line: &str| {
        let text = line.trim_start();
        line.starts_with("  ") && (text.starts_with('-') || text.starts_with('<') || text.starts_with('['))
    };
    let pairs = lines
        .iter()
        .zip(lines.iter().skip(1))
        .skip_while(|(line, _)| !line.ends_with("ptions:") && **line != "Arguments:");
    pairs
        .take_while(|(line, _)| **line != "Exit codes:")
        .filter(|(line, _)| {
            starts(line) && !line.trim_start().starts_with("[default") && !line.trim_start().starts_with("[possible")
        })
        .map(|(line, next)| (line.trim(), next.starts_with("          ") || line.trim().contains("  ")))
        .collect()
}

#[test]
fn every_command_has_a_manual_page_that_can_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let (code, _, err) = run(&mut trueup(folder.path(), &["man", "--out", "pages"]));
    assert_eq!(code, 0, "{err}");
    for path in commands() {
        let name = [vec!["trueup".to_owned()], path].concat().join("-");
        let page = folder.path().join(format!("pages/{name}.1"));
        let text = std::fs::read_to_string(&page).unwrap();
        assert!(text.contains(".SH SYNOPSIS") && text.contains(".SH DESCRIPTION"), "{name}");
        // Whoever has groff has its complaints too.
        if let Ok(output) = Command::new("groff").args(["-man", "-Tutf8", "-ww"]).arg(&page).output() {
            assert!(output.status.success() && output.stderr.is_empty(), "{name}: {output:?}");
        }
    }
    let (code, one, _) = at_root(&["man"]);
    assert_eq!(code, 0);
    assert!(one.contains(".TH trueup 1") && one.contains("exit") && one.contains("validate"), "{one}");
}

#[test]
fn shells_complete_every_command() {
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, err) = at_root(&["completions", shell]);
        assert_eq!((code, err.as_str()), (0, ""), "{shell}");
        for path in commands().into_iter().filter(|path| path.len() == 1) {
            assert!(script.contains(&path[0]), "{shell} knows nothing of {path:?}");
        }
        parses(shell, &script);
    }
    assert_eq!(at_root(&["completions", "tcsh"]).0, 64);
}

/// Where the shell is installed, it reads the script without a complaint.
fn parses(shell: &str, script: &str) {
    let flags: &[&str] = match shell {
        "bash" | "zsh" => &["-n"],
        "fish" => &["--no-execute"],
        _ => return,
    };
    let child = Command::new(shell).args(flags).stdin(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let Ok(mut child) = child else { return };
    child.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{shell}: {output:?}");
}

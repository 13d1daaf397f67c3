//! The program itself: few tests, for what only a process shows.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn trueup(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
    command.args(arguments).current_dir(folder).env_clear();
    command.env("AWS_EC2_METADATA_DISABLED", "true").env("HOME", folder);
    command
}

/// A folder with the repository's `cluster.yaml`, changed by `edit`.
fn folder(edit: impl FnOnce(String) -> String) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml")).unwrap();
    std::fs::write(folder.path().join("cluster.yaml"), edit(text)).unwrap();
    folder
}

fn unchanged(text: String) -> String {
    text
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn the_whole_story_on_the_sandbox() {
    let folder = folder(unchanged);
    let run = |arguments: &[&str]| trueup(folder.path(), arguments).output().unwrap();
    let plan = run(&["plan", "--sandbox", "--detailed-exitcode"]);
    assert_eq!(code(&plan), 2, "{}", err(&plan));
    let unasked = run(&["apply", "--sandbox"]);
    assert_eq!(code(&unasked), 64);
    assert!(err(&unasked).contains("run again with --yes"), "{}", err(&unasked));
    let apply = run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(code(&apply), 0, "{}{}", out(&apply), err(&apply));
    assert!(out(&apply).contains("AWS is as the file says"), "{}", out(&apply));
    assert!(!out(&apply).contains('\u{1b}') && !err(&apply).contains('\u{1b}'), "no colours without a terminal");
    let again = run(&["apply", "--sandbox", "--yes"]);
    assert_eq!(code(&again), 0);
    assert!(out(&again).contains("no mutating call was sent"), "{}", out(&again));
    assert_eq!(code(&run(&["plan", "--sandbox", "--detailed-exitcode"])), 0);
    assert_eq!(code(&run(&["drift", "--sandbox"])), 0);
    let text = std::fs::read_to_string(folder.path().join("cluster.yaml")).unwrap();
    std::fs::write(folder.path().join("cluster.yaml"), text.replace("maxSize: 40", "maxSize: 41")).unwrap();
    let drift = run(&["drift", "--sandbox"]);
    assert_eq!(code(&drift), 2);
    assert!(out(&drift).contains("scalingConfig.maxSize") && out(&drift).contains("40 → 41"), "{}", out(&drift));
}

#[test]
fn drift_tells_what_counts_from_what_does_not() {
    let folder = folder(unchanged);
    let run = |arguments: &[&str]| trueup(folder.path(), arguments).output().unwrap();
    assert_eq!(code(&run(&["apply", "--sandbox", "--yes"])), 0);
    let path = folder.path().join("cluster.yaml");
    let file = std::fs::read_to_string(&path).unwrap();
    // What EKS and the caller need, and what is in AWS without being in the file, is no drift.
    let shorter = file.split("  - nodegroupName: jobs-arm64").next().unwrap();
    std::fs::write(&path, shorter).unwrap();
    let extra = run(&["drift", "--sandbox"]);
    assert_eq!(code(&extra), 0, "{}{}", out(&extra), err(&extra));
    assert!(out(&extra).contains("Unmanaged (1): in AWS, not in the file"), "{}", out(&extra));
    assert!(out(&extra).contains("In sync; 1 unmanaged."), "{}", out(&extra));
    let counted = run(&["drift", "--sandbox", "--fail-on-unmanaged"]);
    assert_eq!(code(&counted), 2);
    assert!(out(&counted).contains("\nDrift: 1 unmanaged.\n"), "{}", out(&counted));
    let data = |output: &Output| serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap();
    let answer = data(&run(&["drift", "--sandbox", "--format", "json"]));
    assert_eq!(answer["drifted"], false);
    jsonschema::validate(&trueup::report::drift_schema(), &answer).unwrap();
    assert_eq!(answer["sections"]["unmanaged"], serde_json::json!(["nodegroup/jobs-arm64"]));
    assert_eq!(answer["sections"]["missing"], serde_json::json!([]));
    assert_eq!(answer["plan"]["cluster"], "gitlab-runners");
    assert_eq!(data(&run(&["drift", "--sandbox", "--format", "json", "--fail-on-unmanaged"]))["drifted"], true);
    let more =
        shorter.replace("maxSize: 40", "maxSize: 41").replace("nodegroupName: management", "nodegroupName: others");
    std::fs::write(&path, more).unwrap();
    let drift = run(&["drift", "--sandbox"]);
    assert_eq!(code(&drift), 2);
    let text = out(&drift);
    let heading = |heading: &str| text.find(heading).unwrap_or_else(|| panic!("no {heading} in\n{text}"));
    assert!(
        heading("\nChanged (") < heading("\nMissing (") && heading("\nMissing (") < heading("\nUnmanaged ("),
        "{text}"
    );
}

#[test]
fn colours_are_for_terminals_unless_somebody_wants_them() {
    let folder = folder(unchanged);
    let coloured = |arguments: &[&str], no_color: bool| {
        let mut command = trueup(folder.path(), &[&["plan", "--sandbox"][..], arguments].concat());
        let output = if no_color { command.env("NO_COLOR", "1") } else { &mut command }.output().unwrap();
        assert_eq!(code(&output), 0, "{}", err(&output));
        assert!(!out(&output).contains("\u{1b}]8;"), "links are for terminals only");
        out(&output).contains("\u{1b}[")
    };
    assert!(!coloured(&[], false));
    assert!(!coloured(&["--color", "auto"], false));
    assert!(coloured(&["--color", "always"], false));
    assert!(coloured(&["--color=always"], true), "the command line counts for more than the environment");
    assert!(!coloured(&["--color", "never"], false));
}

#[test]
fn a_cluster_is_destroyed_by_its_name() {
    let folder = folder(unchanged);
    let run = |arguments: &[&str]| trueup(folder.path(), arguments).output().unwrap();
    assert_eq!(code(&run(&["apply", "--sandbox", "--yes"])), 0);
    let all = ["destroy", "--sandbox", "--allow-disruption", "--disable-deletion-protection"];
    let unasked = run(&all);
    assert_eq!(code(&unasked), 64);
    assert!(err(&unasked).contains("run again with --confirm gitlab-runners"), "{}", err(&unasked));
    let another = run(&[&all[..], &["--confirm", "production"]].concat());
    assert_eq!(code(&another), 64);
    assert!(err(&another).contains("--confirm says production"), "{}", err(&another));
    let blocked = run(&["destroy", "--sandbox", "--confirm", "gitlab-runners"]);
    assert_eq!(code(&blocked), 4, "{}{}", out(&blocked), err(&blocked));
    let named = [&all[..], &["--confirm", "gitlab-runners"]].concat();
    let destroyed = run(&named);
    assert_eq!(code(&destroyed), 0, "{}{}", out(&destroyed), err(&destroyed));
    assert!(out(&destroyed).contains("Destroyed: 5 actions, and nothing of ours is left"), "{}", out(&destroyed));
    let again = run(&named);
    assert_eq!(code(&again), 0);
    assert!(out(&again).contains("no mutating call was sent"), "{}", out(&again));
}

#[test]
fn a_typo_is_never_taken_for_drift() {
    let folder = folder(unchanged);
    for arguments in
        [&["drift", "--sandbox", "--prun"][..], &["drfit"], &["plan", "--sandbox-speed", "0", "--sandbox"], &[]]
    {
        let output = trueup(folder.path(), arguments).output().unwrap();
        assert_eq!(code(&output), 64, "{arguments:?}: {}", err(&output));
    }
    for command in [&["plan"][..], &["drift"], &["apply", "--yes"]] {
        let arguments = [command, &["--sandbox", "--target", "nodegroup/jbos"]].concat();
        let output = trueup(folder.path(), &arguments).output().unwrap();
        assert_eq!(code(&output), 64, "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains("did you mean nodegroup/jobs?"), "{}", err(&output));
    }
    assert_eq!(code(&trueup(folder.path(), &["--help"]).output().unwrap()), 0);
    assert_eq!(code(&trueup(folder.path(), &["--version"]).output().unwrap()), 0);
}

#[test]
fn an_invalid_file_shows_every_problem_with_its_place() {
    let folder =
        folder(|text| text.replace("version: \"1.34\"  ", "version: 1.30  ").replace("maxSize: 40", "maxsize: 40"));
    let output = trueup(folder.path(), &["plan", "--sandbox"]).output().unwrap();
    assert_eq!(code(&output), 3);
    let text = err(&output);
    assert!(text.contains("quote it") && text.contains("\"1.30\""), "{text}");
    assert!(text.contains("did you mean `maxSize`"), "{text}");
    assert!(text.matches("--> cluster.yaml:").count() >= 2, "{text}");
    assert!(!folder.path().join(".trueup").exists(), "the sandbox was opened for an invalid file");
}

#[test]
fn a_missing_file_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let output = trueup(folder.path(), &["plan", "--sandbox"]).output().unwrap();
    assert_eq!(code(&output), 3);
    assert!(err(&output).contains("cluster.yaml"), "{}", err(&output));
}

#[test]
fn absent_credentials_are_an_error_and_never_the_sandbox() {
    let folder = folder(unchanged);
    let output = trueup(folder.path(), &["apply", "--yes"]).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("provide credentials"), "{}", err(&output));
    assert!(!folder.path().join(".trueup").exists());
}

#[test]
fn what_is_wrong_with_the_credentials_is_said_shortly() {
    let folder = folder(unchanged);
    std::fs::create_dir(folder.path().join(".aws")).unwrap();
    let config = "[profile login]\nlogin_session = arn:aws:iam::111122223333:user/somebody\n";
    std::fs::write(folder.path().join(".aws/config"), config).unwrap();
    let keys = [("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_ENDPOINT_URL", "notaurl")];
    let cases = [
        (&[("AWS_PROFILE", "missing")][..], "profile `missing`", "hint: provide credentials"),
        (&[("AWS_PROFILE", "login")], "of `aws login`", "$(aws configure export-credentials --format env)"),
        (&keys, "the endpoint `notaurl` cannot be used: endpoint must contain scheme\n", "AWS_ENDPOINT_URL"),
    ];
    for (variables, why, hint) in cases {
        let output = trueup(folder.path(), &["plan"]).envs(variables.iter().copied()).output().unwrap();
        assert_eq!(code(&output), 1);
        let text = err(&output);
        assert!(text.contains(why) && text.contains(hint) && !text.contains("dispatch failure"), "{text}");
    }
}

/// Whoever takes a job's token for a role, as in a pipeline, names no region but the file's.
#[test]
fn credentials_that_sts_gives_are_asked_for_in_the_files_region() {
    let folder = folder(unchanged);
    std::fs::write(folder.path().join("token"), "token").unwrap();
    let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                <Code>InvalidIdentityToken</Code><Message>No provider of that name</Message></Error>\
                <RequestId>r</RequestId></ErrorResponse>";
    let (endpoint, count) = answering("400 Bad Request", body);
    let mut command = trueup(folder.path(), &["plan"]);
    command.env("AWS_ROLE_ARN", "arn:aws:iam::111122223333:role/trueup-plan");
    command.env("AWS_WEB_IDENTITY_TOKEN_FILE", folder.path().join("token"));
    let output = command.env("AWS_ENDPOINT_URL", endpoint).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("No provider of that name"), "{}", err(&output));
    assert!(count.load(Ordering::SeqCst) > 0);
}

/// A full disk must not leave half a plan and a green job.
#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_an_error() {
    let folder = folder(unchanged);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let commands: [&[&str]; 5] =
        [&["plan", "--sandbox", "--format", "json"], &["schema"], &["validate"], &["drift", "--sandbox"], &["--help"]];
    for arguments in commands {
        let output = trueup(folder.path(), arguments).stdout(full()).output().unwrap();
        assert_eq!(code(&output), 1, "{arguments:?}");
        assert!(err(&output).contains("failed to write to standard output: "), "{}", err(&output));
    }
}

#[test]
fn no_network_is_said_in_words() {
    let folder = folder(unchanged);
    let mut command = trueup(folder.path(), &["plan"]);
    // A port that was free a moment ago: nobody answers there.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
    let output = command.env("AWS_ENDPOINT_URL", format!("http://127.0.0.1:{port}")).output().unwrap();
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("check the network"), "{}", err(&output));
}

/// Answers every request with the same bytes, and counts them.
fn answering(status: &str, body: &str) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let count = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&count);
    let length = body.len();
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: text/xml\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 16 * 1024];
            let read = stream.read(&mut buffer).unwrap();
            if read > 0 {
                counted.fetch_add(1, Ordering::SeqCst);
                stream.write_all(answer.as_bytes()).unwrap();
            }
        }
    });
    (endpoint, count)
}

fn plan_against(status: &str, body: &str) -> (Output, usize) {
    let folder = folder(unchanged);
    let (endpoint, count) = answering(status, body);
    let mut command = trueup(folder.path(), &["plan"]);
    command.envs([("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")]);
    let output = command.env("AWS_ENDPOINT_URL", endpoint).output().unwrap();
    (output, count.load(Ordering::SeqCst))
}

#[test]
fn the_wrong_account_is_all_that_is_said() {
    let body = "<GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
                <Arn>arn:aws:iam::999988887777:user/somebody</Arn><UserId>U</UserId><Account>999988887777</Account>\
                </GetCallerIdentityResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></GetCallerIdentityResponse>";
    // The reads beside the question fail, one way or another; nobody hears of that.
    let (output, _) = plan_against("200 OK", body);
    assert_eq!((code(&output), out(&output).as_str()), (4, ""), "{}", err(&output));
    assert!(err(&output).contains("999988887777") && err(&output).contains("111122223333"), "{}", err(&output));
    assert_eq!(err(&output).matches("error:").count(), 1, "{}", err(&output));
}

#[test]
fn an_expired_token_says_what_to_do() {
    let body = "<ErrorResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><Error><Type>Sender</Type>\
                <Code>ExpiredToken</Code><Message>The security token included in the request is expired</Message></Error>\
                <RequestId>r</RequestId></ErrorResponse>";
    let (output, _) = plan_against("403 Forbidden", body);
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("get fresh credentials"), "{}", err(&output));
}

#[test]
fn the_wrong_account_of_the_sandbox_is_refused_too() {
    let folder = folder(|text| {
        text.replace("accountId: \"111122223333\"", "accountId: \"444455556666\"")
            .replace("arn:aws:iam::111122223333", "arn:aws:iam::444455556666")
    });
    let output = trueup(folder.path(), &["apply", "--sandbox", "--yes"]).output().unwrap();
    assert_eq!(code(&output), 4, "{}", err(&output));
}

/// What is there already keeps what it is: only a plain file is replaced.
#[test]
fn a_plan_is_saved_where_a_shell_would_write_it() {
    let folder = folder(unchanged);
    let at = |name: &str| folder.path().join(name);
    let save = |name: &str| trueup(folder.path(), &["plan", "--sandbox", "--out", name]).output().unwrap();
    let saved = |path: &Path| serde_json::from_slice::<serde_json::Value>(&std::fs::read(path).unwrap()).unwrap();
    std::fs::create_dir(at("plans")).unwrap();
    std::fs::write(at("plans/old.json"), "old").unwrap();
    symlink("plans/old.json", at("link")).unwrap();
    symlink("plans/new.json", at("dangling")).unwrap();
    for (name, target) in [("link", "plans/old.json"), ("dangling", "plans/new.json"), ("plain.json", "plain.json")] {
        let output = save(name);
        assert_eq!(code(&output), 0, "{name}: {}", err(&output));
        assert_eq!(saved(&at(target))["cluster"], "gitlab-runners", "{name}");
        assert_eq!(at(target).metadata().unwrap().mode() & 0o777, 0o600, "{name}");
    }
    assert!(at("link").is_symlink() && at("dangling").is_symlink());
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let pipe = at("pipe");
    let reader = std::thread::spawn(move || std::fs::read_to_string(pipe).unwrap());
    assert_eq!(code(&save("pipe")), 0);
    assert!(reader.join().unwrap().contains("gitlab-runners"));
    assert!(at("pipe").metadata().unwrap().file_type().is_fifo());
    let output = save("plans");
    assert_eq!(code(&output), 1);
    assert!(err(&output).contains("failed to write plans"), "{}", err(&output));
}

#[test]
fn a_plan_never_takes_the_place_of_its_file() {
    let folder = folder(unchanged);
    let before = std::fs::read_to_string(folder.path().join("cluster.yaml")).unwrap();
    symlink("cluster.yaml", folder.path().join("link")).unwrap();
    for name in ["cluster.yaml", "./cluster.yaml", "link"] {
        let output = trueup(folder.path(), &["plan", "--sandbox", "--out", name]).output().unwrap();
        assert_eq!(code(&output), 64, "{name}: {}", err(&output));
        assert!(err(&output).contains("is the file of the cluster itself"), "{}", err(&output));
    }
    assert_eq!(std::fs::read_to_string(folder.path().join("cluster.yaml")).unwrap(), before);
}

/// What a target or a rule leaves aside is not called done.
#[test]
fn the_last_words_say_what_was_left_aside() {
    let folder = folder(unchanged);
    let apply = |arguments: &[&str]| {
        let output = trueup(folder.path(), &[&["apply", "--sandbox", "--yes"], arguments].concat()).output().unwrap();
        assert_eq!(code(&output), 0, "{}{}", out(&output), err(&output));
        out(&output).lines().last().unwrap().to_owned()
    };
    let path = folder.path().join("cluster.yaml");
    let file = std::fs::read_to_string(&path).unwrap();
    apply(&[]);
    let larger = file.replace("maxSize: 40", "maxSize: 41").replace("maxSize: 10", "maxSize: 11");
    std::fs::write(&path, &larger).unwrap();
    let last = apply(&["--target", "nodegroup/jobs"]);
    let left = "within --target AWS is as the file says, and 1 other resource differs and is left alone. ";
    assert!(last.contains(left), "{last}");
    let last = apply(&["--target", "nodegroup/jobs-arm64"]);
    assert!(last.contains("Done: 1 action, and AWS is as the file says. "), "{last}");
    let older = file.replace("version: \"1.34\"", "version: \"1.33\"");
    std::fs::write(&path, older).unwrap();
    let last = apply(&[]);
    assert!(last.contains("Done: 2 actions, and AWS is as the file says, but for what is left as it is. "), "{last}");
}

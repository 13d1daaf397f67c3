//! The question on a terminal: only a line that was typed after it, and that says yes, is a yes.

use std::fs::{File, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use rustix::fs::OFlags;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

const QUESTION: &str = "Carry this out? [y/N] ";
const NAME: &str = "Type gitlab-runners to delete all of this for good: ";

/// A process on a terminal of its own.
struct Terminal {
    screen: File,
    child: Child,
}

impl Terminal {
    /// Runs trueup where somebody has typed `before` already.
    fn run(folder: &Path, arguments: &[&str], before: &str) -> Self {
        let screen = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&screen).unwrap();
        unlockpt(&screen).unwrap();
        let name = ptsname(&screen, vec![]).unwrap().into_string().unwrap();
        let flags = OFlags::NOCTTY.bits().cast_signed();
        let keyboard = OpenOptions::new().read(true).write(true).custom_flags(flags).open(name).unwrap();
        let mut screen = File::from(screen);
        screen.write_all(before.as_bytes()).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_trueup"));
        command.args(arguments).current_dir(folder).env_clear().env("HOME", folder);
        command.stdin(keyboard.try_clone().unwrap()).stdout(Stdio::piped()).stderr(keyboard);
        Self { screen, child: command.spawn().unwrap() }
    }

    /// Waits until this is on the screen.
    fn until(&mut self, what: &str) {
        let mut shown = String::new();
        let mut buffer = [0; 1024];
        while !shown.contains(what) {
            let count = self.screen.read(&mut buffer).unwrap_or_else(|error| panic!("{error} after\n{shown}"));
            shown.push_str(&String::from_utf8_lossy(&buffer[..count]));
        }
    }

    fn types(&mut self, keys: &str) {
        self.screen.write_all(keys.as_bytes()).unwrap();
    }

    /// The exit code and the last line of standard output.
    fn ended(mut self) -> (Option<i32>, String) {
        // A screen that nobody reads would fill up, and the process would wait for that.
        let mut screen = self.screen;
        std::thread::spawn(move || screen.read_to_end(&mut vec![]));
        let mut out = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut out).unwrap();
        (self.child.wait().unwrap().code(), out.lines().last().unwrap_or_default().to_owned())
    }
}

/// A folder with the repository's `cluster.yaml`.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::copy(concat!(env!("CARGO_MANIFEST_DIR"), "/cluster.yaml"), folder.path().join("cluster.yaml")).unwrap();
    folder
}

/// What becomes of an apply where `before` was typed too early, and `answer` in time.
fn answered(before: &str, answer: &str) -> (Option<i32>, String) {
    let folder = folder();
    let mut terminal = Terminal::run(folder.path(), &["apply", "--sandbox"], before);
    terminal.until(QUESTION);
    terminal.types(answer);
    terminal.ended()
}

const DECLINED: &str = "Declined; nothing was changed.";

#[test]
fn only_a_yes_carries_it_out() {
    for no in ["\n", "n\n", "okay\n", "why not\n", "\u{4}", "y\u{4}\u{4}"] {
        assert_eq!(answered("", no), (Some(1), DECLINED.to_owned()), "{no:?}");
    }
    for yes in ["y\n", "YES\n"] {
        let (code, last) = answered("", yes);
        assert_eq!(code, Some(0), "{yes:?}: {last}");
    }
}

#[test]
fn what_was_typed_before_the_question_is_no_answer() {
    for before in ["y\n", "git log -y\ny\n", "y"] {
        assert_eq!(answered(before, "\n"), (Some(1), DECLINED.to_owned()), "{before:?}");
    }
}

#[test]
fn a_signal_at_the_question_is_a_no() {
    for signal in ["-INT", "-TERM"] {
        let folder = folder();
        let mut terminal = Terminal::run(folder.path(), &["apply", "--sandbox"], "");
        terminal.until(QUESTION);
        let killed = Command::new("kill").args([signal, &terminal.child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        assert_eq!(terminal.ended(), (Some(1), DECLINED.to_owned()), "{signal}");
    }
}

#[test]
fn a_destruction_takes_the_clusters_name() {
    let folder = folder();
    let destroy = ["destroy", "--sandbox", "--allow-disruption", "--disable-deletion-protection"];
    let mut apply = Terminal::run(folder.path(), &["apply", "--sandbox"], "");
    apply.until(QUESTION);
    apply.types("y\n");
    assert_eq!(apply.ended().0, Some(0));
    for no in ["\n", "y\n", "GITLAB-RUNNERS\n", "\u{4}"] {
        let mut terminal = Terminal::run(folder.path(), &destroy, "gitlab-runners\n");
        terminal.until(NAME);
        terminal.types(no);
        assert_eq!(terminal.ended(), (Some(1), DECLINED.to_owned()), "{no:?}");
    }
    let mut terminal = Terminal::run(folder.path(), &destroy, "");
    terminal.until(NAME);
    terminal.types("gitlab-runners\n");
    assert_eq!(terminal.ended().0, Some(0));
}

//! What stops a command before it has a result: the words, the hint and the exit code.
//!
//! The central type is [`Stop`]. What commands print goes through here too, so that [`ended`] knows whether any of it
//! was lost.

use std::io::{self, ErrorKind, Write};
use std::path::PathBuf;
use std::sync::OnceLock;

use super::{Exit, screen};
use crate::aws::{Fault, Identity};
use crate::observe::Unread;
use crate::plan::UnknownTarget;
use crate::record::{Complaint, Record};
use crate::spec::Problems;

/// The first failure to write to standard output. It does not stop an apply, but nobody may take what was written for all.
static LOST: OnceLock<io::Error> = OnceLock::new();
/// How wide the snippets of a file are where no terminal says.
const UNWRAPPED: usize = 100;

/// Why a command stops.
#[derive(Debug)]
pub(super) enum Stop {
    /// The file is invalid.
    File(Box<Problems>),
    /// AWS could not be asked.
    Aws(Fault),
    /// The credentials belong to another account than the file's.
    WrongAccount { file: String, identity: Identity },
    /// Whoever is to apply belongs to another account than the file's.
    ForeignApplier { file: String, other: String },
    /// A target is neither in the file nor in AWS.
    UnknownTarget(Vec<UnknownTarget>),
    /// The sandbox's state cannot be used.
    Sandbox(std::io::Error),
    /// The sandbox in that folder is of another region than the file.
    SandboxElsewhere { folder: PathBuf, live: String, file: String },
    /// There is no sandbox in that folder.
    NoSandbox { folder: PathBuf },
    /// A fault for the sandbox that cannot be.
    BadFault { place: String, why: String },
    /// The sandbox cannot be served there.
    Listen { address: std::net::SocketAddr, error: std::io::Error },
    /// There is nobody to ask; the flag that answers beforehand.
    NoTerminal(String),
    /// The name that confirms is not the cluster's.
    WrongName { file: String, confirmed: String },
    /// The runtime could not start.
    Runtime(std::io::Error),
    /// The saved plan cannot be read, or is none.
    NoPlan(PathBuf, String),
    /// What is planned now is not what was saved, and how it differs.
    Stale(Vec<String>),
    /// The plan would take the place of the file that it was made from.
    OwnFile(PathBuf),
    /// A recording cannot be read, or is none.
    NoRecording(PathBuf, String),
    /// A file could not be written.
    Write(PathBuf, std::io::Error),
    /// Somebody interrupted it before anything was changed.
    Interrupted,
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Aws(fault)
    }
}

impl From<Unread> for Stop {
    fn from(unread: Unread) -> Self {
        match unread {
            Unread::Fault(fault) => Self::Aws(fault),
            Unread::WrongAccount { file, identity } => Self::WrongAccount { file, identity },
        }
    }
}

impl Stop {
    /// Says it on standard error.
    pub(super) fn report(&self) -> Exit {
        if let Self::File(problems) = self {
            return invalid(problems);
        }
        let (Complaint { message, hint, .. }, exit) = self.complaint();
        say(&crate::report::error_text(&message, hint.as_deref(), screen::err()));
        exit
    }

    /// What it says, and how the process ends.
    pub(super) fn complaint(&self) -> (Complaint, Exit) {
        let (message, hint, exit) = match self {
            Self::File(problems) => (format!("{} is invalid", problems.name()), None, Exit::InvalidFile),
            Self::Aws(fault) => (fault.to_string(), Some(fault.hint().to_owned()), Exit::Failed),
            Self::WrongAccount { file, identity: Identity { account, arn } } => (
                format!("these credentials are for account {account} ({arn}), and the file is for account {file}"),
                Some("use credentials of the file's account, or correct metadata.accountId; nothing that was read is shown or used, and nothing was changed".to_owned()),
                Exit::Blocked,
            ),
            Self::ForeignApplier { file, other } => (
                format!("--applied-by names somebody of account {other}, and the file is for account {file}"),
                Some("name the role that runs `apply`".to_owned()),
                Exit::Usage,
            ),
            Self::UnknownTarget(unknown) => unknown_target(unknown),
            Self::Sandbox(error) => (
                format!("failed to use the sandbox: {error}"),
                Some("--sandbox=DIR chooses another folder; `trueup sandbox reset` starts a sandbox over".to_owned()),
                Exit::Failed,
            ),
            Self::SandboxElsewhere { folder, live, file } => (
                format!("the sandbox in {} is in the region {live}, and the file is for {file}", folder.display()),
                Some(format!(
                    "--sandbox=DIR chooses another folder; `trueup sandbox reset --sandbox={} --region {file}` starts it over there; nothing was changed",
                    folder.display()
                )),
                Exit::Failed,
            ),
            Self::NoSandbox { folder } => (
                format!("there is no sandbox in {}", folder.display()),
                Some("`trueup sandbox reset` makes one, and so does any command with --sandbox".to_owned()),
                Exit::Failed,
            ),
            Self::BadFault { place, why } => (format!("{place}: {why}"), None, Exit::Usage),
            Self::Listen { address, error } => (
                format!("failed to listen on {address}: {error}"),
                Some("choose another --port; 0 is any that is free".to_owned()),
                Exit::Failed,
            ),
            Self::NoTerminal(flag) => (
                "there is no terminal to ask on".to_owned(),
                Some(format!("look at the plan, then run again with {flag}")),
                Exit::Usage,
            ),
            Self::WrongName { file, confirmed } => (
                format!("--confirm says {confirmed}, and the file is for the cluster {file}"),
                Some("make sure that this is the right file; nothing was changed".to_owned()),
                Exit::Usage,
            ),
            Self::NoPlan(path, why) => (
                format!("{} is no saved plan: {why}", path.display()),
                Some("save one with `trueup plan --out FILE`; nothing was changed".to_owned()),
                Exit::InvalidFile,
            ),
            Self::Stale(differences) => (
                format!("the saved plan is stale: what would be done now is not what was saved\n  {}", differences.join("\n  ")),
                Some("save a new plan with the flags that apply gets, and look at it; nothing was changed".to_owned()),
                Exit::Stale,
            ),
            Self::OwnFile(path) => (
                format!("--out {} is the file of the cluster itself", path.display()),
                Some("save the plan under another name; nothing was written".to_owned()),
                Exit::Usage,
            ),
            Self::Write(path, error) => (format!("failed to write {}: {error}", path.display()), None, Exit::Failed),
            Self::Interrupted => ("interrupted; nothing was changed".to_owned(), None, Exit::Incomplete),
            Self::Runtime(error) => (format!("failed to start: {error}"), None, Exit::Failed),
            Self::NoRecording(path, why) => (
                format!("{} is no recording of an apply: {why}", path.display()),
                Some("record one with `trueup apply --format json > FILE`".to_owned()),
                Exit::InvalidFile,
            ),
        };
        let fault = if let Self::Aws(fault) = self { Some(fault) } else { None };
        let code = fault.and_then(|fault| fault.code.clone());
        let request_id = fault.and_then(|fault| fault.request_id.clone());
        (Complaint { message, hint, code, request_id }, exit)
    }
}

fn unknown_target(unknown: &[UnknownTarget]) -> (String, Option<String>, Exit) {
    let targets: Vec<&str> = unknown.iter().map(|it| it.target.as_str()).collect();
    let nearest: Vec<&str> = unknown.iter().filter_map(|it| it.nearest.as_deref()).collect();
    let hint = if nearest.is_empty() {
        "`trueup plan` shows the addresses; nothing was changed".to_owned()
    } else {
        format!("did you mean {}? Nothing was changed", nearest.join(" and "))
    };
    (format!("neither in the file nor in AWS: {}", targets.join(", ")), Some(hint), Exit::Usage)
}

/// Says what is wrong with a file. How much it is comes last, where a terminal ends up.
pub(super) fn invalid(problems: &Problems) -> Exit {
    say(&problems.render(screen::err().width.unwrap_or(UNWRAPPED), true));
    let count = problems.iter().count();
    if count > 1 {
        say(&format!("\n{count} problems in {}", problems.name()));
    }
    Exit::InvalidFile
}

/// Writes to standard error, with colours where it wants them. If it is gone, there is nobody to tell.
pub(super) fn say(text: &str) {
    drop(writeln!(anstream::stderr(), "{}", text.trim_end()));
}

/// Writes a question to standard error; the answer stands on the same line.
pub(super) fn prompt(question: &str) {
    let mut err = anstream::stderr();
    // A question that cannot be seen is answered by nobody.
    drop(write!(err, "{question}").and_then(|()| err.flush()));
}

/// Writes to standard output, with colours where it wants them.
pub(super) fn print(text: impl std::fmt::Display) {
    written(writeln!(anstream::stdout(), "{}", text.to_string().trim_end()));
}

/// Remembers that something could not be written to standard output. Whoever closed it, as `head` does, has read enough.
pub(super) fn written(result: io::Result<()>) {
    if let Err(error) = result
        && error.kind() != ErrorKind::BrokenPipe
    {
        // Only the first failure says why.
        let _later_failure = LOST.set(error);
    }
}

/// How the process ends, given what became of its output.
pub(super) fn ended(exit: Exit) -> Exit {
    let Some(error) = LOST.get() else { return exit };
    let message = format!("failed to write to standard output: {error}");
    say(&crate::report::error_text(&message, None, screen::err()));
    if matches!(exit, Exit::Done | Exit::Pending) { Exit::Failed } else { exit }
}

/// Writes one line of a recording to standard output, at once.
pub(super) fn tell(record: &Record) {
    match serde_json::to_string(record) {
        Ok(line) => print(line),
        Err(error) => say(&format!("a line of the recording cannot be written: {error}")),
    }
}

//! An apply as it leaves the process: JSON lines, written while it happens, and read again afterwards.
//!
//! The central type is [`Record`], one line. Not here: how any of it is shown (`report/`).

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::event::{Event, Reading, milliseconds};
use crate::plan::Document;

/// The version of the format. The first number changes when a reader of the old one would be misled.
pub const FORMAT_VERSION: &str = "1.0";

/// One line: first the plan, then what happens, last how it ended. After a run that was killed, the last is missing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "record", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[schemars(title = "A line of trueup apply --format json")]
pub enum Record {
    /// What is about to be done.
    Plan {
        /// The version of this format.
        format_version: String,
        /// What the run is after.
        goal: Goal,
        /// What reading AWS took.
        reading: Reading,
        /// The plan.
        plan: Box<Document>,
    },
    /// Something that happened.
    Event(Event),
    /// How it ended.
    Ended(Box<Ended>),
}

/// What a run is after.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Goal {
    /// AWS as the file says.
    AsTheFile,
    /// Nothing of ours left.
    NothingLeft,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Ended {
    /// How.
    pub outcome: Outcome,
    /// The exit code of the process.
    pub exit_code: u8,
    /// Requests to AWS in all.
    pub calls: usize,
    /// The time it took in all, in milliseconds.
    #[serde(rename = "tookMs", with = "milliseconds")]
    #[schemars(with = "u64")]
    pub took: Duration,
    /// What AWS still needs, as planned last; `null` if nothing was planned.
    pub plan: Option<Document>,
    /// What went wrong, and what to do about it; `null` if nothing but what the events tell.
    pub error: Option<Complaint>,
}

impl Ended {
    /// Whether its error says it all: nobody could be asked, or the reading was interrupted.
    pub fn nothing_but_an_error(&self) -> bool {
        self.error.is_some() && matches!(self.outcome, Outcome::Declined | Outcome::Stopped | Outcome::WrongAccount)
    }
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Outcome {
    /// A target is neither in the file nor in AWS.
    UnknownTarget,
    /// What would be done is not what was saved.
    Stale,
    /// Nothing had to be done.
    InSync,
    /// Somebody said no.
    Declined,
    /// Something must not be done, so nothing was.
    Blocked,
    /// Everything is done.
    Done,
    /// Part of it failed, or was blocked and skipped.
    Incomplete,
    /// Somebody asked to stop.
    Stopped,
    /// A later round would have gone beyond what was approved.
    Strayed,
    /// Every round succeeded, and AWS still differs from the file.
    Unsettled,
    /// AWS could not be read.
    Unread,
    /// The credentials are of another account than the file's.
    WrongAccount,
}

/// An error in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Complaint {
    /// What failed and why.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// AWS' error code; `null` if AWS did not refuse.
    pub code: Option<String>,
    /// AWS' id of the request that failed, for a support case; `null` if it did not answer.
    pub request_id: Option<String>,
}

/// What a stream of lines holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Recording {
    /// Its lines, in order.
    pub records: Vec<Record>,
    /// Whether its last line breaks off, as it does if the process was killed while it wrote.
    pub cut: bool,
}

/// Why a text is no recording.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// A line is none of ours.
    #[error("line {0}: {1}")]
    Line(usize, String),
    /// The first line is of another format.
    #[error("format {0} in the recording, {FORMAT_VERSION} now")]
    OtherFormat(String),
    /// There is nothing in it.
    #[error("it is empty")]
    Empty,
}

/// What every format of a recording begins with.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Versioned {
    format_version: String,
}

/// Reads what an apply has written.
///
/// # Errors
///
/// If a line is no line of an apply, but for half a line at the end, or the format is another.
pub fn read(text: &str) -> Result<Recording, Unreadable> {
    let first: Option<Versioned> = text.lines().next().and_then(|line| serde_json::from_str(line).ok());
    if let Some(Versioned { format_version }) = first
        && first_number(&format_version) != first_number(FORMAT_VERSION)
    {
        return Err(Unreadable::OtherFormat(format_version));
    }
    let lines: Vec<&str> = text.lines().collect();
    let mut recording = Recording { records: vec![], cut: false };
    for (index, line) in lines.iter().enumerate() {
        match serde_json::from_str(line) {
            Ok(record) => recording.records.push(record),
            // A process that is killed while it writes leaves half a line, and no end of it.
            Err(error) if error.is_eof() && index + 1 == lines.len() && !text.ends_with('\n') => recording.cut = true,
            Err(error) => return Err(Unreadable::Line(index + 1, error.to_string())),
        }
    }
    if lines.is_empty() { Err(Unreadable::Empty) } else { Ok(recording) }
}

fn first_number(version: &str) -> &str {
    version.split('.').next().unwrap_or_default()
}

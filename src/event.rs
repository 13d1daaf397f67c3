//! What happens during an apply, as data: the only thing that reporters see.
//!
//! The central type is [`Event`]. Nothing here says how it is shown; how it leaves the process is in `record.rs`.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::plan::ActionId;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Event {
    /// Milliseconds since the round of actions began; zero outside of one.
    #[serde(rename = "elapsedMs", with = "milliseconds")]
    #[schemars(with = "u64")]
    pub elapsed: Duration,
    /// What.
    #[serde(rename = "event")]
    pub kind: EventKind,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum EventKind {
    /// A round of actions begins.
    RunStarted {
        /// How many.
        actions: usize,
    },
    /// An action has begun.
    ActionStarted {
        /// Which.
        id: ActionId,
    },
    /// An action's mutation is with AWS; this is what it looks like now.
    ActionWaiting {
        /// Which.
        id: ActionId,
        /// What AWS says of the resource.
        status: String,
        /// Since the action began. In milliseconds.
        #[serde(rename = "waitedMs", with = "milliseconds")]
        #[schemars(with = "u64")]
        waited: Duration,
    },
    /// An action's mutation has to be sent again later.
    ActionRetrying {
        /// Which.
        id: ActionId,
        /// Why.
        why: String,
        /// After this. In milliseconds.
        #[serde(rename = "delayMs", with = "milliseconds")]
        #[schemars(with = "u64")]
        delay: Duration,
    },
    /// The SDK sends a request again by itself.
    RequestRetried {
        /// The operation.
        operation: String,
        /// Which attempt it is.
        attempt: u32,
    },
    /// An action has ended.
    ActionFinished {
        /// Which.
        id: ActionId,
        /// How.
        outcome: ActionOutcome,
        /// How long it took. In milliseconds.
        #[serde(rename = "tookMs", with = "milliseconds")]
        #[schemars(with = "u64")]
        took: Duration,
    },
    /// An action will not run.
    ActionSkipped {
        /// Which.
        id: ActionId,
        /// The action that it needs and that did not succeed.
        because: ActionId,
    },
    /// Somebody asked to stop: nothing new starts, and what runs is finished.
    Stopping {
        /// How many actions still run.
        running: usize,
    },
    /// An action was not started before the run was stopped.
    ActionLeft {
        /// Which.
        id: ActionId,
    },
    /// What was written is read again.
    Verifying,
}

/// How an action ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "outcome", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ActionOutcome {
    /// It did what it should.
    Done {
        /// What a person should know about the resource now.
        notes: Vec<String>,
    },
    /// AWS was as wanted before it did anything.
    AlreadySo,
    /// It failed.
    Failed {
        /// Why, as far as AWS says.
        why: String,
        /// What to do.
        hint: Option<String>,
        /// AWS' error code, of the request or of the update that it started; `null` if AWS told none.
        code: Option<String>,
        /// AWS' id of the request that failed, for a support case; `null` if it did not answer.
        request_id: Option<String>,
        /// Whether the same would fail again, however often it is tried.
        #[serde(default)]
        lasting: bool,
    },
}

/// What a reading took.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// Requests since the connection was made, the identity check included.
    pub calls: usize,
    /// Depth of dependent requests after the identity check.
    pub rounds: usize,
    /// Time in milliseconds, without the identity check.
    #[serde(rename = "tookMs", with = "milliseconds")]
    #[schemars(with = "u64")]
    pub took: Duration,
}

/// An action that failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FailedAction {
    /// Which.
    pub id: ActionId,
    /// Why, as far as AWS says.
    pub why: String,
    /// What to do.
    pub hint: Option<String>,
    /// AWS' error code.
    pub code: Option<String>,
    /// AWS' id of the request that failed.
    pub request_id: Option<String>,
    /// Whether the same would fail again, however often it is tried.
    pub lasting: bool,
}

/// What became of a run's actions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Report {
    /// Those that succeeded.
    pub done: Vec<ActionId>,
    /// Those that failed, with the reason and what to do.
    pub failed: Vec<FailedAction>,
    /// Those that were not tried, with the action that they needed.
    pub skipped: Vec<(ActionId, ActionId)>,
    /// Those that were not started before the run was stopped.
    pub left: Vec<ActionId>,
}

impl Report {
    /// Takes note of an event.
    pub fn note(&mut self, kind: &EventKind) {
        match kind {
            EventKind::ActionFinished {
                id,
                outcome: ActionOutcome::Failed { why, hint, code, request_id, lasting },
                ..
            } => {
                let (why, hint, code, request_id) = (why.clone(), hint.clone(), code.clone(), request_id.clone());
                self.failed.push(FailedAction { id: id.clone(), why, hint, code, request_id, lasting: *lasting });
            }
            EventKind::ActionFinished {
                id, outcome: ActionOutcome::Done { .. } | ActionOutcome::AlreadySo, ..
            } => {
                self.done.push(id.clone());
            }
            EventKind::ActionSkipped { id, because } => self.skipped.push((id.clone(), because.clone())),
            EventKind::ActionLeft { id } => self.left.push(id.clone()),
            EventKind::RunStarted { .. }
            | EventKind::Stopping { .. }
            | EventKind::ActionStarted { .. }
            | EventKind::ActionWaiting { .. }
            | EventKind::ActionRetrying { .. }
            | EventKind::RequestRetried { .. }
            | EventKind::Verifying => {}
        }
    }

    /// Adds what became of a later round.
    pub fn absorb(&mut self, later: Self) {
        self.done.extend(later.done);
        self.failed.extend(later.failed);
        self.skipped.extend(later.skipped);
        self.left.extend(later.left);
    }

    /// Whether every action succeeded.
    pub fn complete(&self) -> bool {
        self.failed.is_empty() && self.skipped.is_empty() && self.left.is_empty()
    }
}

/// A time in whole milliseconds, which is as fine as anybody is told.
pub(crate) mod milliseconds {
    use std::time::Duration;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(crate) fn serialize<S: Serializer>(time: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        u64::deserialize(deserializer).map(Duration::from_millis)
    }
}

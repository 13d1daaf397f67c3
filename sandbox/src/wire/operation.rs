//! Operations as data. The central type is [`Operation`]: one row, beside the function it names.
//!
//! Whatever has to know something about operations reads it here. Not here: the rows; each service has its own.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::decode::decode;
use crate::kernel::refusal::Refusal;
use crate::settings::Switches;
use crate::world::World;

/// What carries an operation out.
pub(crate) type Handler = fn(&mut World, &Call) -> Result<Value, Refusal>;

/// One operation of a service.
pub(crate) struct Operation {
    /// `service:Name`.
    pub(crate) name: &'static str,
    /// Method and path template, for REST-JSON; the other protocols route on the name.
    pub(crate) route: &'static str,
    pub(crate) kind: Kind,
    /// The client token that it takes, if it takes one.
    pub(crate) token: Option<Token>,
    /// What its model calls a request that makes no sense.
    pub(crate) bad_input: &'static str,
    /// Of a read, for how many seconds it does not find what is fresh; of a write, for how many readers see the past.
    pub(crate) lag: Option<fn(&Switches) -> u32>,
    pub(crate) handler: Handler,
}

/// What an operation does.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Changes nothing.
    Reads,
    /// Changes something at once.
    Writes,
    /// Starts an update, which may fail.
    StartsUpdate,
    /// Creates what may fail to come to life.
    Creates,
    /// Deletes what this function finds.
    Deletes(fn(&World, &Value) -> Option<Target>),
}

/// What a deletion deletes, for those who ask whose it is.
pub(crate) struct Target {
    pub(crate) tags: BTreeMap<String, String>,
    /// Whether it never came to life.
    pub(crate) unborn: bool,
}

/// A client token: where it is in the input, and how many characters it has.
#[derive(Clone, Copy)]
pub(crate) struct Token {
    pub(crate) member: &'static str,
    pub(crate) min: usize,
    pub(crate) max: usize,
}

/// One call of an operation.
pub(crate) struct Call {
    pub(crate) input: Value,
    pub(crate) lag: Duration,
}

impl Operation {
    /// Whether it may change anything.
    pub(crate) fn is_mutating(&self) -> bool {
        !matches!(self.kind, Kind::Reads)
    }

    /// The same input with the lag that the switches give to this operation.
    pub(crate) fn call(&self, switches: &Switches, input: Value) -> Call {
        let seconds = self.lag.map_or(0, |lag| lag(switches));
        Call { input, lag: Duration::from_secs(u64::from(seconds)) }
    }
}

impl Call {
    /// The input as the operation's own type.
    pub(crate) fn input<T: DeserializeOwned>(&self) -> Result<T, Refusal> {
        decode(&self.input)
    }
}

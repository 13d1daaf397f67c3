//! From JSON to the type of an operation's input. The central function is [`decode`].
//!
//! Not here: whether a value makes sense.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::text;
use crate::kernel::refusal::Refusal;

/// The input as the operation's own type; members it does not have are refused. A value of another type was never
/// understood, which is an error before all those of the operation.
pub(crate) fn decode<T: DeserializeOwned>(input: &Value) -> Result<T, Refusal> {
    T::deserialize(input).map_err(|error| {
        let error = error.to_string();
        if let Some(mismatch) = error.strip_prefix("invalid type: ") {
            return Refusal::malformed(text::mismatch(mismatch));
        }
        Refusal::bad_input(match error.strip_prefix("unknown field ") {
            Some(member) => format!("the sandbox does not know the member {member}"),
            None => error.replace("missing field", "missing required member"),
        })
    })
}

/// Puts a value into an input; what is there already is not overwritten but refused.
pub(super) fn insert(input: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), Refusal> {
    match input.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(Refusal::bad_input(format!("the sandbox does not know `{key}` in two places at once"))),
    }
}

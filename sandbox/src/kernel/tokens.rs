//! Client tokens: a request that is repeated under its token gets its first reply. The central type is [`Tokens`].
//!
//! Not here: which operations take a token, or which error another body under a used token is.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What was sent under which token, by operation and token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Tokens(BTreeMap<String, Remembered>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Remembered {
    input: String,
    /// None if it was refused.
    reply: Option<Value>,
}

/// What a token says about a request.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// Nobody used it so far, or only this very request, which was refused.
    Fresh,
    /// The same request got this reply.
    Replied(Value),
    /// Another request was sent under it.
    Mismatch,
}

impl Tokens {
    pub(crate) fn known(&self, operation: &str, token: &str, input: &str) -> Known {
        match self.0.get(&key(operation, token)) {
            None => Known::Fresh,
            Some(remembered) if remembered.input != input => Known::Mismatch,
            Some(remembered) => remembered.reply.clone().map_or(Known::Fresh, Known::Replied),
        }
    }

    /// Binds a token to a request, with its reply unless it was refused.
    pub(crate) fn bind(&mut self, operation: &str, token: &str, input: String, reply: Option<Value>) {
        self.0.insert(key(operation, token), Remembered { input, reply });
    }
}

fn key(operation: &str, token: &str) -> String {
    format!("{operation} {token}")
}

//! How a service speaks. The central type is [`Protocol`].
//!
//! Not here: any protocol; each is a file of its own.

use bytes::Bytes;
use http::Request;
use serde_json::Value;

use super::operation::Operation;
use crate::kernel::refusal::{BAD_INPUT, MALFORMED, Refusal};

/// The operation that is asked for, with its input, or why there is none.
pub(crate) type Asked = Result<(&'static Operation, Value), Refusal>;

/// A body on its way to the client.
pub(crate) struct Answer {
    pub(crate) content_type: &'static str,
    /// The code of an error, where it travels in a header.
    pub(crate) error_type: Option<String>,
    pub(crate) body: String,
}

/// What is wrong with a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unsigned {
    Missing,
    Malformed,
    OtherRegion,
}

/// A wire protocol, without state.
pub(crate) trait Protocol: Sync {
    /// The operation that is asked for, and the name under which it was.
    fn read(&self, operations: &'static [&'static [Operation]], request: &Request<Bytes>) -> (String, Asked);
    /// What an operation returns.
    fn reply(&self, operation: &str, value: &Value, request_id: &str) -> Answer;
    /// Why it was refused.
    fn error(&self, refusal: &Refusal, request_id: &str) -> Answer;
    /// Too many requests (facts §2.1, §2.4).
    fn throttled(&self) -> Refusal;
    /// The service is broken (facts §2.1, §2.4).
    fn broken(&self) -> Refusal;
    /// Status and code of a request whose signature cannot be one.
    fn unsigned(&self, why: Unsigned) -> (u16, &'static str);
    /// The code of input that could not be read, of an operation that calls senseless input so.
    fn malformed(&self, bad_input: &'static str) -> &'static str;

    /// A refusal of this operation under a name that its model and this protocol know.
    fn in_words_of(&self, operation: &Operation, refusal: Refusal) -> Refusal {
        let code = match refusal.code.as_str() {
            BAD_INPUT => operation.bad_input,
            MALFORMED => self.malformed(operation.bad_input),
            _ => return refusal,
        };
        Refusal { code: code.to_owned(), ..refusal }
    }
}

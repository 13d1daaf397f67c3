//! Why a request was refused. The central type is [`Refusal`], the same for all protocols.
//!
//! Not here: how a refusal looks on the wire, where each protocol has an envelope of its own; the errors of a service,
//! which each has beside its operations.

/// The code of a request that makes no sense, until its operation's own word takes its place.
pub(crate) const BAD_INPUT: &str = "BadInput";
/// The code of a request that was never understood, until its protocol's own word takes its place.
pub(crate) const MALFORMED: &str = "Malformed";

/// An error of a service: HTTP status, code, message, and the members that a modelled exception carries besides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) code: String,
    pub(crate) message: String,
    pub(crate) members: Vec<(&'static str, String)>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), message: message.into(), members: Vec::new() }
    }

    /// What was sent makes no sense; the operation has its own word for that.
    pub(crate) fn bad_input(message: impl Into<String>) -> Self {
        Self::new(400, BAD_INPUT, message)
    }

    /// What was sent could not be read; the protocol has its own word for that.
    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(400, MALFORMED, message)
    }

    /// The same refusal, with a member of its exception.
    pub(crate) fn with(mut self, member: &'static str, value: &str) -> Self {
        self.members.push((member, value.to_owned()));
        self
    }
}

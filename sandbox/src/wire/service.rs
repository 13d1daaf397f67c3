//! Services as data. The central type is [`Service`]: one row of the table of all.
//!
//! Not here: the rows; each is beside what it names.

use serde_json::{Map, Value};

use super::operation::Operation;
use super::protocol::Protocol;
use crate::world::World;

/// How what a request began ends badly.
pub(crate) struct Failure<'a> {
    pub(crate) code: &'a str,
    pub(crate) message: &'a str,
}

/// One service: how it speaks, what it can do, and what it does with all of its state at once.
pub(crate) struct Service {
    /// In host names and in signatures.
    pub(crate) name: &'static str,
    /// The one region that requests are signed for; none for a service that is in every region.
    pub(crate) global: Option<&'static str>,
    pub(crate) protocol: &'static dyn Protocol,
    pub(crate) operations: &'static [&'static [Operation]],
    /// Applies what is due.
    pub(crate) advance: fn(&mut World),
    /// Its whole state as its own API describes it, by member; nobody sees the past of this world any longer.
    pub(crate) show: fn(&mut World) -> Map<String, Value>,
    /// Makes the update or the creation that this reply announces end badly.
    pub(crate) fail_later: fn(&mut World, &Value, &Failure<'_>),
    /// The codes with which its updates fail.
    pub(crate) update_errors: &'static [&'static str],
}

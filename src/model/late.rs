//! What is known only after another resource has been made.
//!
//! The central type is [`Late`]. Not here: how it becomes known, which each kind says of its own fields
//! (`Managed::resolve`).

use serde::Serialize;

use super::Address;

/// A value, or where it will come from. A `From` is also an edge of the graph: whoever holds it needs that resource first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub enum Late<T> {
    /// Known now.
    Known(T),
    /// Known once the resource at this address exists.
    From(Address),
}

impl<T> Late<T> {
    /// The value, if it is known by now.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::From(_) => None,
        }
    }
}

//! The name of a resource everywhere: in plans, events, reports and on the command line.

use std::fmt;

use serde::Serialize;

/// `kind/name`, such as `nodegroup/jobs`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Address {
    /// The kind, as in `resources::KINDS`.
    pub kind: &'static str,
    /// The name, unique within the kind.
    pub name: String,
}

impl Address {
    /// An address of `kind` and `name`.
    pub fn new(kind: &'static str, name: impl Into<String>) -> Self {
        Self { kind, name: name.into() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

//! The name of a resource everywhere: in plans, events, reports and on the command line.
//!
//! The central type is [`Address`]. It is only a name: which kinds there are is not known here (`resources/`).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `kind/name`, such as `nodegroup/jobs`; in JSON it is that text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address {
    /// The kind, as in `resources::KINDS`; whatever it says where it was read from a file.
    pub kind: Cow<'static, str>,
    /// The name, unique within the kind.
    pub name: String,
}

impl Address {
    /// An address of `kind` and `name`.
    pub fn new(kind: impl Into<Cow<'static, str>>, name: impl Into<String>) -> Self {
        Self { kind: kind.into(), name: name.into() }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.kind, self.name)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let (kind, name) = text.split_once('/').ok_or_else(|| D::Error::custom(format!("{text:?} is no address")))?;
        Ok(Self::new(kind.to_owned(), name))
    }
}

impl JsonSchema for Address {
    fn schema_name() -> Cow<'static, str> {
        "Address".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "string",
            "description": "The name of a resource: its kind, a slash, and its name within the kind.",
            "pattern": "^[a-z-]+/.+$",
        })
    }
}

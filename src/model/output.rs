//! What a resource has for others to refer to.
//!
//! The central type is [`Outputs`], by [`Output`]. Not here: who refers to them (`reference`).

use std::collections::BTreeMap;
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a resource has that others refer to, and that nobody can choose.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Output {
    /// Its ARN.
    Arn,
    /// What AWS calls it, where that is not its name.
    Id,
    /// The number of its newest version.
    Version,
    /// The URL of its OIDC issuer.
    IssuerUrl,
    /// The names of its Auto Scaling groups, with spaces in between, which no such name has.
    GroupNames,
}

impl fmt::Display for Output {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Arn => "ARN",
            Self::Id => "id",
            Self::Version => "version",
            Self::IssuerUrl => "issuer URL",
            Self::GroupNames => "group names",
        })
    }
}

/// What is known of a resource's outputs. Kept beside its settings, never compared with the file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Outputs(BTreeMap<Output, String>);

impl Outputs {
    /// These, and one more. What is empty is not known.
    #[must_use]
    pub fn with(mut self, output: Output, value: Option<impl Into<String>>) -> Self {
        if let Some(value) = value.map(Into::into).filter(|value| !value.is_empty()) {
            self.0.insert(output, value);
        }
        self
    }

    /// One of them.
    pub fn get(&self, output: Output) -> Option<&str> {
        self.0.get(&output).map(String::as_str)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (Output, &str)> {
        self.0.iter().map(|(output, value)| (*output, value.as_str()))
    }

    /// Takes over what others have, which is newer.
    pub fn absorb(&mut self, newer: Self) {
        self.0.extend(newer.0);
    }

    /// Forgets one of them.
    pub fn forget(&mut self, output: Output) {
        self.0.remove(&output);
    }
}

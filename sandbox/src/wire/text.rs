//! Values that travel as text: in query strings and forms everything does.
//!
//! Functions for serde's `deserialize_with`; there is no central type. Not here: anything of one protocol only.

use std::fmt::Display;
use std::str::FromStr;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A value that is written as text.
pub(crate) fn parsed<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: Display>,
{
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|error| D::Error::custom(format!("`{text}`: {error}")))).transpose()
}

/// A list, which a query string shortens to a single value and a form, when empty, to an empty text.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(empty) if empty.is_empty() => Vec::new(),
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}

/// A list of structures, which a form, when it is empty, writes as an empty text.
pub(crate) fn structures<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if value == "" { Ok(Vec::new()) } else { serde_json::from_value(value).map_err(D::Error::custom) }
}

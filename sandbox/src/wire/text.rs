//! Values that travel as text: in query strings and forms everything does.
//!
//! Functions for serde's `deserialize_with`, such as [`parsed`]. Not here: anything of one protocol only.

use std::str::FromStr;

use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// A value that is written as text.
pub(crate) fn parsed<'de, D: Deserializer<'de>, T: FromStr>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom(format!("Invalid value '{text}'")))).transpose()
}

/// A list, which a query string shortens to a single value and a form, when empty, to an empty text.
pub(crate) fn list<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    match value.as_str() {
        Some("") => Ok(Vec::new()),
        Some(one) => Ok(vec![one.to_owned()]),
        None => serde_json::from_value(value).map_err(D::Error::custom),
    }
}

/// A list of structures, which a form, when it is empty, writes as an empty text.
pub(crate) fn structures<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    if value == "" { Ok(Vec::new()) } else { serde_json::from_value(value).map_err(D::Error::custom) }
}

/// What is wrong with a value of another type, in the words of AWS' own parsers: from serde's `string "x", expected u32`.
pub(super) fn mismatch(serde: &str) -> String {
    let (given, expected) = serde.split_once(", expected ").unwrap_or((serde, "a structure"));
    let given = match given.split(' ').next() {
        Some("map") => return "Start of structure or map found where not expected".to_owned(),
        Some("sequence") => return "Start of list found where not expected".to_owned(),
        Some("string") => "STRING_VALUE",
        Some("boolean") => "BOOLEAN_VALUE",
        Some("integer" | "floating") => "NUMBER_VALUE",
        _ => "NULL_VALUE",
    };
    let expected = match expected {
        "a string" => "String",
        "a boolean" => "Boolean",
        "a sequence" => "List",
        integer if integer.starts_with(['i', 'u']) => "Integer",
        _ => "Structure",
    };
    format!("{given} cannot be converted to {expected}")
}

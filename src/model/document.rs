//! Values that are more than a word: JSON documents, which compare by meaning, and secrets, which are never shown.
//!
//! The central types are [`Json`] and [`Secret`]. Not here: what a service treats as equal beyond JSON itself, such as the
//! order of a policy's actions, which the kind that has the document normalises first; and how a difference is shown
//! (`report/value_text.rs`).

use std::borrow::Cow;
use std::fmt;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use serde_json::{Number, Value as Any};
use sha2::{Digest, Sha256};

/// A JSON document. The order of keys means nothing, nor does the spelling of a number; the order of a list does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Any")]
pub struct Json(Any);

impl JsonSchema for Json {
    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "description": "Any JSON document." })
    }
}

impl Json {
    /// Whether this text stands anywhere in it.
    pub fn mentions(&self, text: &str) -> bool {
        self.0.to_string().contains(text)
    }

    /// On several lines, the same for every document of this meaning.
    pub fn pretty(&self) -> String {
        format!("{:#}", self.0)
    }
}

impl From<Any> for Json {
    fn from(document: Any) -> Self {
        Self(normal(document))
    }
}

impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

fn normal(document: Any) -> Any {
    match document {
        Any::Array(items) => Any::Array(items.into_iter().map(normal).collect()),
        Any::Object(entries) => Any::Object(entries.into_iter().map(|(key, value)| (key, normal(value))).collect()),
        Any::Number(number) => Any::Number(whole(&number).unwrap_or(number)),
        Any::Null | Any::Bool(_) | Any::String(_) => document,
    }
}

/// `1.0` and `1e0` are 1.
fn whole(number: &Number) -> Option<Number> {
    let float = number.as_f64().filter(|float| number.is_f64() && float.fract() == 0.0)?;
    format!("{float:.0}").parse::<i64>().ok().map(Number::from)
}

/// What must not be shown, such as user data: only whether it is the same can be told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Secret {
    /// The SHA-256 digest, in hexadecimal.
    pub sha256: String,
    /// The length in bytes.
    pub bytes: usize,
}

impl Secret {
    /// What can be told of a secret text.
    pub fn of(text: &str) -> Self {
        Self { sha256: hexadecimal(&Sha256::digest(text)), bytes: text.len() }
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let short: String = self.sha256.chars().take(12).collect();
        write!(f, "({} bytes, sha256 {short}…)", self.bytes)
    }
}

/// Bytes in hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn documents_compare_by_meaning() {
        let read = |text: &str| serde_json::from_str::<Json>(text).unwrap();
        assert_eq!(
            read(r#"{ "a": 1, "b": [1.0, { "d": 2, "c": 1e1 }] }"#),
            read(r#"{"b":[1,{"c":10,"d":2}],"a":1.0}"#)
        );
        assert_eq!(read("[1, 2]").pretty(), "[\n  1,\n  2\n]");
        for (one, other) in [("[1, 2]", "[2, 1]"), ("1", "1.5"), (r#""1""#, "1"), ("null", "{}"), ("true", "false")] {
            assert_ne!(read(one), read(other), "{one} and {other}");
        }
        assert_eq!(Json::from(json!({ "b": 1, "a": "x" })).to_string(), r#"{"a":"x","b":1}"#);
    }

    #[test]
    fn a_secret_shows_its_digest_and_its_size_and_nothing_else() {
        let secret = Secret::of("#!/bin/bash\necho hunter2\n");
        assert_eq!(secret.bytes, 25);
        assert_eq!(Secret::of("").sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        let shown = format!("{secret} {secret:?} {}", serde_json::to_string(&secret).unwrap());
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(secret.to_string().starts_with("(25 bytes, sha256 "), "{secret}");
        assert_ne!(secret, Secret::of("#!/bin/bash\necho hunter3\n"));
    }
}

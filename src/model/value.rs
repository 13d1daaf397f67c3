//! What a field holds, in a form that one function can compare and print for every kind of resource.
//!
//! The central type is [`Value`]; [`Delta`] is what two sets or maps of it differ by. Not here: colours and layout
//! (`report/value_text.rs`).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Address, Json, Output, Secret};

/// The value of one field. Sets compare as sets, maps by key, lists in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Value {
    /// A boolean.
    Flag(bool),
    /// A whole number.
    Number(i64),
    /// A text.
    Text(String),
    /// Texts whose order matters.
    List(Vec<String>),
    /// Texts whose order does not matter.
    Set(BTreeSet<String>),
    /// Texts by key.
    Map(BTreeMap<String, String>),
    /// A JSON document, which compares by meaning.
    Document(Json),
    /// What is compared and never shown.
    Secret(Secret),
    /// What another resource of the file will have once it is there. Equal only to the same.
    Pending {
        /// The other resource.
        address: Address,
        /// What of it.
        output: Output,
    },
}

impl Value {
    /// Keeps of a set or map only the entries with these keys; any other value stays whole.
    pub fn retain(&mut self, keep: impl Fn(&String) -> bool) {
        if let Self::Map(map) = self {
            map.retain(|key, _| keep(key));
        } else if let Self::Set(set) = self {
            set.retain(keep);
        }
    }

    /// Whether this text is it, or one of its parts.
    pub fn mentions(&self, text: &str) -> bool {
        match self {
            Self::Text(it) => it == text,
            Self::List(list) => list.iter().any(|it| it == text),
            Self::Set(set) => set.contains(text),
            Self::Map(map) => map.values().any(|it| it == text) || map.contains_key(text),
            Self::Document(document) => document.mentions(text),
            Self::Flag(_) | Self::Number(_) | Self::Secret(_) | Self::Pending { .. } => false,
        }
    }

    /// Whether it is a collection with nothing in it.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::List(list) => list.is_empty(),
            Self::Set(set) => set.is_empty(),
            Self::Map(map) => map.is_empty(),
            Self::Flag(_)
            | Self::Number(_)
            | Self::Text(_)
            | Self::Document(_)
            | Self::Secret(_)
            | Self::Pending { .. } => false,
        }
    }
}

/// On one line, as plans show it.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(flag) => flag.fmt(f),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => f.write_str(&word(text)),
            Self::List(list) => bracketed(f, list),
            Self::Set(set) => bracketed(f, set),
            Self::Map(map) => {
                let entries: Vec<String> = map.iter().map(|(key, value)| format!("{key}: {}", word(value))).collect();
                write!(f, "{{ {} }}", entries.join(", "))
            }
            Self::Document(document) => document.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
            Self::Pending { address, output } => write!(f, "(known after apply: {address} {output})"),
        }
    }
}

fn bracketed<'a>(f: &mut fmt::Formatter<'_>, items: impl IntoIterator<Item = &'a String>) -> fmt::Result {
    let items: Vec<String> = items.into_iter().map(|item| word(item)).collect();
    write!(f, "[{}]", items.join(", "))
}

/// A text that can be told from its surroundings.
pub(crate) fn word(text: &str) -> String {
    if text.is_empty() || text.contains(char::is_whitespace) { format!("{text:?}") } else { text.to_owned() }
}

/// What one side of an owned set or map has and the other has not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Delta {
    /// Entries to add, or to set to another value; empty values in a set.
    pub set: BTreeMap<String, String>,
    /// Entries to remove.
    pub unset: BTreeSet<String>,
}

impl Delta {
    /// What turns `from` into `to`. A value that is neither set nor map has no delta.
    pub fn between(from: Option<&Value>, to: Option<&Value>) -> Self {
        let (from, to) = (entries(from), entries(to));
        Self {
            set: to.iter().filter(|&(key, value)| from.get(key) != Some(value)).map(own).collect(),
            unset: from.into_keys().filter(|key| !to.contains_key(key)).collect(),
        }
    }
}

fn own((key, value): (&String, &String)) -> (String, String) {
    (key.clone(), value.clone())
}

fn entries(value: Option<&Value>) -> BTreeMap<String, String> {
    match value {
        Some(Value::Map(map)) => map.clone(),
        Some(Value::Set(set)) => set.iter().map(|item| (item.clone(), String::new())).collect(),
        Some(
            Value::Flag(_)
            | Value::Number(_)
            | Value::Text(_)
            | Value::List(_)
            | Value::Document(_)
            | Value::Secret(_)
            | Value::Pending { .. },
        )
        | None => BTreeMap::new(),
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Number(number.into())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Json> for Value {
    fn from(document: Json) -> Self {
        Self::Document(document)
    }
}

impl From<Secret> for Value {
    fn from(secret: Secret) -> Self {
        Self::Secret(secret)
    }
}

impl From<Vec<String>> for Value {
    fn from(list: Vec<String>) -> Self {
        Self::List(list)
    }
}

impl From<BTreeSet<String>> for Value {
    fn from(set: BTreeSet<String>) -> Self {
        Self::Set(set)
    }
}

impl From<BTreeMap<String, String>> for Value {
    fn from(map: BTreeMap<String, String>) -> Self {
        Self::Map(map)
    }
}

//! Values, and differences between them, as text.
//!
//! The central function is [`entries`]: sets and maps are told entry by entry, all else as a whole. Not here: where on
//! the page that stands, and in which colour (`change_text`).

use crate::model::{Delta, Value, word};

/// What is missing is said, not left blank.
pub(super) fn optional(value: Option<&Value>) -> String {
    value.map_or_else(|| "(none)".to_owned(), ToString::to_string)
}

/// One entry of a set or map that changes.
pub(super) enum Entry {
    Added(String),
    Changed(String),
    Removed(String),
}

/// The entries that differ between two sets or maps; `None` for other values.
pub(super) fn entries(from: Option<&Value>, to: Option<&Value>) -> Option<Vec<Entry>> {
    match (from, to) {
        (_, Some(Value::Map(_))) => Some(map_entries(from, to)),
        (_, Some(Value::Set(_))) => Some(set_entries(from, to)),
        _ => None,
    }
}

fn set_entries(from: Option<&Value>, to: Option<&Value>) -> Vec<Entry> {
    let Delta { set, unset } = Delta::between(from, to);
    let added = set.into_keys().map(|it| Entry::Added(word(&it)));
    added.chain(unset.into_iter().map(|it| Entry::Removed(word(&it)))).collect()
}

fn map_entries(from: Option<&Value>, to: Option<&Value>) -> Vec<Entry> {
    let Delta { set, unset } = Delta::between(from, to);
    let old = |key: &str| if let Some(Value::Map(map)) = from { map.get(key).cloned() } else { None };
    let changed = set.into_iter().map(|(key, new)| match old(&key) {
        Some(old) => Entry::Changed(format!("{key}: {} → {}", word(&old), word(&new))),
        None => Entry::Added(format!("{key}: {}", word(&new))),
    });
    let removed = unset.iter().map(|key| Entry::Removed(format!("{key}: {}", word(&old(key).unwrap_or_default()))));
    let mut all: Vec<Entry> = changed.collect();
    all.extend(removed);
    all
}

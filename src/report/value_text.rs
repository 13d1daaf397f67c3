//! Values, and differences between them, as text.
//!
//! The central function is [`entries`]: sets and maps are told entry by entry, documents line by line, all else as a whole. Not here: where on
//! the page that stands, and in which colour (`change_text`).

use similar::{ChangeTag, TextDiff};

use crate::model::{Delta, Json, Value, word};

/// What is missing is said, not left blank.
pub(super) fn optional(value: Option<&Value>) -> String {
    value.map_or_else(|| "(none)".to_owned(), ToString::to_string)
}

/// How many lines around a change of a document are told with it.
const AROUND: usize = 3;

/// One entry of a set or map that changes, or one line of a document around what changes in it.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    Added(String),
    Changed(String),
    Removed(String),
    Same(String),
    /// Lines that are the same are left out.
    Gap,
}

/// The entries that differ between two sets or maps; `None` for other values.
pub(super) fn entries(from: Option<&Value>, to: Option<&Value>) -> Option<Vec<Entry>> {
    match (from, to) {
        (_, Some(Value::Map(_))) => Some(map_entries(from, to)),
        (_, Some(Value::Set(_))) => Some(set_entries(from, to)),
        (_, Some(Value::Document(to))) => Some(document_entries(from, to)),
        _ => None,
    }
}

fn set_entries(from: Option<&Value>, to: Option<&Value>) -> Vec<Entry> {
    let Delta { set, unset } = Delta::between(from, to);
    let added = set.into_keys().map(|it| Entry::Added(word(&it)));
    added.chain(unset.into_iter().map(|it| Entry::Removed(word(&it)))).collect()
}

/// A unified diff of the documents, each spelled in the one way that its meaning has.
fn document_entries(from: Option<&Value>, to: &Json) -> Vec<Entry> {
    let from = if let Some(Value::Document(from)) = from { from.pretty() } else { String::new() };
    let to = to.pretty();
    let diff = TextDiff::from_lines(&from, &to);
    let mut entries = vec![];
    for (index, hunk) in diff.grouped_ops(AROUND).iter().enumerate() {
        entries.extend((index > 0).then_some(Entry::Gap));
        for change in hunk.iter().flat_map(|op| diff.iter_changes(op)) {
            let line = change.value().trim_end().to_owned();
            entries.push(match change.tag() {
                ChangeTag::Insert => Entry::Added(line),
                ChangeTag::Delete => Entry::Removed(line),
                ChangeTag::Equal => Entry::Same(line),
            });
        }
    }
    entries
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn document(json: serde_json::Value) -> Value {
        Value::Document(Json::from(json))
    }

    #[test]
    fn a_document_is_told_by_the_lines_that_change_and_what_is_around_them() {
        let from =
            document(json!({ "Version": "2012-10-17", "a": 1, "b": 2, "c": 3, "d": 4, "e": 5, "f": 6, "z": [1, 2] }));
        let to = document(
            json!({ "z": [2, 2.0], "f": 6, "e": 5, "d": 4, "c": 3.0, "b": 2, "a": 1, "Version": "2008-10-17" }),
        );
        let text: Vec<String> = entries(Some(&from), Some(&to))
            .unwrap()
            .iter()
            .map(|entry| match entry {
                Entry::Added(line) => format!("+{line}"),
                Entry::Removed(line) => format!("-{line}"),
                Entry::Same(line) => format!(" {line}"),
                Entry::Gap => "...".to_owned(),
                Entry::Changed(_) => unreachable!("lines come and go"),
            })
            .collect();
        let expected = [
            " {",
            "-  \"Version\": \"2012-10-17\",",
            "+  \"Version\": \"2008-10-17\",",
            "   \"a\": 1,",
            "   \"b\": 2,",
            "   \"c\": 3,",
            "...",
            "   \"e\": 5,",
            "   \"f\": 6,",
            "   \"z\": [",
            "-    1,",
            "+    2,",
            "     2",
            "   ]",
            " }",
        ];
        assert_eq!(text, expected);
    }

    #[test]
    fn a_document_of_the_same_meaning_has_no_line_to_tell() {
        let (one, other) = (document(json!({ "a": 1, "b": [1.0] })), document(json!({ "b": [1], "a": 1.0 })));
        assert_eq!(entries(Some(&one), Some(&other)), Some(vec![]));
    }
}

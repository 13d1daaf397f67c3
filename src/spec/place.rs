//! A walk through the tree that always knows where it is.
//!
//! The central type is [`Place`]: a path, and what stands there if anything does. A place that does not exist has the
//! location of the nearest one above it that does, so that a missing value can be pointed at too.

use super::problem::{Location, Problem};
use super::schema::Step;
use super::tree::{Node, Span, Value};

#[derive(Debug, Clone)]
pub(super) struct Place<'tree> {
    path: String,
    /// The last key of the path, with the indexes that follow it.
    name: String,
    node: Option<&'tree Node>,
    /// Of the key that leads here, or of the nearest thing above.
    key: Location,
}

impl<'tree> Place<'tree> {
    pub(super) fn root(node: &'tree Node) -> Self {
        Self { path: String::new(), name: String::new(), node: Some(node), key: node.span.location }
    }

    /// The value under this key, whether or not there is one.
    pub(super) fn key(&self, key: &str) -> Self {
        let entry = match self.node.map(|node| &node.value) {
            Some(Value::Mapping(mapping)) => mapping.entries.get(key),
            _ => None,
        };
        Self {
            path: joined(&self.path, key),
            name: key.to_owned(),
            node: entry.map(|entry| &entry.node),
            key: entry.map_or(self.location(), |entry| entry.key.location),
        }
    }

    /// The item at this index, whether or not there is one.
    pub(super) fn index(&self, index: usize) -> Self {
        let node = match self.node.map(|node| &node.value) {
            Some(Value::Sequence(items)) => items.get(index),
            _ => None,
        };
        Self {
            path: format!("{}[{index}]", self.path),
            name: format!("{}[{index}]", self.name),
            node,
            key: node.map_or(self.location(), |node| node.span.location),
        }
    }

    /// The value at the end of these steps, whether or not there is one.
    pub(super) fn follow(&self, path: &[Step]) -> Self {
        path.iter().fold(self.clone(), |place, step| match step {
            Step::Key(key) => place.key(key),
            Step::Index(index) => place.index(*index),
        })
    }

    /// Everything directly below.
    pub(super) fn children(&self) -> Vec<Self> {
        match self.node.map(|node| &node.value) {
            Some(Value::Mapping(mapping)) => mapping.entries.keys().map(|key| self.key(key)).collect(),
            Some(Value::Sequence(items)) => (0..items.len()).map(|index| self.index(index)).collect(),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_)) | None => vec![],
        }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn node(&self) -> Option<&'tree Node> {
        self.node
    }

    pub(super) fn is_present(&self) -> bool {
        self.node.is_some()
    }

    /// A problem with the value. An empty value has no extent of its own, so its key stands for it.
    pub(super) fn problem(&self, message: impl Into<String>) -> Problem {
        self.problem_at(self.location(), message)
    }

    /// A problem with the key.
    pub(super) fn key_problem(&self, message: impl Into<String>) -> Problem {
        self.problem_at(self.key, message)
    }

    /// A problem of this mapping as a whole, shown at one of its keys.
    pub(super) fn problem_with_key(&self, key: &Self, message: impl Into<String>) -> Problem {
        self.problem_at(key.key, message)
    }

    /// A problem of this mapping as a whole, shown at one of its values.
    pub(super) fn problem_with_value(&self, value: &Self, message: impl Into<String>) -> Problem {
        self.problem_at(value.location(), message)
    }

    /// A problem of this mapping as a whole, shown at a key of it that has no place of its own.
    pub(super) fn problem_with_span(&self, key: &Span, message: impl Into<String>) -> Problem {
        self.problem_at(key.location, message)
    }

    fn problem_at(&self, location: Location, message: impl Into<String>) -> Problem {
        Problem { message: message.into(), location: Some(location), path: self.path.clone(), hint: None }
    }

    fn location(&self) -> Location {
        match self.node {
            Some(node) if !matches!(node.value, Value::Null) => node.span.location,
            _ => self.key,
        }
    }
}

fn joined(path: &str, key: &str) -> String {
    let simple = !key.is_empty() && key.chars().all(|character| character.is_ascii_alphanumeric() || character == '_');
    match (simple, path.is_empty()) {
        (true, true) => key.to_owned(),
        (true, false) => format!("{path}.{key}"),
        (false, _) => format!("{path}[{key:?}]"),
    }
}

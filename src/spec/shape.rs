//! The tree against the schema: unknown, missing and repeated keys, and values of the wrong type.
//!
//! The central type is [`Shape`]: the problems, and the value mended so far that it can be decoded and the rules of
//! `check` still say what else is wrong. What a rule says about a mended place is not to be trusted: see
//! [`Shape::trusts`]. The validator only finds; what is said is `wording`'s.

use std::collections::BTreeSet;

use jsonschema::error::ValidationErrorKind;
use jsonschema::paths::LocationSegment;
use serde_json::Value as Json;

use super::place::Place;
use super::problem::Problem;
use super::schema::{self, Step};
use super::tree::Value;
use super::wording;

#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) problems: Vec<Problem>,
    /// The whole file, with wrong parts left out or replaced.
    pub(super) value: Json,
    /// Paths of mappings with a key that was added, taken away or replaced, and of items that were replaced.
    mended: BTreeSet<String>,
    /// Paths of the values that were added or replaced.
    invented: BTreeSet<String>,
    /// Paths of keys that stand there under another name: they are not missing too.
    meant: BTreeSet<String>,
}

/// What is wrong at a path. One wrong value can break several keywords of the schema; it is one fault.
/// In this order, unknown keys come first: one may be what another is missed as.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    UnknownKey(String),
    MissingKey(String),
    WrongValue,
}

/// Checks the shape of everything below the root.
pub(super) fn check(root: &Place<'_>, text: &str) -> Shape {
    let mut shape = Shape::default();
    let Some(node) = root.node() else { return shape };
    if !matches!(node.value, Value::Mapping(_)) {
        shape.problems.push(wording::not_a_mapping(node));
        return shape;
    }
    if let Some(problem) = foreign(root) {
        shape.problems.push(problem);
        return shape;
    }
    repeated_keys(root, &mut shape.problems);
    shape.value = node.to_json();
    for (path, fault) in faults(&shape.value) {
        shape.report(root, text, &path, &fault);
    }
    shape.line_breaks(root);
    shape
}

/// Of a file for another program, nothing else is worth saying.
fn foreign(root: &Place<'_>) -> Option<Problem> {
    let version = root.key("apiVersion");
    match version.node().map(|node| &node.value) {
        Some(Value::Text(text)) if !root.key("cluster").is_present() => wording::foreign(&version, text),
        _ => None,
    }
}

fn repeated_keys(place: &Place<'_>, problems: &mut Vec<Problem>) {
    match place.node().map(|node| &node.value) {
        Some(Value::Mapping(mapping)) => {
            for (key, span) in &mapping.repeated {
                let first = mapping.entries.get(key).map_or(0, |entry| entry.key.location.line);
                problems.push(wording::repeated_key(place, key, span, first));
            }
            mapping.entries.keys().for_each(|key| repeated_keys(&place.key(key), problems));
        }
        Some(Value::Sequence(items)) => (0..items.len()).for_each(|index| repeated_keys(&place.index(index), problems)),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_)) | None => {}
    }
}

fn faults(value: &Json) -> BTreeSet<(Vec<Step>, Fault)> {
    let mut faults = BTreeSet::new();
    for error in schema::validator().iter_errors(value) {
        let path: Vec<Step> = error.instance_path().segments().map(step).collect();
        if let ValidationErrorKind::AdditionalProperties { unexpected } = error.kind() {
            faults.extend(unexpected.iter().map(|key| (path.clone(), Fault::UnknownKey(key.clone()))));
        } else if let ValidationErrorKind::Required { property } = error.kind() {
            faults.insert((path, Fault::MissingKey(property.as_str().unwrap_or_default().to_owned())));
        } else {
            faults.insert((path, Fault::WrongValue));
        }
    }
    faults
}

fn step(segment: LocationSegment<'_>) -> Step {
    match segment {
        LocationSegment::Property(key) => Step::Key(key.into_owned()),
        LocationSegment::Index(index) => Step::Index(index),
    }
}

impl Shape {
    /// Whether what a rule says about this path can be believed, or may only be due to how the value, or something in
    /// it, was mended. An item of a list is compared with its siblings, so a mended one among them casts doubt on all.
    pub(super) fn trusts(&self, path: &str) -> bool {
        let mut above = path.match_indices(['.', '[']).map(|(end, _)| &path[..end]);
        let invented = self.invented.contains(path) || above.any(|path| self.invented.contains(path));
        let list = path.strip_suffix(']').and_then(|item| item.rsplit_once('[')).map(|(list, _)| format!("{list}["));
        let doubtful = list.is_some_and(|list| self.mended_below(&list))
            || self.mended_below(&format!("{path}["))
            || self.mended_below(&format!("{path}."));
        !(invented || doubtful || self.mended.contains(path))
    }

    fn mended_below(&self, prefix: &str) -> bool {
        let next = self.mended.range(prefix.to_owned()..).next();
        next.is_some_and(|mended| mended.starts_with(prefix))
    }

    fn report(&mut self, root: &Place<'_>, text: &str, path: &[Step], fault: &Fault) {
        let place = root.follow(path);
        let object = schema::at(path);
        match fault {
            Fault::UnknownKey(key) => {
                self.problems.push(wording::unknown_key(&place, object, key));
                self.meant.extend(wording::meant(&place, object, key).map(|key| place.key(key).path().to_owned()));
                self.remove(&place, path, key);
            }
            Fault::MissingKey(key) => {
                if !self.meant.contains(place.key(key).path()) {
                    self.problems.push(wording::missing_key(&place, object, key));
                }
                self.insert(&place, path, key);
            }
            Fault::WrongValue => {
                let required = self.mend(root, path);
                self.problems.push(wording::wrong_value(&place, object, required, text));
            }
        }
    }

    /// Texts of several lines, unless something is said about them already.
    fn line_breaks(&mut self, place: &Place<'_>) {
        match place.node().map(|node| &node.value) {
            Some(Value::Text(text)) if text.contains('\n') => {
                if self.problems.iter().all(|problem| problem.path != place.path()) {
                    self.problems.push(wording::line_break(place));
                    self.invented.insert(place.path().to_owned());
                }
            }
            Some(Value::Mapping(mapping)) => {
                mapping.entries.keys().for_each(|key| self.line_breaks(&place.key(key)));
            }
            Some(Value::Sequence(items)) => (0..items.len()).for_each(|index| self.line_breaks(&place.index(index))),
            Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Text(_)) | None => {}
        }
    }

    /// Leaves a wrong value out where it may be left out, and replaces it where it may not: whether the latter.
    fn mend(&mut self, root: &Place<'_>, path: &[Step]) -> bool {
        let Some((last, parent)) = path.split_last() else { return true };
        let place = root.follow(parent);
        match last {
            Step::Key(key) if schema::requires(schema::at(parent), key) => self.insert(&place, parent, key),
            Step::Key(key) => {
                self.remove(&place, parent, key);
                return false;
            }
            Step::Index(index) => {
                if let Some(item) = find(&mut self.value, path) {
                    *item = schema::placeholder(schema::at(path));
                }
                self.invented.insert(place.index(*index).path().to_owned());
                self.mended.insert(place.index(*index).path().to_owned());
            }
        }
        true
    }

    fn remove(&mut self, place: &Place<'_>, path: &[Step], key: &str) {
        if let Some(object) = find(&mut self.value, path).and_then(Json::as_object_mut) {
            object.remove(key);
        }
        self.mended.insert(place.path().to_owned());
    }

    fn insert(&mut self, place: &Place<'_>, path: &[Step], key: &str) {
        let placeholder = schema::placeholder(schema::below(schema::at(path), key));
        if let Some(object) = find(&mut self.value, path).and_then(Json::as_object_mut) {
            object.insert(key.to_owned(), placeholder);
        }
        self.invented.insert(place.key(key).path().to_owned());
        self.mended.insert(place.path().to_owned());
    }
}

fn find<'a>(value: &'a mut Json, path: &[Step]) -> Option<&'a mut Json> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

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
use super::tree::{Node, Value, WrongTag};
use super::wording;

#[derive(Debug, Default)]
pub(super) struct Shape {
    pub(super) problems: Vec<Problem>,
    /// The whole file, with wrong parts left out or replaced.
    pub(super) value: Json,
    /// Paths of mappings with a key that was added, taken away or replaced, and of items that were replaced.
    mended: BTreeSet<String>,
    /// Paths of the values that were added or replaced, or are not what was meant.
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

/// Checks the shape of everything below the root, some values of which have a wrong YAML tag.
pub(super) fn check(root: &Place<'_>, wrong_tags: &[WrongTag], text: &str) -> Shape {
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
    shape.keys_and_tags(root, wrong_tags, text);
    // Those of keys belong to no value; of the others this is a repetition, which is dropped.
    shape.problems.extend(wrong_tags.iter().map(|tag| tag.problem.clone()));
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

/// One of them may be the key that is missing, and what should be text is often a template, such as `{{ x }}`.
fn has_unnamed_keys(place: &Place<'_>) -> bool {
    matches!(place.node(), Some(Node { value: Value::Mapping(mapping), .. }) if !mapping.unnamed.is_empty())
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
        let list = path.strip_suffix(']').and_then(|item| item.rsplit_once('[')).map(|(list, _)| format!("{list}["));
        let doubtful = list.is_some_and(|list| self.mended_below(&list))
            || self.mended_below(&format!("{path}["))
            || self.mended_below(&format!("{path}."));
        !(self.is_invented(path) || doubtful || self.mended.contains(path))
    }

    fn is_invented(&self, path: &str) -> bool {
        let mut above = path.match_indices(['.', '[']).map(|(end, _)| &path[..end]);
        self.invented.contains(path) || above.any(|path| self.invented.contains(path))
    }

    fn mended_below(&self, prefix: &str) -> bool {
        let next = self.mended.range(prefix.to_owned()..).next();
        next.is_some_and(|mended| mended.starts_with(prefix))
    }

    fn report(&mut self, root: &Place<'_>, text: &str, path: &[Step], fault: &Fault) {
        let place = root.follow(path);
        let object = schema::at(path);
        let is_known = self.is_invented(place.path());
        let problem = match fault {
            Fault::UnknownKey(key) => {
                self.meant.extend(wording::meant(&place, object, key).map(|key| place.key(key).path().to_owned()));
                self.remove(&place, path, key);
                Some(wording::unknown_key(&place, object, key))
            }
            Fault::MissingKey(key) => {
                self.insert(&place, path, key);
                let is_there = self.meant.contains(place.key(key).path()) || has_unnamed_keys(&place);
                (!is_there).then(|| wording::missing_key(&place, object, key))
            }
            Fault::WrongValue => {
                let required = self.mend(root, path);
                (!has_unnamed_keys(&place)).then(|| wording::wrong_value(&place, object, required, text))
            }
        };
        self.problems.extend(problem.filter(|_| !is_known));
    }

    /// What the tree has kept aside, and values that are not what was meant.
    fn keys_and_tags(&mut self, place: &Place<'_>, wrong_tags: &[WrongTag], text: &str) {
        for tag in wrong_tags.iter().filter(|tag| place.node().is_some_and(|node| node.has(tag))) {
            self.problems.push(Problem { path: place.path().to_owned(), ..tag.problem.clone() });
            self.invented.insert(place.path().to_owned());
        }
        if let Some(Value::Mapping(mapping)) = place.node().map(|node| &node.value) {
            for (key, span) in &mapping.repeated {
                let first = mapping.entries.get(key).map_or(0, |entry| entry.key.location.line);
                self.problems.push(wording::repeated_key(place, key, span, first));
            }
            for span in &mapping.unnamed {
                self.problems.push(wording::unnamed_key(place, span, text));
                self.mended.insert(place.path().to_owned());
            }
        }
        place.children().iter().for_each(|child| self.keys_and_tags(child, wrong_tags, text));
    }

    /// Texts of several lines, unless something is said about them already.
    fn line_breaks(&mut self, place: &Place<'_>) {
        let has_break = matches!(place.node(), Some(Node { value: Value::Text(text), .. }) if text.contains('\n'));
        if has_break && !self.is_invented(place.path()) && self.problems.iter().all(|it| it.path != place.path()) {
            self.problems.push(wording::line_break(place));
            self.invented.insert(place.path().to_owned());
        }
        place.children().iter().for_each(|child| self.line_breaks(child));
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

//! YAML text as a tree in which every key and value knows where it stands.
//!
//! The central type is [`Node`]. Hostile input is stopped here: depth, size and what aliases may multiply are limited.
//! What cannot be understood on its own is kept aside or marked, so that all else can be checked: repeated keys, keys
//! that are no text, and values whose YAML tag says what they are not. No meaning is attached to any key.

use std::borrow::Cow;
use std::collections::{BTreeMap, btree_map};
use std::fmt;
use std::ops::{Range, RangeInclusive};

use serde::de::{self, Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::{DuplicateKeyPolicy, NonFiniteFloatPolicy, Options, Spanned};

use super::broken;
use super::problem::{Location, Problem};

/// Twice as deep as any file that fits the schema. A level takes some 45 KB of stack without optimisation.
const MAX_DEPTH: usize = 24;
/// Twice what a file holds that exhausts every default quota of EKS.
const MAX_NODES: usize = 50_000;
/// With more wrong tags than this, a text is for another program.
const MAX_WRONG_TAGS: usize = 20;

/// Where something stands: for people, and as bytes of the text.
#[derive(Debug, Clone)]
pub(super) struct Span {
    pub(super) location: Location,
    bytes: Range<usize>,
}

/// A whole text.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) root: Node,
    pub(super) wrong_tags: Vec<WrongTag>,
}

/// A YAML tag that does not fit. Its value is not what was meant.
#[derive(Debug)]
pub(super) struct WrongTag {
    pub(super) problem: Problem,
    /// Where its value may begin.
    value: RangeInclusive<usize>,
}

/// A value and its place.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) value: Value,
    pub(super) span: Span,
}

#[derive(Debug)]
pub(super) enum Value {
    Null,
    Bool(bool),
    Number(Number),
    Text(String),
    Sequence(Vec<Node>),
    Mapping(Mapping),
}

#[derive(Debug, Default)]
pub(super) struct Mapping {
    pub(super) entries: BTreeMap<String, Entry>,
    /// Second and later uses of a key.
    pub(super) repeated: Vec<(String, Span)>,
    /// Keys that are no text; what they lead to is left out.
    pub(super) unnamed: Vec<Span>,
}

#[derive(Debug)]
pub(super) struct Entry {
    pub(super) key: Span,
    pub(super) node: Node,
}

/// The tree of the only document in the text. The library stops at a tag that does not fit; so all of it is blanked out but
/// its `!`, which means nothing and keeps what follows in its place, and the text is read again.
pub(super) fn parse(text: &str) -> Result<Tree, Vec<Problem>> {
    let mut text = Cow::Borrowed(text);
    let mut wrong_tags = Vec::new();
    loop {
        let error = match serde_saphyr::from_str_with_options(&text, options()) {
            Ok(root) => return Ok(Tree { root, wrong_tags }),
            Err(error) => error,
        };
        let problem = broken::problem(&error, &text);
        match broken::wrong_tag(&error, &text) {
            Some((tag, value)) if wrong_tags.len() < MAX_WRONG_TAGS => {
                wrong_tags.push(WrongTag { problem, value: tag.start + 1..=value });
                text.to_mut().replace_range(tag.clone(), &format!("!{:1$}", "", tag.len() - 1));
            }
            Some(_) | None => return Err(wrong_tags.into_iter().map(|tag| tag.problem).chain([problem]).collect()),
        }
    }
}

fn options() -> Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! {
            max_depth: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            max_nodes: MAX_NODES,
            max_documents: 2,
        },
        alias_limits: serde_saphyr::alias_limits! {
            max_total_replayed_events: MAX_NODES,
        },
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        non_finite_float_policy: NonFiniteFloatPolicy::PassThrough,
        reject_unsupported_tags: true,
        strict_booleans: true,
        underscored_numbers_as_strings: true,
        with_snippet: false,
    }
}

impl Span {
    /// Whether two braces open here, as in a template.
    pub(super) fn is_template(&self, text: &str) -> bool {
        text.split_at_checked(self.bytes.start)
            .is_some_and(|(before, here)| before.ends_with('{') && here.starts_with('{'))
    }
}

impl Node {
    /// The text of a scalar as it stands in the file: `1.30`, not 1.3.
    pub(super) fn raw<'text>(&self, text: &'text str) -> &'text str {
        text.get(self.span.bytes.clone()).unwrap_or_default()
    }

    /// Whether the tag is this value's.
    pub(super) fn has(&self, tag: &WrongTag) -> bool {
        tag.value.contains(&self.span.bytes.start)
    }

    /// The value as JSON; of a repeated key the first value.
    pub(super) fn to_json(&self) -> serde_json::Value {
        match &self.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Number(number) => serde_json::Value::Number(number.clone()),
            Value::Text(text) => text.as_str().into(),
            Value::Sequence(items) => items.iter().map(Self::to_json).collect(),
            Value::Mapping(mapping) => {
                mapping.entries.iter().map(|(key, entry)| (key.clone(), entry.node.to_json())).collect()
            }
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let spanned = Spanned::<Value>::deserialize(deserializer)?;
        let mut span = span(&spanned.defined);
        if let Value::Mapping(mapping) = &spanned.value {
            span.location = mapping.shown_at(span.location);
        }
        Ok(Self { value: spanned.value, span })
    }
}

impl Mapping {
    /// A mapping in block style begins with its first key: point at all of that key.
    fn shown_at(&self, start: Location) -> Location {
        let keys = self.entries.values().map(|entry| entry.key.location);
        keys.filter(|key| (key.line, key.column) == (start.line, start.column)).max().unwrap_or(start)
    }

    fn insert(&mut self, key: Spanned<Key>, node: Node) {
        let place = span(&key.defined);
        let Key(Some(name)) = key.value else {
            self.unnamed.push(place);
            return;
        };
        match self.entries.entry(name) {
            btree_map::Entry::Vacant(vacant) => {
                vacant.insert(Entry { key: place, node });
            }
            btree_map::Entry::Occupied(first) => self.repeated.push((first.key().clone(), place)),
        }
    }
}

/// A key, if it is text.
struct Key(Option<String>);

impl<'de> Deserialize<'de> for Key {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // All of a key has been read by now, so the only thing to fail is that it be text.
        Ok(Self(String::deserialize(deserializer).ok()))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("text, a number, `true`, `false`, a list or a mapping")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_none<E: de::Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: de::Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Value, E> {
        number(value).map(Value::Number).ok_or_else(|| E::custom("a number that JSON cannot hold"))
    }

    fn visit_str<E: de::Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::Text(value.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = access.next_element()? {
            items.push(item);
        }
        Ok(Value::Sequence(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Value, A::Error> {
        let mut mapping = Mapping::default();
        while let Some((key, node)) = access.next_entry()? {
            mapping.insert(key, node);
        }
        Ok(Value::Mapping(mapping))
    }
}

/// `2.0` is the whole number 2, to JSON Schema and to people; serde would refuse it where it wants an integer. For `.inf`
/// and `.nan` JSON has no number: any fraction does, which is refused wherever they would be.
fn number(value: f64) -> Option<Number> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    const FRACTION: f64 = 0.5;
    let value = if value.is_finite() { value } else { FRACTION };
    if value.fract() == 0.0 && value.abs() < EXACT {
        #[expect(clippy::cast_possible_truncation, reason = "whole and below 2^53")]
        return Some(Number::from(value as i64));
    }
    Number::from_f64(value)
}

fn span(location: &serde_saphyr::Location) -> Span {
    let span = location.span();
    let start = span.byte_offset().map_or(0, size);
    let end = start.saturating_add(span.byte_len().map_or(0, size));
    Span { location: location.into(), bytes: start..end }
}

fn size(value: impl TryInto<usize>) -> usize {
    value.try_into().unwrap_or(usize::MAX)
}

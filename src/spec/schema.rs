//! The JSON Schema of the file: for editors, and for the check of a file's shape.
//!
//! The central item is [`json_schema`], which is for editors: it says all that a schema can. What a file is held
//! against is only its structure, which keys there are and what type each value has; what values make sense is
//! `check`'s, whose messages can explain themselves.

use std::sync::LazyLock;

use jsonschema::Validator;
use schemars::Schema;
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use serde_json::{Value, json};

use super::types::Spec;

/// What remains of the schema for the check of a file's shape. Built once: it is the dearest part of reading a file.
static STRUCTURE: LazyLock<Value> = LazyLock::new(|| {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(forbid_null));
    generate(settings.with_transform(RecursiveTransform(keep_structure)))
});

/// Keywords about values of the right type.
const BEYOND_STRUCTURE: [&str; 4] = ["minimum", "maximum", "minItems", "maxItems"];
/// Under this name the structure keeps a text's pattern, which validators then ignore; see [`accepts`].
const PATTERN: &str = "x-pattern";

/// The JSON Schema of [`Spec`], for editors.
pub fn json_schema() -> Value {
    let settings = SchemaSettings::draft2020_12().with_transform(RecursiveTransform(forbid_null));
    generate(settings.with_transform(RecursiveTransform(forget_width)))
}

/// A validator of the structure.
pub(super) fn validator() -> &'static Validator {
    static VALIDATOR: LazyLock<Validator> =
        LazyLock::new(|| jsonschema::validator_for(&STRUCTURE).expect("a generated schema is a valid one"));
    &VALIDATOR
}

fn generate(settings: SchemaSettings) -> Value {
    settings.into_generator().into_root_schema_for::<Spec>().to_value()
}

/// An optional key is left out, never `null`: an empty value is too easily a forgotten one.
/// Only tags, which are no properties but keys of the user's own, give `null` a meaning.
fn forbid_null(schema: &mut Schema) {
    let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) else { return };
    for property in properties.values_mut().filter_map(Value::as_object_mut) {
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
            if let [only] = types.as_slice() {
                let only = only.clone();
                property.insert("type".to_owned(), only);
            }
        }
        if let Some(Value::Array(choices)) = property.remove("anyOf") {
            let choices = choices.into_iter().filter(|choice| choice["type"] != "null");
            choices.filter_map(into_object).for_each(|choice| property.extend(choice));
        }
    }
}

fn into_object(value: Value) -> Option<serde_json::Map<String, Value>> {
    if let Value::Object(object) = value { Some(object) } else { None }
}

/// How wide a number is in Rust is nobody's business.
fn forget_width(schema: &mut Schema) {
    if schema.get("format").is_some_and(|format| format == "int32") {
        schema.remove("format");
    }
}

/// `format: int32` is only a note to a validator; that a number can be read at all is a rule.
fn keep_structure(schema: &mut Schema) {
    for keyword in BEYOND_STRUCTURE {
        schema.remove(keyword);
    }
    if let Some(pattern) = schema.remove("pattern") {
        schema.insert(PATTERN.to_owned(), pattern);
    }
    if schema.get("format").is_some_and(|format| format == "int32") {
        schema.remove("format");
        schema.insert("minimum".to_owned(), i32::MIN.into());
        schema.insert("maximum".to_owned(), i32::MAX.into());
    }
}

/// A step of a path into a value.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Step {
    Key(String),
    Index(usize),
}

/// What the schema says of the value at a path. `Value::Null` where it says nothing.
pub(super) fn at(path: &[Step]) -> &'static Value {
    path.iter().fold(resolved(&STRUCTURE), |schema, step| match step {
        Step::Index(_) => resolved(&schema["items"]),
        Step::Key(key) => below(schema, key),
    })
}

fn resolved(schema: &'static Value) -> &'static Value {
    let pointer = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    pointer.and_then(|pointer| STRUCTURE.pointer(pointer)).unwrap_or(schema)
}

/// What an object of the schema says of the value of one of its keys.
pub(super) fn below(object: &'static Value, key: &str) -> &'static Value {
    match object["properties"].get(key) {
        Some(property) => resolved(property),
        None => resolved(&object["additionalProperties"]),
    }
}

/// The keys of the user's file at an object of the schema.
pub(super) fn keys(object: &'static Value) -> impl Iterator<Item = &'static str> {
    object["properties"].as_object().into_iter().flat_map(|properties| properties.keys().map(String::as_str))
}

/// Whether an object of the schema must have this key.
pub(super) fn requires(object: &Value, key: &str) -> bool {
    object["required"].as_array().is_some_and(|required| required.iter().any(|name| name == key))
}

/// The values of an enumeration; empty for anything else.
pub(super) fn options(schema: &'static Value) -> Vec<&'static str> {
    let plain = schema["enum"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let described = schema["oneOf"].as_array().into_iter().flatten().filter_map(|choice| choice["const"].as_str());
    plain.chain(described).collect()
}

/// Whether a text could stand where the schema wants one.
pub(super) fn accepts(schema: &'static Value, text: &str) -> bool {
    let options = options(schema);
    let matches = |pattern| jsonschema::is_valid(&json!({ "pattern": pattern }), &text.into());
    (options.is_empty() || options.contains(&text)) && schema.get(PATTERN).is_none_or(matches)
}

/// What the schema tells people.
pub(super) fn description(schema: &'static Value) -> Option<&'static str> {
    schema["description"].as_str()
}

/// The least value that fits: for a required key whose value is missing or wrong, so that the rest can be checked.
pub(super) fn placeholder(schema: &'static Value) -> Value {
    if let Some(first) = options(schema).first() {
        return (*first).into();
    }
    match schema["type"].as_str() {
        Some("object") => {
            let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
            required.map(|key| (key.to_owned(), placeholder(resolved(&schema["properties"][key])))).collect()
        }
        Some("array") => json!([]),
        Some("integer") => json!(0),
        Some("boolean") => json!(false),
        _ => json!(""),
    }
}

//! What is said about a file of the wrong shape.
//!
//! One function per fault, such as [`wrong_value`] and [`unknown_key`]. They look at the value as it stands in the file
//! and at what the schema wants in its place; the validator's own text is for programmers and is never shown.

use serde_json::Value as Json;

use super::known;
use super::place::Place;
use super::problem::Problem;
use super::schema::{self, Step};
use super::suggest::{completions, listed, nearest, quoted, shortened};
use super::tree::{Node, Span, Value};

pub(super) fn not_a_mapping(node: &Node) -> Problem {
    const HINT: &str = "it begins with `apiVersion: trueup/v1`";
    if matches!(node.value, Value::Null) {
        return Problem::of_file("the file is empty").hinted(HINT);
    }
    let problem = Problem::of_file("the file is no mapping of keys to values").hinted(HINT);
    Problem { location: Some(node.span.location), ..problem }
}

/// No value of the file has several lines, so this is one that was written with `|` or `>`.
pub(super) fn line_break(place: &Place<'_>) -> Problem {
    let problem = place.problem(format!("`{}` has a line break in it, or at its end", place.name()));
    problem.hinted("write it on the line of its key, without `|` and `>`")
}

/// A file for another program.
pub(super) fn foreign(place: &Place<'_>, version: &str) -> Option<Problem> {
    let ours = schema::options(schema::at(&[Step::Key("apiVersion".to_owned())]));
    nearest(version, ours).is_none().then(|| {
        let problem =
            place.problem(format!("this is a file for another program: its `apiVersion` is {}", quoted(version)));
        problem.hinted("a file for trueup begins with `apiVersion: trueup/v1`")
    })
}

pub(super) fn repeated_key(place: &Place<'_>, key: &str, span: &Span, first: usize) -> Problem {
    let problem = place.problem_with_span(span, format!("the key {} is used twice", quoted(key)));
    problem.hinted(format!("it is already on line {first}: keep one of them"))
}

pub(super) fn unnamed_key(place: &Place<'_>, span: &Span, text: &str) -> Problem {
    let problem = place.problem_with_span(span, "a key that is not text");
    if span.is_template(text) {
        return problem.hinted(
            "fill in what is between `{{` and `}}` before trueup reads the file; a key is a single word, or quoted",
        );
    }
    problem.hinted("a key is a single word, or quoted")
}

pub(super) fn unknown_key(place: &Place<'_>, object: &'static Json, key: &str) -> Problem {
    if let Some(known) = known::unsupported(place.path(), key) {
        return place.key(key).key_problem(known.message).hinted(known.hint);
    }
    let problem = place.key(key).key_problem(format!("unknown key {}", quoted(key)));
    if let Some(meant) = meant(place, object, key) {
        return problem.hinted(format!("did you mean `{meant}`?"));
    }
    if let Some(section) =
        schema::keys(object).find(|section| schema::keys(schema::below(object, section)).any(|name| name == key))
    {
        return problem.hinted(format!("`{key}` belongs under `{section}`"));
    }
    problem.hinted(format!("the keys here are {}", listed(schema::keys(object))))
}

/// What an unknown key was probably meant to be.
pub(super) fn meant(place: &Place<'_>, object: &'static Json, key: &str) -> Option<&'static str> {
    known::other_name(place.path(), key).or_else(|| nearest(key, schema::keys(object)))
}

pub(super) fn missing_key(place: &Place<'_>, object: &'static Json, key: &str) -> Problem {
    let owner = if place.name().is_empty() { "the file".to_owned() } else { format!("`{}`", place.name()) };
    let problem = place.problem(format!("{owner} lacks the key `{key}`"));
    match schema::description(&object["properties"][key]) {
        Some(description) => problem.hinted(described(key, description)),
        None => problem,
    }
}

/// What is to be written for a key, in a sentence.
fn described(key: &str, description: &str) -> String {
    let sentence = description.split(". ").next().unwrap_or_default();
    format!("`{key}`: {}", sentence.trim_end_matches('.'))
}

/// `wanted` is what the schema says of the value.
pub(super) fn wrong_value(place: &Place<'_>, wanted: &'static Json, required: bool, text: &str) -> Problem {
    let Some(node) = place.node() else { return place.problem("a value that does not fit here") };
    let options = schema::options(wanted);
    let name = place.name();
    if let Value::Text(value) = &node.value
        && !options.is_empty()
    {
        return unknown_option(place, value, &options);
    }
    if is_whole(&node.value) && wanted["type"] == "integer" {
        return place.problem(format!("`{name}` is {}, which is out of range", shortened(node.raw(text))));
    }
    let problem = place.problem(format!("`{name}` is {}, but must be {}", found(node, text), expected(wanted)));
    match remedy(node, wanted, text) {
        Remedy::None if wanted["type"] == "object" => problem.hinted(mapping(wanted)),
        Remedy::None => problem,
        Remedy::Give(_) if required => problem,
        Remedy::Give(advice) | Remedy::Advice(advice) => problem.hinted(advice),
        Remedy::Choose if options.is_empty() => match schema::description(wanted) {
            Some(description) => problem.hinted(described(name, description)),
            None => problem,
        },
        Remedy::Choose => problem.hinted(choice(&options)),
        Remedy::Write(advice, value) if name.ends_with(']') => problem.hinted(format!("{advice} `{value}`")),
        Remedy::Write(advice, value) => problem.hinted(format!("{advice} `{name}: {value}`")),
    }
}

/// A number that is of the right type, and can only be too large or too small.
fn is_whole(value: &Value) -> bool {
    if let Value::Number(number) = value { number.as_f64().is_some_and(|number| number.fract() == 0.0) } else { false }
}

fn unknown_option(place: &Place<'_>, value: &str, options: &[&'static str]) -> Problem {
    if let Some(known) = known::value(place.path(), value) {
        return place.problem(known.message).hinted(known.hint);
    }
    let problem = place.problem(format!("`{}` has the unknown value {}", place.name(), quoted(value)));
    if options.len() == 1 {
        return problem.hinted(choice(options));
    }
    let longer = completions(value, options);
    match (longer.as_slice(), nearest(value, options.iter().copied())) {
        (&[meant], _) | ([], Some(meant)) => problem.hinted(format!("did you mean `{meant}`?")),
        ([], None) => problem.hinted(choice(options)),
        (several, _) => problem.hinted(format!("the values that begin so are {}", listed(several.iter().copied()))),
    }
}

fn choice(options: &[&str]) -> String {
    match options {
        [only] => format!("the only value is `{only}`"),
        _ => format!("the values are {}", listed(options.iter().copied())),
    }
}

fn found(node: &Node, text: &str) -> String {
    match &node.value {
        Value::Null => "empty".to_owned(),
        Value::Bool(value) => format!("`{value}`"),
        Value::Number(_) => format!("the number {}", shortened(node.raw(text))),
        Value::Text(value) => format!("the text {}", quoted(value)),
        Value::Sequence(_) => "a list".to_owned(),
        Value::Mapping(_) => "a mapping".to_owned(),
    }
}

fn expected(wanted: &Json) -> &'static str {
    match wanted["type"].as_str() {
        Some("object") => "a mapping of keys to values",
        Some("array") => "a list",
        Some("integer") => "a whole number",
        Some("boolean") => "`true` or `false`",
        None if wanted["type"].is_array() => "text, or `null` to remove it",
        Some(_) | None => "text",
    }
}

/// How a mapping is written in place of something else.
fn mapping(wanted: &'static Json) -> String {
    match schema::keys(wanted).next() {
        Some(_) => format!("write its keys below it: {}", listed(schema::keys(wanted))),
        None => "write `key: value` for each".to_owned(),
    }
}

enum Remedy {
    None,
    Advice(&'static str),
    /// Advice for a value that may be left out.
    Give(&'static str),
    /// The values, or an example: what stands there would not fit in quotes either.
    Choose,
    /// Advice, and the value to write.
    Write(&'static str, String),
}

fn remedy(node: &Node, schema: &'static Json, text: &str) -> Remedy {
    let wanted = schema["type"].as_str().unwrap_or("string");
    let raw = node.raw(text);
    // What is too long to repeat needs no example of how to write it.
    let is_short = shortened(raw) == raw && !raw.contains('\n');
    match (&node.value, wanted) {
        (Value::Number(_) | Value::Bool(_), "string") if raw.starts_with(['"', '\'']) => {
            Remedy::Advice("leave the YAML tag before it out")
        }
        (Value::Null, "array") => Remedy::Give("write `[]` for none; to leave it unmanaged, leave the key out"),
        (Value::Null, "object") => Remedy::Give("write `{}` for none; to leave it unmanaged, leave the key out"),
        (Value::Null, _) => Remedy::Give("give it a value, or leave the key out"),
        (Value::Number(_) | Value::Bool(_), "string") if !schema::accepts(schema, raw) => Remedy::Choose,
        (Value::Number(_) | Value::Bool(_), "string") if is_short => Remedy::Write("quote it:", format!("\"{raw}\"")),
        (Value::Number(_) | Value::Bool(_) | Value::Text(_), "array") if is_short => {
            Remedy::Write("write a list:", format!("[{raw}]"))
        }
        (Value::Text(value), "integer") if value.parse::<i32>().is_ok() => {
            Remedy::Write("leave out the quotes:", value.clone())
        }
        (Value::Text(value), "boolean") => truth(value),
        (Value::Mapping(_) | Value::Text(_), "array") => Remedy::Advice("begin each item with `- `"),
        _ => Remedy::None,
    }
}

/// What YAML 1.1, and everyone who learnt it, takes for a truth value.
fn truth(value: &str) -> Remedy {
    match value.to_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => Remedy::Write("write", "true".to_owned()),
        "no" | "off" | "n" | "false" => Remedy::Write("write", "false".to_owned()),
        _ => Remedy::None,
    }
}

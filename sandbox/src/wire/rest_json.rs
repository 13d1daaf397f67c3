//! REST-JSON, the protocol of EKS: routes, inputs from path, query and body, and error bodies.
//!
//! The central type is [`RestJson`]. Not here: which operations there are; each service has a table.

use bytes::Bytes;
use http::Request;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Number, Value, json};

use super::decode::insert;
use super::operation::Operation;
use super::protocol::{Answer, Asked, Protocol, Unsigned};
use crate::kernel::refusal::Refusal;

/// The protocol, without state.
pub(crate) struct RestJson;

impl Protocol for RestJson {
    /// The operation that method and path ask for, with its input.
    fn read(&self, operations: &'static [&'static [Operation]], request: &Request<Bytes>) -> (String, Asked) {
        let path = request.uri().path();
        let mut rows = operations.iter().copied().flatten();
        let route = rows.find_map(|row| Some((row, captures(row, request.method().as_str(), path)?)));
        let Some((operation, captured)) = route else {
            let asked = format!("{} {path}", request.method());
            let message = format!("the sandbox does not know the operation {asked}");
            return (asked, Err(Refusal::new(404, "UnknownOperationException", message)));
        };
        let input = input(captured, request).map_err(|refusal| self.in_words_of(operation, refusal));
        (operation.name.to_owned(), input.map(|input| (operation, input)))
    }

    fn reply(&self, _operation: &str, value: &Value, _request_id: &str) -> Answer {
        Answer { content_type: "application/json", error_type: None, body: value.to_string() }
    }

    /// The code travels in a header.
    fn error(&self, refusal: &Refusal, _request_id: &str) -> Answer {
        let mut body = json!({ "message": refusal.message });
        for (member, value) in &refusal.members {
            body[*member] = value.as_str().into();
        }
        let error_type = Some(refusal.code.clone());
        Answer { content_type: "application/json", error_type, body: body.to_string() }
    }

    fn throttled(&self) -> Refusal {
        Refusal::new(429, "ThrottlingException", "Rate exceeded")
    }

    fn broken(&self) -> Refusal {
        Refusal::new(500, "ServerException", "An internal error occurred")
    }

    fn unsigned(&self, why: Unsigned) -> (u16, &'static str) {
        match why {
            Unsigned::Missing => (403, "MissingAuthenticationTokenException"),
            Unsigned::Malformed => (403, "IncompleteSignatureException"),
            Unsigned::OtherRegion => (403, "InvalidSignatureException"),
        }
    }

    fn malformed(&self, _bad_input: &'static str) -> &'static str {
        "SerializationException"
    }
}

/// The named parts of the path, if it has the operation's shape.
fn captures(operation: &Operation, method: &str, path: &str) -> Option<Map<String, Value>> {
    let (expected_method, template) = operation.route.split_once(' ')?;
    let (template, path): (Vec<&str>, Vec<&str>) = (template.split('/').collect(), path.split('/').collect());
    if method != expected_method || template.len() != path.len() {
        return None;
    }
    let mut captured = Map::new();
    for (expected, actual) in template.iter().zip(path) {
        match expected.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')) {
            Some(name) => {
                captured.insert(name.to_owned(), percent_decode_str(actual).decode_utf8().ok()?.into());
            }
            None if *expected == actual => {}
            None => return None,
        }
    }
    Some(captured)
}

/// Path, query and body as one object.
fn input(mut input: Map<String, Value>, request: &Request<Bytes>) -> Result<Value, Refusal> {
    for (key, value) in query(request) {
        insert(&mut input, &key, value)?;
    }
    for (key, value) in body(request.body())? {
        insert(&mut input, &key, value)?;
    }
    Ok(Value::Object(input))
}

/// The query string; a key that is given more than once is a list.
fn query(request: &Request<Bytes>) -> Map<String, Value> {
    let mut query = Map::new();
    for (key, value) in form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()) {
        let value = Value::String(value.into_owned());
        let merged = match query.remove(key.as_ref()) {
            None => value,
            Some(Value::Array(mut values)) => {
                values.push(value);
                values.into()
            }
            Some(first) => json!([first, value]),
        };
        query.insert(key.into_owned(), merged);
    }
    query
}

/// What is null is not there.
fn body(bytes: &Bytes) -> Result<Map<String, Value>, Refusal> {
    if bytes.is_empty() {
        return Ok(Map::new());
    }
    let refusal = |message: String| Refusal::malformed(message);
    let body: Map<String, Value> =
        serde_json::from_slice(bytes).map_err(|_| refusal("The body is not a JSON object".to_owned()))?;
    let body = without_nulls(body);
    match body.values().find_map(too_large) {
        Some(number) => Err(refusal(format!("{number} cannot be converted to Integer"))),
        None => Ok(body),
    }
}

fn without_nulls(fields: Map<String, Value>) -> Map<String, Value> {
    let inner = |value: Value| if let Value::Object(fields) = value { without_nulls(fields).into() } else { value };
    fields.into_iter().filter(|(_, value)| !value.is_null()).map(|(key, value)| (key, inner(value))).collect()
}

/// A number that no integer of these APIs can be: all have 32 bits.
fn too_large(value: &Value) -> Option<&Number> {
    match value {
        Value::Number(number) => Some(number).filter(|it| it.as_i64().is_none_or(|it| i32::try_from(it).is_err())),
        Value::Array(items) => items.iter().find_map(too_large),
        Value::Object(fields) => fields.values().find_map(too_large),
        Value::Null | Value::Bool(_) | Value::String(_) => None,
    }
}

//! Query-XML, the protocol of STS and Auto Scaling: a form in, XML out, with lists as numbered `member`s both ways.
//!
//! The central type is [`Query`]. Not here: which actions there are; each service has a table.

use std::collections::BTreeMap;
use std::io;

use bytes::Bytes;
use http::Request;
use quick_xml::Writer;
use quick_xml::events::BytesText;
use serde_json::{Map, Value};

use super::decode::insert;
use super::operation::Operation;
use super::protocol::{Answer, Asked, Protocol, Unsigned};
use crate::kernel::refusal::Refusal;

/// The protocol, in the version and with the namespace of a service.
pub(crate) struct Query {
    pub(crate) version: &'static str,
    pub(crate) namespace: &'static str,
}

impl Protocol for Query {
    /// The operation that the form's `Action` asks for, with its input.
    fn read(&self, operations: &'static [&'static [Operation]], request: &Request<Bytes>) -> (String, Asked) {
        let form = form(request);
        let field = |name: &str| form.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
        let (action, version) = (field("Action").to_owned(), field("Version").to_owned());
        let mut rows = operations.iter().copied().flatten();
        let operation = rows.find(|row| row.name.split_once(':').is_some_and(|(_, name)| name == action));
        let Some(operation) = operation.filter(|_| version == self.version) else {
            let message = format!("the sandbox does not know the action `{action}` of version `{version}`");
            return (action, Err(Refusal::new(400, "InvalidAction", message)));
        };
        let parameters = form.into_iter().filter(|(key, _)| key != "Action" && key != "Version");
        let input = input(parameters).map_err(|refusal| self.in_words_of(operation, refusal));
        (operation.name.to_owned(), input.map(|input| (operation, input)))
    }

    /// An operation that returns nothing has no result element.
    fn reply(&self, operation: &str, value: &Value, request_id: &str) -> Answer {
        let action = operation.rsplit(':').next().unwrap_or_default();
        let metadata = serde_json::json!({ "RequestId": request_id });
        let body = document(&format!("{action}Response"), self.namespace, |writer| {
            element(writer, &format!("{action}Result"), value)?;
            element(writer, "ResponseMetadata", &metadata)
        });
        Answer { content_type: "text/xml", error_type: None, body }
    }

    fn error(&self, refusal: &Refusal, request_id: &str) -> Answer {
        let kind = if refusal.status < 500 { "Sender" } else { "Receiver" };
        let error = serde_json::json!({ "Type": kind, "Code": refusal.code, "Message": refusal.message });
        let body = document("ErrorResponse", self.namespace, |writer| {
            element(writer, "Error", &error)?;
            element(writer, "RequestId", &Value::from(request_id))
        });
        Answer { content_type: "text/xml", error_type: None, body }
    }

    fn throttled(&self) -> Refusal {
        Refusal::new(400, "Throttling", "Rate exceeded")
    }

    fn broken(&self) -> Refusal {
        Refusal::new(500, "InternalFailure", "An internal error occurred")
    }

    fn unsigned(&self, why: Unsigned) -> (u16, &'static str) {
        match why {
            Unsigned::Missing => (403, "MissingAuthenticationToken"),
            Unsigned::Malformed => (400, "IncompleteSignature"),
            Unsigned::OtherRegion => (403, "SignatureDoesNotMatch"),
        }
    }

    /// All that arrives is text, so there is no other type that a value could have.
    fn malformed(&self, bad_input: &'static str) -> &'static str {
        bad_input
    }
}

/// Whether the request asks for an action at all.
pub(super) fn is_spoken(request: &Request<Bytes>) -> bool {
    form(request).iter().any(|(key, _)| key == "Action")
}

/// The parameters, of a GET in the query string, and there without the signature of a presigned one.
fn form(request: &Request<Bytes>) -> Vec<(String, String)> {
    let query = form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes());
    let parameters = query.filter(|(key, _)| !key.starts_with("X-Amz-")).chain(form_urlencoded::parse(request.body()));
    parameters.map(|(key, value)| (key.into_owned(), value.into_owned())).collect()
}

/// `A.member.1.B=c` as `{"A": [{"B": "c"}]}`.
fn input(parameters: impl Iterator<Item = (String, String)>) -> Result<Value, Refusal> {
    let mut root = Map::new();
    for (key, value) in parameters {
        place(&mut root, &key, value)?;
    }
    Ok(with_lists(Value::Object(root)))
}

fn place(node: &mut Map<String, Value>, key: &str, value: String) -> Result<(), Refusal> {
    let Some((head, rest)) = key.split_once('.') else {
        return insert(node, key, value.into());
    };
    let child = node.entry(head).or_insert_with(|| Value::Object(Map::new()));
    match child {
        Value::Object(child) => place(child, rest, value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            Err(Refusal::new(400, "MalformedQueryString", format!("`{head}` is both a value and a structure")))
        }
    }
}

/// Objects of the one key `member` become lists, in the order of their numbers.
fn with_lists(value: Value) -> Value {
    let Value::Object(fields) = value else { return value };
    let mut fields: BTreeMap<String, Value> = fields.into_iter().map(|(key, value)| (key, with_lists(value))).collect();
    match fields.remove("member") {
        Some(Value::Object(members)) if fields.is_empty() => {
            let numbered =
                members.into_iter().map(|(number, value)| (number.parse::<u32>().unwrap_or(u32::MAX), value));
            Value::Array(numbered.collect::<BTreeMap<u32, Value>>().into_values().collect())
        }
        Some(other) => {
            fields.insert("member".into(), other);
            Value::Object(fields.into_iter().collect())
        }
        None => Value::Object(fields.into_iter().collect()),
    }
}

fn document(root: &str, namespace: &str, content: impl FnOnce(&mut Writer<Vec<u8>>) -> io::Result<()>) -> String {
    let mut writer = Writer::new(Vec::new());
    let written = writer.create_element(root).with_attribute(("xmlns", namespace)).write_inner_content(content);
    // Writing into memory does not fail; if it ever does, the client sees why.
    match written.map(|_| ()).and_then(|()| String::from_utf8(writer.into_inner()).map_err(io::Error::other)) {
        Ok(text) => text,
        Err(error) => format!("the sandbox cannot write this as XML: {error}"),
    }
}

/// Null is no element, a list is one element with a `member` for each item.
fn element(writer: &mut Writer<Vec<u8>>, name: &str, value: &Value) -> io::Result<()> {
    let new = writer.create_element(name);
    match value {
        Value::Null => return Ok(()),
        Value::Object(fields) => {
            new.write_inner_content(|writer| fields.iter().try_for_each(|(key, value)| element(writer, key, value)))?
        }
        Value::Array(items) => {
            new.write_inner_content(|writer| items.iter().try_for_each(|item| element(writer, "member", item)))?
        }
        Value::String(text) => new.write_text_content(BytesText::new(text))?,
        Value::Bool(_) | Value::Number(_) => new.write_text_content(BytesText::new(&value.to_string()))?,
    };
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn members_become_lists_in_numeric_order() {
        let form = (1..=11).map(|n| (format!("Tags.member.{n}.Key"), format!("k{n}")));
        let parsed = input(form.chain([("MaxRecords".to_owned(), "5".to_owned())])).unwrap();
        assert_eq!(parsed["Tags"][10], json!({ "Key": "k11" }));
        assert_eq!(parsed["Tags"][1], json!({ "Key": "k2" }));
        assert_eq!(parsed["MaxRecords"], "5");
    }

    #[test]
    fn replies_are_escaped_and_null_is_left_out() {
        let query = Query { version: "1", namespace: "urn:x" };
        let xml = query.reply("sts:X", &json!({ "A": "<&>", "B": null, "C": [1, true] }), "id").body;
        let expected = concat!(
            r#"<XResponse xmlns="urn:x"><XResult><A>&lt;&amp;&gt;</A><C><member>1</member><member>true</member></C></XResult>"#,
            "<ResponseMetadata><RequestId>id</RequestId></ResponseMetadata></XResponse>"
        );
        assert_eq!(xml, expected);
    }
}

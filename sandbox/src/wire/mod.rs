//! From HTTP to an operation with its input, and back. The central type is [`Operation`]: one row of a service's table.
//!
//! Both protocols meet in JSON: an operation takes one JSON object (path, query and body together) and returns one.
//! Not here: what operations do.

pub(crate) mod query;
pub(crate) mod rest_json;
mod signature;
pub(crate) mod text;

use bytes::Bytes;
use http::{Request, Response, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::refusal::{Refusal, invalid_parameter};
use crate::settings::Settings;
use crate::world::World;
use crate::{autoscaling, eks, sts};
use signature::Signature;

/// What carries an operation out.
pub(crate) type Handler = fn(&mut World, Value) -> Result<Value, Refusal>;

/// One operation of a service.
pub(crate) struct Operation {
    /// `service:Name`. The query protocol routes on the part after the colon.
    pub(crate) name: &'static str,
    /// Method and path template, for REST-JSON.
    pub(crate) route: &'static str,
    /// Whether it may change anything.
    pub(crate) mutating: bool,
    pub(crate) handler: Handler,
}

/// How a service speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    RestJson,
    Query { version: &'static str, namespace: &'static str },
}

struct Service {
    name: &'static str,
    protocol: Protocol,
    operations: &'static [Operation],
}

const SERVICES: &[Service] = &[
    Service { name: "eks", protocol: Protocol::RestJson, operations: eks::OPERATIONS },
    Service { name: "autoscaling", protocol: autoscaling::PROTOCOL, operations: autoscaling::OPERATIONS },
    Service { name: "sts", protocol: sts::PROTOCOL, operations: sts::OPERATIONS },
];

/// The names of all operations there are, as `service:Name`.
pub fn operations() -> impl Iterator<Item = &'static str> {
    SERVICES.iter().flat_map(|service| service.operations).map(|operation| operation.name)
}

/// The operation of this name.
pub(crate) fn operation(name: &str) -> Option<&'static Operation> {
    SERVICES.iter().flat_map(|service| service.operations).find(|operation| operation.name == name)
}

/// A request, understood as far as possible.
pub(crate) struct Incoming {
    pub(crate) protocol: Protocol,
    /// The operation's name, or what was asked for in its place.
    pub(crate) name: String,
    pub(crate) call: Result<(&'static Operation, Value), Refusal>,
}

/// Which operation is asked for, with what input.
pub(crate) fn read(settings: &Settings, request: &Request<Bytes>) -> Incoming {
    let signature = Signature::of(request);
    let host = service_of_host(request);
    let service = host.or_else(|| named(signature.service()?));
    let protocol = service.map_or_else(|| spoken(request), |service| service.protocol);
    let known = signature.check(host.is_some(), protocol).and_then(|()| {
        let unknown = || {
            let asked = signature.service().unwrap_or_default();
            let known: Vec<&str> = SERVICES.iter().map(|service| service.name).collect();
            let message = format!("the sandbox does not know the service {asked}, only {}", known.join(", "));
            Refusal::new(404, "UnknownService", message)
        };
        service.ok_or_else(unknown)
    });
    let service = match known {
        Ok(service) => service,
        Err(refusal) => return Incoming { protocol, name: "unknown".into(), call: Err(refusal) },
    };
    let (name, call) = match protocol {
        Protocol::RestJson => rest_json::read(service.operations, request),
        Protocol::Query { version, .. } => query::read(service.operations, version, request),
    };
    let call = call.and_then(|call| signature.in_region(settings, protocol).map(|()| call));
    let name = if name.contains(':') { name } else { format!("{}:{name}", service.name) };
    let call = call.map_err(|refusal| worded(&name, refusal));
    Incoming { protocol, name, call }
}

/// The host tells the service; where one endpoint serves all, the signature does.
fn service_of_host(request: &Request<Bytes>) -> Option<&'static Service> {
    let host_header = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let host = request.uri().host().or(host_header).unwrap_or_default();
    host.split('.').next().and_then(named)
}

fn named(name: &str) -> Option<&'static Service> {
    SERVICES.iter().find(|service| service.name == name)
}

/// The protocol of a request that is for no service here, so that its client understands the refusal.
fn spoken(request: &Request<Bytes>) -> Protocol {
    if query::is_spoken(request) { Protocol::Query { version: "", namespace: "" } } else { Protocol::RestJson }
}

/// Input that makes no sense is an error under a name that the operation's model knows.
pub(crate) fn worded(operation: &str, refusal: Refusal) -> Refusal {
    let code = match (operation.split(':').next(), refusal.code.as_str()) {
        (Some("eks"), "InvalidParameterException") => eks::wrong_input(operation),
        (Some("autoscaling" | "sts"), "InvalidParameterException" | "SerializationException") => "ValidationError",
        _ => return refusal,
    };
    Refusal { code: code.to_owned(), ..refusal }
}

/// The response to an operation, in its protocol.
pub(crate) fn write(incoming: &Incoming, outcome: &Result<Value, Refusal>, request_id: &str) -> Response<Bytes> {
    let (status, body) = match (incoming.protocol, outcome) {
        (Protocol::RestJson, Ok(value)) => (200, rest_json::reply(value)),
        (Protocol::RestJson, Err(refusal)) => (refusal.status, rest_json::error(refusal)),
        (Protocol::Query { namespace, .. }, Ok(value)) => {
            (200, query::reply(&incoming.name, namespace, value, request_id))
        }
        (Protocol::Query { namespace, .. }, Err(refusal)) => {
            (refusal.status, query::error(refusal, namespace, request_id))
        }
    };
    let content_type = if incoming.protocol == Protocol::RestJson { "application/json" } else { "text/xml" };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, content_type)
        .header("x-amzn-RequestId", request_id);
    if let (Protocol::RestJson, Err(refusal)) = (incoming.protocol, outcome) {
        response = response.header("x-amzn-ErrorType", refusal.code.as_str());
    }
    // Only a status or code that a fault made up can be no HTTP; say so rather than guess.
    response.body(Bytes::from(body)).unwrap_or_else(|error| {
        let mut response = Response::new(Bytes::from(format!("the sandbox cannot answer so: {error}")));
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    })
}

/// The input as the operation's own type; members it does not have are refused. A value of another type was never
/// understood, which is an error before all those of the operation.
pub(crate) fn decode<T: DeserializeOwned>(input: Value) -> Result<T, Refusal> {
    serde_json::from_value(input).map_err(|error| {
        let error = error.to_string();
        if let Some(mismatch) = error.strip_prefix("invalid type: ") {
            return Refusal::new(400, "SerializationException", text::mismatch(mismatch));
        }
        invalid_parameter(match error.strip_prefix("unknown field ") {
            Some(member) => format!("the sandbox does not know the member {member}"),
            None => error.replace("missing field", "missing required member"),
        })
    })
}

/// Puts a value into an input; what is there already is not overwritten but refused.
fn insert(input: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), Refusal> {
    match input.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(invalid_parameter(format!("the sandbox does not know `{key}` in two places at once"))),
    }
}

//! From HTTP to an operation with its input, and back. The central type is [`Operation`]: one row of a service's table.
//!
//! Both protocols meet in JSON: an operation takes one JSON object (path, query and body together) and returns one.
//! Not here: what operations do.

pub(crate) mod query;
pub(crate) mod rest_json;
pub(crate) mod text;

use bytes::Bytes;
use http::{Request, Response, header};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::settings::Settings;
use crate::world::World;
use crate::{autoscaling, eks, sts};

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
    let scope = CredentialScope::of(request);
    let Some(service) = service_of(request, scope.as_ref()) else {
        let refusal = if request.headers().contains_key(header::AUTHORIZATION) {
            Refusal::new(404, "UnknownService", "the sandbox does not know which service this request is for")
        } else {
            Refusal::new(403, "MissingAuthenticationTokenException", "Missing Authentication Token")
        };
        return Incoming { protocol: Protocol::RestJson, name: "unknown".into(), call: Err(refusal) };
    };
    let (name, call) = match service.protocol {
        Protocol::RestJson => rest_json::read(service.operations, request),
        Protocol::Query { version, .. } => query::read(service.operations, version, request),
    };
    let call = call.and_then(|call| in_region(settings, scope.as_ref()).map(|()| call));
    let name = if name.contains(':') { name } else { format!("{}:{name}", service.name) };
    Incoming { protocol: service.protocol, name, call }
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
        let code =
            if error.starts_with("invalid type") { "SerializationException" } else { "InvalidParameterException" };
        let message = if error.starts_with("unknown ") {
            format!("the sandbox does not know this member: {error}")
        } else {
            error.replace("missing field", "missing required member")
        };
        Refusal::new(400, code, message)
    })
}

/// The part of a signature that tells region and service.
struct CredentialScope<'a> {
    region: &'a str,
    service: &'a str,
}

impl<'a> CredentialScope<'a> {
    fn of(request: &'a Request<Bytes>) -> Option<Self> {
        let authorization = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
        let scope = authorization.split_once("Credential=")?.1.split(',').next()?;
        let mut parts = scope.split('/').skip(2);
        Some(Self { region: parts.next()?, service: parts.next()? })
    }
}

/// The host tells the service; where one endpoint serves all, the signature does.
fn service_of(request: &Request<Bytes>, scope: Option<&CredentialScope<'_>>) -> Option<&'static Service> {
    let host_header = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let host = request.uri().host().or(host_header).unwrap_or_default();
    let named = |name: &str| SERVICES.iter().find(|service| service.name == name);
    host.split('.').next().and_then(named).or_else(|| named(scope?.service))
}

fn in_region(settings: &Settings, scope: Option<&CredentialScope<'_>>) -> Result<(), Refusal> {
    match scope {
        Some(scope) if scope.region != settings.region => {
            let message = format!(
                "Credential should be scoped to a valid region: the sandbox is {}, not {}.",
                settings.region, scope.region
            );
            Err(Refusal::new(403, "InvalidSignatureException", message))
        }
        _ => Ok(()),
    }
}

/// Puts a value into an input; what is there already is not overwritten but refused.
fn insert(input: &mut Map<String, Value>, key: &str, value: Value) -> Result<(), Refusal> {
    match input.insert(key.to_owned(), value) {
        None => Ok(()),
        Some(_) => Err(Refusal::new(
            400,
            "InvalidParameterException",
            format!("the sandbox does not know `{key}` in two places at once"),
        )),
    }
}

//! Requests as they come in, and responses as they go out. The central type is [`Incoming`].
//!
//! Not here: what any one protocol looks like.

use std::time::SystemTime;

use bytes::Bytes;
use http::{Request, Response, header};
use serde_json::Value;

use super::protocol::{Asked, Protocol};
use super::query::{self, Query};
use super::rest_json::RestJson;
use super::service::Service;
use super::signature::Signature;
use crate::kernel::clock::http_date;
use crate::kernel::refusal::Refusal;

type Services = &'static [&'static Service];

/// A request, understood as far as possible.
pub(crate) struct Incoming {
    pub(crate) protocol: &'static dyn Protocol,
    /// The operation's name, or what was asked for in its place.
    pub(crate) name: String,
    pub(crate) asked: Asked,
}

/// Which operation of these services is asked for, with what input.
pub(crate) fn read(services: Services, region: &str, request: &Request<Bytes>) -> Incoming {
    let signature = Signature::of(request);
    let host = service_of_host(services, request);
    let service = host.or_else(|| named(services, signature.service()?));
    let protocol = service.map_or_else(|| guess_protocol(request), |service| service.protocol);
    let known = signature
        .check(host.is_some(), protocol)
        .and_then(|()| service.ok_or_else(|| unknown_service(services, signature.service().unwrap_or_default())));
    let service = match known {
        Ok(service) => service,
        Err(refusal) => return Incoming { protocol, name: "unknown".into(), asked: Err(refusal) },
    };
    let (name, asked) = protocol.read(service.operations, request);
    let region = service.global.unwrap_or(region);
    let asked = asked.and_then(|asked| signature.in_region(region, protocol).map(|()| asked));
    let name = if name.contains(':') { name } else { format!("{}:{name}", service.name) };
    Incoming { protocol, name, asked }
}

fn unknown_service(services: Services, asked: &str) -> Refusal {
    let known: Vec<&str> = services.iter().map(|service| service.name).collect();
    let message = format!("the sandbox does not know the service {asked}, only {}", known.join(", "));
    Refusal::new(404, "UnknownService", message)
}

/// The host tells the service; where one endpoint serves all, the signature does.
fn service_of_host(services: Services, request: &Request<Bytes>) -> Option<&'static Service> {
    let host_header = request.headers().get(header::HOST).and_then(|value| value.to_str().ok());
    let host = request.uri().host().or(host_header).unwrap_or_default();
    host.split('.').next().and_then(|name| named(services, name))
}

fn named(services: Services, name: &str) -> Option<&'static Service> {
    services.iter().find(|service| service.name == name).copied()
}

/// The protocol of a request that is for no service here, so that its client understands the refusal.
fn guess_protocol(request: &Request<Bytes>) -> &'static dyn Protocol {
    if query::is_spoken(request) { &Query { version: "", namespace: "" } } else { &RestJson }
}

/// The response to an operation, in its protocol, with the time of the service as AWS always sends it.
pub(crate) fn write(
    incoming: &Incoming,
    outcome: &Result<Value, Refusal>,
    request_id: &str,
    now: SystemTime,
) -> Response<Bytes> {
    let (status, answer) = match outcome {
        Ok(value) => (200, incoming.protocol.reply(&incoming.name, value, request_id)),
        Err(refusal) => (refusal.status, incoming.protocol.error(refusal, request_id)),
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, answer.content_type)
        .header("x-amzn-RequestId", request_id);
    if let Some(code) = answer.error_type {
        response = response.header("x-amzn-ErrorType", code);
    }
    // Only a status or code that a fault made up can be no HTTP; say so rather than guess.
    let response = response.body(Bytes::from(answer.body));
    let response = response.unwrap_or_else(|error| {
        let mut response = Response::new(Bytes::from(format!("the sandbox cannot answer so: {error}")));
        *response.status_mut() = http::StatusCode::INTERNAL_SERVER_ERROR;
        response
    });
    dated(response, now)
}

/// The response with this time as its own.
pub(crate) fn dated<T>(mut response: Response<T>, now: SystemTime) -> Response<T> {
    if let Some(date) = http_date(now) {
        response.headers_mut().insert(header::DATE, date);
    }
    response
}

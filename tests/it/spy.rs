//! What goes over the wire, request by request, as the SDK's clients send it. The central type is [`Spy`].
//!
//! Not here: which of it the sandbox applied; that is `Mount::calls`.

use std::sync::{Arc, Mutex};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::{ConfigBag, Storable, StoreReplace};
use serde_json::Value;
use trueup::aws::Aws;

/// One request and its answer.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    /// The operation, such as `CreateNodegroup`.
    pub(crate) operation: String,
    /// The body of the request, where it is JSON.
    pub(crate) body: Value,
    /// What AWS' support asks for.
    pub(crate) request_id: String,
    pub(crate) status: u16,
}

/// Sees every exchange of the clients that it was put into; clones share what they saw.
#[derive(Debug, Clone, Default)]
pub(crate) struct Spy {
    seen: Arc<Mutex<Vec<Exchange>>>,
}

impl Spy {
    /// Everything so far.
    pub(crate) fn exchanges(&self) -> Vec<Exchange> {
        self.seen.lock().unwrap().clone()
    }

    /// The ids of the requests of an operation that were refused.
    pub(crate) fn refused(&self, operation: &str) -> Vec<String> {
        let refused = |exchange: &Exchange| exchange.operation == operation && exchange.status >= 400;
        self.exchanges().into_iter().filter(refused).map(|exchange| exchange.request_id).collect()
    }

    /// The same clients, with the spy in them.
    pub(crate) fn inside(&self, aws: Aws) -> Aws {
        aws
    }
}

/// The body of a request, until its answer comes.
#[derive(Debug)]
struct Sent(Value);

impl Storable for Sent {
    type Storer = StoreReplace<Self>;
}

impl Intercept for Spy {
    fn name(&self) -> &'static str {
        "spy"
    }

    fn read_before_transmit(
        &self,
        context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let body = serde_json::from_slice(context.request().body().bytes().unwrap_or_default());
        config.interceptor_state().store_put(Sent(body.unwrap_or_default()));
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        self.seen.lock().unwrap().push(Exchange {
            operation: config.load::<Metadata>().map_or_else(String::new, |it| it.name().to_owned()),
            body: config.load::<Sent>().map_or(Value::Null, |sent| sent.0.clone()),
            request_id: response.headers().get("x-amzn-requestid").unwrap_or_default().to_owned(),
            status: response.status().as_u16(),
        });
        Ok(())
    }
}

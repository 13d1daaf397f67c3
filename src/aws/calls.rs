//! Counts every request to AWS and makes the SDK's own retries visible.
//!
//! The central type is [`Calls`], an interceptor in every client. It changes no request: what is sent again, and when,
//! stays the SDK's to decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeTransmitInterceptorContextRef;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;
use tokio::sync::mpsc::UnboundedSender;

/// A request that the SDK sends again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The operation.
    pub operation: String,
    /// Which attempt this is; the first repetition is the second attempt.
    pub attempt: u32,
}

/// Counts requests, repetitions included.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    made: Arc<AtomicUsize>,
    retries: UnboundedSender<Retry>,
}

impl Calls {
    pub(super) fn new(retries: UnboundedSender<Retry>) -> Self {
        Self { made: Arc::default(), retries }
    }

    pub(super) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }
}

impl Intercept for Calls {
    fn name(&self) -> &'static str {
        "calls"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.made.fetch_add(1, Ordering::Relaxed);
        let attempt = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        if attempt > 1 {
            let operation = config.load::<Metadata>().map_or("request", Metadata::name).to_owned();
            // Nobody listens while nothing is reported: that is no failure of the request.
            drop(self.retries.send(Retry { operation, attempt }));
        }
        Ok(())
    }
}

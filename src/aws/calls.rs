//! Counts every request to AWS, makes the SDK's own retries visible, and slows a service's reads when it throttles.
//!
//! The central type is [`Watch`], an interceptor in every client. It changes no request: what is sent again, and when,
//! stays the SDK's to decide.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use aws_smithy_runtime::client::retries::classifiers::run_classifiers_on_ctx;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::{
    BeforeTransmitInterceptorContextRef, FinalizerInterceptorContextRef,
};
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use aws_smithy_runtime_api::client::retries::RequestAttempts;
use aws_smithy_runtime_api::client::retries::classifiers::{RetryAction, RetryReason};
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::DateTime;
use aws_smithy_types::config_bag::ConfigBag;
use aws_smithy_types::date_time::Format;
use aws_smithy_types::retry::ErrorKind;
use tokio::sync::mpsc::UnboundedSender;

use super::permits::Permits;

/// A request that the SDK sends again by itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retry {
    /// The operation.
    pub operation: String,
    /// Which attempt this is; the first repetition is the second attempt.
    pub attempt: u32,
}

/// Counts requests, repetitions included, and knows what time it is at AWS.
#[derive(Debug, Clone)]
pub(super) struct Calls {
    made: Arc<AtomicUsize>,
    /// In seconds since 1970, by the last reply; 0 before the first.
    time: Arc<AtomicI64>,
    retries: UnboundedSender<Retry>,
}

impl Calls {
    pub(super) fn new(retries: UnboundedSender<Retry>) -> Self {
        Self { made: Arc::default(), time: Arc::default(), retries }
    }

    pub(super) fn made(&self) -> usize {
        self.made.load(Ordering::Relaxed)
    }

    /// The time at AWS by its last reply, whatever the clock of this machine says.
    pub(super) fn time(&self) -> Option<i64> {
        Some(self.time.load(Ordering::Relaxed)).filter(|time| *time > 0)
    }

    fn note(&self, date: Option<&str>) {
        let time = date.and_then(|date| DateTime::from_str(date, Format::HttpDate).ok());
        if let Some(time) = time {
            self.time.fetch_max(time.secs(), Ordering::Relaxed);
        }
    }
}

/// Watches the attempts of every request to one service.
#[derive(Debug)]
pub(super) struct Watch {
    calls: Calls,
    reads: Arc<Permits>,
}

impl Watch {
    pub(super) fn new(calls: Calls, reads: Arc<Permits>) -> Self {
        Self { calls, reads }
    }
}

impl Intercept for Watch {
    fn name(&self) -> &'static str {
        "watch"
    }

    fn read_before_transmit(
        &self,
        _context: &BeforeTransmitInterceptorContextRef<'_>,
        _components: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.calls.made.fetch_add(1, Ordering::Relaxed);
        let attempt = config.load::<RequestAttempts>().map_or(1, RequestAttempts::attempts);
        if attempt > 1 {
            let operation = config.load::<Metadata>().map_or("request", Metadata::name).to_owned();
            // Nobody listens while nothing is reported: that is no failure of the request.
            drop(self.calls.retries.send(Retry { operation, attempt }));
        }
        Ok(())
    }

    /// Whether an error is throttling is the SDK's word, by which it waits as well.
    fn read_after_attempt(
        &self,
        context: &FinalizerInterceptorContextRef<'_>,
        components: &RuntimeComponents,
        _config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        self.calls.note(context.response().and_then(|response| response.headers().get("date")));
        match context.output_or_error() {
            Some(Ok(_)) => self.reads.succeeded(),
            Some(Err(_)) => {
                let action = run_classifiers_on_ctx(components.retry_classifiers(), context.inner());
                if is_throttling(&action) {
                    self.reads.throttled();
                }
            }
            None => {}
        }
        Ok(())
    }
}

fn is_throttling(action: &RetryAction) -> bool {
    matches!(action, RetryAction::RetryIndicated(RetryReason::RetryableError { kind: ErrorKind::ThrottlingError, .. }))
}

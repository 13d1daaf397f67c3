//! What every request to one service goes through, whatever the operation.
//!
//! The central type is [`Service`]: a request waits for its permit, and its error becomes a [`Fault`] that names the
//! operation. The macro `operations!` makes the table of a service's operations into the functions that call them;
//! nothing else sends requests. Not here: what a request asks for (`resources/<kind>/aws.rs`).

use std::error::Error;
use std::sync::Arc;

use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use futures_util::future::BoxFuture;
use tokio::sync::Semaphore;

use super::calls::{Calls, Watch};
use super::fault::{Fault, FaultKind};
use super::permits::Permits;

/// How many requests that change something may be in flight (facts/eks-semantics.md §5: the limits are not published).
const CHANGES: usize = 2;

/// A request that is not sent before it is its turn. Boxed: the SDK's futures are large and deep.
type Sent<'a, T, E> = BoxFuture<'a, Result<T, SdkError<E, HttpResponse>>>;

/// What the requests to one service share.
#[derive(Debug)]
pub(super) struct Service {
    name: &'static str,
    reads: Arc<Permits>,
    changes: Semaphore,
}

impl Service {
    /// A service, and how many reads of it may be in flight.
    pub(super) fn new(name: &'static str, reads: usize) -> Self {
        Self { name, reads: Arc::new(Permits::new(reads)), changes: Semaphore::new(CHANGES) }
    }

    /// What watches the attempts of every request.
    pub(super) fn watch(&self, calls: &Calls) -> Watch {
        Watch::new(calls.clone(), Arc::clone(&self.reads))
    }

    /// Sends a request that changes nothing, when it is its turn.
    pub(super) async fn read<T, E>(&self, operation: &'static str, sent: Sent<'_, T, E>) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let _permit = self.reads.acquire().await;
        sent.await.map_err(|error| Fault::of(self.name, operation, &error))
    }

    /// Sends a request that changes something, when it is its turn.
    pub(super) async fn change<T, E>(&self, operation: &'static str, sent: Sent<'_, T, E>) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // Nothing closes the semaphore, so there is always a permit.
        let _permit = self.changes.acquire().await.ok();
        sent.await.map_err(|error| Fault::of(self.name, operation, &error))
    }

    /// What an answer has to hold. That something is not there is for AWS to say, with an error of its own: an answer
    /// without it says nothing.
    pub(super) fn expected<T>(
        &self,
        operation: &'static str,
        member: &'static str,
        value: Option<T>,
    ) -> Result<T, Fault> {
        let without = || Fault::new(FaultKind::Other, self.name, operation, format!("AWS answered without `{member}`"));
        value.ok_or_else(without)
    }
}

/// The SDK's budget for retries is meant for long-running servers: a burst of throttling would use it up and fail
/// requests that their own attempts would have carried through.
pub(super) fn retries() -> RetryPartition {
    RetryPartition::custom("trueup").token_bucket(TokenBucket::builder().capacity(10_000).build()).build()
}

/// Makes a service's table of operations into a client that can call these and no others.
///
/// `read` names the member that the answer has to hold, `list` the one of every page; of the answers to changes, those
/// under `change` hold one, those under `command` say nothing. Every page is a request, and waits for its own turn.
macro_rules! operations {
    (
        $(#[$about:meta])*
        $Service:ident: $service:literal, $sdk:ident, $reads:literal;
        read { $($read:ident: $Read:ident($ReadRequest:ident) -> $found:ident: $Found:ty;)* }
        list { $($list:ident: $List:ident($ListRequest:ident) -> $items:ident: $Item:ty;)* }
        change { $($change:ident: $Change:ident($ChangeRequest:ident) -> $made:ident: $Made:ty;)* }
        command { $($command:ident: $Command:ident($CommandRequest:ident);)* }
    ) => {
        $(#[$about])*
        #[derive(Debug)]
        pub struct $Service {
            client: $sdk::Client,
            service: $crate::aws::service::Service,
        }

        impl $Service {
            pub(super) fn new(config: &aws_config::SdkConfig, calls: &$crate::aws::calls::Calls) -> Self {
                let service = $crate::aws::service::Service::new($service, $reads);
                let config = $sdk::config::Builder::from(config)
                    .retry_partition($crate::aws::service::retries())
                    .interceptor(service.watch(calls))
                    .build();
                Self { client: $sdk::Client::from_conf(config), service }
            }

            $(
                #[doc = concat!("Calls `", stringify!($Read), "`, and returns the answer's `", stringify!($found), "`.")]
                ///
                /// # Errors
                /// When AWS refuses, or answers without it.
                pub async fn $read(
                    &self,
                    fill: impl FnOnce(
                        $sdk::operation::$read::builders::$ReadRequest,
                    ) -> $sdk::operation::$read::builders::$ReadRequest,
                ) -> Result<$Found, $crate::aws::Fault> {
                    const OPERATION: &str = stringify!($Read);
                    let sent = Box::pin(fill(self.client.$read()).send());
                    let answer = self.service.read(OPERATION, sent).await?;
                    self.service.expected(OPERATION, stringify!($found), answer.$found)
                }
            )*
            $(
                #[doc = concat!("Calls `", stringify!($List), "` for every page, and returns all `", stringify!($items), "`.")]
                ///
                /// # Errors
                /// When AWS refuses, or answers without them.
                pub async fn $list(
                    &self,
                    fill: impl FnOnce(
                        $sdk::operation::$list::builders::$ListRequest,
                    ) -> $sdk::operation::$list::builders::$ListRequest,
                ) -> Result<Vec<$Item>, $crate::aws::Fault> {
                    const OPERATION: &str = stringify!($List);
                    let mut pages = fill(self.client.$list()).into_paginator().send();
                    let mut all = vec![];
                    while let Some(page) = self.service.read(OPERATION, Box::pin(pages.try_next())).await? {
                        all.extend(self.service.expected(OPERATION, stringify!($items), page.$items)?);
                    }
                    Ok(all)
                }
            )*
            $(
                #[doc = concat!("Calls `", stringify!($Change), "`, and returns the answer's `", stringify!($made), "`.")]
                ///
                /// # Errors
                /// When AWS refuses, or answers without it.
                pub async fn $change(
                    &self,
                    fill: impl FnOnce(
                        $sdk::operation::$change::builders::$ChangeRequest,
                    ) -> $sdk::operation::$change::builders::$ChangeRequest,
                ) -> Result<$Made, $crate::aws::Fault> {
                    const OPERATION: &str = stringify!($Change);
                    let sent = Box::pin(fill(self.client.$change()).send());
                    let answer = self.service.change(OPERATION, sent).await?;
                    self.service.expected(OPERATION, stringify!($made), answer.$made)
                }
            )*
            $(
                #[doc = concat!("Calls `", stringify!($Command), "`.")]
                ///
                /// # Errors
                /// When AWS refuses.
                pub async fn $command(
                    &self,
                    fill: impl FnOnce(
                        $sdk::operation::$command::builders::$CommandRequest,
                    ) -> $sdk::operation::$command::builders::$CommandRequest,
                ) -> Result<(), $crate::aws::Fault> {
                    let sent = Box::pin(fill(self.client.$command()).send());
                    self.service.change(stringify!($Command), sent).await.map(drop)
                }
            )*
        }
    };
}

pub(super) use operations;

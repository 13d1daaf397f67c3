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

    /// Sends a request that changes nothing, when it is its turn; before that it takes no room.
    pub(super) async fn read<'a, T, E>(
        &self,
        operation: &'static str,
        send: impl FnOnce() -> Sent<'a, T, E>,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let _permit = self.reads.acquire().await;
        send().await.map_err(|error| Fault::of(self.name, operation, &error))
    }

    /// Sends a request that changes something, when it is its turn.
    pub(super) async fn change<'a, T, E>(
        &self,
        operation: &'static str,
        send: impl FnOnce() -> Sent<'a, T, E>,
    ) -> Result<T, Fault>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        // Nothing closes the semaphore, so there is always a permit.
        let _permit = self.changes.acquire().await.ok();
        send().await.map_err(|error| Fault::of(self.name, operation, &error))
    }

    /// What an answer has to hold. That something is not there is for AWS to say, with an error of its own: an answer
    /// without it says nothing.
    pub(super) fn expected<T>(
        &self,
        operation: &'static str,
        member: &'static str,
        request_id: Option<&str>,
        value: Option<T>,
    ) -> Result<T, Fault> {
        value.ok_or_else(|| Fault {
            request_id: request_id.map(str::to_owned),
            ..Fault::new(FaultKind::Other, self.name, operation, format!("AWS answered without `{member}`"))
        })
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
            /// The operations as IAM names them.
            #[cfg(test)]
            pub(crate) fn operations() -> impl Iterator<Item = String> {
                let names = [
                    $(stringify!($Read),)* $(stringify!($List),)* $(stringify!($Change),)* $(stringify!($Command),)*
                ];
                names.into_iter().map(|name| format!("{}:{name}", $service))
            }

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
                    let answer = self.service.read(OPERATION, || Box::pin(fill(self.client.$read()).send())).await?;
                    let request_id = $sdk::operation::RequestId::request_id(&answer).map(str::to_owned);
                    self.service.expected(OPERATION, stringify!($found), request_id.as_deref(), answer.$found)
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
                    while let Some(page) = self.service.read(OPERATION, || Box::pin(pages.try_next())).await? {
                        let request_id = $sdk::operation::RequestId::request_id(&page).map(str::to_owned);
                        all.extend(self.service.expected(OPERATION, stringify!($items), request_id.as_deref(), page.$items)?);
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
                    let answer = self.service.change(OPERATION, || Box::pin(fill(self.client.$change()).send())).await?;
                    let request_id = $sdk::operation::RequestId::request_id(&answer).map(str::to_owned);
                    self.service.expected(OPERATION, stringify!($made), request_id.as_deref(), answer.$made)
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
                    let sent = self.service.change(stringify!($Command), || Box::pin(fill(self.client.$command()).send()));
                    sent.await.map(drop)
                }
            )*
        }
    };
}

pub(super) use operations;

#[cfg(test)]
mod tests {
    use aws_config::{BehaviorVersion, Region, SdkConfig};
    use aws_credential_types::Credentials;
    use aws_credential_types::provider::SharedCredentialsProvider;
    use aws_smithy_runtime_api::client::http::{
        HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
    };
    use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
    use aws_smithy_types::body::SdkBody;

    use super::super::{Eks, absent};
    use super::*;

    const REQUEST_ID: &str = "5d4a5ff9-7a3c-4f0e-8a43-2f3f0f8f8b1a";

    /// Answers every request alike.
    #[derive(Debug, Clone, Copy)]
    struct Answer(u16, &'static str);

    impl HttpConnector for Answer {
        fn call(&self, _request: HttpRequest) -> HttpConnectorFuture {
            let mut answer = HttpResponse::new(self.0.try_into().unwrap(), SdkBody::from(self.1));
            answer.headers_mut().insert("x-amzn-requestid", REQUEST_ID);
            HttpConnectorFuture::ready(Ok(answer))
        }
    }

    fn eks(answer: Answer) -> Eks {
        let config = SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("us-east-1"))
            .http_client(http_client_fn(move |_, _| SharedHttpConnector::new(answer)))
            .credentials_provider(SharedCredentialsProvider::new(Credentials::for_tests()))
            .build();
        Eks::new(&config, &Calls::new(tokio::sync::mpsc::unbounded_channel().0))
    }

    fn assert_says<T: std::fmt::Debug>(answer: Result<T, Fault>, says: &str) {
        let fault = absent(answer).expect_err("an answer without it is no word that it is not there");
        assert_eq!(fault.kind, FaultKind::Other);
        assert_eq!(fault.to_string(), format!("eks:{says} (request id {REQUEST_ID})"));
        assert!(fault.hint().contains("request id"));
    }

    #[tokio::test]
    async fn an_answer_without_what_was_asked_for_does_not_say_that_it_is_absent() {
        for answer in [Answer(200, "{}"), Answer(200, ""), Answer(204, ""), Answer(200, "{\"cluster\":null}")] {
            let eks = eks(answer);
            let described = eks.describe_cluster(|request| request.name("demo")).await;
            assert_says(described, "DescribeCluster failed: AWS answered without `cluster`");
            let listed = eks.list_nodegroups(|request| request.cluster_name("demo")).await;
            assert_says(listed, "ListNodegroups failed: AWS answered without `nodegroups`");
            let created = eks.create_cluster(|request| request.name("demo")).await;
            assert_says(created, "CreateCluster failed: AWS answered without `cluster`");
        }
    }

    #[tokio::test]
    async fn a_refusal_carries_its_code_and_the_id_of_the_request() {
        let refusal = r#"{"__type":"ResourceNotFoundException","message":"No cluster found for name: demo."}"#;
        let fault = eks(Answer(404, refusal)).describe_cluster(|request| request.name("demo")).await.unwrap_err();
        assert_eq!(fault.kind, FaultKind::NotFound);
        assert_eq!(fault.code.as_deref(), Some("ResourceNotFoundException"));
        assert_eq!(fault.request_id.as_deref(), Some(REQUEST_ID));
        let text = format!(
            "eks:DescribeCluster failed: No cluster found for name: demo. (ResourceNotFoundException, request id {REQUEST_ID})"
        );
        assert_eq!(fault.to_string(), text);
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_carries_the_id_of_its_request() {
        let fault = eks(Answer(200, "<html>")).describe_cluster(|request| request.name("demo")).await.unwrap_err();
        assert_eq!((fault.kind, fault.code, fault.request_id.as_deref()), (FaultKind::Other, None, Some(REQUEST_ID)));
    }
}

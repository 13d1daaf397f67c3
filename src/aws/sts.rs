//! AWS STS: who the credentials belong to.
//!
//! The central type is [`Sts`]. It asks one question and assumes no role: that is for the SDK's credentials to do.

use aws_config::SdkConfig;
use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_types::retry::RetryConfig;

use super::Fault;
use super::calls::Calls;
use super::service::{Service, retries};

const OPERATION: &str = "GetCallerIdentity";

/// Whose credentials these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

/// The client of STS.
#[derive(Debug)]
pub(super) struct Sts {
    client: aws_sdk_sts::Client,
    service: Service,
}

impl Sts {
    pub(super) fn new(config: &SdkConfig, calls: &Calls) -> Self {
        let service = Service::new("sts", 4);
        let config = aws_sdk_sts::config::Builder::from(config)
            // Without network or credentials everything fails: say so soon.
            .retry_config(RetryConfig::standard().with_max_attempts(3))
            .retry_partition(retries())
            .interceptor(service.watch(calls));
        Self { client: aws_sdk_sts::Client::from_conf(config.build()), service }
    }

    /// The account that the credentials belong to, and who they are.
    pub(super) async fn identity(&self) -> Result<Identity, Fault> {
        let answer = self.service.read(OPERATION, || Box::pin(self.client.get_caller_identity().send())).await?;
        let request_id = answer.request_id().map(str::to_owned);
        let account = self.service.expected(OPERATION, "Account", request_id.as_deref(), answer.account)?;
        let arn = self.service.expected(OPERATION, "Arn", request_id.as_deref(), answer.arn)?;
        Ok(Identity { account, arn })
    }
}

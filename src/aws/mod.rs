//! The boundary to AWS: the SDK's clients, how they are configured, and what their errors mean.
//!
//! The central type is [`Aws`]. There is no trait of our own in front of the SDK: tests and the sandbox answer the real
//! clients at the HTTP level. Requests of particular kinds live in `resources/<kind>/aws.rs`.

mod calls;
mod clock;
mod fault;

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_runtime::client::retries::{RetryPartition, TokenBucket};
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use sandbox::Mount;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::sync::{OnceCell, Semaphore, SemaphorePermit};

pub use calls::Retry;
pub use clock::WallClock;
pub use fault::{Fault, FaultKind, fault};

use crate::model::Call;

/// How often one request is tried in all.
const ATTEMPTS: u32 = 8;
/// How many mutating requests may be in flight per service (facts/eks-semantics.md §5: the limits are not published).
const MUTATIONS: usize = 2;
/// How many reads of one kind are in flight at a time.
pub const READS: usize = 8;

/// The clients, and what all of their requests share.
#[derive(Debug)]
pub struct Aws {
    /// Kubernetes control planes and nodegroups.
    pub eks: aws_sdk_eks::Client,
    /// Auto Scaling groups.
    pub autoscaling: aws_sdk_autoscaling::Client,
    /// Who we are.
    pub sts: aws_sdk_sts::Client,
    eks_mutations: Semaphore,
    autoscaling_mutations: Semaphore,
    identity: OnceCell<Identity>,
    calls: calls::Calls,
}

/// Where AWS is.
#[derive(Debug, Clone)]
pub enum Endpoint {
    /// AWS itself, or what `AWS_ENDPOINT_URL` names, with the credentials that the AWS CLI would find.
    Standard,
    /// A sandbox.
    Mounted(Mount),
}

/// The clients for a region, and the news of their retries.
pub async fn connect(region: &str, endpoint: Endpoint) -> (Aws, UnboundedReceiver<Retry>) {
    let (sender, retries) = unbounded_channel();
    let calls = calls::Calls::new(sender);
    let region = Region::new(region.to_owned());
    let config = match endpoint {
        Endpoint::Standard => standard(region.clone()).await,
        Endpoint::Mounted(mount) => mounted(mount),
    };
    let config = config
        .into_builder()
        .region(region)
        .time_source(WallClock::start())
        .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS).with_max_backoff(Duration::from_secs(20)))
        .timeout_config(
            TimeoutConfig::builder()
                .connect_timeout(Duration::from_secs(5))
                .operation_attempt_timeout(Duration::from_secs(30))
                .build(),
        )
        .build();
    (Aws::new(&config, calls), retries)
}

/// The standard chain of credentials and endpoints, over HTTPS. Credentials may have to be fetched from STS first, as with a
/// web identity or another role: in the file's region, too, since nothing else need name one.
async fn standard(region: Region) -> SdkConfig {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
    aws_config::defaults(BehaviorVersion::latest()).region(region).http_client(http).load().await
}

/// A sandbox's world, with credentials that mean nothing anywhere else and without a look at the environment.
fn mounted(mount: Mount) -> SdkConfig {
    let credentials = Credentials::new("SANDBOX", "sandbox", None, None, "sandbox");
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .http_client(mount)
        .credentials_provider(SharedCredentialsProvider::new(credentials))
        .sleep_impl(SharedAsyncSleep::new(TokioSleep::new()))
        .build()
}

/// The answer, or `None` where AWS says that there is no such thing.
///
/// # Errors
/// Every other fault.
pub fn absent<T>(answer: Result<T, Fault>) -> Result<Option<T>, Fault> {
    match answer {
        Ok(answer) => Ok(Some(answer)),
        Err(fault) if fault.kind == FaultKind::NotFound => Ok(None),
        Err(fault) => Err(fault),
    }
}

/// A call that a kind planned and cannot carry out: a defect of trueup.
pub fn unknown_call(call: Call) -> Fault {
    Fault {
        kind: FaultKind::Other,
        service: "trueup",
        operation: call.operation,
        message: format!("nothing carries out {call}; please report this"),
    }
}

impl Aws {
    fn new(config: &SdkConfig, calls: calls::Calls) -> Self {
        // The SDK's budget for retries is meant for long-running servers: a burst of throttling would use it up and
        // fail requests that their own attempts would have carried through.
        let partition =
            || RetryPartition::custom("trueup").token_bucket(TokenBucket::builder().capacity(10_000).build()).build();
        let eks = aws_sdk_eks::config::Builder::from(config).retry_partition(partition()).interceptor(calls.clone());
        let autoscaling =
            aws_sdk_autoscaling::config::Builder::from(config).retry_partition(partition()).interceptor(calls.clone());
        let sts = aws_sdk_sts::config::Builder::from(config).retry_partition(partition()).interceptor(calls.clone());
        Self {
            eks: aws_sdk_eks::Client::from_conf(eks.build()),
            autoscaling: aws_sdk_autoscaling::Client::from_conf(autoscaling.build()),
            sts: aws_sdk_sts::Client::from_conf(sts.build()),
            eks_mutations: Semaphore::new(MUTATIONS),
            autoscaling_mutations: Semaphore::new(MUTATIONS),
            identity: OnceCell::new(),
            calls,
        }
    }

    /// Waits for its turn to send a mutating request to EKS.
    pub async fn eks_mutation(&self) -> Option<SemaphorePermit<'_>> {
        // Nothing closes the semaphore, so there is always a permit.
        self.eks_mutations.acquire().await.ok()
    }

    /// Waits for its turn to send a mutating request to Auto Scaling.
    pub async fn autoscaling_mutation(&self) -> Option<SemaphorePermit<'_>> {
        self.autoscaling_mutations.acquire().await.ok()
    }

    /// How many requests have been sent, repetitions included.
    pub fn calls(&self) -> usize {
        self.calls.made()
    }

    /// The account that the credentials belong to, and who they are. Asked once; no credentials change who they are.
    ///
    /// # Errors
    /// When STS cannot be asked, for want of credentials or network.
    pub async fn identity(&self) -> Result<&Identity, Fault> {
        self.identity.get_or_try_init(|| self.ask_identity()).await
    }

    async fn ask_identity(&self) -> Result<Identity, Fault> {
        // Without network or credentials everything fails: say so soon.
        let few = aws_sdk_sts::config::Builder::new().retry_config(RetryConfig::standard().with_max_attempts(3));
        let answer = self.sts.get_caller_identity().customize().config_override(few).send().await;
        let answer = answer.map_err(fault("sts", "GetCallerIdentity"))?;
        Ok(Identity { account: answer.account.unwrap_or_default(), arn: answer.arn.unwrap_or_default() })
    }
}

/// Whose credentials these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The account's number.
    pub account: String,
    /// The caller's ARN.
    pub arn: String,
}

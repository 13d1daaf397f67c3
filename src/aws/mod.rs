//! The boundary to AWS: the SDK's clients, how they are configured, and what their errors mean.
//!
//! The central type is [`Aws`], with a module for each service, whose table lists the operations that may be called.
//! There is no trait of our own in front of the SDK: tests and the sandbox answer the real clients at the HTTP level.
//! Not here: what requests ask for, which each kind says (`resources/<kind>/aws.rs`).

mod autoscaling;
mod calls;
mod clock;
mod eks;
mod fault;
mod permits;
mod service;
mod sts;

use std::time::Duration;

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_smithy_async::rt::sleep::{SharedAsyncSleep, TokioSleep};
use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_http_client::tls::Provider;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_types::DateTime;
use aws_smithy_types::retry::RetryConfig;
use aws_smithy_types::timeout::TimeoutConfig;
use sandbox::Mount;
use tokio::sync::OnceCell;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

pub use autoscaling::AutoScaling;
pub use calls::Retry;
pub use clock::WallClock;
pub use eks::Eks;
pub use fault::{Fault, FaultKind};
pub use sts::Identity;

use crate::model::Call;

/// How long after its creation a resource counts as recent: what comes with a nodegroup is made within the first minutes,
/// and visible a minute later.
const RECENT: Duration = Duration::from_mins(5);
/// How often one request is tried in all.
const ATTEMPTS: u32 = 8;

/// The clients, and what all of their requests share.
#[derive(Debug)]
pub struct Aws {
    /// Control planes, nodegroups and access entries.
    pub eks: Eks,
    /// Auto Scaling groups.
    pub autoscaling: AutoScaling,
    sts: sts::Sts,
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
    let time = match &endpoint {
        Endpoint::Standard => SharedTimeSource::new(WallClock::start()),
        Endpoint::Mounted(mount) => SharedTimeSource::new(clock::SandboxClock(mount.clone())),
    };
    let config = match endpoint {
        Endpoint::Standard => standard(region.clone()).await,
        Endpoint::Mounted(mount) => mounted(mount),
    };
    let config = config
        .into_builder()
        .region(region)
        .time_source(time)
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
    let kind = FaultKind::Declined("this is a defect of trueup; report it with the file and the plan");
    Fault::new(kind, "trueup", call.operation, format!("nothing carries out {call}"))
}

impl Aws {
    fn new(config: &SdkConfig, calls: calls::Calls) -> Self {
        Self {
            eks: Eks::new(config, &calls),
            autoscaling: AutoScaling::new(config, &calls),
            sts: sts::Sts::new(config, &calls),
            identity: OnceCell::new(),
            calls,
        }
    }

    /// Whether something was created so recently that what AWS makes together with it may not be visible yet. Without a word
    /// of AWS on what time it is there, anything may have been.
    pub(crate) fn is_recent(&self, created: Option<&DateTime>) -> bool {
        match (self.calls.time(), created) {
            (Some(now), Some(created)) => now - created.secs() < RECENT.as_secs().cast_signed(),
            _ => true,
        }
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
        self.identity.get_or_try_init(|| self.sts.identity()).await
    }
}

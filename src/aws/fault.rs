//! What went wrong with a call to AWS, classified once.
//!
//! The central type is [`Fault`]. Codes are matched before messages, and messages only by a substring: AWS does not
//! promise their wording (facts/eks-semantics.md §2).

use std::error::Error;

use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use thiserror::Error;

/// A call to AWS that failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("{service}:{operation} failed: {message}{}", reference(.code.as_deref(), .request_id.as_deref()))]
pub struct Fault {
    /// What kind of failure, for whoever has to react.
    pub kind: FaultKind,
    /// The service, such as `eks`.
    pub service: &'static str,
    /// The operation, such as `CreateNodegroup`.
    pub operation: &'static str,
    /// AWS' error code, such as `ResourceInUseException`; `None` if AWS did not refuse.
    pub code: Option<String>,
    /// AWS' id of the request, for a support case; `None` if AWS did not answer.
    pub request_id: Option<String>,
    /// AWS' message, or what went wrong on the way.
    pub message: Box<str>,
}

/// What kind of failure it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FaultKind {
    /// The resource is not there.
    NotFound,
    /// The resource is there already.
    Exists,
    /// Something else is changing it, or something that it needs; the other update's id, if AWS told it.
    Busy(Option<String>),
    /// AWS refused what was asked.
    Invalid,
    /// IAM does not show a role yet, or not as it is now; or there is a mistake in it. A mistake, unless it is new.
    NotPropagated,
    /// The credentials do not allow it.
    Denied,
    /// The credentials are not good, or no longer.
    Expired,
    /// There are no credentials.
    NoCredentials,
    /// The credentials are of `aws login`, which the SDK is built without.
    LoginSession,
    /// AWS kept asking for patience until all retries were used up.
    Throttled,
    /// AWS could not be reached.
    Network,
    /// Anything else, such as an error inside AWS.
    Other,
    /// trueup itself does not send it; what to do instead.
    Declined(&'static str),
}

impl Fault {
    /// A failure that trueup itself found.
    pub fn new(kind: FaultKind, service: &'static str, operation: &'static str, message: impl Into<Box<str>>) -> Self {
        Self { kind, service, operation, code: None, request_id: None, message: message.into() }
    }

    /// What an SDK error of one operation means.
    pub(super) fn of<E>(service: &'static str, operation: &'static str, error: &SdkError<E, HttpResponse>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let request_id = error.request_id().map(str::to_owned);
        if let SdkError::ServiceError(answer) = error {
            let code = answer.err().code().map(str::to_owned);
            let message = answer.err().message().unwrap_or("AWS gave no reason");
            let kind = classify(service, operation, code.as_deref().unwrap_or_default(), message);
            return Self { kind, service, operation, code, request_id, message: message.into() };
        }
        let (kind, message) = match error {
            SdkError::DispatchFailure(_) | SdkError::ConstructionFailure(_) | SdkError::TimeoutError(_) => {
                transport(&chain(error), std::env::var("AWS_PROFILE").ok().as_deref())
            }
            SdkError::ResponseError(_) | SdkError::ServiceError(_) | _ => (FaultKind::Other, chain(error)),
        };
        Self { kind, service, operation, code: None, request_id, message: message.into() }
    }

    /// What a person can do about it.
    pub fn hint(&self) -> &'static str {
        match self.kind {
            FaultKind::NotFound => {
                "create what the message names, or remove it from the file; if it was deleted in the meantime, run again"
            }
            FaultKind::Exists => "run again; the next plan compares the existing resource with the file",
            FaultKind::Busy(_) => "wait until the other operation has finished, then run again",
            FaultKind::Invalid => {
                "correct what the message names in the file; running again without a change will not help"
            }
            FaultKind::NotPropagated => {
                "check that what the message names exists and trusts the service; if it was created or changed a moment ago, run again in a minute"
            }
            FaultKind::Denied => "allow the action for this role; docs/permissions.md lists what each command needs",
            FaultKind::Expired => "get fresh credentials and run again; nothing that was done is lost",
            FaultKind::NoCredentials => {
                "provide credentials as for the AWS CLI (environment, profile, web identity or instance role; `aws sso login` renews those of SSO); to try trueup without an account, add --sandbox"
            }
            FaultKind::LoginSession => {
                "let the AWS CLI hand them over, and run again: eval \"$(aws configure export-credentials --format env)\""
            }
            FaultKind::Throttled => {
                "wait a minute and run again; whatever else calls AWS in this account and region shares its limits"
            }
            FaultKind::Network => {
                "check the network, the region in metadata.region, proxies and AWS_ENDPOINT_URL, and run again"
            }
            FaultKind::Other if self.request_id.is_some() => {
                "run again; if it fails again, open an AWS support case with the request id"
            }
            FaultKind::Other => "run again; if it fails again, check the AWS Health Dashboard",
            FaultKind::Declined(instead) => instead,
        }
    }
}

/// What AWS support asks for, in brackets.
fn reference(code: Option<&str>, request_id: Option<&str>) -> String {
    let id = request_id.map(|id| format!("request id {id}"));
    let known: Vec<&str> = code.into_iter().chain(id.as_deref()).collect();
    if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) }
}

/// What EKS says of something that is there already; an access entry has words of its own.
const EXISTS: [&str; 2] = ["already exists", "already in use on this cluster"];

/// What IAM's delay looks like: of an operation of EKS, the words that its message has. A mistake in the file has the same,
/// so only whoever knows that the role is new may wait for it (facts/eks-semantics.md §2.2).
const NOT_PROPAGATED: [(&str, &[&str]); 8] = [
    ("CreateCluster", &["role", "does not exist"]),
    ("CreateCluster", &["Error in role params"]),
    ("CreateCluster", &["Role could not be assumed because the trusted entity is not correct"]),
    ("CreateCluster", &["role doesn't have the Amazon EKS Managed Policies associated with it"]),
    ("CreateCluster", &["IAM role's policy must include"]),
    ("CreateNodegroup", &["required service principals", "were not found in the trust relationships"]),
    ("CreateNodegroup", &["unable to assume the service-linked role"]),
    ("CreateAccessEntry", &["principalArn is invalid", "invalid principal"]),
];

/// The kind of an error by service, operation and code, and where those say too little, by what its message contains.
fn classify(service: &str, operation: &str, code: &str, message: &str) -> FaultKind {
    match (service, code) {
        ("eks", "InvalidParameterException" | "InvalidRequestException") if not_propagated(operation, message) => {
            FaultKind::NotPropagated
        }
        ("eks", "ResourceNotFoundException" | "NotFoundException") => FaultKind::NotFound,
        ("eks", "ResourceInUseException") if EXISTS.iter().any(|words| message.contains(words)) => FaultKind::Exists,
        ("eks", "ResourceInUseException") => FaultKind::Busy(update_id(message)),
        ("eks", "InvalidRequestException") if message.contains("is not in ACTIVE status") => FaultKind::Busy(None),
        ("eks", "ClientException") if message.contains("No cluster found") => FaultKind::NotFound,
        // A cluster that reads only its config map has no access entries (facts/eks-semantics.md §7).
        ("eks", "InvalidRequestException") if message.contains("authentication mode must be set") => {
            FaultKind::NotFound
        }
        (
            "eks",
            "BadRequestException" | "InvalidParameterException" | "InvalidRequestException" | "InvalidStateException",
        ) => FaultKind::Invalid,
        ("autoscaling", "ValidationError") if message.contains("not found") => FaultKind::NotFound,
        ("autoscaling", "ResourceContention" | "ResourceInUse") => FaultKind::Busy(None),
        (_, code) => of_any_service(code),
    }
}

fn not_propagated(operation: &str, message: &str) -> bool {
    NOT_PROPAGATED.iter().any(|(of, words)| *of == operation && words.iter().all(|word| message.contains(word)))
}

/// What every service answers alike.
fn of_any_service(code: &str) -> FaultKind {
    match code {
        "ValidationError" => FaultKind::Invalid,
        "AccessDeniedException" | "AccessDenied" | "UnauthorizedOperation" => FaultKind::Denied,
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "UnrecognizedClientException"
        | "InvalidClientTokenId"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch" => FaultKind::Expired,
        "Throttling" | "ThrottlingException" | "TooManyRequestsException" | "RequestLimitExceeded" => {
            FaultKind::Throttled
        }
        _ => FaultKind::Other,
    }
}

/// The id in "… currently has update ID in progress".
fn update_id(message: &str) -> Option<String> {
    let mut words = message.split_whitespace().skip_while(|word| *word != "update");
    words.find(|word| word.len() == 36 && word.matches('-').count() == 4).map(str::to_owned)
}

/// What kept a request from being sent, or its answer from coming; `profile` is what was asked for by name.
fn transport(text: &str, profile: Option<&str>) -> (FaultKind, String) {
    let text = text.strip_prefix("dispatch failure: ").unwrap_or(text);
    let text = text.strip_prefix("other: ").unwrap_or(text);
    if text.contains("credentials-login") {
        let message = "the credentials are of `aws login`, which trueup does not read";
        return (FaultKind::LoginSession, message.to_owned());
    }
    if let Some(message) = no_endpoint(text) {
        return (FaultKind::Network, message);
    }
    let credentials = ["credentials", "Credentials"].iter().any(|word| text.contains(word));
    if credentials {
        (FaultKind::NoCredentials, no_credentials(text, profile))
    } else {
        (FaultKind::Network, text.to_owned())
    }
}

/// The SDK's words without the whole request in their middle.
fn no_endpoint(text: &str) -> Option<String> {
    let (endpoint, rest) = text.strip_prefix("failed to apply endpoint `")?.split_once("` to request `")?;
    let (_request, why) = rest.rsplit_once("`: ")?;
    Some(format!("the endpoint `{endpoint}` cannot be used: {why}"))
}

/// Where the SDK looked for credentials and why it found none there, a clause each; or its own words.
fn no_credentials(text: &str, profile: Option<&str>) -> String {
    if let Some((_, tried)) = text.split_once("Attempted:") {
        let places = tried.lines().map(|line| line.trim().replace("the credential provider was not enabled", "none"));
        let places: Vec<String> =
            places.filter(|place| !place.is_empty()).map(|place| place.replace("none: ", "")).collect();
        return format!("there are no credentials ({})", places.join("; "));
    }
    if text.contains("IMDS") {
        // It is asked last, and only its own words are left of the search.
        let profile =
            profile.map_or("the default profile".to_owned(), |name| format!("profile `{name}` (AWS_PROFILE)"));
        let why = text.rsplit(": ").next().unwrap_or_default().trim_end_matches('.');
        return format!(
            "there are no credentials in the environment, in {profile} or of a web identity, and the metadata service of this machine gives none: {why}"
        );
    }
    text.to_owned()
}

/// The error with its causes, without the debug dump that the SDK appends.
fn chain<E: Error + 'static>(error: &SdkError<E, HttpResponse>) -> String {
    let mut texts = vec![error.to_string()];
    let mut cause = error.source();
    while let Some(inner) = cause {
        let text = inner.to_string();
        if !texts.contains(&text) {
            texts.push(text);
        }
        cause = inner.source();
    }
    texts.join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_of_the_update_in_progress_is_found() {
        let message = "Cannot LoggingUpdate because cluster demo currently has update 8d9c1c4e-3b7a-4c2e-9d43-1f6f0c1b2a3d in progress";
        let id = Some("8d9c1c4e-3b7a-4c2e-9d43-1f6f0c1b2a3d".to_owned());
        assert_eq!(classify("eks", "UpdateClusterConfig", "ResourceInUseException", message), FaultKind::Busy(id));
    }

    #[test]
    fn where_credentials_were_looked_for_is_said_shortly() {
        let text = "dispatch failure: other: no credentials found in chain. Attempted:\n\
                    \u{20} Environment: the credential provider was not enabled: environment variable not set\n\
                    \u{20} Profile: the credential provider was not enabled";
        let short = "there are no credentials (Environment: environment variable not set; Profile: none)";
        assert_eq!(transport(text, None), (FaultKind::NoCredentials, short.to_owned()));
        let text = "the credentials expired";
        assert_eq!(transport(text, None), (FaultKind::NoCredentials, text.to_owned()));
    }

    #[test]
    fn a_profile_without_credentials_is_named() {
        let text = "dispatch failure: other: an error occurred while loading credentials: failed to load IMDS session token: \
                    service error: request forbidden: IMDS is disabled or the caller has insufficient permissions.";
        let message = |profile| transport(text, profile).1;
        let end = "or of a web identity, and the metadata service of this machine gives none: \
                   IMDS is disabled or the caller has insufficient permissions";
        let begin = "there are no credentials in the environment, in";
        assert_eq!(message(Some("missing")), format!("{begin} profile `missing` (AWS_PROFILE) {end}"));
        assert_eq!(message(None), format!("{begin} the default profile {end}"));
    }

    #[test]
    fn an_endpoint_that_is_none_is_said_without_the_request() {
        let text = "dispatch failure: other: failed to apply endpoint `notaurl` to request `Request { body: SdkBody { \
                    inner: Once(Some(b\"Action\")) }, headers: {\"a\": \"b\"} }`: endpoint must contain scheme";
        let message = "the endpoint `notaurl` cannot be used: endpoint must contain scheme";
        assert_eq!(transport(text, None), (FaultKind::Network, message.to_owned()));
    }

    #[test]
    fn what_support_asks_for_is_told_once() {
        let refused = Fault {
            code: Some("ServerException".to_owned()),
            request_id: Some("1f".to_owned()),
            ..Fault::new(FaultKind::Other, "eks", "CreateCluster", "try later")
        };
        assert_eq!(refused.to_string(), "eks:CreateCluster failed: try later (ServerException, request id 1f)");
        let unanswered = Fault { request_id: None, ..refused };
        assert_eq!(unanswered.to_string(), "eks:CreateCluster failed: try later (ServerException)");
        assert_eq!(Fault { code: None, ..unanswered }.to_string(), "eks:CreateCluster failed: try later");
    }

    /// Each of these is declared by an operation that trueup calls.
    #[test]
    fn a_code_of_its_own_service_is_known() {
        assert_eq!(
            classify("autoscaling", "SuspendProcesses", "ResourceInUse", "The group is in use."),
            FaultKind::Busy(None)
        );
        assert_eq!(classify("eks", "TagResource", "BadRequestException", "The tags are wrong."), FaultKind::Invalid);
        assert_eq!(
            classify("sts", "GetCallerIdentity", "SignatureDoesNotMatch", "Check your key."),
            FaultKind::Expired
        );
    }

    #[test]
    fn in_use_means_two_things() {
        assert_eq!(
            classify("eks", "UpdateClusterConfig", "ResourceInUseException", "Cluster already exists with name: demo"),
            FaultKind::Exists
        );
        let message = "The specified access entry resource is already in use on this cluster.";
        assert_eq!(classify("eks", "UpdateClusterConfig", "ResourceInUseException", message), FaultKind::Exists);
        let message = "Nodegroup cannot be updated as it is currently not in Active State";
        assert_eq!(classify("eks", "UpdateClusterConfig", "ResourceInUseException", message), FaultKind::Busy(None));
    }

    /// The whole messages are what others have met (facts/eks-semantics.md §2.2).
    #[test]
    fn what_iam_does_not_show_yet_is_known_by_operation() {
        let kind = |operation, message| classify("eks", operation, "InvalidParameterException", message);
        for (operation, message) in [
            ("CreateCluster", "The role with name gitlab-runners-cluster does not exist."),
            ("CreateCluster", "Error in role params"),
            ("CreateCluster", "Role could not be assumed because the trusted entity is not correct"),
            ("CreateCluster", "The provided role doesn't have the Amazon EKS Managed Policies associated with it."),
            ("CreateCluster", "IAM role's policy must include the `ec2:DescribeSubnets` action"),
            (
                "CreateNodegroup",
                "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of nodeRole arn:aws:iam::111122223333:role/node",
            ),
            ("CreateNodegroup", "Amazon EKS Nodegroups was unable to assume the service-linked role in your account."),
            ("CreateAccessEntry", "The specified principalArn is invalid: invalid principal"),
        ] {
            assert_eq!(kind(operation, message), FaultKind::NotPropagated, "{operation}: {message}");
            assert_eq!(kind("UpdateClusterConfig", message), FaultKind::Invalid, "of another operation: {message}");
        }
        assert_eq!(kind("CreateCluster", "The subnet ID 'subnet-0a11' does not exist"), FaultKind::Invalid);
    }

    #[test]
    fn a_code_means_what_its_service_means_by_it() {
        let message = "AutoScalingGroup name not found - no such group: eks-jobs";
        assert_eq!(classify("autoscaling", "SuspendProcesses", "ValidationError", message), FaultKind::NotFound);
        assert_eq!(classify("sts", "GetCallerIdentity", "ValidationError", message), FaultKind::Invalid);
        assert_eq!(classify("autoscaling", "SuspendProcesses", "ResourceInUseException", message), FaultKind::Other);
    }

    #[test]
    fn what_may_wait_for_iam_is_an_operation_of_ours() {
        let callable: Vec<String> = super::super::Eks::operations().collect();
        for (operation, _) in NOT_PROPAGATED {
            assert!(callable.contains(&format!("eks:{operation}")), "{operation}");
        }
    }
}

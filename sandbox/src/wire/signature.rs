//! What a signature says about a request: for which region and service it is. The central type is [`Signature`].
//!
//! Not here: whether a signature is right. Any is.

use bytes::Bytes;
use http::{Request, header};

use super::protocol::{Protocol, Unsigned};
use crate::kernel::refusal::Refusal;

/// A signature, in a header or, of a presigned request, in the query string.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Signature {
    None,
    Malformed,
    Of { region: String, service: String },
}

impl Signature {
    pub(super) fn of(request: &Request<Bytes>) -> Self {
        let header = request.headers().get(header::AUTHORIZATION);
        let signed = header.map(|value| {
            let credential = value.to_str().ok().and_then(|value| value.split_once("Credential="));
            credential.and_then(|(_, rest)| rest.split(',').next()).unwrap_or_default().to_owned()
        });
        let presigned = || {
            let query = request.uri().query().unwrap_or_default();
            let mut query = form_urlencoded::parse(query.as_bytes());
            query.find(|(key, _)| key == "X-Amz-Credential").map(|(_, credential)| credential.into_owned())
        };
        match signed.or_else(presigned) {
            None => Self::None,
            Some(credential) => match credential.split('/').collect::<Vec<_>>()[..] {
                [_, _, region, service, "aws4_request"] => {
                    Self::Of { region: region.to_owned(), service: service.to_owned() }
                }
                _ => Self::Malformed,
            },
        }
    }

    /// The service that the request was signed for.
    pub(super) fn service(&self) -> Option<&str> {
        match self {
            Self::Of { service, .. } => Some(service),
            Self::None | Self::Malformed => None,
        }
    }

    /// Refuses what AWS refuses before it looks for a service. One that the host names needs no signature here.
    pub(super) fn check(&self, named_by_host: bool, protocol: &dyn Protocol) -> Result<(), Refusal> {
        match self {
            Self::None if !named_by_host => {
                Err(refusal(protocol, Unsigned::Missing, "Missing Authentication Token".to_owned()))
            }
            Self::Malformed => {
                let message = "Authorization must have a Credential of the form KEY/DATE/REGION/SERVICE/aws4_request";
                Err(refusal(protocol, Unsigned::Malformed, message.to_owned()))
            }
            Self::None | Self::Of { .. } => Ok(()),
        }
    }

    /// Refuses another region than the one there is.
    pub(super) fn in_region(&self, here: &str, protocol: &dyn Protocol) -> Result<(), Refusal> {
        match self {
            Self::Of { region, .. } if region != here => {
                let message =
                    format!("Credential should be scoped to a valid region: the sandbox is {here}, not {region}.");
                Err(refusal(protocol, Unsigned::OtherRegion, message))
            }
            Self::None | Self::Malformed | Self::Of { .. } => Ok(()),
        }
    }
}

fn refusal(protocol: &dyn Protocol, why: Unsigned, message: String) -> Refusal {
    let (status, code) = protocol.unsigned(why);
    Refusal::new(status, code, message)
}

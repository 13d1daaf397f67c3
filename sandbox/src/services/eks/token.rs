//! The client token of EKS (facts §0.11). The one item is [`CLIENT_REQUEST_TOKEN`].
//!
//! Not here: what a token does to a request.

use crate::wire::operation::Token;

/// Where it is, and how long EKS wants it.
pub(super) const CLIENT_REQUEST_TOKEN: Token = Token { member: "clientRequestToken", min: 33, max: 126 };

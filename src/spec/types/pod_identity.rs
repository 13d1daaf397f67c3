//! `podIdentityAssociations`: AWS roles for pods, in the words of `CreatePodIdentityAssociation`.
//!
//! The central type is [`PodIdentityAssociation`].

use schemars::JsonSchema;
use serde::Deserialize;

use super::Tags;

/// Which role the pods of a service account have in AWS.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PodIdentityAssociation {
    /// The service account's namespace. Cannot change.
    #[schemars(regex(pattern = "^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$"))]
    pub namespace: String,
    /// The service account's name. Cannot change.
    #[schemars(regex(pattern = r"^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$"))]
    pub service_account: String,
    /// ARN of the role, which trusts `pods.eks.amazonaws.com`.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"))]
    pub role_arn: String,
    /// ARN of a role, also of another account, that the pods get by way of the first one.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"))]
    pub target_role_arn: Option<String>,
    /// Whether sessions carry no tags about the pod.
    pub disable_session_tags: Option<bool>,
    /// Tags of the association. Listed keys are ensured, others stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

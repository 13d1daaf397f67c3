//! `accessEntries`: who may reach the Kubernetes API, in the words of `CreateAccessEntry`.
//!
//! The central type is [`AccessEntry`].

use schemars::JsonSchema;
use serde::Deserialize;
use strum::Display;

use super::Tags;

/// Who may reach the Kubernetes API, and as what.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessEntry {
    /// ARN of the IAM role or user, with its path. Cannot change.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[!-~]+$"))]
    pub principal_arn: String,
    /// What the principal is; `STANDARD` if absent. Cannot change.
    #[serde(rename = "type")]
    pub entry_type: Option<AccessEntryType>,
    /// Kubernetes groups, for role bindings in the cluster. Present means exact.
    #[schemars(inner(regex(pattern = "^(?!system:|eks:|aws:|amazon:|iam:).+$")))]
    pub kubernetes_groups: Option<Vec<String>>,
    /// The Kubernetes user name. Absent: as EKS makes it from the principal.
    #[schemars(regex(pattern = "^(?!system:|eks:|aws:|amazon:|iam:).+$"))]
    pub username: Option<String>,
    /// Permissions that EKS knows by name. Present means exact.
    pub access_policies: Option<Vec<AccessPolicy>>,
    /// Tags of the entry itself. Listed keys are ensured, others stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

/// What the principal of an access entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "SCREAMING_SNAKE_CASE")]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum AccessEntryType {
    /// A person or a pipeline.
    Standard,
    /// Linux nodes that EKS does not manage.
    Ec2Linux,
    /// Windows nodes that EKS does not manage.
    Ec2Windows,
    /// Fargate pods.
    FargateLinux,
    /// Nodes outside of AWS.
    HybridLinux,
    /// `SageMaker HyperPod` nodes.
    HyperpodLinux,
    /// Nodes of EKS Auto Mode.
    Ec2,
}

/// A policy of an access entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessPolicy {
    /// The policy's short name, such as `AmazonEKSEditPolicy`, or its ARN.
    pub policy_arn: String,
    /// Where it holds; in the whole cluster if absent.
    pub access_scope: Option<AccessScope>,
}

/// Where a policy holds.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessScope {
    /// `cluster`, or `namespace` together with `namespaces`.
    #[serde(rename = "type")]
    pub scope_type: AccessScopeType,
    /// The namespaces; `*` at the end of one stands for anything.
    #[schemars(inner(regex(pattern = r"^[a-z0-9-]{0,63}\*?$")))]
    pub namespaces: Option<Vec<String>>,
}

/// Where a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema, Display)]
#[strum(serialize_all = "camelCase")]
#[serde(rename_all = "camelCase")]
pub enum AccessScopeType {
    /// Everywhere.
    Cluster,
    /// In the listed namespaces.
    Namespace,
}

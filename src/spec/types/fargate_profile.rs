//! `fargateProfiles`: pods without nodes, in the words of `CreateFargateProfile`.
//!
//! The central type is [`FargateProfile`].

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

use super::Tags;

/// Which pods run on Fargate, and how. Everything but tags is fixed: another profile needs another name.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FargateProfile {
    /// The profile's name: a letter or digit, then letters, digits, `-` and `_`; at most 100 characters. Cannot change.
    #[schemars(regex(pattern = r"^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$"))]
    pub fargate_profile_name: String,
    /// ARN of the role that Fargate pulls images and writes logs with. Cannot change.
    #[schemars(regex(pattern = r"^arn:aws[a-z-]*:iam::[0-9]{12}:role/[!-~]+$"))]
    pub pod_execution_role_arn: String,
    /// Ids of private subnets for the pods. Cannot change.
    #[schemars(inner(regex(pattern = "^subnet-[0-9a-f]{8}([0-9a-f]{9})?$")))]
    pub subnets: Vec<String>,
    /// Which pods run there: those that one of these matches. Cannot change.
    #[schemars(length(min = 1, max = 5))]
    pub selectors: Vec<FargateSelector>,
    /// Tags of the profile. Listed keys are ensured, others stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

/// Pods of a namespace, and of these only those with all the labels.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FargateSelector {
    /// The namespace; `*` stands for anything, `?` for one character.
    pub namespace: String,
    /// Labels that a pod has to have; `*` and `?` as above.
    #[schemars(length(max = 5))]
    #[serde(default)]
    pub labels: BTreeMap<String, String>,
}

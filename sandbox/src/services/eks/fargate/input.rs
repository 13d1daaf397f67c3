//! What the operations on Fargate profiles take: path, query and body together, nothing else.
//!
//! One struct for each shape of input, such as [`CreateFargateProfile`]. Not here: whether a value makes sense.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::state::FargateSelector;
use crate::wire::text;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateFargateProfile {
    pub(crate) cluster_name: String,
    pub(crate) fargate_profile_name: String,
    pub(crate) pod_execution_role_arn: String,
    #[serde(default)]
    pub(crate) subnets: Vec<String>,
    #[serde(default)]
    pub(crate) selectors: Vec<FargateSelector>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

/// Of `DescribeFargateProfile` and `DeleteFargateProfile`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct FargateProfileName {
    pub(crate) cluster_name: String,
    pub(crate) fargate_profile_name: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListFargateProfiles {
    pub(crate) cluster_name: String,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

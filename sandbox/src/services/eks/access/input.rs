//! What the operations on access entries take: path, query and body together, nothing else.
//!
//! One struct for each shape of input, such as [`CreateAccessEntry`]. Not here: whether a value makes sense.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::wire::text;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreateAccessEntry {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
    pub(crate) kubernetes_groups: Option<BTreeSet<String>>,
    pub(crate) username: Option<String>,
    #[serde(rename = "type")]
    pub(crate) entry_type: Option<String>,
    pub(crate) tags: Option<BTreeMap<String, String>>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdateAccessEntry {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
    pub(crate) kubernetes_groups: Option<BTreeSet<String>>,
    pub(crate) username: Option<String>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

/// Of `DescribeAccessEntry` and `DeleteAccessEntry`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EntryName {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListAccessEntries {
    pub(crate) cluster_name: String,
    pub(crate) associated_policy_arn: Option<String>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AssociateAccessPolicy {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
    pub(crate) policy_arn: String,
    pub(crate) access_scope: AccessScope,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AccessScope {
    #[serde(rename = "type")]
    pub(crate) scope_type: Option<String>,
    pub(crate) namespaces: Option<BTreeSet<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct DisassociateAccessPolicy {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
    pub(crate) policy_arn: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListAssociatedAccessPolicies {
    pub(crate) cluster_name: String,
    pub(crate) principal_arn: String,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListAccessPolicies {
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

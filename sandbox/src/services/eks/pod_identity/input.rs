//! What the operations on pod identity associations take: path, query and body together, nothing else.
//!
//! One struct for each shape of input, such as [`CreatePodIdentityAssociation`]. Not here: whether a value makes sense.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::wire::text;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CreatePodIdentityAssociation {
    pub(crate) cluster_name: String,
    pub(crate) namespace: String,
    pub(crate) service_account: String,
    pub(crate) role_arn: String,
    pub(crate) target_role_arn: Option<String>,
    pub(crate) disable_session_tags: Option<bool>,
    pub(crate) policy: Option<String>,
    #[serde(default)]
    pub(crate) tags: BTreeMap<String, String>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct UpdatePodIdentityAssociation {
    pub(crate) cluster_name: String,
    pub(crate) association_id: String,
    pub(crate) role_arn: Option<String>,
    pub(crate) target_role_arn: Option<String>,
    pub(crate) disable_session_tags: Option<bool>,
    pub(crate) policy: Option<String>,
    #[serde(rename = "clientRequestToken")]
    _client_request_token: Option<String>,
}

/// Of `DescribePodIdentityAssociation` and `DeletePodIdentityAssociation`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AssociationId {
    pub(crate) cluster_name: String,
    pub(crate) association_id: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ListPodIdentityAssociations {
    pub(crate) cluster_name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) service_account: Option<String>,
    pub(crate) next_token: Option<String>,
    #[serde(default, deserialize_with = "text::parsed")]
    pub(crate) max_results: Option<i64>,
}

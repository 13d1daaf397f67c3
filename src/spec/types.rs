//! The file format: one struct per section, spelled as the EKS API spells it.
//!
//! The central type is [`Spec`]. Every `Option` that is `None` means *unmanaged*: never compared with AWS, never
//! written. The doc comments become the descriptions of the JSON Schema, so they are written for the user's editor.
//! Nothing here knows how a field is compared or changed; that is `resources/`.

mod access_entry;
mod autoscaling;
mod cluster;
mod fargate_profile;
mod nodegroup;
mod pod_identity;

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::Deserialize;

pub use access_entry::*;
pub use autoscaling::*;
pub use cluster::*;
pub use fargate_profile::*;
pub use nodegroup::*;
pub use pod_identity::*;

use crate::model::Home;

/// Tags by key. `null` as a value removes the key; keys that are not listed are left alone.
pub type Tags = BTreeMap<String, Option<String>>;

/// How many tags AWS allows on one resource.
pub const MAX_TAGS: usize = 50;

/// One EKS cluster and what belongs to it.
#[derive(Debug, Clone, PartialEq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "trueup cluster file", extend("$id" = "urn:trueup:schema:cluster:v1"))]
pub struct Spec {
    /// The version of this file format: `trueup/v1`.
    pub api_version: ApiVersion,
    /// Which cluster this is, and where.
    pub metadata: Metadata,
    /// The control plane, in the words of `CreateCluster`.
    pub cluster: Cluster,
    /// Who may reach the Kubernetes API, in the words of `CreateAccessEntry`.
    #[schemars(length(max = 3_000))]
    #[serde(default)]
    pub access_entries: Vec<AccessEntry>,
    /// Cluster Autoscaler, as far as the file needs to know it.
    pub autoscaler: Option<Autoscaler>,
    /// Managed nodegroups, in the words of `CreateNodegroup`.
    #[serde(default)]
    pub nodegroups: Vec<Nodegroup>,
    /// AWS roles for pods, in the words of `CreatePodIdentityAssociation`.
    #[serde(default)]
    pub pod_identity_associations: Vec<PodIdentityAssociation>,
    /// Pods without nodes, in the words of `CreateFargateProfile`.
    #[serde(default)]
    pub fargate_profiles: Vec<FargateProfile>,
}

impl Spec {
    /// Where the cluster is.
    pub fn home(&self) -> Home {
        let Metadata { name, region, account_id, .. } = &self.metadata;
        Home { account: account_id.clone(), region: region.clone(), cluster: name.clone() }
    }
}

/// The version of the file format.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The first and only version.
    #[serde(rename = "trueup/v1")]
    V1,
}

/// Which cluster this is, and where.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The cluster's name: a letter or digit, then letters, digits, `-` and `_`; at most 100 characters.
    #[schemars(regex(pattern = r"^[0-9A-Za-z][0-9A-Za-z_-]{0,99}$"))]
    pub name: String,
    /// The AWS region, such as `us-east-1`.
    #[schemars(regex(pattern = r"^[a-z]+(-[a-z]+)+-[0-9]+$"))]
    pub region: String,
    /// The AWS account, quoted: `"111122223333"`. With any other account's credentials, trueup stops before reading anything.
    #[schemars(regex(pattern = "^[0-9]{12}$"))]
    pub account_id: String,
    /// Tags of the cluster and of everything else that trueup makes, besides their own. Listed keys are ensured, others
    /// stay, and `null` removes one.
    #[serde(default)]
    pub tags: Tags,
}

/// Cluster Autoscaler, as far as the file needs to know it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Autoscaler {
    /// Cluster Autoscaler's minor version, quoted: `"1.34"`. Default: the cluster's.
    #[schemars(regex(pattern = r"^1\.[0-9]+$"))]
    pub version: Option<String>,
}

//! What EKS knows about access. The central type is [`AccessEntry`].
//!
//! Plain data, with all fields public so that a test can be somebody else. Not here: how it looks on the wire.

use std::collections::{BTreeMap, BTreeSet};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::kernel::stale::StaleView;
use crate::services::iam::state::State as Iam;

/// The policy that makes an administrator of the whole cluster.
pub(crate) const CLUSTER_ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
/// The only policy for nodes: those of Auto Mode.
pub(crate) const AUTO_NODE: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
/// The type of the entries of Auto Mode's nodes.
pub(crate) const EC2: &str = "EC2";
/// The type of people's and pipelines' entries; all others are for nodes.
pub(crate) const STANDARD: &str = "STANDARD";

/// An access entry; its key in the cluster is the ARN of its principal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessEntry {
    /// The ARN of the entry itself.
    pub arn: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// When it last changed.
    pub modified_at: SystemTime,
    /// `STANDARD`, or one of the types for nodes.
    pub entry_type: String,
    /// The Kubernetes groups.
    pub kubernetes_groups: BTreeSet<String>,
    /// The Kubernetes user name.
    pub username: String,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that readers still see.
    pub former_tags: Option<StaleView<BTreeMap<String, String>>>,
    /// The associated policies by ARN.
    pub policies: BTreeMap<String, AssociatedPolicy>,
    /// The unique id of the role or user that it was made for; none for another account's.
    pub principal_id: Option<String>,
}

/// An access policy as it is associated with an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssociatedPolicy {
    /// `cluster` or `namespace`.
    pub scope_type: String,
    /// The namespaces; patterns are allowed. None for the cluster.
    pub namespaces: BTreeSet<String>,
    /// When it was associated.
    pub associated_at: SystemTime,
    /// When its scope last changed.
    pub modified_at: SystemTime,
}

impl AccessEntry {
    /// Whether its principal is still the one that it was made for. AWS shows nothing of this: an entry whose role was
    /// deleted and made anew looks like any other, but lets nobody in (facts §1.4, §10.5).
    pub fn is_alive(&self, iam: &Iam) -> bool {
        self.principal_id.as_ref().is_none_or(|id| iam.knows_unique_id(id))
    }

    /// Whether it makes an administrator of the whole cluster.
    pub(crate) fn is_cluster_admin(&self) -> bool {
        self.policies.get(CLUSTER_ADMIN).is_some_and(AssociatedPolicy::is_for_cluster)
    }
}

impl AssociatedPolicy {
    /// Whether it holds for the whole cluster.
    pub(crate) fn is_for_cluster(&self) -> bool {
        self.scope_type == "cluster"
    }
}

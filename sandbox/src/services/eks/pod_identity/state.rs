//! What EKS knows about the identities of pods. The central type is [`PodIdentityAssociation`].
//!
//! Plain data, with all fields public so that a test can be somebody else, such as an add-on. Not here: how it looks on
//! the wire.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::kernel::stale::StaleView;

/// A role for a service account. Its key in the cluster is its id; namespace and service account are unique as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PodIdentityAssociation {
    /// The id, `a-…`.
    pub id: String,
    /// The ARN.
    pub arn: String,
    /// The namespace.
    pub namespace: String,
    /// The service account.
    pub service_account: String,
    /// The ARN of the role that its pods have.
    pub role_arn: String,
    /// The ARN of the role that they go on to from there, perhaps of another account.
    pub target_role_arn: Option<String>,
    /// By what the trust policy of that other role knows this association.
    pub external_id: Option<String>,
    /// Whether sessions go without tags.
    pub disable_session_tags: bool,
    /// A policy that takes away from what the role may do.
    pub policy: Option<String>,
    /// The ARN of the add-on that it belongs to. No request of this API sets it, and none is known to respect it.
    pub owner_arn: Option<String>,
    /// When it was created.
    pub created_at: SystemTime,
    /// When it last changed.
    pub modified_at: SystemTime,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that readers still see.
    pub former_tags: Option<StaleView<BTreeMap<String, String>>>,
}

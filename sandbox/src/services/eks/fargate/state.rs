//! What EKS knows about Fargate. The central type is [`FargateProfile`].
//!
//! Plain data, with all fields public so that a test can be somebody else. Not here: how it looks on the wire.

use std::collections::BTreeMap;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use crate::kernel::stale::StaleView;
use crate::services::eks::life::{Issue, Transition};

/// A Fargate profile. Nothing of it but its tags can be changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FargateProfile {
    /// The name, unique in the cluster.
    pub name: String,
    /// The ARN.
    pub arn: String,
    /// When it was created.
    pub created_at: SystemTime,
    /// Where it is in its life.
    pub status: FargateProfileStatus,
    /// The next change of status that time brings, if any.
    pub transition: Option<Transition>,
    /// The ARN of the role of the machines on which its pods run.
    pub pod_execution_role_arn: String,
    /// The pods' subnets.
    pub subnets: Vec<String>,
    /// Which pods it is for.
    pub selectors: Vec<FargateSelector>,
    /// The tags.
    pub tags: BTreeMap<String, String>,
    /// The tags that readers still see.
    pub former_tags: Option<StaleView<BTreeMap<String, String>>>,
    /// What is wrong with it.
    pub health_issues: Vec<Issue>,
}

/// The status of a Fargate profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum FargateProfileStatus {
    /// Being made.
    Creating,
    /// In service.
    Active,
    /// Being deleted.
    Deleting,
    /// Could not be made; stays so until deleted.
    CreateFailed,
    /// Could not be deleted.
    DeleteFailed,
}

/// Some pods, as sent and as shown; `*` and `?` stand for any characters and any one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FargateSelector {
    /// Their namespace.
    pub namespace: String,
    /// The labels that they all have.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
}

impl FargateProfile {
    /// Whether it is being made or deleted; of one cluster's profiles only one can be at a time (facts §1.6).
    pub(crate) fn is_busy(&self) -> bool {
        matches!(self.status, FargateProfileStatus::Creating | FargateProfileStatus::Deleting)
    }
}

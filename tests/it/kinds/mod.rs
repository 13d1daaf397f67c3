//! One case for every row of every field table: how the file changes it, and how somebody else does.
//!
//! The central type is [`Case`]; each kind's are in a file of its own, as its slice is in a folder of its own. Not here:
//! what is demanded of a case, which is `convergence`'s.

use sandbox::World;
use serde_json::Value;
use trueup::model::Address;

/// The file that has every field.
pub(crate) const FILE: &str = "examples/every-field.yaml";

/// What comes of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// Apply removes it.
    Repaired,
    /// Apply refuses, and says why.
    Refused,
    /// Nobody notices: it is sent on create only.
    Unnoticed,
}

/// One row of a field table.
pub(crate) struct Case {
    pub(crate) kind: &'static str,
    /// The resource's name.
    pub(crate) name: &'static str,
    pub(crate) field: &'static str,
    /// Where the file has it, and another value.
    pub(crate) edit: (&'static str, Value),
    /// What the file must not say for that.
    pub(crate) without: &'static [&'static str],
    /// What becomes of that edit.
    pub(crate) edited: Fate,
    /// Somebody else changes the live value.
    pub(crate) tamper: fn(&mut World),
    /// What becomes of that.
    pub(crate) tampered: Fate,
    /// Whether another field may differ with it, as a consequence.
    pub(crate) brings: fn(&Address, &str) -> bool,
}

impl Case {
    /// A case that brings nothing else along, and that both sides bring about alike.
    fn new(
        (kind, name): (&'static str, &'static str),
        field: &'static str,
        edit: (&'static str, Value),
        tamper: fn(&mut World),
        fate: Fate,
    ) -> Self {
        Self { kind, name, field, edit, without: &[], edited: fate, tamper, tampered: fate, brings: |_, _| false }
    }
}

/// The cases of a kind, in groups with two tests each: nobody waits for all rows of all kinds, one after the other.
macro_rules! cases_in_groups {
    ($($group:ident),+) => {
        pub(super) fn cases() -> Vec<$crate::kinds::Case> {
            [$($group()),+].into_iter().flatten().collect()
        }

        $(mod $group {
            use crate::convergence::{converge_when_the_file_changes, are_repaired_when_somebody_changes_them};

            #[tokio::test(start_paused = true)]
            async fn converge_with_the_file() {
                converge_when_the_file_changes(super::$group()).await;
            }

            #[tokio::test(start_paused = true)]
            async fn are_repaired() {
                are_repaired_when_somebody_changes_them(super::$group()).await;
            }
        })+
    };
}

mod access_entry;
mod autoscaling_group;
mod cluster;
mod fargate_profile;
mod nodegroup;
mod pod_identity_association;

/// Every case of every kind.
pub(crate) fn cases() -> Vec<Case> {
    let kinds = [
        cluster::cases(),
        access_entry::cases(),
        nodegroup::cases(),
        autoscaling_group::cases(),
        pod_identity_association::cases(),
        fargate_profile::cases(),
    ];
    kinds.into_iter().flatten().collect()
}

//! How EKS shows access entries and their policies.
//!
//! Pure functions from state to JSON: [`entry`] and [`policy`]. Not here: who is asked for.

use serde_json::{Value, json};

use super::state::{AccessEntry, AssociatedPolicy};
use crate::kernel::clock::epoch;
use crate::kernel::stale::StaleView;
use crate::world::World;

pub(crate) fn entry(world: &World, cluster: &str, principal_arn: &str, entry: &AccessEntry) -> Value {
    json!({
        "clusterName": cluster,
        "principalArn": principal_arn,
        "kubernetesGroups": entry.kubernetes_groups,
        "accessEntryArn": entry.arn,
        "createdAt": epoch(entry.created_at),
        "modifiedAt": epoch(entry.modified_at),
        "tags": StaleView::seen(entry.former_tags.as_ref(), &entry.tags, world.now),
        "username": entry.username,
        "type": entry.entry_type,
    })
}

pub(crate) fn policy(arn: &str, policy: &AssociatedPolicy) -> Value {
    json!({
        "policyArn": arn,
        "accessScope": { "type": policy.scope_type, "namespaces": policy.namespaces },
        "associatedAt": epoch(policy.associated_at),
        "modifiedAt": epoch(policy.modified_at),
    })
}

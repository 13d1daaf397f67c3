//! Finding the entry that a request names, as far as the cluster has entries.
//!
//! Functions without state, such as [`entry`]. Not here: what is done with it.

use std::time::Duration;

use super::state::AccessEntry;
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::{invalid_request, not_found};
use crate::services::eks::state::{Cluster, ClusterStatus};
use crate::services::eks::validate::ensure;
use crate::world::World;

/// The cluster, if it has access entries at all (facts §7).
pub(super) fn with_entries<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, Refusal> {
    let cluster = world.cluster(name)?;
    ensure(cluster.has_access_entries(), || {
        invalid_request(
            "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this \
             operation.",
        )
        .of_cluster(name)
    })?;
    Ok(cluster)
}

/// The cluster, if entries can be changed: whether that is so before it is ACTIVE is a switch.
pub(super) fn changeable<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, Refusal> {
    let cluster = with_entries(world, name)?;
    let changeable = match cluster.status {
        ClusterStatus::Active | ClusterStatus::Updating => true,
        ClusterStatus::Creating => world.settings.switches.entries_before_active,
        ClusterStatus::Deleting | ClusterStatus::Failed => false,
    };
    ensure(changeable, || invalid_request(format!("Cluster '{name}' is not in ACTIVE status")).of_cluster(name))?;
    Ok(cluster)
}

/// The entry of a principal.
pub(super) fn entry<'a>(cluster: &'a Cluster, principal_arn: &str) -> Result<&'a AccessEntry, Refusal> {
    cluster.access_entries.get(principal_arn).ok_or_else(|| no_entry(&cluster.name))
}

/// The entry of a principal, unless it is so fresh that associations do not find it yet: a switch (facts §2.1).
pub(super) fn seen_entry<'a>(
    world: &World,
    cluster: &'a Cluster,
    principal_arn: &str,
    lag: Duration,
) -> Result<&'a AccessEntry, Refusal> {
    let entry = entry(cluster, principal_arn)?;
    ensure(world.now >= entry.created_at + lag, || no_entry(&cluster.name))?;
    Ok(entry)
}

pub(super) fn entry_mut<'a>(
    world: &'a mut World,
    cluster: &str,
    principal_arn: &str,
) -> Result<&'a mut AccessEntry, Refusal> {
    let entries = &mut world.cluster_mut(cluster)?.access_entries;
    entries.get_mut(principal_arn).ok_or_else(|| no_entry(cluster))
}

/// facts §2.1
fn no_entry(cluster: &str) -> Refusal {
    not_found(
        "The specified principalArn could not be found. You can view your available access entries with \
         'list-access-entries'.",
    )
    .of_cluster(cluster)
}

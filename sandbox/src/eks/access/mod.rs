//! Access entries: who may use a cluster's Kubernetes API (facts §1.4, §7). The central type is `AccessEntry` in
//! [`state`].
//!
//! Everything here is synchronous. Not here: the authentication mode itself (`cluster_update`), Kubernetes' own RBAC.

mod describe;
mod entries;
pub(crate) mod input;
pub(super) mod made;
mod policies;
mod principal;
pub(crate) mod state;

#[cfg(test)]
mod tests;

use super::state::{Cluster, ClusterStatus};
use super::validate::ensure;
use crate::refusal::{Refusal, invalid_request, not_found};
use crate::time::seconds;
use crate::world::World;
use state::AccessEntry;

pub(super) use entries::{create, delete, describe, list, update};
pub(super) use policies::{associate, disassociate, list_associated, list_policies};

/// The policy that makes an administrator of the whole cluster.
pub(crate) const CLUSTER_ADMIN: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy";
/// The only policy for nodes: those of Auto Mode.
const AUTO_NODE: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAutoNodePolicy";
/// The type of the entries of Auto Mode's nodes.
const EC2: &str = "EC2";
/// The type of people's and pipelines' entries; all others are for nodes.
pub(crate) const STANDARD: &str = "STANDARD";

/// The cluster, if it has access entries at all (facts §7).
fn with_entries<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, Refusal> {
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
fn changeable<'a>(world: &'a World, name: &str) -> Result<&'a Cluster, Refusal> {
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
fn entry<'a>(cluster: &'a Cluster, principal_arn: &str) -> Result<&'a AccessEntry, Refusal> {
    cluster.access_entries.get(principal_arn).ok_or_else(|| no_entry(&cluster.name))
}

/// The entry of a principal, unless it is so fresh that associations do not find it yet: a switch (facts §2.1).
fn seen_entry<'a>(world: &World, cluster: &'a Cluster, principal_arn: &str) -> Result<&'a AccessEntry, Refusal> {
    let lag = seconds(world.settings.switches.access_entry_lag_seconds);
    let entry = entry(cluster, principal_arn)?;
    ensure(world.now >= entry.created_at + lag, || no_entry(&cluster.name))?;
    Ok(entry)
}

fn entry_mut<'a>(world: &'a mut World, cluster: &str, principal_arn: &str) -> Result<&'a mut AccessEntry, Refusal> {
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

/// What EKS calls a person or pipeline in Kubernetes if nobody says otherwise.
pub(crate) fn default_username(principal_arn: &str) -> Option<String> {
    principal::Principal::of_any(principal_arn).map(|principal| principal.default_username(STANDARD))
}

impl Cluster {
    /// Whether its authentication mode knows access entries.
    pub(crate) fn has_access_entries(&self) -> bool {
        self.authentication_mode != "CONFIG_MAP"
    }
}

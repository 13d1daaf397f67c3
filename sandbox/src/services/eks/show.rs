//! Everything that EKS knows, each thing as EKS describes it.
//!
//! The central function is [`show`]. Not here: lag. What is shown is what is true; readers of the API may see it a moment
//! later.

use serde_json::{Map, Value, json};

use super::access::describe as show_access;
use super::access::state::AccessEntry;
use super::describe;
use super::fargate::profiles;
use super::pod_identity::associations;
use super::state::{Cluster, Nodegroup, Update};
use super::update::oldest_first;
use crate::world::World;

/// The clusters with what is in them.
pub(super) fn show(world: &mut World) -> Map<String, Value> {
    catch_up(world);
    let clusters: Vec<Value> = world.clusters().values().map(|cluster| show_cluster(world, cluster)).collect();
    Map::from_iter([("clusters".to_owned(), clusters.into())])
}

/// Nobody sees the past any longer.
fn catch_up(world: &mut World) {
    for cluster in world.clusters_mut().values_mut() {
        cluster.former_tags = None;
        cluster.access_entries.values_mut().for_each(|entry| entry.former_tags = None);
        cluster.nodegroups.values_mut().for_each(|nodegroup| nodegroup.former_tags = None);
        cluster.fargate_profiles.values_mut().for_each(|profile| profile.former_tags = None);
        cluster.pod_identity_associations.values_mut().for_each(|association| association.former_tags = None);
    }
}

fn show_cluster(world: &World, cluster: &Cluster) -> Value {
    let entries = cluster.access_entries.iter();
    let nodegroups = cluster.nodegroups.values();
    let (profiles, associations) = (cluster.fargate_profiles.values(), cluster.pod_identity_associations.values());
    let name = cluster.name.as_str();
    json!({
        "cluster": describe::cluster(world, cluster, cluster.status),
        "updates": show_updates(oldest_first(&cluster.updates)),
        "accessEntries": entries.map(|(arn, entry)| show_entry(world, name, arn, entry)).collect::<Vec<_>>(),
        "nodegroups": nodegroups.map(|nodegroup| show_nodegroup(world, name, nodegroup)).collect::<Vec<_>>(),
        "fargateProfiles": profiles.map(|profile| profiles::shown(world, name, profile)).collect::<Vec<_>>(),
        "podIdentityAssociations":
            associations.map(|association| associations::shown(world, name, association)).collect::<Vec<_>>(),
    })
}

fn show_updates<C>(updates: Vec<&Update<C>>) -> Vec<Value> {
    updates.into_iter().map(describe::update).collect()
}

fn show_entry(world: &World, cluster: &str, principal_arn: &str, entry: &AccessEntry) -> Value {
    let policies = entry.policies.iter().map(|(arn, policy)| show_access::policy(arn, policy));
    json!({
        "accessEntry": show_access::entry(world, cluster, principal_arn, entry),
        "associatedAccessPolicies": policies.collect::<Vec<_>>(),
    })
}

fn show_nodegroup(world: &World, cluster: &str, nodegroup: &Nodegroup) -> Value {
    json!({
        "nodegroup": describe::nodegroup(world, cluster, nodegroup, nodegroup.status),
        "updates": show_updates(oldest_first(&nodegroup.updates)),
    })
}

//! The entries that EKS makes itself: of the creator, of nodes, of its own role (facts §7, §0.8).
//!
//! Functions without state, one for each occasion, beginning with [`at_first`]. None of the entries carries a tag, and
//! EKS removes none while its cluster lives, but for a switch. Not here: requests.

use std::collections::BTreeSet;

use super::entries::fresh;
use super::principal::Principal;
use super::state::{AUTO_NODE, AssociatedPolicy, CLUSTER_ADMIN, EC2, STANDARD};
use crate::services::eks::fargate::state::FargateProfile;
use crate::services::eks::state::{Cluster, Nodegroup};
use crate::world::World;

/// The type of the entries of machines that Fargate brings.
const FARGATE: &str = "FARGATE_LINUX";
/// The policies of EKS' own role.
const SERVICE_POLICIES: [&str; 2] = [
    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterInsightsPolicy",
    "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEventPolicy",
];

/// What a cluster has as soon as it has entries at all.
pub(crate) fn at_first(world: &World, cluster: &mut Cluster) {
    if !cluster.has_access_entries() {
        return;
    }
    if cluster.bootstrap_creator_admin {
        let creator = cluster.creator_arn.clone();
        make(world, cluster, &creator, STANDARD, &[CLUSTER_ADMIN]);
    }
    let of_auto_mode = cluster.compute_config.as_ref().filter(|config| config.enabled);
    if let Some(role) = of_auto_mode.and_then(|config| config.node_role_arn.clone()) {
        make(world, cluster, &role, EC2, &[AUTO_NODE]);
    }
    if world.settings.switches.service_role_entry {
        let account = &world.settings.account;
        let role = format!("arn:aws:iam::{account}:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS");
        make(world, cluster, &role, STANDARD, &SERVICE_POLICIES);
    }
}

/// What it gets when its mode is switched: besides, and that is a switch, the roles of the nodes and pods that are
/// there.
pub(crate) fn at_switch(world: &World, cluster: &mut Cluster) {
    at_first(world, cluster);
    if world.settings.switches.mode_switch_makes_node_entries {
        let nodegroups: Vec<Nodegroup> = cluster.nodegroups.values().cloned().collect();
        for nodegroup in &nodegroups {
            for_nodes(world, cluster, nodegroup);
        }
        let profiles: Vec<FargateProfile> = cluster.fargate_profiles.values().cloned().collect();
        for profile in &profiles {
            for_pods(world, cluster, profile);
        }
    }
}

/// What the role of a nodegroup gets: one entry, whatever else the role is used for.
pub(crate) fn for_nodes(world: &World, cluster: &mut Cluster, nodegroup: &Nodegroup) {
    if cluster.has_access_entries() {
        make(world, cluster, &nodegroup.node_role, type_of(nodegroup), &[]);
    }
}

/// After a nodegroup is gone: whether EKS removes the entry with the last group of that role and kind is a switch.
pub(crate) fn after_nodes(world: &World, cluster: &mut Cluster, gone: &Nodegroup) {
    if !cluster.nodegroups.values().any(|nodegroup| nodegroup.node_role == gone.node_role) {
        unmake(world, cluster, &gone.node_role, type_of(gone));
    }
}

/// What the pod execution role of a Fargate profile gets: one entry, whatever else the role is used for.
pub(crate) fn for_pods(world: &World, cluster: &mut Cluster, profile: &FargateProfile) {
    if cluster.has_access_entries() {
        make(world, cluster, &profile.pod_execution_role_arn, FARGATE, &[]);
    }
}

/// After a Fargate profile is gone: as with nodes.
pub(crate) fn after_pods(world: &World, cluster: &mut Cluster, gone: &FargateProfile) {
    let role = &gone.pod_execution_role_arn;
    if !cluster.fargate_profiles.values().any(|profile| profile.pod_execution_role_arn == *role) {
        unmake(world, cluster, role, FARGATE);
    }
}

/// Removes an entry of nobody any longer, if it is of that type, and if EKS does so at all.
fn unmake(world: &World, cluster: &mut Cluster, role: &str, entry_type: &str) {
    let is_theirs = cluster.access_entries.get(role).is_some_and(|entry| entry.entry_type == entry_type);
    if world.settings.switches.node_entries_removed && is_theirs {
        cluster.access_entries.remove(role);
    }
}

fn type_of(nodegroup: &Nodegroup) -> &'static str {
    if nodegroup.ami_type.starts_with("WINDOWS") { "EC2_WINDOWS" } else { "EC2_LINUX" }
}

/// Makes an entry, unless the principal has one. One that no request could name has none either, such as the root user.
fn make(world: &World, cluster: &mut Cluster, arn: &str, entry_type: &str, policies: &[&str]) {
    let Some(principal) = Principal::of_any(arn).filter(|_| !cluster.access_entries.contains_key(arn)) else { return };
    let mut entry = fresh(world, &cluster.name, &principal, entry_type);
    let policy = AssociatedPolicy {
        scope_type: "cluster".into(),
        namespaces: BTreeSet::new(),
        associated_at: world.now,
        modified_at: world.now,
    };
    entry.policies = policies.iter().map(|arn| ((*arn).to_owned(), policy.clone())).collect();
    cluster.access_entries.insert(arn.to_owned(), entry);
}

//! Faults that come later: what a request began ends badly.
//!
//! The central function is [`fail_later`]. Not here: which requests are to (`handle`).

use serde_json::Value;

use super::life::{Issue, Transition};
use super::state::{Update, UpdateError};
use crate::wire::service::Failure;
use crate::world::World;

/// The codes that the errors of an update have (API reference: `ErrorDetail`).
pub(super) const UPDATE_ERRORS: &[&str] = &[
    "SubnetNotFound",
    "SecurityGroupNotFound",
    "EniLimitReached",
    "IpNotAvailable",
    "AccessDenied",
    "OperationNotPermitted",
    "VpcIdNotFound",
    "Unknown",
    "NodeCreationFailure",
    "PodEvictionFailure",
    "InsufficientFreeAddresses",
    "ClusterUnreachable",
    "InsufficientNumberOfReplicas",
    "ConfigurationConflict",
    "AdmissionRequestDenied",
    "UnsupportedAddonModification",
    "K8sResourceNotFound",
];

/// Makes the update or the creation that this reply announces end badly.
pub(super) fn fail_later(world: &mut World, reply: &Value, failure: &Failure<'_>) {
    let (code, message) = (failure.code.to_owned(), failure.message.to_owned());
    let name = |path: &str| reply.pointer(path).and_then(Value::as_str).unwrap_or_default().to_owned();
    if let Some(id) = reply.pointer("/update/id").and_then(Value::as_str) {
        let error = UpdateError { code, message, resource_ids: Vec::new() };
        for cluster in world.clusters_mut().values_mut() {
            fail_update(cluster.updates.get_mut(id), &error);
            cluster.nodegroups.values_mut().for_each(|nodegroup| fail_update(nodegroup.updates.get_mut(id), &error));
        }
        return;
    }
    let issue = Issue { code, message, resource_ids: Vec::new() };
    let (cluster, nodegroup) = (name("/nodegroup/clusterName"), name("/nodegroup/nodegroupName"));
    let (pods_cluster, profile) = (name("/fargateProfile/clusterName"), name("/fargateProfile/fargateProfileName"));
    if let Ok(nodegroup) = world.nodegroup_mut(&cluster, &nodegroup) {
        fail_creation(&mut nodegroup.transition, &issue);
    } else if let Ok(profile) = world.fargate_profile_mut(&pods_cluster, &profile) {
        fail_creation(&mut profile.transition, &issue);
    } else if let Ok(cluster) = world.cluster_mut(&name("/cluster/name")) {
        fail_creation(&mut cluster.transition, &issue);
    }
}

fn fail_update<C>(update: Option<&mut Update<C>>, error: &UpdateError) {
    if let Some(update) = update {
        update.doom = Some(error.clone());
    }
}

fn fail_creation(transition: &mut Option<Transition>, issue: &Issue) {
    if let Some(Transition::Created { failure, .. }) = transition {
        *failure = Some(issue.clone());
    }
}

//! Finding what a request names.
//!
//! Methods of [`World`], such as [`World::cluster`]. Not here: what is done with it.

use std::time::{Duration, SystemTime};

use super::fargate::state::FargateProfile;
use super::pod_identity::state::PodIdentityAssociation;
use super::refusal::not_found;
use super::state::{Cluster, Nodegroup};
use crate::kernel::refusal::Refusal;
use crate::world::World;

impl World {
    /// The cluster, as those who create and change things see it.
    pub(crate) fn cluster(&self, name: &str) -> Result<&Cluster, Refusal> {
        self.clusters().get(name).ok_or_else(|| no_cluster(name))
    }

    pub(super) fn cluster_mut(&mut self, name: &str) -> Result<&mut Cluster, Refusal> {
        self.clusters_mut().get_mut(name).ok_or_else(|| no_cluster(name))
    }

    pub(crate) fn nodegroup(&self, cluster: &str, name: &str) -> Result<&Nodegroup, Refusal> {
        self.cluster(cluster)?.nodegroups.get(name).ok_or_else(|| no_nodegroup(cluster, name))
    }

    pub(super) fn nodegroup_mut(&mut self, cluster: &str, name: &str) -> Result<&mut Nodegroup, Refusal> {
        self.cluster_mut(cluster)?.nodegroups.get_mut(name).ok_or_else(|| no_nodegroup(cluster, name))
    }

    pub(crate) fn fargate_profile(&self, cluster: &str, name: &str) -> Result<&FargateProfile, Refusal> {
        self.cluster(cluster)?.fargate_profiles.get(name).ok_or_else(|| no_fargate_profile(cluster, name))
    }

    pub(super) fn fargate_profile_mut(&mut self, cluster: &str, name: &str) -> Result<&mut FargateProfile, Refusal> {
        self.cluster_mut(cluster)?.fargate_profiles.get_mut(name).ok_or_else(|| no_fargate_profile(cluster, name))
    }

    pub(crate) fn pod_identity_association(&self, cluster: &str, id: &str) -> Result<&PodIdentityAssociation, Refusal> {
        self.cluster(cluster)?.pod_identity_associations.get(id).ok_or_else(|| no_association(cluster, id))
    }

    pub(super) fn pod_identity_association_mut(
        &mut self,
        cluster: &str,
        id: &str,
    ) -> Result<&mut PodIdentityAssociation, Refusal> {
        self.cluster_mut(cluster)?.pod_identity_associations.get_mut(id).ok_or_else(|| no_association(cluster, id))
    }

    /// When something that takes that long by the table is over.
    pub(super) fn over_after(&self, duration: Duration) -> SystemTime {
        self.now + duration * self.settings.switches.duration_percent / 100
    }

    /// The live size of a nodegroup: its Auto Scaling group's, once there is one (facts §8).
    pub(crate) fn live_desired(&self, nodegroup: &Nodegroup) -> i64 {
        let group = nodegroup.group.as_ref().and_then(|name| self.auto_scaling_groups().get(name));
        group.map_or(nodegroup.config.scaling.desired, |group| group.desired_capacity)
    }
}

/// facts §2.1
pub(super) fn no_cluster(name: &str) -> Refusal {
    not_found(format!("No cluster found for name: {name}.")).of_cluster(name)
}

/// facts §2.1
fn no_nodegroup(cluster: &str, name: &str) -> Refusal {
    not_found(format!("No node group found for name: {name}.")).of_cluster(cluster).of_nodegroup(name)
}

/// As eksctl's tests know it.
fn no_fargate_profile(cluster: &str, name: &str) -> Refusal {
    let refusal = not_found(format!("No Fargate Profile found with name: {name}."));
    refusal.of_cluster(cluster).with("fargateProfileName", name)
}

fn no_association(cluster: &str, id: &str) -> Refusal {
    not_found(format!("No pod identity association found for id: {id}.")).of_cluster(cluster)
}

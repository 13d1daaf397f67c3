//! EKS: clusters, managed nodegroups, access entries, their updates and tags. The central type is `Cluster` in
//! [`state`].
//!
//! Not here: add-ons and everything else that the table does not list; asking for it is refused.

pub(crate) mod access;
mod advance;
mod auto_mode;
mod catalogue;
mod cluster;
mod cluster_update;
mod describe;
pub mod durations;
pub(crate) mod input;
mod labels;
mod nodegroup;
mod nodegroup_update;
mod nodegroup_validate;
mod remote_networks;
mod rollback;
pub(crate) mod state;
mod tags;
mod update;
mod validate;
mod versions;

#[cfg(test)]
mod tests;

use std::time::{Duration, SystemTime};

use crate::refusal::{Refusal, not_found};
use crate::wire::{Operation, decode};
use crate::world::World;
use state::{Cluster, ClusterStatus, Nodegroup};
pub(crate) use update::oldest_first;

pub(crate) use advance::{advance, doom};
pub(crate) use catalogue::minor;
pub(crate) use validate::{canonical_cidrs, covers};

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:CreateCluster",
        route: "POST /clusters",
        mutating: true,
        handler: |world, input| cluster::create(world, decode(input)?),
    },
    Operation {
        name: "eks:ListClusters",
        route: "GET /clusters",
        mutating: false,
        handler: |world, input| cluster::list(world, &decode(input)?),
    },
    Operation {
        name: "eks:DescribeClusterVersions",
        route: "GET /cluster-versions",
        mutating: false,
        handler: |world, input| versions::describe(world, &decode(input)?),
    },
    Operation {
        name: "eks:DescribeCluster",
        route: "GET /clusters/{name}",
        mutating: false,
        handler: |world, input| cluster::describe(world, &decode(input)?),
    },
    Operation {
        name: "eks:DeleteCluster",
        route: "DELETE /clusters/{name}",
        mutating: true,
        handler: |world, input| cluster::delete(world, &decode(input)?),
    },
    Operation {
        name: "eks:UpdateClusterConfig",
        route: "POST /clusters/{name}/update-config",
        mutating: true,
        handler: |world, input| cluster_update::config(world, &decode(input)?),
    },
    Operation {
        name: "eks:UpdateClusterVersion",
        route: "POST /clusters/{name}/updates",
        mutating: true,
        handler: |world, input| cluster_update::version(world, &decode(input)?),
    },
    Operation {
        name: "eks:ListUpdates",
        route: "GET /clusters/{name}/updates",
        mutating: false,
        handler: |world, input| update::list(world, &decode(input)?),
    },
    Operation {
        name: "eks:DescribeUpdate",
        route: "GET /clusters/{name}/updates/{updateId}",
        mutating: false,
        handler: |world, input| update::describe(world, &decode(input)?),
    },
    Operation {
        name: "eks:CreateNodegroup",
        route: "POST /clusters/{clusterName}/node-groups",
        mutating: true,
        handler: |world, input| nodegroup::create(world, decode(input)?),
    },
    Operation {
        name: "eks:ListNodegroups",
        route: "GET /clusters/{clusterName}/node-groups",
        mutating: false,
        handler: |world, input| nodegroup::list(world, &decode(input)?),
    },
    Operation {
        name: "eks:DescribeNodegroup",
        route: "GET /clusters/{clusterName}/node-groups/{nodegroupName}",
        mutating: false,
        handler: |world, input| nodegroup::describe(world, &decode(input)?),
    },
    Operation {
        name: "eks:UpdateNodegroupConfig",
        route: "POST /clusters/{clusterName}/node-groups/{nodegroupName}/update-config",
        mutating: true,
        handler: |world, input| nodegroup_update::config(world, &decode(input)?),
    },
    Operation {
        name: "eks:UpdateNodegroupVersion",
        route: "POST /clusters/{clusterName}/node-groups/{nodegroupName}/update-version",
        mutating: true,
        handler: |world, input| nodegroup_update::version(world, &decode(input)?),
    },
    Operation {
        name: "eks:DeleteNodegroup",
        route: "DELETE /clusters/{clusterName}/node-groups/{nodegroupName}",
        mutating: true,
        handler: |world, input| nodegroup::delete(world, &decode(input)?),
    },
    Operation {
        name: "eks:CreateAccessEntry",
        route: "POST /clusters/{clusterName}/access-entries",
        mutating: true,
        handler: |world, input| access::create(world, &decode(input)?),
    },
    Operation {
        name: "eks:ListAccessEntries",
        route: "GET /clusters/{clusterName}/access-entries",
        mutating: false,
        handler: |world, input| access::list(world, &decode(input)?),
    },
    Operation {
        name: "eks:DescribeAccessEntry",
        route: "GET /clusters/{clusterName}/access-entries/{principalArn}",
        mutating: false,
        handler: |world, input| access::describe(world, &decode(input)?),
    },
    Operation {
        name: "eks:UpdateAccessEntry",
        route: "POST /clusters/{clusterName}/access-entries/{principalArn}",
        mutating: true,
        handler: |world, input| access::update(world, &decode(input)?),
    },
    Operation {
        name: "eks:DeleteAccessEntry",
        route: "DELETE /clusters/{clusterName}/access-entries/{principalArn}",
        mutating: true,
        handler: |world, input| access::delete(world, &decode(input)?),
    },
    Operation {
        name: "eks:AssociateAccessPolicy",
        route: "POST /clusters/{clusterName}/access-entries/{principalArn}/access-policies",
        mutating: true,
        handler: |world, input| access::associate(world, &decode(input)?),
    },
    Operation {
        name: "eks:ListAssociatedAccessPolicies",
        route: "GET /clusters/{clusterName}/access-entries/{principalArn}/access-policies",
        mutating: false,
        handler: |world, input| access::list_associated(world, &decode(input)?),
    },
    Operation {
        name: "eks:DisassociateAccessPolicy",
        route: "DELETE /clusters/{clusterName}/access-entries/{principalArn}/access-policies/{policyArn}",
        mutating: true,
        handler: |world, input| access::disassociate(world, &decode(input)?),
    },
    Operation {
        name: "eks:ListAccessPolicies",
        route: "GET /access-policies",
        mutating: false,
        handler: |world, input| access::list_policies(world, &decode(input)?),
    },
    Operation {
        name: "eks:TagResource",
        route: "POST /tags/{resourceArn}",
        mutating: true,
        handler: |world, input| tags::tag(world, &decode(input)?),
    },
    Operation {
        name: "eks:ListTagsForResource",
        route: "GET /tags/{resourceArn}",
        mutating: false,
        handler: |world, input| tags::list(world, &decode(input)?),
    },
    Operation {
        name: "eks:UntagResource",
        route: "DELETE /tags/{resourceArn}",
        mutating: true,
        handler: |world, input| tags::untag(world, &decode(input)?),
    },
];

/// What the model of an operation calls a request that makes no sense. That of `ListAccessPolicies` has no word for it.
pub(crate) fn wrong_input(operation: &str) -> &'static str {
    match operation {
        "eks:DescribeCluster" => "ClientException",
        "eks:DeleteCluster"
        | "eks:DescribeAccessEntry"
        | "eks:DeleteAccessEntry"
        | "eks:ListAssociatedAccessPolicies"
        | "eks:DisassociateAccessPolicy" => "InvalidRequestException",
        "eks:TagResource" | "eks:UntagResource" | "eks:ListTagsForResource" => "BadRequestException",
        _ => "InvalidParameterException",
    }
}

impl World {
    /// The cluster, as those who create and change things see it.
    pub(crate) fn cluster(&self, name: &str) -> Result<&Cluster, Refusal> {
        self.clusters.get(name).ok_or_else(|| no_cluster(name))
    }

    fn cluster_mut(&mut self, name: &str) -> Result<&mut Cluster, Refusal> {
        self.clusters.get_mut(name).ok_or_else(|| no_cluster(name))
    }

    pub(crate) fn nodegroup(&self, cluster: &str, name: &str) -> Result<&Nodegroup, Refusal> {
        self.cluster(cluster)?.nodegroups.get(name).ok_or_else(|| no_nodegroup(cluster, name))
    }

    fn nodegroup_mut(&mut self, cluster: &str, name: &str) -> Result<&mut Nodegroup, Refusal> {
        self.cluster_mut(cluster)?.nodegroups.get_mut(name).ok_or_else(|| no_nodegroup(cluster, name))
    }

    /// When something that takes that long by the table is over.
    fn over_after(&self, duration: Duration) -> SystemTime {
        self.now + duration * self.settings.switches.duration_percent / 100
    }

    /// The live size of a nodegroup: its Auto Scaling group's, once there is one (facts §8).
    pub(crate) fn live_desired(&self, nodegroup: &Nodegroup) -> i64 {
        let group = nodegroup.group.as_ref().and_then(|name| self.groups.get(name));
        group.map_or(nodegroup.config.scaling.desired, |group| group.desired_capacity)
    }
}

impl Cluster {
    /// Whether nodegroups can be made: an update in flight counts as not ACTIVE, shown or not (facts §10.2).
    fn is_settled(&self) -> bool {
        self.status == ClusterStatus::Active && self.update_in_flight().is_none()
    }
}

/// facts §2.1
fn no_cluster(name: &str) -> Refusal {
    not_found(format!("No cluster found for name: {name}.")).of_cluster(name)
}

/// facts §2.1
fn no_nodegroup(cluster: &str, name: &str) -> Refusal {
    not_found(format!("No node group found for name: {name}.")).of_cluster(cluster).of_nodegroup(name)
}

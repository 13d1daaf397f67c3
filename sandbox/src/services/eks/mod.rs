//! EKS: clusters, managed nodegroups, Fargate profiles, access entries, pod identity associations, their updates and
//! tags. The central type is `Cluster` in [`state`].
//!
//! Not here: add-ons and everything else that no table lists; asking for it is refused.

pub(crate) mod access;
mod advance;
mod auto_mode;
pub(crate) mod catalogue;
mod cluster;
mod cluster_update;
mod describe;
pub mod durations;
mod fail_later;
pub(crate) mod fargate;
mod group;
pub(crate) mod input;
mod labels;
pub(crate) mod life;
mod lists;
mod lookup;
mod nodegroup;
mod nodegroup_update;
mod nodegroup_validate;
pub(crate) mod pod_identity;
pub(crate) mod refusal;
mod remote_networks;
mod rollback;
mod show;
pub(crate) mod state;
mod tags;
mod token;
mod update;
pub(crate) mod validate;
mod versions;

#[cfg(test)]
mod tests;

use crate::wire::rest_json::RestJson;
use crate::wire::service::Service;

pub(crate) const SERVICE: Service = Service {
    name: "eks",
    global: None,
    protocol: &RestJson,
    operations: &[
        cluster::OPERATIONS,
        cluster_update::OPERATIONS,
        versions::OPERATIONS,
        update::OPERATIONS,
        nodegroup::OPERATIONS,
        nodegroup_update::OPERATIONS,
        access::entries::OPERATIONS,
        access::policies::OPERATIONS,
        fargate::profiles::OPERATIONS,
        pod_identity::associations::OPERATIONS,
        tags::OPERATIONS,
    ],
    advance: advance::advance,
    show: show::show,
    fail_later: fail_later::fail_later,
    update_errors: fail_later::UPDATE_ERRORS,
};

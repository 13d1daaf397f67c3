//! EKS Auto Mode as a cluster is created with it (facts §1.1, §4).
//!
//! The central function is [`checked`]. Not here: turning it on or off later, which the sandbox refuses; the nodes, of
//! which there are none here.

use super::input::CreateCluster;
use super::state::ComputeConfig;
use super::validate::{self, ensure, one_of};
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::invalid_parameter;
use crate::services::iam::state::State as Iam;

const NODE_POOLS: &[&str] = &["general-purpose", "system"];

/// Its computing and its block storage, as the cluster will have them: all parts of Auto Mode are on, or none is.
pub(super) fn checked(
    iam: &Iam,
    input: &CreateCluster,
    authentication_mode: &str,
) -> Result<(Option<ComputeConfig>, Option<bool>), Refusal> {
    let computing = input.compute_config.as_ref().filter(|config| config.enabled);
    let network = input.kubernetes_network_config.as_ref();
    let balancing = network.and_then(|network| network.elastic_load_balancing.as_ref()).is_some_and(|s| s.enabled);
    let storage = input.storage_config.as_ref().map(|c| c.block_storage.as_ref().is_some_and(|switch| switch.enabled));
    ensure(computing.is_some() == balancing && balancing == storage.unwrap_or(false), || {
        invalid_parameter("computeConfig, elasticLoadBalancing and blockStorage must all be enabled or all be disabled")
    })?;
    if let Some(computing) = computing {
        ensure(input.bootstrap_self_managed_addons == Some(false), || {
            invalid_parameter("When EKS Auto Mode is enabled, bootstrapSelfManagedAddons must be set to false.")
        })?;
        ensure(authentication_mode != "CONFIG_MAP", || {
            invalid_parameter("AccessConfig AuthMode must be API_AND_CONFIG_MAP or API when EKS Auto Mode is enabled")
        })?;
        nodes(iam, computing)?;
    }
    Ok((input.compute_config.clone(), storage))
}

/// The built-in pools and the role of their nodes come together (aws-cdk issue 33771, terraform-aws-eks issue 3366).
fn nodes(iam: &Iam, config: &ComputeConfig) -> Result<(), Refusal> {
    config.node_pools.iter().try_for_each(|pool| one_of("nodePools", pool, NODE_POOLS))?;
    match (&config.node_role_arn, config.node_pools.is_empty()) {
        (None, true) => Ok(()),
        (Some(role), false) => validate::node_role(iam, role),
        (None, false) => {
            let message = "When Compute Config nodeRoleArn is null or empty, nodePool list cannot be populated.";
            Err(invalid_parameter(message))
        }
        (Some(_), true) => {
            let message = "When Compute Config nodeRoleArn is not null or empty, nodePool value(s) must be provided.";
            Err(invalid_parameter(message))
        }
    }
}

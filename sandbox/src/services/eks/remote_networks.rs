//! The networks of hybrid nodes as a cluster is created with them (facts §1.1 remoteNetworkConfig).
//!
//! The central function is [`check`]. Not here: changing them later, which the sandbox refuses; whether anything is
//! routed there.

use ipnet::Ipv4Net;

use super::state::{Cluster, RemoteNetworkConfig, RemoteNetworks};
use super::validate::ensure;
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::invalid_parameter;

/// facts §5
const CIDR_LIMIT: usize = 15;
/// Where the networks may lie: the private ones, and those of carriers.
const ALLOWED: [&str; 4] = ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10"];

/// No network overlaps with the VPC, the services or another one (aws-cdk pull request 33767 has the words).
pub(super) fn check(config: &RemoteNetworkConfig, cluster: &Cluster, vpc: &str) -> Result<(), Refusal> {
    ensure(cluster.has_access_entries(), || {
        invalid_parameter(
            "AccessConfig AuthMode must be API_AND_CONFIG_MAP or API when remoteNetworkConfig is specified",
        )
    })?;
    let network = |cidr: &str| cidr.parse::<Ipv4Net>().ok();
    let mut taken: Vec<(&str, Ipv4Net)> = network(vpc).map(|vpc| ("VPC", vpc)).into_iter().collect();
    taken.extend(cluster.service_ipv4_cidr.as_deref().and_then(network).map(|services| ("service", services)));
    for (kind, networks) in [("node", &config.remote_node_networks), ("pod", &config.remote_pod_networks)] {
        for cidr in cidrs(kind, networks)? {
            let invalid = |why: String| invalid_parameter(format!("Invalid remote {kind} network: CIDR {cidr} {why}"));
            let fits = |network: &Ipv4Net| {
                let within = |allowed: &&str| allowed.parse::<Ipv4Net>().is_ok_and(|it| it.contains(network));
                ALLOWED.iter().any(within)
            };
            let network = network(cidr).filter(fits);
            let network = network.ok_or_else(|| invalid(format!("is not within one of {}", ALLOWED.join(", "))))?;
            let overlaps = |(_, other): &&(&str, Ipv4Net)| other.contains(&network) || network.contains(other);
            if let Some((whose, other)) = taken.iter().find(overlaps) {
                return Err(invalid(format!("overlaps with {whose} CIDR {other}")));
            }
            taken.push((kind, network));
        }
    }
    Ok(())
}

fn cidrs<'a>(kind: &str, networks: &'a [RemoteNetworks]) -> Result<&'a [String], Refusal> {
    ensure(networks.len() <= 1, || {
        invalid_parameter(format!("There can be at most one element in the list of remote {kind} networks"))
    })?;
    let cidrs = networks.first().map_or(&[][..], |networks| &networks.cidrs);
    ensure(cidrs.len() <= CIDR_LIMIT, || {
        invalid_parameter(format!("There can be at most {CIDR_LIMIT} CIDRs of remote {kind} networks"))
    })?;
    Ok(cidrs)
}

//! `cluster`: the control plane.
//!
//! The central function is [`check`]. Not here: steps that a live cluster does not allow, such as leaving out a minor
//! version; those take more than the file to see (`resources/cluster/`).

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::{Context, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::{
    AccessConfig, AuthenticationMode, Cluster, IpFamily, KubernetesNetworkConfig, ResourcesVpcConfig,
};

const MAX_CIDRS: usize = 40;
/// EKS' quota, which cannot be raised.
const MAX_SECURITY_GROUPS: usize = 4;

pub(super) fn check(cluster: &Cluster, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    values::version(cluster.version.as_deref(), &place.key("version"), problems);
    values::role(&cluster.role_arn, &place.key("roleArn"), context, problems);
    network(&cluster.resources_vpc_config, &place.key("resourcesVpcConfig"), problems);
    if let Some(config) = &cluster.kubernetes_network_config {
        services(config, &place.key("kubernetesNetworkConfig"), context, problems);
    }
    problems.extend(cluster.access_config.as_ref().and_then(|config| creator(config, &place.key("accessConfig"))));
    problems.extend(unreachable_ranges(cluster, place));
    if let Some(types) = &cluster.logging {
        let place = place.key("logging");
        values::distinct(types, |index| place.index(index), problems);
    }
    let place = place.key("tags");
    tags::check_eks(&cluster.tags, &place, problems);
    tags::count_with(context.tags, &cluster.tags, &place, problems);
}

fn network(network: &ResourcesVpcConfig, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let subnets = place.key("subnetIds");
    values::ids("subnet", &network.subnet_ids, &subnets, problems);
    if network.subnet_ids.len() < 2 {
        let count = network.subnet_ids.len();
        let problem =
            subnets.key_problem(format!("`subnetIds` has {count} of the two subnets that EKS needs at least"));
        problems.push(problem.hinted("list subnets in at least two availability zones"));
    }
    if let Some(groups) = &network.security_group_ids {
        let place = place.key("securityGroupIds");
        values::at_most(MAX_SECURITY_GROUPS, groups.len(), &place, problems);
        values::ids("sg", groups, &place, problems);
    }
    if network.endpoint_public_access == Some(false) && network.endpoint_private_access == Some(false) {
        let problem =
            place.key("endpointPrivateAccess").problem("both endpoints are off, so nothing could reach the cluster");
        problems.push(problem.hinted("turn `endpointPrivateAccess` or `endpointPublicAccess` on"));
    }
    if let Some(ranges) = &network.public_access_cidrs {
        cidrs(ranges, &place.key("publicAccessCidrs"), problems);
    }
}

/// Addresses of services, which never change afterwards.
fn services(config: &KubernetesNetworkConfig, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let (family, range) = (place.key("ipFamily"), place.key("serviceIpv4Cidr"));
    let v6 = config.ip_family == Some(IpFamily::Ipv6);
    if v6 && context.partition == Some("aws-cn") {
        problems.push(family.problem("EKS has no `ipv6` in the regions of China").hinted("write `ipv4`"));
    }
    let Some(text) = &config.service_ipv4_cidr else { return };
    if v6 {
        let problem = range.key_problem("`serviceIpv4Cidr` and `ipFamily: ipv6` exclude each other");
        problems.push(problem.hinted("EKS chooses the range of IPv6 services: leave `serviceIpv4Cidr` out"));
    } else {
        problems.extend(service_range(text, &range));
    }
}

fn service_range(text: &str, place: &Place<'_>) -> Option<Problem> {
    let Some(range) = syntax::cidr(text) else { return Some(not_a_range(text, place, "10.100.0.0/16")) };
    if range.trunc() != range {
        let problem = place.problem(format!("`{range}` has bits beyond its prefix"));
        return Some(problem.hinted(format!("write `{}`", range.trunc())));
    }
    if !syntax::is_private_network(range) {
        let problem = place.problem(format!("`{range}` is not within the private networks that EKS allows"));
        return Some(problem.hinted("choose from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"));
    }
    (!(12..=24).contains(&range.prefix_len())).then(|| {
        let problem = place.problem(format!("`{range}` is no range of services: its prefix must be /12 to /24"));
        problem.hinted("such as `10.100.0.0/16`")
    })
}

/// Without entries, whoever creates the cluster is the only one who can come in at first; EKS insists on that.
fn creator(config: &AccessConfig, place: &Place<'_>) -> Option<Problem> {
    let key = place.key("bootstrapClusterCreatorAdminPermissions");
    let locked = config.authentication_mode == AuthenticationMode::ConfigMap
        && config.bootstrap_cluster_creator_admin_permissions == Some(false);
    locked.then(|| {
        let message =
            "EKS makes no cluster with `authenticationMode: CONFIG_MAP` whose creator is not its administrator";
        place.problem_with_key(&key, message).hinted("leave this key out, or choose `API_AND_CONFIG_MAP` or `API`")
    })
}

/// EKS gives the endpoint of an IPv4 cluster no IPv6 address.
fn unreachable_ranges(cluster: &Cluster, place: &Place<'_>) -> Vec<Problem> {
    let family = cluster.kubernetes_network_config.as_ref().and_then(|config| config.ip_family);
    if family != Some(IpFamily::Ipv4) {
        return vec![];
    }
    let place = place.key("resourcesVpcConfig").key("publicAccessCidrs");
    let ranges = cluster.resources_vpc_config.public_access_cidrs.iter().flatten().enumerate();
    let ranges = ranges
        .filter(|(_, text)| matches!(syntax::cidr(text), Some(IpNet::V6(range)) if !syntax::is_private(range.into())));
    ranges
        .map(|(index, text)| {
            let problem =
                place.index(index).problem(format!("{} is a range of IPv6, but the cluster is `ipv4`", quoted(text)));
            problem.hinted("leave it out: its endpoint has no IPv6 address")
        })
        .collect()
}

fn cidrs(ranges: &[String], place: &Place<'_>, problems: &mut Vec<Problem>) {
    values::at_most(MAX_CIDRS, ranges.len(), place, problems);
    if ranges.is_empty() {
        let problem = place.problem("`publicAccessCidrs` is empty, which EKS would take for everyone");
        problems.push(problem.hinted("list the ranges, or set `endpointPublicAccess: false`"));
    }
    let mut seen = BTreeSet::new();
    for (index, text) in ranges.iter().enumerate() {
        let place = place.index(index);
        match syntax::cidr(text) {
            None => problems.push(not_a_range(text, &place, "203.0.113.0/24")),
            Some(range) if !seen.insert(range.trunc()) => {
                let problem = place.problem(format!("the range {} is listed twice", quoted(text)));
                problems.push(problem.hinted("keep one of them"));
            }
            Some(range) => problems.extend(private_range(range, &place)),
        }
    }
}

fn not_a_range(text: &str, place: &Place<'_>, example: &str) -> Problem {
    let problem = place.problem(format!("{} is not an address range", quoted(text)));
    match syntax::range_of_address(text) {
        Some(range) => problem.hinted(format!("for this one address write `{range}`")),
        None => problem.hinted(format!("such as `{example}`")),
    }
}

fn private_range(range: IpNet, place: &Place<'_>) -> Option<Problem> {
    syntax::is_private(range).then(|| {
        let problem = place.problem(format!("`{range}` holds no public address, so EKS refuses it"));
        problem.hinted("list the public addresses that requests come from, such as those of a NAT gateway")
    })
}

//! `cluster`: the control plane.

use std::collections::BTreeSet;

use ipnet::IpNet;

use super::{Context, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::{Cluster, ResourcesVpcConfig};

const MAX_CIDRS: usize = 40;

pub(super) fn check(cluster: &Cluster, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    values::version(cluster.version.as_deref(), &place.key("version"), problems);
    values::role(&cluster.role_arn, &place.key("roleArn"), context, problems);
    network(&cluster.resources_vpc_config, &place.key("resourcesVpcConfig"), problems);
    if let Some(types) = &cluster.logging {
        let place = place.key("logging");
        values::distinct(types, |index| place.index(index), problems);
    }
    let place = place.key("tags");
    tags::check(&cluster.tags, &place, problems);
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
    if network.endpoint_public_access == Some(false) && network.endpoint_private_access == Some(false) {
        let problem =
            place.key("endpointPrivateAccess").problem("both endpoints are off, so nothing could reach the cluster");
        problems.push(problem.hinted("turn `endpointPrivateAccess` or `endpointPublicAccess` on"));
    }
    if let Some(ranges) = &network.public_access_cidrs {
        cidrs(ranges, &place.key("publicAccessCidrs"), problems);
    }
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
            None => problems.push(not_a_range(text, &place)),
            Some(range) if !seen.insert(range.trunc()) => {
                let problem = place.problem(format!("the range {} is listed twice", quoted(text)));
                problems.push(problem.hinted("keep one of them"));
            }
            Some(range) => problems.extend(private_range(range, &place)),
        }
    }
}

fn not_a_range(text: &str, place: &Place<'_>) -> Problem {
    let problem = place.problem(format!("{} is not an address range", quoted(text)));
    match syntax::range_of_address(text) {
        Some(range) => problem.hinted(format!("for this one address write `{range}`")),
        None => problem.hinted("such as `203.0.113.0/24`"),
    }
}

fn private_range(range: IpNet, place: &Place<'_>) -> Option<Problem> {
    syntax::is_private(range).then(|| {
        let problem = place.problem(format!("`{range}` holds no public address, so EKS refuses it"));
        problem.hinted("list the public addresses that requests come from, such as those of a NAT gateway")
    })
}

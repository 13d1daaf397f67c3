//! What EKS checks before it believes a request: names, tags, subnets, roles, CIDRs.
//!
//! Functions without state, one for each kind of value, such as [`network`]. Not here: what depends on the state of a
//! cluster or nodegroup.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::{IpNet, Ipv4Net};

use crate::kernel::refusal::Refusal;
use crate::services::ec2::state::State as Ec2;
use crate::services::eks::refusal::invalid_parameter;
use crate::services::iam::state::State as Iam;

/// facts §1.1 tags
pub(super) const TAG_LIMIT: usize = 50;
/// facts §1.1 publicAccessCidrs, §5
const CIDR_LIMIT: usize = 40;
/// facts §1.1 securityGroupIds, §5
const SECURITY_GROUP_LIMIT: usize = 4;

/// The first problem, if any.
pub(super) fn ensure(holds: bool, refusal: impl FnOnce() -> Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(refusal()) }
}

/// A value out of a closed set.
pub(super) fn one_of(what: &str, value: &str, allowed: &[&str]) -> Result<(), Refusal> {
    ensure(allowed.contains(&value), || {
        invalid_parameter(format!("{what} must be one of [{}], not {value}", allowed.join(", ")))
    })
}

/// A name of letters, digits, `-` and `_` that begins with a letter or digit (facts §1.1, §1.2).
pub(super) fn is_name(name: &str, longest: usize) -> bool {
    name.len() <= longest
        && name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name.chars().all(|char| char.is_ascii_alphanumeric() || "-_".contains(char))
}

/// facts §1.1 tags
pub(super) fn tags(tags: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (key, value) in tags {
        tag_key(key)?;
        ensure(value.chars().count() <= 256, || {
            invalid_parameter(format!("The value of tag {key} must have at most 256 characters"))
        })?;
        ensure(!is_reserved(value), || {
            invalid_parameter(format!("The value of tag {key} must not start with the reserved prefix aws:"))
        })?;
    }
    ensure(tags.len() <= TAG_LIMIT, || invalid_parameter(format!("There can be at most {TAG_LIMIT} tags")))
}

/// facts §1.1 tags
pub(super) fn tag_key(key: &str) -> Result<(), Refusal> {
    ensure((1..=128).contains(&key.chars().count()), || {
        invalid_parameter(format!("Tag key {key} must be between 1 and 128 characters"))
    })?;
    ensure(!is_reserved(key), || {
        invalid_parameter(format!("Tag key {key} must not start with the reserved prefix aws:"))
    })
}

/// In any case of letters, and of keys and values alike (API reference: `TagMap`).
fn is_reserved(text: &str) -> bool {
    text.get(..4).is_some_and(|prefix| prefix.eq_ignore_ascii_case("aws:"))
}

/// The VPC of subnets that all exist and lie in one VPC, and the zones they span.
pub(super) fn network(ec2: &Ec2, subnets: &[String]) -> Result<(String, BTreeSet<String>), Refusal> {
    let (mut vpcs, mut zones) = (BTreeSet::new(), BTreeSet::new());
    for id in subnets {
        let (vpc, subnet) =
            ec2.subnet(id).ok_or_else(|| invalid_parameter(format!("The subnet ID '{id}' does not exist")))?;
        vpcs.insert(vpc.to_owned());
        zones.insert(subnet.zone.clone());
    }
    let vpc = vpcs.pop_first().ok_or_else(|| invalid_parameter("Subnets must be specified"))?;
    ensure(vpcs.is_empty(), || invalid_parameter("Subnets specified must be in the same VPC"))?;
    Ok((vpc, zones))
}

/// facts §1.1 subnetIds
pub(super) fn spans_two_zones(zones: &BTreeSet<String>) -> Result<(), Refusal> {
    ensure(zones.len() >= 2, || invalid_parameter("Subnets specified must be in at least two different AZs"))
}

/// facts §1.1 securityGroupIds: they exist, in the VPC of the subnets
pub(super) fn security_groups(ec2: &Ec2, ids: &[String], vpc: &str) -> Result<(), Refusal> {
    ensure(ids.len() <= SECURITY_GROUP_LIMIT, || {
        invalid_parameter(format!("There can be at most {SECURITY_GROUP_LIMIT} security groups"))
    })?;
    for id in ids {
        let found = ec2.vpc_of_security_group(id);
        ensure(found.is_some(), || invalid_parameter(format!("The security group ID '{id}' does not exist")))?;
        ensure(found == Some(vpc), || {
            invalid_parameter(format!("The security group {id} is not in the VPC of the subnets, {vpc}"))
        })?;
    }
    Ok(())
}

/// facts §1.1 roleArn, §2.2
pub(super) fn cluster_role(iam: &Iam, arn: &str) -> Result<(), Refusal> {
    same_account(iam, arn)?;
    let role = iam.role(arn).ok_or_else(|| invalid_parameter(format!("Role with arn: {arn}, does not exist")))?;
    ensure(role.trusts.contains_key("eks.amazonaws.com"), || {
        invalid_parameter("Role could not be assumed because the trusted entity is not correct")
    })
}

/// facts §1.2 nodeRole, §2.2
pub(super) fn node_role(iam: &Iam, arn: &str) -> Result<(), Refusal> {
    same_account(iam, arn)?;
    let name = arn.rsplit('/').next().unwrap_or_default();
    let role = iam
        .role(arn)
        .ok_or_else(|| invalid_parameter(format!("The role with name {name} cannot be found: {arn} does not exist")))?;
    ensure(role.trusts.contains_key("ec2.amazonaws.com"), || {
        invalid_parameter(format!(
            "Following required service principals [ec2.amazonaws.com] were not found in the trust relationships of \
             nodeRole {arn}"
        ))
    })
}

/// facts §1.6, §2.2
pub(super) fn pod_execution_role(iam: &Iam, arn: &str) -> Result<(), Refusal> {
    same_account(iam, arn)?;
    let role = iam.role(arn).ok_or_else(|| invalid_parameter(format!("Role with arn: {arn}, does not exist")))?;
    ensure(role.trusts.contains_key("eks-fargate-pods.amazonaws.com"), || {
        invalid_parameter(
            "Misconfigured PodExecutionRole Trust Policy; Please add the eks-fargate-pods.amazonaws.com Service \
             Principal",
        )
    })
}

/// facts §1.5, §2.2
pub(super) fn pod_role(iam: &Iam, arn: &str) -> Result<(), Refusal> {
    same_account(iam, arn)?;
    let role = iam.role(arn).ok_or_else(|| invalid_parameter("Role provided in the request does not exist."))?;
    let allowed = role.trusts.get("pods.eks.amazonaws.com");
    let may = |action| allowed.is_some_and(|allowed| allowed.contains(action));
    ensure(may("sts:AssumeRole") && may("sts:TagSession"), || {
        invalid_parameter("Trust policy of the role provided is invalid.")
    })
}

fn same_account(iam: &Iam, arn: &str) -> Result<(), Refusal> {
    ensure(owner_of_role(arn)? == iam.account, || {
        Refusal::new(403, "AccessDeniedException", "Cross-account pass role is not allowed.")
    })
}

/// The account in which a role is, whether it exists or not.
pub(super) fn owner_of_role(arn: &str) -> Result<&str, Refusal> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    match parts[..] {
        [_, _, "iam", _, owner, resource] if resource.starts_with("role/") => Ok(owner),
        _ => Err(invalid_parameter(format!("{arn} is not the ARN of a role"))),
    }
}

/// The CIDRs without host bits, each once, in the order given.
pub(crate) fn canonical_cidrs(cidrs: &[String]) -> Result<Vec<String>, Vec<String>> {
    let (mut canonical, mut invalid) = (Vec::new(), Vec::new());
    for cidr in cidrs {
        match cidr.parse::<IpNet>() {
            Ok(network) if is_public_ipv4(&network.trunc()) => {
                let cidr = network.trunc().to_string();
                if !canonical.contains(&cidr) {
                    canonical.push(cidr);
                }
            }
            _ => invalid.push(cidr.clone()),
        }
    }
    if invalid.is_empty() { Ok(canonical) } else { Err(invalid) }
}

/// facts §1.1 publicAccessCidrs: canonical; private and IPv6 ones are refused
pub(super) fn public_access_cidrs(cidrs: &[String]) -> Result<Vec<String>, Refusal> {
    let canonical = canonical_cidrs(cidrs).map_err(|invalid| {
        let invalid = invalid.join(", ");
        invalid_parameter(format!("The following CIDRs are invalid in publicAccessCidrs: [{invalid}]"))
    })?;
    ensure(canonical.len() <= CIDR_LIMIT, || {
        invalid_parameter(format!("There can be at most {CIDR_LIMIT} publicAccessCidrs"))
    })?;
    // An empty list is as good as none.
    Ok(if canonical.is_empty() { vec!["0.0.0.0/0".to_owned()] } else { canonical })
}

/// facts §1.1 serviceIpv4Cidr
pub(super) fn service_cidr(cidr: &str, vpc: &str) -> Result<(), Refusal> {
    let parse = |cidr: &str| cidr.parse::<Ipv4Net>().ok();
    let fits = |network: Ipv4Net| {
        let apart = parse(vpc).is_none_or(|vpc| !vpc.contains(&network) && !network.contains(&vpc));
        network.addr().is_private() && (12..=24).contains(&network.prefix_len()) && apart
    };
    ensure(parse(cidr).is_some_and(fits), || {
        invalid_parameter(format!(
            "The serviceIpv4Cidr {cidr} must be private, between /12 and /24, and not overlap with the VPC"
        ))
    })
}

fn is_public_ipv4(network: &IpNet) -> bool {
    match network {
        IpNet::V4(network) => {
            !network.addr().is_private() && !network.addr().is_loopback() && !network.addr().is_link_local()
        }
        IpNet::V6(_) => false,
    }
}

/// Whether each of the old CIDRs lies in one of the new.
pub(crate) fn covers(new: &[String], old: &str) -> bool {
    let parse = |cidr: &str| cidr.parse::<IpNet>().ok();
    parse(old).is_some_and(|old| new.iter().filter_map(|cidr| parse(cidr)).any(|new| new.contains(&old)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidrs(given: &[&str]) -> Result<Vec<String>, Vec<String>> {
        canonical_cidrs(&given.iter().map(|cidr| (*cidr).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn cidrs_lose_host_bits_and_doubles() {
        assert_eq!(cidrs(&["198.51.100.7/24", "198.51.100.0/24"]), Ok(vec!["198.51.100.0/24".to_owned()]));
    }

    #[test]
    fn private_and_ipv6_cidrs_are_invalid() {
        let invalid = cidrs(&["10.0.0.0/8", "0.0.0.0/0", "::/0", "nonsense"]).unwrap_err();
        assert_eq!(invalid, ["10.0.0.0/8", "::/0", "nonsense"]);
    }

    #[test]
    fn names_begin_with_a_letter_or_digit() {
        assert!(is_name("a-_9", 4) && !is_name("a-_9x", 4) && !is_name("-a", 4) && !is_name("", 4) && !is_name("ä", 4));
    }
}

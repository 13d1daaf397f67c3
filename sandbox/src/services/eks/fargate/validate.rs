//! What EKS checks before it believes in a Fargate profile (facts §1.6).
//!
//! Functions without state, one for each part of a profile, such as [`selectors`]. Not here: what depends on other
//! profiles.

use super::state::FargateSelector;
use crate::kernel::refusal::Refusal;
use crate::services::ec2::state::State as Ec2;
use crate::services::eks::labels;
use crate::services::eks::refusal::invalid_parameter;
use crate::services::eks::state::Cluster;
use crate::services::eks::validate::{ensure, is_name, network};

/// facts §5
const SELECTOR_LIMIT: usize = 5;
/// facts §5
const LABEL_LIMIT: usize = 5;
/// No name may begin so; eksctl knows it as reserved by AWS.
const RESERVED: &str = "eks-";

pub(super) fn name(name: &str) -> Result<(), Refusal> {
    ensure(is_name(name, 63), || invalid_parameter(format!("{name} is not a valid Fargate profile name")))?;
    ensure(!name.starts_with(RESERVED), || {
        invalid_parameter(format!("The Fargate profile name {name} must not start with the reserved prefix {RESERVED}"))
    })
}

/// The pods' subnets: those asked for, which have to be private, or those of the cluster that are.
pub(super) fn subnets(ec2: &Ec2, asked: &[String], cluster: &Cluster) -> Result<Vec<String>, Refusal> {
    if asked.is_empty() {
        let private: Vec<String> = cluster.subnet_ids.iter().filter(|id| ec2.is_private(id)).cloned().collect();
        ensure(!private.is_empty(), || invalid_parameter("The cluster has no private subnet for the Fargate profile"))?;
        return Ok(private);
    }
    let (vpc, _) = network(ec2, asked)?;
    ensure(vpc == cluster.vpc_id, || invalid_parameter("Subnets of the Fargate profile must be in the cluster's VPC"))?;
    match asked.iter().find(|id| !ec2.is_private(id)) {
        // awslabs/eks-perf-tests issue 195
        Some(id) => Err(invalid_parameter(format!("Subnet {id} provided in Fargate Profile is not a private subnet"))),
        None => Ok(asked.to_vec()),
    }
}

pub(super) fn selectors(selectors: &[FargateSelector]) -> Result<(), Refusal> {
    ensure((1..=SELECTOR_LIMIT).contains(&selectors.len()), || {
        invalid_parameter(format!("A Fargate profile must have between 1 and {SELECTOR_LIMIT} selectors"))
    })?;
    for FargateSelector { namespace, labels } in selectors {
        ensure(labels::is_dns_label(&without_wildcards(namespace)), || {
            invalid_parameter(format!("The namespace {namespace:?} of a selector is not valid"))
        })?;
        ensure(labels.len() <= LABEL_LIMIT, || {
            invalid_parameter(format!("A selector can have at most {LABEL_LIMIT} labels"))
        })?;
        let wrong =
            labels.iter().find(|(key, value)| !labels::is_label(&without_wildcards(key), &without_wildcards(value)));
        if let Some((key, value)) = wrong {
            return Err(invalid_parameter(format!("The label {key}={value} of a selector is not valid in Kubernetes")));
        }
    }
    Ok(())
}

/// A name that a pattern matches.
fn without_wildcards(pattern: &str) -> String {
    pattern.replace(['*', '?'], "x")
}

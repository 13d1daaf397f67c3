//! EKS' access policies, and which of them an entry has (facts §1.4).
//!
//! Functions without state, one for each operation, such as [`associate`]. Not here: what a policy allows in
//! Kubernetes.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::describe as show;
use super::input::{
    AccessScope, AssociateAccessPolicy, DisassociateAccessPolicy, ListAccessPolicies, ListAssociatedAccessPolicies,
};
use super::lookup::{changeable, entry, entry_mut, seen_entry, with_entries};
use super::state::{AUTO_NODE, AssociatedPolicy, EC2, STANDARD};
use crate::kernel::refusal::Refusal;
use crate::services::eks::lists::page;
use crate::services::eks::refusal::{invalid_parameter, invalid_request, not_found};
use crate::services::eks::validate::{ensure, one_of};
use crate::wire::operation::{Kind, Operation};
use crate::world::World;

const PREFIX: &str = "arn:aws:eks::aws:cluster-access-policy/";

/// The policies that the user guide lists.
const NAMES: [&str; 33] = [
    "AmazonAIOpsAssistantPolicy",
    "AmazonARCRegionSwitchScalingPolicy",
    "AmazonEKSACKPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSArgoCDClusterPolicy",
    "AmazonEKSArgoCDPolicy",
    "AmazonEKSAutoNodePolicy",
    "AmazonEKSBlockStorageClusterPolicy",
    "AmazonEKSBlockStoragePolicy",
    "AmazonEKSClusterAdminPolicy",
    "AmazonEKSClusterInsightsPolicy",
    "AmazonEKSComputeClusterPolicy",
    "AmazonEKSComputePolicy",
    "AmazonEKSEditPolicy",
    "AmazonEKSEventPolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSKROPolicy",
    "AmazonEKSLoadBalancingClusterPolicy",
    "AmazonEKSLoadBalancingPolicy",
    "AmazonEKSNetworkingClusterPolicy",
    "AmazonEKSNetworkingPolicy",
    "AmazonEKSPodIdentityPolicy",
    "AmazonEKSSecretAdminPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
    "AmazonEMRJobPolicy",
    "AmazonSagemakerHyperpodClusterPolicy",
    "AmazonSagemakerHyperpodControllerPolicy",
    "AmazonSagemakerHyperpodSpacePolicy",
    "AmazonSagemakerHyperpodSpaceTemplatePolicy",
    "AmazonSagemakerHyperpodSystemNamespacePolicy",
    "AmazonSagemakerHyperpodUserClusterPolicy",
];

pub(crate) const OPERATIONS: &[Operation] = &[
    Operation {
        name: "eks:AssociateAccessPolicy",
        route: "POST /clusters/{clusterName}/access-entries/{principalArn}/access-policies",
        kind: Kind::Writes,
        token: None,
        bad_input: "InvalidParameterException",
        lag: Some(|switches| switches.access_entry_lag_seconds),
        handler: |world, call| associate(world, &call.input()?, call.lag),
    },
    Operation {
        name: "eks:ListAssociatedAccessPolicies",
        route: "GET /clusters/{clusterName}/access-entries/{principalArn}/access-policies",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidRequestException",
        lag: None,
        handler: |world, call| list_associated(world, &call.input()?),
    },
    Operation {
        name: "eks:DisassociateAccessPolicy",
        route: "DELETE /clusters/{clusterName}/access-entries/{principalArn}/access-policies/{policyArn}",
        kind: Kind::Writes,
        token: None,
        bad_input: "InvalidRequestException",
        lag: None,
        handler: |world, call| disassociate(world, &call.input()?),
    },
    Operation {
        name: "eks:ListAccessPolicies",
        route: "GET /access-policies",
        kind: Kind::Reads,
        token: None,
        bad_input: "InvalidParameterException",
        lag: None,
        handler: |world, call| list_policies(world, &call.input()?),
    },
];

/// Of a policy that is associated already the scope is updated, says the user guide; others go round it, so: a switch.
fn associate(world: &mut World, input: &AssociateAccessPolicy, lag: Duration) -> Result<Value, Refusal> {
    let (cluster, principal, policy) = (&input.cluster_name, &input.principal_arn, &input.policy_arn);
    let entry_type = &seen_entry(world, changeable(world, cluster)?, principal, lag)?.entry_type;
    let about = |refusal: Refusal| refusal.of_cluster(cluster);
    check_policy(policy).map_err(about)?;
    ensure(entry_type == STANDARD || (policy.as_str(), entry_type.as_str()) == (AUTO_NODE, EC2), || {
        about(invalid_request(format!("{policy} cannot be associated with an access entry of type {entry_type}")))
    })?;
    let (scope_type, namespaces) = checked_scope(&input.access_scope).map_err(about)?;
    let (now, updates) = (world.now, world.settings.switches.association_updates_scope);
    let entry = entry_mut(world, cluster, principal)?;
    let former = entry.policies.get(policy).cloned();
    let associated = match former {
        Some(former) if !updates => former,
        former => {
            let associated_at = former.map_or(now, |former| former.associated_at);
            AssociatedPolicy { scope_type, namespaces, associated_at, modified_at: now }
        }
    };
    entry.policies.insert(policy.clone(), associated.clone());
    Ok(json!({
        "clusterName": cluster,
        "principalArn": principal,
        "associatedAccessPolicy": show::policy(policy, &associated),
    }))
}

fn disassociate(world: &mut World, input: &DisassociateAccessPolicy) -> Result<Value, Refusal> {
    let (cluster, principal) = (&input.cluster_name, &input.principal_arn);
    entry(changeable(world, cluster)?, principal)?;
    let removed = entry_mut(world, cluster, principal)?.policies.remove(&input.policy_arn);
    ensure(removed.is_some(), || no_policy().of_cluster(cluster))?;
    Ok(json!({}))
}

pub(crate) fn list_associated(world: &World, input: &ListAssociatedAccessPolicies) -> Result<Value, Refusal> {
    let cluster = with_entries(world, &input.cluster_name)?;
    let policies = &entry(cluster, &input.principal_arn)?.policies;
    let items = policies.iter().map(|(arn, policy)| (arn.clone(), show::policy(arn, policy)));
    let scope = format!("{} {}", input.cluster_name, input.principal_arn);
    let paging = (input.max_results, input.next_token.as_deref());
    let mut reply = page(world, "associatedAccessPolicies", &scope, items, paging)?;
    reply["clusterName"] = input.cluster_name.as_str().into();
    reply["principalArn"] = input.principal_arn.as_str().into();
    Ok(reply)
}

fn list_policies(world: &World, input: &ListAccessPolicies) -> Result<Value, Refusal> {
    let shown = |name: &str| json!({ "name": name, "arn": format!("{PREFIX}{name}") });
    let items = NAMES.iter().map(|name| ((*name).to_owned(), shown(name)));
    page(world, "accessPolicies", "", items, (input.max_results, input.next_token.as_deref()))
}

fn check_policy(arn: &str) -> Result<(), Refusal> {
    let name =
        arn.strip_prefix(PREFIX).ok_or_else(|| invalid_parameter("The policyArn parameter format is not valid"))?;
    ensure(NAMES.contains(&name), no_policy)
}

/// facts §7
fn no_policy() -> Refusal {
    not_found(
        "The specified policyArn could not be found. You can view your available access policies with \
         'list-access-policies'.",
    )
}

/// facts §7
fn checked_scope(scope: &AccessScope) -> Result<(String, BTreeSet<String>), Refusal> {
    let scope_type = scope.scope_type.clone().ok_or_else(|| invalid_parameter("accessScope must have a type"))?;
    one_of("accessScope type", &scope_type, &["cluster", "namespace"])?;
    let namespaces = scope.namespaces.clone().unwrap_or_default();
    let for_cluster = scope_type == "cluster";
    ensure(!for_cluster || namespaces.is_empty(), || {
        invalid_parameter("accessScope should not include namespaces if the type is not set as namespace")
    })?;
    ensure(for_cluster || !namespaces.is_empty(), || {
        invalid_parameter("At least 1 namespace must be provided if the type is set as namespace")
    })?;
    ensure(namespaces.iter().all(|namespace| is_namespace(namespace)), || {
        invalid_parameter(
            "accessScope includes a namespace that is neither a Kubernetes namespace nor a pattern of one",
        )
    })?;
    Ok((scope_type, namespaces))
}

/// A name as Kubernetes has it, or with `*` in places.
fn is_namespace(name: &str) -> bool {
    let inner = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "-*".contains(char);
    let is_edge = |edge: Option<char>| edge.is_some_and(|edge| edge != '-');
    (1..=63).contains(&name.len())
        && name.chars().all(inner)
        && is_edge(name.chars().next())
        && is_edge(name.chars().next_back())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn namespaces_may_be_patterns() {
        assert!(["a", "dev-*", "*", "*-x", "a1"].iter().all(|name| is_namespace(name)));
        assert!(!["", "-a", "a-", "A", "a.b", "a b"].iter().any(|name| is_namespace(name)));
    }

    #[test]
    fn policies_are_sorted_for_paging() {
        assert!(NAMES.is_sorted());
    }
}

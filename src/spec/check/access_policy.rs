//! `accessEntries[].accessPolicies`: permissions that EKS knows by name, and where they hold.
//!
//! The central function is [`check`], for the policies of one entry. They are known by name only to suggest one: EKS
//! adds to them, so a name that resembles none is let through.

use std::collections::BTreeSet;

use super::{Context, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::{near, quoted};
use crate::spec::syntax;
use crate::spec::types::{AccessEntryType, AccessPolicy, AccessScope, AccessScopeType};

pub(super) const CLUSTER_ADMIN: &str = "AmazonEKSClusterAdminPolicy";
/// The one policy that the entries of Auto Mode's nodes take.
const AUTO_NODE: &str = "AmazonEKSAutoNodePolicy";

/// Those that people choose. EKS has more, for its own services, and adds to them.
const KNOWN: [&str; 11] = [
    "AmazonEKSACKPolicy",
    "AmazonEKSAdminPolicy",
    "AmazonEKSAdminViewPolicy",
    "AmazonEKSArgoCDPolicy",
    AUTO_NODE,
    CLUSTER_ADMIN,
    "AmazonEKSEditPolicy",
    "AmazonEKSHybridPolicy",
    "AmazonEKSKROPolicy",
    "AmazonEKSSecretReaderPolicy",
    "AmazonEKSViewPolicy",
];

/// Whether a policy makes somebody an administrator of all of the cluster.
pub(super) fn administrates(policy: &AccessPolicy) -> bool {
    let everywhere = policy.access_scope.as_ref().is_none_or(|scope| scope.scope_type == AccessScopeType::Cluster);
    everywhere && short_name(&policy.policy_arn) == Some(CLUSTER_ADMIN)
}

/// The policies of one entry.
pub(super) fn check(
    policies: &[AccessPolicy],
    entry_type: AccessEntryType,
    place: &Place<'_>,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) {
    if place.is_present() && !takes_policies(entry_type) {
        let message = format!("an entry of the type `{entry_type}` takes no `accessPolicies`");
        problems
            .push(place.key_problem(message).hinted("nodes have the permissions that they need; leave the key out"));
        return;
    }
    let mut seen = BTreeSet::new();
    for (index, policy) in policies.iter().enumerate() {
        let place = place.index(index);
        let arn = place.key("policyArn");
        problems.extend(name_problem(&policy.policy_arn, entry_type, &arn, context));
        if short_name(&policy.policy_arn).is_some_and(|name| !seen.insert(name)) {
            let problem = arn.problem(format!("{} is listed twice", quoted(&policy.policy_arn)));
            problems.push(problem.hinted("an entry has a policy once: list all its namespaces there"));
        }
        if let Some(scope) = &policy.access_scope {
            check_scope(scope, &place.key("accessScope"), problems);
        }
    }
}

fn takes_policies(entry_type: AccessEntryType) -> bool {
    matches!(entry_type, AccessEntryType::Standard | AccessEntryType::Ec2)
}

/// The name of a policy, given as such or as an ARN.
fn short_name(text: &str) -> Option<&str> {
    if text.starts_with("arn:") { syntax::access_policy(text).map(|(_, name)| name) } else { Some(text) }
}

fn name_problem(text: &str, entry_type: AccessEntryType, place: &Place<'_>, context: &Context<'_>) -> Option<Problem> {
    if text.starts_with("arn:") {
        let Some((partition, _)) = syntax::access_policy(text) else { return Some(no_policy(text, place)) };
        return values::partition(partition, place, context).or_else(|| unfit(text, entry_type, place));
    }
    if !syntax::is_iam_name(text) {
        let problem = place.problem(format!("{} is not the name of an access policy", quoted(text)));
        return Some(problem.hinted("such as `AmazonEKSViewPolicy`"));
    }
    misspelt(text, place).or_else(|| unfit(text, entry_type, place))
}

/// An ARN is taken at its word, so that a policy that happens to be called almost like another can be named too.
fn misspelt(name: &str, place: &Place<'_>) -> Option<Problem> {
    let meant = near(name, KNOWN).filter(|known| *known != name)?;
    let problem = place.problem(format!("{} is not an access policy that trueup knows", quoted(name)));
    Some(problem.hinted(format!("did you mean `{meant}`? If EKS does have the other, write its ARN")))
}

fn no_policy(arn: &str, place: &Place<'_>) -> Problem {
    let problem = place.problem(format!("{} is not the ARN of an access policy", quoted(arn)));
    if arn.contains(":iam:") {
        return problem
            .hinted("policies of IAM say nothing inside a cluster; EKS has its own, such as `AmazonEKSViewPolicy`");
    }
    problem.hinted("write the name alone, such as `AmazonEKSViewPolicy`")
}

fn unfit(text: &str, entry_type: AccessEntryType, place: &Place<'_>) -> Option<Problem> {
    let wrong = entry_type == AccessEntryType::Ec2 && short_name(text) != Some(AUTO_NODE);
    wrong.then(|| place.problem(format!("an entry of the type `{entry_type}` takes no policy but `{AUTO_NODE}`")))
}

fn check_scope(scope: &AccessScope, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let namespaces = scope.namespaces.as_deref().unwrap_or_default();
    let list = place.key("namespaces");
    check_namespaces(namespaces, &list, problems);
    match scope.scope_type {
        AccessScopeType::Cluster if !namespaces.is_empty() => {
            let message = "`namespaces` are listed, but the policy holds in the whole cluster";
            let hint = "write `type: namespace`, or leave `namespaces` out";
            problems.push(place.problem_with_key(&list, message).hinted(hint));
        }
        AccessScopeType::Namespace if namespaces.is_empty() => {
            let message = "the policy holds in the listed namespaces, but none is listed";
            let hint = "list `namespaces`, or write `type: cluster`";
            problems.push(place.problem_with_value(&list, message).hinted(hint));
        }
        AccessScopeType::Cluster | AccessScopeType::Namespace => {}
    }
}

fn check_namespaces(namespaces: &[String], place: &Place<'_>, problems: &mut Vec<Problem>) {
    values::distinct(namespaces, |index| place.index(index), problems);
    for (index, name) in namespaces.iter().enumerate().filter(|(_, name)| !syntax::is_namespace_pattern(name)) {
        let problem = place.index(index).problem(format!("{} is not a namespace", quoted(name)));
        let hint =
            "at most 63 small letters, digits and `-`, with a letter or digit at both ends; `*` may stand at the end";
        problems.push(problem.hinted(hint));
    }
}

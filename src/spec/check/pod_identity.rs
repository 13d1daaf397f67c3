//! `podIdentityAssociations`: one role for one service account.
//!
//! The central function is [`check`], for the whole section. Not here: whether the role trusts EKS, which only IAM knows.

use std::collections::BTreeSet;

use super::{Context, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::PodIdentityAssociation;

pub(super) fn check(
    all: &[PodIdentityAssociation],
    place: &Place<'_>,
    context: &Context<'_>,
    problems: &mut Vec<Problem>,
) {
    let mut seen = BTreeSet::new();
    for (index, association) in all.iter().enumerate() {
        let place = place.index(index);
        let PodIdentityAssociation { namespace, service_account, role_arn, target_role_arn, tags, .. } = association;
        if !seen.insert((namespace, service_account)) {
            let message = format!("the service account {namespace}/{service_account} has two associations");
            problems.push(place.key("serviceAccount").problem(message).hinted("EKS takes one: keep one of them"));
        }
        if namespace.ends_with('*') || !syntax::is_namespace_pattern(namespace) {
            let problem = place.key("namespace").problem(format!("{} is not a namespace's name", quoted(namespace)));
            problems.push(problem.hinted("lower-case letters, digits and `-`; at most 63 characters, no pattern"));
        }
        if !is_service_account(service_account) {
            let message = format!("{} is not a service account's name", quoted(service_account));
            let problem = place.key("serviceAccount").problem(message);
            problems.push(problem.hinted("lower-case letters, digits, `-` and `.`; at most 253 characters"));
        }
        values::role(role_arn, &place.key("roleArn"), context, problems);
        if let Some(target) = target_role_arn {
            target_role(target, &place.key("targetRoleArn"), context, problems);
        }
        let tags_place = place.key("tags");
        tags::check_eks(tags, &tags_place, problems);
        tags::count_with(context.tags, tags, &tags_place, problems);
    }
}

/// A DNS subdomain, as Kubernetes wants it.
fn is_service_account(name: &str) -> bool {
    let allowed = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || "-.".contains(char);
    let edge = |char: Option<char>| char.is_some_and(|char| char.is_ascii_lowercase() || char.is_ascii_digit());
    name.len() <= 253 && name.chars().all(allowed) && edge(name.chars().next()) && edge(name.chars().last())
}

/// It may be of another account.
fn target_role(arn: &str, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    match syntax::principal(arn).filter(|principal| principal.kind == "role") {
        Some(role) => problems.extend(values::partition(role.partition, place, context)),
        None => problems.push(place.problem("`targetRoleArn` must be a role's ARN")),
    }
}

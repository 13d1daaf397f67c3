//! `fargateProfiles`: names, roles, subnets and selectors.
//!
//! The central function is [`check`], for the whole section. Not here: whether a subnet is private, which only AWS knows.

use super::{Context, tags, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::{FargateProfile, FargateSelector};

/// What a profile, and a selector, may have (facts/eks-semantics.md §1.6).
const MAX_SELECTORS: usize = 5;
const MAX_LABELS: usize = 5;

pub(super) fn check(all: &[FargateProfile], place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let names = all.iter().map(|profile| &profile.fargate_profile_name);
    values::distinct(names, |index| place.index(index).key("fargateProfileName"), problems);
    for (index, profile) in all.iter().enumerate() {
        check_profile(profile, &place.index(index), context, problems);
    }
}

fn check_profile(profile: &FargateProfile, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let FargateProfile { fargate_profile_name, pod_execution_role_arn, subnets, selectors, tags } = profile;
    if !syntax::is_eks_name(fargate_profile_name, 100) {
        let message = format!("{} is not a valid Fargate profile name", quoted(fargate_profile_name));
        let problem = place.key("fargateProfileName").problem(message);
        problems.push(problem.hinted("a letter or digit, then letters, digits, `-` and `_`; at most 100 characters"));
    }
    values::role(pod_execution_role_arn, &place.key("podExecutionRoleArn"), context, problems);
    values::ids("subnet", subnets, &place.key("subnets"), problems);
    if subnets.is_empty() {
        problems.push(place.key("subnets").problem("`subnets` is empty, but Fargate needs at least one"));
    }
    let selectors_place = place.key("selectors");
    values::at_most(MAX_SELECTORS, selectors.len(), &selectors_place, problems);
    if selectors.is_empty() {
        let problem = selectors_place.problem("`selectors` is empty, but a profile needs at least one");
        problems.push(problem.hinted("name a namespace: `[{ namespace: batch }]`"));
    }
    for (index, FargateSelector { namespace, labels }) in selectors.iter().enumerate() {
        let place = selectors_place.index(index);
        if namespace.is_empty() {
            let problem = place.key("namespace").problem("`namespace` is empty");
            problems.push(problem.hinted("name one, or write `\"*\"` for all"));
        }
        values::at_most(MAX_LABELS, labels.len(), &place.key("labels"), problems);
    }
    let tags_place = place.key("tags");
    tags::check_eks(tags, &tags_place, problems);
    tags::count_with(context.tags, tags, &tags_place, problems);
}

//! `metadata`: the cluster's name, region, account and tags.
//!
//! The central function is [`check`]. Not here: whether the credentials are for that account (`cli/session.rs`).

use super::tags;
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::Metadata;

pub(super) fn check(metadata: &Metadata, place: &Place<'_>, problems: &mut Vec<Problem>) {
    name(&metadata.name, &place.key("name"), problems);
    region(&metadata.region, &place.key("region"), problems);
    account(&metadata.account_id, &place.key("accountId"), problems);
    tags::check_eks(&metadata.tags, &place.key("tags"), problems);
    tags::count(metadata.tags.iter(), &place.key("tags"), problems);
}

fn name(name: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if !syntax::is_eks_name(name, 100) {
        let problem = place.problem(format!("{} is not a valid cluster name", quoted(name)));
        problems.push(problem.hinted("a letter or digit, then letters, digits, `-` and `_`; at most 100 characters"));
    }
}

fn region(region: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if syntax::is_region(region) {
        return;
    }
    let problem = place.problem(format!("{} is not a region", quoted(region)));
    problems.push(match syntax::region_of_zone(region) {
        Some(meant) => problem.hinted(format!("that is an availability zone; its region is `{meant}`")),
        None => problem.hinted("such as `us-east-1`"),
    });
}

fn account(account: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if !syntax::is_account(account) {
        let problem = place.problem(format!("{} is not an account id", quoted(account)));
        problems.push(problem.hinted("twelve digits in quotes, without dashes, such as `\"111122223333\"`"));
    }
}

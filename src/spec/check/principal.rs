//! `accessEntries[].principalArn`: which ARNs EKS makes entries for, and how to write one that it does not take.
//!
//! The central function is [`problem`]. Not here: whether there is such a role or user, which is no question about the
//! file.

use super::{Context, values};
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax::{self, Principal};
use crate::spec::types::AccessEntryType;

/// Where IAM Identity Center keeps the roles of permission sets; the region follows, but not in us-east-1.
const SSO_PATH: &str = "aws-reserved/sso.amazonaws.com/";

/// The role or user of an ARN that an entry can have.
pub(super) fn of(arn: &str) -> Option<Principal<'_>> {
    syntax::principal(arn)
}

/// What is wrong with a principal; the first that is, for the rest follows from it.
pub(super) fn problem(
    arn: &str,
    entry_type: AccessEntryType,
    place: &Place<'_>,
    context: &Context<'_>,
) -> Option<Problem> {
    let Some(principal) = of(arn) else { return Some(no_principal(arn, place, context)) };
    unusable(&principal, place)
        .or_else(|| values::partition(principal.partition, place, context))
        .or_else(|| unfit(&principal, entry_type, place, context))
}

fn no_principal(arn: &str, place: &Place<'_>, context: &Context<'_>) -> Problem {
    let account = context.account.unwrap_or("111122223333");
    if let Some((owner, role)) = syntax::assumed_role(arn) {
        let path = if role.starts_with("AWSReservedSSO_") { SSO_PATH } else { "" };
        let problem = place.problem("`principalArn` is a session, but entries are for the role behind it");
        return problem
            .hinted(format!("write the role's own ARN, as IAM shows it: `arn:aws:iam::{owner}:role/{path}{role}`"));
    }
    if arn.ends_with(":root") {
        let problem = place.problem(format!("{} is a whole account, for which EKS takes no entry", quoted(arn)));
        return problem.hinted("name a role or a user of it");
    }
    let problem =
        place.problem(format!("`principalArn` is {}, but must be the ARN of an IAM role or user", quoted(arn)));
    if syntax::is_iam_name(arn) {
        return problem.hinted(format!("roles are not known by name yet: write `arn:aws:iam::{account}:role/{arn}`"));
    }
    problem.hinted(format!("write it as `arn:aws:iam::{account}:role/<path and name>`"))
}

fn unusable(principal: &Principal<'_>, place: &Place<'_>) -> Option<Problem> {
    if principal.path.starts_with("aws-service-role/") {
        let message = format!("{} is a service-linked role, for which EKS takes no entry", quoted(principal.name));
        return Some(place.problem(message).hinted("the service has the access that it needs; leave the entry out"));
    }
    let pathless = principal.name.starts_with("AWSReservedSSO_") && !principal.path.starts_with(SSO_PATH);
    pathless.then(|| {
        let problem = place.problem(format!("{} lacks its path", quoted(principal.name)));
        problem.hinted(format!("roles of IAM Identity Center are under `role/{SSO_PATH}`; IAM shows the whole ARN"))
    })
}

/// Nodes have roles, of the cluster's account.
fn unfit(
    principal: &Principal<'_>,
    entry_type: AccessEntryType,
    place: &Place<'_>,
    context: &Context<'_>,
) -> Option<Problem> {
    if entry_type == AccessEntryType::Standard {
        return None;
    }
    if principal.kind != "role" {
        let problem = place.problem(format!("an entry of the type `{entry_type}` is for a role, and this is a user"));
        return Some(problem.hinted("name the nodes' role, or leave `type` out"));
    }
    let account = context.account.filter(|account| *account != principal.account)?;
    let other = principal.account;
    let message = format!(
        "an entry of the type `{entry_type}` is for a role of the cluster's account, {account}, but this one is of {other}"
    );
    Some(place.problem(message).hinted("name the nodes' role, or leave `type` out"))
}

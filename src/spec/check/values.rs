//! Rules that more than one section uses: numbers in bounds, lists without repetition, versions, roles and ids.
//!
//! Functions without state, such as [`within`] and [`distinct`]. Each takes a value and its place and says what is
//! wrong with it; none knows the section it is used in.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use super::Context;
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax::{self, MAX_SKEW};

/// A number within bounds. `i32::MAX` as the upper bound means none.
pub(super) fn within(bounds: &RangeInclusive<i32>, value: Option<i32>, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let Some(value) = value.filter(|value| !bounds.contains(value)) else { return };
    let (least, most) = (bounds.start(), bounds.end());
    let limit = if value < *least { format!("at least {least}") } else { format!("at most {most}") };
    problems.push(place.problem(format!("`{}` is {value}, but must be {limit}", place.name())));
}

/// A list that is not too long.
pub(super) fn at_most(limit: usize, length: usize, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if length > limit {
        problems.push(place.key_problem(format!("`{}` has {length} items, but AWS allows {limit}", place.name())));
    }
}

/// Nothing twice. An empty item has a problem of its own.
pub(super) fn distinct<'tree, T: ToString>(
    items: impl IntoIterator<Item = T>,
    place: impl Fn(usize) -> Place<'tree>,
    problems: &mut Vec<Problem>,
) {
    let mut seen = BTreeSet::new();
    for (index, item) in items.into_iter().enumerate() {
        let item = item.to_string();
        if !item.is_empty() && seen.contains(&item) {
            problems
                .push(place(index).problem(format!("{} is listed twice", quoted(&item))).hinted("keep one of them"));
        }
        seen.insert(item);
    }
}

/// A Kubernetes minor version.
pub(super) fn version(text: Option<&str>, place: &Place<'_>, problems: &mut Vec<Problem>) {
    let Some(text) = text.filter(|text| syntax::minor(text).is_none()) else { return };
    let problem = place.problem(format!("`{}` is {}, but must be a minor version", place.name(), quoted(text)));
    let numbers: Vec<&str> = text.trim_start_matches('v').split('.').take(2).collect();
    let meant = numbers.join(".");
    problems.push(if syntax::minor(&meant).is_some() {
        problem.hinted(format!("EKS chooses the patch: write `{}: \"{meant}\"`", place.name()))
    } else {
        problem.hinted("such as `\"1.34\"`")
    });
}

/// A node's version against the control plane's: not newer, and at most three minors older.
pub(super) fn skew(node: Option<u32>, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let (Some(node), Some(control)) = (node, context.version) else { return };
    if node > control {
        let message = format!("nodes of 1.{node} are newer than the control plane, which is 1.{control}");
        problems.push(place.problem(message).hinted("upgrade the control plane first, or choose its version"));
    } else if node.saturating_add(MAX_SKEW) < control {
        let message = format!("nodes of 1.{node} are too old for the control plane, which is 1.{control}");
        problems
            .push(place.problem(message).hinted(format!("Kubernetes supports nodes down to 1.{}", control - MAX_SKEW)));
    }
}

/// The ARN of a role in the cluster's account.
pub(super) fn role(arn: &str, place: &Place<'_>, context: &Context<'_>, problems: &mut Vec<Problem>) {
    let Some(role) = syntax::principal(arn).filter(|principal| principal.kind == "role") else {
        problems.push(no_role(arn, place, context));
        return;
    };
    let other = context.account.filter(|account| *account != role.account).map(|account| {
        let message =
            format!("`{}` is a role of the account {}, but the cluster is in {account}", place.name(), role.account);
        place.problem(message).hinted("EKS takes no role of another account")
    });
    problems.extend(other.or_else(|| partition(role.partition, place, context)));
}

fn no_role(arn: &str, place: &Place<'_>, context: &Context<'_>) -> Problem {
    let account = context.account.unwrap_or("111122223333");
    let problem = place.problem(format!("`{}` is {}, but must be a role's ARN", place.name(), quoted(arn)));
    if syntax::is_iam_name(arn) {
        return problem.hinted(format!("roles are not known by name yet: write `arn:aws:iam::{account}:role/{arn}`"));
    }
    problem.hinted(format!("write it as `arn:aws:iam::{account}:role/<name>`"))
}

/// The partition of an ARN, which is the region's.
pub(super) fn partition(found: &str, place: &Place<'_>, context: &Context<'_>) -> Option<Problem> {
    let wanted = context.partition.filter(|wanted| *wanted != found)?;
    let message = format!("`{}` is of the partition `{found}`, but the region is in `{wanted}`", place.name());
    Some(place.problem(message).hinted(format!("begin it with `arn:{wanted}:`")))
}

/// A list of ids of one kind, such as `subnet`.
pub(super) fn ids(kind: &str, ids: &[String], place: &Place<'_>, problems: &mut Vec<Problem>) {
    distinct(ids, |index| place.index(index), problems);
    for (index, id) in ids.iter().enumerate().filter(|(_, id)| !syntax::is_id(id, kind)) {
        let message = format!("`{}` is {}, but must be an id", place.index(index).name(), quoted(id));
        let example = format!("`{kind}-0123456789abcdef0`");
        let hint = match kind {
            "subnet" => format!("subnets are not known by name yet: write the id, such as {example}"),
            _ => format!("such as {example}"),
        };
        problems.push(place.index(index).problem(message).hinted(hint));
    }
}

//! Checks every mutating request before it is applied. The central type is `Case` in [`case`]: one request.
//!
//! A violation is recorded and the request refused, so that it is always loud. Not here: what EKS itself refuses.

mod access;
mod case;
pub(crate) mod deletion;
mod disruption;
mod groups;
pub(crate) mod state;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::wire::operation::Operation;
use crate::world::World;

use case::Case;
use state::Violation;

/// A rule's name and its examination: what is wrong, if anything.
type Rule = (&'static str, fn(&Case<'_>) -> Option<String>);

const RULES: &[Rule] = &[
    ("delete only what is owned, and only when pruning", deletion::only_owned),
    ("the ownership tag is written by create calls only", deletion::ownership_tag_untouched),
    ("no nodegroup is replaced", deletion::no_replacement),
    ("nobody is locked out", disruption::endpoint_stays_open),
    ("nobody is locked out", access::entries_stay),
    ("nobody is locked out", access::an_administrator_before_the_api_mode),
    ("no job is killed", disruption::nodes_stay),
    ("nothing is forced", disruption::nothing_forced),
    ("no version goes back", disruption::versions_go_on),
    ("tags of others are untouched", groups::foreign_tags),
    ("tags for the autoscaler are true", groups::true_tags),
    ("processes are named, and nodes can come and go", groups::processes),
    ("a service's own group is untouched", groups::operated),
];

/// The first rule that a request breaks, if the world has an auditor.
pub(crate) fn check(world: &World, operation: &'static Operation, input: &Value) -> Option<Violation> {
    if !operation.is_mutating() {
        return None;
    }
    let case = Case { world, audit: world.settings.audit.as_ref()?, operation, input };
    RULES.iter().find_map(|(rule, examine)| {
        let why = examine(&case)?;
        Some(Violation { rule: (*rule).to_owned(), request: format!("{} {input}", operation.name), why })
    })
}

//! Checks every mutating request before it is applied. The central type is `Case` in [`case`]: one request.
//!
//! A violation is recorded and the request refused, so that it is always loud. Not here: what EKS itself refuses.

mod access;
mod case;
pub(crate) mod deletion;
mod disruption;
mod groups;
mod pods;
pub(crate) mod state;

#[cfg(test)]
mod tests;

use serde_json::Value;

use crate::wire::operation::{Kind, Operation};
use crate::world::World;

use case::Case;
use state::Violation;

/// Something that no request may do.
struct Rule {
    law: &'static str,
    about: About,
    /// What is wrong with a request, if anything.
    examine: fn(&Case<'_>) -> Option<String>,
}

/// Which operations a rule is about.
enum About {
    Deletions,
    These(&'static [&'static str]),
}

impl About {
    fn covers(&self, operation: &Operation) -> bool {
        match self {
            Self::Deletions => matches!(operation.kind, Kind::Deletes(_)),
            Self::These(names) => names.contains(&operation.name),
        }
    }
}

const RULES: &[Rule] = &[
    Rule {
        law: "what is new disrupts nothing",
        about: About::These(&[
            "eks:CreateCluster",
            "eks:CreateAccessEntry",
            "eks:CreateFargateProfile",
            "eks:CreatePodIdentityAssociation",
        ]),
        examine: |_| None,
    },
    Rule {
        law: "delete only what is owned, and only when pruning",
        about: About::Deletions,
        examine: deletion::only_owned,
    },
    Rule {
        law: "the ownership tag is written by create calls only",
        about: About::These(&["eks:TagResource", "eks:UntagResource"]),
        examine: deletion::ownership_tag_untouched,
    },
    Rule {
        law: "no nodegroup is replaced",
        about: About::These(&["eks:CreateNodegroup"]),
        examine: deletion::no_replacement,
    },
    Rule {
        law: "nobody is locked out",
        about: About::These(&["eks:UpdateClusterConfig"]),
        examine: disruption::endpoint_stays_open,
    },
    Rule { law: "nobody is locked out", about: About::These(access::OPERATIONS), examine: access::entries_stay },
    Rule {
        law: "nobody is locked out",
        about: About::These(&["eks:UpdateClusterConfig"]),
        examine: access::an_administrator_before_the_api_mode,
    },
    Rule { law: "no job is killed", about: About::These(disruption::OPERATIONS), examine: disruption::nodes_stay },
    Rule { law: "no job is killed", about: About::These(pods::DELETIONS), examine: pods::pods_stay },
    Rule {
        law: "an add-on's own association is untouched",
        about: About::These(pods::ASSOCIATIONS),
        examine: pods::of_an_addon,
    },
    Rule {
        law: "nothing is forced",
        about: About::These(&["eks:UpdateClusterVersion", "eks:UpdateNodegroupVersion"]),
        examine: disruption::nothing_forced,
    },
    Rule {
        law: "no version goes back",
        about: About::These(&["eks:UpdateClusterVersion"]),
        examine: disruption::versions_go_on,
    },
    Rule { law: "tags of others are untouched", about: About::These(groups::TAGS), examine: groups::foreign_tags },
    Rule { law: "tags for the autoscaler are true", about: About::These(groups::TAGS), examine: groups::true_tags },
    Rule {
        law: "processes are named, and nodes can come and go",
        about: About::These(groups::PROCESSES),
        examine: groups::processes,
    },
    Rule {
        law: "a service's own group is untouched",
        about: About::These(groups::OPERATIONS),
        examine: groups::operated,
    },
];

/// The first rule that a request breaks, if the world has an auditor. A change that no rule is about is denied.
pub(crate) fn check(world: &World, operation: &'static Operation, input: &Value) -> Option<Violation> {
    let case = Case { world, audit: world.settings.audit.as_ref()?, operation, input };
    if !operation.is_mutating() {
        return None;
    }
    let violation = |law: &str, why: String| {
        let request = format!("{} {input}", operation.name);
        Some(Violation { rule: law.to_owned(), request, why })
    };
    let mut rules = RULES.iter().filter(|rule| rule.about.covers(operation)).peekable();
    if rules.peek().is_none() {
        return violation("every change is known", format!("no rule is about {}", operation.name));
    }
    rules.find_map(|rule| violation(rule.law, (rule.examine)(&case)?))
}

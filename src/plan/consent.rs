//! What a person has agreed to.
//!
//! The central type is [`Consent`]. Not here: what must not run without it (`withhold`), and how somebody is asked
//! (`cli/question.rs`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use wildmatch::WildMatch;

use crate::model::{Address, Disruption, Effect};

/// What the command line agrees to, beyond `--yes`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    /// Delete what is ours and not in the file.
    pub prune: bool,
    /// Drain or terminate nodes, end pods, or take access away, on resources whose address is one of these; `*` stands for
    /// anything, a `/` included, and `?` for one character.
    pub disruption: Vec<String>,
    /// Take steps from which there is no way back.
    pub irreversible: bool,
    /// Take away what protects a resource from being deleted, in order to delete it.
    pub unlock: bool,
}

impl Consent {
    /// What stands for every address.
    pub const EVERYTHING: &str = "*";

    /// Whether disruptions of a resource are agreed to.
    pub fn disrupts(&self, address: &Address) -> bool {
        self.disruption.iter().any(|pattern| WildMatch::new(pattern).matches(&address.to_string()))
    }
}

/// A disruption in words, with the number of nodes.
pub fn sentence(disruption: &Disruption) -> String {
    let Disruption { effect, nodes, because } = disruption;
    let count = match nodes {
        Some(1) => "1 node".to_owned(),
        Some(nodes) => format!("{nodes} nodes"),
        None => "an unknown number of nodes".to_owned(),
    };
    match effect {
        Effect::EndsPods => format!("{because}; ends pods"),
        Effect::MayBreakAccess => format!("{because}; access to AWS may break"),
        Effect::MayLockOut => format!("{because}; somebody may be locked out"),
        Effect::MayRebalance => format!("{because}; {count} at risk"),
        Effect::Drains => format!("{because}; drains {count}"),
        Effect::Terminates => format!("{because}; terminates {count}"),
    }
}

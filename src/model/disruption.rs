//! What a change does to running workloads or to access, for a person to consent to.
//!
//! The central type is [`Disruption`]. Not here: who consents (`plan/consent.rs`), and how it is said.

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a change does to running workloads or to access.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disruption {
    /// What happens.
    pub effect: Effect,
    /// How many nodes are there to be hit, as seen live; 0 where no node is concerned, `null` where it is not known, which
    /// is never taken for none.
    pub nodes: Option<i32>,
    /// Why it happens, as a clause.
    pub because: Cow<'static, str>,
}

/// What happens to workloads or access.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub enum Effect {
    /// A workload may lose access to AWS.
    MayBreakAccess,
    /// Somebody may lose access to the API server.
    MayLockOut,
    /// Auto Scaling may terminate nodes to even out zones.
    MayRebalance,
    /// Pods or their connections end, on whatever they run.
    EndsPods,
    /// Nodes are drained and replaced.
    Drains,
    /// Nodes are terminated.
    Terminates,
}

impl Disruption {
    /// A disruption that hits this many nodes.
    pub fn of_nodes(effect: Effect, nodes: i32, because: impl Into<Cow<'static, str>>) -> Self {
        Self { effect, nodes: Some(nodes), because: because.into() }
    }

    /// A disruption that concerns no node.
    pub fn of_access(effect: Effect, because: impl Into<Cow<'static, str>>) -> Self {
        Self::of_nodes(effect, 0, because)
    }

    /// Whether whoever agreed to this one agreed to `other`, too. The nodes of a roll come and go with the autoscaler; those
    /// of a group that shrinks, vanishes or is rebalanced are counted.
    pub fn covers(&self, other: &Self) -> bool {
        let nodes = match (self.nodes, other.nodes) {
            (None, _) => true,
            (Some(_), None) => false,
            (Some(agreed), Some(now)) => match other.effect {
                Effect::Terminates | Effect::MayRebalance => agreed >= now,
                Effect::Drains | Effect::EndsPods | Effect::MayLockOut | Effect::MayBreakAccess => {
                    agreed > 0 || now == 0
                }
            },
        };
        self.effect == other.effect && nodes
    }

    /// The worse of two; an unknown number of nodes is worse than any.
    pub fn worst(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        let weight = |it: &Self| (it.effect, it.nodes.is_none(), it.nodes);
        one.into_iter().chain(other).max_by_key(weight)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(effect: Effect, nodes: Option<i32>) -> Disruption {
        Disruption { effect, nodes, because: "test".into() }
    }

    #[test]
    fn an_unknown_number_of_nodes_is_never_none() {
        let unknown = hits(Effect::EndsPods, None);
        assert!(!hits(Effect::EndsPods, Some(0)).covers(&unknown));
        assert!(!hits(Effect::EndsPods, Some(9)).covers(&unknown));
        assert!(unknown.covers(&unknown) && unknown.covers(&hits(Effect::EndsPods, Some(9))));
        let worst = Disruption::worst(Some(hits(Effect::Drains, None)), Some(hits(Effect::Drains, Some(100))));
        assert_eq!(worst.unwrap().nodes, None);
    }

    #[test]
    fn more_nodes_than_shown_count_where_nodes_are_terminated() {
        for effect in [Effect::Terminates, Effect::MayRebalance] {
            assert!(hits(effect, Some(3)).covers(&hits(effect, Some(3))));
            assert!(!hits(effect, Some(3)).covers(&hits(effect, Some(4))));
        }
        for effect in [Effect::Drains, Effect::EndsPods, Effect::MayLockOut, Effect::MayBreakAccess] {
            assert!(hits(effect, Some(1)).covers(&hits(effect, Some(4))), "{effect:?}");
            assert!(!hits(effect, Some(0)).covers(&hits(effect, Some(1))), "{effect:?}");
            assert!(hits(effect, Some(0)).covers(&hits(effect, Some(0))), "{effect:?}");
        }
        assert!(!hits(Effect::Drains, Some(9)).covers(&hits(Effect::Terminates, Some(1))));
    }

    #[test]
    fn the_worst_is_the_worst_effect_then_the_most_nodes() {
        let one = Some(hits(Effect::Terminates, Some(1)));
        assert_eq!(Disruption::worst(Some(hits(Effect::Drains, Some(9))), one.clone()), one);
        assert_eq!(Disruption::worst(one.clone(), None), one);
        let more = Some(hits(Effect::Terminates, Some(2)));
        assert_eq!(Disruption::worst(more.clone(), one), more);
        assert_eq!(Disruption::worst(None, None), None);
    }
}

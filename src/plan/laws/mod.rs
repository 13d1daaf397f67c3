//! Which action comes after which, and why; and what blocks one.
//!
//! Two kinds of edge: `Needs` where failure must stop the later action, `Follows` where only the order matters. Every law
//! is one function, by theme: [`generic`] and
//! [`removal`] know no kind; [`skew`], [`access`] and [`autoscaling`] are between kinds, and
//! nothing else in the planner names one. Not here: what becomes of one resource (`draft`).

pub(super) mod access;
mod autoscaling;
pub(super) mod generic;
pub(super) mod removal;
mod skew;

use super::draft::Draft;
use crate::resources::Live;

/// Adds edges, or blocks an action.
type Law = fn(&mut [Draft], &Live);

const LAWS: &[Law] = &[
    generic::one_update_at_a_time,
    generic::what_it_needs_comes_first,
    generic::nothing_is_built_on_what_is_unusable,
    generic::what_needs_a_quiet_parent_is_created_in_one,
    generic::some_are_created_and_deleted_one_by_one,
    autoscaling::tags_promise_only_what_the_group_has,
    skew::nodes_are_never_newer_than_the_control_plane,
    skew::nodes_are_at_most_three_minors_behind,
    skew::standard_support_comes_with_its_version,
    access::entries_come_with_the_mode,
    access::an_entry_of_nodes_comes_before_their_group,
    access::the_config_map_goes_last,
    access::giving_comes_before_taking,
    access::an_administrator_comes_before_the_config_map_goes,
    access::an_administrator_remains,
    removal::removals_come_last,
    removal::what_uses_it_goes_first,
    autoscaling::a_roll_may_want_to_rebalance,
    autoscaling::a_roll_comes_after_a_resumption,
    generic::what_is_made_again_goes_when_it_can_be_made,
];

pub(super) fn link(drafts: &mut [Draft], live: &Live) {
    for law in LAWS {
        law(drafts, live);
    }
}

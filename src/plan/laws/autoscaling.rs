//! The laws between a nodegroup and the Auto Scaling group that EKS makes for it.
//!
//! There is no central type: each law is a function in the list of `mod.rs`. Not here: which tags there are, which the
//! kind knows (`resources/autoscaling_group/`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Operation};
use crate::plan::draft::Draft;
use crate::plan::edges::{follow, for_each};
use crate::plan::{Action, ActionId, Edge};
use crate::resources::autoscaling_group::{self, AZ_REBALANCE};
use crate::resources::{Live, nodegroup};

/// Tags that promise labels and taints to the autoscaler come after the nodegroup has them.
pub(super) fn tags_promise_only_what_the_group_has(drafts: &mut [Draft], _live: &Live) {
    let carries = |action: &Action| action.changes.iter().any(|change| ["labels", "taints"].contains(&&*change.name));
    let updates: BTreeMap<Address, ActionId> = drafts
        .iter()
        .flat_map(|draft| &draft.actions)
        .filter(|action| {
            action.to.nodegroup().is_some() && matches!(action.operation, Operation::Update(_)) && carries(action)
        })
        .map(|action| (action.address.clone(), action.id.clone()))
        .collect();
    for_each(drafts, |action| {
        let promises = action.to.autoscaling_group().is_some()
            && action.changes.iter().any(|change| change.name == autoscaling_group::NODE_TEMPLATE_TAGS);
        for id in action.to.parent().iter().filter_map(|need| updates.get(need)).filter(|_| promises) {
            action.after.insert(id.clone(), Edge::Needs);
        }
    });
}

/// EKS' documentation says that a roll places new nodes by rebalancing zones; whether it stalls without is not known.
/// Resuming AZRebalance by ourselves would put jobs at risk for a roll's whole length: that is a person's choice.
pub(super) fn a_roll_may_want_to_rebalance(drafts: &mut [Draft], live: &Live) {
    let suspended: BTreeSet<&str> = live
        .resources
        .values()
        .filter_map(|seen| seen.resource.autoscaling_group())
        .filter(|group| group.suspended.iter().flatten().any(|process| process == AZ_REBALANCE))
        .map(|group| group.nodegroup.as_str())
        .collect();
    for draft in drafts {
        if draft.actions.iter().any(|action| action.calls(nodegroup::VERSION))
            && suspended.contains(&*draft.change.address.name)
        {
            draft.change.notes.push(
                "AZRebalance is suspended on its Auto Scaling group, and EKS places new nodes by it; should the roll \
                 fail to place them, leave it out of suspendedProcesses until the roll is done"
                    .to_owned(),
            );
        }
    }
}

/// Rebalancing that is resumed for a roll has to be resumed before it.
pub(super) fn a_roll_comes_after_a_resumption(drafts: &mut [Draft], _live: &Live) {
    let resumes = |action: &&Action| action.calls(autoscaling_group::RESUME);
    let mut resumptions: BTreeMap<String, Vec<ActionId>> = BTreeMap::new();
    for action in drafts.iter().flat_map(|draft| &draft.actions).filter(resumes) {
        resumptions.entry(action.address.name.clone()).or_default().push(action.id.clone());
    }
    for_each(drafts, |action| {
        if action.calls(nodegroup::VERSION)
            && let Some(first) = resumptions.get(&action.address.name)
        {
            follow(action, first, Edge::Follows);
        }
    });
}

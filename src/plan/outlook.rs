//! What will be known of the resources that others refer to.
//!
//! The central type is [`Outlook`]: outputs as they were seen, without those that the plan itself is going to make or
//! change. Pure; the executor resolves references by [`resolved`], too, once it knows more.

use std::collections::{BTreeMap, BTreeSet};

use super::Action;
use crate::model::{Address, Operation, Output, Outputs, Ref};
use crate::resources::{Live, Resource};

/// Outputs by address, as far as they stay what they are.
pub(super) struct Outlook {
    outputs: BTreeMap<Address, Outputs>,
    /// What is created by this plan, whatever is there now.
    created: BTreeSet<Address>,
}

impl Outlook {
    pub(super) fn of(live: &Live) -> Self {
        let outputs = live.resources.iter().map(|(address, seen)| (address.clone(), seen.outputs.clone())).collect();
        Self { outputs, created: BTreeSet::new() }
    }

    /// A resource with every reference that can be answered.
    pub(super) fn resolve(&self, resource: &Resource) -> Resource {
        resolved(resource, |address, output| self.outputs.get(address)?.get(output).map(str::to_owned))
    }

    /// Whether this plan creates the resource at an address.
    pub(super) fn creates(&self, address: &Address) -> bool {
        self.created.contains(address)
    }

    /// What actions on a resource create or change is not known before that is done.
    pub(super) fn note(&mut self, address: &Address, actions: &[Action]) {
        if actions.iter().any(|action| action.operation == Operation::Create) {
            self.created.insert(address.clone());
            self.outputs.remove(address);
        }
        for output in actions.iter().flat_map(|action| &action.produces) {
            if let Some(outputs) = self.outputs.get_mut(address) {
                outputs.forget(*output);
            }
        }
    }
}

/// A resource with every reference that `known` can answer.
pub fn resolved(resource: &Resource, known: impl Fn(&Address, Output) -> Option<String>) -> Resource {
    let mut resource = resource.clone();
    resource.refs(&mut |_, reference| {
        if let Ref::Declared { to, output, known: value } = reference
            && let Some(text) = known(to, *output)
        {
            *value = Some(text);
        }
    });
    resource
}

/// In which order resources are drafted.
pub(super) struct Order {
    /// Positions, each after all that it depends on; what has no such order comes last. Ties stay as they are.
    pub(super) positions: Vec<usize>,
    /// What has no order, because it depends on itself by way of others, or on such a one; and one way round.
    pub(super) cycle: Option<(BTreeSet<Address>, Vec<Address>)>,
}

impl Order {
    pub(super) fn of(wanted: &[Resource]) -> Self {
        let position: BTreeMap<Address, usize> = wanted.iter().enumerate().map(|(at, it)| (it.address(), at)).collect();
        let on = |resource: &Resource| -> BTreeSet<usize> {
            resource.depends_on().iter().filter_map(|address| position.get(address).copied()).collect()
        };
        let depends: Vec<BTreeSet<usize>> = wanted.iter().map(on).collect();
        let mut missing: Vec<usize> = depends.iter().map(BTreeSet::len).collect();
        let mut dependents: Vec<Vec<usize>> = vec![vec![]; wanted.len()];
        for (at, earlier) in
            depends.iter().enumerate().flat_map(|(at, on)| on.iter().map(move |earlier| (at, *earlier)))
        {
            dependents[earlier].push(at);
        }
        let mut free: BTreeSet<usize> = (0..wanted.len()).filter(|&at| missing[at] == 0).collect();
        let mut positions = vec![];
        while let Some(at) = free.pop_first() {
            positions.push(at);
            for &later in &dependents[at] {
                missing[later] -= 1;
                if missing[later] == 0 {
                    free.insert(later);
                }
            }
        }
        let stuck: Vec<usize> = (0..wanted.len()).filter(|&at| missing[at] > 0).collect();
        positions.extend(&stuck);
        let address = |at: &usize| wanted[*at].address();
        let cycle = stuck.first().map(|&first| {
            let around = way_round(first, &depends, &missing);
            (stuck.iter().map(address).collect(), around.iter().map(address).collect())
        });
        Self { positions, cycle }
    }
}

/// From a position that has no order, along others that have none, until one comes again.
fn way_round(first: usize, depends: &[BTreeSet<usize>], missing: &[usize]) -> Vec<usize> {
    let mut way = vec![first];
    loop {
        let last = way[way.len() - 1];
        // Whatever has no order depends on something that has none either.
        let Some(&next) = depends[last].iter().find(|&&at| missing[at] > 0) else { return way };
        if let Some(begin) = way.iter().position(|&at| at == next) {
            way.drain(..begin);
            way.push(next);
            return way;
        }
        way.push(next);
    }
}

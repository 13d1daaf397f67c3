//! The laws that hold for every kind.
//!
//! There is no central type: each law is a function in the list of `mod.rs`. No kind is named here: what a law has to know
//! of one, it asks as a fact (`Traits`). Not here: what is deleted before what (`removal.rs`).

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Operation, Output, Phase};
use crate::plan::draft::Draft;
use crate::plan::edges::{block, follow, for_each};
use crate::plan::{Action, ActionId, Edge, Verb};
use crate::resources::Live;

/// On one resource: what makes it ready first, then its exclusive actions one by one in order of phase; and within a phase
/// entries are added before others are removed. What later changes rely on has to succeed.
pub(super) fn one_update_at_a_time(drafts: &mut [Draft], _live: &Live) {
    for draft in drafts {
        draft.actions.sort_by_key(|action| (rank(action.operation), action.phase, action.only_removes));
        let mut previous: Option<(ActionId, bool)> = None;
        let mut making: Option<ActionId> = None;
        let mut early: Vec<ActionId> = vec![];
        for action in &mut draft.actions {
            if let Some(id) = &making {
                action.after.insert(id.clone(), Edge::Needs);
            }
            if action.operation.exclusive() {
                if let Some((id, needed)) = previous.take() {
                    action.after.entry(id).or_insert(if needed { Edge::Needs } else { Edge::Follows });
                }
                let prepares = !matches!(action.operation, Operation::Update(_));
                previous = Some((action.id.clone(), prepares));
                if action.phase > Phase::Early {
                    follow(action, &early, Edge::Needs);
                }
            }
            if action.operation.makes() {
                making = Some(action.id.clone());
            }
            if action.phase == Phase::Early {
                early.push(action.id.clone());
            }
        }
    }
}

fn rank(operation: Operation) -> u8 {
    match operation {
        Operation::AwaitReady | Operation::AwaitGone => 0,
        Operation::Delete => 1,
        Operation::Create => 2,
        Operation::Update(_) => 3,
    }
}

/// A resource's actions wait for whatever makes its parent, and for whatever produces what they refer to.
pub(super) fn what_it_needs_comes_first(drafts: &mut [Draft], _live: &Live) {
    let producers = Producers::of(drafts);
    for_each(drafts, |action| {
        let mut earlier: Vec<ActionId> = vec![];
        if let Some(parent) = action.to.parent() {
            earlier.extend(producers.makers.get(&parent).into_iter().flatten().cloned());
        }
        for (_, reference) in action.to.references() {
            earlier
                .extend(reference.declares().map(|(to, output)| producers.of_output(to, output)).unwrap_or_default());
        }
        follow(action, &earlier, Edge::Needs);
    });
}

/// Which actions have to succeed before others can rely on a resource.
struct Producers {
    /// Those that make it ready, or wait for that.
    makers: BTreeMap<Address, Vec<ActionId>>,
    /// Those without which what was made is not complete: it is of use with its policies, not without.
    completers: BTreeMap<Address, Vec<ActionId>>,
    /// Those after which an output is another one.
    changers: BTreeMap<(Address, Output), Vec<ActionId>>,
}

impl Producers {
    fn of(drafts: &[Draft]) -> Self {
        let mut all = Self { makers: BTreeMap::new(), completers: BTreeMap::new(), changers: BTreeMap::new() };
        for draft in drafts {
            let created = draft.actions.iter().any(|action| action.operation == Operation::Create);
            for Action { id, address, operation, produces, .. } in &draft.actions {
                if operation.makes() {
                    all.makers.entry(address.clone()).or_default().push(id.clone());
                } else if created && matches!(operation, Operation::Update(_)) {
                    all.completers.entry(address.clone()).or_default().push(id.clone());
                }
                for &output in produces {
                    all.changers.entry((address.clone(), output)).or_default().push(id.clone());
                }
            }
        }
        all
    }

    fn of_output(&self, address: &Address, output: Output) -> Vec<ActionId> {
        let made = self.makers.get(address).into_iter().chain(self.completers.get(address));
        made.chain(self.changers.get(&(address.clone(), output))).flatten().cloned().collect()
    }
}

/// What is there and of no use carries nothing.
pub(super) fn nothing_is_built_on_what_is_unusable(drafts: &mut [Draft], _live: &Live) {
    let unusable: BTreeSet<Address> =
        drafts.iter().filter(|draft| draft.unusable).map(|draft| draft.change.address.clone()).collect();
    for_each(drafts, |action| {
        if let Some(need) = action.to.depends_on().into_iter().find(|need| unusable.contains(need)) {
            block(action, &format!("it needs {need}, which is of no use as it is"), "resolve that first");
        }
    });
}

/// EKS refuses to create some while their parent is not ACTIVE, which it is not during its own updates.
pub(super) fn what_needs_a_quiet_parent_is_created_in_one(drafts: &mut [Draft], _live: &Live) {
    let updates = |action: &&Action| matches!(action.operation, Operation::Update(_));
    let disturbs = |action: &&Action| action.operation.exclusive() && action.phase != Phase::Last;
    let mut updating: BTreeMap<Address, Vec<ActionId>> = BTreeMap::new();
    for action in drafts.iter().flat_map(|draft| &draft.actions).filter(updates).filter(disturbs) {
        updating.entry(action.address.clone()).or_default().push(action.id.clone());
    }
    for_each(drafts, |action| {
        if action.operation == Operation::Create
            && action.to.traits().needs_quiet_parent
            && let Some(updates) = action.to.parent().and_then(|parent| updating.get(&parent))
        {
            follow(action, updates, Edge::Follows);
        }
    });
}

/// Of some kinds, AWS creates and deletes one at a time within a parent. What is pruned comes last.
pub(in crate::plan) fn some_are_created_and_deleted_one_by_one(drafts: &mut [Draft], _live: &Live) {
    let mut queues: BTreeMap<Address, Vec<(bool, Address, u8, ActionId)>> = BTreeMap::new();
    for draft in drafts.iter() {
        let pruned = draft.change.verb == Verb::Delete;
        for action in draft.actions.iter().filter(|it| !matches!(it.operation, Operation::Update(_))) {
            if action.to.traits().serial_within_parent
                && let Some(parent) = action.to.parent()
            {
                let queue = queues.entry(Address::new(action.address.kind.clone(), parent.to_string())).or_default();
                queue.push((pruned, action.address.clone(), rank(action.operation), action.id.clone()));
            }
        }
    }
    let mut before: BTreeMap<ActionId, ActionId> = BTreeMap::new();
    for mut queue in queues.into_values() {
        queue.sort();
        before.extend(queue.windows(2).map(|pair| (pair[1].3.clone(), pair[0].3.clone())));
    }
    for_each(drafts, |action| {
        if let Some(earlier) = before.get(&action.id) {
            follow(action, std::slice::from_ref(earlier), Edge::Follows);
        }
    });
}

/// What failed while it was made may be of some use: whatever keeps it from being made again keeps it from being deleted.
pub(super) fn what_is_made_again_goes_when_it_can_be_made(drafts: &mut [Draft], _live: &Live) {
    for draft in drafts.iter_mut().filter(|draft| draft.change.verb == Verb::Recreate) {
        let makings = draft.actions.iter().filter(|action| action.operation == Operation::Create);
        let first: BTreeMap<ActionId, Edge> = makings.flat_map(|making| making.after.clone()).collect();
        for action in draft.actions.iter_mut().filter(|action| action.operation == Operation::Delete) {
            for (id, edge) in &first {
                follow(action, std::slice::from_ref(id), *edge);
            }
        }
    }
}

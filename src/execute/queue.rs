//! Which action may start when, and which of those first: the one that most of the remaining time hangs on.
//!
//! The central type is [`Queue`]. Pure; how many run at a time is up to `mod.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::plan::{Action, ActionId, Edge, Plan};

/// What may run when.
pub(super) struct Queue<'a> {
    waiting: BTreeMap<&'a ActionId, &'a Action>,
    running: BTreeSet<ActionId>,
    ended: BTreeMap<ActionId, bool>,
    /// How long it takes from the start of each until everything that comes after it has ended, as far as expected.
    remaining: BTreeMap<&'a ActionId, Duration>,
}

impl<'a> Queue<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        // A blocked action is out of the run: what only follows it need not wait, and what needs it is blocked too.
        let waiting: BTreeMap<&ActionId, &Action> = plan.runnable().map(|action| (&action.id, action)).collect();
        let ended = plan.actions.iter().filter(|it| it.blocked.is_some()).map(|it| (it.id.clone(), false)).collect();
        let remaining = remaining(&waiting);
        Self { waiting, running: BTreeSet::new(), ended, remaining }
    }

    /// Those that have not started.
    pub(super) fn left(&self) -> impl Iterator<Item = &'a ActionId> {
        self.waiting.keys().copied()
    }

    /// Takes out, one wave after the other, whatever needs an action that did not succeed.
    pub(super) fn hopeless(&mut self) -> Vec<(ActionId, ActionId)> {
        let mut all = vec![];
        loop {
            let wave: Vec<(ActionId, ActionId)> = self
                .waiting
                .values()
                .filter_map(|action| {
                    let failed =
                        |(id, edge): &(&ActionId, &Edge)| **edge == Edge::Needs && self.ended.get(*id) == Some(&false);
                    action.after.iter().find(failed).map(|(because, _)| (action.id.clone(), because.clone()))
                })
                .collect();
            if wave.is_empty() {
                return all;
            }
            for (id, _) in &wave {
                self.waiting.remove(id);
                self.ended.insert(id.clone(), false);
            }
            all.extend(wave);
        }
    }

    /// Of the actions all of whose predecessors have ended, the one with the most to come after it; of equals, the first.
    pub(super) fn next(&mut self) -> Option<&'a Action> {
        let ready = self.waiting.values().filter(|action| action.after.keys().all(|id| self.ended.contains_key(id)));
        let first = |best: &'a Action, action: &'a Action| {
            if self.remaining[&action.id] > self.remaining[&best.id] { action } else { best }
        };
        let next = ready.copied().reduce(first)?;
        self.waiting.remove(&next.id);
        self.running.insert(next.id.clone());
        Some(next)
    }

    pub(super) fn ended(&mut self, id: ActionId, succeeded: bool) {
        self.running.remove(&id);
        self.ended.insert(id, succeeded);
    }

    pub(super) fn settled(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }
}

/// From the last actions backwards: each takes its own time and then the longest of what comes after it.
fn remaining<'a>(actions: &BTreeMap<&'a ActionId, &'a Action>) -> BTreeMap<&'a ActionId, Duration> {
    let mut later: BTreeMap<&ActionId, Vec<&'a ActionId>> = BTreeMap::new();
    for (&id, earlier) in actions.iter().flat_map(|(id, action)| action.after.keys().map(move |earlier| (id, earlier)))
    {
        later.entry(earlier).or_default().push(id);
    }
    let mut open: BTreeMap<&ActionId, usize> =
        actions.keys().map(|id| (*id, later.get(id).map_or(0, Vec::len))).collect();
    let mut free: Vec<&'a ActionId> = actions.keys().filter(|id| open[*id] == 0).copied().collect();
    let mut remaining: BTreeMap<&'a ActionId, Duration> = BTreeMap::new();
    while let Some(id) = free.pop() {
        let action = actions[id];
        let after = later.get(id).into_iter().flatten().map(|id| remaining[*id]).max().unwrap_or_default();
        remaining.insert(id, action.expected() + after);
        for earlier in action.after.keys() {
            if let (Some((&earlier, _)), Some(count)) = (actions.get_key_value(earlier), open.get_mut(earlier)) {
                *count -= 1;
                if *count == 0 {
                    free.push(earlier);
                }
            }
        }
    }
    remaining
}

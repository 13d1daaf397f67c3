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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Blocker, Operation};
    use crate::plan::Consent;
    use crate::plan::invented::gadget::Gadget;
    use crate::resources::Resource;

    /// An action that takes a second, or half of one where it only waits.
    fn action(id: &str, operation: Operation, needs: &[&str], follows: &[&str]) -> Action {
        let edge = |edge: Edge| move |earlier: &&str| (ActionId((*earlier).to_owned()), edge);
        let after = needs.iter().map(edge(Edge::Needs)).chain(follows.iter().map(edge(Edge::Follows)));
        let gadget = Resource::Gadget(Gadget::default());
        Action { id: ActionId(id.to_owned()), after: after.collect(), ..Action::new(operation, None, &gadget) }
    }

    fn creates(id: &str, needs: &[&str]) -> Action {
        action(id, Operation::Create, needs, &[])
    }

    fn plan(actions: Vec<Action>) -> Plan {
        Plan {
            cluster: String::new(),
            account: String::new(),
            region: String::new(),
            changes: vec![],
            actions,
            consent: Consent::default(),
            applied_by: None,
            narrowed: None,
            notes: vec![],
        }
    }

    /// Everything that may start now, in order.
    fn ready(queue: &mut Queue<'_>) -> Vec<String> {
        std::iter::from_fn(|| queue.next()).map(|action| action.id.to_string()).collect()
    }

    fn ended(queue: &mut Queue<'_>, id: &str, succeeded: bool) {
        queue.ended(ActionId(id.to_owned()), succeeded);
    }

    #[test]
    fn what_most_of_the_remaining_time_hangs_on_starts_first() {
        let plan = plan(vec![
            creates("a", &[]),
            creates("b", &[]),
            creates("c", &["b"]),
            creates("d", &["c"]),
            creates("e", &[]),
            creates("f", &["e"]),
        ]);
        let mut queue = Queue::new(&plan);
        assert_eq!(ready(&mut queue), ["b", "e", "a"]);
        ended(&mut queue, "e", true);
        ended(&mut queue, "b", true);
        assert_eq!(ready(&mut queue), ["c", "f"]);
    }

    #[test]
    fn what_comes_after_counts_by_the_longest_way_and_not_by_number() {
        let plan = plan(vec![
            creates("many", &[]),
            creates("one", &["many"]),
            creates("three", &["many"]),
            creates("two", &["many"]),
            creates("ways", &[]),
            creates("x", &["ways"]),
            creates("y", &["x", "ways"]),
        ]);
        assert_eq!(ready(&mut Queue::new(&plan)), ["ways", "many"]);
    }

    #[test]
    fn its_own_time_counts_and_of_equals_the_first_by_name_starts() {
        let waits = action("a", Operation::AwaitReady, &[], &[]);
        let plan = plan(vec![creates("c", &[]), waits, creates("b", &[])]);
        assert_eq!(ready(&mut Queue::new(&plan)), ["b", "c", "a"]);
    }

    #[test]
    fn everything_starts_once_all_before_it_has_ended() {
        let plan = plan(vec![creates("a", &[]), creates("b", &[]), creates("c", &["a", "b"])]);
        let mut queue = Queue::new(&plan);
        assert_eq!(ready(&mut queue), ["a", "b"]);
        ended(&mut queue, "b", true);
        assert_eq!(ready(&mut queue), Vec::<String>::new());
        assert_eq!(queue.left().map(ToString::to_string).collect::<Vec<String>>(), ["c"]);
        ended(&mut queue, "a", true);
        assert!(!queue.settled());
        assert_eq!(ready(&mut queue), ["c"]);
        assert!(queue.left().next().is_none() && !queue.settled());
        ended(&mut queue, "c", true);
        assert!(queue.settled());
    }

    #[test]
    fn what_needs_a_failed_one_is_hopeless_and_what_only_follows_it_is_not() {
        let follows = action("c", Operation::Create, &[], &["a"]);
        let plan = plan(vec![creates("a", &[]), creates("b", &["a"]), follows, creates("d", &["b"])]);
        let mut queue = Queue::new(&plan);
        assert!(queue.hopeless().is_empty());
        assert_eq!(ready(&mut queue), ["a"]);
        ended(&mut queue, "a", false);
        let hopeless: Vec<(String, String)> =
            queue.hopeless().iter().map(|(id, because)| (id.to_string(), because.to_string())).collect();
        assert_eq!(hopeless, [("b".to_owned(), "a".to_owned()), ("d".to_owned(), "b".to_owned())]);
        assert_eq!(ready(&mut queue), ["c"]);
        ended(&mut queue, "c", true);
        assert!(queue.hopeless().is_empty() && queue.settled());
    }

    #[test]
    fn a_blocked_action_never_starts_and_holds_up_only_what_needs_it() {
        let blocked = Action { blocked: Some(Blocker::new("why", "hint")), ..creates("a", &[]) };
        let plan = plan(vec![blocked, action("b", Operation::Create, &[], &["a"]), creates("c", &["a"])]);
        let mut queue = Queue::new(&plan);
        assert_eq!(queue.hopeless(), [(ActionId("c".to_owned()), ActionId("a".to_owned()))]);
        assert_eq!(ready(&mut queue), ["b"]);
        ended(&mut queue, "b", true);
        assert!(queue.settled());
    }
}

//! Carries out a plan: every action as soon as what it comes after has ended, several at a time.
//!
//! The central function is [`run`]. It knows no kind of resource and decides nothing that is not in the plan.

mod action;
mod pace;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use sha2::{Digest, Sha256};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::aws::{Aws, Retry};
use crate::event::{ActionOutcome, Event, EventKind, Report};
use crate::model::{Address, Seen};
use crate::plan::{Action, ActionId, Edge, Plan};
use crate::resources::Resource;

/// What bounds a run.
#[derive(Debug, Clone)]
pub struct Limits {
    /// How many actions run at a time.
    pub parallel: usize,
    /// Makes the tokens of this run unlike those of any other.
    pub nonce: String,
    /// Once true, nothing new is started.
    pub stop: watch::Receiver<bool>,
}

impl Limits {
    /// Limits of a run that nobody stops.
    pub fn new(parallel: usize, nonce: String) -> Self {
        Self { parallel, nonce, stop: watch::Sender::new(false).subscribe() }
    }
}

/// What was made or seen during the run, for whoever needs what is known only then.
pub(crate) type Made = RefCell<BTreeMap<Address, Seen<Resource>>>;

/// Runs every action that may run, and tells everything that happens.
pub async fn run(
    plan: &Plan,
    aws: &Aws,
    limits: &Limits,
    retries: &mut UnboundedReceiver<Retry>,
    emit: &mut dyn FnMut(Event),
) -> Report {
    let started = Instant::now();
    let report = RefCell::new(Report::default());
    let emit = RefCell::new(emit);
    let tell = |kind: EventKind| {
        report.borrow_mut().note(&kind);
        (*emit.borrow_mut())(Event { elapsed: started.elapsed(), kind });
    };
    let made = Made::default();
    let mut queue = Queue::new(plan);
    tell(EventKind::RunStarted { actions: queue.waiting.len() });
    let mut running = FuturesUnordered::new();
    let mut stop = limits.stop.clone();
    let mut stopping = false;
    loop {
        if !stopping && *stop.borrow_and_update() {
            stopping = true;
            tell(EventKind::Stopping { running: running.len() });
        }
        for (id, because) in queue.hopeless() {
            tell(EventKind::ActionSkipped { id, because });
        }
        while !stopping
            && running.len() < limits.parallel.max(1)
            && let Some(action) = queue.next()
        {
            let token = token(&limits.nonce, &action.id);
            let context = action::Context { aws, made: &made, tell: &tell, stop: &limits.stop };
            running.push(async move { (action.id.clone(), action::carry_out(action, &token, &context).await) });
        }
        if running.is_empty() && (stopping || queue.settled()) {
            break;
        }
        tokio::select! {
            biased;
            Some(Retry { operation, attempt }) = retries.recv() => tell(EventKind::RequestRetried { operation, attempt }),
            Ok(()) = stop.changed(), if !stopping => {}
            Some((id, outcome)) = running.next() => queue.ended(id, !matches!(outcome, ActionOutcome::Failed { .. })),
        }
    }
    for id in queue.waiting.keys() {
        tell(EventKind::ActionLeft { id: (*id).clone() });
    }
    drop(running);
    report.into_inner()
}

/// What may run when.
struct Queue<'a> {
    waiting: BTreeMap<&'a ActionId, &'a Action>,
    running: BTreeSet<ActionId>,
    ended: BTreeMap<ActionId, bool>,
}

impl<'a> Queue<'a> {
    fn new(plan: &'a Plan) -> Self {
        // A blocked action is out of the run: what only follows it need not wait, and what needs it is blocked too.
        let waiting = plan.runnable().map(|action| (&action.id, action)).collect();
        let ended = plan.actions.iter().filter(|it| it.blocked.is_some()).map(|it| (it.id.clone(), false)).collect();
        Self { waiting, running: BTreeSet::new(), ended }
    }

    /// Takes out, one wave after the other, whatever needs an action that did not succeed.
    fn hopeless(&mut self) -> Vec<(ActionId, ActionId)> {
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

    /// The next action all of whose predecessors have ended.
    fn next(&mut self) -> Option<&'a Action> {
        let ready = self.waiting.values().find(|action| action.after.keys().all(|id| self.ended.contains_key(id)))?;
        let ready: &'a Action = ready;
        self.waiting.remove(&ready.id);
        self.running.insert(ready.id.clone());
        Some(ready)
    }

    fn ended(&mut self, id: ActionId, succeeded: bool) {
        self.running.remove(&id);
        self.ended.insert(id, succeeded);
    }

    fn settled(&self) -> bool {
        self.waiting.is_empty() && self.running.is_empty()
    }
}

/// 64 hexadecimal digits: EKS wants 33 to 126 characters.
fn token(nonce: &str, id: &ActionId) -> String {
    let digest = Sha256::digest(format!("{nonce}|{id}"));
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _infallible = write!(text, "{byte:02x}");
        text
    })
}

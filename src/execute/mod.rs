//! Carries out a plan: every action as soon as what it comes after has ended, several at a time.
//!
//! The central function is [`run`]. It knows no kind of resource and decides nothing that is not in the plan.

mod action;
mod made;
mod pace;
mod queue;

use std::cell::RefCell;

use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::aws::{Aws, Retry};
use crate::event::{ActionOutcome, Event, EventKind, Report};
use crate::plan::{Plan, Returned};
use made::Made;
use queue::Queue;

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

/// Runs every action that may run, and tells everything that happens. Also returns what AWS said of the resources.
pub async fn run(
    plan: &Plan,
    aws: &Aws,
    limits: &Limits,
    retries: &mut UnboundedReceiver<Retry>,
    emit: &mut dyn FnMut(Event),
) -> (Report, Returned) {
    let started = Instant::now();
    let report = RefCell::new(Report::default());
    let emit = RefCell::new(emit);
    let tell = |kind: EventKind| {
        report.borrow_mut().note(&kind);
        (*emit.borrow_mut())(Event { elapsed: started.elapsed(), kind });
    };
    let made = Made::default();
    let mut queue = Queue::new(plan);
    tell(EventKind::RunStarted { actions: queue.left().count() });
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
            let context = action::Context { aws, made: &made, tell: &tell, stop: &limits.stop, nonce: &limits.nonce };
            running.push(async move { (action.id.clone(), action::carry_out(action, &context).await) });
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
    for id in queue.left() {
        tell(EventKind::ActionLeft { id: id.clone() });
    }
    drop(running);
    (report.into_inner(), made.returned())
}

//! The loop of an apply: read, plan, run, until AWS is as the file says. Or until nothing of ours is left.
//!
//! The central function is [`apply`]. There is no state between rounds, or between runs: whatever a lost reply, a
//! killed process or a resource met in the middle of a change leaves behind, the next reading shows it. A later round
//! may only go on with what the first one showed, and be no more disruptive; after a saved plan, it may do nothing else
//! at all.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

use crate::aws::{Aws, Fault, READS, Retry};
use crate::event::{Event, EventKind, Reading, Report};
use crate::execute::{Limits, run};
use crate::model::{Address, Phase, Seen};
use crate::observe::observe;
use crate::plan::{
    Action, ActionId, Document, Plan, Request, UnknownTarget, beyond, broken, destroy, plan, takes_access, worse,
};
use crate::record::Goal;
use crate::resources::{KINDS, Live, Resource, desired};
use crate::spec::Spec;

/// How many rounds of reading, planning and running there may be.
const ROUNDS: usize = 3;
/// How long what was written may take to be read back (facts/eks-semantics.md §2.3).
const READ_BACK_WITHIN: Duration = Duration::from_mins(1);
const READ_BACK_EVERY: Duration = Duration::from_secs(5);

/// How an apply is done.
#[derive(Debug, Clone)]
pub struct Options {
    /// What it is after.
    pub goal: Goal,
    /// What the command line agrees to, and what it leaves it at.
    pub request: Request,
    /// The saved plan that is carried out, or nothing.
    pub promise: Option<Box<Document>>,
    /// Run what is not blocked.
    pub skip_blocked: bool,
    /// What bounds each round.
    pub limits: Limits,
}

impl Options {
    fn plan(&self, spec: &Spec, live: &Live) -> Plan {
        match self.goal {
            Goal::AsTheFile => plan(spec, live, &self.request),
            Goal::NothingLeft => destroy(spec, live, self.request.consent),
        }
    }
}

/// Whoever asked for the apply.
pub trait Audience {
    /// Sees the first plan.
    fn show(&mut self, plan: &Plan, reading: &Reading);
    /// Says whether to carry it out; asked only if there is something to do.
    fn approve(&mut self) -> impl Future<Output = bool>;
    /// Hears what happens.
    fn hear(&mut self, event: &Event);
}

/// How an apply ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Ending {
    /// A target is neither in the file nor in AWS.
    Unknown(Vec<UnknownTarget>),
    /// What is planned now is not what was saved, and how it differs.
    Stale(Vec<String>),
    /// Nothing had to be done.
    InSync(Plan),
    /// The audience said no.
    Declined,
    /// Something must not be done, so nothing was.
    Blocked(Plan),
    /// AWS is as the file says, but for what the plan leaves alone.
    Done(Report, Plan),
    /// Part of it failed, or was blocked and skipped.
    Incomplete(Report, Plan),
    /// Somebody stopped it before everything was started.
    Stopped(Report, Plan),
    /// A later round would have gone beyond what was approved.
    Strayed(Report, Plan),
    /// Every round succeeded, and AWS still differs from the file.
    Unsettled(Report, Plan),
    /// AWS could not be read; what was done before that.
    Unread(Report, Fault),
}

/// Makes AWS as the file says, or takes away what is ours.
pub async fn apply(
    spec: &Spec,
    aws: &Aws,
    options: &Options,
    retries: &mut UnboundedReceiver<Retry>,
    audience: &mut impl Audience,
) -> Ending {
    let mut total = Report::default();
    match rounds(spec, aws, options, retries, audience, &mut total).await {
        Ok(ending) => ending,
        Err(fault) => Ending::Unread(total, fault),
    }
}

async fn rounds(
    spec: &Spec,
    aws: &Aws,
    options: &Options,
    retries: &mut UnboundedReceiver<Retry>,
    audience: &mut impl Audience,
    total: &mut Report,
) -> Result<Ending, Fault> {
    let mut approved: Option<Approval> = None;
    for round in 1..=ROUNDS {
        let (live, reading) = observe(spec, aws).await?;
        hear_retries(retries, audience);
        let plan = options.plan(spec, &live);
        let over = plan.runnable().next().is_none();
        match &approved {
            None => match approval(&plan, &reading, options, audience).await {
                ControlFlow::Continue(given) => approved = Some(given),
                ControlFlow::Break(ending) => return Ok(ending),
            },
            Some(_) if over => return Ok(ended(total, plan)),
            Some(approval) if !approval.covers(&plan) => return Ok(Ending::Strayed(total.clone(), plan)),
            Some(_) => {}
        }
        let limits = Limits { nonce: format!("{}-{round}", options.limits.nonce), ..options.limits.clone() };
        let report = run(&plan, aws, &limits, retries, &mut |event| audience.hear(&event)).await;
        total.absorb(report.clone());
        if !report.complete() {
            let ending = if report.left.is_empty() { Ending::Incomplete } else { Ending::Stopped };
            return Ok(ending(total.clone(), plan));
        }
        audience.hear(&Event { elapsed: Duration::ZERO, kind: EventKind::Verifying });
        if let Some(settled) = read_back(spec, aws, options, live, &plan).await? {
            return Ok(ended(total, settled));
        }
    }
    // Three rounds ran without a failure, and AWS still differs.
    let (live, _) = observe(spec, aws).await?;
    Ok(Ending::Unsettled(total.clone(), options.plan(spec, &live)))
}

/// Shows the first plan and has it approved, or says why nothing is to be done.
async fn approval(
    plan: &Plan,
    reading: &Reading,
    options: &Options,
    audience: &mut impl Audience,
) -> ControlFlow<Ending, Approval> {
    if let Some(saved) = &options.promise {
        let differences = broken(saved, &plan.document());
        if !differences.is_empty() {
            return ControlFlow::Break(Ending::Stale(differences));
        }
    }
    // Later, a target may be gone because it was pruned.
    if let Some(unknown) = plan.narrowed.as_ref().map(|it| &it.unknown).filter(|it| !it.is_empty()) {
        return ControlFlow::Break(Ending::Unknown(unknown.clone()));
    }
    audience.show(plan, reading);
    let blocked = plan.blocked();
    if blocked && !options.skip_blocked {
        return ControlFlow::Break(Ending::Blocked(plan.clone()));
    }
    if plan.runnable().next().is_none() {
        let none = Report::default();
        let ending = if blocked { Ending::Incomplete(none, plan.clone()) } else { Ending::InSync(plan.clone()) };
        return ControlFlow::Break(ending);
    }
    // Nobody has to agree to waiting.
    if plan.runnable().any(|action| action.operation.mutates()) && !audience.approve().await {
        return ControlFlow::Break(Ending::Declined);
    }
    ControlFlow::Continue(Approval::of(plan, options.promise.is_some()))
}

/// What the SDK had to send again while AWS was read.
fn hear_retries(retries: &mut UnboundedReceiver<Retry>, audience: &mut impl Audience) {
    while let Ok(Retry { operation, attempt }) = retries.try_recv() {
        audience.hear(&Event { elapsed: Duration::ZERO, kind: EventKind::RequestRetried { operation, attempt } });
    }
}

fn ended(total: &Report, plan: Plan) -> Ending {
    if plan.blocked() { Ending::Incomplete(total.clone(), plan) } else { Ending::Done(total.clone(), plan) }
}

/// Reads again what was written, until a plan made from it has nothing left to run. `None` if that takes too long.
async fn read_back(spec: &Spec, aws: &Aws, options: &Options, live: Live, ran: &Plan) -> Result<Option<Plan>, Fault> {
    let began = Instant::now();
    let mut live = live;
    loop {
        // Kind by kind, parents first: what a child is called may only be known from its parent.
        for kind in KINDS {
            for (address, seen) in read_all(aws, &written(spec, &live, ran, kind.kind)).await? {
                match seen {
                    Some(seen) => live.resources.insert(address, seen),
                    None => live.resources.remove(&address),
                };
            }
        }
        let plan = options.plan(spec, &live);
        if plan.runnable().next().is_none() {
            return Ok(Some(plan));
        }
        // What was not part of this round is no late echo of it: the next round sees to that.
        let new = plan.runnable().any(|action| !ran.runnable().any(|done| done.id == action.id));
        if new || began.elapsed() >= READ_BACK_WITHIN {
            return Ok(None);
        }
        sleep(READ_BACK_EVERY).await;
    }
}

/// Every resource that a plan worked on, and what AWS remakes together with one.
fn written(spec: &Spec, live: &Live, ran: &Plan, kind: &str) -> BTreeMap<Address, Resource> {
    let worked_on = |address: &Address| ran.runnable().any(|action| action.address == *address);
    let ran = ran.runnable().map(|action| action.to.resolve(&live.resources));
    let remade = desired(spec, live).into_iter().filter(|it| it.born().is_some() && it.needs().iter().any(worked_on));
    let all = ran.chain(remade).map(|resource| (resource.address(), resource));
    all.filter(|(address, _)| address.kind == kind).collect()
}

type Read = (Address, Option<Seen<Resource>>);

async fn read_all(aws: &Aws, resources: &BTreeMap<Address, Resource>) -> Result<Vec<Read>, Fault> {
    let reads =
        resources.iter().map(|(address, resource)| async move { Ok((address.clone(), resource.read(aws).await?)) });
    stream::iter(reads).buffered(READS).try_collect().await
}

/// What the first plan showed, and so what later rounds may do.
struct Approval {
    actions: BTreeMap<ActionId, Action>,
    /// To the letter: what was saved, and no harmless addition to it.
    literal: bool,
}

impl Approval {
    fn of(plan: &Plan, literal: bool) -> Self {
        Self { actions: plan.runnable().map(|action| (action.id.clone(), action.clone())).collect(), literal }
    }

    /// Whether a later plan stays within: the same actions, no worse than they were shown; and harmless ones on what was
    /// to be changed anyway, or on what AWS makes, and may remake, together with that.
    fn covers(&self, plan: &Plan) -> bool {
        plan.runnable().filter(|action| action.operation.mutates()).all(|action| match self.actions.get(&action.id) {
            Some(approved) if self.literal => {
                worse(approved, action).is_none() && beyond(&approved.changes, &action.changes).is_none()
            }
            Some(approved) => worse(approved, action).is_none(),
            None => !self.literal && self.touches(action) && is_harmless(action),
        })
    }

    fn touches(&self, action: &Action) -> bool {
        let changed = |address: &Address| {
            self.actions.values().any(|approved| approved.address == *address && approved.operation.mutates())
        };
        let awaited = |address: &Address| self.actions.values().any(|approved| approved.address == *address);
        changed(&action.address) || action.to.born().is_some() && action.to.needs().iter().any(awaited)
    }
}

/// Late is what changes versions: nobody should be surprised by that, nor by losing access.
fn is_harmless(action: &Action) -> bool {
    action.disruption.is_none() && !action.irreversible() && !takes_access(action) && action.phase != Phase::Late
}

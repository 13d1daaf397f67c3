//! The loop of an apply: read, plan, run, until AWS is as the file says. Or until nothing of ours is left.
//!
//! The central function is [`apply`]. There is no state between rounds, or between runs: whatever a lost reply, a
//! killed process or a resource met in the middle of a change leaves behind, the next reading shows it. A later round
//! may only go on with what the first one showed, and be no more disruptive; after a saved plan, it may do nothing else
//! at all.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep};

use crate::aws::{Aws, Fault, Identity, Retry};
use crate::event::{Event, EventKind, Reading, Report};
use crate::execute::{Limits, run};
use crate::model::{Address, Output};
use crate::observe::{Unread, observe, read_again};
use crate::plan::{
    Action, ActionId, Document, Plan, Request, Returned, UnknownTarget, beyond, broken, destroy, exceeds, filled, plan,
    resolved, takes_access,
};
use crate::record::Goal;
use crate::resources::{Live, Resource, desired};
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
            Goal::NothingLeft => destroy(spec, live, &self.request.consent),
        }
    }
}

/// Whoever asked for the apply.
pub trait Audience {
    /// Sees the first plan.
    fn show(&mut self, plan: &Plan, reading: &Reading);
    /// Says whether to carry it out; asked only if there is something to do.
    fn approve(&mut self) -> impl Future<Output = bool>;
    /// Sees what a later round would do beyond what was approved, and says whether to carry that out, too.
    fn extend(&mut self, plan: &Plan, reading: &Reading) -> impl Future<Output = bool> {
        let _ = (plan, reading);
        async { false }
    }
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
    /// The credentials are of another account than the file's.
    WrongAccount {
        /// The account in the file.
        file: String,
        /// Whose the credentials are.
        identity: Identity,
    },
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
        Err(Unread::Fault(fault)) => Ending::Unread(total, fault),
        Err(Unread::WrongAccount { file, identity }) => Ending::WrongAccount { file, identity },
    }
}

async fn rounds(
    spec: &Spec,
    aws: &Aws,
    options: &Options,
    retries: &mut UnboundedReceiver<Retry>,
    audience: &mut impl Audience,
    total: &mut Report,
) -> Result<Ending, Unread> {
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
            Some(approval) if approval.covers(&plan) => {}
            Some(approval) if !approval.literal && audience.extend(&plan, &reading).await => {
                approved = Some(Approval::of(&plan, false));
            }
            Some(_) => return Ok(Ending::Strayed(total.clone(), plan)),
        }
        let limits = Limits { nonce: format!("{}-{round}", options.limits.nonce), ..options.limits.clone() };
        let (report, returned) = run(&plan, aws, &limits, retries, &mut |event| audience.hear(&event)).await;
        total.absorb(report.clone());
        if let Some(approval) = &mut approved {
            approval.fill(&returned);
        }
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
async fn read_back(
    spec: &Spec,
    aws: &Aws,
    options: &Options,
    mut live: Live,
    ran: &Plan,
) -> Result<Option<Plan>, Unread> {
    let began = Instant::now();
    loop {
        // Parents first: what a child is called may only be known from its parent.
        for generation in generations(written(spec, &live, ran)) {
            let those: Vec<Resource> = generation.iter().map(|resource| known_by(&live, resource)).collect();
            read_again(aws, &mut live, &those).await?;
        }
        let plan = options.plan(spec, &live);
        // What was just done may not be visible yet, and what is not there blocks what it carries.
        let invisible = plan.actions.iter().filter(|it| it.blocked.is_some()).any(|it| did(ran, &it.id));
        if plan.runnable().next().is_none() && (!invisible || began.elapsed() >= READ_BACK_WITHIN) {
            return Ok(Some(plan));
        }
        // What was not part of this round is no late echo of it: the next round sees to that.
        let new = plan.runnable().any(|action| !did(ran, &action.id));
        if new || began.elapsed() >= READ_BACK_WITHIN {
            return Ok(None);
        }
        sleep(READ_BACK_EVERY).await;
    }
}

fn did(ran: &Plan, id: &ActionId) -> bool {
    ran.runnable().any(|action| action.id == *id)
}

/// Every resource that a plan worked on, and what AWS remakes together with one.
fn written(spec: &Spec, live: &Live, ran: &Plan) -> BTreeMap<Address, Resource> {
    let worked_on = |address: &Address| ran.runnable().any(|action| action.address == *address);
    let remade = desired(spec, live)
        .into_iter()
        .filter(|it| it.created_by_parent().is_some() && it.parent().is_some_and(|parent| worked_on(&parent)));
    let ran = ran.runnable().map(|action| action.to.clone());
    ran.chain(remade).map(|resource| (resource.address(), resource)).collect()
}

/// Parts of it, each of which depends only on what comes before.
fn generations(mut resources: BTreeMap<Address, Resource>) -> Vec<Vec<Resource>> {
    let mut all = vec![];
    while !resources.is_empty() {
        let waits = |resource: &Resource| resource.depends_on().iter().any(|address| resources.contains_key(address));
        let free: Vec<Address> =
            resources.iter().filter(|(_, it)| !waits(it)).map(|(address, _)| address.clone()).collect();
        if free.is_empty() {
            all.push(resources.into_values().collect());
            return all;
        }
        all.push(free.iter().filter_map(|address| resources.remove(address)).collect());
    }
    all
}

/// A resource with what is known of it and of what it refers to.
fn known_by(live: &Live, resource: &Resource) -> Resource {
    let known = |address: &Address, output: Output| live.get(address)?.outputs.get(output).map(str::to_owned);
    live.identified(resolved(resource, known))
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

    /// What was only said to be known after apply is what this run's actions returned, and nothing else.
    fn fill(&mut self, returned: &Returned) {
        for action in self.actions.values_mut() {
            action.changes = filled(&action.changes, |address| returned.get(address).cloned().unwrap_or_default());
        }
    }

    /// Whether a later plan stays within: the same actions, no worse than they were shown; and harmless ones on what was
    /// to be changed anyway, or on what AWS makes, and may remake, together with that.
    fn covers(&self, plan: &Plan) -> bool {
        plan.runnable().filter(|action| action.operation.mutates()).all(|action| match self.actions.get(&action.id) {
            Some(approved) if self.literal => {
                exceeds(approved, action).is_none() && beyond(&approved.changes, &action.changes).is_none()
            }
            Some(approved) => exceeds(approved, action).is_none(),
            None => !self.literal && self.touches(action) && is_harmless(action),
        })
    }

    /// Nothing is written to what the shown plan did not change: that somebody waited for it is no consent.
    fn touches(&self, action: &Action) -> bool {
        let changes = |address: &Address| {
            self.actions.values().any(|approved| approved.address == *address && approved.operation.mutates())
        };
        let remade = action.to.created_by_parent().and(action.to.parent());
        changes(&action.address) || remade.is_some_and(|parent| changes(&parent))
    }
}

/// Nobody should be surprised by another version, nor by losing access.
fn is_harmless(action: &Action) -> bool {
    action.disruption.is_none() && !action.irreversible() && !takes_access(action) && !action.notable
}

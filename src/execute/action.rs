//! One action: the mutation, sent again where AWS asks for that, and the wait for its effect.
//!
//! The central function is [`carry_out`]. It decides nothing but to do less: what takes a while or may hurt goes
//! through [`refresh()`] before it is sent. Not here: when an action starts (`mod.rs`).

use std::time::Duration;

use sha2::{Digest, Sha256};
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::made::Made;
use super::pace::{FAILED_READS, PROPAGATED_WITHIN, REFUSALS, REFUSALS_TO_DELETE, pause};
use crate::aws::{Aws, Fault, FaultKind};
use crate::event::{ActionOutcome, EventKind};
use crate::model::{Blocker, Call, Operation, Outputs, Seen, State, View, differences, hexadecimal};
use crate::plan::{Action, Refreshed, filled, is_another, refresh};
use crate::resources::{Mutation, Resource, Started, Update};

/// What an action works with.
pub(super) struct Context<'a> {
    pub(super) aws: &'a Aws,
    pub(super) made: &'a Made,
    pub(super) tell: &'a dyn Fn(EventKind),
    pub(super) stop: &'a watch::Receiver<bool>,
    /// Makes the tokens of this run unlike those of any other.
    pub(super) nonce: &'a str,
}

/// What to do where AWS took a mutation and could not carry it out.
const CAUSE: &str = "correct the cause that AWS reports, then run again";

/// Why an action failed.
struct Failure {
    why: String,
    hint: String,
    code: Option<String>,
    request_id: Option<String>,
    /// Whether the same would fail again.
    lasting: bool,
}

impl Failure {
    /// A failure that no request has.
    fn new(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into(), code: None, request_id: None, lasting: false }
    }

    /// The same, which came about because of a refused request.
    fn of(self, fault: &Fault) -> Self {
        Self { code: fault.code.clone(), request_id: fault.request_id.clone(), ..self }
    }
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        let lasting = fault.kind == FaultKind::Invalid;
        Self { lasting, ..Self::new(fault.to_string(), fault.hint()).of(&fault) }
    }
}

impl From<Failure> for ActionOutcome {
    fn from(Failure { why, hint, code, request_id, lasting }: Failure) -> Self {
        Self::Failed { why, hint: Some(hint), code, request_id, lasting }
    }
}

/// One action being carried out.
struct Attempt<'a> {
    /// With every reference that is known by now.
    action: Action,
    accepted: bool,
    refusals: u32,
    began: Instant,
    /// When AWS took the mutation last.
    sent: Instant,
    context: &'a Context<'a>,
}

pub(super) async fn carry_out(action: &Action, context: &Context<'_>) -> ActionOutcome {
    let began = Instant::now();
    (context.tell)(EventKind::ActionStarted { id: action.id.clone() });
    let mut attempt = Attempt { action: action.clone(), accepted: false, refusals: 0, began, sent: began, context };
    attempt.resolve();
    let outcome = attempt.run().await.unwrap_or_else(ActionOutcome::from);
    let finished = EventKind::ActionFinished { id: action.id.clone(), outcome: outcome.clone(), took: began.elapsed() };
    (context.tell)(finished);
    outcome
}

impl Attempt<'_> {
    async fn run(&mut self) -> Result<ActionOutcome, Failure> {
        let Some(started) = self.mutate().await? else { return Ok(ActionOutcome::AlreadySo) };
        match self.action.operation {
            Operation::Update(_) if started.update.is_none() => Ok(ActionOutcome::Done { notes: vec![] }),
            Operation::Create | Operation::Update(_) | Operation::AwaitReady => self.until_ready(started).await,
            Operation::Delete | Operation::AwaitGone => self.until_gone().await,
        }
    }

    /// Sends the mutation until AWS takes it. `None` if AWS is as wanted already.
    async fn mutate(&mut self) -> Result<Option<Started>, Failure> {
        loop {
            match self.still_right().await? {
                Next::Send => {}
                Next::OnlyWait => return Ok(Some(Started::default())),
                Next::Nothing => return Ok(None),
            }
            let fault = match self.submit().await {
                Ok(started) => return Ok(Some(self.taken(started))),
                Err(fault) => fault,
            };
            match (&fault.kind, self.action.operation) {
                (FaultKind::NotFound, Operation::Delete) => return Ok(Some(self.taken(Started::default()))),
                // A lost reply; or the name is still taken by what was just deleted, and then it is our turn later.
                (FaultKind::Exists, Operation::Create) => match self.read().await? {
                    Some(_) => return Ok(Some(self.taken(Started::default()))),
                    None => self.pause(&fault).await?,
                },
                (FaultKind::Invalid, Operation::Update(call)) if self.already_so(call).await? => return Ok(None),
                (FaultKind::Busy(update), _) => self.make_way(&fault, update.as_ref()).await?,
                (FaultKind::NotFound, Operation::Update(_)) if self.may_be_invisible() => {
                    if !self.look_at_itself().await? {
                        self.pause(&fault).await?;
                    }
                }
                (FaultKind::NotPropagated, _) if self.may_not_have_got_around() => self.pause(&fault).await?,
                _ => return Err(fault.into()),
            }
        }
    }

    /// IAM takes a while to tell EKS of a role; of one that this run has not touched, a refusal is an answer.
    fn may_not_have_got_around(&self) -> bool {
        self.began.elapsed() < PROPAGATED_WITHIN && self.context.made.concerns(&self.action.to)
    }

    async fn submit(&self) -> Result<Started, Fault> {
        let Action { operation, from, to, changes, outputs, .. } = &self.action;
        let token = &self.token();
        let mutation = Mutation { operation: *operation, from: from.as_ref(), changes, outputs, token };
        to.perform(mutation, self.context.aws).await
    }

    /// 64 hexadecimal digits: EKS wants 33 to 126 characters. AWS takes a token for the same request only, so another request
    /// has another one.
    fn token(&self) -> String {
        let Action { id, from, to, changes, outputs, .. } = &self.action;
        let request = format!("{}|{id}|{from:?}|{to:?}|{changes:?}|{outputs:?}", self.context.nonce);
        hexadecimal(&Sha256::digest(request))
    }

    /// AWS has it; what the reply says of the resource is known from now on.
    fn taken(&mut self, started: Started) -> Started {
        self.accepted = true;
        self.sent = Instant::now();
        self.learn(&started.outputs);
        started
    }

    fn learn(&mut self, outputs: &Outputs) {
        self.context.made.learn(&self.action.to, outputs);
        self.resolve();
    }

    /// What was not known yet may be by now, and then was shown so; what AWS calls the resource, too.
    fn resolve(&mut self) {
        let made = self.context.made;
        self.action.to = made.resolve(&self.action.to);
        self.action.outputs.absorb(made.outputs(&self.action.address));
        self.action.changes = filled(&self.action.changes, |address| made.outputs(address));
    }

    async fn read(&self) -> Result<Option<Seen<Resource>>, Fault> {
        self.action.to.read(self.context.aws).await
    }

    /// What AWS made together with something else has not been seen yet. True if that told anything new.
    async fn look_at_itself(&mut self) -> Result<bool, Failure> {
        let before = self.action.outputs.clone();
        if let Some(seen) = self.read().await? {
            self.learn(&seen.outputs);
        }
        Ok(self.action.outputs != before)
    }

    /// Whether what was made or changed a moment ago may not be visible yet.
    fn may_be_invisible(&self) -> bool {
        self.began.elapsed() < self.action.to.traits().visible_within
    }

    /// AWS went on since the plan. What takes a while and what may hurt is derived anew right before it is sent, and does
    /// not go beyond what was shown.
    async fn still_right(&mut self) -> Result<Next, Failure> {
        let Action { operation, disruption, .. } = &self.action;
        let matters = operation.exclusive() || disruption.is_some();
        if !matters || !matches!(operation, Operation::Update(_) | Operation::Delete) {
            return Ok(Next::Send);
        }
        loop {
            let seen = self.read().await?;
            match refresh(&self.action, seen.as_ref()) {
                Refreshed::Proceed(action) => {
                    self.action = *action;
                    self.still_safe().await?;
                    return Ok(Next::Send);
                }
                Refreshed::UpToDate => return Ok(Next::Nothing),
                Refreshed::InProgressElsewhere => return Ok(Next::OnlyWait),
                Refreshed::Busy(status) => self.wait(status).await?,
                Refreshed::Exceeds(why) => {
                    return Err(outdated(format!("{} has changed since the plan: {why}", self.action.address)));
                }
            }
        }
    }

    /// What makes it safe has to be there still.
    async fn still_safe(&self) -> Result<(), Failure> {
        let Some(relies) = &self.action.relies else { return Ok(()) };
        loop {
            for resource in &relies.on {
                let seen = resource.read(self.context.aws).await?;
                if seen.is_some_and(|seen| seen.resource.traits().satisfies) {
                    return Ok(());
                }
            }
            // What was only just made may not be visible yet.
            if !self.may_be_invisible() {
                return Err(outdated(format!("AWS has changed since the plan: {}", relies.otherwise)));
            }
            self.wait(relies.otherwise.to_owned()).await?;
        }
    }

    /// AWS refuses an update that changes nothing. Whether that is what happened, a look at the resource tells.
    async fn already_so(&self, call: Call) -> Result<bool, Failure> {
        let Some(seen) = self.read().await? else { return Ok(false) };
        let wanted = self.action.to.fields(View::Over(&seen.resource));
        let differences = differences(&seen.resource.fields(View::Live), &wanted);
        Ok(!differences.iter().flat_map(|it| &it.calls).any(|(its, _)| *its == call))
    }

    /// Something else is at work. Waits for it where AWS named it, else for a while; then it is our turn again.
    async fn make_way(&mut self, fault: &Fault, update: Option<&String>) -> Result<(), Failure> {
        self.pause(fault).await?;
        if update.is_none() {
            self.give_up_if_refused_for_good(fault).await?;
        }
        while let Some(id) = update {
            match self.action.to.update_status(self.context.aws, id).await {
                Ok(Update::InProgress) => self.pause(fault).await?,
                // However it ended, or whoever's it was: the next attempt tells.
                Ok(Update::Successful | Update::Failed { .. }) | Err(_) => break,
            }
        }
        self.look_again_at_needs().await
    }

    /// A resource that is ready, and ill or to be deleted, and is refused again and again, is not busy: EKS will not
    /// touch it. One that failed never will be ready.
    async fn give_up_if_refused_for_good(&mut self, fault: &Fault) -> Result<(), Failure> {
        let Some(seen) = self.read().await? else { return Ok(()) };
        let deletes = self.action.operation == Operation::Delete;
        let (limit, about, hint) = match seen.state {
            State::Broken(why) if !deletes => {
                return Err(Failure::new(
                    format!("{fault}; {why}"),
                    "it failed to be created; delete it, then run again",
                ));
            }
            State::Stuck(Blocker { why, hint }) if !deletes => {
                return Err(Failure::new(format!("{fault}; {why}"), hint));
            }
            State::Degraded(issues) => {
                let health = if issues.is_empty() { "DEGRADED".to_owned() } else { issues.join("; ") };
                (REFUSALS, format!("; its health: {health}"), "cure what makes it ill, then run again")
            }
            State::Ready if deletes => {
                let hint = "something that trueup does not know still uses it; delete that, then run again";
                (REFUSALS_TO_DELETE, String::new(), hint)
            }
            State::Ready
            | State::Making(_)
            | State::Working(_)
            | State::Leaving(_)
            | State::Broken(_)
            | State::Stuck(_) => {
                return Ok(());
            }
        };
        self.refusals += 1;
        if self.refusals < limit { Ok(()) } else { Err(Failure::new(format!("{fault}{about}"), hint).of(fault)) }
    }

    /// What was not known yet may be by now.
    async fn look_again_at_needs(&mut self) -> Result<(), Failure> {
        for resource in self.context.made.silent(&self.action.to) {
            if let Some(seen) = resource.read(self.context.aws).await? {
                self.context.made.learn(&seen.resource, &seen.outputs);
            }
        }
        self.resolve();
        Ok(())
    }

    async fn pause(&self, fault: &Fault) -> Result<(), Failure> {
        self.check_patience(&fault.to_string()).map_err(|failure| failure.of(fault))?;
        let delay = pause(self.began.elapsed(), Duration::ZERO);
        let event = EventKind::ActionRetrying { id: self.action.id.clone(), why: fault.to_string(), delay };
        (self.context.tell)(event);
        self.sleep(delay).await
    }

    async fn until_ready(&mut self, mut started: Started) -> Result<ActionOutcome, Failure> {
        let mut failed_reads = 0;
        loop {
            let status = match self.look(&mut started).await {
                Ok(Look::Ready(seen)) => return Ok(self.made(*seen)),
                Ok(Look::Failed(failure)) => return Err(failure),
                Ok(Look::Working(status)) => {
                    failed_reads = 0;
                    status
                }
                Err(fault) => tolerate(fault, &mut failed_reads)?,
            };
            self.wait(status).await?;
        }
    }

    /// The update's word first, the resource's status second: a failed update leaves the resource ACTIVE.
    async fn look(&mut self, started: &mut Started) -> Result<Look, Fault> {
        if let Some(id) = &started.update {
            match self.action.to.update_status(self.context.aws, id).await? {
                Update::InProgress => return Ok(Look::Working(format!("update {id} in progress"))),
                Update::Failed { why, code, hint } => {
                    return Ok(Look::Failed(Failure { code, ..Failure::new(why, hint.unwrap_or(CAUSE)) }));
                }
                Update::Successful => started.update = None,
            }
        }
        let Some(seen) = self.read().await? else {
            if self.may_be_invisible() {
                return Ok(Look::Working("not visible yet".to_owned()));
            }
            let hint = "find out who deleted it, then run again to create it";
            return Ok(Look::Failed(Failure::new("it has disappeared", hint)));
        };
        if is_another(&self.action, &seen) {
            let why = "another one of the same name has taken its place";
            return Ok(Look::Failed(Failure::new(why, "run again to see the new plan")));
        }
        self.action.uid.clone_from(&seen.uid);
        Ok(match &seen.state {
            State::Ready | State::Degraded(_) => Look::Ready(Box::new(seen)),
            State::Making(status) | State::Working(status) => Look::Working(status.clone()),
            State::Leaving(status) => Look::Failed(Failure::new(
                format!("it is {status}: somebody deletes it"),
                "find out who deletes it, then run again once it is gone",
            )),
            State::Broken(why) => Look::Failed(Failure::new(why, CAUSE)),
            State::Stuck(Blocker { why, hint }) => Look::Failed(Failure::new(why, hint)),
        })
    }

    fn made(&mut self, seen: Seen<Resource>) -> ActionOutcome {
        self.learn(&seen.outputs);
        ActionOutcome::Done { notes: seen.notes }
    }

    async fn until_gone(&mut self) -> Result<ActionOutcome, Failure> {
        let mut failed_reads = 0;
        loop {
            let status = match self.read().await {
                Ok(None) => return Ok(ActionOutcome::Done { notes: vec![] }),
                Ok(Some(seen)) if is_another(&self.action, &seen) => {
                    let note = "somebody has created another one of the same name, which is left alone";
                    return Ok(ActionOutcome::Done { notes: vec![note.to_owned()] });
                }
                Ok(Some(Seen { state: State::Stuck(Blocker { why, hint }), .. })) => {
                    return Err(Failure::new(why, hint));
                }
                Ok(Some(seen)) => {
                    failed_reads = 0;
                    if !matches!(seen.state, State::Leaving(_)) && self.is_overdue() && self.mutate().await?.is_none() {
                        return Ok(ActionOutcome::AlreadySo);
                    }
                    "being deleted".to_owned()
                }
                Err(fault) => tolerate(fault, &mut failed_reads)?,
            };
            self.wait(status).await?;
        }
    }

    /// Whether AWS has had time enough to show that it is deleting what it was told to delete.
    fn is_overdue(&self) -> bool {
        self.action.operation == Operation::Delete && self.sent.elapsed() >= self.action.to.traits().visible_within
    }

    async fn wait(&self, status: String) -> Result<(), Failure> {
        self.check_patience(&status)?;
        let waited = self.began.elapsed();
        (self.context.tell)(EventKind::ActionWaiting { id: self.action.id.clone(), status, waited });
        self.sleep(pause(waited, self.action.expected())).await
    }

    /// What AWS has accepted is waited for even if somebody has asked to stop; what it has not is given up.
    async fn sleep(&self, delay: Duration) -> Result<(), Failure> {
        if self.accepted && self.action.operation.mutates() {
            sleep(delay).await;
            return Ok(());
        }
        let mut stop = self.context.stop.clone();
        tokio::select! {
            biased;
            // Without anybody to ask there is nothing to hear, and only the pause is left.
            Ok(_) = stop.wait_for(|stop| *stop) => Err(Failure::new(
                "given up, as asked to stop; AWS had taken nothing of it",
                "run again to go on from here",
            )),
            () = sleep(delay) => Ok(()),
        }
    }

    fn check_patience(&self, status: &str) -> Result<(), Failure> {
        let timeout = self.action.timeout();
        if self.began.elapsed() < timeout {
            return Ok(());
        }
        let why = format!("not finished after {} minutes; last seen: {status}", timeout.as_secs() / 60);
        Err(Failure::new(why, self.late_hint()))
    }

    fn late_hint(&self) -> &'static str {
        if self.accepted || !self.action.operation.mutates() {
            "what was started goes on in AWS; run again to wait for it"
        } else {
            "AWS took nothing of this; find out what keeps it busy, then run again"
        }
    }
}

fn outdated(why: String) -> Failure {
    Failure::new(why, "nothing was sent; run again to see the new plan")
}

/// What to do about a mutation, in the light of a new look.
enum Next {
    Send,
    /// Somebody else has started it.
    OnlyWait,
    /// Nothing is left of it.
    Nothing,
}

/// What a look at the resource shows.
enum Look {
    Ready(Box<Seen<Resource>>),
    Working(String),
    Failed(Failure),
}

/// A read that fails while waiting is not the end of what AWS is doing, unless it will never succeed.
fn tolerate(fault: Fault, failed: &mut u32) -> Result<String, Failure> {
    *failed += 1;
    let hopeless = matches!(fault.kind, FaultKind::Denied | FaultKind::Expired | FaultKind::NoCredentials);
    if hopeless || *failed >= FAILED_READS { Err(fault.into()) } else { Ok(fault.to_string()) }
}

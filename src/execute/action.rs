//! One action: the mutation, sent again where AWS asks for that, and the wait for its effect.
//!
//! The central function is [`carry_out`]. It decides nothing but to do less: what takes a while or may hurt goes
//! through [`refresh()`] before it is sent. Not here: when an action starts (`mod.rs`).

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep};

use super::Made;
use super::pace::{FAILED_READS, REFUSALS, REFUSALS_TO_DELETE, VISIBLE_WITHIN, pause};
use crate::aws::{Aws, Fault, FaultKind};
use crate::event::{ActionOutcome, EventKind};
use crate::model::{Call, Seen, State, differences};
use crate::plan::{Action, Operation, Refreshed, refresh};
use crate::resources::{Resource, Started, Update};

/// What an action works with.
pub(super) struct Context<'a> {
    pub(super) aws: &'a Aws,
    pub(super) made: &'a Made,
    pub(super) tell: &'a dyn Fn(EventKind),
    pub(super) stop: &'a watch::Receiver<bool>,
}

/// Why an action failed.
struct Failure {
    why: String,
    hint: Option<String>,
}

impl From<Fault> for Failure {
    fn from(fault: Fault) -> Self {
        Self { why: fault.to_string(), hint: fault.hint().map(str::to_owned) }
    }
}

/// One action being carried out.
struct Attempt<'a> {
    action: Action,
    to: Resource,
    accepted: bool,
    refusals: u32,
    token: &'a str,
    began: Instant,
    context: &'a Context<'a>,
}

pub(super) async fn carry_out(action: &Action, token: &str, context: &Context<'_>) -> ActionOutcome {
    let began = Instant::now();
    (context.tell)(EventKind::ActionStarted { id: action.id.clone() });
    let to = action.to.resolve(&context.made.borrow());
    let mut attempt = Attempt { action: action.clone(), to, accepted: false, refusals: 0, token, began, context };
    let outcome = attempt.run().await.unwrap_or_else(|Failure { why, hint }| ActionOutcome::Failed { why, hint });
    let finished = EventKind::ActionFinished { id: action.id.clone(), outcome: outcome.clone(), took: began.elapsed() };
    (context.tell)(finished);
    outcome
}

impl Attempt<'_> {
    async fn run(&mut self) -> Result<ActionOutcome, Failure> {
        let Some(started) = self.mutate().await? else { return Ok(ActionOutcome::AlreadySo) };
        self.accepted = true;
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
            let Action { operation, from, changes, .. } = &self.action;
            let sent = self.to.perform(*operation, from.as_ref(), changes, self.token, self.context.aws).await;
            let fault = match sent {
                Ok(started) => return Ok(Some(started)),
                Err(fault) => fault,
            };
            match (&fault.kind, *operation) {
                (FaultKind::NotFound, Operation::Delete) => return Ok(Some(Started::default())),
                // A lost reply; or the name is still taken by what was just deleted, and then it is our turn later.
                (FaultKind::Exists, Operation::Create) => match self.to.read(self.context.aws).await? {
                    Some(_) => return Ok(Some(Started::default())),
                    None => self.pause(&fault).await?,
                },
                (FaultKind::Invalid, Operation::Update(call)) if self.already_so(call).await? => return Ok(None),
                (FaultKind::Busy(update), _) => self.make_way(&fault, update.as_ref()).await?,
                (FaultKind::NotFound, Operation::Update(_)) if self.began.elapsed() < VISIBLE_WITHIN => {
                    self.pause(&fault).await?;
                }
                _ => return Err(fault.into()),
            }
        }
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
            let seen = self.to.read(self.context.aws).await?;
            match refresh(&self.action, seen.as_ref()) {
                Refreshed::Still(action) => {
                    self.action = *action;
                    self.still_safe().await?;
                    return Ok(Next::Send);
                }
                Refreshed::Gone => return Ok(Next::Nothing),
                Refreshed::UnderWay => return Ok(Next::OnlyWait),
                Refreshed::Later(status) => self.wait(status).await?,
                Refreshed::Worse(why) => {
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
                if seen.is_some_and(|seen| seen.resource.vouches()) {
                    return Ok(());
                }
            }
            // What was only just made may not be visible yet.
            if self.began.elapsed() >= VISIBLE_WITHIN {
                return Err(outdated(format!("AWS has changed since the plan: {}", relies.otherwise)));
            }
            self.wait(relies.otherwise.to_owned()).await?;
        }
    }

    /// AWS refuses an update that changes nothing. Whether that is what happened, a look at the resource tells.
    async fn already_so(&self, call: Call) -> Result<bool, Failure> {
        let Some(seen) = self.to.read(self.context.aws).await? else { return Ok(false) };
        let differences = differences(&seen.resource.fields(None), &self.to.fields(Some(&seen.resource)));
        Ok(!differences.iter().any(|difference| difference.calls.contains(&call)))
    }

    /// Something else is at work. Waits for it where AWS named it, else for a while; then it is our turn again.
    async fn make_way(&mut self, fault: &Fault, update: Option<&String>) -> Result<(), Failure> {
        self.pause(fault).await?;
        if update.is_none() {
            self.give_up_if_refused_for_good(fault).await?;
        }
        while let Some(id) = update {
            match self.to.update_status(self.context.aws, id).await {
                Ok(Update::InProgress) => self.pause(fault).await?,
                // However it ended, or whoever's it was: the next attempt tells.
                Ok(Update::Successful | Update::Failed(_)) | Err(_) => break,
            }
        }
        self.look_again_at_needs().await
    }

    /// A resource that is ready, and ill or to be deleted, and is refused again and again, is not busy: EKS will not
    /// touch it.
    async fn give_up_if_refused_for_good(&mut self, fault: &Fault) -> Result<(), Failure> {
        let Some(seen) = self.to.read(self.context.aws).await? else { return Ok(()) };
        let deletes = self.action.operation == Operation::Delete;
        if seen.state != State::Ready || (seen.notes.is_empty() && !deletes) {
            return Ok(());
        }
        self.refusals += 1;
        if self.refusals < if seen.notes.is_empty() { REFUSALS_TO_DELETE } else { REFUSALS } {
            return Ok(());
        }
        let (health, hint) = if seen.notes.is_empty() {
            (String::new(), "something that trueup does not know still uses it; delete that, then run again")
        } else {
            (format!("; its health: {}", seen.notes.join("; ")), "cure what makes it ill, then run again")
        };
        Err(Failure { why: format!("{fault}{health}"), hint: Some(hint.to_owned()) })
    }

    /// What was not known yet may be by now.
    async fn look_again_at_needs(&mut self) -> Result<(), Failure> {
        for need in self.to.needs() {
            let known = self.context.made.borrow().get(&need).map(|seen| seen.resource.clone());
            if let Some(resource) = known
                && let Some(seen) = resource.read(self.context.aws).await?
            {
                self.context.made.borrow_mut().insert(need, seen);
            }
        }
        self.to = self.action.to.resolve(&self.context.made.borrow());
        Ok(())
    }

    async fn pause(&self, fault: &Fault) -> Result<(), Failure> {
        self.check_patience(&fault.to_string())?;
        let delay = pause(self.began.elapsed());
        let event = EventKind::ActionRetrying { id: self.action.id.clone(), why: fault.to_string(), delay };
        (self.context.tell)(event);
        self.sleep(delay).await
    }

    async fn until_ready(&self, mut started: Started) -> Result<ActionOutcome, Failure> {
        let mut failed_reads = 0;
        loop {
            let status = match self.look(&mut started).await {
                Ok(Look::Ready(seen)) => return Ok(self.made(*seen)),
                Ok(Look::Failed(why)) => return Err(Failure { why, hint: None }),
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
    async fn look(&self, started: &mut Started) -> Result<Look, Fault> {
        if let Some(id) = &started.update {
            match self.to.update_status(self.context.aws, id).await? {
                Update::InProgress => return Ok(Look::Working(format!("update {id} in progress"))),
                Update::Failed(why) => return Ok(Look::Failed(why)),
                Update::Successful => started.update = None,
            }
        }
        Ok(match self.to.read(self.context.aws).await? {
            None if self.began.elapsed() < VISIBLE_WITHIN => Look::Working("not visible yet".to_owned()),
            None => Look::Failed("it has disappeared".to_owned()),
            Some(seen) => match &seen.state {
                State::Ready => Look::Ready(Box::new(seen)),
                State::Making(status) | State::Working(status) => Look::Working(status.clone()),
                State::Leaving(status) => Look::Failed(format!("it is {status}: somebody deletes it")),
                State::Broken(why) | State::Stuck(why) => Look::Failed(why.clone()),
            },
        })
    }

    fn made(&self, seen: Seen<Resource>) -> ActionOutcome {
        let notes = seen.notes.clone();
        self.context.made.borrow_mut().insert(self.action.address.clone(), seen);
        ActionOutcome::Done { notes }
    }

    async fn until_gone(&self) -> Result<ActionOutcome, Failure> {
        let mut failed_reads = 0;
        loop {
            let status = match self.to.read(self.context.aws).await {
                Ok(None) => return Ok(ActionOutcome::Done { notes: vec![] }),
                Ok(Some(Seen { state: State::Stuck(why), .. })) => return Err(Failure { why, hint: None }),
                Ok(Some(_)) => {
                    failed_reads = 0;
                    "being deleted".to_owned()
                }
                Err(fault) => tolerate(fault, &mut failed_reads)?,
            };
            self.wait(status).await?;
        }
    }

    async fn wait(&self, status: String) -> Result<(), Failure> {
        self.check_patience(&status)?;
        let waited = self.began.elapsed();
        (self.context.tell)(EventKind::ActionWaiting { id: self.action.id.clone(), status, waited });
        self.sleep(pause(waited)).await
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
            Ok(_) = stop.wait_for(|stop| *stop) => Err(Failure {
                why: "given up, as asked to stop; AWS had taken nothing of it".to_owned(),
                hint: Some("run again to go on from here".to_owned()),
            }),
            () = sleep(delay) => Ok(()),
        }
    }

    fn check_patience(&self, status: &str) -> Result<(), Failure> {
        let live = self.action.from.as_ref().map(Resource::patience);
        let patience = live.unwrap_or_default().max(self.to.patience());
        if self.began.elapsed() < patience {
            return Ok(());
        }
        Err(Failure {
            why: format!("not finished after {} minutes; last seen: {status}", Duration::as_secs(&patience) / 60),
            hint: Some(self.late_hint().to_owned()),
        })
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
    Failure { why, hint: Some("nothing was sent; run again to see the new plan".to_owned()) }
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
    Failed(String),
}

/// A read that fails while waiting is not the end of what AWS is doing, unless it will never succeed.
fn tolerate(fault: Fault, failed: &mut u32) -> Result<String, Failure> {
    *failed += 1;
    let hopeless = matches!(fault.kind, FaultKind::Denied | FaultKind::Expired | FaultKind::NoCredentials);
    if hopeless || *failed >= FAILED_READS { Err(fault.into()) } else { Ok(fault.to_string()) }
}

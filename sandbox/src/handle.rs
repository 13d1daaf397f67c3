//! One request from beginning to end: faults, the auditor, client tokens, and the operation itself.
//!
//! The central function is [`World::handle`]. Not here: what any one service does.

use std::ops::RangeInclusive;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::audit;
use crate::kernel::fault::{Effect, next_effect};
use crate::kernel::refusal::Refusal;
use crate::kernel::tokens::Known;
use crate::services::SERVICES;
use crate::wire::incoming::{Incoming, read, write};
use crate::wire::operation::{Kind, Operation, Token};
use crate::wire::service::Failure;
use crate::world::World;

/// A request that was handled, as the connector wants to know it.
pub(crate) struct Handled {
    pub(crate) response: Response<Bytes>,
    pub(crate) operation: String,
    /// Null if it could not be understood.
    pub(crate) input: Value,
    pub(crate) request_id: String,
    /// The code of the error, if it was refused.
    pub(crate) refused: Option<String>,
    pub(crate) mutating: bool,
    pub(crate) changed: bool,
    pub(crate) delay: Duration,
}

/// Whether the auditor looks at a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Caller {
    Audited,
    Unaudited,
}

impl World {
    /// Answers a request. What is due by `now` happens first.
    pub fn handle(&mut self, now: SystemTime, request: &Request<Bytes>) -> Response<Bytes> {
        self.process(now, request, Caller::Audited).response
    }

    /// Lets time pass: what is due by `now` happens. Time never runs backwards.
    pub fn advance(&mut self, now: SystemTime) {
        self.now = self.now.max(now);
        for service in SERVICES {
            (service.advance)(self);
        }
    }

    pub(crate) fn process(&mut self, now: SystemTime, request: &Request<Bytes>, caller: Caller) -> Handled {
        self.advance(now);
        self.counters.requests += 1;
        let request_id = self.uuid_of(&["request", &self.counters.requests.to_string()]);
        let incoming = read(SERVICES, &self.settings.region, request);
        let hit = self.faults.iter().any(|fault| fault.is_about(&incoming.name));
        let effect = if hit { next_effect(&mut self.faults, &incoming.name) } else { None };
        let delay = if let Some(Effect::Slow(delay)) = &effect { *delay } else { Duration::ZERO };
        let mutating = incoming.asked.as_ref().is_ok_and(|(operation, _)| operation.is_mutating());
        let before = mutating.then(|| self.state.clone());
        let outcome = self.outcome(&incoming, effect.as_ref(), caller);
        let changed = before.is_some_and(|before| before != self.state);
        let response = write(&incoming, &outcome, &request_id, self.now);
        let refused = outcome.err().map(|refusal| refusal.code);
        let input = incoming.asked.map(|(_, input)| input).unwrap_or_default();
        Handled { response, operation: incoming.name, input, request_id, refused, mutating, changed, delay }
    }

    fn outcome(&mut self, incoming: &Incoming, effect: Option<&Effect>, caller: Caller) -> Result<Value, Refusal> {
        let (operation, input) = incoming.asked.clone()?;
        if caller == Caller::Audited {
            self.audit(operation, &input)?;
        }
        let protocol = incoming.protocol;
        let apply = |world: &mut Self, input| {
            let outcome = world.apply(operation, input, caller);
            outcome.map_err(|refusal| protocol.in_words_of(operation, refusal))
        };
        match effect {
            None | Some(Effect::Slow(_)) => apply(self, input),
            Some(Effect::Throttled) => Err(protocol.throttled()),
            Some(Effect::ServerError) => Err(protocol.broken()),
            Some(Effect::Refused { status, code, message }) => {
                self.bind_token(operation, &input, None);
                Err(Refusal::new(*status, code, message.as_str()))
            }
            Some(Effect::ReplyLost) => {
                // The outcome, good or bad, is exactly what the client does not learn.
                let _lost = apply(self, input);
                Err(protocol.broken())
            }
            Some(effect @ (Effect::UpdateFails { code, message } | Effect::CreateFails { code, message })) => {
                let reply = apply(self, input)?;
                let of_update = matches!(effect, Effect::UpdateFails { .. });
                let is_meant = match operation.kind {
                    Kind::StartsUpdate => of_update,
                    Kind::Creates => !of_update,
                    Kind::Reads | Kind::Writes | Kind::Deletes(_) => false,
                };
                for service in SERVICES.iter().filter(|_| is_meant) {
                    (service.fail_later)(self, &reply, &Failure { code, message });
                }
                Ok(reply)
            }
        }
    }

    fn audit(&mut self, operation: &'static Operation, input: &Value) -> Result<(), Refusal> {
        let Some(violation) = audit::check(self, operation, input) else { return Ok(()) };
        let refusal = Refusal::new(400, "AuditViolation", format!("{}: {}", violation.rule, violation.why));
        self.ledger.violations.push(violation);
        Err(refusal)
    }

    /// Carries an operation out, and lets the auditor note what is gone because of it.
    fn apply(&mut self, operation: &'static Operation, input: Value, caller: Caller) -> Result<Value, Refusal> {
        let gone = audit::deletion::deleted_nodegroup(self, operation, &input);
        let reply = self.perform(operation, input)?;
        if let Some(gone) = gone.filter(|_| caller == Caller::Audited) {
            self.ledger.deleted_nodegroups.insert(gone);
        }
        Ok(reply)
    }

    /// Carries an operation out, or returns the remembered reply to its client token (facts §2.5).
    fn perform(&mut self, operation: &'static Operation, input: Value) -> Result<Value, Refusal> {
        let Some((token, range)) = token(operation, &input) else { return self.dispatch(operation, input) };
        // facts §0.11
        if !range.contains(&token.chars().count()) {
            let (min, max) = (range.start(), range.end());
            let message = format!("The client request token parameter must be between {min} and {max} characters");
            return Err(Refusal::bad_input(message));
        }
        match self.tokens.known(operation.name, &token, &input.to_string()) {
            Known::Replied(reply) => Ok(reply),
            Known::Mismatch => Err(self.token_mismatch(&token)),
            Known::Fresh => {
                let outcome = self.dispatch(operation, input.clone());
                self.bind_token(operation, &input, outcome.as_ref().ok());
                outcome
            }
        }
    }

    /// From now on the token stands for this request; whether it does if the request was refused is a switch.
    fn bind_token(&mut self, operation: &Operation, input: &Value, reply: Option<&Value>) {
        let binds = reply.is_some() || self.settings.switches.refused_requests_bind_tokens;
        if let Some((token, _)) = token(operation, input).filter(|_| binds) {
            self.tokens.bind(operation.name, &token, input.to_string(), reply.cloned());
        }
    }

    fn token_mismatch(&self, token: &str) -> Refusal {
        let message = format!("The client request token {token} was already used with other parameters");
        if self.settings.switches.token_mismatch_is_invalid_request {
            Refusal::new(400, "InvalidRequestException", message)
        } else {
            Refusal::bad_input(message)
        }
    }

    /// Carries an operation out without the wire, its faults and its auditor.
    pub(crate) fn dispatch(&mut self, operation: &'static Operation, input: Value) -> Result<Value, Refusal> {
        let call = operation.call(&self.settings.switches, input);
        (operation.handler)(self, &call)
    }
}

/// The client token of a request, if its operation takes one, and how many characters it may have.
fn token(operation: &Operation, input: &Value) -> Option<(String, RangeInclusive<usize>)> {
    let Token { member, min, max } = operation.token?;
    Some((input.get(member)?.as_str()?.to_owned(), min..=max))
}

//! One request from beginning to end: faults, the auditor, client tokens, and the operation itself.
//!
//! The central function is [`World::handle`]. Not here: what any one service does.

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
use crate::wire::operation::{Operation, Token};
use crate::wire::service::Failure;
use crate::world::World;

/// A request that was handled, as the connector wants to know it.
pub(crate) struct Handled {
    pub(crate) response: Response<Bytes>,
    pub(crate) operation: String,
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
        let effect = next_effect(&mut self.faults, &incoming.name);
        let delay = if let Some(Effect::Slow(delay)) = &effect { *delay } else { Duration::ZERO };
        let mutating = incoming.asked.as_ref().is_ok_and(|(operation, _)| operation.is_mutating());
        let before = mutating.then(|| self.state.clone());
        let outcome = self.outcome(&incoming, effect.as_ref(), caller);
        let changed = before.is_some_and(|before| before != self.state);
        let response = write(&incoming, &outcome, &request_id);
        let refused = outcome.err().map(|refusal| refusal.code);
        Handled { response, operation: incoming.name, refused, mutating, changed, delay }
    }

    fn outcome(&mut self, incoming: &Incoming, effect: Option<&Effect>, caller: Caller) -> Result<Value, Refusal> {
        let (operation, input) = incoming.asked.clone()?;
        if caller == Caller::Audited {
            self.audit(operation, &input)?;
        }
        let protocol = incoming.protocol;
        let apply = || {
            let outcome = self.apply(operation, input, caller);
            outcome.map_err(|refusal| protocol.in_words_of(operation, refusal))
        };
        match effect {
            None | Some(Effect::Slow(_)) => apply(),
            Some(Effect::Throttled) => Err(protocol.throttled()),
            Some(Effect::ServerError) => Err(protocol.broken()),
            Some(Effect::Refused { status, code, message }) => Err(Refusal::new(*status, code, message.as_str())),
            Some(Effect::ReplyLost) => {
                // The outcome, good or bad, is exactly what the client does not learn.
                let _lost = apply();
                Err(protocol.broken())
            }
            Some(Effect::UpdateFails { code, message } | Effect::CreateFails { code, message }) => {
                let reply = apply()?;
                for service in SERVICES {
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
        self.ledger.deleted_nodegroups.extend(gone.filter(|_| caller == Caller::Audited));
        Ok(reply)
    }

    /// Carries an operation out, or returns the remembered reply to its client token (facts §2.5).
    fn perform(&mut self, operation: &'static Operation, input: Value) -> Result<Value, Refusal> {
        let member = operation.token.and_then(|token| input.get(token.member));
        let (Some(Token { min, max, .. }), Some(token)) = (operation.token, member.and_then(Value::as_str)) else {
            return self.dispatch(operation, input);
        };
        // facts §0.11
        if !(min..=max).contains(&token.chars().count()) {
            let message = format!("The client request token parameter must be between {min} and {max} characters");
            return Err(Refusal::bad_input(message));
        }
        let (token, sent) = (token.to_owned(), input.to_string());
        match self.tokens.known(operation.name, &token, &sent) {
            Known::Replied(reply) => Ok(reply),
            Known::Mismatch => Err(self.token_mismatch(&token)),
            Known::Fresh => {
                let reply = self.dispatch(operation, input)?;
                self.tokens.remember(operation.name, &token, sent, reply.clone());
                Ok(reply)
            }
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

//! All there is, and one function from request to response. The central type is [`World`].
//!
//! Not here: protocols (`wire`), behaviour of services (`eks`, `autoscaling`, `sts`), the check of requests (`audit`).

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use http::{Request, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::account::Account;
use crate::audit::{self, Violation};
use crate::autoscaling::state::AutoScalingGroup;
use crate::eks;
use crate::eks::state::Cluster;
use crate::fault::{Armed, Effect, Fault, strike};
use crate::refusal::{Refusal, invalid_parameter, invalid_request};
use crate::settings::Settings;
use crate::wire::{self, Incoming, Operation, Protocol};

/// An AWS account in one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct World {
    pub(crate) settings: Settings,
    pub(crate) now: SystemTime,
    pub(crate) account: Account,
    pub(crate) clusters: BTreeMap<String, Cluster>,
    pub(crate) groups: BTreeMap<String, AutoScalingGroup>,
    /// Nodegroups that an audited request deleted, by cluster and name; for the auditor.
    pub(crate) deleted_nodegroups: BTreeSet<(String, String)>,
    faults: Vec<Armed>,
    violations: Vec<Violation>,
    /// The replies to requests with a client token, by operation and token.
    replies: BTreeMap<String, RememberedReply>,
    /// How many things were given an id. Requests are counted apart: how often somebody polls names nothing.
    things: u64,
    requests: u64,
}

/// The first reply to a client token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct RememberedReply {
    input: String,
    reply: Value,
}

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
    SomebodyElse,
}

impl World {
    /// The story: the account with its network and roles, and no cluster yet.
    pub fn story(settings: Settings) -> Self {
        Self::around(Account::story(&settings.account, &settings.region), settings)
    }

    /// Nothing but the role that the caller has assumed: no network, no other role, no cluster.
    pub fn empty(settings: Settings) -> Self {
        Self::around(Account::empty(&settings), settings)
    }

    fn around(account: Account, settings: Settings) -> Self {
        Self {
            now: settings.start,
            account,
            settings,
            clusters: BTreeMap::new(),
            groups: BTreeMap::new(),
            deleted_nodegroups: BTreeSet::new(),
            faults: Vec::new(),
            violations: Vec::new(),
            replies: BTreeMap::new(),
            things: 0,
            requests: 0,
        }
    }

    /// Answers a request. What is due by `now` happens first.
    pub fn handle(&mut self, now: SystemTime, request: &Request<Bytes>) -> Response<Bytes> {
        self.process(now, request, Caller::Audited).response
    }

    /// Lets time pass: what is due by `now` happens. Time never runs backwards.
    pub fn advance(&mut self, now: SystemTime) {
        self.now = self.now.max(now);
        eks::advance(self);
    }

    /// The time of the last request.
    pub fn clock(&self) -> SystemTime {
        self.now
    }

    /// What the world was told at its beginning.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The settings, to change them while the world runs.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// The network and the roles.
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The network and the roles, to change them as somebody else.
    pub fn account_mut(&mut self) -> &mut Account {
        &mut self.account
    }

    /// The clusters by name.
    pub fn clusters(&self) -> &BTreeMap<String, Cluster> {
        &self.clusters
    }

    /// The clusters, to change them as somebody else.
    pub fn clusters_mut(&mut self) -> &mut BTreeMap<String, Cluster> {
        &mut self.clusters
    }

    /// The Auto Scaling groups by name.
    pub fn auto_scaling_groups(&self) -> &BTreeMap<String, AutoScalingGroup> {
        &self.groups
    }

    /// The Auto Scaling groups, to change them as somebody else.
    pub fn auto_scaling_groups_mut(&mut self) -> &mut BTreeMap<String, AutoScalingGroup> {
        &mut self.groups
    }

    /// Sets a fault.
    pub fn fail(&mut self, fault: Fault) {
        self.faults.push(Armed::new(fault));
    }

    /// Takes all faults back.
    pub fn heal(&mut self) {
        self.faults.clear();
    }

    /// The faults, and how many calls each has seen.
    pub(crate) fn faults(&self) -> &[Armed] {
        &self.faults
    }

    /// What the auditor refused, in order.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    pub(crate) fn process(&mut self, now: SystemTime, request: &Request<Bytes>, caller: Caller) -> Handled {
        self.advance(now);
        self.requests += 1;
        let request_id = self.uuid("request", self.requests);
        let incoming = wire::read(&self.settings, request);
        let effect = strike(&mut self.faults, &incoming.name);
        let delay = if let Some(Effect::Slow(delay)) = &effect { *delay } else { Duration::ZERO };
        let mutating = incoming.call.as_ref().is_ok_and(|(operation, _)| operation.mutating);
        let before = mutating.then(|| (self.clusters.clone(), self.groups.clone()));
        let outcome = self.outcome(&incoming, effect.as_ref(), caller);
        let changed = before.is_some_and(|(clusters, groups)| clusters != self.clusters || groups != self.groups);
        let response = wire::write(&incoming, &outcome, &request_id);
        let refused = outcome.err().map(|refusal| refusal.code);
        Handled { response, operation: incoming.name, refused, mutating, changed, delay }
    }

    fn outcome(&mut self, incoming: &Incoming, effect: Option<&Effect>, caller: Caller) -> Result<Value, Refusal> {
        let (operation, input) = incoming.call.clone()?;
        if caller == Caller::Audited && operation.mutating {
            self.audit(operation, &input)?;
        }
        let Some(effect) = effect else { return self.apply(operation, input, caller) };
        match effect {
            Effect::Throttled | Effect::ServerError => Err(interruption(incoming.protocol, effect)),
            Effect::Refused { status, code, message } => Err(Refusal::new(*status, code, message.as_str())),
            Effect::Slow(_) => self.apply(operation, input, caller),
            Effect::ReplyLost => {
                // The outcome, good or bad, is exactly what the client does not learn.
                let _lost = self.apply(operation, input, caller);
                Err(interruption(incoming.protocol, effect))
            }
            Effect::UpdateFails { code, message } | Effect::CreateFails { code, message } => {
                let reply = self.apply(operation, input, caller)?;
                eks::doom(self, effect, &reply, code, message);
                Ok(reply)
            }
        }
    }

    fn audit(&mut self, operation: &Operation, input: &Value) -> Result<(), Refusal> {
        let Some(violation) = audit::check(self, operation.name, input) else { return Ok(()) };
        let refusal = Refusal::new(400, "AuditViolation", format!("{}: {}", violation.rule, violation.why));
        self.violations.push(violation);
        Err(refusal)
    }

    /// Carries an operation out, and notes for the auditor which nodegroup is gone because of it.
    fn apply(&mut self, operation: &Operation, input: Value, caller: Caller) -> Result<Value, Refusal> {
        let doomed = audit::deleted_nodegroup(self, operation.name, &input).filter(|_| caller == Caller::Audited);
        let reply = self.perform(operation, input).map_err(|refusal| wire::worded(operation.name, refusal))?;
        self.deleted_nodegroups.extend(doomed);
        Ok(reply)
    }

    /// Carries an operation out, or returns the remembered reply to its client token (facts §2.5).
    fn perform(&mut self, operation: &Operation, input: Value) -> Result<Value, Refusal> {
        let Some(token) = input.get("clientRequestToken").and_then(Value::as_str) else {
            return (operation.handler)(self, input);
        };
        // facts §0.11
        if !(33..=126).contains(&token.chars().count()) {
            return Err(invalid_parameter("The client request token parameter must be between 33 and 126 characters"));
        }
        let (key, sent) = (format!("{} {token}", operation.name), input.to_string());
        if let Some(remembered) = self.replies.get(&key) {
            return if remembered.input == sent {
                Ok(remembered.reply.clone())
            } else {
                Err(self.token_mismatch(token))
            };
        }
        let reply = (operation.handler)(self, input)?;
        self.replies.insert(key, RememberedReply { input: sent, reply: reply.clone() });
        Ok(reply)
    }

    fn token_mismatch(&self, token: &str) -> Refusal {
        let message = format!("The client request token {token} was already used with other parameters");
        if self.settings.switches.token_mismatch_is_invalid_request {
            invalid_request(message)
        } else {
            invalid_parameter(message)
        }
    }

    /// A digest of these words and the seed, in hexadecimal.
    pub(crate) fn digest(&self, words: &[&str]) -> String {
        let mut hasher = Sha256::new();
        hasher.update(self.settings.seed.to_be_bytes());
        for word in words {
            hasher.update(word.as_bytes());
            hasher.update([0]);
        }
        hex(&hasher.finalize())
    }

    /// A fresh identifier in the form of a UUID.
    pub(crate) fn next_id(&mut self, purpose: &str) -> String {
        self.things += 1;
        self.uuid(purpose, self.things)
    }

    fn uuid(&self, purpose: &str, number: u64) -> String {
        self.uuid_of(&[purpose, &number.to_string()])
    }

    /// An identifier in the form of a UUID that follows from these words.
    pub(crate) fn uuid_of(&self, words: &[&str]) -> String {
        let hex = self.digest(words);
        format!("{}-{}-4{}-8{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits.filter_map(|digit| char::from_digit(digit.into(), 16)).collect()
}

/// A throttled or broken call, in the words of its protocol (facts §2.1, §2.4).
fn interruption(protocol: Protocol, effect: &Effect) -> Refusal {
    let throttled = matches!(effect, Effect::Throttled);
    match (protocol, throttled) {
        (Protocol::RestJson, true) => Refusal::new(429, "ThrottlingException", "Rate exceeded"),
        (Protocol::RestJson, false) => Refusal::new(500, "ServerException", "An internal error occurred"),
        (Protocol::Query { .. }, true) => Refusal::new(400, "Throttling", "Rate exceeded"),
        (Protocol::Query { .. }, false) => Refusal::new(500, "InternalFailure", "An internal error occurred"),
    }
}

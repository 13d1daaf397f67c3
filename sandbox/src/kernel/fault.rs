//! Faults as data: which call goes wrong, and how. The central type is [`Fault`].
//!
//! As JSON: `{ "operation": "eks:CreateNodegroup", "nth": 2, "count": 1, "effect": "throttled" }`.
//!
//! Not here: which faults can happen (`faults`), how an effect is carried out (`handle`, and for [`Effect::Slow`] the
//! connector).

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Some calls of an operation go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// The operation as `service:Name`, such as `eks:CreateCluster`; `*` is any.
    pub operation: String,
    /// The first call that is hit, counted from 1 from the moment the fault was set.
    #[serde(rename = "nth", default = "one")]
    pub first: u32,
    /// How many calls are hit; [`u32::MAX`] is for ever, in JSON `"forever"`.
    #[serde(with = "times", default = "one")]
    pub count: u32,
    /// What happens to them.
    pub effect: Effect,
}

/// What a fault does to a call, each in the protocol's own error envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub enum Effect {
    /// Refused as too many requests: EKS 429, the query services 400.
    Throttled,
    /// Refused with HTTP 500, nothing applied.
    ServerError,
    /// Applied, then answered with HTTP 500 all the same.
    ReplyLost,
    /// Applied; the reply takes this long, in JSON seconds.
    Slow(#[serde(with = "seconds")] Duration),
    /// Applied; the update that this call starts ends as failed.
    UpdateFails {
        /// The code in the update's errors.
        code: String,
        /// The message in the update's errors.
        message: String,
    },
    /// Applied; what this call creates ends as failed, with this health issue.
    CreateFails {
        /// The code of the health issue.
        code: String,
        /// The message of the health issue.
        message: String,
    },
    /// Refused with any error, such as an `AccessDeniedException` or an `ExpiredTokenException`.
    Refused {
        /// The HTTP status.
        status: u16,
        /// The error's code.
        code: String,
        /// The error's message.
        message: String,
    },
}

fn one() -> u32 {
    1
}

/// A number, or `forever`.
mod times {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Times {
        Number(u32),
        Word(String),
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes fields so")]
    pub(super) fn serialize<S: Serializer>(times: &u32, serializer: S) -> Result<S::Ok, S::Error> {
        if *times == u32::MAX { serializer.serialize_str("forever") } else { serializer.serialize_u32(*times) }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u32, D::Error> {
        match Times::deserialize(deserializer) {
            Ok(Times::Number(number)) => Ok(number),
            Ok(Times::Word(word)) if word == "forever" => Ok(u32::MAX),
            Ok(Times::Word(_)) | Err(_) => Err(D::Error::custom("count takes a number from 1 on, or `forever`")),
        }
    }
}

/// Seconds, with fraction.
mod seconds {
    use std::time::Duration;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(duration.as_secs_f64())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
        Duration::try_from_secs_f64(f64::deserialize(deserializer)?)
            .map_err(|_| D::Error::custom("slow takes a number of seconds"))
    }
}

/// A fault and how many calls it has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Armed {
    #[serde(flatten)]
    fault: Fault,
    seen: u32,
}

impl Armed {
    pub(crate) fn new(fault: Fault) -> Self {
        Self { fault, seen: 0 }
    }

    /// Whether it counts calls of this operation.
    pub(crate) fn is_about(&self, operation: &str) -> bool {
        self.fault.operation == "*" || self.fault.operation == operation
    }

    /// Counts this call; the effect if it is one of those to be hit.
    fn next_effect(&mut self, operation: &str) -> Option<Effect> {
        if !self.is_about(operation) {
            return None;
        }
        self.seen = self.seen.saturating_add(1);
        let last = self.fault.first.saturating_add(self.fault.count.saturating_sub(1));
        let hit = self.fault.count > 0 && (self.fault.first..=last).contains(&self.seen);
        hit.then(|| self.fault.effect.clone())
    }
}

/// Every armed fault counts the call; the one set first wins.
pub(crate) fn next_effect(armed: &mut [Armed], operation: &str) -> Option<Effect> {
    let effects: Vec<Effect> = armed.iter_mut().filter_map(|armed| armed.next_effect(operation)).collect();
    effects.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_exactly_the_calls_it_names() {
        let fault = Fault { operation: "eks:X".into(), first: 2, count: 2, effect: Effect::Throttled };
        let mut armed = [Armed::new(fault)];
        let hits: Vec<bool> = (0..5).map(|_| next_effect(&mut armed, "eks:X").is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(next_effect(&mut armed, "eks:Y"), None);
    }

    fn read(json: &str) -> Result<Fault, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn every_effect_is_written_in_words_and_read_again() {
        let (code, message) = ("NodeCreationFailure".to_owned(), "no quota".to_owned());
        for (effect, operation, json) in [
            (Effect::Throttled, "*", "\"throttled\""),
            (Effect::ServerError, "*", "\"serverError\""),
            (Effect::ReplyLost, "*", "\"replyLost\""),
            (Effect::Slow(Duration::from_millis(1500)), "*", "{\"slow\":1.5}"),
            (
                Effect::UpdateFails { code: code.clone(), message: message.clone() },
                "eks:UpdateNodegroupConfig",
                "{\"updateFails\":{\"code\":\"NodeCreationFailure\",\"message\":\"no quota\"}}",
            ),
            (
                Effect::CreateFails { code, message },
                "eks:CreateNodegroup",
                "{\"createFails\":{\"code\":\"NodeCreationFailure\",\"message\":\"no quota\"}}",
            ),
            (
                Effect::Refused { status: 403, code: "AccessDeniedException".into(), message: "no".into() },
                "*",
                "{\"refused\":{\"status\":403,\"code\":\"AccessDeniedException\",\"message\":\"no\"}}",
            ),
        ] {
            let text = format!("{{\"operation\":\"{operation}\",\"nth\":2,\"count\":\"forever\",\"effect\":{json}}}");
            let fault = Fault { operation: operation.into(), first: 2, count: u32::MAX, effect };
            assert_eq!(read(&text).unwrap(), fault);
            assert_eq!(serde_json::to_string(&fault).unwrap(), text);
        }
        let short = read("{\"operation\":\"eks:CreateCluster\",\"effect\":\"throttled\"}").unwrap();
        assert_eq!((short.first, short.count), (1, 1));
    }

    #[test]
    fn for_ever_never_ends() {
        let fault = Fault { operation: "*".into(), first: 1, count: u32::MAX, effect: Effect::ServerError };
        let mut armed = [Armed::new(fault)];
        assert!((0..100).all(|_| next_effect(&mut armed, "any").is_some()));
    }
}

//! Faults as data: which call goes wrong, and how. The central type is [`Fault`].
//!
//! As JSON: `{ "operation": "eks:CreateNodegroup", "nth": 2, "count": 1, "effect": "throttled" }`.
//!
//! Not here: how an effect is carried out; that is `World`'s part, and for [`Effect::Slow`] the connector's.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::wire::operations;

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

/// The operations that start an update.
const UPDATING: [&str; 4] =
    ["eks:UpdateClusterConfig", "eks:UpdateClusterVersion", "eks:UpdateNodegroupConfig", "eks:UpdateNodegroupVersion"];
/// The operations that create what can fail to come to life.
const CREATING: [&str; 2] = ["eks:CreateCluster", "eks:CreateNodegroup"];

/// The codes that the errors of an update have (API reference: `ErrorDetail`).
const UPDATE_ERRORS: [&str; 17] = [
    "SubnetNotFound",
    "SecurityGroupNotFound",
    "EniLimitReached",
    "IpNotAvailable",
    "AccessDenied",
    "OperationNotPermitted",
    "VpcIdNotFound",
    "Unknown",
    "NodeCreationFailure",
    "PodEvictionFailure",
    "InsufficientFreeAddresses",
    "ClusterUnreachable",
    "InsufficientNumberOfReplicas",
    "ConfigurationConflict",
    "AdmissionRequestDenied",
    "UnsupportedAddonModification",
    "K8sResourceNotFound",
];

impl Fault {
    /// Makes sure that it can happen.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let operation = self.operation.as_str();
        let known = operation == "*" || operations().any(|name| name == operation);
        let only = |names: &[&str]| operation == "*" || names.contains(&operation);
        let impossible = match &self.effect {
            Effect::UpdateFails { .. } if !only(&UPDATING) => {
                Some(format!("{operation} starts no update that could fail; these do: {}", UPDATING.join(", ")))
            }
            Effect::UpdateFails { code, .. } if !UPDATE_ERRORS.contains(&code.as_str()) => {
                Some(format!("no update of EKS fails with {code}; these are the codes: {}", UPDATE_ERRORS.join(", ")))
            }
            Effect::CreateFails { .. } if !only(&CREATING) => {
                Some(format!("{operation} creates nothing that could fail later; these do: {}", CREATING.join(", ")))
            }
            Effect::Refused { status, .. } if !(400..=599).contains(status) => {
                Some(format!("{status} is no HTTP status of an error"))
            }
            Effect::Refused { code, .. } if code.is_empty() || !code.bytes().all(|byte| byte.is_ascii_graphic()) => {
                Some(format!("{code:?} is no error code"))
            }
            Effect::Throttled
            | Effect::ServerError
            | Effect::ReplyLost
            | Effect::Slow(_)
            | Effect::UpdateFails { .. }
            | Effect::CreateFails { .. }
            | Effect::Refused { .. } => None,
        };
        match impossible {
            _ if !known => Err(format!("the sandbox does not know the operation {operation}")),
            _ if self.first == 0 => Err("nth is counted from 1".to_owned()),
            _ if self.count == 0 => Err("a fault with a count of 0 never happens".to_owned()),
            Some(why) => Err(why),
            None => Ok(()),
        }
    }
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

    /// Counts this call; the effect if it is one of those to be hit.
    fn strike(&mut self, operation: &str) -> Option<Effect> {
        if self.fault.operation != "*" && self.fault.operation != operation {
            return None;
        }
        self.seen = self.seen.saturating_add(1);
        let last = self.fault.first.saturating_add(self.fault.count.saturating_sub(1));
        let hit = self.fault.count > 0 && (self.fault.first..=last).contains(&self.seen);
        hit.then(|| self.fault.effect.clone())
    }
}

/// Every armed fault counts the call; the one set first wins.
pub(crate) fn strike(armed: &mut [Armed], operation: &str) -> Option<Effect> {
    let effects: Vec<Effect> = armed.iter_mut().filter_map(|armed| armed.strike(operation)).collect();
    effects.into_iter().next()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hits_exactly_the_calls_it_names() {
        let fault = Fault { operation: "eks:X".into(), first: 2, count: 2, effect: Effect::Throttled };
        let mut armed = [Armed::new(fault)];
        let hits: Vec<bool> = (0..5).map(|_| strike(&mut armed, "eks:X").is_some()).collect();
        assert_eq!(hits, [false, true, true, false, false]);
        assert_eq!(strike(&mut armed, "eks:Y"), None);
    }

    fn read(json: &str) -> Result<Fault, String> {
        let fault: Fault = serde_json::from_str(json).map_err(|error| error.to_string())?;
        fault.check().map(|()| fault)
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
    fn a_fault_that_cannot_happen_is_refused() {
        for (json, why) in [
            (
                "{\"operation\":\"eks:MakeCluster\",\"effect\":\"throttled\"}",
                "does not know the operation eks:MakeCluster",
            ),
            ("{\"operation\":\"*\",\"effect\":\"throtled\"}", "unknown variant `throtled`"),
            ("{\"operation\":\"*\",\"nth\":0,\"effect\":\"throttled\"}", "counted from 1"),
            ("{\"operation\":\"*\",\"count\":0,\"effect\":\"throttled\"}", "never happens"),
            ("{\"operation\":\"*\",\"count\":\"often\",\"effect\":\"throttled\"}", "or `forever`"),
            ("{\"operation\":\"*\",\"times\":1,\"effect\":\"throttled\"}", "unknown field `times`"),
            ("{\"operation\":\"*\",\"effect\":{\"slow\":-1}}", "number of seconds"),
            (
                "{\"operation\":\"eks:TagResource\",\"effect\":{\"updateFails\":{\"code\":\"a\",\"message\":\"b\"}}}",
                "starts no update",
            ),
            (
                "{\"operation\":\"*\",\"effect\":{\"updateFails\":{\"code\":\"Bogus\",\"message\":\"b\"}}}",
                "no update of EKS fails with Bogus",
            ),
            (
                "{\"operation\":\"eks:TagResource\",\"effect\":{\"createFails\":{\"code\":\"a\",\"message\":\"b\"}}}",
                "creates nothing",
            ),
            (
                "{\"operation\":\"*\",\"effect\":{\"refused\":{\"status\":200,\"code\":\"a\",\"message\":\"b\"}}}",
                "200 is no HTTP status",
            ),
            (
                "{\"operation\":\"*\",\"effect\":{\"refused\":{\"status\":400,\"code\":\"a b\",\"message\":\"b\"}}}",
                "no error code",
            ),
        ] {
            let refusal = read(json).unwrap_err();
            assert!(refusal.contains(why), "{json}: {refusal}");
        }
    }

    #[test]
    fn for_ever_never_ends() {
        let fault = Fault { operation: "*".into(), first: 1, count: u32::MAX, effect: Effect::ServerError };
        let mut armed = [Armed::new(fault)];
        assert!((0..100).all(|_| strike(&mut armed, "any").is_some()));
    }
}

//! Faults as data: which call goes wrong, and how. The central type is [`Fault`].
//!
//! Not here: how an effect is carried out; that is `World`'s part, and for [`Effect::Slow`] the connector's.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Some calls of an operation go wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// The operation as `service:Name`, such as `eks:CreateCluster`; `*` is any.
    pub operation: String,
    /// The first call that is hit, counted from 1 from the moment the fault was set.
    pub first: u32,
    /// How many calls are hit; [`u32::MAX`] is for ever.
    pub count: u32,
    /// What happens to them.
    pub effect: Effect,
}

/// What a fault does to a call, each in the protocol's own error envelope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Effect {
    /// Refused as too many requests: EKS 429, the query services 400.
    Throttled,
    /// Refused with HTTP 500, nothing applied.
    ServerError,
    /// Applied, then answered with HTTP 500 all the same.
    ReplyLost,
    /// Applied; the reply takes this long.
    Slow(Duration),
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

/// A fault and how many calls it has seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Armed {
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

    #[test]
    fn for_ever_never_ends() {
        let fault = Fault { operation: "*".into(), first: 1, count: u32::MAX, effect: Effect::ServerError };
        let mut armed = [Armed::new(fault)];
        assert!((0..100).all(|_| strike(&mut armed, "any").is_some()));
    }
}

//! Which faults can happen. The one function is [`Fault::check`].
//!
//! It walks the tables of the services. Not here: what a fault does (`handle`).

use crate::kernel::fault::{Effect, Fault};
use crate::services::{SERVICES, all_operations, operations};
use crate::wire::operation::Kind;

impl Fault {
    /// Makes sure that it can happen.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        let operation = self.operation.as_str();
        let known = operation == "*" || operations().any(|name| name == operation);
        let only = |names: &[&str]| operation == "*" || names.contains(&operation);
        let (updating, creating) =
            (of_kind(|kind| matches!(kind, Kind::StartsUpdate)), of_kind(|kind| matches!(kind, Kind::Creates)));
        let codes: Vec<&str> = SERVICES.iter().flat_map(|service| service.update_errors).copied().collect();
        let impossible = match &self.effect {
            Effect::UpdateFails { .. } if !only(&updating) => {
                Some(format!("{operation} starts no update that could fail; these do: {}", updating.join(", ")))
            }
            Effect::UpdateFails { code, .. } if !codes.contains(&code.as_str()) => {
                Some(format!("no update fails with {code}; these are the codes: {}", codes.join(", ")))
            }
            Effect::CreateFails { .. } if !only(&creating) => {
                Some(format!("{operation} creates nothing that could fail later; these do: {}", creating.join(", ")))
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

fn of_kind(is_meant: fn(Kind) -> bool) -> Vec<&'static str> {
    all_operations().filter(|operation| is_meant(operation.kind)).map(|operation| operation.name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Fault, String> {
        let fault: Fault = serde_json::from_str(json).map_err(|error| error.to_string())?;
        fault.check().map(|()| fault)
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
                "no update fails with Bogus",
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
}

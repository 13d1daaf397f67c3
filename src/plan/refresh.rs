//! The same action in the light of a new look: between plan and mutation AWS goes on, and the autoscaler with it.

use super::{Action, Operation, draft};
use crate::model::{Disruption, Effect, Seen};
use crate::resources::Resource;

/// What has become of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Refreshed {
    /// There is nothing left to do.
    Gone,
    /// It is still right, with these fields as they are now.
    Still(Box<Action>),
    /// It would now do more than the plan showed.
    Worse(String),
}

/// Derives an action anew from what is seen now. It may do less than was planned, never more.
pub fn refresh(action: &Action, seen: Option<&Seen<Resource>>) -> Refreshed {
    let Some(seen) = seen else { return Refreshed::Still(Box::new(action.clone())) };
    let fresh = match action.operation {
        Operation::Update(_) => {
            let (_, updates) = draft::compare(&action.to, &seen.resource);
            let Some(fresh) = updates.into_iter().find(|it| it.operation == action.operation) else {
                return Refreshed::Gone;
            };
            fresh
        }
        Operation::Delete if !seen.owned => {
            return Refreshed::Worse("it no longer carries our ownership tag".to_owned());
        }
        Operation::Delete => {
            let disruption = action.disruption.as_ref().and_then(|_| seen.resource.removal());
            Action { disruption, from: Some(seen.resource.clone()), ..action.clone() }
        }
        Operation::Create | Operation::AwaitReady | Operation::AwaitGone => {
            return Refreshed::Still(Box::new(action.clone()));
        }
    };
    if let Some(why) = worse(action, &fresh) {
        return Refreshed::Worse(why);
    }
    let Action { from, changes, disruption, .. } = fresh;
    Refreshed::Still(Box::new(Action { from, changes, disruption, ..action.clone() }))
}

/// How `later` goes beyond `earlier`, if it does.
pub fn worse(earlier: &Action, later: &Action) -> Option<String> {
    if later.irreversible() && !earlier.irreversible() {
        return Some("it would now take a step from which there is no way back".to_owned());
    }
    let now = later.disruption.as_ref()?;
    // The nodes of a roll come and go with the autoscaler; those of a shrinking or vanishing group are counted.
    let enough = |planned: &Disruption| match now.effect {
        Effect::Terminates => planned.nodes >= now.nodes,
        Effect::Drains | Effect::MayRebalance | Effect::MayLockOut => planned.nodes > 0 || now.nodes == 0,
    };
    let covered = |planned: &Disruption| planned.effect == now.effect && enough(planned);
    let fine = earlier.disruption.as_ref().is_some_and(covered);
    (!fine).then(|| format!("it would now do more than the plan showed: {}", super::sentence(now)))
}

//! The same action in the light of a new look: between plan and mutation AWS goes on, and the autoscaler with it.
//!
//! The central function is [`refresh`]; [`worse`] says how an action goes beyond one that was shown. Not here: when a
//! new look is taken (`execute/action.rs`).

use super::{Action, Operation, beyond, draft, takes_access};
use crate::model::{Disruption, Effect, FieldChange, Seen, State};
use crate::resources::Resource;

/// What has become of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Refreshed {
    /// There is nothing left to do.
    Gone,
    /// It is still right, with these fields as they are now.
    Still(Box<Action>),
    /// It has to wait: something else is making or changing the resource, which has this status.
    Later(String),
    /// Something else is doing the same, and only the end of that has to be waited for.
    UnderWay,
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
        Operation::Delete => match &seen.state {
            State::Leaving(_) => return Refreshed::UnderWay,
            State::Making(status) | State::Working(status) => return Refreshed::Later(status.clone()),
            State::Ready if spares_consent(action, &seen.resource) => {
                return Refreshed::Worse("it is no longer broken".to_owned());
            }
            State::Ready | State::Broken(_) | State::Stuck(_) => {
                let disruption = action.disruption.as_ref().and_then(|_| seen.resource.removal());
                Action { disruption, from: Some(seen.resource.clone()), ..action.clone() }
            }
        },
        Operation::Create | Operation::AwaitReady | Operation::AwaitGone => {
            return Refreshed::Still(Box::new(action.clone()));
        }
    };
    let news: Vec<FieldChange> = fresh.changes.iter().filter(|it| !follows(it, action, seen)).cloned().collect();
    if let Some(why) = worse(action, &fresh).or_else(|| beyond(&action.changes, &news)) {
        return Refreshed::Worse(why);
    }
    let Action { from, changes, disruption, .. } = fresh;
    Refreshed::Still(Box::new(Action { from, changes, disruption, ..action.clone() }))
}

/// Whether a harmless change comes by itself with what was shown: a size that has to be within the new limits, or what AWS
/// did not show yet when the resource was being made.
fn follows(change: &FieldChange, action: &Action, seen: &Seen<Resource>) -> bool {
    let rows = action.to.fields(Some(&seen.resource));
    let moves = rows.iter().any(|row| row.name == change.name && row.follows_live);
    let hidden = action.from.as_ref().is_some_and(|from| !draft::shows(from, &change.name));
    change.disruption.is_none() && (moves || hidden)
}

/// Whether a deletion took no consent to what it disrupts, for the resource never came to life.
fn spares_consent(action: &Action, seen: &Resource) -> bool {
    action.disruption.is_none() && seen.removal().is_some()
}

/// How `later` goes beyond `earlier`, if it does: field by field, for one disruption does not cover another.
pub fn worse(earlier: &Action, later: &Action) -> Option<String> {
    if later.irreversible() && !earlier.irreversible() {
        return Some("it would now take a step from which there is no way back".to_owned());
    }
    if takes_access(later) {
        return beyond(&earlier.changes, &later.changes);
    }
    let whole = later.disruption.as_ref()?;
    let fields = || later.changes.iter().filter_map(|now| Some((now, now.disruption.as_ref()?)));
    let new = fields().find(|(now, disruption)| !earlier.changes.iter().any(|planned| shown(planned, now, disruption)));
    let covered = if later.changes.is_empty() {
        earlier.disruption.as_ref().is_some_and(|planned| enough(planned, whole))
    } else {
        new.is_none()
    };
    let what = new.map_or(whole, |(_, disruption)| disruption);
    (!covered).then(|| format!("it would now do more than the plan showed: {}", super::sentence(what)))
}

/// Whether a change was planned that does at least as much: to as many nodes, and by the same entries of a set or map. Who
/// is locked out depends on the values themselves.
fn shown(planned: &FieldChange, now: &FieldChange, disruption: &Disruption) -> bool {
    let same = disruption.effect != Effect::MayLockOut || (planned.from == now.from && planned.to == now.to);
    let entries = beyond(std::slice::from_ref(planned), std::slice::from_ref(now)).is_none();
    same && entries && planned.disruption.as_ref().is_some_and(|planned| enough(planned, disruption))
}

/// The nodes of a roll come and go with the autoscaler; those of a shrinking, vanishing or rebalanced group are counted.
pub(super) fn enough(planned: &Disruption, now: &Disruption) -> bool {
    let nodes = match now.effect {
        Effect::Terminates | Effect::MayRebalance => planned.nodes >= now.nodes,
        Effect::Drains | Effect::MayLockOut => planned.nodes > 0 || now.nodes == 0,
    };
    planned.effect == now.effect && nodes
}

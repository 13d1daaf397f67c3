//! The same action in the light of a new look: between plan and mutation AWS goes on, and the autoscaler with it.
//!
//! The central function is [`refresh`]. Not here: when a new look is taken (`execute/action.rs`), and what going beyond a
//! plan means (`within`).

use super::{Action, beyond, draft, exceeds};
use crate::model::{FieldChange, Operation, Seen, State, View};
use crate::resources::Resource;

/// What has become of an action.
#[derive(Debug, Clone, PartialEq)]
pub enum Refreshed {
    /// There is nothing left to do.
    UpToDate,
    /// It is still right, with these fields as they are now.
    Proceed(Box<Action>),
    /// It has to wait: something else is making or changing the resource, which has this status.
    Busy(String),
    /// Something else is doing the same, and only the end of that has to be waited for.
    InProgressElsewhere,
    /// It would now do more than the plan showed.
    Exceeds(String),
}

/// Derives an action anew from what is seen now. It may do less than was planned, never more.
pub fn refresh(action: &Action, seen: Option<&Seen<Resource>>) -> Refreshed {
    let Some(seen) = seen else { return Refreshed::Proceed(Box::new(action.clone())) };
    if action.only_ours && !seen.is_ours() {
        return Refreshed::Exceeds("it no longer carries our ownership tag".to_owned());
    }
    let fresh = match action.operation {
        Operation::Update(_) => {
            let (_, updates) = draft::compare(&action.to, &seen.resource);
            let Some(fresh) = updates.into_iter().find(|it| it.operation == action.operation) else {
                return Refreshed::UpToDate;
            };
            fresh
        }
        Operation::Delete if is_another(action, seen) => return Refreshed::UpToDate,
        Operation::Delete => match &seen.state {
            State::Leaving(_) => return Refreshed::InProgressElsewhere,
            State::Making(status) | State::Working(status) => return Refreshed::Busy(status.clone()),
            State::Ready | State::Degraded(_) if spares_consent(action, &seen.resource) => {
                return Refreshed::Exceeds("it is no longer broken".to_owned());
            }
            State::Ready | State::Degraded(_) | State::Broken(_) | State::Stuck(_) => {
                let disruption = action.disruption.as_ref().and_then(|_| seen.resource.traits().removal);
                Action { disruption, from: Some(seen.resource.clone()), ..action.clone() }
            }
        },
        Operation::Create | Operation::AwaitReady | Operation::AwaitGone => {
            return Refreshed::Proceed(Box::new(action.clone()));
        }
    };
    let news: Vec<FieldChange> = fresh.changes.iter().filter(|it| !follows(it, action, seen)).cloned().collect();
    if let Some(why) = exceeds(action, &fresh).or_else(|| beyond(&action.changes, &news)) {
        return Refreshed::Exceeds(why);
    }
    let Action { from, changes, disruption, .. } = fresh;
    let outputs = seen.outputs.clone();
    Refreshed::Proceed(Box::new(Action { from, outputs, changes, disruption, ..action.clone() }))
}

/// Whether what is seen only has the name of what the action was planned for, which is gone.
pub fn is_another(action: &Action, seen: &Seen<Resource>) -> bool {
    action.uid.is_some() && seen.uid.is_some() && action.uid != seen.uid
}

/// Whether a harmless change comes by itself with what was shown: a size that has to be within the new limits, or what AWS
/// did not show yet when the resource was being made.
fn follows(change: &FieldChange, action: &Action, seen: &Seen<Resource>) -> bool {
    let rows = action.to.fields(View::Over(&seen.resource));
    let moves = rows.iter().any(|row| row.name == change.name && row.follows_live);
    let hidden = action.from.as_ref().is_some_and(|from| !draft::is_visible(from, &change.name));
    change.disruption.is_none() && (moves || hidden)
}

/// Whether a deletion took no consent to what it disrupts, for the resource never came to life.
fn spares_consent(action: &Action, seen: &Resource) -> bool {
    action.disruption.is_none() && seen.traits().removal.is_some()
}

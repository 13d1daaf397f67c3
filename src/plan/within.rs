//! Whether what would be done now stays within what was shown.
//!
//! The central function is [`exceeds`], of two actions; [`beyond`] is the same of their changes alone. A later action may do
//! less, never more. Not here: what was shown, which is a plan of this run (`refresh`, `apply.rs`) or a saved one
//! (`promise`).

use std::collections::BTreeMap;

use super::{Action, sentence, takes_access};
use crate::model::{Address, Disruption, Effect, FieldChange, Outputs, Value};

/// What this run's actions returned: it fills in what the plan could only say would be known.
pub type Returned = BTreeMap<Address, Outputs>;

/// How `now` goes beyond what was `shown`, if it does: field by field, for one disruption does not cover another.
pub fn exceeds(shown: &Action, now: &Action) -> Option<String> {
    if now.irreversible() && !shown.irreversible() {
        return Some("it would now take a step from which there is no way back".to_owned());
    }
    if takes_access(now) {
        return beyond(&shown.changes, &now.changes);
    }
    let whole = now.disruption.as_ref()?;
    let fields = || now.changes.iter().filter_map(|change| Some((change, change.disruption.as_ref()?)));
    let new = fields().find(|(change, disruption)| !shown.changes.iter().any(|it| covers(it, change, disruption)));
    let covered = if now.changes.is_empty() {
        shown.disruption.as_ref().is_some_and(|shown| shown.covers(whole))
    } else {
        new.is_none()
    };
    let what = new.map_or(whole, |(_, disruption)| disruption);
    (!covered).then(|| format!("it would now do more than the plan showed: {}", sentence(what)))
}

/// Whether a change was shown that does at least as much: to as many nodes, and by the same entries of a set or map. Who
/// is locked out depends on the values themselves.
fn covers(shown: &FieldChange, now: &FieldChange, disruption: &Disruption) -> bool {
    let same = disruption.effect != Effect::MayLockOut || (shown.from == now.from && shown.to == now.to);
    let entries = beyond(std::slice::from_ref(shown), std::slice::from_ref(now)).is_none();
    same && entries && shown.disruption.as_ref().is_some_and(|shown| shown.covers(disruption))
}

/// How changes go further than those that were shown, if they do: in another field, or in other entries of a set or map.
pub fn beyond(shown: &[FieldChange], now: &[FieldChange]) -> Option<String> {
    let more = now.iter().find(|change| !shown.iter().any(|it| it.name == change.name && goes_on(it, change)))?;
    Some(format!("it would now do more than the plan showed: {}: {}", more.name, arrow(more)))
}

fn goes_on(shown: &FieldChange, now: &FieldChange) -> bool {
    let (shown_delta, delta) = (shown.delta(), now.delta());
    let set = delta.set.iter().all(|(key, value)| shown_delta.set.get(key) == Some(value));
    let whole = matches!(now.to, Some(Value::Map(_) | Value::Set(_))) || shown.to == now.to;
    whole && set && delta.unset.is_subset(&shown_delta.unset)
}

/// What was shown, with what the actions of this run returned in place of what was not known then: nothing else may take that
/// place.
pub fn filled(shown: &[FieldChange], returned: impl Fn(&Address) -> Outputs) -> Vec<FieldChange> {
    let fill = |value: &Value| {
        let Value::Pending { address, output } = value else { return value.clone() };
        returned(address).get(*output).map_or_else(|| value.clone(), |text| Value::Text(text.to_owned()))
    };
    shown.iter().map(|change| FieldChange { to: change.to.as_ref().map(fill), ..change.clone() }).collect()
}

/// What a change takes and gives. Of a set or map that is only the entries that change: the others are left alone.
pub(super) fn touched(change: &FieldChange) -> (Option<Value>, Option<Value>) {
    let (from, to) = (change.from.as_ref(), change.to.as_ref());
    let delta = change.delta();
    let changes = |key: &String| delta.set.contains_key(key) || delta.unset.contains(key);
    let part = |value: &Value| {
        let mut value = value.clone();
        value.retain(changes);
        value
    };
    (from.map(part), to.map(part))
}

pub(super) fn arrow(change: &FieldChange) -> String {
    let (from, to) = touched(change);
    let empty = |value: &Value| matches!(value, Value::Map(_) | Value::Set(_)) && value.is_empty();
    let text = |value: Option<Value>| {
        value.filter(|value| !empty(value)).map_or_else(|| "(none)".to_owned(), |value| value.to_string())
    };
    format!("{} → {}", text(from), text(to))
}

//! Labels and taints: what EKS accepts, and what an update's payload does to them (facts §1.2).
//!
//! Functions without state: [`labels_after`] and [`taints_after`] are the main ones. Not here: the spelling of
//! Kubernetes; EKS has its own for effects.

use std::collections::BTreeMap;

use super::input::{LabelsPayload, TaintsPayload};
use super::state::Taint;
use super::validate::{ensure, one_of};
use crate::kernel::refusal::Refusal;
use crate::services::eks::refusal::invalid_parameter;

const RESERVED: [&str; 3] = ["kubernetes.io/", "k8s.io/", "eks.amazonaws.com/"];
const TAINT_LIMIT: usize = 50;
const EFFECTS: &[&str] = &["NO_SCHEDULE", "NO_EXECUTE", "PREFER_NO_SCHEDULE"];

/// facts §1.2 labels
pub(super) fn check_labels(labels: &BTreeMap<String, String>) -> Result<(), Refusal> {
    for (key, value) in labels {
        ensure((1..=63).contains(&key.len()) && (1..=63).contains(&value.len()), || {
            invalid_parameter(format!("Key and value of label {key} must have between 1 and 63 characters"))
        })?;
        ensure(!RESERVED.iter().any(|prefix| key.starts_with(prefix)), || {
            invalid_parameter(format!("Label cannot start with reserved prefixes [{}]", RESERVED.join(", ")))
        })?;
        ensure(is_qualified_name(key) && is_name(value), || {
            invalid_parameter(format!("Label {key}={value} is not valid in Kubernetes"))
        })?;
    }
    Ok(())
}

/// facts §1.2 taints
pub(super) fn check_taints(taints: &[Taint]) -> Result<(), Refusal> {
    for taint in taints {
        one_of("taint effect", &taint.effect, EFFECTS)?;
        let value = taint.value.as_deref().unwrap_or_default();
        ensure((1..=63).contains(&taint.key.len()) && value.len() <= 63, || {
            invalid_parameter(format!("Key and value of taint {} must have at most 63 characters", taint.key))
        })?;
        ensure(is_qualified_name(&taint.key) && (value.is_empty() || is_name(value)), || {
            invalid_parameter(format!("Taint {}={value} is not valid in Kubernetes", taint.key))
        })?;
        ensure(taints.iter().filter(|other| same(taint, other)).count() == 1, || {
            invalid_parameter(format!("Taint {} is there twice with effect {}", taint.key, taint.effect))
        })?;
    }
    ensure(taints.len() <= TAINT_LIMIT, || invalid_parameter(format!("There can be at most {TAINT_LIMIT} taints")))
}

/// The labels after an update.
pub(super) fn labels_after(
    before: &BTreeMap<String, String>,
    payload: &LabelsPayload,
) -> Result<BTreeMap<String, String>, Refusal> {
    check_labels(&payload.add_or_update_labels)?;
    let both = payload.remove_labels.iter().find(|key| payload.add_or_update_labels.contains_key(*key));
    ensure(both.is_none(), || {
        let key = both.map(String::as_str).unwrap_or_default();
        invalid_parameter(format!("Label {key} is both added and removed"))
    })?;
    let mut after = before.clone();
    after.retain(|key, _| !payload.remove_labels.contains(key));
    after.extend(payload.add_or_update_labels.clone());
    Ok(after)
}

/// The taints after an update: removed first, so that one call can change an effect (facts §1.2 taints).
pub(super) fn taints_after(before: &[Taint], payload: &TaintsPayload) -> Result<Vec<Taint>, Refusal> {
    check_taints(&payload.add_or_update_taints)?;
    let kept = |taint: &&Taint| !payload.remove_taints.iter().any(|removed| same(taint, removed));
    let mut after: Vec<Taint> = before.iter().filter(kept).cloned().collect();
    for taint in &payload.add_or_update_taints {
        match after.iter_mut().find(|present| same(present, taint)) {
            Some(present) => *present = normal(taint),
            None => after.push(normal(taint)),
        }
    }
    check_taints(&after)?;
    Ok(after)
}

/// facts §1.2: a name, and before it perhaps a domain.
fn is_qualified_name(key: &str) -> bool {
    let (domain, name) = key.split_once('/').map_or((None, key), |(domain, name)| (Some(domain), name));
    let is_label = |label: &str| is_name(label) && !label.contains(|c: char| c == '_' || c.is_ascii_uppercase());
    is_name(name) && domain.is_none_or(|domain| domain.split('.').all(is_label))
}

/// Key and value of a label as Kubernetes takes it, the value perhaps empty.
pub(super) fn is_label(key: &str, value: &str) -> bool {
    key.len() <= 63 && is_qualified_name(key) && value.len() <= 63 && (value.is_empty() || is_name(value))
}

/// Lower-case letters and digits, and between them also `-`.
pub(super) fn is_dns_label(text: &str) -> bool {
    text.len() <= 63 && is_name(text) && !text.contains(|c: char| c == '_' || c == '.' || c.is_ascii_uppercase())
}

/// Letters and digits, and between them also `-`, `_` and `.`.
fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric();
    let within = text.chars().all(|c| plain(c) || matches!(c, '-' | '_' | '.'));
    text.starts_with(plain) && text.ends_with(plain) && within
}

/// Key and effect identify a taint.
fn same(some: &Taint, other: &Taint) -> bool {
    some.key == other.key && some.effect == other.effect
}

/// No value and an empty one are the same.
pub(super) fn normal(taint: &Taint) -> Taint {
    Taint { value: taint.value.clone().filter(|value| !value.is_empty()), ..taint.clone() }
}

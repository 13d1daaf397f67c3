//! Labels and taints of nodes.
//!
//! The central functions are [`check`], for labels, and [`taints`]. Names and values are Kubernetes' to define; EKS
//! takes fewer of them, and Cluster Autoscaler can be told of fewer taints still.

use std::collections::{BTreeMap, BTreeSet};

use super::values;
use crate::spec::place::Place;
use crate::spec::problem::Problem;
use crate::spec::suggest::quoted;
use crate::spec::syntax;
use crate::spec::types::{ClusterAutoscaler, Taint, TaintEffect};

/// The longest key and value that EKS takes. Kubernetes would take longer keys.
const MAX_LENGTH: usize = 63;
const MAX_TAINTS: usize = 50;
const RESERVED: [&str; 3] = ["kubernetes.io/", "k8s.io/", "eks.amazonaws.com/"];

/// The labels of a nodegroup.
pub(super) fn check(labels: &BTreeMap<String, String>, place: &Place<'_>, problems: &mut Vec<Problem>) {
    for (key, value) in labels {
        let place = place.key(key);
        problems.extend(name_problem("label key", key, |message| place.key_problem(message)));
        problems.extend(length_problem("label", key, |message| place.key_problem(message)));
        if let Some(prefix) = RESERVED.iter().find(|prefix| key.starts_with(**prefix)) {
            let problem = place.key_problem(format!("the label's key {} begins with `{prefix}`", quoted(key)));
            problems.push(problem.hinted("EKS keeps that prefix for itself; choose another key"));
        }
        if value.is_empty() {
            let problem = place.problem(format!("the label {} has no value", quoted(key)));
            problems.push(problem.hinted("EKS takes no empty value: write one, such as `\"true\"`"));
        }
        label_value(value, &place, problems);
    }
}

/// A key that Kubernetes would not take.
pub(super) fn name_problem(what: &str, key: &str, problem: impl Fn(String) -> Problem) -> Option<Problem> {
    const HINT: &str =
        "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; `domain/` may precede it";
    let wrong = !syntax::is_qualified_name(key);
    wrong.then(|| problem(format!("{} is not a valid {what}", quoted(key))).hinted(HINT))
}

/// A key that Kubernetes would take, but EKS would not.
fn length_problem(what: &str, key: &str, problem: impl Fn(String) -> Problem) -> Option<Problem> {
    let long = key.len() > MAX_LENGTH && syntax::is_qualified_name(key);
    long.then(|| {
        problem(format!("the {what}'s key {} has {} characters, but EKS allows {MAX_LENGTH}", quoted(key), key.len()))
    })
}

/// The value of a label or taint.
pub(super) fn label_value(value: &str, place: &Place<'_>, problems: &mut Vec<Problem>) {
    if !syntax::is_label_value(value) {
        let problem = place.problem(format!("{} is not a valid label or taint value", quoted(value)));
        problems
            .push(problem.hinted("at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends"));
    }
}

/// The taints of a nodegroup.
pub(super) fn taints(taints: &[Taint], scaled_by: ClusterAutoscaler, place: &Place<'_>, problems: &mut Vec<Problem>) {
    values::at_most(MAX_TAINTS, taints.len(), place, problems);
    let mut seen = BTreeMap::<&str, BTreeSet<TaintEffect>>::new();
    for (index, taint) in taints.iter().enumerate() {
        let place = place.index(index);
        problems.extend(name_problem("taint key", &taint.key, |message| place.key("key").problem(message)));
        problems.extend(length_problem("taint", &taint.key, |message| place.key("key").problem(message)));
        label_value(&taint.value, &place.key("value"), problems);
        let effects = seen.entry(&taint.key).or_default();
        let other = effects.first().copied();
        if !effects.insert(taint.effect) {
            let problem = place.problem(format!(
                "the taint {} with the effect `{}` is listed twice",
                quoted(&taint.key),
                taint.effect
            ));
            problems.push(problem.hinted("keep one of them"));
        } else if let (Some(other), ClusterAutoscaler::Managed) = (other, scaled_by) {
            problems.push(untellable(taint, other, &place));
        }
    }
}

/// A tag's key is the taint's key, so Cluster Autoscaler can be told of one effect per key.
fn untellable(taint: &Taint, other: TaintEffect, place: &Place<'_>) -> Problem {
    let message = format!(
        "the taint {} has the effect `{}` beside `{other}`, which Cluster Autoscaler cannot be told",
        quoted(&taint.key),
        taint.effect
    );
    place.problem(message).hinted("its tags hold one effect per key: use another key for one of the two")
}

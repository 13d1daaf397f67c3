//! Tests of the whole way from text to a [`Spec`](super::Spec) or to its problems.
//!
//! `good.yaml` is a correct file. Most tests break one thing in it and say what must be reported, and nothing else.

mod hostile;
mod limits;
mod mending;
mod reading;
mod rules_of_access;
mod rules_of_cluster;
mod rules_of_nodegroups;
mod shape;

use super::{Problem, Problems, parse};

const GOOD: &str = include_str!("good.yaml");

/// The problems of a text, one of which there must be.
#[track_caller]
fn problems(text: &str) -> Problems {
    parse("cluster.yaml", text).expect_err("the text should be refused")
}

/// The correct file with one thing changed.
#[track_caller]
fn changed(from: &str, to: &str) -> String {
    assert!(GOOD.contains(from), "not in the correct file: {from}");
    GOOD.replacen(from, to, 1)
}

/// The correct file with one thing changed has exactly these problems: place, message and hint.
#[track_caller]
fn refused(from: &str, to: &str, expected: &[(&str, &str, &str)]) {
    let problems = problems(&changed(from, to));
    let found: Vec<(String, &str, &str)> = problems.iter().map(summary).collect();
    let found: Vec<(&str, &str, &str)> =
        found.iter().map(|(place, message, hint)| (place.as_str(), *message, *hint)).collect();
    assert_eq!(found, expected);
}

/// Line, column and length; message; hint.
fn summary(problem: &Problem) -> (String, &str, &str) {
    let place = problem.location.map(|place| format!("{}:{}+{}", place.line, place.column, place.length));
    (place.unwrap_or_default(), &problem.message, problem.hint.as_deref().unwrap_or_default())
}

/// The correct file with one thing changed is still correct.
#[track_caller]
fn accepted(from: &str, to: &str) {
    let result = parse("cluster.yaml", &changed(from, to));
    assert!(result.is_ok(), "{}", result.expect_err("just seen"));
}

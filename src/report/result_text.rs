//! What became of an apply, for people.

use std::fmt::Write as _;

use super::plan_text::count;
use super::style::{ADD, STOP, WARN, paint};
use crate::event::Report;

/// What was done, what failed and why, what was not tried, and what to do.
pub fn result_text(report: &Report) -> String {
    let mut out = String::new();
    let Report { done, failed, skipped } = report;
    if !done.is_empty() && !report.complete() {
        heading(&mut out, &paint(ADD, format!("{} done:", count(done.len(), "action"))));
        for id in done {
            heading(&mut out, &format!("  {id}"));
        }
    }
    if !failed.is_empty() {
        heading(&mut out, &paint(STOP, format!("{} failed:", count(failed.len(), "action"))));
    }
    for (id, why, hint) in failed {
        heading(&mut out, &format!("  {id}: {why}"));
        if let Some(hint) = hint {
            heading(&mut out, &format!("    hint: {hint}"));
        }
    }
    if !skipped.is_empty() {
        heading(&mut out, &paint(WARN, format!("{} not tried:", count(skipped.len(), "action"))));
        for (id, because) in skipped {
            heading(&mut out, &format!("  {id}: needs {because}"));
        }
    }
    out
}

/// An error with what to do about it.
pub fn error_text(message: &str, hint: Option<&str>) -> String {
    let hint = hint.map(|hint| format!("\n  hint: {hint}")).unwrap_or_default();
    format!("{} {message}{hint}", paint(STOP, "error:"))
}

fn heading(out: &mut String, text: &str) {
    // Writing to a string cannot fail.
    let _infallible = writeln!(out, "{text}");
}

//! What became of an apply, for people.
//!
//! The central function is [`result_text`]; [`error_text`] is how every command says an error. Not here: how the
//! process ended (`ending_text`).

use anstyle::Style;

use super::page::{Page, plain, styled};
use super::plan_text::count;
use super::style::{ADD, STOP, WARN};
use crate::event::{FailedAction, Report};

/// What was done, what failed and why, what was not tried, and what to do.
pub fn result_text(report: &Report, page: Page) -> String {
    let mut out = String::new();
    let Report { done, failed, skipped, left } = report;
    let heading = |out: &mut String, style: Style, number: usize, what: &str| {
        if number > 0 {
            page.line(out, 0, 2, &[styled(style, format!("{} {what}:", count(number, "action")))]);
        }
    };
    if !report.complete() {
        heading(&mut out, ADD, done.len(), "done");
        for id in done {
            page.line(&mut out, 2, 4, &[plain(id.to_string())]);
        }
    }
    heading(&mut out, STOP, failed.len(), "failed");
    for FailedAction { id, why, hint, .. } in failed {
        page.line(&mut out, 2, 4, &[plain(format!("{id}: {why}"))]);
        if let Some(hint) = hint {
            page.line(&mut out, 4, 6, &[plain(format!("hint: {hint}"))]);
        }
    }
    heading(&mut out, WARN, skipped.len(), "not tried");
    for (id, because) in skipped {
        page.line(&mut out, 2, 4, &[plain(format!("{id}: needs {because}"))]);
    }
    heading(&mut out, WARN, left.len(), "not started");
    for id in left {
        page.line(&mut out, 2, 4, &[plain(id.to_string())]);
    }
    out
}

/// An error with what to do about it. Of a message of several lines, the first says what, and the others which.
pub fn error_text(message: &str, hint: Option<&str>, page: Page) -> String {
    let mut out = String::new();
    let mut lines = message.lines();
    page.line(&mut out, 0, 2, &[styled(STOP, "error:"), plain(" "), plain(lines.next().unwrap_or_default())]);
    for line in lines {
        page.line(&mut out, 2, 4, &[plain(line.trim_start())]);
    }
    if let Some(hint) = hint {
        page.line(&mut out, 2, 4, &[plain(format!("hint: {hint}"))]);
    }
    out
}

/// A sentence or more.
pub fn paragraph(text: &str, page: Page) -> String {
    let mut out = String::new();
    page.line(&mut out, 0, 0, &[plain(text)]);
    out
}

//! The last words of an apply or a destroy, from what the process itself tells of its end.
//!
//! The central function is [`ending_text`]. Not here: errors, which every command says in the same way.

use super::page::Page;
use super::plan_text::{PlanText, count, differ};
use super::result_text::{paragraph, result_text};
use super::{Mood, spoken};
use crate::event::Report;
use crate::plan::{Change, Document, Summary, Verb};
use crate::record::{Ended, Goal, Outcome};

/// What became of it, and the last words with what it took.
pub fn ending_text(ended: &Ended, report: &Report, goal: Goal, page: Page) -> String {
    let cost = format!("{}, {}", count(ended.calls, "call"), spoken(ended.took));
    let plan = ended.plan.as_ref();
    let nothing = String::new;
    let (before, last) = match ended.outcome {
        Outcome::Stale | Outcome::WrongAccount => (nothing(), "Nothing was changed.".to_owned()),
        Outcome::UnknownTarget => (nothing(), "Nothing was planned.".to_owned()),
        Outcome::InSync => (nothing(), format!("{}; no mutating call was sent.", nothing_to_do(goal))),
        Outcome::Declined => (nothing(), "Declined; nothing was changed.".to_owned()),
        Outcome::Blocked => (nothing(), format!("Blocked; nothing was changed. {}", way_out(goal))),
        Outcome::Done => (nothing(), format!("{} {cost}.", achieved(goal, report, plan))),
        Outcome::Incomplete if *report == Report::default() => {
            (nothing(), format!("Nothing was done: all that differs is blocked. {cost}."))
        }
        Outcome::Incomplete => (result_text(report, page), format!("Incomplete. {} {cost}.", next(report, plan))),
        Outcome::Stopped => {
            (result_text(report, page), format!("Stopped, as asked. Run it again to go on from here. {cost}."))
        }
        Outcome::Strayed => (
            format!("{}{}", result_text(report, page), new_actions(plan, page)),
            format!(
                "Stopped: AWS changed meanwhile, and going on would do more than was shown. Run it again to see the new plan. {cost}."
            ),
        ),
        Outcome::Unsettled => (
            format!("{}{}", left(ended, goal, page), result_text(report, page)),
            format!(
                "Incomplete. Three rounds of actions succeeded, and AWS still differs as above: somebody or something undoes what is done. {cost}."
            ),
        ),
        Outcome::Unread => (result_text(report, page), format!("Incomplete: AWS could not be read. {cost}.")),
    };
    format!("{before}{}", paragraph(&last, page))
}

fn next(report: &Report, plan: Option<&Document>) -> &'static str {
    let blocked = plan.is_some_and(|plan| plan.changes.iter().any(Change::blocked));
    let lasting = report.failed.iter().any(|failed| failed.lasting);
    match (report.complete(), blocked, lasting) {
        (true, ..) => "What is blocked was left out; everything else is done.",
        (false, _, true) => "What failed would fail again: correct what its hint says, then apply.",
        (false, true, false) => "What is blocked was left out. Run it again to go on from here.",
        (false, false, false) => "Run it again to go on from here.",
    }
}

/// What a later round would have done beyond what was shown, among what it would have done.
fn new_actions(plan: Option<&Document>, page: Page) -> String {
    let steps = plan.iter().flat_map(|plan| &plan.actions).filter(|step| step.blocked.is_none());
    let ids = steps.map(|step| paragraph(&format!("  {}", step.id), page));
    format!("Would be done next:\n{}", ids.collect::<String>())
}

/// What AWS still differs in.
fn left(ended: &Ended, goal: Goal, page: Page) -> String {
    let mood = match goal {
        Goal::AsTheFile => Mood::Drift { unmanaged_counts: false },
        Goal::NothingLeft => Mood::Destroy,
    };
    let text = |plan| format!("{}\n\n", PlanText { plan, reading: None, mood, page });
    ended.plan.as_ref().map(text).unwrap_or_default()
}

fn nothing_to_do(goal: Goal) -> &'static str {
    match goal {
        Goal::AsTheFile => "Nothing to do",
        Goal::NothingLeft => "Nothing of ours is there",
    }
}

fn way_out(goal: Goal) -> &'static str {
    match goal {
        Goal::AsTheFile => "What is blocked says above what to do; --skip-blocked carries out the rest.",
        Goal::NothingLeft => "What is blocked says above what to do.",
    }
}

fn achieved(goal: Goal, report: &Report, plan: Option<&Document>) -> String {
    let actions = count(report.done.len(), "action");
    let foreign = |plan: &Document| plan.changes.iter().any(|change| change.verb == Verb::Unmanaged);
    match goal {
        Goal::AsTheFile => as_the_file(&actions, plan.map(|plan| &plan.summary)),
        Goal::NothingLeft if plan.is_some_and(foreign) => {
            format!("Destroyed: {actions}, and nothing of ours is left; what is not ours stayed.")
        }
        Goal::NothingLeft => format!("Destroyed: {actions}, and nothing of ours is left."),
    }
}

/// What AWS is like after every action, and what of the file was left out of it.
fn as_the_file(actions: &str, summary: Option<&Summary>) -> String {
    let kept = if summary.is_some_and(|summary| summary.kept > 0) { ", but for what is left as it is" } else { "" };
    match summary.map_or(0, |summary| summary.left_alone) {
        0 => format!("Done: {actions}, and AWS is as the file says{kept}."),
        others => format!("Done: {actions}; within --target AWS is as the file says{kept}, and {}.", differ(others)),
    }
}

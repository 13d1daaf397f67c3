//! A plan for people, on a page.
//!
//! The central type is [`PlanText`].

use std::fmt;

use super::change_text::{blocks, worth_showing};
use super::mood::Mood;
use super::page::{Page, plain, styled};
use super::spoken;
use super::style::{QUIET, STRONG};
use crate::event::Reading;
use crate::plan::{Change, Document, Section, Summary, Verb};

/// A plan as text.
#[derive(Debug)]
pub struct PlanText<'a> {
    /// The plan.
    pub plan: &'a Document,
    /// What reading took.
    pub reading: Option<Reading>,
    /// What it is shown for.
    pub mood: Mood,
    /// What it is put on.
    pub page: Page,
}

impl fmt::Display for PlanText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut out = String::new();
        self.head(&mut out);
        match self.mood {
            Mood::Intent | Mood::Destroy => self.changes(&mut out),
            Mood::Drift { .. } => self.sections(&mut out),
        }
        self.foot(&mut out);
        f.write_str(out.trim_end())
    }
}

impl PlanText<'_> {
    fn head(&self, out: &mut String) {
        let Document { cluster, account, region, .. } = self.plan;
        let place = format!(" in {region}, account {account}");
        self.page.line(out, 0, 2, &[styled(STRONG, cluster), plain(place)]);
        out.push('\n');
    }

    fn changes(&self, out: &mut String) {
        let shown: Vec<&Change> = self.plan.changes.iter().filter(|change| worth_showing(change)).collect();
        blocks(out, self.page, self.mood, self.plan, &shown);
        self.in_sync(out, self.plan.changes.len() - shown.len());
    }

    /// What has drifted, then what is no drift.
    fn sections(&self, out: &mut String) {
        for section in Section::ALL {
            let shown: Vec<&Change> = self.plan.section(section).filter(|change| worth_showing(change)).collect();
            if shown.is_empty() {
                continue;
            }
            let heading = format!("{} ({})", heading(section), shown.len());
            self.page.line(out, 0, 2, &[styled(STRONG, heading), styled(QUIET, explained(section))]);
            blocks(out, self.page, self.mood, self.plan, &shown);
        }
        self.in_sync(out, self.plan.section(Section::InSync).filter(|change| !worth_showing(change)).count());
    }

    fn in_sync(&self, out: &mut String, number: usize) {
        if number > 0 {
            self.page.line(out, 2, 2, &[styled(QUIET, format!("{} in sync", count(number, "resource")))]);
            out.push('\n');
        }
    }

    fn foot(&self, out: &mut String) {
        self.page.line(out, 0, 2, &[styled(STRONG, self.summary())]);
        for note in &self.plan.notes {
            self.page.line(out, 0, 2, &[styled(QUIET, format!("note: {note}"))]);
        }
        if !self.plan.targets.is_empty() {
            self.page.line(out, 0, 2, &[plain(only(self.plan))]);
        }
        if let Some(Reading { calls, rounds, took }) = self.reading {
            let reading =
                format!("Read with {} in {}, {}.", count(calls, "call"), count(rounds, "round"), spoken(took));
            self.page.line(out, 0, 2, &[styled(QUIET, reading)]);
        }
    }

    fn summary(&self) -> String {
        match self.mood {
            Mood::Intent if self.plan.summary.in_sync && self.plan.summary.wait > 0 => self.waits(),
            Mood::Intent if self.plan.summary.in_sync => "In sync: nothing to do.".to_owned(),
            Mood::Destroy if self.plan.actions.is_empty() => "Nothing of ours is there: nothing to do.".to_owned(),
            Mood::Intent | Mood::Destroy => self.planned(),
            Mood::Drift { unmanaged_counts } => self.drifted(unmanaged_counts),
        }
    }

    /// What somebody else is doing may leave something to do.
    fn waits(&self) -> String {
        let waits = self.plan.changes.iter().filter(|change| change.verb == Verb::Wait);
        let waits: Vec<String> = waits.map(|change| change.address.to_string()).collect();
        format!("Nothing to change now; waits for {}.", waits.join(", "))
    }

    fn planned(&self) -> String {
        let Summary {
            in_sync: _,
            create,
            update,
            recreate,
            delete,
            go_along,
            wait,
            kept,
            blocked,
            left_alone: _,
            actions,
        } = self.plan.summary;
        let parts = [
            (create, "to create"),
            (update, "to change"),
            (recreate, "to make again"),
            (delete, "to delete"),
            (go_along, "to go along"),
            (wait, "to wait for"),
            (kept, "drifted and left as it is"),
            (blocked, "blocked"),
        ];
        format!("Plan: {}; {}.", listed(&parts), count(actions, "action"))
    }

    fn drifted(&self, unmanaged_counts: bool) -> String {
        let of = |section: Section| self.plan.section(section).count();
        let (counted, other) = if unmanaged_counts { (of(Section::Unmanaged), 0) } else { (0, of(Section::Unmanaged)) };
        let drift = listed(&[
            (of(Section::Changed), "changed"),
            (of(Section::Missing), "missing"),
            (of(Section::Moving), "in the middle of a change"),
            (of(Section::Kept), "left as it is"),
            (counted, "unmanaged"),
        ]);
        let head = if self.plan.summary.in_sync && counted == 0 { "In sync" } else { "Drift" };
        let drift = if drift.is_empty() { String::new() } else { format!(": {drift}") };
        let unmanaged = if other == 0 { String::new() } else { format!("; {other} unmanaged") };
        format!("{head}{drift}{unmanaged}.")
    }
}

fn heading(section: Section) -> &'static str {
    match section {
        Section::Changed => "Changed",
        Section::Missing => "Missing",
        Section::Moving => "In the middle of a change",
        Section::Kept => "Left as it is",
        Section::Unmanaged => "Unmanaged",
        Section::InSync => "In sync",
    }
}

fn explained(section: Section) -> &'static str {
    match section {
        Section::Changed => ": AWS differs from the file",
        Section::Missing => ": in the file, not in AWS",
        Section::Moving => ": apply waits for it",
        Section::Kept => ": differs from the file, and apply does not change it",
        Section::Unmanaged => ": in AWS, not in the file",
        Section::InSync => ": with something to know",
    }
}

fn listed(parts: &[(usize, &str)]) -> String {
    let parts = parts.iter().filter(|(number, _)| *number > 0);
    parts.map(|(number, what)| format!("{number} {what}")).collect::<Vec<_>>().join(", ")
}

/// What the plan was left at.
fn only(plan: &Document) -> String {
    format!("Only {}: {}.", plan.targets.join(", "), differ(plan.summary.left_alone))
}

/// What is outside of the targets.
pub(super) fn differ(others: usize) -> String {
    match others {
        0 => "no other resource differs".to_owned(),
        1 => "1 other resource differs and is left alone".to_owned(),
        number => format!("{number} other resources differ and are left alone"),
    }
}

/// `1 call`, `2 calls`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

//! A plan for people.

use std::fmt::{self, Write as _};

use super::spoken;
use super::style::{ADD, CHANGE, QUIET, REMOVE, STOP, STRONG, WARN, paint};
use super::value_text::{Entry, entries, optional};
use crate::event::Reading;
use crate::model::{Blocker, FieldChange};
use crate::plan::{Change, Document, Verb, sentence};

/// A plan as text.
#[derive(Debug)]
pub struct PlanText<'a> {
    /// The plan.
    pub plan: &'a Document,
    /// What reading took.
    pub reading: Reading,
    /// Whether it says what will be done, or what has drifted.
    pub mood: Mood,
}

/// What a plan is shown for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Something may be done about it.
    Intent,
    /// It is only reported.
    Drift,
    /// All of ours may be deleted.
    Destroy,
}

/// The widest that the column of field names may be.
const WIDEST_NAME: usize = 44;

impl fmt::Display for PlanText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Document { cluster, account, region, changes, .. } = self.plan;
        writeln!(f, "{} in {region}, account {account}\n", paint(STRONG, cluster))?;
        for change in changes.iter().filter(|change| worth_showing(change)) {
            writeln!(f, "{}", block(change, self.mood))?;
        }
        let quiet = changes.iter().filter(|change| !worth_showing(change)).count();
        if quiet > 0 {
            writeln!(f, "  {}\n", paint(QUIET, format!("{} in sync", count(quiet, "resource"))))?;
        }
        writeln!(f, "{}", paint(STRONG, self.summary()))?;
        if !self.plan.targets.is_empty() {
            writeln!(f, "{}", only(self.plan))?;
        }
        let Reading { calls, rounds, took } = self.reading;
        let reading = format!("Read with {} in {}, {}.", count(calls, "call"), count(rounds, "round"), spoken(took));
        write!(f, "{}", paint(QUIET, reading))
    }
}

impl PlanText<'_> {
    fn summary(&self) -> String {
        if self.mood == Mood::Destroy && !self.plan.pending() && self.plan.actions.is_empty() {
            return "Nothing of ours is there: nothing to do.".to_owned();
        }
        if self.plan.summary.in_sync && self.mood != Mood::Destroy {
            return "In sync: nothing to do.".to_owned();
        }
        let of = |verb: Verb| self.plan.changes.iter().filter(|change| change.verb == verb).count();
        let drift = self.mood == Mood::Drift;
        let parts = [
            (of(Verb::Create) + of(Verb::Born), if drift { "missing" } else { "to create" }),
            (of(Verb::Update), if drift { "changed" } else { "to change" }),
            (of(Verb::Recreate), if drift { "broken" } else { "to make again" }),
            (of(Verb::Delete), "to delete"),
            (of(Verb::Goes), "to go along"),
            (of(Verb::Wait), if drift { "in the middle of a change" } else { "to wait for" }),
            (self.plan.changes.iter().filter(|change| kept(change)).count(), "drifted and left as it is"),
            (self.plan.changes.iter().filter(|change| change.blocked()).count(), "blocked"),
        ];
        let parts: Vec<String> =
            parts.iter().filter(|(number, _)| *number > 0).map(|(number, what)| format!("{number} {what}")).collect();
        if drift {
            return format!("Drift: {}.", parts.join(", "));
        }
        format!("Plan: {}; {}.", parts.join(", "), count(self.plan.summary.actions, "action"))
    }
}

/// What the plan was left at.
fn only(plan: &Document) -> String {
    let others = match plan.summary.left_alone {
        0 => "no other resource differs".to_owned(),
        1 => "1 other resource differs and is left alone".to_owned(),
        number => format!("{number} other resources differ and are left alone"),
    };
    format!("Only {}: {others}.", plan.targets.join(", "))
}

/// `1 call`, `2 calls`.
pub fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn kept(change: &Change) -> bool {
    change.fields.iter().any(|field| field.kept.is_some())
}

fn worth_showing(change: &Change) -> bool {
    change.verb != Verb::Keep || !change.fields.is_empty() || !change.notes.is_empty() || change.blocked()
}

fn block(change: &Change, mood: Mood) -> String {
    let symbol = match change.verb {
        Verb::Keep => paint(QUIET, "="),
        Verb::Create | Verb::Born => paint(ADD, "+"),
        Verb::Update => paint(CHANGE, "~"),
        Verb::Recreate => paint(WARN, "±"),
        Verb::Wait => paint(CHANGE, "…"),
        Verb::Delete | Verb::Goes => paint(REMOVE, "-"),
        Verb::Obsolete => paint(QUIET, "?"),
        Verb::Unmanaged => paint(QUIET, "."),
    };
    let with = change.with.as_ref().map_or("", |address| &*address.kind);
    let says = match (change.verb, mood) {
        (Verb::Born, Mood::Intent) => format!("comes with its {with}, and then:"),
        (Verb::Goes, _) => format!("goes with its {with}"),
        (Verb::Unmanaged, Mood::Destroy) => "is not ours: stays".to_owned(),
        (_, Mood::Intent | Mood::Destroy) => intent(change).to_owned(),
        (_, Mood::Drift) => drift(change.verb).to_owned(),
    };
    let mut out = String::new();
    line(&mut out, format_args!("  {symbol} {} {says}", paint(STRONG, &change.address)));
    let width = change.fields.iter().map(|field| field.name.len()).max().unwrap_or(0).min(WIDEST_NAME);
    for field in &change.fields {
        field_lines(&mut out, field, change.verb, width);
    }
    if let Some(disruption) = &change.disruption {
        line(&mut out, format_args!("      {}", paint(WARN, format!("! disruptive: {}", sentence(disruption)))));
    }
    for blocker in &change.blockers {
        blocker_lines(&mut out, blocker);
    }
    for note in &change.notes {
        line(&mut out, format_args!("      {}", paint(QUIET, format!("note: {note}"))));
    }
    out
}

fn intent(change: &Change) -> &'static str {
    match change.verb {
        Verb::Create => "will be created",
        Verb::Update if change.blocked() => "should be changed",
        Verb::Update => "will be changed",
        Verb::Recreate => "will be deleted and made again",
        Verb::Wait => "will be waited for",
        Verb::Delete if change.blocked() => "should be deleted",
        Verb::Delete => "will be deleted",
        Verb::Born | Verb::Goes | Verb::Keep | Verb::Obsolete | Verb::Unmanaged => drift(change.verb),
    }
}

fn drift(verb: Verb) -> &'static str {
    match verb {
        Verb::Keep => "stays as it is",
        Verb::Create | Verb::Born => "is missing",
        Verb::Update => "differs from the file",
        Verb::Recreate => "is broken",
        Verb::Wait => "is in the middle of a change",
        Verb::Goes => "goes with what it needs",
        Verb::Delete | Verb::Obsolete => "is ours and not in the file; --prune would delete it",
        Verb::Unmanaged => "is not in the file and not ours: left alone",
    }
}

fn field_lines(out: &mut String, field: &FieldChange, verb: Verb, width: usize) {
    let FieldChange { name, from, to, disruption, irreversible, blocker, kept } = field;
    let new = from.is_none() && matches!(verb, Verb::Create | Verb::Recreate);
    match entries(from.as_ref(), to.as_ref()).filter(|_| !new) {
        Some(entries) => {
            line(out, format_args!("      {name}"));
            for entry in entries {
                line(out, format_args!("        {}", entry_text(&entry)));
            }
        }
        None if new => {
            line(
                out,
                format_args!("      {name:width$}  {}", to.as_ref().map(ToString::to_string).unwrap_or_default()),
            );
        }
        None => {
            let (from, to) = (optional(from.as_ref()), optional(to.as_ref()));
            line(out, format_args!("      {name:width$}  {from} → {to}"));
        }
    }
    if let Some(disruption) = disruption {
        line(out, format_args!("        {}", paint(WARN, format!("! disruptive: {}", sentence(disruption)))));
    }
    if *irreversible {
        line(out, format_args!("        {}", paint(WARN, "! irreversible: there is no way back")));
    }
    if let Some(why) = kept {
        line(out, format_args!("        {}", paint(WARN, format!("! left as it is: {why}"))));
    }
    if let Some(blocker) = blocker {
        blocker_lines(out, blocker);
    }
}

fn entry_text(entry: &Entry) -> String {
    match entry {
        Entry::Added(text) => format!("{} {text}", paint(ADD, "+")),
        Entry::Changed(text) => format!("{} {text}", paint(CHANGE, "~")),
        Entry::Removed(text) => format!("{} {text}", paint(REMOVE, "-")),
    }
}

fn blocker_lines(out: &mut String, blocker: &Blocker) {
    line(out, format_args!("      {} {}", paint(STOP, "✗ blocked:"), blocker.why));
    line(out, format_args!("        hint: {}", blocker.hint));
}

fn line(out: &mut String, text: fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _infallible = writeln!(out, "{text}");
}

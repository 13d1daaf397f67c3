//! What becomes of resources, block by block.
//!
//! The central function is [`blocks`].

use anstyle::Style;

use super::link::console;
use super::mood::Mood;
use super::page::{Page, Span, plain, styled};
use super::style::{ADD, CHANGE, QUIET, REMOVE, STOP, STRONG, WARN};
use super::value_text::{Entry, entries, optional};
use crate::model::{Blocker, FieldChange, Value};
use crate::plan::{Change, Document, Verb, sentence};

/// The widest that the column of field names may be.
const WIDEST_NAME: usize = 44;
/// How far the parts of a block are indented: the resource, what belongs to it, what belongs to that.
const RESOURCE: usize = 2;
const FIELD: usize = 6;
const ENTRY: usize = 8;
const WRAPPED: usize = 10;

pub(super) fn worth_showing(change: &Change) -> bool {
    change.verb != Verb::Keep || !change.fields.is_empty() || !change.notes.is_empty() || change.blocked()
}

/// One block per resource of a plan. Those that take but a line stand together.
pub(super) fn blocks(out: &mut String, page: Page, mood: Mood, plan: &Document, changes: &[&Change]) {
    let mut before: Option<bool> = None;
    for change in changes {
        let mut block = String::new();
        Block { page, out: &mut block, change, mood }.write(plan);
        let long = has_more(change, mood);
        if before.is_some_and(|before| before || long) {
            out.push('\n');
        }
        out.push_str(&block);
        before = Some(long);
    }
    if before.is_some() {
        out.push('\n');
    }
}

fn has_more(change: &Change, mood: Mood) -> bool {
    let Change { fields, notes, disruption, blockers, .. } = change;
    let fields = !fields.is_empty() && shows_fields(change, mood);
    fields || !notes.is_empty() || disruption.is_some() || !blockers.is_empty()
}

/// What a missing resource would be like is the plan's to say.
fn shows_fields(change: &Change, mood: Mood) -> bool {
    !matches!(mood, Mood::Drift { .. }) || !matches!(change.verb, Verb::Create | Verb::Born)
}

struct Block<'a> {
    page: Page,
    out: &'a mut String,
    change: &'a Change,
    mood: Mood,
}

impl Block<'_> {
    fn write(&mut self, plan: &Document) {
        let change = self.change;
        let (style, symbol) = symbol(change.verb);
        let address = styled(STRONG, change.address.to_string()).linked(console(plan, &change.address));
        let says = says(change, self.mood);
        let says = if says.is_empty() { says } else { format!(" {says}") };
        self.line(RESOURCE, ENTRY, &[styled(style, symbol), plain(" "), address, plain(says)]);
        let width = change.fields.iter().map(|field| field.name.len()).max().unwrap_or(0);
        let width = self.page.column(width.min(WIDEST_NAME));
        let shown = shows_fields(change, self.mood);
        for field in change.fields.iter().filter(|_| shown) {
            self.field(field, width);
        }
        if let Some(disruption) = &change.disruption {
            self.warn(FIELD, &format!("! disruptive: {}", sentence(disruption)));
        }
        for blocker in &change.blockers {
            self.blocker(blocker);
        }
        for note in &change.notes {
            self.line(FIELD, ENTRY, &[styled(QUIET, format!("note: {note}"))]);
        }
    }

    fn field(&mut self, field: &FieldChange, width: usize) {
        let FieldChange { name, from, to, disruption, irreversible, blocker, kept } = field;
        let document = matches!(to, Some(Value::Document(_)));
        let new = from.is_none() && matches!(self.change.verb, Verb::Create | Verb::Recreate) && !document;
        match entries(from.as_ref(), to.as_ref()).filter(|_| !new) {
            Some(entries) => {
                self.line(FIELD, ENTRY, &[plain(&**name)]);
                for entry in entries {
                    self.entry(&entry);
                }
            }
            None if new => self.value(name, width, &to.as_ref().map(ToString::to_string).unwrap_or_default()),
            None => self.value(name, width, &format!("{} → {}", optional(from.as_ref()), optional(to.as_ref()))),
        }
        if let Some(disruption) = disruption {
            self.warn(ENTRY, &format!("! disruptive: {}", sentence(disruption)));
        }
        if *irreversible {
            self.warn(ENTRY, "! irreversible: there is no way back");
        }
        if let Some(why) = kept {
            self.warn(ENTRY, &format!("! left as it is: {why}"));
        }
        if let Some(blocker) = blocker {
            self.blocker(blocker);
        }
    }

    /// A value stands beside its name, or below it where it is too long for that.
    fn value(&mut self, name: &str, width: usize, value: &str) {
        let beside = format!("{name:width$}  ");
        if self.page.fits(FIELD + beside.len(), value) {
            self.line(FIELD, ENTRY, &[plain(beside), plain(value)]);
        } else {
            self.line(FIELD, ENTRY, &[plain(name)]);
            self.line(ENTRY, WRAPPED, &[plain(value)]);
        }
    }

    fn entry(&mut self, entry: &Entry) {
        let (style, symbol, text) = match entry {
            Entry::Added(text) => (ADD, "+", text.as_str()),
            Entry::Changed(text) => (CHANGE, "~", text.as_str()),
            Entry::Removed(text) => (REMOVE, "-", text.as_str()),
            Entry::Same(text) => (QUIET, " ", text.as_str()),
            Entry::Gap => (QUIET, "…", ""),
        };
        self.line(ENTRY, WRAPPED, &[styled(style, symbol), plain(" "), plain(text)]);
    }

    fn blocker(&mut self, blocker: &Blocker) {
        self.line(FIELD, ENTRY, &[styled(STOP, "✗ blocked:"), plain(" "), plain(&blocker.why)]);
        self.line(ENTRY, WRAPPED, &[plain(format!("hint: {}", blocker.hint))]);
    }

    fn warn(&mut self, indent: usize, text: &str) {
        self.line(indent, indent + 2, &[styled(WARN, text)]);
    }

    fn line(&mut self, indent: usize, hanging: usize, spans: &[Span<'_>]) {
        self.page.line(self.out, indent, hanging, spans);
    }
}

fn symbol(verb: Verb) -> (Style, &'static str) {
    match verb {
        Verb::Keep => (QUIET, "="),
        Verb::Create | Verb::Born => (ADD, "+"),
        Verb::Update => (CHANGE, "~"),
        Verb::Recreate => (WARN, "±"),
        Verb::Wait => (CHANGE, "…"),
        Verb::Delete | Verb::Goes => (REMOVE, "-"),
        Verb::Obsolete => (QUIET, "?"),
        Verb::Unmanaged => (QUIET, "."),
    }
}

fn says(change: &Change, mood: Mood) -> String {
    match mood {
        Mood::Intent | Mood::Destroy => intent(change, mood),
        Mood::Drift { .. } => drift(change.verb).to_owned(),
    }
}

fn intent(change: &Change, mood: Mood) -> String {
    let with = change.with.as_ref().map_or("", |address| &*address.kind);
    let text = match change.verb {
        Verb::Create => "will be created",
        Verb::Born if change.fields.is_empty() => return format!("comes with its {with}"),
        Verb::Born => return format!("comes with its {with}, and then:"),
        Verb::Goes => return format!("goes with its {with}"),
        Verb::Update if change.blocked() => "should be changed",
        Verb::Update => "will be changed",
        Verb::Recreate => "will be deleted and made again",
        Verb::Wait => "will be waited for",
        Verb::Delete if change.blocked() => "should be deleted",
        Verb::Delete => "will be deleted",
        Verb::Unmanaged if mood == Mood::Destroy => "is not ours: stays",
        Verb::Keep => "stays as it is",
        Verb::Obsolete => "is ours and not in the file; --prune would delete it",
        Verb::Unmanaged => "is not in the file and not ours: left alone",
    };
    text.to_owned()
}

/// What the section's heading does not say.
fn drift(verb: Verb) -> &'static str {
    match verb {
        Verb::Keep | Verb::Create | Verb::Born | Verb::Update | Verb::Wait => "",
        Verb::Recreate => "is broken",
        Verb::Delete | Verb::Goes | Verb::Obsolete => "is ours; apply --prune would delete it",
        Verb::Unmanaged => "is not ours: left alone",
    }
}

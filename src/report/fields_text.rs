//! The field tables as a document: what happens if a field changes.
//!
//! The central function is [`fields_document`]. Not here: the tables, nor anything that is said of a single field
//! (`resources/`).

use std::fmt::Write as _;

use crate::model::{Field, Phase, Rule};
use crate::resources::KINDS;

/// `docs/fields.md`, whole.
pub fn fields_document() -> String {
    let mut out = String::from(
        "# What happens when a field changes\n\n\
         Generated from the field tables in `src/resources/*/mod.rs`, which also make the plan; a test keeps it fresh.\n\
         A field that the file does not mention is unmanaged: neither compared nor written.\n",
    );
    for kind in KINDS {
        // Writing to a string cannot fail.
        let _infallible = write!(
            out,
            "\n## {}\n\nsection `{}`\n\n| field | a change | compared | order |\n|---|---|---|---|\n",
            kind.kind, kind.section
        );
        for row in (kind.fields)() {
            out.push_str(&line(&row));
        }
    }
    out
}

fn line(row: &Field) -> String {
    let compared = if row.note.is_empty() { "equal or not" } else { row.note };
    format!("| `{}` | {} | {compared} | {} |\n", row.name, change(row.rule), order(row.phase))
}

fn change(rule: Rule) -> String {
    match rule {
        Rule::InPlace(call) => format!("in place: {call}"),
        Rule::Guarded(call, _) => format!("in place, if the step is allowed: {call}"),
        Rule::Entries { set, unset } => format!("in place: {set} and {unset}"),
        Rule::Replace(_) => "blocked: it would take a new resource".to_owned(),
        Rule::Fixed => "blocked: it can never change".to_owned(),
        Rule::CreateOnly => "nothing: it is sent on create only".to_owned(),
    }
}

fn order(phase: Phase) -> &'static str {
    match phase {
        Phase::First => "first",
        Phase::Early => "early",
        Phase::Normal => "",
        Phase::Late => "late",
        Phase::Last => "last",
    }
}

//! A plan as a few lines of text, so that a test shows case and outcome together.
//!
//! The central function is [`text`]: one line per resource that something becomes of, then one per action in plan order.
//! It reads nothing but the document that leaves the process, and shortens what every test has in common.

use super::short;
use crate::model::{Blocker, Disruption, FieldChange};
use crate::plan::{ActionId, Change, Document, Edge, Plan, Step, Verb, sentence};

/// A plan in lines. A change that says nothing is left out, and so are the fields of what is created.
#[track_caller]
pub(super) fn text(plan: &Plan) -> String {
    let document = plan.document();
    let mut lines: Vec<String> = vec![];
    for change in &document.changes {
        lines.extend(of_change(change, &document));
    }
    lines.extend(document.actions.iter().map(of_step));
    let lines: Vec<String> = lines.iter().map(|line| short(line)).collect();
    if lines.is_empty() { String::new() } else { format!("{}\n", lines.join("\n")) }
}

#[track_caller]
fn of_change(change: &Change, document: &Document) -> Vec<String> {
    let steps = document.actions.iter().filter(|step| step.address == change.address);
    let blocked: Vec<&Blocker> = steps.filter_map(|step| step.blocked.as_ref()).collect();
    for blocker in &blocked {
        assert!(change.blockers.contains(blocker), "{}: its change does not say {}", change.address, blocker.why);
    }
    let own = change.blockers.iter().filter(|blocker| !blocked.contains(blocker)).map(of_blocker);
    let mut details: Vec<String> = own.chain(change.notes.iter().map(|note| format!("# {note}"))).collect();
    if !matches!(change.verb, Verb::Create | Verb::Recreate) {
        details.extend(change.fields.iter().map(field));
    }
    if change.verb == Verb::Keep && details.is_empty() {
        return vec![];
    }
    let with = change.with.iter().map(|with| format!(" with {with}"));
    let disruption = change.disruption.iter().map(|it| format!(" {}", self::disruption(it)));
    let rest: String = with.chain(disruption).collect();
    let head = format!("{} {}{rest}", format!("{:?}", change.verb).to_lowercase(), change.address);
    [head].into_iter().chain(details.into_iter().map(|detail| format!("    {detail}"))).collect()
}

/// A field with what it was and is to be.
pub(super) fn field(change: &FieldChange) -> String {
    let value = |value: &Option<crate::model::Value>| value.as_ref().map_or("(none)".to_owned(), ToString::to_string);
    let mut line = format!("{}: {} → {}", change.name, value(&change.from), value(&change.to));
    line.extend(change.disruption.iter().map(|it| format!(" {}", disruption(it))));
    line.extend(change.irreversible.then_some(" !!"));
    line.extend(change.blocker.iter().map(|it| format!(" {}", of_blocker(it))));
    line.extend(change.kept.iter().map(|why| format!(" = {why}")));
    line
}

/// A disruption in words.
pub(super) fn disruption(disruption: &Disruption) -> String {
    format!("~{}", sentence(disruption))
}

fn of_blocker(Blocker { why, hint }: &Blocker) -> String {
    format!("!{why} ({hint})")
}

fn of_step(step: &Step) -> String {
    let names: Vec<&str> = step.changes.iter().map(|change| &*change.name).collect();
    let updates = step.operation == crate::plan::StepKind::Update;
    let mut line = step.id.to_string();
    line.extend(updates.then(|| format!(" {{{}}}", names.join(", "))));
    let edges = [("needs", Edge::Needs), ("follows", Edge::Follows)].map(|(word, edge)| {
        let earlier = step.after.iter().filter(|(_, its)| **its == edge).map(|(ActionId(id), _)| id.as_str());
        let earlier: Vec<&str> = earlier.collect();
        (!earlier.is_empty()).then(|| format!("{word} {}", earlier.join(" + ")))
    });
    let edges: Vec<String> = edges.into_iter().flatten().collect();
    line.extend((!edges.is_empty()).then(|| format!(" <- {}", edges.join("; "))));
    line.extend(step.disruption.iter().map(|it| format!(" {}", disruption(it))));
    line.extend(step.irreversible.then_some(" !!"));
    line.extend(step.blocked.iter().map(|it| format!(" {}", of_blocker(it))));
    line
}

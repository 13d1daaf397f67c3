//! The graph of a plan's actions, for Graphviz and for Mermaid: what needs what, what only follows, what is blocked.
//!
//! The central type is [`Graph`]. An arrow leads from the earlier action to the later one.

use std::fmt::Write as _;

use crate::plan::{ActionId, Document, Edge, Step};

/// A plan's actions with short names, for languages in which an address is no name.
struct Graph<'a> {
    plan: &'a Document,
    title: String,
}

/// The graph in the language of Graphviz' `dot`.
pub fn dot(plan: &Document) -> String {
    let graph = Graph::of(plan);
    let mut out = String::from("digraph plan {\n");
    line(&mut out, format_args!("  label={};", dot_text(&graph.title)));
    line(&mut out, format_args!("  labelloc=t; rankdir=LR;\n  node [shape=box, style=rounded];"));
    for (number, step) in plan.actions.iter().enumerate() {
        let look = match look(step) {
            Look::Plain => "",
            Look::Careful => ", color=orange",
            Look::Blocked => ", color=red, style=\"rounded,dashed\"",
        };
        line(&mut out, format_args!("  a{number} [label={}{look}];", dot_text(&label(step))));
    }
    for (from, to, edge) in graph.edges() {
        let look = match edge {
            Edge::Needs => "",
            Edge::Follows => " [style=dashed]",
        };
        line(&mut out, format_args!("  a{from} -> a{to}{look};"));
    }
    out.push('}');
    out
}

/// The graph as a Mermaid flowchart, which GitLab and GitHub draw in Markdown.
pub fn mermaid(plan: &Document) -> String {
    let graph = Graph::of(plan);
    let mut out = format!("---\ntitle: {}\n---\nflowchart LR\n", dot_text(&graph.title));
    for (number, step) in plan.actions.iter().enumerate() {
        let class = match look(step) {
            Look::Plain => "",
            Look::Careful => ":::careful",
            Look::Blocked => ":::blocked",
        };
        line(&mut out, format_args!("  a{number}[\"{}\"]{class}", mermaid_text(&label(step))));
    }
    for (from, to, edge) in graph.edges() {
        let arrow = match edge {
            Edge::Needs => "-->",
            Edge::Follows => "-.->",
        };
        line(&mut out, format_args!("  a{from} {arrow} a{to}"));
    }
    out.push_str("  classDef careful stroke:orange\n  classDef blocked stroke:red,stroke-dasharray:4");
    out
}

impl<'a> Graph<'a> {
    fn of(plan: &'a Document) -> Self {
        Self { plan, title: format!("{} in {}, account {}", plan.cluster, plan.region, plan.account) }
    }

    /// Every edge as the numbers of the earlier and the later action.
    fn edges(&self) -> impl Iterator<Item = (usize, usize, Edge)> {
        let number = |id: &ActionId| self.plan.actions.iter().position(|step| step.id == *id);
        self.plan
            .actions
            .iter()
            .enumerate()
            .flat_map(move |(to, step)| step.after.iter().filter_map(move |(id, edge)| Some((number(id)?, to, *edge))))
    }
}

enum Look {
    Plain,
    /// It disrupts, or there is no way back.
    Careful,
    Blocked,
}

fn look(step: &Step) -> Look {
    if step.blocked.is_some() {
        Look::Blocked
    } else if step.disruption.is_some() || step.irreversible {
        Look::Careful
    } else {
        Look::Plain
    }
}

/// The address and what is done to it; what is blocked says so, for colours do not reach everybody.
fn label(step: &Step) -> String {
    let address = step.address.to_string();
    let operation = step.id.0.strip_prefix(&address).unwrap_or(&step.id.0).trim_start();
    let blocked = if step.blocked.is_some() { "\nblocked" } else { "" };
    format!("{address}\n{operation}{blocked}")
}

fn dot_text(text: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// Mermaid takes numeric entities, and Markdown inside of a label.
fn mermaid_text(text: &str) -> String {
    let mut out = String::new();
    for character in text.chars() {
        match character {
            '\n' => out.push_str("<br>"),
            plain if plain.is_alphanumeric() || " /-.:(),".contains(plain) => out.push(plain),
            // Writing to a string cannot fail.
            other => drop(write!(out, "#{};", u32::from(other))),
        }
    }
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _infallible = writeln!(out, "{text}");
}

//! A saved plan is a promise, not a program: nothing in it is carried out, it is only held against what is planned now.
//!
//! The central function is [`broken`]. What counts is what would be done, in which order, and with whose consent.
//! Sizes, health and other people's tags that no action uses do not count, nor does what is only waited for.

use std::collections::{BTreeMap, BTreeSet};

use super::within::{arrow, touched};
use super::{ActionId, Consent, Document, Edge, Step, sentence};
use crate::model::{Disruption, FieldChange};

const ONE_WAY: &str = "--allow-irreversible";

/// How what is planned now differs from what was saved, in words; nothing if the promise can be kept.
pub fn broken(saved: &Document, now: &Document) -> Vec<String> {
    let circumstances = circumstances(saved, now);
    if !circumstances.is_empty() {
        return circumstances;
    }
    let (before, after) = (Mutations::of(saved), Mutations::of(now));
    let ids: BTreeSet<&ActionId> = before.steps.keys().chain(after.steps.keys()).copied().collect();
    let mut all: Vec<String> = vec![];
    for id in ids {
        match (before.steps.get(id), after.steps.get(id)) {
            (Some(_), None) => all.push(format!("{id}: was saved, and is not planned now")),
            (None, _) => all.push(format!("{id}: is planned now, and was not saved")),
            (Some(saved), Some(now)) => {
                let mut differences = differences(saved, now);
                if before.order(saved) != after.order(now) {
                    differences.push("its place in the order differs".to_owned());
                }
                all.extend(differences.into_iter().map(|difference| format!("{id}: {difference}")));
            }
        }
    }
    if before.steps.len() + before.waits.len() != saved.actions.len() {
        all.push("the saved plan names an action twice".to_owned());
    }
    if let (Some(before), Some(after), false) = (&saved.applied_by, &now.applied_by, all.is_empty())
        && before != after
    {
        all.push(format!(
            "the plan was made for {before} and this is {after}, and each keeps its own way in: `plan --applied-by ARN` plans for another role"
        ));
    }
    all
}

/// What the plans are about, and who made them.
fn circumstances(saved: &Document, now: &Document) -> Vec<String> {
    let facts = [
        ("format", saved.format_version.clone(), now.format_version.clone()),
        ("version of trueup", saved.trueup.clone(), now.trueup.clone()),
        ("account", saved.account.clone(), now.account.clone()),
        ("region", saved.region.clone(), now.region.clone()),
        ("cluster", saved.cluster.clone(), now.cluster.clone()),
        ("--target", listed(&saved.targets), listed(&now.targets)),
    ];
    let facts = facts.into_iter().filter(|(_, saved, now)| saved != now);
    let facts = facts.map(|(what, saved, now)| format!("{what}: {saved} in the saved plan, {now} now"));
    facts.chain(flags(saved, now)).collect()
}

fn listed(targets: &[String]) -> String {
    if targets.is_empty() { "none".to_owned() } else { targets.join(", ") }
}

/// Consent comes from the command line only. What a terminal may answer for matters only where there is such a step.
fn flags(saved: &Document, now: &Document) -> Vec<String> {
    // A saved plan is never one to destroy.
    let Consent { prune, disruption, irreversible, unlock: _ } = &now.consent;
    let one_way = [saved, now].iter().any(|plan| plan.actions.iter().any(|step| step.irreversible));
    let flags = [
        ("--prune", saved.consent.prune, *prune),
        (ONE_WAY, one_way && saved.consent.irreversible, one_way && *irreversible),
    ];
    let word = |given: bool| if given { "with" } else { "without" };
    // On a terminal, whoever looks at a plan is asked, and so it is made as if that were agreed to.
    let made = |flag: &str, given: bool| match given {
        true if flag == ONE_WAY => "with it or on a terminal".to_owned(),
        given => format!("{} it", word(given)),
    };
    let differing = flags.into_iter().filter(|(_, saved, now)| saved != now);
    let differing = differing.map(|(flag, saved, now)| {
        format!("{flag}: the plan was made {}, and this is {} it", made(flag, saved), word(now))
    });
    differing.chain(disruptions(&saved.consent.disruption, disruption)).collect()
}

fn disruptions(saved: &[String], now: &[String]) -> Option<String> {
    let set = |patterns: &[String]| patterns.iter().cloned().collect::<BTreeSet<String>>();
    let made = |patterns: &[String]| match patterns {
        [] => "without it".to_owned(),
        [one] if one == Consent::EVERYTHING => "with it".to_owned(),
        some => format!("with it for {}", some.join(", ")),
    };
    (set(saved) != set(now))
        .then(|| format!("--allow-disruption: the plan was made {}, and this is {}", made(saved), made(now)))
}

/// The actions of a plan that change something.
struct Mutations<'a> {
    steps: BTreeMap<&'a ActionId, &'a Step>,
    waits: BTreeSet<&'a ActionId>,
}

impl<'a> Mutations<'a> {
    fn of(plan: &'a Document) -> Self {
        let (steps, waits): (Vec<&Step>, Vec<&Step>) = plan.actions.iter().partition(|step| step.operation.mutates());
        Self {
            steps: steps.into_iter().map(|step| (&step.id, step)).collect(),
            waits: waits.into_iter().map(|step| &step.id).collect(),
        }
    }

    /// What comes before a step, leaving aside what is only waited for.
    fn order(&self, step: &'a Step) -> BTreeMap<&'a ActionId, Edge> {
        step.after.iter().filter(|(id, _)| !self.waits.contains(id)).map(|(id, edge)| (id, *edge)).collect()
    }
}

fn differences(saved: &Step, now: &Step) -> Vec<String> {
    let mut all = vec![];
    let same_call = (saved.operation, &saved.call, &saved.part) == (now.operation, &now.call, &now.part);
    if saved.address != now.address || !same_call {
        all.push("it does something else".to_owned());
    }
    if saved.irreversible != now.irreversible {
        all.push(format!("there is {} back, other than saved", if now.irreversible { "no way" } else { "a way" }));
    }
    match (&saved.blocked, &now.blocked) {
        (None, Some(blocker)) => all.push(format!("it is blocked now: {}", blocker.why)),
        (Some(blocker), None) => all.push(format!("it was blocked when saved: {}", blocker.why)),
        (None, None) | (Some(_), Some(_)) => {}
    }
    all.extend(disrupts_more(saved.disruption.as_ref(), now.disruption.as_ref()));
    all.extend(fields(saved, now));
    all
}

/// What happens to fewer nodes than were shown keeps the promise.
fn disrupts_more(saved: Option<&Disruption>, now: Option<&Disruption>) -> Option<String> {
    let now = now?;
    let kept = saved.is_some_and(|saved| saved.covers(now));
    (!kept).then(|| format!("it disrupts more than was saved: {}", sentence(now)))
}

fn fields(saved: &Step, now: &Step) -> Vec<String> {
    let by_name = |step: &'_ Step| -> BTreeMap<String, FieldChange> {
        step.changes.iter().map(|change| (change.name.to_string(), change.clone())).collect()
    };
    let (before, after) = (by_name(saved), by_name(now));
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let one = |name: &String| -> Vec<String> {
        match (before.get(name), after.get(name)) {
            (Some(saved), Some(now)) => field(saved, now),
            (Some(saved), None) => vec![format!("saved {}, and it stays now", arrow(saved))],
            (None, Some(now)) => vec![format!("now {}, which was not saved", arrow(now))],
            (None, None) => vec![],
        }
    };
    names.into_iter().flat_map(|name| one(name).into_iter().map(move |what| format!("{name}: {what}"))).collect()
}

fn field(saved: &FieldChange, now: &FieldChange) -> Vec<String> {
    let mut all = vec![];
    if touched(saved) != touched(now) {
        all.push(format!("saved {}, now {}", arrow(saved), arrow(now)));
    }
    all.extend(disrupts_more(saved.disruption.as_ref(), now.disruption.as_ref()));
    all
}

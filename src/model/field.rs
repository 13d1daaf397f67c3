//! Mutability as data: a field of a kind is a row, and rows are compared by one function.
//!
//! The central type is [`Field`]. What is not here: how a change is carried out (`resources/<kind>/aws.rs`) and in
//! which order (`plan/`).

use std::borrow::Cow;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Call, Delta, Disruption, Output, Value};

/// One row of a kind's field table, for one resource.
#[derive(Debug, Clone)]
pub struct Field {
    /// The field's path in the file and in the API, such as `scalingConfig.minSize`.
    pub name: &'static str,
    /// What it holds. In what we want, `None` is unmanaged; in what we see, absent.
    pub value: Option<Value>,
    /// What a difference means.
    pub rule: Rule,
    /// What a change does to running nodes or to access, given what is live.
    pub disruption: Option<Disruption>,
    /// When the change runs among the others of the same resource.
    pub phase: Phase,
    /// Whether a change is one that nobody should be surprised by, such as a version: a later round never makes it unless it
    /// was shown.
    pub notable: bool,
    /// What others may refer to that is another value once this has changed.
    pub produces: Option<Output>,
    /// Whether the wanted value is a consequence of what is live, and moves with it.
    pub follows_live: bool,
    /// How the two sides are compared, where it is not plain equality; for the generated documentation.
    pub note: &'static str,
}

/// A row with the usual phase and no disruption.
pub fn field(name: &'static str, value: Option<impl Into<Value>>, rule: Rule) -> Field {
    Field {
        name,
        value: value.map(Into::into),
        rule,
        disruption: None,
        phase: Phase::Normal,
        notable: false,
        produces: None,
        follows_live: false,
        note: "",
    }
}

impl Field {
    /// The same row with what a change disrupts.
    #[must_use]
    pub fn disrupts(self, disruption: Option<Disruption>) -> Self {
        Self { disruption, ..self }
    }

    /// The same row in another phase.
    #[must_use]
    pub fn phase(self, phase: Phase) -> Self {
        Self { phase, ..self }
    }

    /// The same row, which nobody should be surprised by.
    #[must_use]
    pub fn notable(self) -> Self {
        Self { notable: true, ..self }
    }

    /// The same row, by whose change an output of the resource becomes another.
    #[must_use]
    pub fn produces(self, output: Output) -> Self {
        Self { produces: Some(output), ..self }
    }

    /// The same row, whose wanted value moves with what is live, or does not.
    #[must_use]
    pub fn follows_live(self, follows_live: bool) -> Self {
        Self { follows_live, ..self }
    }

    /// The same row with a word on how it is compared.
    #[must_use]
    pub fn note(self, note: &'static str) -> Self {
        Self { note, ..self }
    }
}

/// What a difference in a field means.
#[derive(Debug, Clone, Copy)]
pub enum Rule {
    /// Changed by this call.
    InPlace(Call),
    /// Changed by this call, if the guard allows the step.
    Guarded(Call, Guard),
    /// A set or map whose entries one call adds and another removes.
    Entries {
        /// Adds and overwrites.
        set: Call,
        /// Removes. The row's disruption belongs to this side.
        unset: Call,
    },
    /// Only a new resource can have another value: a blocker, never a replacement as a side effect. What replacing the
    /// resource would do, as a verb and what follows.
    Replace(&'static str),
    /// Can never change.
    Fixed,
    /// Sent when the resource is made, never compared: AWS does not tell what it is.
    CreateOnly,
}

/// Whether a step from the first value to the second may be taken.
pub type Guard = fn(&Value, &Value) -> Verdict;

/// A guard's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Take the step.
    Allowed,
    /// Take the step; there is no way back.
    Irreversible,
    /// The step must not be taken: a blocker.
    Refused(Blocker),
    /// The live value stays: drift that is reported and never acted on.
    Kept(String),
}

/// When a change runs among the others of the same resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phase {
    /// Protection is switched on before anything else.
    First,
    /// What a later change relies on: that one needs it.
    Early,
    /// Everything else.
    Normal,
    /// What relies on the others.
    Late,
    /// Protection is switched off after everything else.
    Last,
}

/// Why something must not be done, and what to do instead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Blocker {
    /// The reason.
    pub why: String,
    /// The way out.
    pub hint: String,
}

impl Blocker {
    /// A blocker with its way out.
    pub fn new(why: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { why: why.into(), hint: hint.into() }
    }
}

/// One field that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct FieldChange {
    /// The field's path.
    pub name: Cow<'static, str>,
    /// What is live; `None` when the resource or the field is not there.
    pub from: Option<Value>,
    /// What is wanted.
    pub to: Option<Value>,
    /// What the change disrupts.
    pub disruption: Option<Disruption>,
    /// Whether there is no way back.
    pub irreversible: bool,
    /// Why it cannot be done.
    pub blocker: Option<Blocker>,
    /// Why it is left as it is.
    pub kept: Option<String>,
}

impl FieldChange {
    /// What it adds to, and removes from, a set or map.
    pub fn delta(&self) -> Delta {
        Delta::between(self.from.as_ref(), self.to.as_ref())
    }
}

/// A difference together with the calls that would remove it and their place in the order.
#[derive(Debug, Clone)]
pub struct Difference {
    /// What differs.
    pub change: FieldChange,
    /// The calls and what each does; none if the change is blocked or kept.
    pub calls: Vec<(Call, Direction)>,
    /// When.
    pub phase: Phase,
    /// See [`Field::notable`].
    pub notable: bool,
    /// See [`Field::produces`].
    pub produces: Option<Output>,
}

/// What one call does of a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It sets the field.
    Sets,
    /// It adds or overwrites entries, which never disrupts.
    Adds,
    /// It removes entries.
    Removes,
}

/// Every row in which `wanted` differs from `live`: two views of one table.
///
/// # Panics
/// If the rows are not of the same fields in the same order: a defect of the kind's table, which the planner must not turn
/// into a wrong change.
pub fn differences(live: &[Field], wanted: &[Field]) -> Vec<Difference> {
    let names = |rows: &[Field]| rows.iter().map(|row| row.name).collect::<Vec<&str>>();
    assert_eq!(names(live), names(wanted), "both views of a field table have the same rows");
    live.iter().zip(wanted).filter_map(|(live, wanted)| difference(live, wanted)).collect()
}

fn difference(live: &Field, wanted: &Field) -> Option<Difference> {
    let to = wanted.value.as_ref()?;
    let from = live.value.as_ref();
    if from == Some(to) {
        return None;
    }
    let mut change = FieldChange {
        name: wanted.name.into(),
        from: live.value.clone(),
        to: wanted.value.clone(),
        disruption: wanted.disruption.clone(),
        irreversible: false,
        blocker: None,
        kept: None,
    };
    let calls = match wanted.rule {
        Rule::InPlace(call) => vec![(call, Direction::Sets)],
        Rule::Guarded(call, guard) => guarded(&mut change, call, from.map_or(Verdict::Allowed, |from| guard(from, to))),
        Rule::Entries { set, unset } => entry_calls(from, to, set, unset),
        Rule::Replace(cost) => refuse(&mut change, replacement(wanted.name, cost, from)),
        Rule::Fixed => refuse(&mut change, fixed(wanted.name)),
        Rule::CreateOnly => return None,
    };
    let Field { phase, notable, produces, .. } = *wanted;
    Some(Difference { change, calls, phase, notable, produces })
}

fn guarded(change: &mut FieldChange, call: Call, verdict: Verdict) -> Vec<(Call, Direction)> {
    match verdict {
        Verdict::Allowed => vec![(call, Direction::Sets)],
        Verdict::Irreversible => {
            change.irreversible = true;
            vec![(call, Direction::Sets)]
        }
        Verdict::Refused(blocker) => refuse(change, blocker),
        Verdict::Kept(why) => {
            change.kept = Some(why);
            change.disruption = None;
            vec![]
        }
    }
}

fn refuse(change: &mut FieldChange, blocker: Blocker) -> Vec<(Call, Direction)> {
    change.blocker = Some(blocker);
    change.disruption = None;
    vec![]
}

fn entry_calls(from: Option<&Value>, to: &Value, set: Call, unset: Call) -> Vec<(Call, Direction)> {
    let delta = Delta::between(from, Some(to));
    let sets = (!delta.set.is_empty()).then_some((set, Direction::Adds));
    let unsets = (!delta.unset.is_empty()).then_some((unset, Direction::Removes));
    sets.into_iter().chain(unsets).collect()
}

fn replacement(name: &str, cost: &str, live: Option<&Value>) -> Blocker {
    let keep = if live.is_some() { "keep the live value here" } else { "leave it out here" };
    Blocker::new(
        format!("only a new resource can have another {name}, and replacing this one would {cost}"),
        format!("{keep}; add a resource under a new name, move the work over, then remove the old one with --prune"),
    )
}

fn fixed(name: &str) -> Blocker {
    Blocker::new(format!("{name} can never change"), "write the live value into the file, or make a new one")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CALL: Call = Call::free("SetSize");

    fn row(name: &'static str, value: Option<i32>) -> Field {
        field(name, value, Rule::InPlace(CALL))
    }

    #[test]
    fn rows_that_differ_are_paired_by_place_and_name() {
        let live = [row("size", Some(1)), row("polish", Some(2)), row("unmanaged", Some(3)), row("new", None)];
        let wanted = [row("size", Some(1)), row("polish", Some(9)), row("unmanaged", None), row("new", Some(4))];
        let all = differences(&live, &wanted);
        let told: Vec<(&str, Option<Value>, Option<Value>)> =
            all.iter().map(|it| (&*it.change.name, it.change.from.clone(), it.change.to.clone())).collect();
        let number = |number: i32| Some(Value::from(number));
        assert_eq!(told, [("polish", number(2), number(9)), ("new", None, number(4))]);
        assert!(all.iter().all(|it| it.calls == [(CALL, Direction::Sets)]));
    }

    #[test]
    #[should_panic(expected = "both views of a field table have the same rows")]
    fn rows_of_other_names_are_never_compared() {
        differences(&[row("size", Some(1)), row("polish", Some(1))], &[row("polish", Some(1)), row("size", Some(1))]);
    }

    #[test]
    #[should_panic(expected = "both views of a field table have the same rows")]
    fn no_row_is_left_over() {
        differences(&[row("size", Some(1))], &[row("size", Some(1)), row("polish", Some(1))]);
    }

    #[test]
    fn a_row_says_of_its_change_what_it_says_of_itself() {
        let wanted = row("size", Some(2)).phase(Phase::Early).notable().produces(Output::Version);
        let [difference] = &differences(&[row("size", Some(1))], &[wanted])[..] else { panic!("one row differs") };
        assert_eq!(
            (difference.phase, difference.notable, difference.produces),
            (Phase::Early, true, Some(Output::Version))
        );
        let [plain] = &differences(&[row("size", Some(1))], &[row("size", Some(2))])[..] else { panic!("one differs") };
        assert_eq!((plain.phase, plain.notable, plain.produces), (Phase::Normal, false, None));
    }
}

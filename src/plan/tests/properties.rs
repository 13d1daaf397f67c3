//! What holds for every plan, whatever the file and the account: hundreds of random ones, the same in every run.
//!
//! Each property is one function in [`PROPERTIES`]. That a plan is sound (`plan/check.rs`) is asserted by the planner
//! itself, each time; so the tests here fail as well where a plan would be acyclic no more, or would delete what is not
//! ours.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{RngSeed, TestRunner};

use super::live::{Account, applied, exceeded_at_the_same_look};
use super::scenario::{Scenario, agreeable, scenario};
use super::{request, text};
use crate::model::Address;
use crate::plan::{
    ActionId, Change, Document, Edge, Plan, Step, StepKind, Verb, beyond, broken, destroy, exceeds, plan,
};
use crate::spec::Spec;

const CASES: u32 = 200;

/// What must hold for a case.
type Property = fn(&Case) -> Result<(), TestCaseError>;

const PROPERTIES: &[Property] = &[
    what_leaves_the_process_can_be_read_again,
    whatever_may_run_needs_nothing_that_may_not,
    whatever_may_run_was_agreed_to,
    who_agrees_to_more_gets_no_less,
    a_target_only_takes_away,
    nothing_exceeds_itself,
];

#[test]
fn every_plan_has_every_property() {
    always(scenario(), |scenario| {
        let case = Case::of(scenario);
        PROPERTIES.iter().try_for_each(|holds| holds(&case))
    });
}

#[test]
fn a_plan_from_what_an_apply_left_is_empty() {
    let applies = Cell::new(0);
    always(agreeable(), |scenario| {
        let Case { spec, account, flags, plan: before, .. } = Case::of(scenario);
        let before = before.document();
        if before.changes.iter().any(Change::blocked) {
            return Ok(());
        }
        applies.set(applies.get() + u32::from(!before.actions.is_empty()));
        let deletions = before.actions.iter().filter(|step| step.operation == StepKind::Delete);
        let deleted = deletions.map(|step| step.address.to_string()).collect();
        let Account(after) = applied(&scenario.file(), &account, &deleted);
        let again = plan(&spec, &after, &request(&flags));
        prop_assert!(again.actions.is_empty() && again.in_sync(), "{}", text::text(&again));
        Ok(())
    });
    assert!(applies.get() > CASES / 5, "only {} applies had anything to do and were not blocked", applies.get());
}

/// Runs a check on random scenarios, always the same ones.
fn always(scenarios: impl Strategy<Value = Scenario>, check: impl Fn(&Scenario) -> Result<(), TestCaseError>) {
    let config = ProptestConfig {
        cases: CASES,
        failure_persistence: None,
        max_shrink_iters: 2_000,
        rng_seed: RngSeed::Fixed(8),
        ..ProptestConfig::default()
    };
    TestRunner::new(config).run(&scenarios, |scenario| check(&scenario)).unwrap_or_else(|error| panic!("{error}"));
}

/// A scenario with its plans. Reading the file takes longer than planning, so it is read once.
struct Case {
    spec: Spec,
    account: Account,
    flags: String,
    /// To make it so.
    plan: Plan,
    /// To take it away.
    destruction: Plan,
}

impl Case {
    fn of(scenario: &Scenario) -> Self {
        let (spec, account, flags) = (scenario.spec(), scenario.account(), scenario.flags.clone());
        let (plan, destruction) =
            (plan(&spec, &account.0, &request(&flags)), destroy(&spec, &account.0, &request(&flags).consent));
        Self { spec, account, flags, plan, destruction }
    }

    fn documents(&self) -> [Document; 2] {
        [&self.plan, &self.destruction].map(Plan::document)
    }

    /// The same with other flags.
    fn with(&self, flags: &str) -> Document {
        plan(&self.spec, &self.account.0, &request(flags)).document()
    }
}

fn runnable(document: &Document) -> BTreeSet<&ActionId> {
    document.actions.iter().filter(|step| step.blocked.is_none()).map(|step| &step.id).collect()
}

fn what_leaves_the_process_can_be_read_again(case: &Case) -> Result<(), TestCaseError> {
    for plan in [&case.plan, &case.destruction] {
        // Every blocker of an action is told of its resource, too.
        text::text(plan);
        let document = plan.document();
        let json = serde_json::to_vec(&document).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(Document::from_json(&json).ok(), Some(document));
    }
    Ok(())
}

fn whatever_may_run_needs_nothing_that_may_not(case: &Case) -> Result<(), TestCaseError> {
    for document in case.documents() {
        let may_run = runnable(&document);
        for step in document.actions.iter().filter(|step| may_run.contains(&step.id)) {
            let needs = step.after.iter().filter(|(_, edge)| **edge == Edge::Needs);
            let missing: Vec<&ActionId> = needs.map(|(id, _)| id).filter(|id| !may_run.contains(id)).collect();
            prop_assert!(missing.is_empty(), "{} may run, and {:?} may not", step.id, missing);
        }
    }
    Ok(())
}

fn whatever_may_run_was_agreed_to(case: &Case) -> Result<(), TestCaseError> {
    let consent = request(&case.flags).consent;
    let agrees =
        |name: &str| case.spec.nodegroups.iter().any(|it| it.nodegroup_name == name && it.disruption.is_some());
    let [plan, destruction] = case.documents();
    for step in plan.actions.iter().chain(&destruction.actions).filter(|step| step.blocked.is_none()) {
        let agreed = consent.disrupts(&step.address) || agrees(&step.address.name);
        prop_assert!(step.disruption.is_none() || agreed, "nobody agreed to {}", step.id);
        prop_assert!(!step.irreversible || consent.irreversible, "nobody agreed to {}", step.id);
    }
    let verb = |address: &Address| plan.changes.iter().find(|it| it.address == *address).map(|it| it.verb);
    for step in plan.actions.iter().filter(|step| step.operation == StepKind::Delete) {
        let remade = verb(&step.address) == Some(Verb::Recreate);
        prop_assert!(remade || consent.prune, "nobody asked for {}", step.id);
    }
    Ok(())
}

fn who_agrees_to_more_gets_no_less(case: &Case) -> Result<(), TestCaseError> {
    let [fewer, _] = case.documents();
    let more = case.with(&format!("{} --allow-disruption --allow-irreversible", case.flags));
    let lost: Vec<&ActionId> = runnable(&fewer).difference(&runnable(&more)).copied().collect();
    prop_assert!(lost.is_empty(), "{:?}", lost);
    Ok(())
}

fn a_target_only_takes_away(case: &Case) -> Result<(), TestCaseError> {
    let flags = case.flags.split("--target").next().unwrap_or_default();
    let whole = case.with(flags);
    let whole: BTreeMap<&ActionId, &Step> = whole.actions.iter().map(|step| (&step.id, step)).collect();
    for target in ["nodegroup/a", "access-entry/*", "autoscaling-group/*", "cluster/*"] {
        for step in case.with(&format!("{flags} --target {target}")).actions {
            let same = whole.get(&step.id);
            let same = same.ok_or_else(|| TestCaseError::fail(format!("{} is planned only with --target", step.id)))?;
            prop_assert_eq!(&step.changes, &same.changes);
            prop_assert!(step.after.iter().all(|(id, edge)| same.after.get(id) == Some(edge)), "{}", step.id);
        }
    }
    Ok(())
}

fn nothing_exceeds_itself(case: &Case) -> Result<(), TestCaseError> {
    for plan in [&case.plan, &case.destruction] {
        let document = plan.document();
        prop_assert_eq!(broken(&document, &document), Vec::<String>::new());
        for action in &plan.actions {
            prop_assert_eq!(exceeds(action, action), None);
            prop_assert_eq!(beyond(&action.changes, &action.changes), None);
        }
        prop_assert_eq!(exceeded_at_the_same_look(plan, &case.account), Vec::<String>::new());
    }
    Ok(())
}

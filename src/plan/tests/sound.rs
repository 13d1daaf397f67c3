//! Plans that no planner should make are refused, whoever made them.
//!
//! There is no central type. Each test breaks a sound plan in one way; what is sound is said in `plan/check.rs`.

use super::workshop::{account, arn, at, foreign, gadget, planned_of, seen, sized, text, version, widget};
use crate::model::Blocker;
use crate::plan::check::assert_sound;
use crate::plan::invented::gadget::Gadget;
use crate::plan::{ActionId, Edge, Plan};
use crate::resources::{Live, Resource};

/// A widget and a gadget that uses it, both created.
fn created() -> Plan {
    planned_of("", &[widget("a").into(), gadget("g", arn("a")).into()], &account([]))
}

/// A gadget that needs the version that a widget is going to have.
fn changed() -> (Plan, Live) {
    let released = |release| Gadget { release: Some(release), ..gadget("g", text("arn:x")) };
    let live = account([seen(sized("a", 1)), seen(released(text("1")))]);
    let wanted: [Resource; 2] = [sized("a", 2).into(), released(version("a")).into()];
    (planned_of("", &wanted, &live), live)
}

fn pruned() -> (Plan, Live) {
    let live = account([seen(widget("a"))]);
    (planned_of("--prune --allow-disruption", &[], &live), live)
}

#[test]
fn what_the_planner_makes_is_sound() {
    assert_sound(&created(), &account([]));
    let ((change, before), (prune, there)) = (changed(), pruned());
    assert_sound(&change, &before);
    assert_sound(&prune, &there);
}

#[test]
#[should_panic(expected = "two actions of a plan have the same name")]
fn no_name_comes_twice() {
    let mut plan = created();
    let again = plan.actions[0].clone();
    plan.actions.push(again);
    assert_sound(&plan, &account([]));
}

#[test]
#[should_panic(expected = "comes after something that is not planned")]
fn everything_comes_after_what_is_planned() {
    let mut plan = created();
    plan.actions.remove(0);
    assert_sound(&plan, &account([]));
}

#[test]
#[should_panic(expected = "widget/a delete would delete what is not ours")]
fn only_what_is_ours_is_deleted() {
    assert_sound(&pruned().0, &account([foreign(widget("a"))]));
}

#[test]
#[should_panic(expected = "widget/a delete would delete what is not ours")]
fn only_what_is_there_is_deleted() {
    assert_sound(&pruned().0, &account([]));
}

#[test]
#[should_panic(expected = "the plan's actions wait for each other")]
fn nothing_waits_for_itself_by_way_of_others() {
    let mut plan = created();
    let last = plan.actions[1].id.clone();
    plan.actions[0].after.insert(last, Edge::Follows);
    assert_sound(&plan, &account([]));
}

#[test]
#[should_panic(expected = "gadget/g create waits for widget/a ARN, which nothing makes")]
fn what_is_not_known_is_made_before() {
    let mut plan = created();
    plan.actions[1].after.clear();
    assert_sound(&plan, &account([]));
}

#[test]
#[should_panic(expected = "gadget/g create waits for widget/a ARN, which nothing makes")]
fn what_is_not_known_is_needed_and_not_only_followed() {
    let mut plan = created();
    plan.actions[1].after.insert(ActionId("widget/a create".to_owned()), Edge::Follows);
    assert_sound(&plan, &account([]));
}

#[test]
#[should_panic(expected = "gadget/g SetRelease waits for widget/a version, which nothing makes")]
fn what_is_not_known_is_changed_before() {
    let (mut plan, live) = changed();
    plan.actions[1].after.clear();
    assert_sound(&plan, &live);
}

#[test]
fn what_does_not_run_needs_to_know_nothing() {
    let mut plan = created();
    plan.actions[1].after.clear();
    plan.actions[1].blocked = Some(Blocker::new("why", "hint"));
    assert_sound(&plan, &account([]));
    // Nor is it in the way of what may be known by then: AWS may show it.
    let mut plan = created();
    plan.actions[1].after.clear();
    plan.actions[0].blocked = Some(Blocker::new("why", "hint"));
    assert_sound(&plan, &account([]));
    assert_eq!(plan.actions[1].address, at("gadget/g"));
}

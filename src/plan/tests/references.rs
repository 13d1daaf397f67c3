//! References: what is not known yet, what becomes known, and what has to be created or changed before.
//!
//! There is no central type. Everything is said of the invented kinds (`workshop.rs`). Not here: what is deleted before
//! what (`uses.rs`).

use std::collections::BTreeMap;

use expect_test::expect;
use serde_json::json;

use super::workshop::{
    account, arn, at, check_of, gadget, leaving, making, part, planned_of, seen, sized, text, version, widget,
};
use crate::model::{FieldChange, Output, Outputs, Ref, Value};
use crate::plan::invented::gadget::Gadget;
use crate::plan::invented::widget::Widget;
use crate::plan::{Plan, Returned, beyond, filled, resolved};
use crate::resources::Resource;

/// A gadget that also mentions a version.
fn released(name: &str, widget: Ref, release: Ref) -> Gadget {
    Gadget { release: Some(release), ..gadget(name, widget) }
}

fn polished(name: &str) -> Widget {
    Widget { polish: Some(3), ..widget(name) }
}

/// What a field of a resource becomes.
#[track_caller]
fn target(plan: &Plan, address: &str, field: &str) -> Value {
    let change = plan.changes.iter().find(|change| change.address == at(address)).expect("it is planned");
    let field = change.fields.iter().find(|it| it.name == field).expect("the field is in the plan");
    field.to.clone().expect("it has a value")
}

#[test]
fn what_nobody_knows_yet_is_told_as_known_after_apply() {
    let wanted: [Resource; 2] = [widget("a").into(), released("g", arn("a"), version("a")).into()];
    let plan = planned_of("", &wanted, &account([]));
    let value = target(&plan, "gadget/g", "widget");
    assert_eq!(value.to_string(), "(known after apply: widget/a ARN)");
    assert_eq!(target(&plan, "gadget/g", "release").to_string(), "(known after apply: widget/a version)");
    let document = serde_json::to_value(plan.document()).unwrap();
    let fields = document["changes"][1]["fields"].as_array().unwrap();
    assert_eq!(fields[0]["to"], json!({ "pending": { "address": "widget/a", "output": "arn" } }));
    assert_eq!(fields[1]["to"], json!({ "pending": { "address": "widget/a", "output": "version" } }));
    assert_eq!(serde_json::from_value::<Value>(fields[0]["to"].clone()).unwrap(), value);
}

#[test]
fn what_is_there_is_known() {
    let wanted: [Resource; 2] = [widget("a").into(), released("g", arn("a"), version("a")).into()];
    let plan = planned_of("", &wanted, &account([seen(widget("a"))]));
    assert_eq!(target(&plan, "gadget/g", "widget"), Value::Text("arn:a".to_owned()));
    assert_eq!(target(&plan, "gadget/g", "release"), Value::Text("1".to_owned()));
    let there = |arn: &str| account([seen(widget("a")), seen(released("g", text(arn), text("1")))]);
    check_of("", &wanted, &there("arn:a"), expect![""]);
    check_of(
        "",
        &wanted,
        &there("arn:b"),
        expect![[r#"
            update gadget/g
                widget: arn:b → arn:a
            gadget/g SetWidget {widget}
        "#]],
    );
}

#[test]
fn a_pending_value_equals_only_the_same() {
    let pending = |reference: Ref| reference.value();
    assert_eq!(pending(arn("a")), pending(arn("a")));
    assert_ne!(pending(arn("a")), pending(arn("b")));
    assert_ne!(pending(arn("a")), pending(version("a")));
    assert_ne!(pending(arn("a")), pending(text("arn:a")));
    assert_ne!(pending(arn("a")), pending(text("(known after apply: widget/a ARN)")));
}

#[test]
fn an_output_is_forgotten_where_its_row_changes_and_only_that_one() {
    let there = account([seen(sized("a", 1)), seen(released("g", text("arn:a"), text("1")))]);
    check_of(
        "",
        &[sized("a", 2).into(), released("g", arn("a"), version("a")).into()],
        &there,
        expect![[r#"
            update widget/a
                size: 1 → 2
            update gadget/g
                release: 1 → (known after apply: widget/a version)
            widget/a SetSize {size}
            gadget/g SetRelease {release} <- needs widget/a SetSize
        "#]],
    );
    check_of(
        "",
        &[Widget { size: Some(1), ..polished("a") }.into(), released("g", arn("a"), version("a")).into()],
        &there,
        expect![[r#"
            update widget/a
                polish: (none) → 3
            widget/a Polish {polish}
        "#]],
    );
}

#[test]
fn an_output_of_what_is_created_again_is_forgotten() {
    check_of(
        "",
        &[widget("a").into(), gadget("g", arn("a")).into()],
        &account([leaving(widget("a")), seen(gadget("g", text("arn:a")))]),
        expect![[r#"
            create widget/a
                # is DELETING; it is made again once it is gone
            update gadget/g
                widget: arn:a → (known after apply: widget/a ARN)
            widget/a wait until it is gone
            widget/a create <- needs widget/a wait until it is gone
            gadget/g SetWidget {widget} <- needs widget/a create
        "#]],
    );
}

#[test]
fn two_steps_by_the_same_call_have_two_names_and_are_in_order() {
    let there = account([seen(sized("a", 1)), seen(released("g", text("arn:a"), text("1")))]);
    check_of(
        "",
        &[sized("a", 4).into(), released("g", arn("a"), version("a")).into()],
        &there,
        expect![[r#"
            update widget/a
                size: 1 → 2
                size: 2 → 3
                size: 3 → 4
            update gadget/g
                release: 1 → (known after apply: widget/a version)
            widget/a SetSize {size}
            widget/a SetSize (2) {size} <- needs widget/a SetSize
            widget/a SetSize (3) {size} <- needs widget/a SetSize + widget/a SetSize (2)
            gadget/g SetRelease {release} <- needs widget/a SetSize + widget/a SetSize (2) + widget/a SetSize (3)
        "#]],
    );
}

#[test]
fn what_refers_to_something_new_waits_until_that_is_complete() {
    check_of(
        "",
        &[polished("a").into(), gadget("g", arn("a")).into(), part("h", "a", false).into()],
        &account([]),
        expect![[r#"
            create widget/a
            create gadget/g
            create gadget/h
            widget/a create
            widget/a Polish {polish} <- needs widget/a create
            gadget/g create <- needs widget/a Polish + widget/a create
            gadget/h create <- needs widget/a create
        "#]],
    );
}

#[test]
fn what_refers_to_something_that_is_being_created_waits_for_that_and_not_for_other_changes() {
    check_of(
        "",
        &[polished("a").into(), gadget("g", arn("a")).into()],
        &account([making(Widget { polish: Some(1), ..widget("a") })]),
        expect![[r#"
            update widget/a
                # is CREATING; nothing is done to it before that has ended
                polish: 1 → 3
            create gadget/g
            widget/a wait until it is ready
            widget/a Polish {polish} <- needs widget/a wait until it is ready
            gadget/g create <- needs widget/a wait until it is ready
        "#]],
    );
}

#[test]
fn what_is_written_first_may_refer_to_what_is_written_later() {
    check_of(
        "",
        &[gadget("g", arn("a")).into(), sized("a", 2).into()],
        &account([seen(sized("a", 1))]),
        expect![[r#"
            create gadget/g
            update widget/a
                size: 1 → 2
            gadget/g create
            widget/a SetSize {size}
        "#]],
    );
    check_of(
        "",
        &[released("g", arn("a"), version("a")).into(), sized("a", 2).into()],
        &account([seen(sized("a", 1)), seen(released("g", text("arn:a"), text("1")))]),
        expect![[r#"
            update gadget/g
                release: 1 → (known after apply: widget/a version)
            update widget/a
                size: 1 → 2
            gadget/g SetRelease {release} <- needs widget/a SetSize
            widget/a SetSize {size}
        "#]],
    );
}

#[test]
fn a_target_takes_children_along_and_not_what_refers_to_it() {
    let wanted: [Resource; 3] = [widget("a").into(), gadget("g", arn("a")).into(), part("h", "a", false).into()];
    check_of(
        "--target widget/a",
        &wanted,
        &account([]),
        expect![[r#"
            create widget/a
            create gadget/h
            widget/a create
            gadget/h create <- needs widget/a create
        "#]],
    );
}

#[test]
fn a_target_takes_along_what_has_to_be_created_for_it() {
    let both = Gadget { parent: Some(at("widget/b")), ..gadget("g", arn("a")) };
    let wanted: [Resource; 4] = [polished("a").into(), widget("b").into(), widget("c").into(), both.into()];
    check_of(
        "--target gadget/g",
        &wanted,
        &account([]),
        expect![[r#"
            create widget/a
            create widget/b
            create gadget/g
            widget/a create
            widget/a Polish {polish} <- needs widget/a create
            widget/b create
            gadget/g create <- needs widget/a Polish + widget/a create + widget/b create
        "#]],
    );
    // What is there already needs nothing done to it.
    check_of(
        "--target gadget/g",
        &wanted,
        &account([seen(Widget { polish: Some(1), ..widget("a") }), making(widget("b"))]),
        expect![[r#"
            wait widget/b
                # is CREATING; nothing is done to it before that has ended
            create gadget/g
            widget/b wait until it is ready
            gadget/g create <- needs widget/b wait until it is ready
        "#]],
    );
}

#[test]
fn what_refers_to_a_change_outside_of_the_target_is_blocked() {
    check_of(
        "--target gadget/g",
        &[sized("a", 2).into(), released("g", arn("a"), version("a")).into()],
        &account([seen(sized("a", 1)), seen(released("g", text("arn:a"), text("1")))]),
        expect![[r#"
            update gadget/g
                release: 1 → (known after apply: widget/a version)
            gadget/g SetRelease {release} !SetRelease: it needs widget/a SetSize, which is outside of --target (give that address as --target, too)
        "#]],
    );
}

#[test]
fn a_reference_is_resolved_by_what_is_known_and_keeps_what_it_has() {
    let gadget: Resource = released("g", arn("a"), text("7")).into();
    let once = resolved(&gadget, |address, output| {
        (*address == at("widget/a") && output == Output::Arn).then(|| "arn:first".to_owned())
    });
    let known = |resource: &Resource| -> Vec<Option<String>> {
        resource.references().iter().map(|(_, reference)| reference.known().map(str::to_owned)).collect()
    };
    assert_eq!(known(&gadget), [None, Some("7".to_owned())]);
    assert_eq!(known(&once), [Some("arn:first".to_owned()), Some("7".to_owned())]);
    assert_eq!(resolved(&once, |_, _| None), once);
    let again = resolved(&once, |_, _| Some("arn:second".to_owned()));
    assert_eq!(known(&again), [Some("arn:second".to_owned()), Some("7".to_owned())]);
}

fn to(value: Value) -> FieldChange {
    let name = "widget".into();
    FieldChange { name, from: None, to: Some(value), disruption: None, irreversible: false, blocker: None, kept: None }
}

/// Whether a value is within what was shown as known after apply, once this run returned these ARNs.
fn is_within(now: &str, returned: &[(&str, Output, &str)]) -> bool {
    let outputs = |(address, output, value): &(&str, Output, &str)| {
        (at(address), Outputs::default().with(*output, Some((*value).to_owned())))
    };
    let returned: Returned = returned.iter().map(outputs).collect();
    let shown = filled(&[to(arn("a").value())], |address| returned.get(address).cloned().unwrap_or_default());
    beyond(&shown, &[to(Value::Text(now.to_owned()))]).is_none()
}

#[test]
fn only_what_this_run_returned_takes_the_place_of_what_was_not_known() {
    assert!(is_within("arn:new", &[("widget/a", Output::Arn, "arn:new")]));
    assert!(!is_within("arn:other", &[("widget/a", Output::Arn, "arn:new")]));
    assert!(!is_within("arn:new", &[]));
    assert!(!is_within("arn:new", &[("widget/b", Output::Arn, "arn:new")]));
    assert!(!is_within("arn:new", &[("widget/a", Output::Version, "arn:new")]));
}

#[test]
fn what_was_known_stays_whatever_this_run_returned() {
    let changes = [to(Value::Text("arn:a".to_owned())), FieldChange { to: None, ..to(Value::Flag(true)) }];
    let returned: BTreeMap<_, _> = [(at("widget/a"), Outputs::default().with(Output::Arn, Some("arn:new")))].into();
    assert_eq!(filled(&changes, |address| returned[address].clone()), changes);
    // What is pending for both is the same promise.
    assert_eq!(beyond(&[to(arn("a").value())], &[to(arn("a").value())]), None);
    assert!(beyond(&[to(arn("a").value())], &[to(arn("b").value())]).is_some());
}

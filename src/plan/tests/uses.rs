//! Uses: nothing is deleted before what uses it, by a plan as by a destroy.
//!
//! There is no central type. Everything is said of the invented kinds (`workshop.rs`). Not here: what is created before
//! what (`references.rs`).

use expect_test::expect;

use super::workshop::{
    account, arn, check_destruction, check_of, foreign, gadget, leaving, making, part, planned_of, seen, text, widget,
};
use crate::plan::invented::gadget::Gadget;
use crate::plan::invented::widget::Widget;
use crate::resources::{Live, Resource};

const PRUNE: &str = "--prune --allow-disruption";

/// A gadget that only mentions a widget's version.
fn mentions(name: &str, version: &str) -> Gadget {
    Gadget { release: Some(text(version)), ..gadget(name, text("arn:elsewhere")) }
}

fn used() -> Live {
    account([seen(gadget("g", text("arn:a"))), seen(widget("a")), seen(widget("b"))])
}

#[test]
fn what_is_pruned_goes_after_what_uses_it() {
    check_of(
        PRUNE,
        &[],
        &used(),
        expect![[r#"
            delete gadget/g
            delete widget/a ~the widget is deleted; ends pods
            delete widget/b ~the widget is deleted; ends pods
            gadget/g delete
            widget/a delete <- needs gadget/g delete ~the widget is deleted; ends pods
            widget/b delete ~the widget is deleted; ends pods
        "#]],
    );
}

#[test]
fn what_is_destroyed_goes_after_what_uses_it() {
    check_destruction(
        "--allow-disruption",
        &used(),
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            delete widget/b ~the widget is deleted; ends pods
            delete gadget/g
            widget/a delete <- needs gadget/g delete ~the widget is deleted; ends pods
            widget/b delete ~the widget is deleted; ends pods
            gadget/g delete
        "#]],
    );
}

#[test]
fn a_parent_goes_after_its_children() {
    let there = account([seen(widget("a")), seen(part("g", "a", false)), seen(part("h", "b", false))]);
    check_of(
        PRUNE,
        &[],
        &there,
        expect![[r#"
            delete gadget/g
            delete gadget/h
            delete widget/a ~the widget is deleted; ends pods
            gadget/g delete
            gadget/h delete
            widget/a delete <- needs gadget/g delete ~the widget is deleted; ends pods
        "#]],
    );
    check_destruction(
        "--allow-disruption",
        &there,
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            delete gadget/g
            delete gadget/h
            widget/a delete <- needs gadget/g delete ~the widget is deleted; ends pods
            gadget/g delete
            gadget/h delete
        "#]],
    );
}

#[test]
fn what_is_still_held_stays_and_what_is_only_mentioned_goes() {
    let held: [Resource; 1] = [gadget("g", text("arn:a")).into()];
    check_of(
        PRUNE,
        &held,
        &account([seen(gadget("g", text("arn:a"))), seen(widget("a"))]),
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            widget/a delete ~the widget is deleted; ends pods !delete: it is still in use by gadget/g (change or delete that first)
        "#]],
    );
    let mentioned: [Resource; 1] = [mentions("g", "1").into()];
    check_of(
        PRUNE,
        &mentioned,
        &account([seen(mentions("g", "1")), seen(widget("a"))]),
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            widget/a delete ~the widget is deleted; ends pods
        "#]],
    );
    // A widget mentions a gadget.
    let showing = Widget { gadget: Some(text("arn:g")), ..widget("a") };
    check_of(
        PRUNE,
        &[showing.clone().into()],
        &account([seen(showing), seen(gadget("g", text("arn:elsewhere")))]),
        expect![[r#"
            delete gadget/g
            gadget/g delete
        "#]],
    );
}

#[test]
fn what_moves_to_another_moves_before_that_is_deleted() {
    check_of(
        PRUNE,
        &[widget("b").into(), gadget("g", arn("b")).into()],
        &used(),
        expect![[r#"
            update gadget/g
                widget: arn:a → arn:b
            delete widget/a ~the widget is deleted; ends pods
            gadget/g SetWidget {widget}
            widget/a delete <- needs gadget/g SetWidget ~the widget is deleted; ends pods
        "#]],
    );
    // Also to what is not there yet.
    check_of(
        PRUNE,
        &[widget("c").into(), gadget("g", arn("c")).into()],
        &account([seen(gadget("g", text("arn:a"))), seen(widget("a"))]),
        expect![[r#"
            create widget/c
            update gadget/g
                widget: arn:a → (known after apply: widget/c ARN)
            delete widget/a ~the widget is deleted; ends pods
            widget/c create
            gadget/g SetWidget {widget} <- needs widget/c create
            widget/a delete <- needs gadget/g SetWidget + widget/c create ~the widget is deleted; ends pods
        "#]],
    );
}

#[test]
fn what_changes_otherwise_does_not_move() {
    let now = |release: &str| Gadget { release: Some(text(release)), ..gadget("g", text("arn:a")) };
    check_of(
        PRUNE,
        &[now("2").into()],
        &account([seen(now("0")), seen(widget("a"))]),
        expect![[r#"
            update gadget/g
                release: 0 → 2
            delete widget/a ~the widget is deleted; ends pods
            gadget/g SetRelease {release}
            widget/a delete <- follows gadget/g SetRelease ~the widget is deleted; ends pods !delete: it is still in use by gadget/g (change or delete that first)
        "#]],
    );
}

#[test]
fn what_somebody_else_made_moves_where_the_file_says_so() {
    let there = account([foreign(gadget("g", text("arn:a"))), seen(widget("a"))]);
    check_of(
        PRUNE,
        &[widget("b").into(), gadget("g", arn("b")).into()],
        &there,
        expect![[r#"
            create widget/b
            update gadget/g
                widget: arn:a → (known after apply: widget/b ARN)
            delete widget/a ~the widget is deleted; ends pods
            widget/b create
            gadget/g SetWidget {widget} <- needs widget/b create
            widget/a delete <- needs gadget/g SetWidget + widget/b create ~the widget is deleted; ends pods
        "#]],
    );
}

#[test]
fn what_others_use_stays() {
    let there = account([foreign(gadget("g", text("arn:a"))), seen(widget("a"))]);
    let expected = expect![[r#"
        unmanaged gadget/g
        delete widget/a ~the widget is deleted; ends pods
        widget/a delete ~the widget is deleted; ends pods !delete: AWS keeps it as long as gadget/g is there, which is not ours to delete (delete that first, or hand it over as its note says)
    "#]];
    check_of(PRUNE, &[], &there, expected);
    check_destruction(
        "--allow-disruption",
        &there,
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            unmanaged gadget/g
            widget/a delete ~the widget is deleted; ends pods !delete: AWS keeps it as long as gadget/g is there, which is not ours to delete (delete that first, or hand it over as its note says)
        "#]],
    );
}

#[test]
fn what_is_being_deleted_is_waited_for_before_what_it_uses_goes() {
    check_destruction(
        "--allow-disruption",
        &account([leaving(gadget("g", text("arn:a"))), seen(widget("a"))]),
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            wait gadget/g
                # is DELETING
            widget/a delete <- needs gadget/g wait until it is gone ~the widget is deleted; ends pods
            gadget/g wait until it is gone
        "#]],
    );
}

#[test]
fn what_is_being_deleted_is_in_the_way_of_no_prune() {
    let there = account([leaving(gadget("g", text("arn:a"))), seen(widget("a"))]);
    let plan = planned_of(PRUNE, &[], &there);
    assert!(!plan.blocked(), "{:?}", plan.changes);
}

#[test]
fn what_uses_a_blocked_one_is_not_held_up_by_it() {
    check_of(
        "--prune",
        &[],
        &used(),
        expect![[r#"
            delete gadget/g
            delete widget/a ~the widget is deleted; ends pods
            delete widget/b ~the widget is deleted; ends pods
            gadget/g delete
            widget/a delete <- needs gadget/g delete ~the widget is deleted; ends pods !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            widget/b delete ~the widget is deleted; ends pods !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
}

#[test]
fn some_are_created_one_by_one_within_their_parent() {
    let wanted: [Resource; 7] = [
        widget("a").into(),
        widget("b").into(),
        part("3", "a", true).into(),
        part("1", "a", true).into(),
        part("2", "a", true).into(),
        part("4", "b", true).into(),
        part("5", "a", false).into(),
    ];
    check_of(
        "",
        &wanted,
        &account([seen(widget("a")), seen(widget("b")), making(part("3", "a", true))]),
        expect![[r#"
            wait gadget/3
                # is CREATING; nothing is done to it before that has ended
            create gadget/1
            create gadget/2
            create gadget/4
            create gadget/5
            gadget/3 wait until it is ready <- follows gadget/2 create
            gadget/1 create
            gadget/2 create <- follows gadget/1 create
            gadget/4 create
            gadget/5 create
        "#]],
    );
}

#[test]
fn some_are_deleted_one_by_one_within_their_parent_after_others_were_created() {
    let there = account([seen(widget("a")), seen(part("1", "a", true)), seen(part("2", "a", true))]);
    check_of(
        PRUNE,
        &[widget("a").into(), part("9", "a", true).into()],
        &there,
        expect![[r#"
            create gadget/9
            delete gadget/1
            delete gadget/2
            gadget/9 create
            gadget/1 delete <- needs gadget/9 create
            gadget/2 delete <- needs gadget/9 create; follows gadget/1 delete
        "#]],
    );
    check_destruction(
        "--allow-disruption",
        &there,
        expect![[r#"
            delete widget/a ~the widget is deleted; ends pods
            delete gadget/1
            delete gadget/2
            widget/a delete <- needs gadget/1 delete + gadget/2 delete ~the widget is deleted; ends pods
            gadget/1 delete
            gadget/2 delete <- follows gadget/1 delete
        "#]],
    );
}

#[test]
fn one_after_the_other_is_about_calls_that_create_and_delete() {
    let moved = |name: &str, widget: &str| Gadget { widget: text(widget), ..part(name, "a", true) };
    check_of(
        "",
        &[moved("1", "arn:x").into(), moved("2", "arn:x").into()],
        &account([seen(widget("a")), seen(part("1", "a", true)), seen(part("2", "a", true))]),
        expect![[r#"
            update gadget/1
                widget: arn:elsewhere → arn:x
            update gadget/2
                widget: arn:elsewhere → arn:x
            obsolete widget/a
            gadget/1 SetWidget {widget}
            gadget/2 SetWidget {widget}
        "#]],
    );
}

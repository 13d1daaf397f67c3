//! The order in which resources are drafted, and what happens where there is none.
//!
//! The central type is [`Order`]. Everything is said of the invented kinds (`workshop.rs`).

use super::workshop::{account, arn, at, gadget, part, planned_of, seen, sized, text, widget};
use crate::model::{Address, Output, Ref};
use crate::plan::Plan;
use crate::plan::invented::gadget::Gadget;
use crate::plan::invented::widget::Widget;
use crate::plan::outlook::Order;
use crate::resources::Resource;

fn arn_of_gadget(name: &str) -> Ref {
    Ref::declared(at(&format!("gadget/{name}")), Output::Arn)
}

/// A widget that mentions a gadget.
fn showing(name: &str, gadget: &str) -> Widget {
    Widget { gadget: Some(arn_of_gadget(gadget)), ..widget(name) }
}

/// The names in the order in which they are drafted, and what has no order: all of it, and one way round.
type Told = (Vec<String>, Option<(Vec<String>, Vec<String>)>);

fn order(wanted: &[Resource]) -> Told {
    let Order { positions, cycle } = Order::of(wanted);
    let name = |address: &Address| address.name.clone();
    let names = positions.iter().map(|&position| name(&wanted[position].address())).collect();
    let cycle =
        cycle.map(|(unordered, around)| (unordered.iter().map(name).collect(), around.iter().map(name).collect()));
    (names, cycle)
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn what_has_no_order_among_itself_stays_as_it_is_written() {
    let wanted: [Resource; 4] =
        [widget("d").into(), gadget("b", text("arn:x")).into(), widget("a").into(), widget("c").into()];
    assert_eq!(order(&wanted), (words("d b a c"), None));
    assert_eq!(order(&[]), (vec![], None));
}

#[test]
fn everything_comes_after_what_it_depends_on_and_otherwise_as_early_as_it_is_written() {
    let wanted: [Resource; 5] = [
        gadget("late", arn("z")).into(),
        widget("x").into(),
        part("child", "y", false).into(),
        widget("y").into(),
        widget("z").into(),
    ];
    assert_eq!(order(&wanted), (words("x y child z late"), None));
    // What is not in the file is nothing to wait for.
    assert_eq!(order(&[gadget("g", arn("elsewhere")).into(), widget("a").into()]), (words("g a"), None));
}

#[test]
fn much_that_depends_on_the_same_has_an_order() {
    let top: Resource = widget("top").into();
    let middle: Vec<String> = (10..60).map(|number| number.to_string()).collect();
    let part = |name: &String| Gadget { parent: Some(at("widget/bottom")), ..gadget(name, arn("top")) };
    let mut wanted: Vec<Resource> = middle.iter().map(part).map(Resource::from).collect();
    wanted.push(showing("bottom", "last").into());
    wanted.push(gadget("last", arn("top")).into());
    wanted.push(top);
    let expected = [vec!["top".to_owned(), "last".to_owned(), "bottom".to_owned()], middle].concat();
    // The gadgets in the middle are written first and come last.
    assert_eq!(order(&wanted), (expected, None));
    let plan = planned_of("", &wanted, &account([]));
    assert_eq!(plan.actions.len(), 53);
    assert!(plan.changes.iter().all(|change| !change.blocked()));
    let addresses: Vec<String> = plan.changes.iter().map(|change| change.address.name.clone()).collect();
    let written: Vec<String> = wanted.iter().map(|resource| resource.address().name).collect();
    assert_eq!(addresses, written, "a plan lists what is wanted as it is written");
}

/// What must not be done, with the reason; and what may be.
fn blocked(plan: &Plan) -> (Vec<(String, &str)>, Vec<String>) {
    let blockers = plan
        .changes
        .iter()
        .flat_map(|change| change.blockers.iter().map(|blocker| (change.address.to_string(), blocker.why.as_str())));
    (blockers.collect(), plan.runnable().map(|action| action.id.to_string()).collect())
}

#[test]
fn a_cycle_is_told_by_one_way_round() {
    let wanted: [Resource; 3] = [showing("a", "g").into(), gadget("g", arn("a")).into(), widget("b").into()];
    assert_eq!(order(&wanted), (words("b a g"), Some((words("g a"), words("a g a")))));
}

#[test]
fn what_would_be_created_in_a_cycle_is_blocked() {
    let wanted: [Resource; 3] = [showing("a", "g").into(), gadget("g", arn("a")).into(), widget("b").into()];
    let plan = planned_of("", &wanted, &account([]));
    let why = "the references of the file form a cycle: widget/a -> gadget/g -> widget/a";
    let blockers = vec![("widget/a".to_owned(), why), ("gadget/g".to_owned(), why)];
    assert_eq!(blocked(&plan), (blockers, vec!["widget/b create".to_owned()]));
}

#[test]
fn what_depends_on_a_cycle_has_no_order_and_is_no_part_of_it() {
    let wanted: [Resource; 4] = [
        gadget("first", arn("a")).into(),
        showing("a", "g").into(),
        gadget("g", arn("a")).into(),
        part("child", "a", false).into(),
    ];
    assert_eq!(order(&wanted), (words("first a g child"), Some((words("child first g a"), words("a g a")))));
}

fn two_cycles() -> [Resource; 5] {
    [
        showing("a", "g").into(),
        gadget("g", arn("a")).into(),
        showing("b", "h").into(),
        gadget("h", arn("b")).into(),
        gadget("fine", text("arn:x")).into(),
    ]
}

#[test]
fn of_several_cycles_one_is_told() {
    assert_eq!(order(&two_cycles()), (words("fine a g b h"), Some((words("g h a b"), words("a g a")))));
}

#[test]
fn all_of_several_cycles_are_blocked() {
    let plan = planned_of("", &two_cycles(), &account([]));
    let (blockers, may_run) = blocked(&plan);
    let addresses: Vec<String> = blockers.into_iter().map(|(address, _)| address).collect();
    assert_eq!(addresses, ["widget/a", "gadget/g", "widget/b", "gadget/h"]);
    assert_eq!(may_run, ["gadget/fine create"]);
}

#[test]
fn what_depends_on_itself_is_a_cycle() {
    let selfish: [Resource; 1] = [gadget("g", arn_of_gadget("g")).into()];
    assert_eq!(order(&selfish), (words("g"), Some((words("g"), words("g g")))));
    let why = "the references of the file form a cycle: gadget/g -> gadget/g";
    let plan = planned_of("", &selfish, &account([]));
    assert_eq!(blocked(&plan), (vec![("gadget/g".to_owned(), why)], vec![]));
    assert_eq!(plan.changes[0].blockers[0].hint, "take one of these references out of the file");
}

#[test]
fn a_long_way_round_is_told_in_full() {
    let ring = |at: u32, next: u32| gadget(&at.to_string(), arn_of_gadget(&next.to_string()));
    let wanted: Vec<Resource> = (0..5).map(|at| ring(at, (at + 1) % 5).into()).collect();
    assert_eq!(order(&wanted), (words("0 1 2 3 4"), Some((words("0 1 2 3 4"), words("0 1 2 3 4 0")))));
}

#[test]
fn a_cycle_of_what_is_there_is_blocked_also_where_its_outputs_are_known() {
    let wanted: [Resource; 2] = [Widget { size: Some(2), ..showing("a", "g") }.into(), gadget("g", arn("a")).into()];
    let there =
        account([seen(Widget { gadget: Some(text("arn:g")), ..sized("a", 1) }), seen(gadget("g", text("arn:a")))]);
    let why = "the references of the file form a cycle: widget/a -> gadget/g -> widget/a";
    let blockers = vec![("widget/a".to_owned(), why), ("gadget/g".to_owned(), why)];
    assert_eq!(blocked(&planned_of("", &wanted, &there)), (blockers, vec![]));
}

#[test]
fn what_holds_each_other_is_not_deleted() {
    let there =
        account([seen(gadget("g", text("arn:h"))), seen(gadget("h", text("arn:g"))), seen(gadget("i", text("arn:g")))]);
    let plan = planned_of("--prune", &[], &there);
    let (blockers, may_run) = blocked(&plan);
    let addresses: Vec<String> = blockers.into_iter().map(|(address, _)| address).collect();
    assert_eq!(addresses, ["gadget/g", "gadget/h"]);
    assert_eq!(may_run, ["gadget/i delete"]);
}

#[test]
fn what_holds_itself_is_deleted_all_the_same() {
    let plan = planned_of("--prune", &[], &account([seen(gadget("g", text("arn:g")))]));
    assert_eq!(blocked(&plan), (vec![], vec!["gadget/g delete".to_owned()]));
}

#[test]
fn nothing_is_removed_while_the_file_has_a_cycle() {
    let wanted: [Resource; 2] = [showing("a", "g").into(), gadget("g", arn("a")).into()];
    let plan = planned_of("--prune --allow-disruption", &wanted, &account([seen(widget("old"))]));
    assert_eq!(blocked(&plan).1, Vec::<String>::new());
}

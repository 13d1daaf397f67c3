//! Plans of the two invented kinds: what is wanted, what is there, and the plan that follows.
//!
//! The central function is [`check_of`]. A widget `a` that is there has the ARN `arn:a` and the version `1`, so that a
//! gadget may be written with either. Not here: the kinds themselves (`plan/invented.rs`).

use expect_test::Expect;

use super::{assert_is, cluster, parsed, request};
use crate::model::{Address, Home, Output, Outputs, Ownership, Ref, Seen, State};
use crate::plan::invented::gadget::Gadget;
use crate::plan::invented::widget::Widget;
use crate::plan::{Plan, destroy, plan_of};
use crate::resources::{Live, Resource};

impl From<Widget> for Resource {
    fn from(widget: Widget) -> Self {
        Self::Widget(widget)
    }
}

impl From<Gadget> for Resource {
    fn from(gadget: Gadget) -> Self {
        Self::Gadget(gadget)
    }
}

/// A widget that says nothing but its name.
pub(super) fn widget(name: &str) -> Widget {
    Widget { name: name.to_owned(), ..Widget::default() }
}

/// A widget of a size.
pub(super) fn sized(name: &str, size: i32) -> Widget {
    Widget { size: Some(size), ..widget(name) }
}

/// A gadget that holds a widget.
pub(super) fn gadget(name: &str, widget: Ref) -> Gadget {
    Gadget { name: name.to_owned(), widget, ..Gadget::default() }
}

/// A gadget within a widget, which it does not refer to. Of such, AWS may create and delete one at a time.
pub(super) fn part(name: &str, parent: &str, serial: bool) -> Gadget {
    Gadget { parent: Some(at(&format!("widget/{parent}"))), serial, ..gadget(name, text("arn:elsewhere")) }
}

/// The ARN that a widget of the file will have.
pub(super) fn arn(widget: &str) -> Ref {
    Ref::declared(at(&format!("widget/{widget}")), Output::Arn)
}

/// The version that a widget of the file will have.
pub(super) fn version(widget: &str) -> Ref {
    Ref::declared(at(&format!("widget/{widget}")), Output::Version)
}

/// What AWS says, and what a file may say.
pub(super) fn text(text: &str) -> Ref {
    Ref::Literal(text.to_owned())
}

pub(super) fn at(address: &str) -> Address {
    let (kind, name) = address.split_once('/').expect("an address has a kind");
    Address::new(kind.to_owned(), name)
}

/// A resource as it is seen: ready and ours.
pub(super) fn seen(resource: impl Into<Resource>) -> Seen<Resource> {
    let resource = resource.into();
    let Address { kind, name } = resource.address();
    let version = (kind == "widget").then_some("1");
    let outputs = Outputs::default().with(Output::Arn, Some(format!("arn:{name}"))).with(Output::Version, version);
    Seen { ownership: Ownership::Ours, outputs, ..Seen::new(resource) }
}

/// The same of somebody else.
pub(super) fn foreign(resource: impl Into<Resource>) -> Seen<Resource> {
    Seen { ownership: Ownership::NotOurs, ..seen(resource) }
}

/// The same while AWS creates it.
pub(super) fn making(resource: impl Into<Resource>) -> Seen<Resource> {
    Seen { state: State::Making("CREATING".to_owned()), ..seen(resource) }
}

/// The same while AWS deletes it.
pub(super) fn leaving(resource: impl Into<Resource>) -> Seen<Resource> {
    Seen { state: State::Leaving("DELETING".to_owned()), ..seen(resource) }
}

/// Everything that is there.
pub(super) fn account(all: impl IntoIterator<Item = Seen<Resource>>) -> Live {
    let mut live = Live::default();
    live.take_in(all, &[]);
    live
}

/// The plan for what is wanted, with these flags of the command line.
pub(super) fn planned_of(flags: &str, wanted: &[Resource], live: &Live) -> Plan {
    let home =
        Home { account: "111122223333".to_owned(), region: "us-east-1".to_owned(), cluster: "runners".to_owned() };
    plan_of(&home, wanted, live, &request(flags))
}

/// The plan for what is wanted is as expected.
#[track_caller]
pub(super) fn check_of(flags: &str, wanted: &[Resource], live: &Live, expected: Expect) {
    assert_is(&planned_of(flags, wanted, live), expected);
}

/// What a destroy would do is as expected.
#[track_caller]
pub(super) fn check_destruction(flags: &str, live: &Live, expected: Expect) {
    assert_is(&destroy(&parsed(&cluster("")), live, &request(flags).consent), expected);
}

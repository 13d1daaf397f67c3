//! A saved plan, held against what is planned now.

use super::live::{Account, live};
use super::{ADMIN, API, File, MANAGED, VIEW, cluster, planned, short};
use crate::plan::{Document, broken};

const FREE: &str = "--allow-disruption --allow-irreversible";

fn saved(flags: &str, file: &File, account: &Account) -> Document {
    let document = planned(flags, file, account).document();
    let text = serde_json::to_vec(&document).unwrap();
    let read = Document::from_json(&text).unwrap();
    assert_eq!(read, document, "what is saved is what is read");
    read
}

#[track_caller]
fn differ(saved: &Document, now: &Document, expected: &[&str]) {
    let found: Vec<String> = broken(saved, now).iter().map(|it| short(it)).collect();
    assert_eq!(found, expected);
    assert!(broken(saved, saved).is_empty() && broken(now, now).is_empty(), "a plan keeps its own promise");
}

fn group(settings: &str) -> File {
    cluster("").group("jobs", settings)
}

fn sized(size: i32, settings: &str) -> File {
    group(&format!("scalingConfig: {{ minSize: 0, maxSize: 9, desiredSize: {size} }}, {settings}"))
}

#[test]
fn an_action_more_or_less_breaks_it() {
    let account = live(&cluster(""));
    let one = saved("", &group(""), &account);
    let two = saved("", &group("").group("idle", ""), &account);
    differ(&one, &two, &["nodegroup/idle create: is planned now, and was not saved"]);
    differ(&two, &one, &["nodegroup/idle create: was saved, and is not planned now"]);
}

#[test]
fn another_value_breaks_it() {
    let label = |label: &str, live_label: &str| {
        saved("", &group(&format!("labels: {{ {label} }}")), &live(&group(&format!("labels: {{ {live_label} }}"))))
    };
    let update = "nodegroup/jobs UpdateNodegroupConfig: labels:";
    let differs = |now: &Document, saved: &str, new: &str| {
        differ(&label("a: b", ""), now, &[&format!("{update} saved (none) → {saved}, now {new}")]);
    };
    differs(&label("a: c", ""), "{ a: b }", "(none) → { a: c }");
    differs(&label("a: b, c: d", ""), "{ a: b }", "(none) → { a: b, c: d }");
    differs(&label("a: b", "c: d"), "{ a: b }", "{ c: d } → { a: b }");
    // Entries that are there on both sides do not count.
    differ(&label("a: b, c: d", "c: d"), &label("a: b, e: f", "e: f"), &[]);
    let taints = |value: &str| {
        saved(
            "",
            &group("taints: [{ key: k, value: v, effect: NoSchedule }]"),
            &live(&group(&format!("taints: [{value}]"))),
        )
    };
    let other = "{ key: k, value: w, effect: NoSchedule }";
    let why = "nodegroup/jobs UpdateNodegroupConfig: taints: saved (none) → [k=v:NoSchedule], now [k=w:NoSchedule] → [k=v:NoSchedule]";
    differ(&taints(""), &taints(other), &[why]);
}

#[test]
fn another_field_breaks_it() {
    let taint = "taints: [{ key: k, value: v, effect: NoSchedule }]";
    let one = saved("", &group("labels: { a: b }"), &live(&group("")));
    let two = saved("", &group(&format!("labels: {{ a: b }}, {taint}")), &live(&group("")));
    let update = "nodegroup/jobs UpdateNodegroupConfig: taints:";
    differ(&one, &two, &[&format!("{update} now (none) → [k=v:NoSchedule], which was not saved")]);
    differ(&two, &one, &[&format!("{update} saved (none) → [k=v:NoSchedule], and it stays now")]);
    // A text shows what it replaces.
    let version = |from: &str| saved(FREE, &group("version: '1.34'"), &live(&group(&format!("version: '{from}'"))));
    let why = "nodegroup/jobs UpdateNodegroupVersion: version: saved 1.33 → 1.34, now 1.32 → 1.34";
    differ(&version("1.33"), &version("1.32"), &[why]);
}

#[test]
fn another_place_in_the_order_breaks_it() {
    let before = cluster("version: '1.34'").group("jobs", "version: '1.33'");
    let file = cluster("version: '1.34'").group("jobs", "version: '1.34', labels: { a: b }");
    let one = saved(FREE, &file, &live(&before));
    let mut two = one.clone();
    let roll = two.actions.iter_mut().find(|step| step.id.0.ends_with("UpdateNodegroupVersion")).unwrap();
    roll.after.clear();
    differ(&one, &two, &["nodegroup/jobs UpdateNodegroupVersion: its place in the order differs"]);
    // What is only waited for has none, and is no action that would have to be there.
    let waiting = saved(FREE, &file, &live(&before).is("nodegroup/jobs", "UPDATING"));
    differ(&one, &waiting, &[]);
    differ(&waiting, &one, &[]);
}

#[test]
fn a_block_that_comes_or_goes_breaks_it() {
    let account = live(&cluster("version: '1.34'"));
    let file = |version: &str| cluster("").group("jobs", &format!("version: '{version}'"));
    let (free, blocked) = (saved("", &file("1.34"), &account), saved("", &file("1.35"), &account));
    let why = "create: EKS makes nodegroups at the control plane's version, 1.34";
    let version =
        |saved: &str, now: &str| format!("nodegroup/jobs create: version: saved (none) → {saved}, now (none) → {now}");
    let comes = format!("nodegroup/jobs create: it is blocked now: {why}");
    differ(&free, &blocked, &[&comes, &version("1.34", "1.35")]);
    let goes = format!("nodegroup/jobs create: it was blocked when saved: {why}");
    differ(&blocked, &free, &[&goes, &version("1.35", "1.34")]);
}

#[test]
fn fewer_nodes_keep_it_and_more_break_it() {
    let pruned = |size: i32| saved("--prune --allow-disruption", &cluster(""), &live(&sized(size, "")));
    differ(&pruned(3), &pruned(2), &[]);
    differ(
        &pruned(2),
        &pruned(3),
        &["nodegroup/jobs delete: it disrupts more than was saved: the group is deleted; terminates 3 nodes"],
    );
    let roll = |size: i32| {
        let group = |version: &str, size| sized(size, &format!("version: '{version}', {MANAGED}"));
        saved(FREE, &group("1.34", 0), &live(&group("1.33", size)))
    };
    differ(&roll(1), &roll(7), &[]);
    differ(&roll(7), &roll(0), &[]);
    let why =
        |what: &str| format!("nodegroup/jobs UpdateNodegroupVersion: {what}EKS replaces every node; drains 7 nodes");
    differ(
        &roll(0),
        &roll(7),
        &[&why("it disrupts more than was saved: "), &why("version: it disrupts more than was saved: ")],
    );
}

#[test]
fn other_flags_break_it_where_they_matter() {
    let account = live(&cluster("").group("old", ""));
    let plan = |flags: &str| saved(flags, &group(""), &account);
    let flag =
        |flag: &str, saved: &str, now: &str| format!("{flag}: the plan was made {saved} it, and this is {now} it");
    differ(&plan("--prune"), &plan(""), &[&flag("--prune", "with", "without")]);
    differ(&plan(""), &plan("--prune"), &[&flag("--prune", "without", "with")]);
    differ(&plan(""), &plan("--allow-disruption"), &[&flag("--allow-disruption", "without", "with")]);
    // What has no such step was not asked about it.
    differ(&plan(""), &plan("--allow-irreversible"), &[]);
    differ(&plan("--allow-irreversible"), &plan(""), &[]);
    let account = live(&cluster("accessConfig: { authenticationMode: API_AND_CONFIG_MAP }").entry("alice", ADMIN));
    let plan = |flags: &str| saved(flags, &cluster(API).entry("alice", ADMIN), &account);
    differ(
        &plan("--allow-irreversible"),
        &plan(""),
        &["--allow-irreversible: the plan was made with it or on a terminal, and this is without it"],
    );
    differ(&plan(""), &plan("--allow-irreversible"), &[&flag("--allow-irreversible", "without", "with")]);
}

#[test]
fn other_circumstances_break_it_before_anything_is_compared() {
    let account = live(&cluster(""));
    let one = saved("", &group(""), &account);
    let mut other = saved("--target nodegroup/*", &group("labels: { a: b }"), &account);
    differ(&one, &other, &["--target: none in the saved plan, nodegroup/* now"]);
    let mut spelled = |change: fn(&mut Document), expected: &str| {
        other = one.clone();
        change(&mut other);
        assert_eq!(broken(&one, &other), [expected]);
    };
    spelled(|it| it.account = "444455556666".to_owned(), "account: 111122223333 in the saved plan, 444455556666 now");
    spelled(|it| it.region = "eu-west-1".to_owned(), "region: us-east-1 in the saved plan, eu-west-1 now");
    spelled(|it| it.cluster = "walkers".to_owned(), "cluster: runners in the saved plan, walkers now");
    spelled(|it| it.format_version = "0.9".to_owned(), "format: 1.0 in the saved plan, 0.9 now");
    let trueup = one.trueup.clone();
    spelled(|it| it.trueup = "9.9".to_owned(), &format!("version of trueup: {trueup} in the saved plan, 9.9 now"));
}

#[test]
fn a_forged_step_breaks_it() {
    let one = saved("--prune", &group(""), &live(&cluster("").entry("alice", VIEW)));
    let forged = |change: fn(&mut Document), expected: &[&str]| {
        let mut now = one.clone();
        change(&mut now);
        assert_eq!(broken(&one, &now), expected);
    };
    let last = "nodegroup/jobs create";
    forged(|it| it.actions[0].call = Some("Other".to_owned()), &[&format!("{last}: it does something else")]);
    forged(|it| it.actions[0].part = Some("other".to_owned()), &[&format!("{last}: it does something else")]);
    forged(|it| it.actions[0].operation = crate::plan::StepKind::Delete, &[&format!("{last}: it does something else")]);
    forged(
        |it| it.actions[0].address = crate::model::Address::new("nodegroup", "other"),
        &[&format!("{last}: it does something else")],
    );
    forged(|it| it.actions[0].irreversible = true, &[&format!("{last}: there is no way back, other than saved")]);
    // A step that stands there twice hides one of the two.
    let mut twice = one.clone();
    twice.actions.push(twice.actions[0].clone());
    assert_eq!(broken(&twice, &one), ["the saved plan names an action twice"]);
}

#[test]
fn that_it_was_made_for_another_is_told_where_that_may_be_why() {
    let account = live(&cluster(""));
    let of = |file: &File, arn: &str| saved("", file, &account.clone().caller(arn));
    let one = of(&group(""), "arn:aws:iam::111122223333:role/one");
    // By itself it breaks nothing: what counts is what would be done.
    differ(&one, &of(&group(""), "arn:aws:iam::111122223333:user/two"), &[]);
    let gone = "nodegroup/jobs create: was saved, and is not planned now";
    let another = "the plan was made for role/one and this is user/two, and each keeps its own way in: `plan --applied-by \
                   ARN` plans for another role";
    differ(&one, &of(&cluster(""), "arn:aws:iam::111122223333:user/two"), &[gone, another]);
    differ(&one, &of(&cluster(""), "arn:aws:iam::111122223333:role/one"), &[gone]);
    differ(&one, &of(&cluster(""), "arn:aws:iam::111122223333:root"), &[gone]);
}

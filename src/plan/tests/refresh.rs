//! The same action in the light of a new look, right before it is sent.

use super::live::{Account, exceeded, live, refreshed};
use super::{ADMIN, API, File, MANAGED, VIEW, cluster, planned};
use crate::plan::Plan;

const FREE: &str = "--prune --allow-disruption --allow-irreversible";
const CONFIG: &str = "nodegroup/jobs UpdateNodegroupConfig";
const DELETE: &str = "nodegroup/jobs delete";

fn group(settings: &str) -> File {
    cluster("").group("jobs", settings)
}

fn sized(size: i32, settings: &str) -> File {
    group(&format!("scalingConfig: {{ minSize: 0, maxSize: 9, desiredSize: {size} }}, {settings}"))
}

fn plan_of(file: &File, account: &Account) -> Plan {
    planned(FREE, file, account)
}

#[test]
fn an_update_carries_what_still_differs() {
    let plan = plan_of(&group("labels: { a: b, c: d }"), &live(&group("")));
    let now = |settings: &str| refreshed(&plan, CONFIG, &live(&group(settings)));
    assert_eq!(now(""), "proceed: labels: {  } → { a: b, c: d }");
    assert_eq!(now("labels: { a: b }"), "proceed: labels: { a: b } → { a: b, c: d }");
    assert_eq!(now("labels: { a: b, c: d }"), "up to date");
    // What is not seen at all is for the call to find out.
    assert_eq!(refreshed(&plan, CONFIG, &live(&group("")).without("nodegroup/jobs")), now(""));
}

#[test]
fn an_update_does_nothing_that_was_not_shown() {
    let plan = plan_of(&group("labels: { a: b }, tags: { t: u }"), &live(&group("")));
    let now = |settings: &str| refreshed(&plan, CONFIG, &live(&group(settings)));
    let beyond = "exceeds: it would now do more than the plan showed: labels: { e: f } → { a: b }";
    assert_eq!(now("labels: { e: f }"), beyond);
    assert_eq!(now("labels: { a: c }"), "proceed: labels: { a: c } → { a: b }");
    // Another field of the same call is no part of it either.
    let plan = plan_of(&group("labels: { a: b }, taints: []"), &live(&group("")));
    let tainted = live(&group("taints: [{ key: k, value: v, effect: NoSchedule }]"));
    let beyond = "exceeds: it would now do more than the plan showed: taints: [k=v:NoSchedule] → (none)";
    assert_eq!(refreshed(&plan, CONFIG, &tainted), beyond);
}

#[test]
fn a_size_that_has_to_be_within_new_limits_comes_by_itself_unless_it_disrupts() {
    let managed =
        |limits: &str, size: i32| group(&format!("scalingConfig: {{ {limits}, desiredSize: {size} }}, {MANAGED}"));
    let plan = plan_of(&managed("minSize: 2, maxSize: 5", 2), &live(&managed("minSize: 1, maxSize: 9", 3)));
    let now = |size: i32| refreshed(&plan, CONFIG, &live(&managed("minSize: 1, maxSize: 9", size)));
    let limits = "proceed: scalingConfig.minSize: 1 → 2; scalingConfig.maxSize: 9 → 5";
    assert_eq!(now(4), limits);
    assert_eq!(now(1), format!("{limits}; scalingConfig.desiredSize: 1 → 2"));
    assert_eq!(now(7), "exceeds: it would now do more than the plan showed: the group shrinks; terminates 2 nodes");
    // A size that the file chooses does not.
    let plan = plan_of(&sized(3, "labels: { a: b }"), &live(&sized(3, "")));
    let beyond = "exceeds: it would now do more than the plan showed: scalingConfig.desiredSize: 2 → 3";
    assert_eq!(refreshed(&plan, CONFIG, &live(&sized(2, ""))), beyond);
}

#[test]
fn what_was_hidden_while_it_was_made_comes_by_itself() {
    let file = group("labels: { a: b }, updateConfig: { maxUnavailable: 2 }, tags: { t: u }");
    let hidden = live(&group("")).is("nodegroup/jobs", "CREATING").hides_update_config("jobs");
    let plan = plan_of(&file, &hidden);
    let still = "proceed: labels: {  } → { a: b }; updateConfig.maxUnavailable: 1 → 2";
    assert_eq!(refreshed(&plan, CONFIG, &live(&group(""))), still);
}

#[test]
fn nodes_that_a_shrinking_group_loses_are_counted() {
    let plan = plan_of(&sized(1, ""), &live(&sized(3, "")));
    let now = |size: i32| refreshed(&plan, CONFIG, &live(&sized(size, "")));
    let shrinks = |from: i32, lost: &str| {
        let disruption = format!("~the group shrinks; terminates {lost}");
        format!("proceed: scalingConfig.desiredSize: {from} → 1 {disruption}; {disruption}")
    };
    assert_eq!(now(3), shrinks(3, "2 nodes"));
    assert_eq!(now(2), shrinks(2, "1 node"));
    assert_eq!(now(4), "exceeds: it would now do more than the plan showed: the group shrinks; terminates 3 nodes");
}

#[test]
fn nodes_of_a_roll_come_and_go() {
    let version = |version: &str, size: i32| sized(size, &format!("version: '{version}', {MANAGED}"));
    let roll = "nodegroup/jobs UpdateNodegroupVersion";
    let plan = plan_of(&version("1.34", 0), &live(&version("1.33", 2)));
    let drains = |nodes: &str| {
        let disruption = format!("~EKS replaces every node; drains {nodes}");
        format!("proceed: version: 1.33 → 1.34 {disruption}; {disruption}")
    };
    assert_eq!(refreshed(&plan, roll, &live(&version("1.33", 5))), drains("5 nodes"));
    assert_eq!(refreshed(&plan, roll, &live(&version("1.33", 0))), drains("0 nodes"));
    // But an empty group that is not empty any more was never agreed to.
    let plan = plan_of(&version("1.34", 0), &live(&version("1.33", 0)));
    assert_eq!(refreshed(&plan, roll, &live(&version("1.33", 0))), drains("0 nodes"));
    let beyond = "exceeds: it would now do more than the plan showed: EKS replaces every node; drains 1 node";
    assert_eq!(refreshed(&plan, roll, &live(&version("1.33", 1))), beyond);
}

#[test]
fn a_harmless_update_does_not_become_a_disruptive_one() {
    let taint = "taints: [{ key: k, value: v, effect: NoExecute }]";
    let plan = plan_of(&group(&format!("labels: {{ a: b }}, {taint}")), &live(&group(taint)));
    let beyond = "exceeds: it would now do more than the plan showed: a NoExecute taint evicts the pods that do not \
                  tolerate it; drains 1 node";
    assert_eq!(refreshed(&plan, CONFIG, &live(&group(""))), beyond);
}

#[test]
fn whoever_is_locked_out_is_as_shown() {
    let network = |ranges: &str| cluster(&format!("resourcesVpcConfig: {{ SUBNETS, publicAccessCidrs: [{ranges}] }}"));
    let endpoint = "cluster/runners UpdateClusterConfig (endpoint access)";
    let plan = plan_of(&network("203.0.113.0/24"), &live(&network("203.0.113.0/24, 198.51.100.0/24")));
    let now = |ranges: &str| refreshed(&plan, endpoint, &live(&network(ranges)));
    assert!(now("203.0.113.0/24, 198.51.100.0/24").starts_with("proceed: "));
    assert!(now("203.0.113.0/24, 192.0.2.0/24").starts_with("exceeds: it would now do more"));
    assert!(now("203.0.113.0/24, 198.51.100.0/24, 192.0.2.0/24").starts_with("exceeds: it would now do more"));
}

#[test]
fn a_deletion_waits_ends_or_is_given_up() {
    let before = sized(2, "");
    let plan = plan_of(&cluster(""), &live(&before));
    let now = |account: Account| refreshed(&plan, DELETE, &account);
    let terminates = |nodes: &str| format!("proceed: ~the group is deleted; terminates {nodes}");
    assert_eq!(now(live(&before)), terminates("2 nodes"));
    assert_eq!(now(live(&sized(1, ""))), terminates("1 node"));
    assert_eq!(
        now(live(&sized(3, ""))),
        "exceeds: it would now do more than the plan showed: the group is deleted; terminates 3 nodes"
    );
    assert_eq!(now(live(&before).without("nodegroup/jobs")), terminates("2 nodes"));
    assert_eq!(now(live(&before).is("nodegroup/jobs", "DELETING")), "in progress elsewhere");
    assert_eq!(now(live(&before).is("nodegroup/jobs", "UPDATING")), "busy: UPDATING");
    assert_eq!(now(live(&before).is("nodegroup/jobs", "CREATING")), "busy: CREATING");
    assert_eq!(now(live(&before).is("nodegroup/jobs", "DELETE_FAILED")), terminates("2 nodes"));
    let lost = "exceeds: it no longer carries our ownership tag";
    assert_eq!(now(live(&before).foreign("nodegroup/jobs")), lost);
    assert_eq!(now(live(&before).foreign("nodegroup/jobs").is("nodegroup/jobs", "DELETING")), lost);
}

#[test]
fn what_came_to_life_after_all_is_not_deleted_without_consent() {
    let before = sized(2, "");
    let plan = planned("", &before, &live(&before).is("nodegroup/jobs", "CREATE_FAILED"));
    let now = |account: Account| refreshed(&plan, DELETE, &account);
    assert_eq!(now(live(&before).is("nodegroup/jobs", "CREATE_FAILED")), "proceed: ");
    assert_eq!(now(live(&before)), "exceeds: it is no longer broken");
    // What disrupts nobody needs none.
    let plan = plan_of(&cluster(""), &live(&cluster("").entry("alice", VIEW)));
    assert_eq!(refreshed(&plan, "access-entry/alice delete", &live(&cluster("").entry("alice", VIEW))), "proceed: ");
}

#[test]
fn what_is_made_or_awaited_stays_what_it_is() {
    let plan = plan_of(&group(""), &live(&cluster("")));
    let create = refreshed(&plan, "nodegroup/jobs create", &live(&group("labels: { a: b }")));
    assert!(create.starts_with("proceed: nodeRole: (none) → node"), "{create}");
    let plan = plan_of(&group(""), &live(&group("")).is("nodegroup/jobs", "UPDATING"));
    assert_eq!(
        refreshed(&plan, "nodegroup/jobs wait until it is ready", &live(&group("labels: { a: b }"))),
        "proceed: "
    );
}

#[test]
fn access_is_taken_as_it_was_shown_and_no_further() {
    let entry = |settings: &str| cluster("").entry("alice", settings);
    let policies = |names: &[&str]| {
        let each: Vec<String> = names.iter().map(|name| format!("{{ policyArn: AmazonEKS{name}Policy }}")).collect();
        entry(&format!("accessPolicies: [{}]", each.join(", ")))
    };
    let plan = plan_of(&policies(&["Edit"]), &live(&policies(&["Edit", "View"])));
    let taken = "access-entry/alice DisassociateAccessPolicy";
    let now = |names: &[&str]| refreshed(&plan, taken, &live(&policies(names)));
    assert!(now(&["Edit", "View"]).starts_with("proceed: "));
    assert_eq!(now(&["Edit"]), "up to date");
    let more = now(&["Edit", "View", "Admin"]);
    assert!(more.starts_with("exceeds: it would now do more than the plan showed: accessPolicies: "), "{more}");
}

#[test]
fn a_later_plan_of_the_same_action_may_exceed_it() {
    let earlier = plan_of(&sized(1, ""), &live(&sized(3, "")));
    let later = |size: i32| plan_of(&sized(1, ""), &live(&sized(size, "")));
    assert_eq!(exceeded(CONFIG, &earlier, &later(2)), None);
    let why = "it would now do more than the plan showed: the group shrinks; terminates 4 nodes";
    assert_eq!(exceeded(CONFIG, &earlier, &later(5)).as_deref(), Some(why));
    // A change that disrupts nobody never exceeds it, whatever it is about.
    let harmless = |label: &str| plan_of(&group(&format!("labels: {{ {label} }}")), &live(&group("")));
    assert_eq!(exceeded(CONFIG, &harmless("a: b"), &harmless("c: d")), None);
    // Nor is what takes nothing from an entry; but what does is held to the letter.
    let entry = |settings: &str| cluster(API).entry("bob", ADMIN).entry("alice", settings);
    let groups = |from: &str, to: &str| {
        let groups = |names: &str| entry(&format!("kubernetesGroups: [{names}]"));
        plan_of(&groups(to), &live(&groups(from)))
    };
    let update = "access-entry/alice UpdateAccessEntry";
    assert_eq!(exceeded(update, &groups("", "a"), &groups("", "b")), None);
    assert_eq!(exceeded(update, &groups("a", "b"), &groups("a", "b")), None);
    let why = "it would now do more than the plan showed: kubernetesGroups: [c] → [b]";
    assert_eq!(exceeded(update, &groups("a", "b"), &groups("c", "b")).as_deref(), Some(why));
    assert_eq!(exceeded(update, &groups("", "b"), &groups("c", "b")).as_deref(), Some(why));
    let name = |from: &str, to: &str| {
        let name = |it: &str| entry(&format!("username: {it}"));
        plan_of(&name(to), &live(&name(from)))
    };
    let why = "it would now do more than the plan showed: username: x → z";
    assert_eq!(exceeded(update, &name("x", "y"), &name("x", "z")).as_deref(), Some(why));
    assert_eq!(exceeded(update, &name("x", "y"), &name("w", "y")), None);
}

#[test]
fn a_step_without_a_way_back_exceeds_one_with_one() {
    let mode = |from: &str, to: &str| {
        let with = |mode: &str| cluster(&format!("accessConfig: {{ authenticationMode: {mode} }}"));
        plan_of(&with(to), &live(&with(from)))
    };
    let call = "cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)";
    let steps = mode("CONFIG_MAP", "API_AND_CONFIG_MAP");
    assert_eq!(exceeded(call, &steps, &steps), None);
}

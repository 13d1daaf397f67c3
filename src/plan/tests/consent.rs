//! Consent: what nobody agreed to is blocked, and so is whatever needs it.

use expect_test::expect;

use super::live::live;
use super::workshop::{account, gadget, planned_of, seen, text, widget};
use super::{ADMIN, API, VIEW, check, check_with, cluster};
use crate::model::{Disruption, Effect};
use crate::plan::sentence;
use crate::resources::Live;

const BOTH: &str = "accessConfig: { authenticationMode: API_AND_CONFIG_MAP }";

#[test]
fn what_disrupts_nodes_takes_consent() {
    let group = |size: i32, settings: &str| {
        let scaling = format!("scalingConfig: {{ minSize: 0, maxSize: 9, desiredSize: {size} }}");
        cluster("").group("jobs", &format!("{scaling}, {settings}"))
    };
    let account = live(&group(3, ""));
    check(
        &group(1, "labels: { a: b }"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.desiredSize: 3 → 1 ~the group shrinks; terminates 2 nodes
                labels: {  } → { a: b }
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.desiredSize, labels} ~the group shrinks; terminates 2 nodes !UpdateNodegroupConfig is disruptive and nobody has consented; the same call carries labels (run with --allow-disruption to consent, or set `disruption: allow` on the nodegroup)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &group(1, "labels: { a: b }"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.desiredSize: 3 → 1 ~the group shrinks; terminates 2 nodes
                labels: {  } → { a: b }
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.desiredSize, labels} ~the group shrinks; terminates 2 nodes
        "#]],
    );
    check(
        &group(1, "disruption: allow"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.desiredSize: 3 → 1 ~the group shrinks; terminates 2 nodes
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.desiredSize} ~the group shrinks; terminates 2 nodes
        "#]],
    );
    // More nodes disrupt nobody.
    check(
        &group(4, ""),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.desiredSize: 3 → 4
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.desiredSize}
        "#]],
    );
    // The file's consent is to what is in the file.
    check_with(
        "--prune",
        &cluster(""),
        &live(&group(3, "disruption: allow")),
        expect![[r#"
            delete nodegroup/jobs ~the group is deleted; terminates 3 nodes
            nodegroup/jobs delete ~the group is deleted; terminates 3 nodes !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
}

#[test]
fn what_has_no_word_in_the_file_takes_the_flag() {
    let network = |ranges: &str| cluster(&format!("resourcesVpcConfig: {{ SUBNETS, publicAccessCidrs: [{ranges}] }}"));
    let account = live(&network("203.0.113.0/24, 198.51.100.0/24"));
    check(
        &network("203.0.113.0/24"),
        &account,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.publicAccessCidrs: [198.51.100.0/24, 203.0.113.0/24] → [203.0.113.0/24] ~addresses that reach the public endpoint today will not; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.publicAccessCidrs} ~addresses that reach the public endpoint today will not; somebody may be locked out !UpdateClusterConfig (endpoint access) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &network("203.0.113.0/24"),
        &account,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.publicAccessCidrs: [198.51.100.0/24, 203.0.113.0/24] → [203.0.113.0/24] ~addresses that reach the public endpoint today will not; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.publicAccessCidrs} ~addresses that reach the public endpoint today will not; somebody may be locked out
        "#]],
    );
}

#[test]
fn a_step_without_a_way_back_takes_consent() {
    let file = cluster(API).entry("alice", ADMIN);
    let account = live(&cluster(BOTH).entry("alice", ADMIN));
    check(
        &file,
        &account,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !! !UpdateClusterConfig (access config, to API) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &file,
        &account,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !! !UpdateClusterConfig (access config, to API): there is no way back (run with --allow-irreversible to consent)
        "#]],
    );
    check_with(
        "--allow-irreversible",
        &file,
        &account,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !! !UpdateClusterConfig (access config, to API) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check_with(
        "--allow-disruption --allow-irreversible",
        &file,
        &account,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !!
        "#]],
    );
}

#[test]
fn a_block_spreads_to_what_needs_it_and_no_further() {
    let before = cluster("").group("jobs", "labels: { a: b }, autoscaling: { clusterAutoscaler: managed }");
    let account = live(&before.clone().entry("alice", VIEW));
    let file = cluster("").group(
        "jobs",
        "labels: { a: c }, taints: [{ key: k, value: v, effect: NoExecute }], autoscaling: { clusterAutoscaler: \
         managed, suspendedProcesses: [AZRebalance], tags: { cost: ci } }",
    );
    check_with(
        "--prune",
        &file,
        &account,
        expect![[r#"
            update nodegroup/jobs
                labels: { a: b } → { a: c }
                taints: [] → [k=v:NoExecute] ~a NoExecute taint evicts the pods that do not tolerate it; drains 1 node
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → { k8s.io/cluster-autoscaler/node-template/label/a: c, k8s.io/cluster-autoscaler/node-template/taint/k: v:NoExecute }
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { cost: ci, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
                suspendedProcesses: [] → [AZRebalance]
            delete access-entry/alice
            nodegroup/jobs UpdateNodegroupConfig {labels, taints} ~a NoExecute taint evicts the pods that do not tolerate it; drains 1 node !UpdateNodegroupConfig is disruptive and nobody has consented; the same call carries labels (run with --allow-disruption to consent, or set `disruption: allow` on the nodegroup)
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags, tags} <- needs nodegroup/jobs UpdateNodegroupConfig !CreateOrUpdateTags waits for nodegroup/jobs UpdateNodegroupConfig, which is blocked (resolve that first)
            autoscaling-group/jobs SuspendProcesses {suspendedProcesses}
            access-entry/alice delete <- needs nodegroup/jobs UpdateNodegroupConfig; follows autoscaling-group/jobs CreateOrUpdateTags + autoscaling-group/jobs SuspendProcesses !delete waits for nodegroup/jobs UpdateNodegroupConfig, which is blocked (resolve that first)
        "#]],
    );
}

#[test]
fn what_cannot_be_made_again_is_kept() {
    let before = cluster("").group("jobs", "");
    let account = live(&before).is("nodegroup/jobs", "CREATE_FAILED");
    let file = cluster("").group("jobs", "version: '1.35'");
    check(
        &file,
        &account,
        expect![[r#"
            recreate nodegroup/jobs ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            nodegroup/jobs delete !it could not be made again: create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
            nodegroup/jobs create <- needs nodegroup/jobs delete !create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
        "#]],
    );
}

fn widgets() -> Live {
    account([seen(widget("a")), seen(widget("b")), seen(widget("ab")), seen(gadget("g", text("arn:x")))])
}

/// Which of the widgets and gadgets a prune may delete, and what else is said of the plan.
fn pruned(flags: &str) -> (Vec<String>, Vec<String>) {
    let plan = planned_of(&format!("--prune {flags}"), &[], &widgets());
    (plan.runnable().map(|action| action.address.to_string()).collect(), plan.notes)
}

#[test]
fn what_hits_an_unknown_number_of_nodes_takes_consent_and_is_told_so() {
    assert_eq!(pruned(""), (vec!["gadget/g".to_owned()], vec![]));
    let plan = planned_of("--prune", &[], &account([seen(widget("a"))]));
    let document = serde_json::to_value(plan.document()).unwrap();
    let because = "the widget is deleted";
    let disruption = serde_json::json!({ "effect": "endsPods", "nodes": null, "because": because });
    assert_eq!(document["actions"][0]["disruption"], disruption);
    assert_eq!(document["changes"][0]["disruption"], disruption);
    let told = |effect: Effect, nodes: Option<i32>| sentence(&Disruption { effect, nodes, because: because.into() });
    assert_eq!(told(Effect::Drains, None), "the widget is deleted; drains an unknown number of nodes");
    assert_eq!(told(Effect::Terminates, None), "the widget is deleted; terminates an unknown number of nodes");
    assert_eq!(told(Effect::MayRebalance, None), "the widget is deleted; an unknown number of nodes at risk");
    assert_eq!(told(Effect::Drains, Some(0)), "the widget is deleted; drains 0 nodes");
    assert_eq!(told(Effect::Drains, Some(1)), "the widget is deleted; drains 1 node");
    assert_eq!(told(Effect::EndsPods, None), "the widget is deleted; ends pods");
    assert_eq!(told(Effect::MayBreakAccess, None), "the widget is deleted; access to AWS may break");
    assert_eq!(told(Effect::MayLockOut, None), "the widget is deleted; somebody may be locked out");
}

#[test]
fn consent_is_to_addresses() {
    let may = |flags: &str| pruned(flags).0.join(" ");
    assert_eq!(may("--allow-disruption"), "gadget/g widget/a widget/ab widget/b");
    assert_eq!(may("--allow-disruption=widget/a"), "gadget/g widget/a");
    assert_eq!(may("--allow-disruption=widget/?"), "gadget/g widget/a widget/b");
    assert_eq!(may("--allow-disruption=widget/a*"), "gadget/g widget/a widget/ab");
    assert_eq!(may("--allow-disruption=*b"), "gadget/g widget/ab widget/b");
    assert_eq!(may("--allow-disruption=widget/a --allow-disruption=widget/b"), "gadget/g widget/a widget/b");
    assert_eq!(may("--allow-disruption=a"), "gadget/g");
    assert_eq!(may("--allow-disruption=gadget/*"), "gadget/g");
}

#[test]
fn consent_to_what_disrupts_nothing_is_told() {
    let note = |pattern: &str| format!("--allow-disruption={pattern} matches no disruptive change");
    let notes = |flags: &str| pruned(flags).1;
    assert_eq!(notes("--allow-disruption=widget/a"), Vec::<String>::new());
    assert_eq!(notes("--allow-disruption=gadget/g"), [note("gadget/g")]);
    assert_eq!(
        notes("--allow-disruption=nowhere --allow-disruption=widget/b --allow-disruption=g*"),
        [note("nowhere"), note("g*")]
    );
    // Without any pattern, everything is meant, also where nothing disrupts.
    let plan = |flags: &str| planned_of(flags, &[], &account([seen(gadget("g", text("arn:x")))]));
    assert_eq!(plan("--prune --allow-disruption").notes, Vec::<String>::new());
    assert_eq!(plan("--prune --allow-disruption=*/*").notes, [note("*/*")]);
    // What is outside of the targets disrupts nothing.
    let plan = planned_of("--prune --target widget/a --allow-disruption=widget/b", &[], &widgets());
    assert_eq!(plan.notes, [note("widget/b")]);
}

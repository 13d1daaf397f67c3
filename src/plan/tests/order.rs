//! The laws of order: each with a case in which nothing but that law makes the plan what it is.

use expect_test::expect;

use super::live::{live, nothing};
use super::{API, MANAGED, VIEW, check, check_with, cluster};

#[test]
fn one_update_at_a_time() {
    let file = cluster(
        "version: '1.35', upgradePolicy: { supportType: STANDARD }, logging: [api], deletionProtection: true, \
         tags: { team: platform }",
    );
    check(
        &file,
        &live(&cluster("version: '1.34'")),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
                upgradePolicy.supportType: EXTENDED → STANDARD
                logging: [] → [api]
                deletionProtection: false → true
                tags: { trueup/cluster: us-east-1/runners } → { team: platform, trueup/cluster: us-east-1/runners }
            cluster/runners UpdateClusterConfig (deletion protection) {deletionProtection}
            cluster/runners TagResource {tags}
            cluster/runners UpdateClusterConfig (logging) {logging} <- follows cluster/runners UpdateClusterConfig (deletion protection)
            cluster/runners UpdateClusterVersion {version} <- follows cluster/runners UpdateClusterConfig (logging)
            cluster/runners UpdateClusterConfig (upgrade policy) {upgradePolicy.supportType} <- needs cluster/runners UpdateClusterVersion
        "#]],
    );
}

#[test]
fn what_a_later_change_relies_on_has_to_succeed() {
    let before = cluster("version: '1.33', upgradePolicy: { supportType: STANDARD }, logging: []");
    check(
        &cluster("version: '1.34', upgradePolicy: { supportType: EXTENDED }, logging: [api]"),
        &live(&before),
        expect![[r#"
            update cluster/runners
                version: 1.33 → 1.34
                upgradePolicy.supportType: STANDARD → EXTENDED
                logging: [] → [api]
            cluster/runners UpdateClusterConfig (upgrade policy) {upgradePolicy.supportType}
            cluster/runners UpdateClusterConfig (logging) {logging} <- needs cluster/runners UpdateClusterConfig (upgrade policy)
            cluster/runners UpdateClusterVersion {version} <- needs cluster/runners UpdateClusterConfig (upgrade policy); follows cluster/runners UpdateClusterConfig (logging)
        "#]],
    );
}

#[test]
fn an_entry_of_nodes_comes_before_their_group() {
    let before = cluster(API);
    check(
        &before.clone().entry("node", "type: EC2_LINUX").entry("others", "type: EC2_LINUX").group("jobs", ""),
        &live(&before),
        expect![[r#"
            create access-entry/node
            create access-entry/others
            create nodegroup/jobs
            access-entry/node create
            access-entry/others create
            nodegroup/jobs create <- follows access-entry/node create
        "#]],
    );
}

#[test]
fn protection_goes_off_after_everything_else() {
    let file = cluster("version: '1.35', logging: [api], deletionProtection: false");
    check(
        &file,
        &live(&cluster("version: '1.34', deletionProtection: true")),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
                logging: [] → [api]
                deletionProtection: true → false
            cluster/runners UpdateClusterConfig (logging) {logging}
            cluster/runners UpdateClusterVersion {version} <- follows cluster/runners UpdateClusterConfig (logging)
            cluster/runners UpdateClusterConfig (deletion protection) {deletionProtection} <- follows cluster/runners UpdateClusterVersion
        "#]],
    );
}

#[test]
fn within_a_phase_policies_are_given_before_others_are_taken() {
    let before = cluster("").entry("alice", VIEW);
    let file = cluster("").entry("alice", "accessPolicies: [{ policyArn: AmazonEKSEditPolicy }]");
    check(
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSEditPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy
        "#]],
    );
}

#[test]
fn whatever_is_done_to_a_resource_needs_it_to_be_ready() {
    let before = cluster("logging: [api]");
    let file = cluster("logging: [audit], tags: { team: platform }");
    check(
        &file,
        &live(&before).is("cluster/runners", "UPDATING"),
        expect![[r#"
            update cluster/runners
                # is UPDATING; nothing is done to it before that has ended
                logging: [api] → [audit]
                tags: { trueup/cluster: us-east-1/runners } → { team: platform, trueup/cluster: us-east-1/runners }
            cluster/runners wait until it is ready
            cluster/runners TagResource {tags} <- needs cluster/runners wait until it is ready
            cluster/runners UpdateClusterConfig (logging) {logging} <- needs cluster/runners wait until it is ready
        "#]],
    );
}

#[test]
fn what_it_needs_comes_first() {
    let file = cluster(API).entry("alice", VIEW).group("jobs", &format!("labels: {{ a: b }}, {MANAGED}"));
    check(
        &file,
        &nothing(),
        expect![[r#"
            create cluster/runners
            create access-entry/alice
            create nodegroup/jobs
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs create
        "#]],
    );
}

#[test]
fn what_is_awaited_comes_before_what_needs_it() {
    let before = cluster("");
    let file = before.clone().group("jobs", "");
    check(
        &file,
        &live(&before).is("cluster/runners", "CREATING"),
        expect![[r#"
            wait cluster/runners
                # is CREATING; nothing is done to it before that has ended
            create nodegroup/jobs
            cluster/runners wait until it is ready
            nodegroup/jobs create <- needs cluster/runners wait until it is ready
        "#]],
    );
}

#[test]
fn nothing_is_built_on_what_is_unusable() {
    let before = cluster(API).group("old", "");
    let file = before.clone().group("jobs", "").entry("alice", VIEW);
    check(
        &file,
        &live(&before).is("cluster/runners", "FAILED"),
        expect![[r#"
            update cluster/runners
                !EKS reports FAILED (delete it with `trueup destroy`, then run apply again)
            create access-entry/alice
            create nodegroup/jobs
            access-entry/alice create !create: it needs cluster/runners, which is of no use as it is (resolve that first)
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create !AssociateAccessPolicy: it needs cluster/runners, which is of no use as it is (resolve that first)
            nodegroup/jobs create !create: it needs cluster/runners, which is of no use as it is (resolve that first)
        "#]],
    );
}

#[test]
fn tags_promise_only_what_the_group_has() {
    let group = |labels: &str, taints: &str| {
        cluster("").group("jobs", &format!("labels: {{ {labels} }}, taints: [{taints}], {MANAGED}"))
    };
    let taint = "{ key: dedicated, value: jobs, effect: NoSchedule }";
    let before = live(&group("a: b", ""));
    check(
        &group("a: c", ""),
        &before,
        expect![[r#"
            update nodegroup/jobs
                labels: { a: b } → { a: c }
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → { k8s.io/cluster-autoscaler/node-template/label/a: c }
            nodegroup/jobs UpdateNodegroupConfig {labels}
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig
        "#]],
    );
    check(
        &group("a: b", taint),
        &before,
        expect![[r#"
            update nodegroup/jobs
                taints: [] → [dedicated=jobs:NoSchedule]
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → { k8s.io/cluster-autoscaler/node-template/label/a: b, k8s.io/cluster-autoscaler/node-template/taint/dedicated: jobs:NoSchedule }
            nodegroup/jobs UpdateNodegroupConfig {taints}
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig
        "#]],
    );
}

#[test]
fn other_tags_promise_nothing() {
    let before = cluster("").group("jobs", "autoscaling: { clusterAutoscaler: excluded }");
    let file =
        cluster("").group("jobs", "labels: { a: b }, autoscaling: { clusterAutoscaler: excluded, tags: { c: d } }");
    check(
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                labels: {  } → { a: b }
            update autoscaling-group/jobs
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { c: d, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
            nodegroup/jobs UpdateNodegroupConfig {labels}
            autoscaling-group/jobs CreateOrUpdateTags {tags}
        "#]],
    );
    // Nor does a size of the group.
    let before = cluster("")
        .group("jobs", &format!("labels: {{ a: b }}, scalingConfig: {{ minSize: 1, maxSize: 2 }}, {MANAGED}"));
    let file = cluster("").group(
        "jobs",
        "labels: { a: b }, scalingConfig: { minSize: 1, maxSize: 3 }, autoscaling: { clusterAutoscaler: managed, \
         nodeTemplate: { resources: { cpu: '4' } } }",
    );
    check(
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.maxSize: 2 → 3
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → { k8s.io/cluster-autoscaler/node-template/label/a: b, k8s.io/cluster-autoscaler/node-template/resources/cpu: 4 }
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.maxSize}
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags}
        "#]],
    );
}

#[test]
fn groups_are_made_in_a_quiet_cluster() {
    let before = cluster("logging: [api], deletionProtection: true").group("old", "");
    let file = cluster("logging: [audit], deletionProtection: false, tags: { team: platform }")
        .group("old", "labels: { a: b }")
        .group("jobs", "");
    check(
        &file,
        &live(&before),
        expect![[r#"
            update cluster/runners
                logging: [api] → [audit]
                deletionProtection: true → false
                tags: { trueup/cluster: us-east-1/runners } → { team: platform, trueup/cluster: us-east-1/runners }
            update nodegroup/old
                labels: {  } → { a: b }
            create nodegroup/jobs
            cluster/runners TagResource {tags}
            cluster/runners UpdateClusterConfig (logging) {logging}
            cluster/runners UpdateClusterConfig (deletion protection) {deletionProtection} <- follows cluster/runners UpdateClusterConfig (logging)
            nodegroup/old UpdateNodegroupConfig {labels}
            nodegroup/jobs create <- follows cluster/runners UpdateClusterConfig (logging)
        "#]],
    );
}

#[test]
fn removals_come_last() {
    let before = cluster("logging: [api]").entry("alice", VIEW).group("old", "").group("jobs", "");
    let file = cluster("logging: [audit]").entry("bob", VIEW).group("jobs", "labels: { a: b }").group("new", "");
    check_with(
        "--prune --allow-disruption",
        &file,
        &live(&before),
        expect![[r#"
            update cluster/runners
                logging: [api] → [audit]
            create access-entry/bob
            update nodegroup/jobs
                labels: {  } → { a: b }
            create nodegroup/new
            delete access-entry/alice
            delete nodegroup/old ~the group is deleted; terminates 1 node
            cluster/runners UpdateClusterConfig (logging) {logging}
            access-entry/bob create
            access-entry/bob AssociateAccessPolicy {accessPolicies} <- needs access-entry/bob create
            nodegroup/jobs UpdateNodegroupConfig {labels}
            nodegroup/new create <- follows cluster/runners UpdateClusterConfig (logging)
            access-entry/alice delete <- needs access-entry/bob AssociateAccessPolicy + access-entry/bob create + nodegroup/jobs UpdateNodegroupConfig + nodegroup/new create; follows cluster/runners UpdateClusterConfig (logging)
            nodegroup/old delete <- needs nodegroup/jobs UpdateNodegroupConfig + nodegroup/new create; follows access-entry/bob AssociateAccessPolicy + access-entry/bob create + cluster/runners UpdateClusterConfig (logging) ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn nothing_is_removed_while_something_is_unusable() {
    let before = cluster("").entry("alice", VIEW).group("old", "").group("jobs", "");
    let file = cluster("").group("jobs", "");
    check_with(
        "--prune --allow-disruption",
        &file,
        &live(&before).is("nodegroup/jobs", "DELETE_FAILED"),
        expect![[r#"
            update nodegroup/jobs
                !EKS reports DELETE_FAILED (look at it in AWS; once it is repaired or deleted, run again)
            delete access-entry/alice
            delete nodegroup/old ~the group is deleted; terminates 1 node
            access-entry/alice delete !delete: nodegroup/jobs is of no use as it is, and pods need somewhere to go (resolve that first)
            nodegroup/old delete ~the group is deleted; terminates 1 node !delete: nodegroup/jobs is of no use as it is, and pods need somewhere to go (resolve that first)
        "#]],
    );
}

#[test]
fn a_removal_needs_what_is_waited_for() {
    let before = cluster("").group("old", "").group("jobs", "");
    let file = cluster("").group("jobs", "");
    let account = live(&before).is("nodegroup/jobs", "UPDATING").is("cluster/runners", "CREATING");
    check_with(
        "--prune --allow-disruption",
        &file,
        &account,
        expect![[r#"
            wait cluster/runners
                # is CREATING; nothing is done to it before that has ended
            wait nodegroup/jobs
                # is UPDATING; nothing is done to it before that has ended
            delete nodegroup/old ~the group is deleted; terminates 1 node
            cluster/runners wait until it is ready
            nodegroup/jobs wait until it is ready <- needs cluster/runners wait until it is ready
            nodegroup/old delete <- needs cluster/runners wait until it is ready + nodegroup/jobs wait until it is ready ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn what_is_made_again_goes_when_it_can_be_made() {
    let before = cluster("version: '1.34', logging: [api]").group("jobs", "").group("idle", "");
    let account = live(&before).is("nodegroup/jobs", "CREATE_FAILED");
    check(
        &cluster("logging: [audit]").group("jobs", "").group("idle", "labels: { a: b }"),
        &account,
        expect![[r#"
            update cluster/runners
                logging: [api] → [audit]
            recreate nodegroup/jobs ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            update nodegroup/idle
                labels: {  } → { a: b }
            cluster/runners UpdateClusterConfig (logging) {logging}
            nodegroup/jobs delete <- follows cluster/runners UpdateClusterConfig (logging)
            nodegroup/jobs create <- needs nodegroup/jobs delete; follows cluster/runners UpdateClusterConfig (logging)
            nodegroup/idle UpdateNodegroupConfig {labels}
        "#]],
    );
    // What cannot be made is kept.
    check(
        &cluster("logging: [audit]").group("jobs", "version: '1.35'"),
        &account,
        expect![[r#"
            update cluster/runners
                logging: [api] → [audit]
            recreate nodegroup/jobs ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            obsolete nodegroup/idle
            cluster/runners UpdateClusterConfig (logging) {logging}
            nodegroup/jobs delete <- follows cluster/runners UpdateClusterConfig (logging) !it could not be made again: create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
            nodegroup/jobs create <- needs nodegroup/jobs delete; follows cluster/runners UpdateClusterConfig (logging) !create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
        "#]],
    );
}

//! What becomes of one resource, whatever state it is in, and which actions that takes.

use expect_test::expect;

use super::live::{live, nothing};
use super::{ADMIN, API, MANAGED, VIEW, check, check_with, cluster, planned};
use crate::plan::Document;

#[test]
fn a_field_that_only_a_new_resource_can_have_is_a_blocker() {
    let before = cluster("").group("jobs", "instanceTypes: [m6i.large, m6a.large], remoteAccess: { ec2SshKey: one }");
    let file = cluster("").group(
        "jobs",
        "instanceTypes: [m6a.large, m6i.large], diskSize: 100, remoteAccess: { ec2SshKey: two, sourceSecurityGroups: \
         [sg-0a77aaaaaaaaaaaaa] }, labels: { a: b }",
    );
    check(
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                instanceTypes: [m6i.large, m6a.large] → [m6a.large, m6i.large] !only a new resource can have another instanceTypes, and replacing this one would end every pod on it (keep the live value here; add a resource under a new name, move the work over, then remove the old one with --prune)
                diskSize: 20 → 100 !only a new resource can have another diskSize, and replacing this one would end every pod on it (keep the live value here; add a resource under a new name, move the work over, then remove the old one with --prune)
                remoteAccess.ec2SshKey: one → two !only a new resource can have another remoteAccess.ec2SshKey, and replacing this one would end every pod on it (keep the live value here; add a resource under a new name, move the work over, then remove the old one with --prune)
                remoteAccess.sourceSecurityGroups: (none) → [sg-0a77aaaaaaaaaaaaa] !only a new resource can have another remoteAccess.sourceSecurityGroups, and replacing this one would end every pod on it (leave it out here; add a resource under a new name, move the work over, then remove the old one with --prune)
                labels: {  } → { a: b }
            nodegroup/jobs UpdateNodegroupConfig {labels}
        "#]],
    );
    // Of spot instances the order of types means nothing.
    let spot = |types: &str| cluster("").group("jobs", &format!("capacityType: SPOT, instanceTypes: [{types}]"));
    check(&spot("m6a.large, m6i.large"), &live(&spot("m6i.large, m6a.large")), expect![""]);
    check(
        &spot("m6a.large"),
        &live(&spot("m6i.large, m6a.large")),
        expect![[r#"
            update nodegroup/jobs
                instanceTypes: [m6i.large, m6a.large] → [m6a.large] !only a new resource can have another instanceTypes, and replacing this one would end every pod on it (keep the live value here; add a resource under a new name, move the work over, then remove the old one with --prune)
        "#]],
    );
    let fixed = cluster("kubernetesNetworkConfig: { serviceIpv4Cidr: 172.30.0.0/16 }");
    check(
        &fixed,
        &live(&cluster("")),
        expect![[r#"
            update cluster/runners
                kubernetesNetworkConfig.serviceIpv4Cidr: 10.100.0.0/16 → 172.30.0.0/16 !kubernetesNetworkConfig.serviceIpv4Cidr can never change (write the live value into the file, or make a new one)
        "#]],
    );
}

#[test]
fn a_control_plane_ahead_of_the_file_is_kept() {
    check(
        &cluster("version: '1.34'"),
        &live(&cluster("version: '1.35'")),
        expect![[r#"
            keep cluster/runners
                version: 1.35 → 1.34 = the control plane runs 1.35, ahead of the file; it is not taken back, so write "1.35" into the file
        "#]],
    );
    let file = cluster("version: '1.34', logging: [api]");
    check(
        &file,
        &live(&cluster("version: '1.35'")),
        expect![[r#"
            update cluster/runners
                version: 1.35 → 1.34 = the control plane runs 1.35, ahead of the file; it is not taken back, so write "1.35" into the file
                logging: [] → [api]
            cluster/runners UpdateClusterConfig (logging) {logging}
        "#]],
    );
}

#[test]
fn a_control_plane_goes_one_minor_at_a_time() {
    check(
        &cluster("version: '1.35'"),
        &live(&cluster("version: '1.32'")),
        expect![[r#"
            update cluster/runners
                version: 1.32 → 1.35 !EKS upgrades one minor at a time; 1.32 to 1.35 takes 3 steps: 1.33, 1.34, 1.35 (set version to "1.33", apply, bring the nodegroups along, and go on from there)
        "#]],
    );
    check(
        &cluster("version: '1.35'"),
        &live(&cluster("version: '1.26'")),
        expect![[r#"
            update cluster/runners
                version: 1.26 → 1.35 !EKS upgrades one minor at a time; 1.26 to 1.35 takes 9 steps: 1.27, 1.28, 1.29, 1.30, 1.31, 1.32, 1.33, 1.34, … (set version to "1.27", apply, bring the nodegroups along, and go on from there)
        "#]],
    );
    check(
        &cluster("version: '1.35'"),
        &live(&cluster("version: '1.27'")),
        expect![[r#"
            update cluster/runners
                version: 1.27 → 1.35 !EKS upgrades one minor at a time; 1.27 to 1.35 takes 8 steps: 1.28, 1.29, 1.30, 1.31, 1.32, 1.33, 1.34, 1.35 (set version to "1.28", apply, bring the nodegroups along, and go on from there)
        "#]],
    );
}

#[test]
fn nodes_never_go_back() {
    let group = |version: &str, release: &str| {
        cluster("version: '1.34'").group("jobs", &format!("version: '{version}', releaseVersion: {release}"))
    };
    let before = live(&group("1.34", "1.34.2-20251112"));
    check_with(
        "--allow-disruption",
        &group("1.33", "1.33.5-20251016"),
        &before,
        expect![[r#"
            update nodegroup/jobs
                version: 1.34 → 1.33 !EKS does not take nodes back to an older version or release (write the live one into the file, or add a group under a new name)
                releaseVersion: 1.34.2-20251112 → 1.33.5-20251016 !EKS does not take nodes back to an older version or release (write the live one into the file, or add a group under a new name)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &group("1.34", "1.34.2-20251209"),
        &before,
        expect![[r#"
            update nodegroup/jobs
                releaseVersion: 1.34.2-20251112 → 1.34.2-20251209 ~EKS replaces every node; drains 1 node
            nodegroup/jobs UpdateNodegroupVersion {releaseVersion} ~EKS replaces every node; drains 1 node
        "#]],
    );
}

#[test]
fn a_create_call_takes_everything_but_policies() {
    let file = cluster(API).entry("alice", &format!("{VIEW}, kubernetesGroups: [a], tags: {{ c: d, e: null }}"));
    let plan = planned("", &file, &live(&cluster(API))).document();
    assert_eq!(carried(&plan, "create"), ["kubernetesGroups: [a]", "tags: { c: d }"]);
    assert_eq!(carried(&plan, "AssociateAccessPolicy"), ["accessPolicies: { AmazonEKSViewPolicy: cluster }"]);
    // What is listed as empty is not shown.
    let plan =
        planned("", &cluster(API).entry("alice", "accessPolicies: [], kubernetesGroups: []"), &live(&cluster(API)));
    assert!(carried(&plan.document(), "create").is_empty());
}

/// What the one action whose name ends so sets fields to.
fn carried(plan: &Document, operation: &str) -> Vec<String> {
    let mut steps = plan.actions.iter().filter(|step| step.id.0.ends_with(operation));
    let step = steps.next().expect("it is planned");
    assert!(steps.next().is_none(), "there are several");
    assert!(step.changes.iter().all(|change| change.from.is_none() || operation != "create"));
    let to = |change: &crate::model::FieldChange| change.to.as_ref().map(ToString::to_string);
    step.changes.iter().map(|change| format!("{}: {}", change.name, to(change).unwrap_or_default())).collect()
}

#[test]
fn what_is_being_made_is_compared_as_far_as_it_is_shown() {
    let before = cluster("").group("jobs", "labels: { a: b }");
    let file = cluster("").group("jobs", "labels: { a: c }, updateConfig: { maxUnavailable: 2 }");
    let account = live(&before).is("nodegroup/jobs", "CREATING");
    check(
        &file,
        &account,
        expect![[r#"
            update nodegroup/jobs
                # is CREATING; nothing is done to it before that has ended
                labels: { a: b } → { a: c }
                updateConfig.maxUnavailable: 1 → 2
            nodegroup/jobs wait until it is ready
            nodegroup/jobs UpdateNodegroupConfig {labels, updateConfig.maxUnavailable} <- needs nodegroup/jobs wait until it is ready
        "#]],
    );
    check(
        &file,
        &account.clone().hides_update_config("jobs"),
        expect![[r#"
            update nodegroup/jobs
                # is CREATING; nothing is done to it before that has ended
                labels: { a: b } → { a: c }
            nodegroup/jobs wait until it is ready
            nodegroup/jobs UpdateNodegroupConfig {labels} <- needs nodegroup/jobs wait until it is ready
        "#]],
    );
    // Once it is there, what is not shown differs.
    check(
        &file,
        &live(&before).hides_update_config("jobs"),
        expect![[r#"
            update nodegroup/jobs
                labels: { a: b } → { a: c }
                updateConfig.maxUnavailable: (none) → 2
            nodegroup/jobs UpdateNodegroupConfig {labels, updateConfig.maxUnavailable}
        "#]],
    );
    // And where nothing else differs it is only waited for.
    let file = cluster("").group("jobs", "labels: { a: b }, updateConfig: { maxUnavailable: 2 }");
    check(
        &file,
        &account.hides_update_config("jobs"),
        expect![[r#"
            wait nodegroup/jobs
                # is CREATING; nothing is done to it before that has ended
            nodegroup/jobs wait until it is ready
        "#]],
    );
}

#[test]
fn what_somebody_else_changes_is_waited_for_and_then_changed() {
    let before = cluster("").group("jobs", MANAGED);
    let account = live(&before).is("nodegroup/jobs", "UPDATING");
    check(
        &before,
        &account,
        expect![[r#"
            wait nodegroup/jobs
                # is UPDATING; nothing is done to it before that has ended
            nodegroup/jobs wait until it is ready
        "#]],
    );
    check(
        &cluster("").group("jobs", &format!("labels: {{ a: b }}, {MANAGED}")),
        &account,
        expect![[r#"
            update nodegroup/jobs
                # is UPDATING; nothing is done to it before that has ended
                labels: {  } → { a: b }
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            nodegroup/jobs wait until it is ready
            nodegroup/jobs UpdateNodegroupConfig {labels} <- needs nodegroup/jobs wait until it is ready
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig + nodegroup/jobs wait until it is ready
        "#]],
    );
}

#[test]
fn what_is_being_deleted_is_made_again_once_it_is_gone() {
    let file = cluster(API).entry("alice", ADMIN).group("jobs", &format!("labels: {{ a: b }}, {MANAGED}"));
    check(
        &file,
        &live(&file).is("nodegroup/jobs", "DELETING"),
        expect![[r#"
            create nodegroup/jobs
                # is DELETING; it is made again once it is gone
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            nodegroup/jobs wait until it is gone
            nodegroup/jobs create <- needs nodegroup/jobs wait until it is gone
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs create
        "#]],
    );
    check(
        &file,
        &live(&file).is("cluster/runners", "DELETING"),
        expect![[r#"
            create cluster/runners
                # is DELETING; it is made again once it is gone
            create access-entry/alice
            create nodegroup/jobs
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            cluster/runners wait until it is gone
            cluster/runners create <- needs cluster/runners wait until it is gone
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs create
        "#]],
    );
    // What is not in the file is left to go.
    check_with(
        "--prune",
        &cluster(API).entry("alice", ADMIN),
        &live(&file).is("nodegroup/jobs", "DELETING"),
        expect![[r#"
            wait nodegroup/jobs
                # is being deleted
            nodegroup/jobs wait until it is gone
        "#]],
    );
}

#[test]
fn what_failed_while_it_was_made_is_made_again_if_it_is_ours() {
    let file = cluster("").group("jobs", &format!("labels: {{ a: b }}, {MANAGED}"));
    let account = live(&file).is("nodegroup/jobs", "CREATE_FAILED");
    check(
        &file,
        &account,
        expect![[r#"
            recreate nodegroup/jobs ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            nodegroup/jobs delete
            nodegroup/jobs create <- needs nodegroup/jobs delete
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs create
        "#]],
    );
    check(
        &file,
        &account.foreign("nodegroup/jobs"),
        expect![[r#"
            update nodegroup/jobs
                !EKS reports CREATE_FAILED, and it does not carry our ownership tag, so it is not ours to delete (look at it in AWS; once it is repaired or deleted, run again)
        "#]],
    );
}

#[test]
fn what_needs_a_person_is_left_to_one() {
    let file = cluster("").group("jobs", &format!("labels: {{ a: b }}, {MANAGED}"));
    let account = live(&cluster("").group("jobs", MANAGED)).is("nodegroup/jobs", "DELETE_FAILED");
    check(
        &file,
        &account,
        expect![[r#"
            update nodegroup/jobs
                !EKS reports DELETE_FAILED (look at it in AWS; once it is repaired or deleted, run again)
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} !CreateOrUpdateTags: it needs nodegroup/jobs, which is of no use as it is (resolve that first)
        "#]],
    );
}

#[test]
fn a_group_that_is_ill_is_changed_and_its_issues_are_told() {
    let file = cluster("").group("jobs", "");
    let account = live(&file).is("nodegroup/jobs", "DEGRADED");
    check(
        &file,
        &account,
        expect![[r#"
            keep nodegroup/jobs
                # AsgInstanceLaunchFailures: no capacity
        "#]],
    );
    check(
        &cluster("").group("jobs", "labels: { a: b }"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                # AsgInstanceLaunchFailures: no capacity
                labels: {  } → { a: b }
            nodegroup/jobs UpdateNodegroupConfig {labels}
        "#]],
    );
}

#[test]
fn what_the_file_does_not_have_is_told_and_pruned_only_if_it_is_ours() {
    let before = cluster("").entry("alice", VIEW).group("old", MANAGED).group("theirs", "").group("leaving", "");
    let account = live(&before).foreign("nodegroup/theirs").is("nodegroup/leaving", "DELETING");
    let account = account.is("nodegroup/old", "DEGRADED");
    check(
        &cluster(""),
        &account,
        expect![[r#"
            obsolete access-entry/alice
            obsolete nodegroup/leaving
                # is being deleted
            obsolete nodegroup/old
                # AsgInstanceLaunchFailures: no capacity
            unmanaged nodegroup/theirs
                # to hand it over to --prune: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/theirs/1 --tags trueup/cluster=us-east-1/runners
        "#]],
    );
    check_with(
        "--prune",
        &cluster(""),
        &account,
        expect![[r#"
            delete access-entry/alice
            wait nodegroup/leaving
                # is being deleted
            delete nodegroup/old ~the group is deleted; terminates 1 node
                # AsgInstanceLaunchFailures: no capacity
            unmanaged nodegroup/theirs
                # to hand it over to --prune: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/theirs/1 --tags trueup/cluster=us-east-1/runners
            access-entry/alice delete
            nodegroup/leaving wait until it is gone
            nodegroup/old delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check_with(
        "--prune --allow-disruption",
        &cluster(""),
        &account,
        expect![[r#"
            delete access-entry/alice
            wait nodegroup/leaving
                # is being deleted
            delete nodegroup/old ~the group is deleted; terminates 1 node
                # AsgInstanceLaunchFailures: no capacity
            unmanaged nodegroup/theirs
                # to hand it over to --prune: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/theirs/1 --tags trueup/cluster=us-east-1/runners
            access-entry/alice delete
            nodegroup/leaving wait until it is gone
            nodegroup/old delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn what_is_absent_is_unmanaged_and_what_is_present_is_exact() {
    let before = cluster("logging: [api, audit], tags: { a: b }")
        .entry("alice", &format!("{VIEW}, kubernetesGroups: [viewers]"))
        .group("jobs", "labels: { a: b }, taints: [{ key: k, value: v, effect: NoSchedule }], tags: { c: d }");
    let account = live(&before).tagged("nodegroup/jobs", "by", "somebody");
    check(&cluster("").entry("alice", "").group("jobs", ""), &account, expect![""]);
    let none = cluster("logging: [], tags: { a: null }")
        .entry("alice", "accessPolicies: [], kubernetesGroups: []")
        .group("jobs", "labels: {}, taints: [], tags: { c: null, gone: null }");
    check(
        &none,
        &account,
        expect![[r#"
            update cluster/runners
                logging: [api, audit] → []
                tags: { a: b, trueup/cluster: us-east-1/runners } → { trueup/cluster: us-east-1/runners }
            update access-entry/alice
                kubernetesGroups: [viewers] → []
                accessPolicies: { AmazonEKSViewPolicy: cluster } → {  }
            update nodegroup/jobs
                labels: { a: b } → {  }
                taints: [k=v:NoSchedule] → []
                tags: { by: somebody, c: d, trueup/cluster: us-east-1/runners } → { by: somebody, trueup/cluster: us-east-1/runners }
            cluster/runners UpdateClusterConfig (logging) {logging}
            cluster/runners UntagResource {tags}
            access-entry/alice UpdateAccessEntry {kubernetesGroups}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice UpdateAccessEntry
            nodegroup/jobs UpdateNodegroupConfig {labels, taints}
            nodegroup/jobs UntagResource {tags}
        "#]],
    );
}

#[test]
fn labels_that_eksctl_selects_on_stay() {
    let before =
        cluster("").group("jobs", &format!("labels: {{ alpha.eksctl.io/nodegroup-name: jobs, a: b }}, {MANAGED}"));
    let file = cluster("").group("jobs", &format!("labels: {{ c: d }}, {MANAGED}"));
    check(
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                labels: { a: b, alpha.eksctl.io/nodegroup-name: jobs } → { alpha.eksctl.io/nodegroup-name: jobs, c: d }
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b, k8s.io/cluster-autoscaler/node-template/label/alpha.eksctl.io/nodegroup-name: jobs } → { k8s.io/cluster-autoscaler/node-template/label/alpha.eksctl.io/nodegroup-name: jobs, k8s.io/cluster-autoscaler/node-template/label/c: d }
            nodegroup/jobs UpdateNodegroupConfig {labels}
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig
            autoscaling-group/jobs DeleteTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig
        "#]],
    );
    let silent = cluster("").group("jobs", MANAGED);
    check(&silent, &live(&before), expect![""]);
}

#[test]
fn sizes_of_the_autoscaler_are_only_brought_within_the_limits() {
    let group = |min: i32, max: i32, desired: &str, scaled_by: &str| {
        let scaling = format!("scalingConfig: {{ minSize: {min}, maxSize: {max}, {desired} }}");
        cluster("").group("jobs", &format!("{scaling}, autoscaling: {{ clusterAutoscaler: {scaled_by} }}"))
    };
    let account = live(&group(1, 9, "desiredSize: 5", "managed"));
    check_with("--allow-disruption", &group(1, 9, "desiredSize: 2", "managed"), &account, expect![""]);
    check_with(
        "--allow-disruption",
        &group(1, 3, "desiredSize: 2", "managed"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.maxSize: 9 → 3
                scalingConfig.desiredSize: 5 → 3 ~the group shrinks; terminates 2 nodes
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.maxSize, scalingConfig.desiredSize} ~the group shrinks; terminates 2 nodes
        "#]],
    );
    check_with(
        "--allow-disruption",
        &group(7, 9, "", "managed"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.minSize: 1 → 7
                scalingConfig.desiredSize: 5 → 7
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.minSize, scalingConfig.desiredSize}
        "#]],
    );
    check_with(
        "--allow-disruption",
        &group(1, 9, "desiredSize: 2", "excluded"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.desiredSize: 5 → 2 ~the group shrinks; terminates 3 nodes
            update autoscaling-group/jobs
                discoveryTags: { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned } → {  }
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.desiredSize} ~the group shrinks; terminates 3 nodes
            autoscaling-group/jobs DeleteTags {discoveryTags}
        "#]],
    );
    check_with(
        "--allow-disruption",
        &group(1, 3, "", "excluded"),
        &account,
        expect![[r#"
            update nodegroup/jobs
                scalingConfig.maxSize: 9 → 3
                scalingConfig.desiredSize: 5 → 3 ~the group shrinks; terminates 2 nodes
            update autoscaling-group/jobs
                discoveryTags: { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned } → {  }
            nodegroup/jobs UpdateNodegroupConfig {scalingConfig.maxSize, scalingConfig.desiredSize} ~the group shrinks; terminates 2 nodes
            autoscaling-group/jobs DeleteTags {discoveryTags}
        "#]],
    );
    // A group that is made has the size that is listed, or the smallest.
    let made = |file| planned("", &file, &nothing()).document();
    let size = "scalingConfig.desiredSize: 2".to_owned();
    assert!(carried(&made(group(1, 9, "desiredSize: 2", "managed")), "nodegroup/jobs create").contains(&size));
    assert!(carried(&made(group(2, 9, "", "managed")), "nodegroup/jobs create").contains(&size));
}

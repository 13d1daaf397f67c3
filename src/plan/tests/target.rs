//! Plans narrowed by `--target`: what is inside, what has to be made first, and what is cut off.

use expect_test::expect;

use super::live::{live, nothing};
use super::{API, MANAGED, VIEW, check_with, cluster, planned};

#[test]
fn a_target_takes_its_children_along_and_nothing_else() {
    let before = cluster("logging: [api]").entry("alice", VIEW).group("jobs", MANAGED).group("idle", "");
    let file = cluster("logging: [audit]")
        .entry("alice", "accessPolicies: []")
        .group("jobs", "labels: { a: b }, autoscaling: { clusterAutoscaler: managed, tags: { cost: ci } }")
        .group("idle", "labels: { a: b }");
    let account = live(&before);
    check_with(
        "--target nodegroup/jobs",
        &file,
        &account,
        expect![[r#"
            update nodegroup/jobs
                labels: {  } → { a: b }
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { cost: ci, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
            nodegroup/jobs UpdateNodegroupConfig {labels}
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags, tags} <- needs nodegroup/jobs UpdateNodegroupConfig
        "#]],
    );
    check_with(
        "--target autoscaling-group/jobs",
        &file,
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { cost: ci, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags, tags} !CreateOrUpdateTags: it needs nodegroup/jobs UpdateNodegroupConfig, which is outside of --target (give that address as --target, too)
        "#]],
    );
    check_with(
        "--target */idle --target access-entry/*",
        &file,
        &account,
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSViewPolicy: cluster } → {  }
            update nodegroup/idle
                labels: {  } → { a: b }
            access-entry/alice DisassociateAccessPolicy {accessPolicies}
            nodegroup/idle UpdateNodegroupConfig {labels}
        "#]],
    );
    check_with(
        "--target nodegroup/i?le",
        &file,
        &account,
        expect![[r#"
            update nodegroup/idle
                labels: {  } → { a: b }
            nodegroup/idle UpdateNodegroupConfig {labels}
        "#]],
    );
    let whole = planned("--target cluster/runners", &file, &account);
    assert_eq!(whole.actions, planned("", &file, &account).actions, "everything needs the cluster");
}

#[test]
fn of_an_ancestor_only_the_making_is_kept() {
    let file = cluster("").group("jobs", &format!("labels: {{ a: b }}, {MANAGED}")).group("idle", "");
    check_with(
        "--target autoscaling-group/jobs",
        &file,
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/jobs
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} <- needs nodegroup/jobs create
        "#]],
    );
    let before = cluster("logging: [api]");
    let changed = cluster("logging: [audit]").group("jobs", "");
    check_with(
        "--target nodegroup/jobs",
        &changed,
        &live(&before),
        expect![[r#"
            create nodegroup/jobs
            nodegroup/jobs create
        "#]],
    );
    check_with(
        "--target nodegroup/jobs",
        &changed,
        &live(&before).is("cluster/runners", "UPDATING"),
        expect![[r#"
            wait cluster/runners
                # is UPDATING; nothing is done to it before that has ended
            create nodegroup/jobs
            cluster/runners wait until it is ready
            nodegroup/jobs create <- needs cluster/runners wait until it is ready
        "#]],
    );
    // Which an idle target does not ask for.
    let idle = live(&before.clone().group("jobs", "")).is("cluster/runners", "UPDATING");
    check_with("--target nodegroup/jobs", &changed, &idle, expect![""]);
}

#[test]
fn whatever_needs_something_outside_is_blocked() {
    let before = cluster("version: '1.34'").group("jobs", "version: '1.34'").group("idle", "version: '1.33'");
    let file = cluster("version: '1.35'").group("jobs", "version: '1.35'").group("idle", "version: '1.34'");
    check_with(
        "--allow-disruption --target nodegroup/*",
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                version: 1.34 → 1.35 ~EKS replaces every node; drains 1 node
            update nodegroup/idle
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
            nodegroup/jobs UpdateNodegroupVersion {version} ~EKS replaces every node; drains 1 node !UpdateNodegroupVersion: it needs cluster/runners UpdateClusterVersion, which is outside of --target (give that address as --target, too)
            nodegroup/idle UpdateNodegroupVersion {version} ~EKS replaces every node; drains 1 node
        "#]],
    );
    let before = cluster(API).entry("alice", VIEW).entry("bob", VIEW);
    let file = cluster(API).entry("carol", VIEW).entry("bob", VIEW);
    check_with(
        "--prune --target access-entry/*alice",
        &file,
        &live(&before),
        expect![[r#"
            delete access-entry/alice
            access-entry/alice delete !delete: it needs access-entry/carol AssociateAccessPolicy, which is outside of --target (give that address as --target, too)
        "#]],
    );
}

#[test]
fn only_what_is_inside_is_pruned() {
    let before = cluster("").entry("alice", VIEW).group("old", "").group("older", "");
    check_with(
        "--prune --allow-disruption --target nodegroup/old",
        &cluster(""),
        &live(&before),
        expect![[r#"
            delete nodegroup/old ~the group is deleted; terminates 1 node
            nodegroup/old delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn what_is_left_alone_is_counted_where_it_differs() {
    let before = cluster("logging: [api], version: '1.35'")
        .entry("alice", VIEW)
        .group("jobs", "")
        .group("stuck", "")
        .group("old", "")
        .group("theirs", "");
    let file = cluster("logging: [audit], version: '1.34'")
        .entry("alice", VIEW)
        .group("jobs", "")
        .group("new", "")
        .group("stuck", "");
    let account = live(&before).is("nodegroup/stuck", "DELETE_FAILED").foreign("nodegroup/theirs");
    let left = |target: &str| planned(target, &file, &account).narrowed.map(|it| it.left_alone);
    // The cluster, the new group and the stuck one; not the entry, nor what the file does not have.
    assert_eq!(left("--target nodegroup/jobs"), Some(3));
    assert_eq!(left("--target nodegroup/stuck"), Some(2));
    assert_eq!(left("--target nodegroup/*"), Some(1));
    assert_eq!(left(""), None);
    let kept = planned("--target nodegroup/jobs", &cluster("version: '1.34'").group("jobs", ""), &live(&before));
    assert_eq!(kept.document().summary.left_alone, 1, "a control plane that is ahead of the file differs");
}

#[test]
fn a_target_that_is_nowhere_is_told_with_what_was_probably_meant() {
    let file = cluster("").entry("alice", VIEW).group("jobs", "").group("idle", "");
    let account = live(&cluster("").group("old", ""));
    let unknown = |flags: &str| -> Vec<(String, Option<String>)> {
        let narrowed = planned(flags, &file, &account).narrowed.expect("there are targets");
        narrowed.unknown.into_iter().map(|it| (it.target, it.nearest)).collect()
    };
    let known = "--target nodegroup/jobs --target nodegroup/old --target cluster/* --target autoscaling-group/old";
    assert_eq!(unknown(known), []);
    let nearest = |target: &str, meant: &str| {
        assert_eq!(unknown(&format!("--target {target}")), [(target.to_owned(), Some(meant.to_owned()))]);
    };
    nearest("nodegroup/jbos", "nodegroup/jobs");
    nearest("idle", "nodegroup/idle");
    assert_eq!(unknown("--target nodegroup/jobs --target elsewhere"), [("elsewhere".to_owned(), None)]);
}

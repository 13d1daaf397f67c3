//! Access entries that are not anybody's: the creator's, the caller's, and those by which nodes join.

use expect_test::expect;

use super::live::{live, nothing};
use super::{ADMIN, API, PIPELINE, VIEW, check, check_with, cluster};

#[test]
fn whoever_makes_the_cluster_gets_an_entry_by_that() {
    let file = cluster(API).entry("pipeline", "kubernetesGroups: [operators], accessPolicies: []").entry("alice", VIEW);
    check(
        &file,
        &nothing(),
        expect![[r#"
            create cluster/runners
            born access-entry/pipeline with cluster/runners
                kubernetesGroups: [] → [operators]
            create access-entry/alice
            cluster/runners create
            access-entry/pipeline UpdateAccessEntry {kubernetesGroups} <- needs cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
        "#]],
    );
    // For anybody else it is made like any other.
    check(
        &file,
        &nothing().caller("arn:aws:iam::111122223333:user/dora"),
        expect![[r#"
            create cluster/runners
            create access-entry/pipeline
            create access-entry/alice
            cluster/runners create
            access-entry/pipeline create <- needs cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
        "#]],
    );
    // And so it is in a cluster that is there.
    check(
        &file,
        &live(&cluster(API)),
        expect![[r#"
            create access-entry/pipeline
            create access-entry/alice
            access-entry/pipeline create
            access-entry/alice create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create
        "#]],
    );
}

#[test]
fn the_callers_own_entry_only_grows() {
    let namespaced = |name: &str| {
        format!(
            "accessPolicies: [{{ policyArn: AmazonEKSEditPolicy, accessScope: {{ type: namespace, namespaces: [{name}] }} }}]"
        )
    };
    let before = cluster("")
        .entry("pipeline", &format!("{}, kubernetesGroups: [operators], username: pipeline", namespaced("ci")));
    let less = cluster("").entry("pipeline", "accessPolicies: [], kubernetesGroups: [], username: other");
    check(
        &less,
        &live(&before),
        expect![[r#"
            keep access-entry/pipeline
                # whoever runs trueup reaches the cluster by this entry; the file gives it less than it has, and it keeps what it has
        "#]],
    );
    let other = cluster("").entry("pipeline", &format!("{}, kubernetesGroups: [deployers]", namespaced("review")));
    check(
        &other,
        &live(&before),
        expect![[r#"
            update access-entry/pipeline
                # whoever runs trueup reaches the cluster by this entry; the file gives it less than it has, and it keeps what it has
                kubernetesGroups: [operators] → [deployers, operators]
                accessPolicies: { AmazonEKSEditPolicy: namespace:ci } → { AmazonEKSEditPolicy: namespace:ci,review }
            access-entry/pipeline AssociateAccessPolicy {accessPolicies}
            access-entry/pipeline UpdateAccessEntry {kubernetesGroups} <- follows access-entry/pipeline AssociateAccessPolicy
        "#]],
    );
    // Of anybody else, or seen by anybody else, it is as the file says.
    let user = "arn:aws:iam::111122223333:user/dora";
    check(
        &other,
        &live(&before).caller(user),
        expect![[r#"
            update access-entry/pipeline
                kubernetesGroups: [operators] → [deployers]
                accessPolicies: { AmazonEKSEditPolicy: namespace:ci } → { AmazonEKSEditPolicy: namespace:review }
            access-entry/pipeline AssociateAccessPolicy {accessPolicies}
            access-entry/pipeline UpdateAccessEntry {kubernetesGroups} <- needs access-entry/pipeline AssociateAccessPolicy
        "#]],
    );
    check(
        &less,
        &live(&before).caller("arn:aws:iam::111122223333:root"),
        expect![[r#"
            update access-entry/pipeline
                kubernetesGroups: [operators] → []
                username: pipeline → other
                accessPolicies: { AmazonEKSEditPolicy: namespace:ci } → {  }
            access-entry/pipeline UpdateAccessEntry {kubernetesGroups, username}
            access-entry/pipeline DisassociateAccessPolicy {accessPolicies} <- needs access-entry/pipeline UpdateAccessEntry
        "#]],
    );
}

#[test]
fn a_role_is_the_same_one_whatever_its_path() {
    let before = cluster("").entry("alice", VIEW).entry("pipeline", ADMIN);
    let file = cluster("").entry("people/alice", ADMIN).entry("ci/pipeline", VIEW);
    check(
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/people/alice
                # AWS has this entry as alice; if the role was made anew under the path in the file, the entry lets nobody in: delete it with `aws eks delete-access-entry`, and apply
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSClusterAdminPolicy: cluster }
            update access-entry/ci/pipeline
                # whoever runs trueup reaches the cluster by this entry; the file gives it less than it has, and it keeps what it has
                # AWS has this entry as pipeline; if the role was made anew under the path in the file, the entry lets nobody in: delete it with `aws eks delete-access-entry`, and apply
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSClusterAdminPolicy: cluster, AmazonEKSViewPolicy: cluster }
            access-entry/people/alice AssociateAccessPolicy {accessPolicies}
            access-entry/people/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/people/alice AssociateAccessPolicy
            access-entry/ci/pipeline AssociateAccessPolicy {accessPolicies}
        "#]],
    );
    check(
        &cluster(""),
        &live(&before).caller(&PIPELINE.replace("role/", "role/ci/")),
        expect![[r#"
            obsolete access-entry/alice
            keep access-entry/pipeline
                # is not in the file, and stays: whoever runs trueup reaches the cluster by it
        "#]],
    );
}

#[test]
fn what_stays_though_the_file_does_not_have_it() {
    let before = cluster("")
        .entry("pipeline", ADMIN)
        .entry("nodes", "type: EC2_LINUX")
        .entry("others", "type: EC2_LINUX")
        .entry("alice", VIEW)
        .entry("bob", VIEW);
    let account = live(&before).foreign("access-entry/others").foreign("access-entry/bob");
    check(
        &cluster(""),
        &account,
        expect![[r#"
            obsolete access-entry/alice
            unmanaged access-entry/bob
                # to hand it over to --prune: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:access-entry/runners/bob --tags trueup/cluster=us-east-1/runners
            keep access-entry/nodes
                # is not in the file, and stays: nodes may join by it; once none does, delete it by hand
            keep access-entry/pipeline
                # is not in the file, and stays: whoever runs trueup reaches the cluster by it
        "#]],
    );
    check_with(
        "--prune --allow-disruption",
        &cluster(""),
        &account,
        expect![[r#"
            delete access-entry/alice
            unmanaged access-entry/bob
                # to hand it over to --prune: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:access-entry/runners/bob --tags trueup/cluster=us-east-1/runners
            keep access-entry/nodes
                # is not in the file, and stays: nodes may join by it; once none does, delete it by hand
            keep access-entry/pipeline
                # is not in the file, and stays: whoever runs trueup reaches the cluster by it
            access-entry/alice delete
        "#]],
    );
}

#[test]
fn nodes_join_by_an_entry_that_people_cannot_have() {
    let before = live(&cluster("").entry("nodes", "type: EC2_LINUX"));
    check(
        &cluster("").entry("nodes", "kubernetesGroups: [operators]"),
        &before,
        expect![[r#"
            update access-entry/nodes
                kubernetesGroups: [] → [operators]
            access-entry/nodes UpdateAccessEntry {kubernetesGroups} !nodes join by this entry, for its type is EC2_LINUX, and EKS gives such a one no groups and no policies (if people are to come in by it, delete it with `aws eks delete-access-entry`, and apply)
        "#]],
    );
    check(
        &cluster("").entry("nodes", VIEW),
        &before,
        expect![[r#"
            update access-entry/nodes
                accessPolicies: {  } → { AmazonEKSViewPolicy: cluster }
            access-entry/nodes AssociateAccessPolicy {accessPolicies} !nodes join by this entry, for its type is EC2_LINUX, and EKS gives such a one no groups and no policies (if people are to come in by it, delete it with `aws eks delete-access-entry`, and apply)
        "#]],
    );
    check(&cluster("").entry("nodes", "kubernetesGroups: [], accessPolicies: []"), &before, expect![""]);
    check(
        &cluster("").entry("nodes", "type: STANDARD"),
        &before,
        expect![[r#"
            update access-entry/nodes
                type: EC2_LINUX → STANDARD !type can never change (write the live value into the file, or make a new one)
        "#]],
    );
    let auto = live(&cluster("").entry("nodes", "type: EC2"));
    check(
        &cluster("").entry("nodes", VIEW),
        &auto,
        expect![[r#"
            update access-entry/nodes
                accessPolicies: {  } → { AmazonEKSViewPolicy: cluster }
            access-entry/nodes AssociateAccessPolicy {accessPolicies}
        "#]],
    );
}

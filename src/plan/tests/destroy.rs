//! Plans for which nothing is wanted.

use expect_test::expect;

use super::live::{live, nothing};
use super::{ADMIN, API, MANAGED, VIEW, check_destroy, cluster};

const FREE: &str = "--allow-disruption";

#[test]
fn everything_of_ours_goes_in_the_reverse_order_of_needs() {
    let file = cluster(API).entry("alice", ADMIN).group("jobs", MANAGED).group("idle", "");
    check_destroy(
        FREE,
        &file,
        &live(&file),
        expect![[r#"
            delete cluster/runners
            goes access-entry/alice with cluster/runners
            delete nodegroup/idle ~the group is deleted; terminates 1 node
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            goes autoscaling-group/idle with nodegroup/idle
            goes autoscaling-group/jobs with nodegroup/jobs
            cluster/runners delete <- needs nodegroup/idle delete + nodegroup/jobs delete
            nodegroup/idle delete ~the group is deleted; terminates 1 node
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
        "#]],
    );
    check_destroy(
        "",
        &file,
        &live(&file),
        expect![[r#"
            delete cluster/runners
            keep access-entry/alice
                # stays, for cluster/runners is not deleted
            delete nodegroup/idle ~the group is deleted; terminates 1 node
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            keep autoscaling-group/idle
                # stays, for nodegroup/idle is not deleted
            keep autoscaling-group/jobs
                # stays, for nodegroup/jobs is not deleted
            cluster/runners delete <- needs nodegroup/idle delete + nodegroup/jobs delete !delete waits for nodegroup/idle delete, which is blocked (resolve that first)
            nodegroup/idle delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            nodegroup/jobs delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check_destroy(FREE, &file, &nothing(), expect![""]);
}

#[test]
fn what_the_file_does_not_have_goes_too() {
    let account = live(&cluster(API).entry("alice", ADMIN).group("old", ""));
    check_destroy(
        FREE,
        &cluster(""),
        &account,
        expect![[r#"
            delete cluster/runners
            goes access-entry/alice with cluster/runners
            delete nodegroup/old ~the group is deleted; terminates 1 node
            goes autoscaling-group/old with nodegroup/old
            cluster/runners delete <- needs nodegroup/old delete
            nodegroup/old delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn the_file_may_consent_to_what_it_has() {
    let file = cluster("").group("jobs", "disruption: allow").group("idle", "");
    check_destroy(
        "",
        &file,
        &live(&file.clone().group("old", "disruption: allow")),
        expect![[r#"
            delete cluster/runners
            delete nodegroup/idle ~the group is deleted; terminates 1 node
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            delete nodegroup/old ~the group is deleted; terminates 1 node
            keep autoscaling-group/idle
                # stays, for nodegroup/idle is not deleted
            goes autoscaling-group/jobs with nodegroup/jobs
            keep autoscaling-group/old
                # stays, for nodegroup/old is not deleted
            cluster/runners delete <- needs nodegroup/idle delete + nodegroup/jobs delete + nodegroup/old delete !delete waits for nodegroup/idle delete, which is blocked (resolve that first)
            nodegroup/idle delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
            nodegroup/old delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
}

#[test]
fn what_is_not_ours_stays_and_keeps_what_it_needs() {
    let file = cluster(API).entry("alice", ADMIN).group("jobs", "").group("theirs", MANAGED);
    check_destroy(
        FREE,
        &file,
        &live(&file).foreign("nodegroup/theirs"),
        expect![[r#"
            delete cluster/runners
            keep access-entry/alice
                # stays, for cluster/runners is not deleted
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            unmanaged nodegroup/theirs
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/theirs/1 --tags trueup/cluster=us-east-1/runners
            goes autoscaling-group/jobs with nodegroup/jobs
            unmanaged autoscaling-group/theirs
            cluster/runners delete <- needs nodegroup/jobs delete !delete: AWS keeps it as long as nodegroup/theirs is there, which is not ours to delete (delete that first, or hand it over as its note says)
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn a_cluster_that_is_not_ours_stays_with_what_is_not_ours_in_it() {
    let file = cluster(API).entry("alice", ADMIN).entry("bob", VIEW).entry("pipeline", ADMIN).group("jobs", "");
    let account = live(&file).foreign("cluster/runners").foreign("access-entry/bob");
    check_destroy(
        FREE,
        &file,
        &account,
        expect![[r#"
            unmanaged cluster/runners
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:cluster/runners --tags trueup/cluster=us-east-1/runners
            delete access-entry/alice
            unmanaged access-entry/bob
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:access-entry/runners/bob --tags trueup/cluster=us-east-1/runners
            keep access-entry/pipeline
                # whoever runs trueup reaches the cluster by it
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            goes autoscaling-group/jobs with nodegroup/jobs
            access-entry/alice delete
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn in_a_cluster_that_stays_the_last_administrator_stays_too() {
    let file = cluster(API).entry("alice", ADMIN).entry("bob", VIEW).entry("nodes", "type: EC2_LINUX");
    check_destroy(
        FREE,
        &file,
        &live(&file).foreign("cluster/runners"),
        expect![[r#"
            unmanaged cluster/runners
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:cluster/runners --tags trueup/cluster=us-east-1/runners
            delete access-entry/alice
            delete access-entry/bob
            keep access-entry/nodes
                # nodes may join by it; once none does, delete it by hand
            access-entry/alice delete !delete: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
            access-entry/bob delete
        "#]],
    );
    // Unless somebody else is one, whoever that belongs to.
    let account = live(&file.clone().entry("carol", ADMIN)).foreign("cluster/runners").foreign("access-entry/carol");
    check_destroy(
        FREE,
        &file,
        &account,
        expect![[r#"
            unmanaged cluster/runners
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:cluster/runners --tags trueup/cluster=us-east-1/runners
            delete access-entry/alice
            delete access-entry/bob
            unmanaged access-entry/carol
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:access-entry/runners/carol --tags trueup/cluster=us-east-1/runners
            keep access-entry/nodes
                # nodes may join by it; once none does, delete it by hand
            access-entry/alice delete
            access-entry/bob delete
        "#]],
    );
}

#[test]
fn locks_are_opened_before_anything_goes() {
    let file = cluster("deletionProtection: true").group("jobs", "");
    check_destroy(
        FREE,
        &file,
        &live(&file),
        expect![[r#"
            delete cluster/runners
                deletionProtection: true → false
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            goes autoscaling-group/jobs with nodegroup/jobs
            cluster/runners UpdateClusterConfig (deletion protection) {deletionProtection} <- needs nodegroup/jobs delete !it is protected against being deleted (run with --disable-deletion-protection to take the protection away first)
            cluster/runners delete <- needs cluster/runners UpdateClusterConfig (deletion protection) + nodegroup/jobs delete !delete waits for cluster/runners UpdateClusterConfig (deletion protection), which is blocked (resolve that first)
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
        "#]],
    );
    check_destroy(
        "--allow-disruption --disable-deletion-protection",
        &file,
        &live(&file),
        expect![[r#"
            delete cluster/runners
                deletionProtection: true → false
            delete nodegroup/jobs ~the group is deleted; terminates 1 node
            goes autoscaling-group/jobs with nodegroup/jobs
            cluster/runners UpdateClusterConfig (deletion protection) {deletionProtection} <- needs nodegroup/jobs delete
            cluster/runners delete <- needs cluster/runners UpdateClusterConfig (deletion protection) + nodegroup/jobs delete
            nodegroup/jobs delete ~the group is deleted; terminates 1 node
        "#]],
    );
}

#[test]
fn what_is_on_its_way_out_is_waited_for() {
    let file = cluster("").group("jobs", MANAGED).group("idle", "");
    check_destroy(
        FREE,
        &file,
        &live(&file).is("nodegroup/jobs", "DELETING"),
        expect![[r#"
            delete cluster/runners
            delete nodegroup/idle ~the group is deleted; terminates 1 node
            wait nodegroup/jobs
                # is DELETING
            goes autoscaling-group/idle with nodegroup/idle
            goes autoscaling-group/jobs with nodegroup/jobs
            cluster/runners delete <- needs nodegroup/idle delete + nodegroup/jobs wait until it is gone
            nodegroup/idle delete ~the group is deleted; terminates 1 node
            nodegroup/jobs wait until it is gone
        "#]],
    );
    let leaving = live(&file).is("cluster/runners", "DELETING").is("nodegroup/jobs", "DELETING");
    check_destroy(
        FREE,
        &file,
        &leaving.foreign("nodegroup/jobs"),
        expect![[r#"
            wait cluster/runners
                # is DELETING
            delete nodegroup/idle ~the group is deleted; terminates 1 node
            wait nodegroup/jobs
                # is DELETING
            goes autoscaling-group/idle with nodegroup/idle
            goes autoscaling-group/jobs with nodegroup/jobs
            cluster/runners wait until it is gone
            nodegroup/idle delete ~the group is deleted; terminates 1 node
            nodegroup/jobs wait until it is gone
        "#]],
    );
}

#[test]
fn whatever_state_it_is_in() {
    let file = ["making", "working", "broken", "stuck", "degraded"]
        .iter()
        .fold(cluster(""), |file, name| file.group(name, ""));
    let account = live(&file)
        .is("cluster/runners", "UPDATING")
        .is("nodegroup/making", "CREATING")
        .is("nodegroup/working", "UPDATING")
        .is("nodegroup/broken", "CREATE_FAILED")
        .is("nodegroup/stuck", "DELETE_FAILED")
        .is("nodegroup/degraded", "DEGRADED");
    check_destroy(
        "",
        &file,
        &account,
        expect![[r#"
            delete cluster/runners
                # is UPDATING; it is deleted once that has ended
            delete nodegroup/broken ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            delete nodegroup/degraded ~the group is deleted; terminates 1 node
                # AsgInstanceLaunchFailures: no capacity
            delete nodegroup/making ~the group is deleted; terminates 1 node
                # is CREATING; it is deleted once that has ended
            delete nodegroup/stuck ~the group is deleted; terminates 1 node
                # EKS reports DELETE_FAILED
            delete nodegroup/working ~the group is deleted; terminates 1 node
                # is UPDATING; it is deleted once that has ended
            goes autoscaling-group/broken with nodegroup/broken
            keep autoscaling-group/degraded
                # stays, for nodegroup/degraded is not deleted
            keep autoscaling-group/making
                # stays, for nodegroup/making is not deleted
            keep autoscaling-group/stuck
                # stays, for nodegroup/stuck is not deleted
            keep autoscaling-group/working
                # stays, for nodegroup/working is not deleted
            cluster/runners delete <- needs nodegroup/broken delete + nodegroup/degraded delete + nodegroup/making delete + nodegroup/stuck delete + nodegroup/working delete !delete waits for nodegroup/degraded delete, which is blocked (resolve that first)
            nodegroup/broken delete
            nodegroup/degraded delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            nodegroup/making delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            nodegroup/stuck delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
            nodegroup/working delete ~the group is deleted; terminates 1 node !delete is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
}

#[test]
fn what_is_not_ours_stays_whatever_state_it_is_in() {
    let file = cluster("").group("making", "").group("broken", "");
    let account = live(&file).is("nodegroup/making", "CREATING").is("nodegroup/broken", "CREATE_FAILED");
    let account = account.foreign("nodegroup/making").foreign("nodegroup/broken").foreign("cluster/runners");
    check_destroy(
        FREE,
        &file,
        &account,
        expect![[r#"
            unmanaged cluster/runners
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:cluster/runners --tags trueup/cluster=us-east-1/runners
            unmanaged nodegroup/broken
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/broken/1 --tags trueup/cluster=us-east-1/runners
            unmanaged nodegroup/making
                # to hand it over to destroy: aws eks tag-resource --resource-arn arn:aws:eks:us-east-1:111122223333:nodegroup/runners/making/1 --tags trueup/cluster=us-east-1/runners
            unmanaged autoscaling-group/broken
            unmanaged autoscaling-group/making
        "#]],
    );
}

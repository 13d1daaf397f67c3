//! The laws between versions: of the control plane, of its nodes, and of the rolls that bring them there.

use expect_test::expect;

use super::live::{live, nothing};
use super::{check, check_with, cluster};

const FREE: &str = "--allow-disruption --allow-irreversible";

#[test]
fn nodes_that_are_newer_than_the_control_plane_need_its_upgrade() {
    let before = cluster("version: '1.34'").group("jobs", "version: '1.34'").group("idle", "version: '1.33'");
    let file = cluster("version: '1.35'").group("jobs", "version: '1.35'").group("idle", "version: '1.34'");
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            update nodegroup/jobs
                version: 1.34 → 1.35 ~EKS replaces every node; drains 1 node
            update nodegroup/idle
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
            cluster/runners UpdateClusterVersion {version}
            nodegroup/jobs UpdateNodegroupVersion {version} <- needs cluster/runners UpdateClusterVersion ~EKS replaces every node; drains 1 node
            nodegroup/idle UpdateNodegroupVersion {version} <- follows cluster/runners UpdateClusterVersion ~EKS replaces every node; drains 1 node
        "#]],
    );
}

#[test]
fn nodes_are_not_taken_beyond_a_control_plane_that_stays() {
    let before = cluster("version: '1.34'").group("jobs", "version: '1.34'");
    let file = cluster("").group("jobs", "version: '1.35'");
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                version: 1.34 → 1.35 ~EKS replaces every node; drains 1 node
            nodegroup/jobs UpdateNodegroupVersion {version} ~EKS replaces every node; drains 1 node !UpdateNodegroupVersion: nodes cannot be newer than the control plane (upgrade the control plane first)
        "#]],
    );
}

#[test]
fn a_new_group_has_the_control_planes_version() {
    let before = cluster("version: '1.34'");
    let groups =
        |file: super::File| file.group("older", "version: '1.33'").group("same", "version: '1.34'").group("silent", "");
    check(
        &groups(before.clone()),
        &live(&before),
        expect![[r#"
            create nodegroup/older
            create nodegroup/same
            create nodegroup/silent
            nodegroup/older create !create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
            nodegroup/same create
            nodegroup/silent create
        "#]],
    );
    check(
        &groups(cluster("version: '1.35'")),
        &live(&before),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            create nodegroup/older
            create nodegroup/same
            create nodegroup/silent
            cluster/runners UpdateClusterVersion {version}
            nodegroup/older create <- follows cluster/runners UpdateClusterVersion !create: EKS makes nodegroups at the control plane's version, 1.35 (leave the version out, or write the control plane's)
            nodegroup/same create <- follows cluster/runners UpdateClusterVersion !create: EKS makes nodegroups at the control plane's version, 1.35 (leave the version out, or write the control plane's)
            nodegroup/silent create <- follows cluster/runners UpdateClusterVersion
        "#]],
    );
    check(
        &groups(before.clone()),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/older
            create nodegroup/same
            create nodegroup/silent
            cluster/runners create
            nodegroup/older create <- needs cluster/runners create !create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
            nodegroup/same create <- needs cluster/runners create
            nodegroup/silent create <- needs cluster/runners create
        "#]],
    );
    // Where the file does not say which version that is, EKS or whatever is live does.
    let newer = cluster("").group("newer", "version: '1.35'");
    check(
        &newer,
        &live(&before),
        expect![[r#"
            create nodegroup/newer
            nodegroup/newer create !create: EKS makes nodegroups at the control plane's version, 1.34 (leave the version out, or write the control plane's)
        "#]],
    );
    check(
        &newer,
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/newer
            cluster/runners create
            nodegroup/newer create <- needs cluster/runners create
        "#]],
    );
}

#[test]
fn nodes_are_at_most_three_minors_behind() {
    let behind = |version: &str| cluster("version: '1.34'").group("jobs", &format!("version: '{version}'"));
    let file = cluster("version: '1.35'");
    check(
        &file,
        &live(&behind("1.32")),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            obsolete nodegroup/jobs
            cluster/runners UpdateClusterVersion {version}
        "#]],
    );
    check(
        &file,
        &live(&behind("1.31")),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            obsolete nodegroup/jobs
            cluster/runners UpdateClusterVersion {version} !UpdateClusterVersion: nodegroup jobs runs 1.31, more than three minors behind 1.35 (bring jobs to a newer version first, or remove it)
        "#]],
    );
    // Whoever owns it, and whatever the file says of it; but one that failed has no nodes.
    let listed = file.clone().group("jobs", "");
    check(
        &listed,
        &live(&behind("1.31")).foreign("nodegroup/jobs"),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            cluster/runners UpdateClusterVersion {version} !UpdateClusterVersion: nodegroup jobs runs 1.31, more than three minors behind 1.35 (bring jobs to a newer version first, or remove it)
        "#]],
    );
    check(
        &listed,
        &live(&behind("1.31")).is("nodegroup/jobs", "CREATE_FAILED"),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            recreate nodegroup/jobs ~the group is deleted; terminates 1 node
                # EKS reports CREATE_FAILED
            cluster/runners UpdateClusterVersion {version}
            nodegroup/jobs delete <- follows cluster/runners UpdateClusterVersion
            nodegroup/jobs create <- needs nodegroup/jobs delete; follows cluster/runners UpdateClusterVersion
        "#]],
    );
    check(
        &listed,
        &live(&behind("1.31")).hides_version("jobs"),
        expect![[r#"
            update cluster/runners
                version: 1.34 → 1.35
            cluster/runners UpdateClusterVersion {version}
        "#]],
    );
}

#[test]
fn a_roll_is_as_gentle_as_shown() {
    let before = cluster("version: '1.34'").group("jobs", "version: '1.33'").group("idle", "version: '1.33'");
    let file = cluster("version: '1.34'")
        .group("jobs", "version: '1.34', updateConfig: { maxUnavailable: 2 }")
        .group("idle", "version: '1.34', labels: { a: b }");
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update nodegroup/jobs
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
                updateConfig.maxUnavailable: 1 → 2
            update nodegroup/idle
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
                labels: {  } → { a: b }
            nodegroup/jobs UpdateNodegroupConfig {updateConfig.maxUnavailable}
            nodegroup/jobs UpdateNodegroupVersion {version} <- needs nodegroup/jobs UpdateNodegroupConfig ~EKS replaces every node; drains 1 node
            nodegroup/idle UpdateNodegroupConfig {labels}
            nodegroup/idle UpdateNodegroupVersion {version} <- follows nodegroup/idle UpdateNodegroupConfig ~EKS replaces every node; drains 1 node
        "#]],
    );
}

/// A group with a suspended process, at a version.
fn suspended(version: &str, processes: &str) -> super::File {
    let autoscaling = format!("autoscaling: {{ clusterAutoscaler: managed, suspendedProcesses: [{processes}] }}");
    cluster("version: '1.34'")
        .group("jobs", &format!("version: '{version}', {autoscaling}"))
        .group("idle", "version: '1.33'")
}

#[test]
fn a_roll_may_want_to_rebalance() {
    check_with(
        FREE,
        &suspended("1.34", "AZRebalance"),
        &live(&suspended("1.33", "AZRebalance")),
        expect![[r#"
            update nodegroup/jobs
                # AZRebalance is suspended on its Auto Scaling group, and EKS places new nodes by it; should the roll fail to place them, leave it out of suspendedProcesses until the roll is done
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
            nodegroup/jobs UpdateNodegroupVersion {version} ~EKS replaces every node; drains 1 node
        "#]],
    );
    check_with(
        FREE,
        &suspended("1.34", "HealthCheck"),
        &live(&suspended("1.33", "HealthCheck")),
        expect![[r#"
            update nodegroup/jobs
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
            nodegroup/jobs UpdateNodegroupVersion {version} ~EKS replaces every node; drains 1 node
        "#]],
    );
    // Without a roll there is nothing to say.
    check_with(FREE, &suspended("1.33", "AZRebalance"), &live(&suspended("1.33", "AZRebalance")), expect![""]);
}

#[test]
fn a_roll_comes_after_a_resumption() {
    let group = |version: &str, processes: &str| {
        let autoscaling = format!("autoscaling: {{ clusterAutoscaler: managed, suspendedProcesses: [{processes}] }}");
        cluster("version: '1.34'")
            .group("jobs", &format!("version: '{version}', {autoscaling}"))
            .group("idle", &format!("version: '{version}', labels: {{ since: '{version}' }}"))
    };
    check_with(
        FREE,
        &group("1.34", ""),
        &live(&group("1.33", "AZRebalance")),
        expect![[r#"
            update nodegroup/jobs
                # AZRebalance is suspended on its Auto Scaling group, and EKS places new nodes by it; should the roll fail to place them, leave it out of suspendedProcesses until the roll is done
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
            update nodegroup/idle
                version: 1.33 → 1.34 ~EKS replaces every node; drains 1 node
                labels: { since: 1.33 } → { since: 1.34 }
            update autoscaling-group/jobs
                suspendedProcesses: [AZRebalance] → [] ~AZRebalance terminates nodes to even out zones, whatever runs on them; 1 node at risk
            nodegroup/jobs UpdateNodegroupVersion {version} <- follows autoscaling-group/jobs ResumeProcesses ~EKS replaces every node; drains 1 node
            nodegroup/idle UpdateNodegroupConfig {labels}
            nodegroup/idle UpdateNodegroupVersion {version} <- follows nodegroup/idle UpdateNodegroupConfig ~EKS replaces every node; drains 1 node
            autoscaling-group/jobs ResumeProcesses {suspendedProcesses} ~AZRebalance terminates nodes to even out zones, whatever runs on them; 1 node at risk
        "#]],
    );
}

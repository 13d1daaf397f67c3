//! Auto Scaling groups: which tags and processes are ours, and what stands against touching them.

use expect_test::expect;

use super::live::{live, nothing};
use super::{File, check, check_with, cluster};

fn scaled_by(who: &str, settings: &str) -> File {
    cluster("").group("jobs", &format!("labels: {{ a: b }}, autoscaling: {{ clusterAutoscaler: {who}, {settings} }}"))
}

#[test]
fn who_scales_a_group_decides_which_tags_it_has() {
    check(
        &scaled_by("managed", ""),
        &live(&scaled_by("excluded", "")),
        expect![[r#"
            update autoscaling-group/jobs
                discoveryTags: {  } → { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned }
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            autoscaling-group/jobs CreateOrUpdateTags {discoveryTags, nodeTemplateTags}
        "#]],
    );
    check(
        &scaled_by("excluded", ""),
        &live(&scaled_by("managed", "")),
        expect![[r#"
            update autoscaling-group/jobs
                discoveryTags: { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned } → {  }
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → {  }
            autoscaling-group/jobs DeleteTags {discoveryTags, nodeTemplateTags}
        "#]],
    );
    check(&scaled_by("unmanaged", ""), &live(&scaled_by("managed", "")), expect![""]);
}

#[test]
fn a_new_group_is_held_against_what_eks_makes() {
    check(
        &scaled_by("managed", "suspendedProcesses: [AZRebalance], tags: { c: d }"),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/jobs
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { c: d, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
                suspendedProcesses: [] → [AZRebalance]
            cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags, tags} <- needs nodegroup/jobs create
            autoscaling-group/jobs SuspendProcesses {suspendedProcesses} <- needs nodegroup/jobs create
        "#]],
    );
    check(
        &scaled_by("excluded", ""),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/jobs
            born autoscaling-group/jobs with nodegroup/jobs
                discoveryTags: { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned } → {  }
            cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
            autoscaling-group/jobs DeleteTags {discoveryTags} <- needs nodegroup/jobs create
        "#]],
    );
    check(
        &scaled_by("unmanaged", ""),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/jobs
            cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
        "#]],
    );
}

#[test]
fn a_group_that_is_not_seen_is_as_eks_makes_it_unless_it_is_gone() {
    let file = scaled_by("managed", "");
    check(
        &file,
        &live(&file).without("autoscaling-group/jobs").just_created("nodegroup/jobs"),
        expect![[r#"
            born autoscaling-group/jobs with nodegroup/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags}
        "#]],
    );
    check(
        &file,
        &live(&file).without("autoscaling-group/jobs"),
        expect![[r#"
            keep nodegroup/jobs
                !autoscaling-group/jobs no longer exists, and AWS creates it only together with nodegroup/jobs (add another nodegroup under a new name, move the work over, then delete nodegroup/jobs)
            update autoscaling-group/jobs
                !it no longer exists, and AWS creates it only together with nodegroup/jobs (add another nodegroup under a new name, move the work over, then delete nodegroup/jobs)
        "#]],
    );
}

#[test]
fn listed_tags_are_ensured_and_others_stay() {
    let before = scaled_by("managed", "tags: { c: d, e: f }");
    let account = live(&before).tagged("autoscaling-group/jobs", "by", "somebody");
    check(
        &scaled_by("managed", "tags: { c: x, e: null, gone: null }"),
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                tags: { by: somebody, c: d, e: f, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { by: somebody, c: x, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
            autoscaling-group/jobs CreateOrUpdateTags {tags}
            autoscaling-group/jobs DeleteTags {tags}
        "#]],
    );
    check(&scaled_by("managed", ""), &account, expect![""]);
}

#[test]
fn nodes_inherit_no_tag_that_describes_them() {
    let file = scaled_by("managed", "tags: { c: d }");
    let label = "k8s.io/cluster-autoscaler/node-template/label/a";
    check(
        &file,
        &live(&file).inherited("jobs", label).inherited("jobs", "c"),
        expect![[r#"
            update autoscaling-group/jobs
                propagatedTags: [k8s.io/cluster-autoscaler/node-template/label/a] → []
            autoscaling-group/jobs CreateOrUpdateTags {propagatedTags}
        "#]],
    );
    // A tag that goes anyway is not written again.
    let other = cluster("").group("jobs", "labels: {}, autoscaling: { clusterAutoscaler: managed }");
    check(
        &other,
        &live(&file).inherited("jobs", label),
        expect![[r#"
            update nodegroup/jobs
                labels: { a: b } → {  }
            update autoscaling-group/jobs
                nodeTemplateTags: { k8s.io/cluster-autoscaler/node-template/label/a: b } → {  }
            nodegroup/jobs UpdateNodegroupConfig {labels}
            autoscaling-group/jobs DeleteTags {nodeTemplateTags} <- needs nodegroup/jobs UpdateNodegroupConfig
        "#]],
    );
}

#[test]
fn what_nodes_are_like_is_told_by_tags() {
    let settings = "labels: { a: b, cluster-name: c }, taints: [{ key: k, value: v, effect: NoSchedule }, { key: l, \
                    value: '', effect: NO_EXECUTE }]";
    let template = "nodeTemplate: { labels: { a: x, d: e }, resources: { cpu: '4' }, options: { scaledownunneededtime: \
                    5m } }";
    let before = cluster("").group("jobs", settings);
    let file =
        cluster("").group("jobs", &format!("{settings}, autoscaling: {{ clusterAutoscaler: managed, {template} }}"));
    check(
        &file,
        &live(&before),
        expect![[r#"
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/autoscaling-options/scaledownunneededtime: 5m, k8s.io/cluster-autoscaler/node-template/label/a: x, k8s.io/cluster-autoscaler/node-template/label/d: e, k8s.io/cluster-autoscaler/node-template/resources/cpu: 4, k8s.io/cluster-autoscaler/node-template/taint/k: v:NoSchedule, k8s.io/cluster-autoscaler/node-template/taint/l: :NoExecute }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags}
        "#]],
    );
    // What the file does not manage is as it is.
    let silent = cluster("").group("jobs", "autoscaling: { clusterAutoscaler: managed }");
    check(
        &silent,
        &live(&before),
        expect![[r#"
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/label/a: b, k8s.io/cluster-autoscaler/node-template/taint/k: v:NoSchedule, k8s.io/cluster-autoscaler/node-template/taint/l: :NoExecute }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags}
        "#]],
    );
}

#[test]
fn a_taint_key_with_two_effects_cannot_be_told() {
    let taints = "taints: [{ key: k, value: v, effect: NoSchedule }, { key: k, value: v, effect: NoExecute }]";
    let before = live(&cluster("").group("jobs", taints));
    check(
        &cluster("").group("jobs", "autoscaling: { clusterAutoscaler: managed }"),
        &before,
        expect![[r#"
            update autoscaling-group/jobs
                nodeTemplateTags: {  } → { k8s.io/cluster-autoscaler/node-template/taint/k: v:NoExecute }
            autoscaling-group/jobs CreateOrUpdateTags {nodeTemplateTags} !taint k is there with several effects, and a tag can carry only one (keep one effect per taint key, or set clusterAutoscaler: unmanaged on this nodegroup)
        "#]],
    );
    check(
        &cluster("").group("jobs", "autoscaling: { clusterAutoscaler: excluded }"),
        &before,
        expect![[r#"
            update autoscaling-group/jobs
                discoveryTags: { k8s.io/cluster-autoscaler/enabled: true, k8s.io/cluster-autoscaler/runners: owned } → {  }
            autoscaling-group/jobs DeleteTags {discoveryTags}
        "#]],
    );
}

#[test]
fn processes_that_somebody_suspended_are_exact_where_they_are_listed() {
    let suspended = |list: &str| scaled_by("excluded", &format!("suspendedProcesses: [{list}]"));
    let account = live(&suspended("AZRebalance, HealthCheck"));
    check_with(
        "--allow-disruption",
        &suspended("AZRebalance, ScheduledActions"),
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                suspendedProcesses: [AZRebalance, HealthCheck] → [AZRebalance, ScheduledActions] ~a resumed process may terminate nodes, whatever runs on them; 1 node at risk
            autoscaling-group/jobs SuspendProcesses {suspendedProcesses}
            autoscaling-group/jobs ResumeProcesses {suspendedProcesses} ~a resumed process may terminate nodes, whatever runs on them; 1 node at risk
        "#]],
    );
    check_with(
        "--allow-disruption",
        &suspended(""),
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                suspendedProcesses: [AZRebalance, HealthCheck] → [] ~AZRebalance terminates nodes to even out zones, whatever runs on them; 1 node at risk
            autoscaling-group/jobs ResumeProcesses {suspendedProcesses} ~AZRebalance terminates nodes to even out zones, whatever runs on them; 1 node at risk
        "#]],
    );
    check(&scaled_by("excluded", ""), &account, expect![""]);
    check(
        &suspended("AZRebalance"),
        &live(&suspended("AZRebalance, AddToLoadBalancer")),
        expect![[r#"
            update autoscaling-group/jobs
                suspendedProcesses: [AZRebalance, AddToLoadBalancer] → [AZRebalance]
            autoscaling-group/jobs ResumeProcesses {suspendedProcesses}
        "#]],
    );
}

#[test]
fn processes_that_aws_suspended_are_left_alone() {
    let suspended = |list: &str| scaled_by("excluded", &format!("suspendedProcesses: [{list}]"));
    let account = live(&suspended("")).suspended_by_aws("jobs", "AZRebalance");
    check(&suspended("AZRebalance"), &account, expect![""]);
    check(
        &suspended("AZRebalance, HealthCheck"),
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                suspendedProcesses: [] → [HealthCheck]
            autoscaling-group/jobs SuspendProcesses {suspendedProcesses}
        "#]],
    );
    check(&suspended(""), &account, expect![""]);
}

#[test]
fn a_group_that_a_service_operates_is_not_touched() {
    let account = live(&scaled_by("managed", "")).operated_by("jobs", "ec2.amazonaws.com");
    check(
        &scaled_by("managed", "tags: { c: d }"),
        &account,
        expect![[r#"
            update autoscaling-group/jobs
                tags: { eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned } → { c: d, eks:cluster-name: runners, eks:nodegroup-name: jobs, kubernetes.io/cluster/runners: owned }
            autoscaling-group/jobs CreateOrUpdateTags {tags} !only ec2.amazonaws.com may change this Auto Scaling group (set clusterAutoscaler: unmanaged on this nodegroup)
        "#]],
    );
    // Where nothing differs there is nothing to object to.
    check(&scaled_by("managed", ""), &account, expect![""]);
}

#[test]
fn an_auto_scaling_group_has_room_for_fifty_tags() {
    let file = |listed: usize| {
        let tags: Vec<String> = (0..listed).map(|number| format!("t{number}: v")).collect();
        scaled_by("managed", &format!("tags: {{ {} }}", tags.join(", ")))
    };
    let others = |count: usize| {
        let account = live(&scaled_by("managed", ""));
        (0..count).fold(account, |account, number| account.tagged("autoscaling-group/jobs", &format!("o{number}"), "v"))
    };
    // Three are EKS' own, three are written for the autoscaler.
    let plan = |listed, count| super::planned("", &file(listed), &others(count));
    assert!(!plan(34, 10).blocked());
    assert!(plan(35, 10).blocked());
    let blockers = plan(35, 10).document();
    let why: Vec<&str> = blockers.changes.iter().flat_map(|change| &change.blockers).map(|it| &*it.why).collect();
    assert_eq!(why, ["the Auto Scaling group would have 51 tags, and AWS allows 50"]);
    // Those that others wrote count where the file lists none, too.
    let label = |file: &str| super::planned("", &scaled_by("managed", file), &others(44));
    assert!(!label("").blocked());
    assert!(label("nodeTemplate: { resources: { cpu: '4' } }").blocked());
}

//! Consent: what nobody agreed to is blocked, and so is whatever needs it.

use expect_test::expect;

use super::live::live;
use super::{ADMIN, API, VIEW, check, check_with, cluster};

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

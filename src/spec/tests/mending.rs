//! One run reports everything: a value of the wrong shape hides no broken rule, and makes none up.

use super::{changed, problems};

/// The messages about the correct file with several things changed.
#[track_caller]
fn messages(changes: &[(&str, &str)]) -> Vec<String> {
    let text = changes[1..].iter().fold(changed(changes[0].0, changes[0].1), |text, (from, to)| {
        assert!(text.contains(from), "not in the file: {from}");
        text.replacen(from, to, 1)
    });
    problems(&text).iter().map(|problem| problem.message.clone()).collect()
}

#[test]
fn wrong_types_hide_no_broken_rule() {
    let found = messages(&[
        ("accountId: \"111122223333\"", "accountId: 111122223333"),
        ("region: us-east-1", "region: x"),
        ("diskSize: 100", "diskSize: x"),
        ("minSize: 0, maxSize: 10", "minSize: 11, maxSize: 10"),
    ]);
    let expected = [
        "`x` is not a region",
        "`accountId` is the number 111122223333, but must be text",
        "`diskSize` is the text `x`, but must be a whole number",
        "`minSize` is 11, which is more than `maxSize`, 10",
    ];
    assert_eq!(found, expected);
}

#[test]
fn missing_and_unknown_keys_hide_no_broken_rule() {
    let found = messages(&[
        ("  - nodegroupName: jobs\n    nodeRole", "  - name: jobs\n    nodeRole"),
        ("version: \"1.33\"", "version: \"1.35\""),
        ("releaseVersion: 1.33.1-20251112", "releaseVersion: 1.35.1-20251112"),
    ]);
    let expected = ["unknown key `name`", "nodes of 1.35 are newer than the control plane, which is 1.34"];
    assert_eq!(found, expected);
}

#[test]
fn an_unknown_account_is_no_other_account() {
    let found = messages(&[("accountId: \"111122223333\"", "accountId: [1]")]);
    assert_eq!(found, ["`accountId` is a list, but must be text"]);
}

#[test]
fn a_misspelt_switch_is_not_taken_for_its_default() {
    let found = messages(&[(
        "      clusterAutoscaler: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        "      clusterAutoscaler: manged\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
    )]);
    assert_eq!(found, ["`clusterAutoscaler` has the unknown value `manged`"]);
    let found = messages(&[(
        "      clusterAutoscaler: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        "      clusterAutoscalr: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
    )]);
    assert_eq!(found, ["unknown key `clusterAutoscalr`"]);
}

#[test]
fn a_misspelt_count_is_not_taken_for_none() {
    let found = messages(&[("maxUnavailablePercentage: 25", "maxUnavailablePercent: 25")]);
    assert_eq!(found, ["unknown key `maxUnavailablePercent`"]);
}

#[test]
fn a_misspelt_effect_is_not_taken_for_another() {
    let found = messages(&[(
        "[{ key: dedicated, value: jobs, effect: NO_SCHEDULE }]",
        "[{ key: a, effect: no }, { key: a, effect: NoSchedule }, { key: a, effect: NoExecute }]",
    )]);
    assert_eq!(found, ["`effect` has the unknown value `no`"]);
}

const SCOPE: &str = "{ type: namespace, namespaces: [gitlab-runner, dev-*] }";

/// The hint of a made-up problem could widen a policy to the whole cluster.
#[test]
fn a_broken_scope_is_not_taken_for_the_whole_cluster() {
    for (scope, problem) in [
        ("{ type: Namespace, namespaces: [a] }", "`type` has the unknown value `Namespace`"),
        ("{ tpye: namespace, namespaces: [a] }", "unknown key `tpye`"),
        ("{ namespaces: [a] }", "`accessScope` lacks the key `type`"),
        ("{ type: namespace, namespace: [a] }", "unknown key `namespace`"),
        ("{ type: namespace, namespaces: a }", "`namespaces` is the text `a`, but must be a list"),
    ] {
        assert_eq!(messages(&[(SCOPE, scope)]), [problem]);
    }
    let found = messages(&[(SCOPE, "{ type: Namespace, namespaces: [A, b, b] }")]);
    let expected = ["`type` has the unknown value `Namespace`", "`A` is not a namespace", "`b` is listed twice"];
    assert_eq!(found, expected);
}

#[test]
fn a_misspelt_type_is_not_taken_for_the_standard_one() {
    let found = messages(&[("role/bastion-nodes\", type: EC2_LINUX", "role/gitlab-runners-node\", type: ec2_linux")]);
    assert_eq!(found, ["`type` has the unknown value `ec2_linux`"]);
}

#[test]
fn a_misspelt_policy_may_be_the_administrators() {
    let creator = "authenticationMode: API, bootstrapClusterCreatorAdminPermissions: false }";
    for (policy, problem) in [
        ("AmazonEKSClusterAdminPolcy", "`AmazonEKSClusterAdminPolcy` is not an access policy that trueup knows"),
        (
            "arn:aws:iam::aws:policy/AmazonEKSClusterAdminPolicy",
            "`arn:aws:iam::aws:policy/AmazonEKSClusterAdminPolicy` is not the ARN of an access policy",
        ),
    ] {
        let found = messages(&[("authenticationMode: API }", creator), ("AmazonEKSClusterAdminPolicy", policy)]);
        assert_eq!(found, [problem]);
    }
}

#[test]
fn a_value_with_a_wrong_tag_is_not_taken_for_what_was_meant() {
    let found = messages(&[
        ("name: gitlab-runners", "name: !Sub \"${name}\""),
        ("minSize: 0, maxSize: 10", "minSize: !env 20, maxSize: 10"),
        ("diskSize: 100", "disk: 100"),
        ("labels: { nodegroup: jobs }", "labels: !GetAtt [a, b]"),
        ("accountId: \"111122223333\"", "accountId: !!int me"),
        ("capacityType: SPOT", "capacityType: !env"),
    ]);
    let expected = [
        "the YAML tag `!Sub` means nothing to trueup",
        "the YAML tag `!!int` does not fit its value",
        "the YAML tag `!GetAtt` means nothing to trueup",
        "the YAML tag `!env` means nothing to trueup",
        "unknown key `disk`",
        "the YAML tag `!env` means nothing to trueup",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_template_is_one_problem() {
    let found = messages(&[
        ("name: gitlab-runners", "name: {{ .Values.name }}"),
        ("diskSize: 100", "diskSize: {{ .Values.disk }}"),
        ("region: us-east-1", "region: x"),
    ]);
    assert_eq!(found, ["a key that is not text", "`x` is not a region", "a key that is not text"]);
}

#[test]
fn a_whole_section_that_is_missing_is_one_problem() {
    let text = "apiVersion: trueup/v1\nmetadata: { name: a, region: us-east-1, accountId: \"111122223333\" }\n";
    let found: Vec<String> = problems(text).iter().map(|problem| problem.message.clone()).collect();
    assert_eq!(found, ["the file lacks the key `cluster`"]);
}

//! Rules for `nodegroups`.

use super::refused;

#[test]
fn nodegroup_identity() {
    refused(
        "nodegroupName: jobs\n",
        "nodegroupName: management\n",
        &[("34:20+10", "`management` is listed twice", "keep one of them")],
    );
    refused(
        "nodegroupName: jobs\n",
        "nodegroupName: -jobs\n",
        &[(
            "34:20+5",
            "`-jobs` is not a valid nodegroup name",
            "a letter or digit, then letters, digits, `-` and `_`; at most 63 characters",
        )],
    );
    refused(
        "subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "subnets: []",
        &[("52:14+1", "`subnets` is empty, but nodes need at least one", "")],
    );
    refused(
        "role/gitlab-runners-node\n    subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "instance-profile/node\n    subnets: [subnet-0a11aaaaaaaaaaaaa]",
        &[(
            "51:15+47",
            "`nodeRole` is `arn:aws:iam::111122223333:instance-profile/node`, but must be a role's ARN",
            "write it as `arn:aws:iam::111122223333:role/<name>`",
        )],
    );
}

#[test]
fn machines() {
    refused("[m6i.large]", "[]", &[("28:20+1", "`instanceTypes` is empty", "leave the key out to have EKS choose")]);
    refused("[m6i.large]", "[m6i]", &[("28:21+3", "`m6i` is not an instance type", "such as `m6i.large`")]);
    refused(
        "[m6i.large]",
        "[m6i.large, m6a.large, m6i.large]",
        &[("28:43+9", "`m6i.large` is listed twice", "keep one of them")],
    );
    refused("diskSize: 100", "diskSize: 0", &[("55:15+1", "`diskSize` is 0, but must be at least 1", "")]);
    refused(
        "diskSize: 100",
        "remoteAccess: { ec2SshKey: k, sourceSecurityGroups: [default] }",
        &[("55:58+7", "`sourceSecurityGroups[0]` is `default`, but must be an id", "such as `sg-0123456789abcdef0`")],
    );
}

#[test]
fn versions() {
    refused(
        "version: \"1.33\"\n    releaseVersion: 1.33.1-20251112",
        r#"version: "1.35""#,
        &[(
            "37:14+6",
            "nodes of 1.35 are newer than the control plane, which is 1.34",
            "upgrade the control plane first, or choose its version",
        )],
    );
    refused(
        "version: \"1.33\"\n    releaseVersion: 1.33.1-20251112",
        r#"version: "1.30""#,
        &[(
            "37:14+6",
            "nodes of 1.30 are too old for the control plane, which is 1.34",
            "Kubernetes supports nodes down to 1.31",
        )],
    );
    refused(
        "version: \"1.33\"\n    releaseVersion: 1.33.1-20251112",
        r#"version: "1.33.1""#,
        &[(
            "37:14+8",
            "`version` is `1.33.1`, but must be a minor version",
            r#"EKS chooses the patch: write `version: "1.33"`"#,
        )],
    );
    refused(
        "releaseVersion: 1.33.1-20251112",
        "releaseVersion: 1.34.1-20251112",
        &[(
            "38:21+15",
            "the release `1.34.1-20251112` is not of the version `1.33`",
            "change one of the two, or leave `releaseVersion` out",
        )],
    );
    refused(
        "version: \"1.33\"\n    releaseVersion: 1.33.1-20251112",
        "releaseVersion: 1.35.0-20251112",
        &[(
            "37:21+15",
            "nodes of 1.35 are newer than the control plane, which is 1.34",
            "upgrade the control plane first, or choose its version",
        )],
    );
}

#[test]
fn sizes() {
    refused(
        "minSize: 0, maxSize: 10",
        "minSize: -1, maxSize: 0",
        &[
            ("57:31+2", "`minSize` is -1, but must be at least 0", ""),
            ("57:44+1", "`maxSize` is 0, but must be at least 1", ""),
        ],
    );
    refused(
        "minSize: 0, maxSize: 10",
        "minSize: 11, maxSize: 10",
        &[("57:31+2", "`minSize` is 11, which is more than `maxSize`, 10", "")],
    );
    refused(
        "minSize: 2, maxSize: 2, desiredSize: 2",
        "minSize: 2, maxSize: 2, desiredSize: 1",
        &[("29:31+1", "`minSize` is 2, which is more than `desiredSize`, 1", "")],
    );
    refused(
        "minSize: 2, maxSize: 2, desiredSize: 2",
        "desiredSize: 3, maxSize: 2",
        &[("29:35+1", "`desiredSize` is 3, which is more than `maxSize`, 2", "")],
    );
}

#[test]
fn update_config() {
    refused(
        "updateConfig: { maxUnavailablePercentage: 25 }",
        "updateConfig: { maxUnavailablePercentage: 101 }",
        &[("43:47+3", "`maxUnavailablePercentage` is 101, but must be at most 100", "")],
    );
    refused(
        "updateConfig: { maxUnavailablePercentage: 25 }",
        "updateConfig: { maxUnavailable: 1, maxUnavailablePercentage: 25 }",
        &[("43:40+24", "`maxUnavailable` and `maxUnavailablePercentage` exclude each other", "keep one of them")],
    );
    refused(
        "updateConfig: { maxUnavailablePercentage: 25 }",
        "updateConfig: { updateStrategy: MINIMAL }",
        &[(
            "43:19+1",
            "`updateConfig` says neither `maxUnavailable` nor `maxUnavailablePercentage`",
            "EKS needs one of them: `maxUnavailable: 1` is its default",
        )],
    );
}

#[test]
fn node_repair() {
    refused(
        "nodeRepairConfig: { enabled: true }",
        "nodeRepairConfig: { maxUnhealthyNodeThresholdCount: 1, maxUnhealthyNodeThresholdPercentage: 1, maxParallelNodesRepairedPercentage: 0 }",
        &[
            (
                "44:60+35",
                "`maxUnhealthyNodeThresholdCount` and `maxUnhealthyNodeThresholdPercentage` exclude each other",
                "keep one of them",
            ),
            ("44:136+1", "`maxParallelNodesRepairedPercentage` is 0, but must be at least 1", ""),
        ],
    );
    refused(
        "nodeRepairConfig: { enabled: true }",
        "nodeRepairConfig:\n      nodeRepairConfigOverrides:\n        - { nodeMonitoringCondition: A, nodeUnhealthyReason: B, minRepairWaitTimeMins: 0, repairAction: Reboot }\n        - { nodeMonitoringCondition: A, nodeUnhealthyReason: B, minRepairWaitTimeMins: 5, repairAction: Replace }",
        &[
            ("46:88+1", "`minRepairWaitTimeMins` is 0, but must be at least 1", ""),
            ("47:11+1", "the condition `A` with the reason `B` is listed twice", "keep one of them"),
        ],
    );
}

#[test]
fn warm_pool() {
    refused(
        "diskSize: 100",
        "warmPoolConfig: { minSize: 3, maxGroupPreparedCapacity: 2 }",
        &[("55:32+1", "`minSize` is 3, which is more than `maxGroupPreparedCapacity`, 2", "")],
    );
}

#[test]
fn labels() {
    refused(
        "labels: { nodegroup: management }",
        r#"labels: { nodegroup: "" }"#,
        &[(
            "30:26+2",
            "the label `nodegroup` has no value",
            r#"EKS takes no empty value: write one, such as `"true"`"#,
        )],
    );
    refused(
        "labels: { nodegroup: management }",
        r#"labels: { kubernetes.io/os: linux, "a b": c, x: "a:b" }"#,
        &[
            (
                "30:15+16",
                "the label's key `kubernetes.io/os` begins with `kubernetes.io/`",
                "EKS keeps that prefix for itself; choose another key",
            ),
            (
                "30:40+5",
                "`a b` is not a valid label key",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; `domain/` may precede it",
            ),
            (
                "30:53+5",
                "`a:b` is not a valid label or taint value",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
            ),
        ],
    );
    refused(
        "labels: { nodegroup: management }",
        "labels: { example.com/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk: a, y: vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv }",
        &[
            (
                "30:15+72",
                "the label's key `example.com/kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk` has 72 characters, but EKS allows 63",
                "",
            ),
            (
                "30:95+64",
                "`vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv` is not a valid label or taint value",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
            ),
        ],
    );
}

#[test]
fn long_taint_keys() {
    let key = "k".repeat(64);
    refused(
        "[{ key: dedicated, value: management, effect: NoSchedule }]",
        &format!("[{{ key: {key}, effect: NoSchedule }}]"),
        &[(
            "31:21+64",
            &format!("`{key}` is not a valid taint key"),
            "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; `domain/` may precede it",
        )],
    );
}

#[test]
fn taints() {
    refused(
        "[{ key: dedicated, value: management, effect: NoSchedule }]",
        "[{ key: a, effect: NoSchedule }, { key: a, value: b, effect: NO_SCHEDULE }]",
        &[("31:46+1", "the taint `a` with the effect `NoSchedule` is listed twice", "keep one of them")],
    );
    refused(
        "[{ key: dedicated, value: management, effect: NoSchedule }]",
        r#"[{ key: "a b", value: "c:d", effect: NoSchedule }]"#,
        &[
            (
                "31:21+5",
                "`a b` is not a valid taint key",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; `domain/` may precede it",
            ),
            (
                "31:35+5",
                "`c:d` is not a valid label or taint value",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends",
            ),
        ],
    );
    refused(
        "[{ key: dedicated, value: jobs, effect: NO_SCHEDULE }]",
        "[{ key: a, effect: NoSchedule }, { key: a, effect: NoExecute }]",
        &[(
            "42:46+1",
            "the taint `a` has the effect `NoExecute` beside `NoSchedule`, which Cluster Autoscaler cannot be told",
            "its tags hold one effect per key: use another key for one of the two",
        )],
    );
}

#[test]
fn autoscaling_without_effect() {
    refused(
        "      clusterAutoscaler: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        "      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        &[
            (
                "61:7+18",
                "`suspendedProcesses` has no effect with `clusterAutoscaler: unmanaged`",
                "trueup touches no Auto Scaling group unless told to: add `clusterAutoscaler: managed` (or `excluded`)",
            ),
            (
                "62:7+12",
                "`nodeTemplate` has no effect with `clusterAutoscaler: unmanaged`",
                "trueup touches no Auto Scaling group unless told to: add `clusterAutoscaler: managed` (or `excluded`)",
            ),
            (
                "65:7+4",
                "`tags` has no effect with `clusterAutoscaler: unmanaged`",
                "trueup touches no Auto Scaling group unless told to: add `clusterAutoscaler: managed` (or `excluded`)",
            ),
        ],
    );
    refused(
        "      clusterAutoscaler: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        "      clusterAutoscaler: excluded\n      nodeTemplate:",
        &[(
            "62:7+12",
            "`nodeTemplate` has no effect with `clusterAutoscaler: excluded`",
            "Cluster Autoscaler is kept away from an excluded group",
        )],
    );
}

#[test]
fn suspended_processes() {
    refused(
        "suspendedProcesses: [AZRebalance]",
        "suspendedProcesses: [AZRebalance, AZRebalance]",
        &[("48:41+11", "`AZRebalance` is listed twice", "keep one of them")],
    );
}

#[test]
fn node_template() {
    refused(
        "scaledownunneededtime: 5m",
        "scaledownuneededtime: 5m, maxnodeprovisiontime: 5m",
        &[
            (
                "64:20+20",
                "`scaledownuneededtime` is not an option that Cluster Autoscaler reads on AWS",
                "did you mean `scaledownunneededtime`?",
            ),
            (
                "64:46+20",
                "`maxnodeprovisiontime` is not an option that Cluster Autoscaler reads on AWS",
                "the options are `ignoredaemonsetsutilization`, `scaledowngpuutilizationthreshold`, `scaledownunneededtime`, `scaledownunreadytime` and `scaledownutilizationthreshold`",
            ),
        ],
    );
    refused(
        "scaledownunneededtime: 5m",
        r#"scaledownunneededtime: 5d, scaledownutilizationthreshold: "50%", ignoredaemonsetsutilization: "yes""#,
        &[
            ("64:43+2", "`scaledownunneededtime` is `5d`, but must be a duration such as `10m` or `1h30m`", ""),
            ("64:78+5", r#"`scaledownutilizationthreshold` is `50%`, but must be a number such as `"0.5"`"#, ""),
            ("64:114+5", r#"`ignoredaemonsetsutilization` is `yes`, but must be `"true"` or `"false"`"#, ""),
        ],
    );
    refused(
        "resources: { ephemeral-storage: 90Gi }",
        r#"resources: { ephemeral-storage: 90GB, memory: "-1", "a b": "1" }"#,
        &[
            (
                "65:41+4",
                "`90GB` is not a Kubernetes quantity",
                "a number with a suffix such as `m`, `k`, `M`, `G`, `Ki`, `Mi` or `Gi`, without a space",
            ),
            (
                "65:55+4",
                "`-1` is not a Kubernetes quantity",
                "a number with a suffix such as `m`, `k`, `M`, `G`, `Ki`, `Mi` or `Gi`, without a space",
            ),
            (
                "65:61+5",
                "`a b` is not a valid resource name",
                "at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends; `domain/` may precede it",
            ),
        ],
    );
    refused(
        "resources: { ephemeral-storage: 90Gi }",
        "labels: { cluster-name: x, dddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd/y: z }",
        &[
            (
                "65:19+12",
                "the label `cluster-name` would lead Cluster Autoscaler to another group",
                "it looks the nodegroup up by that label; choose another key",
            ),
            (
                "65:36+92",
                "the tag's key `k8s.io/cluster-autoscaler/node-template/label/dddddddddddddddddddddddddddddddddddddddddddddddddddddd…` has 138 characters, but AWS allows 128",
                "",
            ),
        ],
    );
}

#[test]
fn group_tags() {
    refused(
        "tags: { cost-center: ci }",
        r#"tags: { k8s.io/cluster-autoscaler/enabled: "true", my-eks:x: y, kubernetes.io/cluster/x: owned, aws:x: y }"#,
        &[
            (
                "66:15+33",
                "the tag `k8s.io/cluster-autoscaler/enabled` is one of Cluster Autoscaler's",
                "use `clusterAutoscaler: managed` and `nodeTemplate`, which write such tags",
            ),
            (
                "66:58+8",
                "the tag `my-eks:x` has `eks:` in its key",
                "EKS writes such tags, and Cluster Autoscaler reads them as labels; choose another key",
            ),
            ("66:71+23", "the tag `kubernetes.io/cluster/x` is EKS' own", "EKS writes it; leave it out"),
            (
                "66:103+5",
                "the tag's key `aws:x` begins with `aws:`",
                "such tags are made by AWS itself; choose another key",
            ),
        ],
    );
}

#[test]
fn architectures() {
    refused(
        "[m7g.2xlarge, m6g.2xlarge, m6gd.2xlarge]",
        "[m7g.2xlarge, m6i.2xlarge]",
        &[(
            "56:34+11",
            "`m6i.2xlarge` is x86-64, but `amiType: AL2023_ARM_64_STANDARD` is arm64",
            "the nodes of a group have one architecture: make a group for each",
        )],
    );
    refused(
        "[m6i.2xlarge, m6a.2xlarge]",
        "[m6i.2xlarge, m6g.2xlarge]",
        &[(
            "39:34+11",
            "`m6g.2xlarge` is arm64, but `m6i.2xlarge` is x86-64",
            "the nodes of a group have one architecture: make a group for each",
        )],
    );
}

#[test]
fn empty_texts() {
    refused(
        "releaseVersion: 1.33.1-20251112",
        "releaseVersion: \"\"",
        &[(
            "38:21+2",
            "`` is not a release of an AMI",
            "such as `1.34.1-20251112`; leave the key out to have EKS choose",
        )],
    );
    refused(
        "diskSize: 100",
        "remoteAccess: { ec2SshKey: \"\" }",
        &[("55:32+2", "`ec2SshKey` is empty", "name an EC2 key pair, or leave the key out")],
    );
}

//! Unknown, missing and repeated keys, and values of the wrong type.

use super::refused;

#[test]
fn unquoted_version() {
    refused(
        "version: \"1.34\"\n  roleArn",
        "version: 1.30\n  roleArn",
        &[("10:12+4", "`version` is the number 1.30, but must be text", r#"quote it: `version: "1.30"`"#)],
    );
}

/// What would be refused in quotes too.
#[test]
fn quotes_that_would_not_help() {
    for version in ["1", "1.3e1", "true"] {
        let kind = if version == "true" { "`true`".to_owned() } else { format!("the number {version}") };
        let place = format!("10:12+{}", version.len());
        let message = format!("`version` is {kind}, but must be text");
        let hint = "`version`: The Kubernetes minor version, quoted: `\"1.34\"`";
        let changed = format!("version: {version}\n  roleArn");
        refused("version: \"1.34\"\n  roleArn", &changed, &[(&place, &message, hint)]);
    }
    refused(
        r#"accountId: "111122223333""#,
        "accountId: 1.11122223333e11",
        &[(
            "6:14+16",
            "`accountId` is the number 1.11122223333e11, but must be text",
            r#"`accountId`: The AWS account, quoted: `"111122223333"`"#,
        )],
    );
    refused(
        "clusterAutoscaler: managed\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        "clusterAutoscaler: true\n      suspendedProcesses: [AZRebalance]\n      nodeTemplate:",
        &[(
            "61:26+4",
            "`clusterAutoscaler` is `true`, but must be text",
            "the values are `managed`, `excluded` and `unmanaged`",
        )],
    );
    refused(
        "diskSize: 100",
        "disruption: true",
        &[("55:17+4", "`disruption` is `true`, but must be text", "the only value is `allow`")],
    );
}

#[test]
fn unquoted_account() {
    refused(
        r#"accountId: "111122223333""#,
        "accountId: 011122223333",
        &[(
            "6:14+12",
            "`accountId` is the number 011122223333, but must be text",
            r#"quote it: `accountId: "011122223333"`"#,
        )],
    );
}

#[test]
fn unquoted_tag() {
    refused(
        "team: platform",
        "team: true",
        &[("7:17+4", "`team` is `true`, but must be text, or `null` to remove it", r#"quote it: `team: "true"`"#)],
    );
    refused(
        "team: platform",
        "team: [a]",
        &[("7:17+1", "`team` is a list, but must be text, or `null` to remove it", "")],
    );
}

#[test]
fn unknown_key() {
    refused(
        "nodegroups:\n",
        "nodegroup: []\nnodegroups:\n",
        &[("24:1+9", "unknown key `nodegroup`", "did you mean `nodegroups`?")],
    );
    refused(
        "deletionProtection: true",
        "deletion_protection: true",
        &[("20:3+19", "unknown key `deletion_protection`", "did you mean `deletionProtection`?")],
    );
    refused(
        "diskSize: 100",
        "minSize: 1",
        &[("55:5+7", "unknown key `minSize`", "`minSize` belongs under `scalingConfig`")],
    );
    refused(
        "diskSize: 100",
        "zzz: 1",
        &[(
            "55:5+3",
            "unknown key `zzz`",
            "the keys here are `amiType`, `autoscaling`, `capacityType`, `diskSize`, `disruption`, `instanceTypes`, `labels`, `nodeRepairConfig`, `nodeRole`, `nodegroupName`, `releaseVersion`, `remoteAccess`, `scalingConfig`, `subnets`, `tags`, `taints`, `updateConfig`, `version` and `warmPoolConfig`",
        )],
    );
}

#[test]
fn missing_key() {
    refused(
        "  region: us-east-1\n",
        "",
        &[("4:3+4", "`metadata` lacks the key `region`", "`region`: The AWS region, such as `us-east-1`")],
    );
    refused(
        "  - nodegroupName: jobs-arm64\n    nodeRole",
        "  - nodeRole",
        &[(
            "50:5+8",
            "`nodegroups[2]` lacks the key `nodegroupName`",
            "`nodegroupName`: The group's name; at most 63 characters",
        )],
    );
    refused(
        "{ key: dedicated, value: jobs, effect: NO_SCHEDULE }",
        "{ value: jobs, effect: NO_SCHEDULE }",
        &[("42:14+1", "`taints[0]` lacks the key `key`", "`key`: The taint's key")],
    );
}

#[test]
fn empty_value() {
    refused(
        "taints: [{ key: dedicated, value: jobs, effect: NO_SCHEDULE }]",
        "taints:",
        &[(
            "42:5+6",
            "`taints` is empty, but must be a list",
            "write `[]` for none; to leave it unmanaged, leave the key out",
        )],
    );
    refused(
        "labels: { nodegroup: jobs }",
        "labels: ~",
        &[(
            "41:5+6",
            "`labels` is empty, but must be a mapping of keys to values",
            "write `{}` for none; to leave it unmanaged, leave the key out",
        )],
    );
    refused(
        "  deletionProtection: true",
        "  deletionProtection:",
        &[(
            "20:3+18",
            "`deletionProtection` is empty, but must be `true` or `false`",
            "give it a value, or leave the key out",
        )],
    );
    refused(
        "  roleArn: arn:aws:iam::111122223333:role/gitlab-runners-cluster",
        "  roleArn:",
        &[("11:3+7", "`roleArn` is empty, but must be text", "")],
    );
}

#[test]
fn truth_values() {
    refused(
        "endpointPublicAccess: true",
        "endpointPublicAccess: yes",
        &[(
            "14:27+3",
            "`endpointPublicAccess` is the text `yes`, but must be `true` or `false`",
            "write `endpointPublicAccess: true`",
        )],
    );
    refused(
        "endpointPublicAccess: true",
        r#"endpointPublicAccess: "false""#,
        &[(
            "14:27+7",
            "`endpointPublicAccess` is the text `false`, but must be `true` or `false`",
            "write `endpointPublicAccess: false`",
        )],
    );
    refused(
        "endpointPublicAccess: true",
        "endpointPublicAccess: 1",
        &[("14:27+1", "`endpointPublicAccess` is the number 1, but must be `true` or `false`", "")],
    );
}

#[test]
fn whole_numbers() {
    refused(
        "diskSize: 100",
        r#"diskSize: "100""#,
        &[(
            "55:15+5",
            "`diskSize` is the text `100`, but must be a whole number",
            "leave out the quotes: `diskSize: 100`",
        )],
    );
    refused(
        "diskSize: 100",
        "diskSize: 1.5",
        &[("55:15+3", "`diskSize` is the number 1.5, but must be a whole number", "")],
    );
    refused(
        "diskSize: 100",
        "diskSize: 3000000000",
        &[("55:15+10", "`diskSize` is 3000000000, which is out of range", "")],
    );
    refused(
        "diskSize: 100",
        "diskSize: -3000000000",
        &[("55:15+11", "`diskSize` is -3000000000, which is out of range", "")],
    );
    refused(
        "diskSize: 100",
        "diskSize: 1e-3",
        &[("55:15+4", "`diskSize` is the number 1e-3, but must be a whole number", "")],
    );
    refused(
        "diskSize: 100",
        "diskSize: 100 GiB",
        &[("55:15+7", "`diskSize` is the text `100 GiB`, but must be a whole number", "")],
    );
}

#[test]
fn lists_and_mappings() {
    refused(
        "subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "subnets: subnet-0a11aaaaaaaaaaaaa",
        &[(
            "52:14+24",
            "`subnets` is the text `subnet-0a11aaaaaaaaaaaaa`, but must be a list",
            "write a list: `subnets: [subnet-0a11aaaaaaaaaaaaa]`",
        )],
    );
    refused(
        "subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "subnets: { a: b }",
        &[("52:14+1", "`subnets` is a mapping, but must be a list", "begin each item with `- `")],
    );
    refused(
        "scalingConfig: { minSize: 0, maxSize: 10 }",
        "scalingConfig: [0, 10]",
        &[(
            "57:20+1",
            "`scalingConfig` is a list, but must be a mapping of keys to values",
            "write its keys below it: `desiredSize`, `maxSize` and `minSize`",
        )],
    );
    refused(
        "instanceTypes: [m6i.large]",
        "instanceTypes: [5]",
        &[("28:21+1", "`instanceTypes[0]` is the number 5, but must be text", "")],
    );
    refused(
        "subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "subnets: a, b",
        &[("52:14+4", "`subnets` is the text `a, b`, but must be a list", "write a list: `subnets: [a, b]`")],
    );
    refused(
        "subnets: [subnet-0a11aaaaaaaaaaaaa]",
        "subnets: |\n      a",
        &[("53:7+6", "`subnets` is the text `a…`, but must be a list", "begin each item with `- `")],
    );
}

#[test]
fn enumerations() {
    refused(
        "capacityType: SPOT",
        "capacityType: spot",
        &[("53:19+4", "`capacityType` has the unknown value `spot`", "did you mean `SPOT`?")],
    );
    refused(
        "apiVersion: trueup/v1",
        "apiVersion: trueup/v2",
        &[("2:13+9", "`apiVersion` has the unknown value `trueup/v2`", "the only value is `trueup/v1`")],
    );
    refused(
        "amiType: AL2023_ARM_64_STANDARD",
        "amiType: AL2023_ARM_64",
        &[(
            "54:14+13",
            "`amiType` has the unknown value `AL2023_ARM_64`",
            "the values that begin so are `AL2023_ARM_64_NVIDIA` and `AL2023_ARM_64_STANDARD`",
        )],
    );
    refused(
        "amiType: AL2023_ARM_64_STANDARD",
        "amiType: al2023-arm-64-s",
        &[("54:14+15", "`amiType` has the unknown value `al2023-arm-64-s`", "did you mean `AL2023_ARM_64_STANDARD`?")],
    );
    refused(
        "effect: NoSchedule",
        "effect: NoSchedul",
        &[("31:59+9", "`effect` has the unknown value `NoSchedul`", "did you mean `NoSchedule`?")],
    );
    refused(
        "suspendedProcesses: [AZRebalance]",
        "suspendedProcesses: [Launch]",
        &[("48:28+6", "`Launch` must not be suspended", "EKS needs it whenever nodes are replaced; leave it out")],
    );
    refused(
        "effect: NO_SCHEDULE",
        "effect: NoScedule",
        &[("42:53+9", "`effect` has the unknown value `NoScedule`", "did you mean `NoSchedule`?")],
    );
    refused(
        "capacityType: SPOT",
        "capacityType: [SPOT]",
        &[("53:19+1", "`capacityType` is a list, but must be text", "")],
    );
}

#[test]
fn repeated_key() {
    refused(
        "  deletionProtection: true",
        "  deletionProtection: true\n  deletionProtection: false\n  deletionProtection: no",
        &[
            ("21:3+18", "the key `deletionProtection` is used twice", "it is already on line 20: keep one of them"),
            ("22:3+18", "the key `deletionProtection` is used twice", "it is already on line 20: keep one of them"),
        ],
    );
}

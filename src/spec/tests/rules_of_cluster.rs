//! Rules for `metadata`, `cluster` and `autoscaler`.

use super::refused;

#[test]
fn metadata() {
    refused(
        "name: gitlab-runners",
        "name: git lab",
        &[(
            "4:9+7",
            "`git lab` is not a valid cluster name",
            "a letter or digit, then letters, digits, `-` and `_`; at most 100 characters",
        )],
    );
    refused(
        "region: us-east-1",
        "region: us-east-1a",
        &[("5:11+10", "`us-east-1a` is not a region", "that is an availability zone; its region is `us-east-1`")],
    );
    refused(
        "region: us-east-1",
        "region: Virginia",
        &[("5:11+8", "`Virginia` is not a region", "such as `us-east-1`")],
    );
    refused(
        r#"accountId: "111122223333""#,
        r#"accountId: "1111-2222-3333""#,
        &[(
            "6:14+16",
            "`1111-2222-3333` is not an account id",
            r#"twelve digits in quotes, without dashes, such as `"111122223333"`"#,
        )],
    );
}

#[test]
fn tags() {
    refused(
        "tags: { team: platform, old: null }",
        r#"tags: { "AWS:x": a, trueup/cluster: b, "": c }"#,
        &[
            (
                "7:11+7",
                "the tag's key `AWS:x` begins with `aws:`",
                "such tags are made by AWS itself; choose another key",
            ),
            (
                "7:23+14",
                "the tag's key `trueup/cluster` begins with `trueup/`",
                "trueup marks what it has created with such tags; choose another key",
            ),
            ("7:42+2", "the tag's key is empty", ""),
        ],
    );
}

#[test]
fn cluster() {
    refused(
        "version: \"1.34\"\n  roleArn",
        "version: \"1.34.0\"\n  roleArn",
        &[(
            "10:12+8",
            "`version` is `1.34.0`, but must be a minor version",
            r#"EKS chooses the patch: write `version: "1.34"`"#,
        )],
    );
    refused(
        "version: \"1.34\"\n  roleArn",
        "version: latest\n  roleArn",
        &[("10:12+6", "`version` is `latest`, but must be a minor version", r#"such as `"1.34"`"#)],
    );
    refused(
        "role/gitlab-runners-cluster",
        "user/gitlab-runners-cluster",
        &[(
            "11:12+53",
            "`roleArn` is `arn:aws:iam::111122223333:user/gitlab-runners-cluster`, but must be a role's ARN",
            "write it as `arn:aws:iam::111122223333:role/<name>`",
        )],
    );
    refused(
        "roleArn: arn:aws:iam::111122223333:role/gitlab-runners-cluster",
        "roleArn: gitlab-runners-cluster",
        &[(
            "11:12+22",
            "`roleArn` is `gitlab-runners-cluster`, but must be a role's ARN",
            "write it as `arn:aws:iam::111122223333:role/gitlab-runners-cluster`",
        )],
    );
    refused(
        "111122223333:role/gitlab-runners-cluster",
        "999922223333:role/gitlab-runners-cluster",
        &[(
            "11:12+53",
            "`roleArn` is a role of the account 999922223333, but the cluster is in 111122223333",
            "EKS takes no role of another account",
        )],
    );
    refused(
        r#"autoscaler: { version: "1.34" }"#,
        r#"autoscaler: { version: "v1.34.2" }"#,
        &[(
            "22:24+9",
            "`version` is `v1.34.2`, but must be a minor version",
            r#"EKS chooses the patch: write `version: "1.34"`"#,
        )],
    );
}

#[test]
fn network() {
    refused(
        "subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0b22bbbbbbbbbbbbb]",
        "subnetIds: [subnet-0a11aaaaaaaaaaaaa]",
        &[(
            "13:5+9",
            "`subnetIds` has 1 of the two subnets that EKS needs at least",
            "list subnets in at least two availability zones",
        )],
    );
    refused(
        "subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0b22bbbbbbbbbbbbb]",
        "subnetIds: [pods-a, subnet-0b22bbbbbbbbbbbbb]",
        &[("13:17+6", "`subnetIds[0]` is `pods-a`, but must be an id", "such as `subnet-0123456789abcdef0`")],
    );
    refused(
        "subnetIds: [subnet-0a11aaaaaaaaaaaaa,",
        "subnetIds: [subnet-0b22bbbbbbbbbbbbb,",
        &[("13:43+24", "`subnet-0b22bbbbbbbbbbbbb` is listed twice", "keep one of them")],
    );
    refused(
        "endpointPublicAccess: true\n    endpointPrivateAccess: true",
        "endpointPublicAccess: false\n    endpointPrivateAccess: false",
        &[(
            "15:28+5",
            "both endpoints are off, so nothing could reach the cluster",
            "turn `endpointPrivateAccess` or `endpointPublicAccess` on",
        )],
    );
}

#[test]
fn address_ranges() {
    refused(
        "[203.0.113.0/24]",
        "[10.1.0.0/16]",
        &[(
            "16:25+11",
            "`10.1.0.0/16` holds no public address, so EKS refuses it",
            "list the public addresses that requests come from, such as those of a NAT gateway",
        )],
    );
    refused(
        "[203.0.113.0/24]",
        "[203.0.113.7]",
        &[("16:25+11", "`203.0.113.7` is not an address range", "for this one address write `203.0.113.7/32`")],
    );
    refused(
        "[203.0.113.0/24]",
        "[203.0.113.0/33]",
        &[("16:25+14", "`203.0.113.0/33` is not an address range", "such as `203.0.113.0/24`")],
    );
    refused(
        "[203.0.113.0/24]",
        "[203.0.113.0/24, 203.0.113.7/24]",
        &[("16:41+14", "the range `203.0.113.7/24` is listed twice", "keep one of them")],
    );
    refused(
        "[203.0.113.0/24]",
        "[]",
        &[(
            "16:24+1",
            "`publicAccessCidrs` is empty, which EKS would take for everyone",
            "list the ranges, or set `endpointPublicAccess: false`",
        )],
    );
}

#[test]
fn logging() {
    refused(
        "[api, audit, authenticator]",
        "[api, audit, api]",
        &[("19:25+3", "`api` is listed twice", "keep one of them")],
    );
}

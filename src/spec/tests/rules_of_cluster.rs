//! Rules for `metadata`, `cluster` and `autoscaler`.

use super::{accepted, refused};

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
fn values_of_tags() {
    let hint = "EKS keeps such values to AWS itself; choose another value";
    let wrong = |place, value| (place, value, hint);
    refused(
        "tags: { team: platform, old: null }",
        r#"tags: { a: aws:x, b: "AWS:", c: aws, d: x aws:x }"#,
        &[
            wrong("7:14+5", "the tag's value `aws:x` begins with `aws:`"),
            wrong("7:24+6", "the tag's value `AWS:` begins with `aws:`"),
        ],
    );
    accepted("tags: { cost-center: ci }", "tags: { cost-center: aws:x }");
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
            "roles are not known by name yet: write `arn:aws:iam::111122223333:role/gitlab-runners-cluster`",
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
        &[(
            "13:17+6",
            "`subnetIds[0]` is `pods-a`, but must be an id",
            "subnets are not known by name yet: write the id, such as `subnet-0123456789abcdef0`",
        )],
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

/// The correct file with one more key of `cluster`, on line 21.
fn cluster_with(key: &str, expected: &[(&str, &str, &str)]) {
    refused("  deletionProtection: true\n", &format!("  deletionProtection: true\n  {key}\n"), expected);
}

#[test]
fn addresses_of_services() {
    let range = |range: &str, message: &str, hint: &str| {
        let place = format!("21:47+{}", range.len());
        let key = format!("kubernetesNetworkConfig: {{ serviceIpv4Cidr: {range} }}");
        cluster_with(&key, &[(&place, message, hint)]);
    };
    range("10.100.0.0", "`10.100.0.0` is not an address range", "for this one address write `10.100.0.0/32`");
    range("services", "`services` is not an address range", "such as `10.100.0.0/16`");
    range("10.100.0.1/16", "`10.100.0.1/16` has bits beyond its prefix", "write `10.100.0.0/16`");
    range(
        "100.64.0.0/16",
        "`100.64.0.0/16` is not within the private networks that EKS allows",
        "choose from 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16",
    );
    range(
        "10.0.0.0/8",
        "`10.0.0.0/8` is no range of services: its prefix must be /12 to /24",
        "such as `10.100.0.0/16`",
    );
    range(
        "10.0.0.0/25",
        "`10.0.0.0/25` is no range of services: its prefix must be /12 to /24",
        "such as `10.100.0.0/16`",
    );
    cluster_with(
        "kubernetesNetworkConfig: { serviceIpv4Cidr: 10.100.0.0/16, ipFamily: ipv6 }",
        &[(
            "21:30+15",
            "`serviceIpv4Cidr` and `ipFamily: ipv6` exclude each other",
            "EKS chooses the range of IPv6 services: leave `serviceIpv4Cidr` out",
        )],
    );
}

#[test]
fn an_ipv4_cluster_has_no_ipv6_endpoint() {
    refused(
        "publicAccessCidrs: [203.0.113.0/24]",
        "publicAccessCidrs: [203.0.113.0/24, \"2600::/12\"]\n  kubernetesNetworkConfig: { ipFamily: ipv4 }",
        &[(
            "16:41+11",
            "`2600::/12` is a range of IPv6, but the cluster is `ipv4`",
            "leave it out: its endpoint has no IPv6 address",
        )],
    );
}

#[test]
fn security_groups() {
    let ids: Vec<String> = (0..5).map(|number| format!("sg-0123456789abcde{number:02}")).collect();
    refused(
        "    publicAccessCidrs",
        &format!("    securityGroupIds: [{}]\n    publicAccessCidrs", ids.join(", ")),
        &[("16:5+16", "`securityGroupIds` has 5 items, but AWS allows 4", "")],
    );
    refused(
        "    publicAccessCidrs",
        "    securityGroupIds: [runners, sg-0e55eeeeeeeeeeeee, sg-0e55eeeeeeeeeeeee]\n    publicAccessCidrs",
        &[
            ("16:24+7", "`securityGroupIds[0]` is `runners`, but must be an id", "such as `sg-0123456789abcdef0`"),
            ("16:55+20", "`sg-0e55eeeeeeeeeeeee` is listed twice", "keep one of them"),
        ],
    );
}

#[test]
fn the_rest_of_the_control_plane() {
    let keys = "zonalShiftConfig: { enabled: true }\n  controlPlaneScalingConfig: { tier: tier-xl }\n  bootstrapSelfManagedAddons: false\n  kubernetesNetworkConfig: { serviceIpv4Cidr: 172.20.0.0/16, ipFamily: ipv4 }";
    accepted("deletionProtection: true", &format!("deletionProtection: true\n  {keys}"));
    cluster_with(
        "controlPlaneScalingConfig: { tier: xl }",
        &[(
            "21:38+2",
            "`tier` has the unknown value `xl`",
            "the values are `standard`, `tier-xl`, `tier-2xl`, `tier-4xl` and `tier-8xl`",
        )],
    );
    cluster_with(
        "zonalShiftConfig: {}",
        &[("21:21+1", "`zonalShiftConfig` lacks the key `enabled`", "`enabled`: Whether traffic may be shifted")],
    );
}

#[test]
fn what_is_not_managed_says_so() {
    cluster_with(
        "computeConfig: { enabled: true }",
        &[(
            "21:3+13",
            "trueup does not manage EKS Auto Mode: `computeConfig` cannot be set",
            "leave it out: where Auto Mode is on, it stays on, and plans say so",
        )],
    );
    cluster_with(
        "kubernetesNetworkConfig: { elasticLoadBalancing: { enabled: true } }",
        &[(
            "21:30+20",
            "trueup does not manage EKS Auto Mode: `elasticLoadBalancing` cannot be set",
            "leave it out: where Auto Mode is on, it stays on, and plans say so",
        )],
    );
    refused(
        "nodegroups:\n",
        "addons: [{ addonName: coredns }]\nnodegroups:\n",
        &[("24:1+6", "`addons` is not supported yet", "leave it out: what there is in AWS stays as it is")],
    );
    refused(
        "diskSize: 100",
        "launchTemplate: { name: x }",
        &[(
            "55:5+14",
            "`launchTemplate` is not supported yet",
            "groups with a launch template of their own cannot be in the file yet",
        )],
    );
}

#[test]
fn names_of_other_tools() {
    refused("diskSize: 100", "volumeSize: 100", &[("55:5+10", "unknown key `volumeSize`", "did you mean `diskSize`?")]);
    refused(
        "nodegroups:\n",
        "managedNodeGroups:\n",
        &[("24:1+17", "unknown key `managedNodeGroups`", "did you mean `nodegroups`?")],
    );
}

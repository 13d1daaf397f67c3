//! Settings of the control plane that lock somebody out, cost money, or go together in one call.

use expect_test::expect;

use super::live::{live, nothing};
use super::{File, check, check_with, cluster};

fn network(settings: &str) -> File {
    cluster(&format!("resourcesVpcConfig: {{ SUBNETS, {settings} }}"))
}

#[test]
fn closing_an_endpoint_may_lock_out() {
    let open = live(&network("endpointPublicAccess: true, endpointPrivateAccess: true"));
    check(
        &network("endpointPublicAccess: false"),
        &open,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPublicAccess: true → false ~the public endpoint closes; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPublicAccess} ~the public endpoint closes; somebody may be locked out !UpdateClusterConfig (endpoint access) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check(
        &network("endpointPrivateAccess: false"),
        &open,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPrivateAccess: true → false ~the private endpoint closes; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPrivateAccess} ~the private endpoint closes; somebody may be locked out !UpdateClusterConfig (endpoint access) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check(
        &network("endpointPrivateAccess: true"),
        &live(&network("endpointPrivateAccess: false")),
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPrivateAccess: false → true
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPrivateAccess}
        "#]],
    );
}

#[test]
fn one_endpoint_stays_open() {
    let private = live(&network("endpointPublicAccess: false, endpointPrivateAccess: true"));
    check_with(
        "--allow-disruption",
        &network("endpointPrivateAccess: false"),
        &private,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPrivateAccess: true → false ~the private endpoint closes; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPrivateAccess} ~the private endpoint closes; somebody may be locked out !neither the public nor the private endpoint would be open, and EKS refuses that (set cluster.resourcesVpcConfig.endpointPrivateAccess: true)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &network("endpointPublicAccess: false"),
        &live(&cluster("")),
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPublicAccess: true → false ~the public endpoint closes; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPublicAccess} ~the public endpoint closes; somebody may be locked out !neither the public nor the private endpoint would be open, and EKS refuses that (set cluster.resourcesVpcConfig.endpointPrivateAccess: true)
        "#]],
    );
    check_with(
        "--allow-disruption",
        &network("endpointPublicAccess: false"),
        &nothing(),
        expect![[r#"
            create cluster/runners
            cluster/runners create !neither the public nor the private endpoint would be open, and EKS refuses that (set cluster.resourcesVpcConfig.endpointPrivateAccess: true)
        "#]],
    );
}

#[test]
fn ranges_that_go_may_lock_out_unless_others_cover_them() {
    let account = live(&network("publicAccessCidrs: [203.0.113.0/25, 198.51.100.0/24]"));
    check(
        &network("publicAccessCidrs: [203.0.113.0/24, 198.51.100.0/24]"),
        &account,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.publicAccessCidrs: [198.51.100.0/24, 203.0.113.0/25] → [198.51.100.0/24, 203.0.113.0/24]
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.publicAccessCidrs}
        "#]],
    );
    check(
        &network("publicAccessCidrs: [203.0.113.0/26, 198.51.100.0/24]"),
        &account,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.publicAccessCidrs: [198.51.100.0/24, 203.0.113.0/25] → [198.51.100.0/24, 203.0.113.0/26] ~addresses that reach the public endpoint today will not; somebody may be locked out
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.publicAccessCidrs} ~addresses that reach the public endpoint today will not; somebody may be locked out !UpdateClusterConfig (endpoint access) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    // Bits beyond the prefix mean nothing.
    check(&network("publicAccessCidrs: [203.0.113.9/25, 198.51.100.0/24]"), &account, expect![""]);
    // Behind a closed endpoint they mean nothing.
    let closed = "endpointPublicAccess: false, endpointPrivateAccess: true, publicAccessCidrs";
    check(
        &network(&format!("{closed}: [192.0.2.0/24]")),
        &live(&network(&format!("{closed}: [203.0.113.0/24]"))),
        expect![""],
    );
    let silent = live(&network(&format!("{closed}: [203.0.113.0/24]")));
    check(&network("publicAccessCidrs: [192.0.2.0/24]"), &silent, expect![""]);
    let opened = network("endpointPublicAccess: true, publicAccessCidrs: [192.0.2.0/24]");
    check(
        &opened,
        &silent,
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.endpointPublicAccess: false → true
                resourcesVpcConfig.publicAccessCidrs: [203.0.113.0/24] → [192.0.2.0/24]
            cluster/runners UpdateClusterConfig (endpoint access) {resourcesVpcConfig.endpointPublicAccess, resourcesVpcConfig.publicAccessCidrs}
        "#]],
    );
}

#[test]
fn security_groups_that_go_may_lock_out_behind_a_private_endpoint() {
    let groups =
        |private: bool, list: &str| network(&format!("endpointPrivateAccess: {private}, securityGroupIds: [{list}]"));
    let (one, two) = ("sg-0a77aaaaaaaaaaaaa", "sg-0a77bbbbbbbbbbbbb");
    check(
        &groups(true, one),
        &live(&groups(true, two)),
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.securityGroupIds: [sg-0a77bbbbbbbbbbbbb] → [sg-0a77aaaaaaaaaaaaa] ~who reaches the private endpoint by a security group that goes will not; somebody may be locked out
            cluster/runners UpdateClusterConfig (subnets and security groups) {resourcesVpcConfig.securityGroupIds} ~who reaches the private endpoint by a security group that goes will not; somebody may be locked out !UpdateClusterConfig (subnets and security groups) is disruptive and nobody has consented (run with --allow-disruption to consent)
        "#]],
    );
    check(
        &groups(false, one),
        &live(&groups(false, two)),
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.securityGroupIds: [sg-0a77bbbbbbbbbbbbb] → [sg-0a77aaaaaaaaaaaaa]
            cluster/runners UpdateClusterConfig (subnets and security groups) {resourcesVpcConfig.securityGroupIds}
        "#]],
    );
    check(
        &groups(true, &format!("{one}, {two}")),
        &live(&groups(true, two)),
        expect![[r#"
            update cluster/runners
                resourcesVpcConfig.securityGroupIds: [sg-0a77bbbbbbbbbbbbb] → [sg-0a77aaaaaaaaaaaaa, sg-0a77bbbbbbbbbbbbb]
            cluster/runners UpdateClusterConfig (subnets and security groups) {resourcesVpcConfig.securityGroupIds}
        "#]],
    );
}

#[test]
fn subnets_that_change_stay_in_their_zones() {
    let file = cluster("resourcesVpcConfig: { subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0c33ccccccccccccc] }");
    check(
        &file,
        &live(&cluster("")),
        expect![[r#"
        update cluster/runners
            # EKS takes only subnets of exactly the availability zones that the cluster was made in
            resourcesVpcConfig.subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0b22bbbbbbbbbbbbb] → [subnet-0a11aaaaaaaaaaaaa, subnet-0c33ccccccccccccc]
        cluster/runners UpdateClusterConfig (subnets and security groups) {resourcesVpcConfig.subnetIds}
    "#]],
    );
}

#[test]
fn a_tier_that_costs_money_is_told() {
    let tier = |tier: &str| cluster(&format!("controlPlaneScalingConfig: {{ tier: {tier} }}"));
    check(
        &tier("tier-xl"),
        &live(&cluster("")),
        expect![[r#"
            update cluster/runners
                # the scaling tier tier-xl costs money, by the hour, for as long as the cluster has it
                controlPlaneScalingConfig.tier: standard → tier-xl
            cluster/runners UpdateClusterConfig (control plane scaling) {controlPlaneScalingConfig.tier}
        "#]],
    );
    check(
        &tier("tier-xl"),
        &nothing(),
        expect![[r#"
            create cluster/runners
                # the scaling tier tier-xl costs money, by the hour, for as long as the cluster has it
            cluster/runners create
        "#]],
    );
    check(&tier("tier-xl"), &live(&tier("tier-xl")), expect![""]);
    check(
        &tier("standard"),
        &live(&tier("tier-xl")),
        expect![[r#"
            update cluster/runners
                controlPlaneScalingConfig.tier: tier-xl → standard
            cluster/runners UpdateClusterConfig (control plane scaling) {controlPlaneScalingConfig.tier}
        "#]],
    );
}

#[test]
fn auto_mode_is_reported_and_left_alone() {
    check(
        &cluster(""),
        &live(&cluster("")).auto_mode(),
        expect![[r#"
            keep cluster/runners
                # EKS Auto Mode is on; trueup neither manages it nor touches it
        "#]],
    );
}

#[test]
fn what_only_creation_can_say_is_never_compared() {
    let file = cluster(
        "bootstrapSelfManagedAddons: false, accessConfig: { authenticationMode: API, \
         bootstrapClusterCreatorAdminPermissions: false }",
    );
    check(&file, &live(&cluster("accessConfig: { authenticationMode: API }")), expect![""]);
}

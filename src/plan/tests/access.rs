//! The laws of access: nobody is locked out while access entries and the authentication mode change.

use expect_test::expect;

use super::live::{live, nothing, reliance};
use super::{ADMIN, API, VIEW, check, check_with, cluster, planned};

const CONFIG_MAP: &str = "accessConfig: { authenticationMode: CONFIG_MAP }";
const BOTH: &str = "accessConfig: { authenticationMode: API_AND_CONFIG_MAP }";
const FREE: &str = "--prune --allow-disruption --allow-irreversible";

#[test]
fn entries_come_with_the_mode() {
    let file = cluster(BOTH).entry("alice", VIEW);
    check_with(
        FREE,
        &file,
        &live(&cluster(CONFIG_MAP)),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: CONFIG_MAP → API_AND_CONFIG_MAP !!
            create access-entry/alice
            cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP) {accessConfig.authenticationMode} !!
            access-entry/alice create <- needs cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)
        "#]],
    );
}

#[test]
fn the_config_map_goes_last() {
    let file = cluster(API).entry("alice", ADMIN).group("jobs", "");
    check_with(
        FREE,
        &file,
        &live(&cluster(CONFIG_MAP)),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: CONFIG_MAP → API_AND_CONFIG_MAP !!
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            create access-entry/alice
            create nodegroup/jobs
            cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP) {accessConfig.authenticationMode} !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} <- needs access-entry/alice AssociateAccessPolicy + access-entry/alice create + cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP) ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            access-entry/alice create <- needs cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)
            nodegroup/jobs create <- follows cluster/runners UpdateClusterConfig (access config, to API) + cluster/runners UpdateClusterConfig (access config, to API_AND_CONFIG_MAP)
        "#]],
    );
    // Whoever is only to be taken something from need not be waited for.
    let before = cluster(BOTH).entry("alice", ADMIN).entry("bob", VIEW);
    let file = cluster(API).entry("alice", &format!("{ADMIN}, tags: {{ a: b }}")).entry("bob", "accessPolicies: []");
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            update access-entry/alice
                tags: { trueup/cluster: us-east-1/runners } → { a: b, trueup/cluster: us-east-1/runners }
            update access-entry/bob
                accessPolicies: { AmazonEKSViewPolicy: cluster } → {  }
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            access-entry/alice TagResource {tags}
            access-entry/bob DisassociateAccessPolicy {accessPolicies}
        "#]],
    );
}

#[test]
fn an_administrator_comes_before_the_config_map_goes() {
    let file = cluster(API).entry("alice", VIEW);
    let before = cluster(BOTH).entry("alice", VIEW);
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !! !UpdateClusterConfig (access config, to API): no access entry would make an administrator, so nobody could come in (give AmazonEKSClusterAdminPolicy to an entry in the file; or write API_AND_CONFIG_MAP, apply, and see who has one)
        "#]],
    );
    // Somebody who comes with the same plan will do, and so does somebody who is there, in the file or not.
    let coming = cluster(API).entry("bob", ADMIN);
    check_with(
        FREE,
        &coming,
        &live(&before),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            create access-entry/bob
            delete access-entry/alice
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} <- needs access-entry/bob AssociateAccessPolicy + access-entry/bob create ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            access-entry/bob create
            access-entry/bob AssociateAccessPolicy {accessPolicies} <- needs access-entry/bob create
            access-entry/alice delete <- needs access-entry/bob AssociateAccessPolicy + access-entry/bob create; follows cluster/runners UpdateClusterConfig (access config, to API)
        "#]],
    );
    let there = live(&before.clone().entry("carol", ADMIN));
    check_with(
        "--allow-disruption --allow-irreversible",
        &file,
        &there,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            obsolete access-entry/carol
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !!
        "#]],
    );
    let mode = "cluster/runners UpdateClusterConfig (access config, to API)";
    assert_eq!(reliance(&planned(FREE, &coming, &live(&before)), mode), ["access-entry/bob"]);
    assert_eq!(reliance(&planned("", &file, &there), mode), ["access-entry/carol"]);
    // Nodes administer nothing.
    let nodes = live(&before.entry("nodes", "type: EC2"));
    check_with(
        FREE,
        &file,
        &nodes,
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → API ~EKS stops reading the aws-auth config map; somebody may be locked out !!
            keep access-entry/nodes
                # is not in the file, and stays: nodes may join by it; once none does, delete it by hand
            cluster/runners UpdateClusterConfig (access config, to API) {accessConfig.authenticationMode} ~EKS stops reading the aws-auth config map; somebody may be locked out !! !UpdateClusterConfig (access config, to API): no access entry would make an administrator, so nobody could come in (give AmazonEKSClusterAdminPolicy to an entry in the file; or write API_AND_CONFIG_MAP, apply, and see who has one)
        "#]],
    );
}

#[test]
fn a_mode_that_stays_needs_no_administrator() {
    check_with(
        FREE,
        &cluster("").entry("alice", VIEW),
        &live(&cluster(BOTH)),
        expect![[r#"
            create access-entry/alice
            access-entry/alice create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create
        "#]],
    );
}

#[test]
fn the_mode_never_goes_back() {
    check_with(
        FREE,
        &cluster(BOTH),
        &live(&cluster(API)),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API → API_AND_CONFIG_MAP !the authentication mode never goes back (write the live value into the file)
        "#]],
    );
    check_with(
        FREE,
        &cluster(CONFIG_MAP),
        &live(&cluster(BOTH)),
        expect![[r#"
            update cluster/runners
                accessConfig.authenticationMode: API_AND_CONFIG_MAP → CONFIG_MAP !the authentication mode never goes back (write the live value into the file)
        "#]],
    );
}

#[test]
fn giving_comes_before_taking() {
    let before = cluster("").entry("alice", &format!("{VIEW}, kubernetesGroups: [viewers]"));
    let edit = "accessPolicies: [{ policyArn: AmazonEKSEditPolicy }]";
    let file = cluster("").entry("alice", &format!("{edit}, kubernetesGroups: [editors]"));
    check(
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/alice
                kubernetesGroups: [viewers] → [editors]
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSEditPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice UpdateAccessEntry {kubernetesGroups} <- needs access-entry/alice AssociateAccessPolicy
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy + access-entry/alice UpdateAccessEntry
        "#]],
    );
    // A call that only gives groups waits for no policy.
    let file = cluster("").entry("alice", &format!("{edit}, kubernetesGroups: [viewers, editors]"));
    check(
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/alice
                kubernetesGroups: [viewers] → [editors, viewers]
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSEditPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice UpdateAccessEntry {kubernetesGroups} <- follows access-entry/alice AssociateAccessPolicy
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy + access-entry/alice UpdateAccessEntry
        "#]],
    );
}

#[test]
fn each_entry_is_an_affair_of_its_own() {
    let before = cluster("").entry("alice", VIEW).entry("bob", VIEW);
    let edit = "accessPolicies: [{ policyArn: AmazonEKSEditPolicy }]";
    check(
        &cluster("").entry("alice", edit).entry("bob", "accessPolicies: []"),
        &live(&before),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSEditPolicy: cluster }
            update access-entry/bob
                accessPolicies: { AmazonEKSViewPolicy: cluster } → {  }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy
            access-entry/bob DisassociateAccessPolicy {accessPolicies}
        "#]],
    );
}

#[test]
fn the_last_administrator_stays() {
    let before = cluster("").entry("alice", ADMIN).entry("bob", VIEW);
    let account = live(&before);
    check_with(
        FREE,
        &cluster("").entry("alice", VIEW).entry("bob", VIEW),
        &account,
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSViewPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy !DisassociateAccessPolicy: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
        "#]],
    );
    check_with(
        FREE,
        &cluster("").entry("bob", VIEW),
        &account,
        expect![[r#"
            delete access-entry/alice
            access-entry/alice delete !delete: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
        "#]],
    );
    let namespaced = "accessPolicies: [{ policyArn: AmazonEKSClusterAdminPolicy, accessScope: { type: namespace, \
                      namespaces: [ci] } }]";
    check_with(
        FREE,
        &cluster("").entry("alice", namespaced).entry("bob", VIEW),
        &account,
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSClusterAdminPolicy: namespace:ci }
            access-entry/alice AssociateAccessPolicy {accessPolicies} !AssociateAccessPolicy: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
        "#]],
    );
}

#[test]
fn a_new_administrator_comes_before_the_old_one_goes() {
    let before = cluster("").entry("alice", ADMIN).entry("bob", VIEW);
    let file = cluster("").entry("alice", VIEW).entry("bob", ADMIN);
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSViewPolicy: cluster }
            update access-entry/bob
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSClusterAdminPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy + access-entry/bob AssociateAccessPolicy
            access-entry/bob AssociateAccessPolicy {accessPolicies}
            access-entry/bob DisassociateAccessPolicy {accessPolicies} <- needs access-entry/bob AssociateAccessPolicy
        "#]],
    );
    let plan = planned(FREE, &file, &live(&before));
    assert_eq!(reliance(&plan, "access-entry/alice DisassociateAccessPolicy"), ["access-entry/bob"]);
}

#[test]
fn among_several_administrators_one_may_go_at_once() {
    let before = cluster("").entry("alice", ADMIN).entry("bob", ADMIN).entry("carol", VIEW);
    let file = cluster("").entry("alice", VIEW).entry("bob", ADMIN).entry("carol", ADMIN);
    check_with(
        FREE,
        &file,
        &live(&before),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSViewPolicy: cluster }
            update access-entry/carol
                accessPolicies: { AmazonEKSViewPolicy: cluster } → { AmazonEKSClusterAdminPolicy: cluster }
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy
            access-entry/carol AssociateAccessPolicy {accessPolicies}
            access-entry/carol DisassociateAccessPolicy {accessPolicies} <- needs access-entry/carol AssociateAccessPolicy
        "#]],
    );
    let plan = planned(FREE, &file, &live(&before));
    let relies = reliance(&plan, "access-entry/alice DisassociateAccessPolicy");
    assert_eq!(relies, ["access-entry/bob", "access-entry/carol"]);
}

#[test]
fn two_administrators_do_not_vouch_for_each_other_when_both_go() {
    let before = cluster("").entry("alice", ADMIN).entry("bob", ADMIN);
    check_with(
        FREE,
        &cluster("").entry("alice", VIEW),
        &live(&before),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster } → { AmazonEKSViewPolicy: cluster }
            delete access-entry/bob
            access-entry/alice AssociateAccessPolicy {accessPolicies}
            access-entry/alice DisassociateAccessPolicy {accessPolicies} <- needs access-entry/alice AssociateAccessPolicy !DisassociateAccessPolicy: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
            access-entry/bob delete <- follows access-entry/alice AssociateAccessPolicy + access-entry/alice DisassociateAccessPolicy !delete: it would take AmazonEKSClusterAdminPolicy from the last access entry that has it for the whole cluster (give it to another entry in the file first)
        "#]],
    );
}

#[test]
fn other_policies_of_an_administrator_may_go() {
    let both = "accessPolicies: [{ policyArn: AmazonEKSClusterAdminPolicy }, { policyArn: AmazonEKSViewPolicy }]";
    check(
        &cluster("").entry("alice", ADMIN),
        &live(&cluster("").entry("alice", both)),
        expect![[r#"
            update access-entry/alice
                accessPolicies: { AmazonEKSClusterAdminPolicy: cluster, AmazonEKSViewPolicy: cluster } → { AmazonEKSClusterAdminPolicy: cluster }
            access-entry/alice DisassociateAccessPolicy {accessPolicies}
        "#]],
    );
    // And an entry whose policies the file does not manage stays what it is.
    let silent = cluster("").entry("alice", "kubernetesGroups: [operators]");
    check(
        &silent,
        &live(&cluster("").entry("alice", ADMIN)),
        expect![[r#"
            update access-entry/alice
                kubernetesGroups: [] → [operators]
            access-entry/alice UpdateAccessEntry {kubernetesGroups}
        "#]],
    );
}

#[test]
fn a_new_cluster_can_be_entered() {
    let closed = "accessConfig: { authenticationMode: API, bootstrapClusterCreatorAdminPermissions: false }";
    let file = cluster(closed).entry("alice", ADMIN);
    check(
        &file,
        &nothing(),
        expect![[r#"
            create cluster/runners
            create access-entry/alice
            cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
        "#]],
    );
    check_with(
        "--target cluster/run*",
        &file,
        &nothing(),
        expect![[r#"
            create cluster/runners
            create access-entry/alice
            cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
        "#]],
    );
    check_with(
        "--target nodegroup/jobs",
        &file.clone().group("jobs", ""),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create nodegroup/jobs
            cluster/runners create !create: its creator gets no access entry, and nobody else would administer it (give the address of an entry with AmazonEKSClusterAdminPolicy as --target, too)
            nodegroup/jobs create <- needs cluster/runners create !create waits for cluster/runners create, which is blocked (resolve that first)
        "#]],
    );
    let alice = "--target nodegroup/jobs --target access-entry/*alice";
    check_with(
        alice,
        &file.group("jobs", ""),
        &nothing(),
        expect![[r#"
            create cluster/runners
            create access-entry/alice
            create nodegroup/jobs
            cluster/runners create
            access-entry/alice create <- needs cluster/runners create
            access-entry/alice AssociateAccessPolicy {accessPolicies} <- needs access-entry/alice create + cluster/runners create
            nodegroup/jobs create <- needs cluster/runners create
        "#]],
    );
    // Where its creator gets an entry nobody else is needed.
    check(
        &cluster(API),
        &nothing(),
        expect![[r#"
            create cluster/runners
            cluster/runners create
        "#]],
    );
}

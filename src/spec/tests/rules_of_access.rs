//! Rules for `accessEntries`, and for how access and the control plane go together.

use super::{accepted, refused};

const DEPLOY: &str = "arn:aws:iam::444455556666:role/gitlab-deploy";
const NODES: &str = "\"arn:aws:iam::111122223333:role/bastion-nodes\"";

#[test]
fn principals_that_eks_does_not_take() {
    let wrong = |to: &str, message: &str, hint: &str| {
        refused(DEPLOY, to, &[(&format!("72:19+{}", to.len()), message, hint)]);
    };
    wrong(
        "arn:aws:sts::444455556666:assumed-role/gitlab-deploy/i-0123",
        "`principalArn` is a session, but entries are for the role behind it",
        "write the role's own ARN, as IAM shows it: `arn:aws:iam::444455556666:role/gitlab-deploy`",
    );
    wrong(
        "arn:aws:sts::444455556666:assumed-role/AWSReservedSSO_Dev_0123/me",
        "`principalArn` is a session, but entries are for the role behind it",
        "write the role's own ARN, as IAM shows it: `arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Dev_0123`",
    );
    wrong(
        "arn:aws:iam::444455556666:root",
        "`arn:aws:iam::444455556666:root` is a whole account, for which EKS takes no entry",
        "name a role or a user of it",
    );
    wrong(
        "arn:aws:iam::444455556666:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS",
        "`AWSServiceRoleForAmazonEKS` is a service-linked role, for which EKS takes no entry",
        "the service has the access that it needs; leave the entry out",
    );
    wrong(
        "arn:aws:iam::444455556666:role/AWSReservedSSO_Dev_0123",
        "`AWSReservedSSO_Dev_0123` lacks its path",
        "roles of IAM Identity Center are under `role/aws-reserved/sso.amazonaws.com/`; IAM shows the whole ARN",
    );
    wrong(
        "arn:aws:iam::444455556666:group/deployers",
        "`principalArn` is `arn:aws:iam::444455556666:group/deployers`, but must be the ARN of an IAM role or user",
        "write it as `arn:aws:iam::111122223333:role/<path and name>`",
    );
    wrong(
        "gitlab-deploy",
        "`principalArn` is `gitlab-deploy`, but must be the ARN of an IAM role or user",
        "roles are not known by name yet: write `arn:aws:iam::111122223333:role/gitlab-deploy`",
    );
    wrong(
        "arn:aws-cn:iam::444455556666:role/gitlab-deploy",
        "`principalArn` is of the partition `aws-cn`, but the region is in `aws`",
        "begin it with `arn:aws:`",
    );
    accepted(DEPLOY, "arn:aws:iam::111122223333:user/people/ada");
}

#[test]
fn the_role_of_a_nodegroup_is_for_nodes() {
    let role = "arn:aws:iam::111122223333:role/gitlab-runners-node";
    let message = "`gitlab-runners-node` is the role of the nodes of `management`, which cannot join by an entry of the type `STANDARD`";
    let hint = "leave it out: EKS makes the entry of a nodegroup's role itself";
    refused(DEPLOY, role, &[("72:19+50", message, hint)]);
    accepted(NODES, role);
}

#[test]
fn a_principal_has_one_entry() {
    let first = "arn:aws:iam::111122223333:role/bastion-nodes";
    refused(
        DEPLOY,
        first,
        &[(
            "79:21+46",
            "`arn:aws:iam::111122223333:role/bastion-nodes` is listed twice",
            "a principal has one entry: make one of the two",
        )],
    );
    refused(
        DEPLOY,
        "arn:aws:iam::111122223333:role/eu/bastion-nodes",
        &[(
            "79:21+46",
            "the role `bastion-nodes` is listed already, as `arn:aws:iam::111122223333:role/eu/bastion-nodes`",
            "its name is unique in the account, so one of the two paths is wrong; IAM shows the right one",
        )],
    );
    accepted(DEPLOY, "arn:aws:iam::444455556666:role/bastion-nodes");
    accepted(DEPLOY, "arn:aws:iam::111122223333:user/bastion-nodes");
}

#[test]
fn entries_of_nodes() {
    refused(
        NODES,
        "\"arn:aws:iam::444455556666:role/bastion-nodes\"",
        &[(
            "79:21+46",
            "an entry of the type `EC2_LINUX` is for a role of the cluster's account, 111122223333, but this one is of 444455556666",
            "name the nodes' role, or leave `type` out",
        )],
    );
    refused(
        NODES,
        "\"arn:aws:iam::111122223333:user/bastion\"",
        &[(
            "79:21+40",
            "an entry of the type `EC2_LINUX` is for a role, and this is a user",
            "name the nodes' role, or leave `type` out",
        )],
    );
    refused(
        "type: EC2_LINUX }",
        "type: EC2_LINUX, username: a, kubernetesGroups: [], accessPolicies: [] }",
        &[
            (
                "79:86+8",
                "an entry of the type `EC2_LINUX` takes no `username`",
                "EKS decides it for nodes; leave the key out",
            ),
            (
                "79:99+16",
                "an entry of the type `EC2_LINUX` takes no `kubernetesGroups`",
                "EKS decides it for nodes; leave the key out",
            ),
            (
                "79:121+14",
                "an entry of the type `EC2_LINUX` takes no `accessPolicies`",
                "nodes have the permissions that they need; leave the key out",
            ),
        ],
    );
    accepted("type: EC2_LINUX }", "type: EC2, accessPolicies: [{ policyArn: AmazonEKSAutoNodePolicy }] }");
    refused(
        "type: EC2_LINUX }",
        "type: EC2, accessPolicies: [{ policyArn: AmazonEKSViewPolicy }] }",
        &[("79:110+19", "an entry of the type `EC2` takes no policy but `AmazonEKSAutoNodePolicy`", "")],
    );
}

#[test]
fn groups_and_users() {
    refused(
        "[gitlab-deployers]",
        "[\"system:masters\", a, a, \"\", \"eks:x\"]",
        &[
            (
                "73:24+16",
                "the group `system:masters` begins with `system:`, which EKS reserves",
                "for administrators, list `AmazonEKSClusterAdminPolicy` under `accessPolicies`",
            ),
            ("73:45+1", "`a` is listed twice", "keep one of them"),
            ("73:48+2", "the group's name is empty", ""),
            (
                "73:52+7",
                "the group `eks:x` begins with `eks:`, which EKS reserves",
                "choose another name, and bind that in the cluster",
            ),
        ],
    );
    refused(
        "gitlab:{{SessionName}}",
        "\"gitlab-{{SessionName}}\"",
        &[(
            "74:15+24",
            "`gitlab-{{SessionName}}` has no colon before `{{SessionName}}`",
            "whoever assumes the role chooses the session's name: write such as `ci:{{SessionName}}`",
        )],
    );
    refused(
        "gitlab:{{SessionName}}",
        "aws:gitlab",
        &[(
            "74:15+10",
            "the user `aws:gitlab` begins with `aws:`, which EKS reserves",
            "choose another name, or leave the key out to have EKS choose",
        )],
    );
    refused(
        "gitlab:{{SessionName}}",
        "\"\"",
        &[("74:15+2", "the user's name is empty", "leave the key out to have EKS choose")],
    );
}

#[test]
fn policies() {
    const EDIT: &str = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy";
    let wrong = |to: &str, message: &str, hint: &str| {
        refused(EDIT, to, &[(&format!("76:20+{}", to.len()), message, hint)]);
    };
    wrong(
        "AmazonEKSEditPolcy",
        "`AmazonEKSEditPolcy` is not an access policy that trueup knows",
        "did you mean `AmazonEKSEditPolicy`? If EKS does have the other, write its ARN",
    );
    wrong(
        "arn:aws:iam::aws:policy/AmazonEKSClusterPolicy",
        "`arn:aws:iam::aws:policy/AmazonEKSClusterPolicy` is not the ARN of an access policy",
        "policies of IAM say nothing inside a cluster; EKS has its own, such as `AmazonEKSViewPolicy`",
    );
    wrong(
        "arn:aws:eks::aws:access-policy/AmazonEKSEditPolicy",
        "`arn:aws:eks::aws:access-policy/AmazonEKSEditPolicy` is not the ARN of an access policy",
        "write the name alone, such as `AmazonEKSViewPolicy`",
    );
    wrong(
        "arn:aws-us-gov:eks::aws:cluster-access-policy/AmazonEKSEditPolicy",
        "`policyArn` is of the partition `aws-us-gov`, but the region is in `aws`",
        "begin it with `arn:aws:`",
    );
    wrong("edit everything", "`edit everything` is not the name of an access policy", "such as `AmazonEKSViewPolicy`");
    accepted(EDIT, "AmazonEKSBrandNewPolicy");
    accepted(EDIT, "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy2");
    refused(
        "      - policyArn: arn",
        "      - policyArn: AmazonEKSEditPolicy\n      - policyArn: arn",
        &[(
            "77:20+58",
            "`arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy` is listed twice",
            "an entry has a policy once: list all its namespaces there",
        )],
    );
}

#[test]
fn scopes() {
    const SCOPE: &str = "{ type: namespace, namespaces: [gitlab-runner, dev-*] }";
    refused(
        SCOPE,
        "{ type: cluster, namespaces: [gitlab-runner] }",
        &[(
            "77:39+10",
            "`namespaces` are listed, but the policy holds in the whole cluster",
            "write `type: namespace`, or leave `namespaces` out",
        )],
    );
    for to in ["{ type: namespace, namespaces: [] }", "{ type: namespace }"] {
        let place = if to.contains('[') { "77:53+1" } else { "77:22+1" };
        let message = "the policy holds in the listed namespaces, but none is listed";
        refused(SCOPE, to, &[(place, message, "list `namespaces`, or write `type: cluster`")]);
    }
    refused(
        SCOPE,
        "{ type: namespace, namespaces: [Dev, dev, dev] }",
        &[
            (
                "77:54+3",
                "`Dev` is not a namespace",
                "at most 63 small letters, digits and `-`, with a letter or digit at both ends; `*` may stand at the end",
            ),
            ("77:64+3", "`dev` is listed twice", "keep one of them"),
        ],
    );
}

#[test]
fn entries_need_a_mode_that_knows_them() {
    refused(
        "authenticationMode: API }",
        "authenticationMode: CONFIG_MAP }",
        &[(
            "68:1+13",
            "EKS takes no access entries with `authenticationMode: CONFIG_MAP`",
            "set `cluster.accessConfig.authenticationMode` to `API_AND_CONFIG_MAP` or `API`",
        )],
    );
}

const NO_CREATOR: &str = "authenticationMode: API, bootstrapClusterCreatorAdminPermissions: false }";

#[test]
fn somebody_administers_a_new_cluster() {
    accepted("authenticationMode: API }", NO_CREATOR);
    let text = super::changed("authenticationMode: API }", NO_CREATOR);
    let text = text.replace("policyArn: AmazonEKSClusterAdminPolicy", "policyArn: AmazonEKSAdminPolicy");
    let problems = super::problems(&text);
    let found: Vec<_> = problems.iter().map(super::summary).collect();
    let expected = (
        "17:44+39".to_owned(),
        "nobody would administer the cluster: neither who creates it nor any of `accessEntries`",
        "give one of them `AmazonEKSClusterAdminPolicy`, or leave this key out: after the creation it has no effect",
    );
    assert_eq!(found, [expected]);
    let (others, _) = text.split_once("accessEntries:").expect("it has the section");
    assert!(crate::spec::parse("cluster.yaml", others).is_ok(), "somebody else may take care of the entries");
}

#[test]
fn a_misspelt_administrator_is_one_problem() {
    let text = super::changed("authenticationMode: API }", NO_CREATOR);
    let text =
        text.replace("- { policyArn: AmazonEKSClusterAdminPolicy }", "- { polcyArn: AmazonEKSClusterAdminPolicy }");
    let problems = super::problems(&text);
    let messages: Vec<&str> = problems.iter().map(|problem| problem.message.as_str()).collect();
    assert_eq!(messages, ["unknown key `polcyArn`"]);
}

#[test]
fn only_the_creator_can_come_into_a_new_cluster_with_a_config_map() {
    let (_, entries) = super::GOOD.split_once("\naccessEntries:").expect("it has the section");
    let text = super::GOOD.replace(&format!("\naccessEntries:{entries}"), "").replace(
        "authenticationMode: API }",
        "authenticationMode: CONFIG_MAP, bootstrapClusterCreatorAdminPermissions: false }",
    );
    let problems = super::problems(&text);
    let found: Vec<_> = problems.iter().map(super::summary).collect();
    let expected = (
        "17:51+39".to_owned(),
        "EKS makes no cluster with `authenticationMode: CONFIG_MAP` whose creator is not its administrator",
        "leave this key out, or choose `API_AND_CONFIG_MAP` or `API`",
    );
    assert_eq!(found, [expected]);
}

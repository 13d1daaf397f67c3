"""Access entries and their policies (API reference: CreateAccessEntry and its kin; EKS user guide, access entries)."""

import pytest
from errors import refused
from sandbox import ACCOUNT, NODE_ROLE

ROLE = f"arn:aws:iam::{ACCOUNT}:role/gitlab-deploy"
SSO = f"arn:aws:iam::{ACCOUNT}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_0123456789abcdef"
USER = f"arn:aws:iam::{ACCOUNT}:user/break-glass"
CREATOR = f"arn:aws:iam::{ACCOUNT}:role/trueup-apply"
POLICY = "arn:aws:eks::aws:cluster-access-policy/"
VIEW, EDIT, ADMIN = (f"{POLICY}AmazonEKS{name}Policy" for name in ("View", "Edit", "ClusterAdmin"))
WHOLE = {"type": "cluster"}


def create(aws, principal=ROLE, **settings):
    return aws.eks.create_access_entry(clusterName="demo", principalArn=principal, **settings)["accessEntry"]


def describe(aws, principal=ROLE):
    return aws.eks.describe_access_entry(clusterName="demo", principalArn=principal)["accessEntry"]


def associate(aws, policy=VIEW, scope=WHOLE, principal=ROLE):
    about = {"clusterName": "demo", "principalArn": principal, "policyArn": policy, "accessScope": scope}
    return aws.eks.associate_access_policy(**about)["associatedAccessPolicy"]


def associated(aws, principal=ROLE):
    reply = aws.eks.list_associated_access_policies(clusterName="demo", principalArn=principal)
    assert (reply["clusterName"], reply["principalArn"]) == ("demo", principal)
    return {policy["policyArn"]: policy["accessScope"] for policy in reply["associatedAccessPolicies"]}


def entries(aws, **about):
    return aws.eks.list_access_entries(clusterName="demo", **about)["accessEntries"]


def test_an_entry_is_there_at_once(demo):
    created = create(demo)
    assert describe(demo) == created
    assert created["clusterName"] == "demo" and created["principalArn"] == ROLE
    assert created["accessEntryArn"].startswith(f"arn:aws:eks:us-east-1:{ACCOUNT}:access-entry/demo/role/{ACCOUNT}/gitlab-deploy/")
    assert (created["type"], created["kubernetesGroups"], created["tags"]) == ("STANDARD", [], {})
    assert created["createdAt"] == created["modifiedAt"]
    assert ROLE in entries(demo)
    assert associated(demo) == {}


@pytest.mark.parametrize(
    ("principal", "username"),
    [
        (ROLE, f"arn:aws:sts::{ACCOUNT}:assumed-role/gitlab-deploy/{{{{SessionName}}}}"),
        (SSO, f"arn:aws:sts::{ACCOUNT}:assumed-role/AWSReservedSSO_Platform_0123456789abcdef/{{{{SessionName}}}}"),
        (USER, USER),
    ],
)
def test_the_user_name_by_default(demo, principal, username):
    assert create(demo, principal)["username"] == username


@pytest.mark.parametrize("kind", ["EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX"])
def test_entries_of_nodes(demo, kind):
    created = create(demo, type=kind)
    placeholder = "EC2PrivateDNSName" if kind.startswith("EC2") else "SessionName"
    assert (created["type"], created["username"]) == (kind, f"system:node:{{{{{placeholder}}}}}")
    with refused("InvalidRequestException", "InvalidParameterException"):
        associate(demo)


def test_what_is_sent_is_described(demo):
    created = create(demo, kubernetesGroups=["b", "a"], username="deploy:{{SessionName}}", tags={"x": "1"})
    assert (sorted(created["kubernetesGroups"]), created["username"], created["tags"]) == (["a", "b"], "deploy:{{SessionName}}", {"x": "1"})


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"principalArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "invalid principal"),
        ({"principalArn": f"arn:aws:iam::{ACCOUNT}:role/AWSReservedSSO_Platform_0123456789abcdef"}, ""),
        ({"principalArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/gitlab-deploy/somebody"}, ""),
        ({"principalArn": "nonsense"}, ""),
        ({"kubernetesGroups": ["system:masters"]}, "system:masters is invalid, it cannot start with"),
        ({"kubernetesGroups": ["eks:a"]}, "cannot start with"),
        ({"kubernetesGroups": ["aws:a"]}, "cannot start with"),
        ({"kubernetesGroups": ["amazon:a"]}, "cannot start with"),
        ({"kubernetesGroups": ["iam:a"]}, "cannot start with"),
        ({"username": "system:admin"}, "The username must not begin with"),
        ({"username": "eks:admin"}, "The username must not begin with"),
        ({"username": "{{SessionName}}"}, ""),
        ({"type": "EC2_LINUX", "kubernetesGroups": ["a"]}, ""),
        ({"type": "EC2_LINUX", "username": "me"}, ""),
        ({"type": "EC2_LINUX", "principalArn": "arn:aws:iam::999988887777:role/other"}, ""),
        ({"type": "NONE"}, ""),
        ({"tags": {"aws:a": "1"}}, ""),
        ({"clientRequestToken": "short"}, "between 33 and 126 characters"),
    ],
    ids=str,
)
def test_an_entry_that_cannot_be(demo, change, words):
    before = entries(demo)
    with refused("InvalidParameterException") as refusal:
        demo.eks.create_access_entry(**{"clusterName": "demo", "principalArn": ROLE, **change})
    assert words in refusal.message
    assert entries(demo) == before


def test_a_principal_has_one_entry(demo):
    create(demo)
    with refused("ResourceInUseException") as refusal:
        create(demo)
    assert refusal.status == 409 and "already in use on this cluster" in refusal.message


def test_eks_makes_entries_itself(demo):
    assert describe(demo, CREATOR)["type"] == "STANDARD"
    assert associated(demo, CREATOR) == {ADMIN: {"type": "cluster", "namespaces": []}}
    assert describe(demo, NODE_ROLE)["type"] == "EC2_LINUX"
    with refused("ResourceInUseException"):
        create(demo, NODE_ROLE, type="EC2_LINUX")


def test_the_creator_can_be_left_out(aws):
    config = {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": False}
    aws.create_cluster(accessConfig=config)
    assert CREATOR not in entries(aws)


def test_without_the_api_mode_there_are_no_entries(aws):
    aws.create_cluster()
    about = {"clusterName": "demo", "principalArn": ROLE}
    for call, more in [
        (aws.eks.create_access_entry, about),
        (aws.eks.describe_access_entry, about),
        (aws.eks.update_access_entry, {**about, "username": "me"}),
        (aws.eks.delete_access_entry, about),
        (aws.eks.list_access_entries, {"clusterName": "demo"}),
        (aws.eks.list_associated_access_policies, about),
        (aws.eks.associate_access_policy, {**about, "policyArn": VIEW, "accessScope": WHOLE}),
        (aws.eks.disassociate_access_policy, {**about, "policyArn": VIEW}),
    ]:
        with refused("InvalidRequestException") as refusal:
            call(**more)
        assert "authentication mode must be set to one of [API, API_AND_CONFIG_MAP]" in refusal.message


def test_the_creator_appears_when_the_mode_is_switched(aws):
    aws.create_cluster()
    aws.finish(aws.update_cluster(accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"}))
    assert associated(aws, CREATOR) == {ADMIN: {"type": "cluster", "namespaces": []}}


def test_groups_and_user_name_change_at_once(demo):
    create(demo, kubernetesGroups=["a"])
    demo.advance("1m")
    about = {"clusterName": "demo", "principalArn": ROLE, "kubernetesGroups": ["b"], "username": "me:{{SessionName}}"}
    changed = demo.eks.update_access_entry(**about)["accessEntry"]
    assert (changed["kubernetesGroups"], changed["username"]) == (["b"], "me:{{SessionName}}")
    assert changed["modifiedAt"] > changed["createdAt"]
    assert describe(demo) == changed
    demo.eks.update_access_entry(**{**about, "kubernetesGroups": []})
    assert describe(demo)["kubernetesGroups"] == []


@pytest.mark.parametrize(
    "change",
    [{"kubernetesGroups": ["system:masters"]}, {"username": "iam:me"}, {"clientRequestToken": "short", "username": "me"}],
    ids=str,
)
def test_an_update_that_cannot_be(demo, change):
    before = create(demo)
    with refused("InvalidParameterException"):
        demo.eks.update_access_entry(clusterName="demo", principalArn=ROLE, **change)
    assert describe(demo) == before


def test_an_entry_of_nodes_takes_no_groups(demo):
    with refused("InvalidParameterException", "InvalidRequestException"):
        demo.eks.update_access_entry(clusterName="demo", principalArn=NODE_ROLE, kubernetesGroups=["a"])


def test_deletion_is_at_once_and_takes_the_policies_along(demo):
    create(demo)
    associate(demo)
    demo.eks.delete_access_entry(clusterName="demo", principalArn=ROLE)
    assert ROLE not in entries(demo)
    create(demo)
    assert associated(demo) == {}


@pytest.mark.parametrize("cluster", ["demo", "nobody"])
@pytest.mark.parametrize(
    ("operation", "more"),
    [
        ("describe_access_entry", {}),
        ("update_access_entry", {"username": "me"}),
        ("delete_access_entry", {}),
        ("list_associated_access_policies", {}),
        ("associate_access_policy", {"policyArn": VIEW, "accessScope": WHOLE}),
        ("disassociate_access_policy", {"policyArn": VIEW}),
    ],
)
def test_what_is_not_there(demo, cluster, operation, more):
    with refused("ResourceNotFoundException") as refusal:
        getattr(demo.eks, operation)(clusterName=cluster, principalArn=ROLE, **more)
    words = "The specified principalArn could not be found" if cluster == "demo" else "No cluster found for name: nobody."
    assert words in refusal.message and refusal.status == 404


@pytest.mark.parametrize("call", ["list_access_entries", "create_access_entry"])
def test_a_cluster_that_is_not_there(demo, call):
    more = {} if call == "list_access_entries" else {"principalArn": ROLE}
    with refused("ResourceNotFoundException"):
        getattr(demo.eks, call)(clusterName="nobody", **more)


def test_policies_are_associated_and_taken_away(demo):
    create(demo)
    one = associate(demo, VIEW)
    assert (one["policyArn"], one["accessScope"]) == (VIEW, {"type": "cluster", "namespaces": []})
    associate(demo, EDIT, {"type": "namespace", "namespaces": ["b", "a-*"]})
    found = associated(demo)
    assert found[VIEW]["type"] == "cluster" and sorted(found[EDIT]["namespaces"]) == ["a-*", "b"]
    demo.eks.disassociate_access_policy(clusterName="demo", principalArn=ROLE, policyArn=VIEW)
    assert list(associated(demo)) == [EDIT]
    with refused("ResourceNotFoundException"):
        demo.eks.disassociate_access_policy(clusterName="demo", principalArn=ROLE, policyArn=VIEW)


def test_a_scope_is_changed_by_associating_again(demo):
    create(demo)
    associate(demo, VIEW)
    associate(demo, VIEW, {"type": "namespace", "namespaces": ["a"]})
    assert associated(demo) == {VIEW: {"type": "namespace", "namespaces": ["a"]}}


@pytest.mark.parametrize(
    ("policy", "scope", "codes", "words"),
    [
        (POLICY + "Nonsense", WHOLE, ["InvalidParameterException", "ResourceNotFoundException"], "policyArn could not be found"),
        ("arn:aws:iam::aws:policy/AdministratorAccess", WHOLE, ["InvalidParameterException", "ResourceNotFoundException"], ""),
        (VIEW, {"type": "cluster", "namespaces": ["a"]}, ["InvalidParameterException"], "should not include namespaces"),
        (VIEW, {"type": "namespace"}, ["InvalidParameterException"], "At least 1 namespace must be provided"),
        (VIEW, {"type": "namespace", "namespaces": []}, ["InvalidParameterException"], "At least 1 namespace must be provided"),
        (VIEW, {"type": "galaxy"}, ["InvalidParameterException"], ""),
    ],
    ids=str,
)
def test_an_association_that_cannot_be(demo, policy, scope, codes, words):
    create(demo)
    with refused(*codes) as refusal:
        associate(demo, policy, scope)
    assert words in refusal.message
    assert associated(demo) == {}


def test_the_policies_that_there_are(demo):
    policies = demo.eks.list_access_policies()["accessPolicies"]
    names = {policy["name"]: policy["arn"] for policy in policies}
    assert names["AmazonEKSViewPolicy"] == VIEW and names["AmazonEKSClusterAdminPolicy"] == ADMIN
    paginator = demo.eks.get_paginator("list_access_policies").paginate(PaginationConfig={"PageSize": 2})
    assert list(paginator.search("accessPolicies")) == policies


def test_entries_by_page_and_by_policy(demo):
    for principal in (ROLE, SSO, USER):
        create(demo, principal)
    associate(demo, VIEW, principal=SSO)
    everything = entries(demo)
    assert {ROLE, SSO, USER, CREATOR, NODE_ROLE} <= set(everything)
    for size in (1, 2, 100):
        pages = demo.eks.get_paginator("list_access_entries").paginate(clusterName="demo", PaginationConfig={"PageSize": size})
        assert [entry for page in pages for entry in page["accessEntries"]] == everything
    assert entries(demo, associatedPolicyArn=VIEW) == [SSO]
    assert CREATOR in entries(demo, associatedPolicyArn=ADMIN)
    with refused("InvalidParameterException"):
        entries(demo, nextToken="nonsense")


def test_associated_policies_by_page(demo):
    create(demo)
    for policy in (VIEW, EDIT, ADMIN):
        associate(demo, policy)
    pages = demo.eks.get_paginator("list_associated_access_policies")
    pages = pages.paginate(clusterName="demo", principalArn=ROLE, PaginationConfig={"PageSize": 1})
    found = [policy["policyArn"] for page in pages for policy in page["associatedAccessPolicies"]]
    assert sorted(found) == sorted([VIEW, EDIT, ADMIN])


def test_tags_of_an_entry(demo):
    arn = create(demo, tags={"a": "1"})["accessEntryArn"]
    demo.eks.tag_resource(resourceArn=arn, tags={"b": "2"})
    demo.eks.untag_resource(resourceArn=arn, tagKeys=["a"])
    demo.advance("1m")
    assert describe(demo)["tags"] == {"b": "2"}


TOKEN = "0123456789abcdef0123456789abcdef-4"


def test_a_token_returns_the_first_reply_again(demo):
    assert create(demo, clientRequestToken=TOKEN) == create(demo, clientRequestToken=TOKEN)
    with refused("InvalidParameterException"):
        create(demo, USER, clientRequestToken=TOKEN)


def test_a_role_with_a_path_is_addressed_whole(demo):
    create(demo, SSO)
    assert describe(demo, SSO)["principalArn"] == SSO
    demo.eks.delete_access_entry(clusterName="demo", principalArn=SSO)
    assert SSO not in entries(demo)

"""Fargate profiles (API reference: CreateFargateProfile and its kin; EKS user guide, Fargate profiles)."""

import pytest
from errors import refused
from sandbox import ACCOUNT, FARGATE_ROLE, NODE_ROLE, SUBNETS

SELECTORS = [{"namespace": "team-*", "labels": {"app.kubernetes.io/name": "w?b"}}, {"namespace": "default"}]


def create(aws, name="pods", wait=True, **settings):
    settings = {"podExecutionRoleArn": FARGATE_ROLE, "selectors": SELECTORS, **settings}
    profile = aws.eks.create_fargate_profile(clusterName="demo", fargateProfileName=name, **settings)["fargateProfile"]
    if wait:
        aws.advance("5m")
        profile = describe(aws, name)
        assert profile["status"] == "ACTIVE"
    return profile


def describe(aws, name="pods"):
    return aws.eks.describe_fargate_profile(clusterName="demo", fargateProfileName=name)["fargateProfile"]


def delete(aws, name="pods"):
    return aws.eks.delete_fargate_profile(clusterName="demo", fargateProfileName=name)["fargateProfile"]


def profiles(aws, **about):
    return aws.eks.list_fargate_profiles(clusterName="demo", **about)["fargateProfileNames"]


def test_the_life_of_a_profile(demo):
    created = create(demo, wait=False, subnets=SUBNETS, tags={"a": "1"})
    assert created["fargateProfileArn"].startswith(f"arn:aws:eks:us-east-1:{ACCOUNT}:fargateprofile/demo/pods/")
    assert (created["status"], created["selectors"], created["subnets"]) == ("CREATING", SELECTORS, SUBNETS)
    assert (created["podExecutionRoleArn"], created["tags"]) == (FARGATE_ROLE, {"a": "1"})
    assert profiles(demo) == ["pods"]
    demo.advance("5m")
    assert describe(demo) == {**created, "status": "ACTIVE"}
    assert delete(demo) == {**created, "status": "DELETING"}
    demo.advance("5m")
    assert profiles(demo) == []
    for call in (describe, delete):
        with refused("ResourceNotFoundException") as refusal:
            call(demo)
        assert refusal.message == "No Fargate Profile found with name: pods."


def test_without_subnets_those_of_the_cluster_are_taken(demo):
    assert create(demo)["subnets"] == SUBNETS


def test_one_profile_at_a_time_is_made_or_deleted(demo):
    create(demo, "one", wait=False)
    with refused("ResourceInUseException") as refusal:
        create(demo, "two")
    busy = "because cluster demo currently has Fargate profile one in status"
    assert refusal.message == f"Cannot create Fargate Profile two {busy} CREATING"
    demo.advance("5m")
    create(demo, "two")
    delete(demo, "one")
    with refused("ResourceInUseException") as refusal:
        delete(demo, "two")
    assert refusal.message == f"Cannot Delete Fargate Profile two {busy} DELETING"
    with refused("ResourceInUseException"):
        create(demo, "three")
    with refused("ResourceInUseException"):
        create(demo, "two")
    demo.advance("5m")
    delete(demo, "two")


def test_an_update_of_the_cluster_is_in_the_way(demo):
    create(demo)
    demo.update_cluster(deletionProtection=True)
    for call in (lambda: create(demo, "two"), lambda: delete(demo)):
        with refused("ResourceInUseException") as refusal:
            call()
        assert refusal.message.endswith("because cluster demo currently has an update in progress")


@pytest.mark.parametrize(
    "settings",
    [
        {"podExecutionRoleArn": NODE_ROLE},
        {"podExecutionRoleArn": FARGATE_ROLE + "-none"},
        {"subnets": ["subnet-none"]},
        {"selectors": []},
        {"selectors": [{"namespace": "a"}] * 6},
        {"selectors": [{"namespace": "a", "labels": {f"l{n}": "x" for n in range(6)}}]},
        {"selectors": [{"namespace": "Not A Namespace"}]},
        {"tags": {"aws:a": "1"}},
    ],
    ids=str,
)
def test_a_profile_that_cannot_be(demo, settings):
    with refused("InvalidParameterException"):
        create(demo, **settings)
    assert profiles(demo) == []


def test_a_role_of_another_account_cannot_be_passed(demo):
    with refused("AccessDeniedException"):
        create(demo, podExecutionRoleArn="arn:aws:iam::999999999999:role/x")


def test_profiles_need_a_cluster_in_service_and_hold_it(aws):
    with refused("ResourceNotFoundException"):
        create(aws)
    with refused("ResourceNotFoundException"):
        profiles(aws)
    aws.create_cluster(wait=False)
    with refused("InvalidRequestException"):
        create(aws)
    aws.advance("20m")
    create(aws)
    with refused("ResourceInUseException") as refusal:
        aws.eks.delete_cluster(name="demo")
    assert refusal.message == "Cluster has Fargate Profiles in ACTIVE/CREATING state"
    delete(aws)
    aws.advance("5m")
    aws.eks.delete_cluster(name="demo")


def test_a_profile_can_fail_and_be_deleted(demo):
    demo.fault("eks:CreateFargateProfile", "{ createFails: { code: AccessDenied, message: no } }")
    create(demo, wait=False)
    demo.advance("5m")
    failed = describe(demo)
    assert (failed["status"], failed["health"]["issues"][0]["code"]) == ("CREATE_FAILED", "AccessDenied")
    delete(demo)


def test_profiles_by_page(demo):
    for name in ("c", "a", "b"):
        create(demo, name)
    for size in (1, 2, 100):
        pages = demo.eks.get_paginator("list_fargate_profiles").paginate(clusterName="demo", PaginationConfig={"PageSize": size})
        assert [name for page in pages for name in page["fargateProfileNames"]] == ["a", "b", "c"]
    for wrong in ({"maxResults": 101}, {"nextToken": "nonsense"}):
        with refused("InvalidParameterException"):
            profiles(demo, **wrong)


def test_the_pod_execution_role_gets_an_entry_that_stays(demo):
    create(demo)
    delete(demo)
    demo.advance("5m")
    entry = demo.eks.describe_access_entry(clusterName="demo", principalArn=FARGATE_ROLE)["accessEntry"]
    assert (entry["type"], entry["username"], entry["tags"]) == ("FARGATE_LINUX", "system:node:{{SessionName}}", {})


def test_tags_of_a_profile(demo):
    arn = create(demo, tags={"a": "1"})["fargateProfileArn"]
    demo.eks.tag_resource(resourceArn=arn, tags={"b": "2"})
    demo.eks.untag_resource(resourceArn=arn, tagKeys=["a"])
    demo.advance("1m")
    assert describe(demo)["tags"] == demo.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}


def test_a_token_returns_the_first_reply_again(demo):
    token = "0123456789abcdef0123456789abcdef-5"
    assert create(demo, wait=False, clientRequestToken=token) == create(demo, wait=False, clientRequestToken=token)
    with refused("InvalidParameterException"):
        create(demo, "other", clientRequestToken=token)

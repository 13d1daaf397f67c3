"""Pages: sizes, tokens, ends (API references: every List operation, and DescribeAutoScalingGroups)."""

import pytest
from errors import refused

NAMES = ["blue", "green", "red", "white", "yellow"]


@pytest.fixture
def five(demo):
    for name in NAMES[1:]:
        demo.create_nodegroup(name, wait=False)
    demo.advance("10m")
    return demo


def pages(call, key, size, size_key="maxResults", token_key="nextToken", **about):
    found, token = [], {}
    while True:
        reply = call(**about, **{size_key: size}, **token)
        found.append(reply[key])
        next_token = reply.get(token_key[0].lower() + token_key[1:]) or reply.get(token_key)
        if not next_token:
            return found
        token = {token_key: next_token}


def lengths(number, size):
    """How many there are on each page."""
    return [size] * (number // size) + ([number % size] if number % size else [])


@pytest.mark.parametrize(("size", "expected"), [(1, [1, 1, 1, 1, 1]), (2, [2, 2, 1]), (5, [5]), (100, [5])])
def test_nodegroups_by_page(five, size, expected):
    found = pages(five.eks.list_nodegroups, "nodegroups", size, clusterName="demo")
    assert [len(page) for page in found] == expected
    assert sorted(sum(found, [])) == NAMES


def test_a_paginator_finds_all(five):
    paginator = five.eks.get_paginator("list_nodegroups")
    names = paginator.paginate(clusterName="demo", PaginationConfig={"PageSize": 2}).search("nodegroups")
    assert sorted(names) == NAMES


@pytest.mark.parametrize("size", [1, 2, 3])
def test_updates_by_page(demo, size):
    ids = []
    for maximum in (3, 4, 5):
        ids.append(demo.update_nodegroup(scalingConfig={"maxSize": maximum})["id"])
        demo.advance("5m")
    found = pages(demo.eks.list_updates, "updateIds", size, name="demo", nodegroupName="blue")
    assert [len(page) for page in found] == lengths(3, size)
    assert sorted(sum(found, [])) == sorted(ids)


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_groups_by_page(five, size):
    found = pages(five.autoscaling.describe_auto_scaling_groups, "AutoScalingGroups", size, "MaxRecords", "NextToken")
    assert sorted(group["AutoScalingGroupName"].split("-")[1] for group in sum(found, [])) == NAMES
    assert [len(page) for page in found] == lengths(5, size)


@pytest.mark.parametrize("size", [0, 101, -1])
def test_a_page_size_that_cannot_be(five, size):
    with refused("InvalidParameterException"):
        five.eks.list_nodegroups(clusterName="demo", maxResults=size)
    with refused("InvalidParameterException"):
        five.eks.list_updates(name="demo", maxResults=size)


def test_more_groups_than_a_page_holds(five):
    with refused("ValidationError"):
        five.autoscaling.describe_auto_scaling_groups(MaxRecords=101)


def test_tokens_that_nobody_gave(five):
    with refused("InvalidParameterException"):
        five.eks.list_nodegroups(clusterName="demo", nextToken="nonsense")
    with refused("InvalidParameterException"):
        five.eks.list_updates(name="demo", nextToken="nonsense")
    with refused("InvalidNextToken"):
        five.autoscaling.describe_auto_scaling_groups(NextToken="nonsense")


def test_an_empty_list_is_one_empty_page(aws):
    aws.create_cluster()
    assert pages(aws.eks.list_nodegroups, "nodegroups", 1, clusterName="demo") == [[]]
    assert pages(aws.eks.list_updates, "updateIds", 1, name="demo") == [[]]
    assert pages(aws.autoscaling.describe_auto_scaling_groups, "AutoScalingGroups", 1, "MaxRecords", "NextToken") == [[]]


def test_what_is_deleted_between_pages_is_no_trouble(five):
    first = five.eks.list_nodegroups(clusterName="demo", maxResults=2)
    five.eks.delete_nodegroup(clusterName="demo", nodegroupName=first["nodegroups"][-1])
    five.advance("30m")
    rest = five.eks.list_nodegroups(clusterName="demo", nextToken=first["nextToken"])
    assert sorted(first["nodegroups"] + rest["nodegroups"]) == NAMES

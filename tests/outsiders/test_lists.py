"""What one asks first: which clusters, which versions, which tags (API references: ListClusters, DescribeClusterVersions,
ListTagsForResource, DescribeTags)."""

import datetime

import pytest
from errors import refused
from sandbox import ACCOUNT
from test_paging import lengths, pages

TAGGED = "k8s.io/cluster-autoscaler/demo"


def versions(aws, **about):
    return aws.eks.describe_cluster_versions(**about)["clusterVersions"]


def tags(aws, *filters, **about):
    filters = [{"Name": name, "Values": values} for name, values in filters]
    return aws.autoscaling.describe_tags(Filters=filters, **about)["Tags"]


def test_clusters_are_listed_from_creation_to_deletion(aws):
    assert aws.eks.list_clusters()["clusters"] == []
    aws.create_cluster("one", wait=False)
    aws.create_cluster("two")
    assert sorted(aws.eks.list_clusters()["clusters"]) == ["one", "two"]
    assert sorted(aws.eks.list_clusters(include=["all"])["clusters"]) == ["one", "two"]
    aws.eks.delete_cluster(name="one")
    assert sorted(aws.eks.list_clusters()["clusters"]) == ["one", "two"]
    aws.advance("30m")
    assert aws.eks.list_clusters()["clusters"] == ["two"]


@pytest.mark.parametrize(("size", "expected"), [(1, [1, 1, 1]), (2, [2, 1]), (3, [3]), (100, [3])])
def test_clusters_by_page(aws, size, expected):
    for name in ("one", "two", "three"):
        aws.create_cluster(name, wait=False)
    found = pages(aws.eks.list_clusters, "clusters", size)
    assert [len(page) for page in found] == expected
    assert sorted(sum(found, [])) == ["one", "three", "two"]


@pytest.mark.parametrize("paging", [{"maxResults": 0}, {"maxResults": 101}, {"nextToken": "nonsense"}], ids=str)
@pytest.mark.parametrize("operation", ["list_clusters", "describe_cluster_versions"])
def test_pages_that_cannot_be(aws, operation, paging):
    with refused("InvalidParameterException"):
        getattr(aws.eks, operation)(**paging)


def test_the_versions_that_there_are(aws):
    offered = {version["clusterVersion"]: version for version in versions(aws)}
    (default,) = (name for name, version in offered.items() if version["defaultVersion"])
    assert aws.create_cluster(wait=False)["version"] == default
    for name, version in offered.items():
        assert version["clusterType"] == "eks" and version["kubernetesPatchVersion"].startswith(name + ".")
        assert version["releaseDate"] < version["endOfStandardSupportDate"] < version["endOfExtendedSupportDate"]
        assert version["versionStatus"].replace("_", "-").lower() == version["status"]
        assert aws.create_cluster(f"with-{name.replace('.', '-')}", wait=False, version=name)["version"] == name
    assert {version["versionStatus"] for version in offered.values()} == {"STANDARD_SUPPORT", "EXTENDED_SUPPORT"}
    assert versions(aws, includeAll=True)[: len(offered)] == list(offered.values())


def test_versions_that_are_asked_for(aws):
    everything = versions(aws)
    assert [version["defaultVersion"] for version in versions(aws, defaultOnly=True)] == [True]
    assert {version["clusterVersion"] for version in versions(aws, clusterVersions=["1.33", "1.34"])} == {"1.33", "1.34"}
    assert versions(aws, clusterVersions=["1.1"]) == []
    for status in ("STANDARD_SUPPORT", "EXTENDED_SUPPORT"):
        expected = [version for version in everything if version["versionStatus"] == status]
        assert versions(aws, versionStatus=status) == expected != []
    assert sum(pages(aws.eks.describe_cluster_versions, "clusterVersions", 2), []) == everything


def test_time_ends_support(aws):
    """A version is in standard, then in extended support, then unsupported (user guide: Kubernetes versions)."""
    for hours in ("1h", "2200h", "9000h", "9000h"):
        aws.advance(hours)
        now = datetime.datetime.fromisoformat(aws.show()["time"])
        everything = versions(aws, includeAll=True)
        for version in everything:
            ended = [version[f"endOf{kind}SupportDate"] <= now for kind in ("Standard", "Extended")]
            expected = {0: "STANDARD_SUPPORT", 1: "EXTENDED_SUPPORT", 2: "UNSUPPORTED"}[sum(ended)]
            assert version["versionStatus"] == expected
        supported = [version for version in everything if version["versionStatus"] != "UNSUPPORTED"]
        assert versions(aws) == supported
    unsupported = versions(aws, versionStatus="UNSUPPORTED")
    assert unsupported and versions(aws, clusterVersions=["1.31"]) == [unsupported[-1]]
    with refused("InvalidParameterException") as refusal:
        aws.create_cluster(wait=False, version="1.31")
    assert "unsupported Kubernetes version" in refusal.message


@pytest.mark.parametrize("change", [{"versionStatus": "OLD"}, {"status": "old"}], ids=str)
def test_versions_that_cannot_be_asked_for(aws, change):
    with refused("InvalidParameterException"):
        versions(aws, **change)


def test_the_tags_of_a_resource(demo):
    entry = f"arn:aws:iam::{ACCOUNT}:role/trueup-apply"
    entry = demo.eks.describe_access_entry(clusterName="demo", principalArn=entry)["accessEntry"]["accessEntryArn"]
    for arn, before in ((demo.cluster()["arn"], {"owner": "us"}), (demo.nodegroup()["nodegroupArn"], {}), (entry, {})):
        assert demo.eks.list_tags_for_resource(resourceArn=arn)["tags"] == before
        demo.eks.tag_resource(resourceArn=arn, tags={"a": "1"})
        demo.advance("1m")
        assert demo.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {**before, "a": "1"}


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/nobody", "NotFoundException"),
        (f"arn:aws:eks:us-east-1:{ACCOUNT}:nodegroup/demo/nobody/0ab1", "NotFoundException"),
        (f"arn:aws:eks:us-east-1:{ACCOUNT}:access-entry/demo/role/{ACCOUNT}/nobody/0ab1", "NotFoundException"),
        ("nonsense", "BadRequestException"),
    ],
)
def test_what_is_not_there_has_no_tags(demo, arn, code):
    with refused(code):
        demo.eks.list_tags_for_resource(resourceArn=arn)


def test_the_tags_of_groups(demo):
    demo.create_nodegroup("green")
    everything = tags(demo)
    assert {tag["ResourceType"] for tag in everything} == {"auto-scaling-group"}
    blue = demo.group_name("blue")
    assert {tag["Key"]: tag["Value"] for tag in tags(demo, ("auto-scaling-group", [blue]))} == demo.tags_of_group("blue")
    both = tags(demo, ("auto-scaling-group", [blue, demo.group_name("green")]))
    assert both == everything and len(both) > len(demo.tags_of_group("blue"))
    owned = tags(demo, ("key", [TAGGED]), ("value", ["owned"]))
    assert {tag["ResourceId"] for tag in owned} == {blue, demo.group_name("green")}
    assert tags(demo, ("key", [TAGGED]), ("value", ["mine"])) == []
    by_propagation = [tags(demo, ("propagate-at-launch", [flag])) for flag in ("true", "false")]
    assert [tag["PropagateAtLaunch"] for tag in sum(by_propagation, [])] == [True] * len(by_propagation[0]) + [False] * len(by_propagation[1])
    assert len(sum(by_propagation, [])) == len(everything)


@pytest.mark.parametrize("size", [1, 2, 100])
def test_the_tags_of_groups_by_page(demo, size):
    found = pages(demo.autoscaling.describe_tags, "Tags", size, "MaxRecords", "NextToken")
    assert sum(found, []) == tags(demo)
    assert [len(page) for page in found] == lengths(len(tags(demo)), size)


@pytest.mark.parametrize(
    ("about", "code"),
    [
        ({"Filters": [{"Name": "colour", "Values": ["red"]}]}, "ValidationError"),
        ({"MaxRecords": 101}, "ValidationError"),
        ({"MaxRecords": 0}, "ValidationError"),
        ({"NextToken": "nonsense"}, "InvalidNextToken"),
    ],
    ids=str,
)
def test_tags_of_groups_that_cannot_be_asked_for(demo, about, code):
    with refused(code):
        demo.autoscaling.describe_tags(**about)

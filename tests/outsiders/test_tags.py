"""Tags of EKS resources (API reference: TagResource, UntagResource)."""

import pytest
from errors import refused
from sandbox import ACCOUNT


def arns(aws):
    return {"cluster": aws.cluster()["arn"], "nodegroup": aws.nodegroup()["nodegroupArn"]}


def tags(aws, kind):
    aws.advance("1m")
    return (aws.cluster() if kind == "cluster" else aws.nodegroup())["tags"]


@pytest.mark.parametrize("kind", ["cluster", "nodegroup"])
def test_tags_are_merged_overwritten_and_removed(demo, kind):
    arn, before = arns(demo)[kind], tags(demo, kind)
    demo.eks.tag_resource(resourceArn=arn, tags={"a": "1", "b": ""})
    demo.eks.tag_resource(resourceArn=arn, tags={"a": "2", "with space/and:more+=._-@": "x"})
    assert tags(demo, kind) == {**before, "a": "2", "b": "", "with space/and:more+=._-@": "x"}
    demo.eks.untag_resource(resourceArn=arn, tagKeys=["a", "with space/and:more+=._-@", "never there"])
    assert tags(demo, kind) == {**before, "b": ""}


def test_tags_can_be_written_while_an_update_runs(demo):
    demo.update_cluster(deletionProtection=True)
    demo.eks.tag_resource(resourceArn=demo.cluster()["arn"], tags={"a": "1"})
    assert tags(demo, "cluster")["a"] == "1"


def test_the_tags_of_a_nodegroup_stay_off_its_group(demo):
    demo.eks.tag_resource(resourceArn=arns(demo)["nodegroup"], tags={"mine": "1"})
    demo.advance("5m")
    assert "mine" not in demo.tags_of_group()


@pytest.mark.parametrize("operation", ["tag_resource", "untag_resource"])
@pytest.mark.parametrize(
    ("arn", "code"),
    [
        (f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/nobody", "NotFoundException"),
        (f"arn:aws:eks:us-east-1:{ACCOUNT}:nodegroup/demo/nobody/0ab1", "NotFoundException"),
        ("nonsense", "BadRequestException"),
    ],
)
def test_what_is_not_there_takes_no_tags(demo, operation, arn, code):
    change = {"tags": {"a": "1"}} if operation == "tag_resource" else {"tagKeys": ["a"]}
    with refused(code):
        getattr(demo.eks, operation)(resourceArn=arn, **change)


@pytest.mark.parametrize(
    "change",
    [
        {"aws:mine": "1"},
        {"AWS:mine": "1"},
        {"": "1"},
        {"x" * 129: "1"},
        {"a": "x" * 257},
        {f"k{n}": "v" for n in range(51)},
    ],
    ids=lambda change: str(change)[:20],
)
def test_tags_that_cannot_be(demo, change):
    before = tags(demo, "cluster")
    with refused("BadRequestException"):
        demo.eks.tag_resource(resourceArn=demo.cluster()["arn"], tags=change)
    assert tags(demo, "cluster") == before


def test_fifty_tags_are_enough(demo):
    arn = demo.cluster()["arn"]
    demo.eks.tag_resource(resourceArn=arn, tags={f"k{n}": "v" for n in range(49)})
    assert len(tags(demo, "cluster")) == 50
    with refused("BadRequestException"):
        demo.eks.tag_resource(resourceArn=arn, tags={"one": "more"})
    demo.eks.tag_resource(resourceArn=arn, tags={"k1": "other"})
    assert tags(demo, "cluster")["k1"] == "other"

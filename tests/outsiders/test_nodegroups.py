"""Nodegroups: creation, description, listing, deletion, defaults, refusals (API reference: CreateNodegroup and its kin)."""

import pytest
from botocore.exceptions import WaiterError
from errors import refused
from sandbox import ACCOUNT, CLUSTER_ROLE, NODE_ROLE, SUBNETS

BLUE = {"clusterName": "demo", "nodegroupName": "blue"}


def test_a_nodegroup_is_creating_and_then_active(demo):
    created = demo.create_nodegroup("green", wait=False)
    assert created["status"] == "CREATING"
    assert created["nodegroupArn"].startswith(f"arn:aws:eks:us-east-1:{ACCOUNT}:nodegroup/demo/green/")
    assert "resources" not in created
    demo.advance("10m")
    active = demo.nodegroup("green")
    assert active["status"] == "ACTIVE"
    assert active["health"] == {"issues": []}
    (group,) = active["resources"]["autoScalingGroups"]
    assert group["name"].startswith("eks-green-")
    assert active["modifiedAt"] >= active["createdAt"]


def test_the_defaults_of_the_api(demo):
    green = demo.create_nodegroup("green")
    assert green["amiType"] == "AL2023_x86_64_STANDARD"
    assert green["instanceTypes"] == ["t3.medium"]
    assert green["capacityType"] == "ON_DEMAND"
    assert green["diskSize"] == 20
    assert green["scalingConfig"]["minSize"] == 1 and green["scalingConfig"]["maxSize"] == 2
    assert green["updateConfig"]["maxUnavailable"] == 1
    assert "maxUnavailablePercentage" not in green["updateConfig"]
    assert green["nodeRepairConfig"]["enabled"] is False
    assert green["version"] == demo.cluster()["version"]
    assert green["releaseVersion"].startswith(green["version"] + ".")
    assert (green.get("labels", {}), green.get("taints", []), green["tags"]) == ({}, [], {})
    assert "launchTemplate" not in green and "remoteAccess" not in green


@pytest.mark.parametrize(
    "settings",
    [
        {"scalingConfig": {"minSize": 0, "maxSize": 3, "desiredSize": 1}},
        {"diskSize": 80},
        {"instanceTypes": ["m6i.large", "m5.large"]},
        {"capacityType": "SPOT"},
        {"amiType": "BOTTLEROCKET_x86_64"},
        {"labels": {"team": "ci", "example.com/pool": "fast"}},
        {"taints": [{"key": "dedicated", "value": "ci", "effect": "NO_SCHEDULE"}]},
        {"updateConfig": {"maxUnavailablePercentage": 33}},
        {"nodeRepairConfig": {"enabled": True}},
        {"tags": {"a": "1"}},
        {"remoteAccess": {"ec2SshKey": "key"}},
        {"subnets": SUBNETS[:1]},
        {"version": "1.33"},
    ],
    ids=lambda settings: "-".join(settings),
)
def test_what_is_sent_is_described(demo, settings):
    demo.create_nodegroup("green", wait=False, **settings)
    green = demo.nodegroup("green")
    for key, value in settings.items():
        if isinstance(value, dict):
            assert green[key].items() >= value.items()
        else:
            assert green[key] == value


def test_arm_images_come_with_arm_instances(demo):
    green = demo.create_nodegroup("green", wait=False, amiType="AL2023_ARM_64_STANDARD", instanceTypes=["m7g.large"])
    assert green["amiType"] == "AL2023_ARM_64_STANDARD"
    assert demo.create_nodegroup("red", wait=False, instanceTypes=["m7g.large"])["amiType"] == "AL2023_ARM_64_STANDARD"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"nodegroupName": "x" * 64}, "InvalidParameterException", "63 characters"),
        ({"nodegroupName": "-blue"}, "InvalidParameterException", ""),
        ({"nodeRole": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "InvalidParameterException", ""),
        ({"nodeRole": CLUSTER_ROLE}, "InvalidParameterException", "ec2.amazonaws.com"),
        ({"subnets": ["subnet-0123456789abcdef0"]}, "InvalidParameterException", "subnet"),
        ({"amiType": "CUSTOM"}, "InvalidParameterException", ""),
        ({"amiType": "AL3_x86_64"}, "InvalidParameterException", ""),
        ({"amiType": "AL2023_x86_64_STANDARD", "instanceTypes": ["m7g.large"]}, "InvalidParameterException", "m7g.large"),
        ({"instanceTypes": [f"m5.{n}xlarge" for n in range(21)]}, "InvalidParameterException", ""),
        ({"capacityType": "RESERVED"}, "InvalidParameterException", ""),
        ({"diskSize": 0}, "InvalidParameterException", ""),
        ({"version": "1.32"}, "InvalidParameterException", ""),
        ({"version": "1.34"}, "InvalidParameterException", ""),
        ({"releaseVersion": "1.32.1-20250101"}, "InvalidParameterException", ""),
        ({"scalingConfig": {"minSize": 3, "maxSize": 2, "desiredSize": 3}}, "InvalidParameterException", ""),
        ({"scalingConfig": {"minSize": 3, "maxSize": 5, "desiredSize": 2}}, "InvalidParameterException", "Minimum capacity 3"),
        ({"scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 3}}, "InvalidParameterException", ""),
        ({"scalingConfig": {"minSize": 0, "maxSize": 0, "desiredSize": 0}}, "InvalidParameterException", ""),
        ({"labels": {"kubernetes.io/os": "linux"}}, "InvalidParameterException", "reserved prefixes"),
        ({"labels": {"eks.amazonaws.com/x": "y"}}, "InvalidParameterException", "reserved prefixes"),
        ({"labels": {"a b": "c"}}, "InvalidParameterException", ""),
        ({"labels": {"a": "x" * 64}}, "InvalidParameterException", ""),
        ({"taints": [{"key": "a", "effect": "NoSchedule"}]}, "InvalidParameterException", ""),
        ({"taints": [{"key": "a b", "effect": "NO_SCHEDULE"}]}, "InvalidParameterException", ""),
        ({"taints": [{"key": f"k{n}", "effect": "NO_SCHEDULE"} for n in range(51)]}, "InvalidParameterException", ""),
        ({"updateConfig": {"maxUnavailable": 1, "maxUnavailablePercentage": 10}}, "InvalidParameterException", ""),
        ({"updateConfig": {"maxUnavailable": 101}}, "InvalidParameterException", ""),
        ({"updateConfig": {"maxUnavailablePercentage": 101}}, "InvalidParameterException", ""),
        ({"tags": {"aws:a": "b"}}, "InvalidParameterException", ""),
        ({"clientRequestToken": "short"}, "InvalidParameterException", "between 33 and 126 characters"),
    ],
    ids=str,
)
def test_a_nodegroup_that_cannot_be_is_refused(demo, change, code, words):
    settings = {"clusterName": "demo", "nodegroupName": "green", "nodeRole": NODE_ROLE, "subnets": SUBNETS, **change}
    with refused(code) as refusal:
        demo.eks.create_nodegroup(**settings)
    assert words.lower() in refusal.message.lower()
    assert demo.eks.list_nodegroups(clusterName="demo")["nodegroups"] == ["blue"]


def test_a_name_is_taken_once(demo):
    with refused("ResourceInUseException") as refusal:
        demo.create_nodegroup("blue", wait=False)
    assert "NodeGroup already exists with name blue and cluster name demo" in refusal.message
    assert (refusal.status, refusal.members["nodegroupName"]) == (409, "blue")


@pytest.mark.parametrize("operation", ["describe_nodegroup", "delete_nodegroup", "update_nodegroup_config", "update_nodegroup_version"])
@pytest.mark.parametrize("about", [{"clusterName": "nobody", "nodegroupName": "blue"}, {"clusterName": "demo", "nodegroupName": "nobody"}])
def test_a_nodegroup_that_is_not_there(demo, operation, about):
    with refused("ResourceNotFoundException") as refusal:
        getattr(demo.eks, operation)(**about)
    missing = "No cluster found" if about["clusterName"] == "nobody" else "No node group found"
    assert refusal.status == 404 and refusal.message.startswith(missing)


def test_a_cluster_that_is_not_active_takes_no_nodegroup(aws):
    aws.create_cluster(wait=False)
    with refused("InvalidRequestException") as refusal:
        aws.create_nodegroup(wait=False)
    assert "Cluster 'demo' is not in ACTIVE status" in refusal.message


def test_a_cluster_that_is_not_there_takes_no_nodegroup(aws):
    with refused("ResourceNotFoundException", "InvalidParameterException"):
        aws.create_nodegroup(wait=False)
    with refused("ResourceNotFoundException"):
        aws.eks.list_nodegroups(clusterName="demo")


def test_deletion_takes_a_while_and_takes_the_group_along(demo):
    group = demo.group_name()
    assert demo.eks.delete_nodegroup(**BLUE)["nodegroup"]["status"] == "DELETING"
    assert demo.nodegroup()["status"] == "DELETING"
    assert demo.eks.list_nodegroups(clusterName="demo")["nodegroups"] == ["blue"]
    demo.advance("30m")
    with refused("ResourceNotFoundException"):
        demo.nodegroup()
    assert demo.eks.list_nodegroups(clusterName="demo")["nodegroups"] == []
    groups = demo.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=[group])
    assert groups["AutoScalingGroups"] == []


def test_a_busy_nodegroup_is_not_deleted(demo):
    demo.create_nodegroup("green", wait=False)
    demo.update_nodegroup("blue", scalingConfig={"maxSize": 5})
    for name in ("green", "blue"):
        with refused("ResourceInUseException") as refusal:
            demo.eks.delete_nodegroup(clusterName="demo", nodegroupName=name)
        assert refusal.status == 409
    demo.advance("10m")
    demo.eks.delete_nodegroup(**BLUE)


def test_a_nodegroup_that_is_being_deleted_takes_no_update(demo):
    demo.eks.delete_nodegroup(**BLUE)
    with refused("ResourceInUseException", "InvalidRequestException"):
        demo.update_nodegroup(scalingConfig={"maxSize": 5})


def test_the_waiters_know_the_end(served):
    aws = served("--speed", "6000")
    aws.create_cluster()
    aws.create_nodegroup(wait=False)
    quick = {"Delay": 0.05, "MaxAttempts": 200}
    aws.eks.get_waiter("nodegroup_active").wait(**BLUE, WaiterConfig=quick)
    assert aws.nodegroup()["status"] == "ACTIVE"
    aws.eks.delete_nodegroup(**BLUE)
    aws.eks.get_waiter("nodegroup_deleted").wait(**BLUE, WaiterConfig=quick)
    with refused("ResourceNotFoundException"):
        aws.nodegroup()


def test_a_nodegroup_that_fails_to_come_to_life(demo):
    demo.fault("eks:CreateNodegroup", "{ createFails: { code: NodeCreationFailure, message: did not join } }")
    demo.create_nodegroup("green", wait=False)
    demo.advance("30m")
    with pytest.raises(WaiterError, match="terminal failure"):
        demo.eks.get_waiter("nodegroup_active").wait(clusterName="demo", nodegroupName="green", WaiterConfig={"Delay": 0.05})
    green = demo.nodegroup("green")
    assert green["status"] == "CREATE_FAILED"
    assert green["health"]["issues"][0]["code"] == "NodeCreationFailure"
    demo.eks.delete_nodegroup(clusterName="demo", nodegroupName="green")
    demo.advance("30m")
    assert demo.create_nodegroup("green")["status"] == "ACTIVE"


TOKEN = "0123456789abcdef0123456789abcdef-2"


def test_a_token_returns_the_first_reply_again(demo):
    first = demo.create_nodegroup("green", wait=False, clientRequestToken=TOKEN)
    again = demo.create_nodegroup("green", wait=False, clientRequestToken=TOKEN)
    assert again["nodegroupArn"] == first["nodegroupArn"]
    with refused("InvalidParameterException"):
        demo.create_nodegroup("red", wait=False, clientRequestToken=TOKEN)


def test_a_taint_without_value(demo):
    demo.create_nodegroup("green", wait=False, taints=[{"key": "gpu", "effect": "NO_EXECUTE"}])
    (taint,) = demo.nodegroup("green")["taints"]
    assert (taint["key"], taint["effect"], taint.get("value", "")) == ("gpu", "NO_EXECUTE", "")


def test_one_key_with_two_effects_is_two_taints(demo):
    taints = [{"key": "a", "value": "b", "effect": effect} for effect in ("NO_SCHEDULE", "NO_EXECUTE")]
    demo.create_nodegroup("green", wait=False, taints=taints)
    assert len(demo.nodegroup("green")["taints"]) == 2
    with refused("InvalidParameterException"):
        demo.create_nodegroup("red", wait=False, taints=[taints[0], {**taints[0], "value": "c"}])

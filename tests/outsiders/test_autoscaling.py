"""The Auto Scaling groups behind nodegroups (Auto Scaling API reference; EKS user guide, managed node groups)."""

import pytest
from errors import refused

PROCESSES = [
    "AZRebalance",
    "AddToLoadBalancer",
    "AlarmNotification",
    "HealthCheck",
    "InstanceRefresh",
    "Launch",
    "ReplaceUnhealthy",
    "ScheduledActions",
    "Terminate",
]


def tag(group, key, value="v", propagate=False):
    return {
        "ResourceId": group,
        "ResourceType": "auto-scaling-group",
        "Key": key,
        "Value": value,
        "PropagateAtLaunch": propagate,
    }


def suspended(aws):
    return sorted(process["ProcessName"] for process in aws.group()["SuspendedProcesses"])


def test_a_nodegroup_has_a_group(demo):
    group, blue = demo.group(), demo.nodegroup()
    size = blue["scalingConfig"]
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"]) == (size["minSize"], size["maxSize"], size["desiredSize"])
    assert len(group["Instances"]) == size["desiredSize"]
    assert {instance["LifecycleState"] for instance in group["Instances"]} == {"InService"}
    assert sorted(group["VPCZoneIdentifier"].split(",")) == sorted(blue["subnets"])
    assert sorted(group["AvailabilityZones"]) == ["us-east-1a", "us-east-1b"]
    assert group["SuspendedProcesses"] == []
    overrides = group["MixedInstancesPolicy"]["LaunchTemplate"]["Overrides"]
    assert [override["InstanceType"] for override in overrides] == blue["instanceTypes"]


def test_eks_tags_the_group(demo):
    assert demo.tags_of_group() == {
        "eks:cluster-name": "demo",
        "eks:nodegroup-name": "blue",
        "k8s.io/cluster-autoscaler/enabled": "true",
        "k8s.io/cluster-autoscaler/demo": "owned",
        "kubernetes.io/cluster/demo": "owned",
    }


def test_the_sizes_follow_the_nodegroup(demo):
    demo.finish(demo.update_nodegroup(scalingConfig={"minSize": 2, "maxSize": 6, "desiredSize": 4}), nodegroupName="blue")
    group = demo.group()
    assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"], len(group["Instances"])) == (2, 6, 4, 4)


def test_somebody_sets_the_size(demo):
    """As Cluster Autoscaler does it; the nodegroup shows what its group has."""
    demo.finish(demo.update_nodegroup(scalingConfig={"minSize": 1, "maxSize": 6, "desiredSize": 3}), nodegroupName="blue")
    for wanted in (6, 1, 4):
        demo.autoscaling.set_desired_capacity(AutoScalingGroupName=demo.group_name(), DesiredCapacity=wanted, HonorCooldown=False)
        demo.advance("5m")
        group = demo.group()
        assert (group["MinSize"], group["MaxSize"], group["DesiredCapacity"], len(group["Instances"])) == (1, 6, wanted, wanted)
        assert demo.nodegroup()["scalingConfig"] == {"minSize": 1, "maxSize": 6, "desiredSize": wanted}


@pytest.mark.parametrize("wanted", [0, 3, -1])
def test_a_size_beyond_the_bounds(demo, wanted):
    with refused("ValidationError"):
        demo.autoscaling.set_desired_capacity(AutoScalingGroupName=demo.group_name(), DesiredCapacity=wanted)
    assert demo.group()["DesiredCapacity"] in (1, 2)


@pytest.mark.parametrize("about", [{"AutoScalingGroupName": "nobody", "DesiredCapacity": 1}, {"DesiredCapacity": 1}], ids=str)
def test_no_group_to_set_the_size_of(demo, about):
    with refused("ValidationError"):
        demo.autoscaling.set_desired_capacity(**about)


def test_spot_groups_rebalance_their_capacity(demo):
    demo.create_nodegroup("green", capacityType="SPOT")
    demo.advance("1m")
    assert demo.group("green")["CapacityRebalance"] is True
    assert demo.group("blue").get("CapacityRebalance", False) is False


def test_groups_are_found_by_the_tags_of_eks(demo):
    demo.create_nodegroup("green")
    demo.advance("5m")

    def found(*filters, **more):
        reply = demo.autoscaling.describe_auto_scaling_groups(Filters=list(filters), **more)
        return sorted(group["AutoScalingGroupName"].split("-")[1] for group in reply["AutoScalingGroups"])

    assert found({"Name": "tag:eks:cluster-name", "Values": ["demo"]}) == ["blue", "green"]
    assert found({"Name": "tag:eks:cluster-name", "Values": ["nobody"]}) == []
    assert found({"Name": "tag:eks:nodegroup-name", "Values": ["blue", "red"]}) == ["blue"]
    assert found({"Name": "tag-key", "Values": ["eks:cluster-name"]}) == ["blue", "green"]
    assert found({"Name": "tag-value", "Values": ["green"]}) == ["green"]
    two = [{"Name": "tag:eks:cluster-name", "Values": ["demo"]}, {"Name": "tag:eks:nodegroup-name", "Values": ["green"]}]
    assert found(*two) == ["green"]


def test_instances_can_be_left_out(demo):
    names = [demo.group_name()]
    (group,) = demo.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=names, IncludeInstances=False)["AutoScalingGroups"]
    assert group["Instances"] == [] and group["DesiredCapacity"] == 2


def test_names_that_are_not_there_are_left_out(demo):
    groups = demo.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=["nobody", demo.group_name()])
    assert len(groups["AutoScalingGroups"]) == 1


def test_tags_are_written_overwritten_and_deleted(demo):
    group, before = demo.group_name(), demo.tags_of_group()
    demo.autoscaling.create_or_update_tags(Tags=[tag(group, "a", "1"), tag(group, "b", "2", propagate=True)])
    demo.advance("1m")
    written = {entry["Key"]: entry for entry in demo.group()["Tags"]}
    assert (written["a"]["Value"], written["a"]["PropagateAtLaunch"]) == ("1", False)
    assert (written["b"]["Value"], written["b"]["PropagateAtLaunch"]) == ("2", True)
    assert {written[key]["ResourceId"] for key in "ab"} == {group}
    demo.autoscaling.create_or_update_tags(Tags=[tag(group, "a", "3", propagate=True)])
    demo.advance("1m")
    assert demo.tags_of_group() == {**before, "a": "3", "b": "2"}
    demo.autoscaling.delete_tags(Tags=[tag(group, "a"), {"ResourceId": group, "ResourceType": "auto-scaling-group", "Key": "b"}])
    demo.autoscaling.delete_tags(Tags=[tag(group, "never there")])
    demo.advance("1m")
    assert demo.tags_of_group() == before


def test_one_call_tags_many_groups(demo):
    demo.create_nodegroup("green")
    groups = [demo.group_name("blue"), demo.group_name("green")]
    demo.autoscaling.create_or_update_tags(Tags=[tag(group, "a") for group in groups])
    demo.advance("1m")
    assert demo.tags_of_group("blue")["a"] == demo.tags_of_group("green")["a"] == "v"


def test_a_tag_may_be_empty(demo):
    group = demo.group_name()
    demo.autoscaling.create_or_update_tags(Tags=[tag(group, "a", "")])
    demo.advance("1m")
    assert demo.tags_of_group()["a"] == ""


@pytest.mark.parametrize(
    ("key", "value"),
    [("aws:mine", "v"), ("", "v"), ("x" * 129, "v"), ("a", "x" * 257)],
    ids=["reserved", "empty", "long-key", "long-value"],
)
def test_tags_that_cannot_be(demo, key, value):
    before = demo.tags_of_group()
    with refused("ValidationError"):
        demo.autoscaling.create_or_update_tags(Tags=[tag(demo.group_name(), key, value)])
    assert demo.tags_of_group() == before


def test_a_group_takes_fifty_tags(demo):
    group = demo.group_name()
    for start in (0, 20, 40):
        demo.autoscaling.create_or_update_tags(Tags=[tag(group, f"k{n}") for n in range(start, min(start + 20, 45))])
    demo.advance("1m")
    assert len(demo.tags_of_group()) == 50
    with refused("LimitExceeded", "ValidationError"):
        demo.autoscaling.create_or_update_tags(Tags=[tag(group, "one more")])


@pytest.mark.parametrize("operation", ["create_or_update_tags", "delete_tags"])
def test_a_group_that_is_not_there_takes_no_tags(demo, operation):
    with refused("ValidationError"):
        getattr(demo.autoscaling, operation)(Tags=[tag("nobody", "a")])


@pytest.mark.parametrize("process", PROCESSES)
def test_a_process_is_suspended_and_resumed(demo, process):
    about = {"AutoScalingGroupName": demo.group_name(), "ScalingProcesses": [process]}
    demo.autoscaling.suspend_processes(**about)
    demo.autoscaling.suspend_processes(**about)
    (suspension,) = demo.group()["SuspendedProcesses"]
    assert suspension["ProcessName"] == process and suspension["SuspensionReason"].startswith("User suspended at ")
    demo.autoscaling.resume_processes(**about)
    demo.autoscaling.resume_processes(**about)
    assert suspended(demo) == []


def test_no_process_means_all(demo):
    group = demo.group_name()
    demo.autoscaling.suspend_processes(AutoScalingGroupName=group)
    assert suspended(demo) == PROCESSES
    demo.autoscaling.resume_processes(AutoScalingGroupName=group, ScalingProcesses=["Launch"])
    assert suspended(demo) == [process for process in PROCESSES if process != "Launch"]
    demo.autoscaling.resume_processes(AutoScalingGroupName=group)
    assert suspended(demo) == []


@pytest.mark.parametrize("operation", ["suspend_processes", "resume_processes"])
def test_processes_that_cannot_be(demo, operation):
    call = getattr(demo.autoscaling, operation)
    with refused("ValidationError"):
        call(AutoScalingGroupName="nobody", ScalingProcesses=["Launch"])
    for process in ("azrebalance", "Everything"):
        with refused("ValidationError"):
            call(AutoScalingGroupName=demo.group_name(), ScalingProcesses=[process])


def test_a_suspension_outlives_an_update_of_the_nodegroup(demo):
    demo.autoscaling.suspend_processes(AutoScalingGroupName=demo.group_name(), ScalingProcesses=["AZRebalance"])
    demo.finish(demo.update_nodegroup(scalingConfig={"maxSize": 5}), nodegroupName="blue")
    assert suspended(demo) == ["AZRebalance"]


def test_a_group_keeps_its_name_and_tags_over_a_roll(demo):
    group = demo.group_name()
    demo.autoscaling.create_or_update_tags(Tags=[tag(group, "mine")])
    demo.finish(demo.eks.update_cluster_version(name="demo", version="1.34")["update"])
    roll = demo.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue")["update"]
    demo.finish(roll, "3h", nodegroupName="blue")
    assert demo.group_name() == group and demo.tags_of_group()["mine"] == "v"


def test_a_roll_makes_room_first(demo):
    demo.finish(demo.eks.update_cluster_version(name="demo", version="1.34")["update"])
    before = demo.group()
    roll = demo.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue")["update"]
    demo.advance("2m")
    assert demo.group()["DesiredCapacity"] > before["DesiredCapacity"] and demo.group()["MaxSize"] > before["MaxSize"]
    demo.finish(roll, "3h", nodegroupName="blue")
    assert (demo.group()["DesiredCapacity"], demo.group()["MaxSize"]) == (before["DesiredCapacity"], before["MaxSize"])

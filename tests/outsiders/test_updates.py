"""Updates: one at a time, one kind per call, described until they end (API reference: UpdateClusterConfig and its kin)."""

import pytest
from errors import refused
from sandbox import SUBNETS
from test_paging import pages

ON = {"clusterLogging": [{"types": ["api"], "enabled": True}]}
# A change of the prepared cluster, and the type of its update.
CHANGES = {
    "logging": ({"logging": ON}, "LoggingUpdate"),
    "endpoint": ({"resourcesVpcConfig": {"endpointPrivateAccess": True}}, "EndpointAccessUpdate"),
    "cidrs": ({"resourcesVpcConfig": {"publicAccessCidrs": ["203.0.113.0/24"]}}, "EndpointAccessUpdate"),
    "access": ({"accessConfig": {"authenticationMode": "API"}}, "AccessConfigUpdate"),
    "policy": ({"upgradePolicy": {"supportType": "STANDARD"}}, "UpgradePolicyUpdate"),
    "protection": ({"deletionProtection": True}, "DeletionProtectionUpdate"),
    "zonal": ({"zonalShiftConfig": {"enabled": True}}, "ZonalShiftConfigUpdate"),
    "tier": ({"controlPlaneScalingConfig": {"tier": "tier-xl"}}, "ControlPlaneScalingConfigUpdate"),
    "subnets": ({"resourcesVpcConfig": {"subnetIds": SUBNETS, "securityGroupIds": ["sg-0b88bbbbbbbbbbbbb"]}}, "VpcConfigUpdate"),
}


@pytest.mark.parametrize("name", CHANGES)
def test_an_update_runs_and_then_the_cluster_is_so(demo, name):
    change, kind = CHANGES[name]
    before = demo.cluster()
    update = demo.update_cluster(**change)
    assert (update["status"], update["type"], update["errors"]) == ("InProgress", kind, [])
    assert update["params"]
    assert demo.update(update)["status"] == "InProgress"
    done = demo.finish(update)
    assert done["id"] == update["id"] and done["createdAt"] == update["createdAt"]
    after = demo.cluster()
    assert after["status"] == "ACTIVE" and after != before
    for key, value in change.items():
        if key == "logging":
            on = [setup["types"] for setup in after["logging"]["clusterLogging"] if setup["enabled"]]
            assert on == [["api"]]
        elif name == "subnets":
            assert {part: sorted(after[key][part]) for part in value} == {part: sorted(value[part]) for part in value}
        elif isinstance(value, dict):
            assert after[key].items() >= value.items()
        else:
            assert after[key] == value
    with refused("InvalidParameterException", "InvalidRequestException"):  # a change that changes nothing
        demo.update_cluster(**change)


def test_nothing_changes_before_the_end(demo):
    update = demo.update_cluster(**CHANGES["policy"][0])
    assert demo.cluster()["upgradePolicy"]["supportType"] == "EXTENDED"
    demo.finish(update)
    assert demo.cluster()["upgradePolicy"]["supportType"] == "STANDARD"


def test_the_cluster_is_updating_after_a_moment(demo):
    demo.update_cluster(**CHANGES["logging"][0])
    assert {demo.cluster()["status"] for _ in range(5)} == {"ACTIVE", "UPDATING"}
    assert demo.cluster()["status"] == "UPDATING"


@pytest.mark.parametrize("name", ["policy", "logging", "access"])
def test_one_update_at_a_time(demo, name):
    update = demo.update_cluster(**CHANGES["protection"][0])
    with refused("ResourceInUseException") as refusal:
        demo.update_cluster(**CHANGES[name][0])
    assert update["id"] in refusal.message and refusal.status == 409
    demo.finish(update)
    demo.finish(demo.update_cluster(**CHANGES[name][0]))


def test_a_version_update_conflicts_as_well(demo):
    demo.update_cluster(**CHANGES["protection"][0])
    with refused("ResourceInUseException"):
        demo.eks.update_cluster_version(name="demo", version="1.34")


@pytest.mark.parametrize(("one", "two"), [("logging", "policy"), ("endpoint", "logging"), ("protection", "access")])
def test_one_kind_of_update_per_call(demo, one, two):
    with refused("InvalidParameterException") as refusal:
        demo.update_cluster(**CHANGES[one][0], **CHANGES[two][0])
    assert "Only one type of update can be allowed" in refusal.message


def test_nothing_at_all_is_refused(demo):
    with refused("InvalidParameterException"):
        demo.update_cluster()


@pytest.mark.parametrize(
    ("mode", "allowed"),
    [("CONFIG_MAP", False), ("API_AND_CONFIG_MAP", False), ("API", True)],
)
def test_the_authentication_mode_is_a_ladder_from_the_middle(demo, mode, allowed):
    change = {"accessConfig": {"authenticationMode": mode}}
    if allowed:
        demo.finish(demo.update_cluster(**change))
        assert demo.cluster()["accessConfig"]["authenticationMode"] == mode
    else:
        with refused("InvalidParameterException") as refusal:
            demo.update_cluster(**change)
        assert "Unsupported authentication mode update" in refusal.message


def test_the_authentication_mode_goes_up_step_by_step(aws):
    aws.create_cluster()
    with refused("InvalidParameterException") as refusal:
        aws.update_cluster(accessConfig={"authenticationMode": "API"})
    assert "Unsupported authentication mode update from CONFIG_MAP to API" in refusal.message
    for mode in ("API_AND_CONFIG_MAP", "API"):
        aws.finish(aws.update_cluster(accessConfig={"authenticationMode": mode}))
    with refused("InvalidParameterException"):
        aws.update_cluster(accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})


@pytest.mark.parametrize(
    ("vpc", "words"),
    [
        ({"endpointPublicAccess": False}, "Private and public endpoint access cannot be false"),
        ({"publicAccessCidrs": ["192.168.0.0/16"]}, "publicAccessCidrs"),
        ({"publicAccessCidrs": ["nonsense"]}, ""),
        ({"publicAccessCidrs": [f"203.0.113.{n}/32" for n in range(41)]}, ""),
    ],
    ids=str,
)
def test_an_endpoint_that_cannot_be(demo, vpc, words):
    with refused("InvalidParameterException") as refusal:
        demo.update_cluster(resourcesVpcConfig=vpc)
    assert words in refusal.message


def test_log_types_that_are_not_named_stay(demo):
    demo.finish(demo.update_cluster(logging=ON))
    both = {"clusterLogging": [{"types": ["audit"], "enabled": True}, {"types": ["api"], "enabled": False}]}
    demo.finish(demo.update_cluster(logging={"clusterLogging": [{"types": ["audit"], "enabled": True}]}))
    setups = demo.cluster()["logging"]["clusterLogging"]
    assert sorted(name for setup in setups if setup["enabled"] for name in setup["types"]) == ["api", "audit"]
    with refused("InvalidParameterException"):
        demo.update_cluster(logging={"clusterLogging": [{"types": ["audit"], "enabled": True}]})
    demo.finish(demo.update_cluster(logging=both))
    setups = demo.cluster()["logging"]["clusterLogging"]
    assert [name for setup in setups if setup["enabled"] for name in setup["types"]] == ["audit"]


def test_the_version_goes_up_by_one(demo):
    for version in ("1.35", "1.32", "1.33", "1.34.1", "2.0"):
        with refused("InvalidParameterException"):
            demo.eks.update_cluster_version(name="demo", version=version)
    update = demo.eks.update_cluster_version(name="demo", version="1.34")["update"]
    assert (update["type"], update["status"]) == ("VersionUpdate", "InProgress")
    assert {"type": "Version", "value": "1.34"} in update["params"]
    assert demo.cluster()["version"] == "1.33"
    demo.finish(update)
    assert demo.cluster()["version"] == "1.34"
    assert demo.nodegroup()["version"] == "1.33"


def test_nodes_may_lag_three_versions_and_no_more(aws):
    aws.create_cluster(version="1.31")
    aws.create_nodegroup()
    for version in ("1.32", "1.33", "1.34"):
        aws.finish(aws.eks.update_cluster_version(name="demo", version=version)["update"])
    with refused("InvalidParameterException", "InvalidRequestException") as refusal:
        aws.eks.update_cluster_version(name="demo", version="1.35")
    assert "blue" in refusal.message
    roll = aws.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue", version="1.34")["update"]
    aws.finish(roll, "3h", nodegroupName="blue")
    aws.finish(aws.eks.update_cluster_version(name="demo", version="1.35")["update"])


def to_version(demo, version, **about):
    return demo.eks.update_cluster_version(name="demo", version=version, **about)["update"]


def test_a_control_plane_goes_back_to_where_it_came_from(demo):
    demo.finish(to_version(demo, "1.34"))
    demo.advance("160h")
    update = to_version(demo, "1.33", rollbackConfig={"timeoutMinutes": 120})
    assert update["type"] == "VersionRollback" and {"type": "Version", "value": "1.33"} in update["params"]
    demo.finish(update)
    assert demo.cluster()["version"] == "1.33"
    with refused("InvalidParameterException"):  # it was made so
        to_version(demo, "1.32")
    demo.finish(to_version(demo, "1.34"))


def test_after_one_way_back_there_is_no_other(demo):
    demo.finish(to_version(demo, "1.34"))
    demo.finish(to_version(demo, "1.35"))
    demo.finish(to_version(demo, "1.34"))
    with refused("InvalidParameterException"):
        to_version(demo, "1.33")


@pytest.mark.parametrize("version", ["1.4294967295", "1.99999999999", "1."])
def test_a_version_that_is_none(demo, version):
    with refused("InvalidParameterException"):
        to_version(demo, version)


def test_the_way_back_is_open_for_seven_days(demo):
    demo.finish(to_version(demo, "1.34"))
    demo.advance("168h")
    with refused("InvalidParameterException"):
        to_version(demo, "1.33")


def test_nodes_that_followed_keep_the_control_plane_from_going_back(demo):
    demo.finish(to_version(demo, "1.34"))
    roll = demo.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue")["update"]
    demo.finish(roll, "2h", nodegroupName="blue")
    with refused("InvalidRequestException", "InvalidStateException") as refusal:
        to_version(demo, "1.33")
    assert "blue" in refusal.message


@pytest.mark.parametrize("minutes", [119, 10_081])
def test_a_rollback_takes_its_time(demo, minutes):
    demo.finish(to_version(demo, "1.34"))
    with refused("InvalidParameterException"):
        to_version(demo, "1.33", rollbackConfig={"timeoutMinutes": minutes})


def test_a_failed_update_leaves_no_way_back(demo):
    demo.fault("eks:UpdateClusterVersion", "{ updateFails: { code: Unknown, message: no } }")
    to_version(demo, "1.34")
    demo.advance("30m")
    assert demo.cluster()["version"] == "1.33"
    with refused("InvalidParameterException"):
        to_version(demo, "1.32")


def test_updates_are_listed_as_they_began(demo):
    began = []
    for number in range(6):
        began.append(demo.finish(demo.update_cluster(zonalShiftConfig={"enabled": number % 2 == 0}))["id"])
    assert demo.eks.list_updates(name="demo")["updateIds"] == began
    assert sum(pages(lambda **about: demo.eks.list_updates(name="demo", **about), "updateIds", 4), []) == began


def test_a_support_type_is_chosen_before_the_end_of_standard_support(aws):
    aws.create_cluster(version="1.32", upgradePolicy={"supportType": "STANDARD"})
    aws.advance("2400h")
    with refused("InvalidParameterException", "InvalidRequestException") as refusal:
        aws.update_cluster(upgradePolicy={"supportType": "EXTENDED"})
    assert "extended support" in refusal.message


def test_extended_support_cannot_be_left_while_it_is_needed(aws):
    aws.create_cluster(version="1.31")
    with refused("InvalidParameterException", "InvalidRequestException"):
        aws.update_cluster(upgradePolicy={"supportType": "STANDARD"})


def test_an_update_that_fails_changes_nothing(demo):
    demo.fault("eks:UpdateClusterConfig", "{ updateFails: { code: AccessDenied, message: no log group } }")
    update = demo.update_cluster(logging=ON)
    demo.advance("30m")
    failed = demo.update(update)
    assert (failed["status"], failed["errors"][0]["errorCode"]) == ("Failed", "AccessDenied")
    assert failed["errors"][0]["errorMessage"] == "no log group"
    assert demo.cluster()["status"] == "ACTIVE"
    assert not any(setup["enabled"] for setup in demo.cluster()["logging"]["clusterLogging"])
    demo.finish(demo.update_cluster(logging=ON))


def test_a_cluster_that_is_being_made_takes_no_update(aws):
    aws.create_cluster(wait=False)
    with refused("ResourceInUseException", "InvalidRequestException"):
        aws.update_cluster(deletionProtection=True)
    with refused("ResourceInUseException", "InvalidRequestException"):
        aws.eks.update_cluster_version(name="demo", version="1.35")


@pytest.mark.parametrize(
    "call",
    [
        lambda eks: eks.update_cluster_config(name="nobody", deletionProtection=True),
        lambda eks: eks.update_cluster_version(name="nobody", version="1.35"),
        lambda eks: eks.list_updates(name="nobody"),
        lambda eks: eks.describe_update(name="nobody", updateId="2b5b1d32-0000-4000-8000-000000000000"),
        lambda eks: eks.describe_update(name="demo", updateId="2b5b1d32-0000-4000-8000-000000000000"),
        lambda eks: eks.list_updates(name="demo", nodegroupName="nobody"),
        lambda eks: eks.describe_update(name="demo", nodegroupName="blue", updateId="2b5b1d32-0000-4000-8000-000000000000"),
    ],
)
def test_what_is_not_there(demo, call):
    with refused("ResourceNotFoundException") as refusal:
        call(demo.eks)
    assert refusal.status == 404


def test_an_update_concerns_one_resource(demo):
    update = demo.update_nodegroup(scalingConfig={"maxSize": 7})
    with refused("ResourceNotFoundException", "InvalidParameterException"):
        demo.update(update, nodegroupName="blue", addonName="vpc-cni")


def test_updates_are_listed_with_whom_they_concern(demo):
    one = demo.update_cluster(deletionProtection=True)
    demo.finish(one)
    two = demo.update_nodegroup(scalingConfig={"maxSize": 7})
    demo.finish(two, nodegroupName="blue")
    assert demo.eks.list_updates(name="demo")["updateIds"] == [one["id"]]
    assert demo.eks.list_updates(name="demo", nodegroupName="blue")["updateIds"] == [two["id"]]
    with refused("ResourceNotFoundException"):
        demo.update(two)
    with refused("ResourceNotFoundException"):
        demo.update(one, nodegroupName="blue")


TOKEN = "0123456789abcdef0123456789abcdef-3"


def test_a_token_returns_the_first_update_again(demo):
    one = demo.update_cluster(deletionProtection=True, clientRequestToken=TOKEN)
    assert demo.update_cluster(deletionProtection=True, clientRequestToken=TOKEN)["id"] == one["id"]
    with refused("InvalidParameterException"):
        demo.update_cluster(deletionProtection=False, clientRequestToken=TOKEN)


@pytest.mark.parametrize(
    ("change", "described"),
    [
        ({"scalingConfig": {"minSize": 2, "maxSize": 9}}, {"scalingConfig": {"minSize": 2, "maxSize": 9, "desiredSize": 2}}),
        ({"scalingConfig": {"desiredSize": 1}}, {"scalingConfig": {"minSize": 1, "maxSize": 2, "desiredSize": 1}}),
        ({"labels": {"addOrUpdateLabels": {"b": "2"}, "removeLabels": ["a"]}}, {"labels": {"b": "2"}}),
        ({"labels": {"addOrUpdateLabels": {"a": "9"}}}, {"labels": {"a": "9"}}),
        (
            {"taints": {"addOrUpdateTaints": [{"key": "t", "value": "v", "effect": "NO_SCHEDULE"}]}},
            {"taints": [{"key": "t", "value": "v", "effect": "NO_SCHEDULE"}]},
        ),
        ({"nodeRepairConfig": {"enabled": True}}, {"nodeRepairConfig": {"enabled": True}}),
        (
            {"warmPoolConfig": {"enabled": True, "minSize": 1}},
            {"warmPoolConfig": {"enabled": True, "minSize": 1, "poolState": "STOPPED", "reuseOnScaleIn": False}},
        ),
    ],
    ids=str,
)
def test_a_nodegroup_is_reconfigured(demo, change, described):
    update = demo.update_nodegroup(**change)
    assert (update["type"], update["status"]) == ("ConfigUpdate", "InProgress")
    demo.finish(update, nodegroupName="blue")
    blue = demo.nodegroup()
    assert {key: blue[key] for key in described} == described
    with refused("InvalidParameterException"):  # a change that changes nothing
        demo.update_nodegroup(**change)


@pytest.mark.parametrize("pool", [{}, {"minSize": 1}, {"enabled": False}], ids=str)
def test_a_warm_pool_that_is_not_enabled_stays_away(demo, pool):
    with refused("InvalidParameterException") as refusal:
        demo.update_nodegroup(warmPoolConfig=pool)
    assert "No changes needed" in refusal.message
    assert "warmPoolConfig" not in demo.create_nodegroup("green", warmPoolConfig=pool)


def test_a_warm_pool_keeps_what_is_not_said_and_goes_when_it_is(demo):
    demo.finish(demo.update_nodegroup(warmPoolConfig={"enabled": True, "minSize": 1}), nodegroupName="blue")
    demo.finish(demo.update_nodegroup(warmPoolConfig={"poolState": "RUNNING"}), nodegroupName="blue")
    pool = demo.nodegroup()["warmPoolConfig"]
    assert (pool["enabled"], pool["minSize"], pool["poolState"]) == (True, 1, "RUNNING")
    demo.finish(demo.update_nodegroup(warmPoolConfig={"enabled": False}), nodegroupName="blue")
    assert "warmPoolConfig" not in demo.nodegroup()


def test_all_of_a_nodegroup_in_one_call(demo):
    update = demo.update_nodegroup(
        scalingConfig={"maxSize": 4},
        labels={"addOrUpdateLabels": {"b": "2"}},
        taints={"addOrUpdateTaints": [{"key": "t", "effect": "PREFER_NO_SCHEDULE"}]},
        updateConfig={"maxUnavailablePercentage": 50},
    )
    demo.finish(update, nodegroupName="blue")
    blue = demo.nodegroup()
    assert blue["labels"] == {"a": "1", "b": "2"}
    assert blue["updateConfig"]["maxUnavailablePercentage"] == 50 and "maxUnavailable" not in blue["updateConfig"]
    assert blue["scalingConfig"]["maxSize"] == 4 and len(blue["taints"]) == 1


def test_a_taint_changes_its_effect_in_one_call(demo):
    old, new = ({"key": "t", "value": "v", "effect": effect} for effect in ("NO_SCHEDULE", "NO_EXECUTE"))
    demo.finish(demo.update_nodegroup(taints={"addOrUpdateTaints": [old]}), nodegroupName="blue")
    demo.finish(demo.update_nodegroup(taints={"addOrUpdateTaints": [new], "removeTaints": [old]}), nodegroupName="blue")
    assert demo.nodegroup()["taints"] == [new]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"scalingConfig": {"minSize": 3}}, ""),
        ({"scalingConfig": {"minSize": 3, "maxSize": 5}}, "Minimum capacity 3 can't be greater than desired size 2"),
        ({"scalingConfig": {"maxSize": 1}}, ""),
        ({"scalingConfig": {"desiredSize": 3}}, ""),
        ({"scalingConfig": {"maxSize": 0, "minSize": 0, "desiredSize": 0}}, ""),
        ({"labels": {"addOrUpdateLabels": {"k8s.io/a": "b"}}}, "reserved prefixes"),
        ({"taints": {"addOrUpdateTaints": [{"key": "t", "effect": "NEVER"}]}}, ""),
        ({"updateConfig": {"maxUnavailable": 2, "maxUnavailablePercentage": 2}}, ""),
        ({}, ""),
        ({"clientRequestToken": "short", "scalingConfig": {"maxSize": 5}}, "between 33 and 126 characters"),
    ],
    ids=str,
)
def test_a_nodegroup_that_cannot_be_so(demo, change, words):
    before = demo.nodegroup()
    with refused("InvalidParameterException") as refusal:
        demo.update_nodegroup(**change)
    assert words in refusal.message
    assert demo.nodegroup() == before


def test_nodegroups_are_updated_one_by_one_but_next_to_each_other(demo):
    demo.create_nodegroup("green")
    demo.update_nodegroup("blue", scalingConfig={"maxSize": 5})
    with refused("ResourceInUseException") as refusal:
        demo.update_nodegroup("blue", scalingConfig={"maxSize": 6})
    assert refusal.status == 409
    with refused("ResourceInUseException"):
        demo.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue")
    assert demo.update_nodegroup("green", scalingConfig={"maxSize": 5})["status"] == "InProgress"


def test_a_nodegroup_follows_the_cluster(demo):
    about = {"clusterName": "demo", "nodegroupName": "blue"}
    with refused("InvalidParameterException"):  # ahead of the cluster
        demo.eks.update_nodegroup_version(**about, version="1.34")
    demo.finish(demo.eks.update_cluster_version(name="demo", version="1.34")["update"])
    roll = demo.eks.update_nodegroup_version(**about)["update"]
    assert roll["type"] == "VersionUpdate"
    demo.finish(roll, "3h", nodegroupName="blue")
    blue = demo.nodegroup()
    assert blue["version"] == "1.34" and blue["releaseVersion"].startswith("1.34.")
    with refused("InvalidParameterException"):  # back
        demo.eks.update_nodegroup_version(**about, version="1.33")
    with refused("InvalidParameterException"):  # nothing to do
        demo.eks.update_nodegroup_version(**about, version="1.34", releaseVersion=blue["releaseVersion"])
    with refused("InvalidParameterException"):  # a release of another version
        demo.eks.update_nodegroup_version(**about, version="1.34", releaseVersion="1.33.0-20250101")


def test_a_roll_that_fails_leaves_the_group_in_service(demo):
    demo.finish(demo.eks.update_cluster_version(name="demo", version="1.34")["update"])
    demo.fault("eks:UpdateNodegroupVersion", "{ updateFails: { code: PodEvictionFailure, message: a budget } }")
    roll = demo.eks.update_nodegroup_version(clusterName="demo", nodegroupName="blue")["update"]
    demo.advance("3h")
    failed = demo.update(roll, nodegroupName="blue")
    assert (failed["status"], failed["errors"][0]["errorCode"]) == ("Failed", "PodEvictionFailure")
    blue = demo.nodegroup()
    assert (blue["status"], blue["version"]) == ("ACTIVE", "1.33")

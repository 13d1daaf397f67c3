"""Clusters: creation, description, deletion, defaults, refusals (API reference: CreateCluster, DescribeCluster, DeleteCluster)."""

import pytest
from botocore.exceptions import WaiterError
from errors import refused
from sandbox import ACCOUNT, CLUSTER_ROLE, SUBNETS


def test_a_cluster_is_creating_and_then_active(aws):
    created = aws.create_cluster(wait=False)
    assert created["status"] == "CREATING"
    assert created["arn"] == f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/demo"
    assert "endpoint" not in created
    aws.advance("5m")
    assert aws.cluster()["status"] == "CREATING"
    aws.advance("15m")
    active = aws.cluster()
    assert active["status"] == "ACTIVE"
    assert active["endpoint"].startswith("https://")
    assert active["certificateAuthority"]["data"]
    assert active["identity"]["oidc"]["issuer"].startswith("https://oidc.eks.us-east-1.amazonaws.com/id/")
    assert active["createdAt"] == created["createdAt"]


def test_the_defaults_of_the_api(aws):
    cluster = aws.create_cluster()
    vpc = cluster["resourcesVpcConfig"]
    assert (vpc["endpointPublicAccess"], vpc["endpointPrivateAccess"]) == (True, False)
    assert vpc["publicAccessCidrs"] == ["0.0.0.0/0"]
    assert sorted(vpc["subnetIds"]) == SUBNETS
    assert vpc["vpcId"].startswith("vpc-") and vpc["clusterSecurityGroupId"].startswith("sg-")
    assert vpc["securityGroupIds"] == []
    assert cluster["accessConfig"]["authenticationMode"] == "CONFIG_MAP"
    assert cluster["upgradePolicy"] == {"supportType": "EXTENDED"}
    assert cluster["kubernetesNetworkConfig"]["ipFamily"] == "ipv4"
    assert cluster["kubernetesNetworkConfig"]["serviceIpv4Cidr"] in ("10.100.0.0/16", "172.20.0.0/16")
    assert cluster["deletionProtection"] is False
    assert cluster["zonalShiftConfig"] == {"enabled": False}
    assert cluster["controlPlaneScalingConfig"] == {"tier": "standard"}
    assert cluster["tags"] == {}
    assert cluster["health"] == {"issues": []}
    assert cluster["platformVersion"].startswith("eks.")
    assert "bootstrapSelfManagedAddons" not in cluster
    off = {name for setup in cluster["logging"]["clusterLogging"] if not setup["enabled"] for name in setup["types"]}
    assert off == {"api", "audit", "authenticator", "controllerManager", "scheduler"}


def test_logging_is_described_per_state(aws):
    logging = {"clusterLogging": [{"types": ["api", "audit"], "enabled": True}]}
    setups = aws.create_cluster(wait=False, logging=logging)["logging"]["clusterLogging"]
    on = {name for setup in setups if setup["enabled"] for name in setup["types"]}
    off = {name for setup in setups if not setup["enabled"] for name in setup["types"]}
    assert on == {"api", "audit"}
    assert off == {"authenticator", "controllerManager", "scheduler"}


@pytest.mark.parametrize(
    "settings",
    [
        {"accessConfig": {"authenticationMode": "API"}},
        {"accessConfig": {"authenticationMode": "API_AND_CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False}},
        {"upgradePolicy": {"supportType": "STANDARD"}},
        {"deletionProtection": True},
        {"zonalShiftConfig": {"enabled": True}},
        {"kubernetesNetworkConfig": {"serviceIpv4Cidr": "172.20.0.0/16"}},
        {"version": "1.33"},
        {"tags": {"a": "1", "b": ""}},
    ],
    ids=lambda settings: "-".join(settings),
)
def test_what_is_sent_is_described(aws, settings):
    aws.create_cluster(wait=False, **settings)
    cluster = aws.cluster()
    for key, value in settings.items():
        if isinstance(value, dict):
            assert cluster[key].items() >= value.items()
        else:
            assert cluster[key] == value


def test_the_endpoint_is_as_sent_and_cidrs_are_canonical(aws):
    vpc = {
        "subnetIds": SUBNETS,
        "endpointPublicAccess": True,
        "endpointPrivateAccess": True,
        "publicAccessCidrs": ["203.0.113.7/24", "198.51.100.1/32"],
    }
    described = aws.create_cluster(wait=False, resourcesVpcConfig=vpc)["resourcesVpcConfig"]
    assert described["endpointPrivateAccess"] is True
    assert set(described["publicAccessCidrs"]) == {"203.0.113.0/24", "198.51.100.1/32"}


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"version": "1.34.0"}, "InvalidParameterException", "unsupported Kubernetes version"),
        ({"version": "1.12"}, "InvalidParameterException", "unsupported Kubernetes version"),
        ({"roleArn": f"arn:aws:iam::{ACCOUNT}:role/nobody"}, "InvalidParameterException", ""),
        ({"roleArn": "arn:aws:iam::999988887777:role/other"}, "AccessDeniedException", "Cross-account pass role"),
        ({"roleArn": f"arn:aws:iam::{ACCOUNT}:role/gitlab-runners-node"}, "InvalidParameterException", "trust"),
        ({"resourcesVpcConfig": {"subnetIds": SUBNETS[:1]}}, "InvalidParameterException", ""),
        ({"resourcesVpcConfig": {"subnetIds": ["subnet-0123456789abcdef0", SUBNETS[0]]}}, "InvalidParameterException", "subnet"),
        (
            {"resourcesVpcConfig": {"subnetIds": SUBNETS, "endpointPublicAccess": False, "endpointPrivateAccess": False}},
            "InvalidParameterException",
            "Private and public endpoint access cannot be false",
        ),
        (
            {"resourcesVpcConfig": {"subnetIds": SUBNETS, "publicAccessCidrs": ["10.0.0.0/8"]}},
            "InvalidParameterException",
            "publicAccessCidrs",
        ),
        (
            {"resourcesVpcConfig": {"subnetIds": SUBNETS, "publicAccessCidrs": [f"203.0.113.{n}/32" for n in range(41)]}},
            "InvalidParameterException",
            "",
        ),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.0.0.0/16"}}, "InvalidParameterException", ""),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "8.8.0.0/16"}}, "InvalidParameterException", ""),
        ({"kubernetesNetworkConfig": {"serviceIpv4Cidr": "10.96.0.0/8"}}, "InvalidParameterException", ""),
        ({"tags": {f"k{n}": "v" for n in range(51)}}, "InvalidParameterException", ""),
        ({"tags": {"aws:owner": "me"}}, "InvalidParameterException", ""),
        ({"tags": {"owner": "AWS:me"}}, "InvalidParameterException", ""),
        ({"kubernetesNetworkConfig": {"ipFamily": "ipv6"}}, "InvalidParameterException", "IPv6 CIDR blocks"),
        (
            {"accessConfig": {"bootstrapClusterCreatorAdminPermissions": False}},
            "InvalidParameterException",
            "bootstrapClusterCreatorAdminPermissions must be true if cluster authentication mode is set to CONFIG_MAP",
        ),
        (
            {"accessConfig": {"authenticationMode": "CONFIG_MAP", "bootstrapClusterCreatorAdminPermissions": False}},
            "InvalidParameterException",
            "bootstrapClusterCreatorAdminPermissions must be true if cluster authentication mode is set to CONFIG_MAP",
        ),
        (
            {"logging": {"clusterLogging": [{"types": ["api"], "enabled": True}, {"types": ["api", "audit"], "enabled": False}]}},
            "InvalidParameterException",
            "both enabled and disabled",
        ),
        ({"name": "-demo"}, "InvalidParameterException", ""),
        ({"name": "a b"}, "InvalidParameterException", ""),
        ({"clientRequestToken": "short"}, "InvalidParameterException", "between 33 and 126 characters"),
        ({"clientRequestToken": "x" * 127}, "InvalidParameterException", "between 33 and 126 characters"),
        ({"accessConfig": {"authenticationMode": "NONE"}}, "InvalidParameterException", ""),
        ({"upgradePolicy": {"supportType": "FOREVER"}}, "InvalidParameterException", ""),
        ({"logging": {"clusterLogging": [{"types": ["kubelet"], "enabled": True}]}}, "InvalidParameterException", ""),
    ],
    ids=str,
)
def test_a_cluster_that_cannot_be_is_refused(aws, change, code, words):
    settings = {"name": "demo", "roleArn": CLUSTER_ROLE, "resourcesVpcConfig": {"subnetIds": SUBNETS}, **change}
    with refused(code) as refusal:
        aws.eks.create_cluster(**settings)
    assert words.lower() in refusal.message.lower()
    assert aws.show()["clusters"] == []


def test_a_name_is_taken_once(demo):
    with refused("ResourceInUseException") as refusal:
        demo.create_cluster(wait=False)
    assert "Cluster already exists with name: demo" in refusal.message
    assert refusal.members["clusterName"] == "demo"
    assert refusal.status == 409


def test_a_cluster_that_is_not_there(aws):
    for call in (aws.eks.describe_cluster, aws.eks.delete_cluster):
        with refused("ResourceNotFoundException") as refusal:
            call(name="nobody")
        assert (refusal.status, refusal.message) == (404, "No cluster found for name: nobody.")


def test_names_are_case_sensitive(demo):
    with refused("ResourceNotFoundException"):
        demo.eks.describe_cluster(name="Demo")


def test_deletion_takes_a_while_and_ends(aws):
    aws.create_cluster()
    assert aws.eks.delete_cluster(name="demo")["cluster"]["status"] == "DELETING"
    assert aws.cluster()["status"] == "DELETING"
    with refused("ResourceInUseException"):
        aws.create_cluster(wait=False)
    aws.advance("20m")
    with refused("ResourceNotFoundException"):
        aws.cluster()
    assert aws.create_cluster(wait=False)["status"] == "CREATING"


def test_a_cluster_with_nodegroups_cannot_be_deleted(demo):
    with refused("ResourceInUseException") as refusal:
        demo.eks.delete_cluster(name="demo")
    assert "nodegroups attached" in refusal.message
    demo.eks.delete_nodegroup(clusterName="demo", nodegroupName="blue")
    with refused("ResourceInUseException"):
        demo.eks.delete_cluster(name="demo")
    demo.advance("30m")
    assert demo.eks.delete_cluster(name="demo")["cluster"]["status"] == "DELETING"


def test_a_protected_cluster_cannot_be_deleted(aws):
    aws.create_cluster(deletionProtection=True)
    with refused("InvalidRequestException") as refusal:
        aws.eks.delete_cluster(name="demo")
    assert "deletion protection" in refusal.message.lower()
    aws.finish(aws.update_cluster(deletionProtection=False))
    assert aws.eks.delete_cluster(name="demo")["cluster"]["status"] == "DELETING"


def test_the_waiters_know_the_end(served):
    aws = served("--speed", "6000")
    aws.create_cluster(wait=False)
    quick = {"Delay": 0.05, "MaxAttempts": 200}
    aws.eks.get_waiter("cluster_active").wait(name="demo", WaiterConfig=quick)
    assert aws.cluster()["status"] == "ACTIVE"
    aws.eks.delete_cluster(name="demo")
    aws.eks.get_waiter("cluster_deleted").wait(name="demo", WaiterConfig=quick)
    with refused("ResourceNotFoundException"):
        aws.cluster()


def test_the_waiter_for_a_failed_creation_gives_up(served):
    aws = served("--speed", "6000")
    aws.fault("eks:CreateCluster", "{ createFails: { code: Ec2SubnetNotFound, message: gone } }")
    aws.create_cluster(wait=False)
    with pytest.raises(WaiterError, match="terminal failure"):
        aws.eks.get_waiter("cluster_active").wait(name="demo", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})
    failed = aws.cluster()
    assert failed["status"] == "FAILED"
    assert [issue["code"] for issue in failed["health"]["issues"]] == ["Ec2SubnetNotFound"]


TOKEN = "0123456789abcdef0123456789abcdef-1"


def test_a_token_returns_the_first_reply_again(aws):
    first = aws.create_cluster(wait=False, clientRequestToken=TOKEN)
    again = aws.create_cluster(wait=False, clientRequestToken=TOKEN)
    assert again["arn"] == first["arn"] and again["createdAt"] == first["createdAt"]
    assert len(aws.show()["clusters"]) == 1


def test_a_token_serves_one_request_only(aws):
    aws.create_cluster(wait=False, clientRequestToken=TOKEN)
    with refused("InvalidParameterException"):
        aws.create_cluster(name="other", wait=False, clientRequestToken=TOKEN)

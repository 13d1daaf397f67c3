"""Clusters with EKS Auto Mode or networks of hybrid nodes (API reference: ComputeConfigRequest, RemoteNetworkConfigRequest; user
guide: create a cluster with EKS Auto Mode, prerequisites of hybrid nodes)."""

import pytest
from errors import refused
from sandbox import CLUSTER_ROLE, NODE_ROLE

API = {"accessConfig": {"authenticationMode": "API"}}
POOLS = {"nodePools": ["general-purpose", "system"], "nodeRoleArn": NODE_ROLE}


def auto_mode(**change):
    return {
        "computeConfig": {"enabled": True, **POOLS},
        "storageConfig": {"blockStorage": {"enabled": True}},
        "kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}},
        "bootstrapSelfManagedAddons": False,
        **API,
        **change,
    }


def test_a_cluster_in_auto_mode(aws):
    cluster = aws.create_cluster(**auto_mode())
    assert cluster["computeConfig"] == {"enabled": True, **POOLS}
    assert cluster["storageConfig"] == {"blockStorage": {"enabled": True}}
    assert cluster["kubernetesNetworkConfig"]["elasticLoadBalancing"] == {"enabled": True}


def test_the_nodes_of_auto_mode_have_an_entry(aws):
    aws.create_cluster(**auto_mode())
    about = {"clusterName": "demo", "principalArn": NODE_ROLE}
    entry = aws.eks.describe_access_entry(**about)["accessEntry"]
    assert (entry["type"], entry["username"]) == ("EC2", "system:node:{{EC2PrivateDNSName}}")
    (policy,) = aws.eks.list_associated_access_policies(**about)["associatedAccessPolicies"]
    assert policy["policyArn"].endswith("/AmazonEKSAutoNodePolicy") and policy["accessScope"] == {"type": "cluster", "namespaces": []}


def test_auto_mode_without_built_in_pools_has_no_role_and_no_entry(aws):
    aws.create_cluster(**auto_mode(computeConfig={"enabled": True, "nodePools": []}))
    assert NODE_ROLE not in aws.eks.list_access_entries(clusterName="demo")["accessEntries"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"accessConfig": {"authenticationMode": "CONFIG_MAP"}}, "AuthMode"),
        ({"bootstrapSelfManagedAddons": True}, "bootstrapSelfManagedAddons must be set to false"),
        ({"storageConfig": {"blockStorage": {"enabled": False}}}, ""),
        ({"kubernetesNetworkConfig": {}}, ""),
        ({"computeConfig": {"enabled": True, "nodePools": ["gpu"], "nodeRoleArn": NODE_ROLE}}, "general-purpose"),
        ({"computeConfig": {"enabled": True, "nodePools": ["system"]}}, "nodePool list cannot be populated"),
        ({"computeConfig": {"enabled": True, "nodeRoleArn": NODE_ROLE}}, "nodePool value(s) must be provided"),
        ({"computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": "node"}}, "ARN"),
        ({"computeConfig": {"enabled": True, "nodePools": ["system"], "nodeRoleArn": CLUSTER_ROLE}}, "ec2.amazonaws.com"),
    ],
    ids=str,
)
def test_auto_mode_that_cannot_be(aws, change, words):
    with refused("InvalidParameterException") as refusal:
        aws.create_cluster(wait=False, **auto_mode(**change))
    assert words in refusal.message


def remote(*cidrs, pods=()):
    pods = {"remotePodNetworks": [{"cidrs": list(pods)}]} if pods else {}
    return {"remoteNetworkConfig": {"remoteNodeNetworks": [{"cidrs": list(cidrs)}], **pods}}


@pytest.mark.parametrize("cidrs", [["10.80.0.0/16"], ["192.168.0.0/16", "100.64.0.0/16"], [f"10.80.{n}.0/24" for n in range(15)]])
def test_a_cluster_with_hybrid_nodes(aws, cidrs):
    cluster = aws.create_cluster(wait=False, **API, **remote(*cidrs, pods=["10.90.0.0/16"]))
    assert cluster["remoteNetworkConfig"]["remoteNodeNetworks"] == [{"cidrs": cidrs}]
    assert cluster["remoteNetworkConfig"]["remotePodNetworks"] == [{"cidrs": ["10.90.0.0/16"]}]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (remote("10.80.0.0/16") | {"accessConfig": {}}, "AuthMode must be API_AND_CONFIG_MAP or API"),
        (remote("10.0.0.0/16"), "CIDR 10.0.0.0/16 overlaps with VPC CIDR 10.0.0.0/16"),
        (remote("10.0.0.0/8"), "overlaps with VPC CIDR"),
        (remote("172.20.7.0/24"), "overlaps with service CIDR 172.20.0.0/16"),
        (remote("10.80.0.0/16", "10.80.1.0/24"), "overlaps"),
        (remote("10.80.0.0/16", pods=["10.80.1.0/24"]), "remote pod network"),
        (remote("8.8.8.0/24"), "8.8.8.0/24"),
        (remote("nonsense"), "nonsense"),
        (remote("fd00::/64"), "fd00::/64"),
        (remote(*[f"10.80.{n}.0/24" for n in range(16)]), "15"),
        ({"remoteNetworkConfig": {"remoteNodeNetworks": [{"cidrs": ["10.80.0.0/16"]}, {"cidrs": ["10.81.0.0/16"]}]}}, "one"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_hybrid_nodes_that_cannot_be(aws, change, words):
    with refused("InvalidParameterException") as refusal:
        aws.create_cluster(wait=False, **{**API, **change})
    assert words in refusal.message


@pytest.mark.parametrize("change", [{"computeConfig": {"enabled": False}}, remote("10.80.0.0/16")], ids=str)
def test_neither_changes_in_the_sandbox(demo, change):
    """It says so, other than AWS."""
    with refused("InvalidParameterException") as refusal:
        demo.update_cluster(**change)
    assert "the sandbox does not know" in refusal.message

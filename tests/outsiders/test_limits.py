"""Quotas (EKS user guide: service quotas; API references: ResourceLimitExceededException)."""

import json

from errors import refused
from sandbox import ACCOUNT, CLUSTER_ROLE, FARGATE_ROLE, POD_ROLE

ROLE = f"arn:aws:iam::{ACCOUNT}:role/gitlab-deploy"
USER = f"arn:aws:iam::{ACCOUNT}:user/break-glass"


def test_a_region_has_a_hundred_clusters(aws):
    for number in range(100):
        aws.create_cluster(f"cluster-{number}", wait=False)
    with refused("ResourceLimitExceededException"):
        aws.create_cluster("one-more", wait=False)
    assert len(aws.eks.list_clusters(maxResults=100)["clusters"]) == 100


def test_a_cluster_has_thirty_nodegroups(demo):
    for number in range(29):
        demo.create_nodegroup(f"green-{number}", wait=False)
    with refused("ResourceLimitExceededException"):
        demo.create_nodegroup("one-more", wait=False)
    assert len(demo.eks.list_nodegroups(clusterName="demo")["nodegroups"]) == 30


def test_a_nodegroup_has_four_hundred_and_fifty_nodes(demo):
    scaling = {"minSize": 0, "maxSize": 451, "desiredSize": 0}
    with refused("ResourceLimitExceededException"):
        demo.create_nodegroup("green", wait=False, scalingConfig=scaling)
    with refused("InvalidParameterException"):
        demo.update_nodegroup(scalingConfig={"maxSize": 451})
    demo.create_nodegroup("green", wait=False, scalingConfig={**scaling, "maxSize": 450})
    demo.finish(demo.update_nodegroup(scalingConfig={"maxSize": 450}), nodegroupName="blue")


def test_a_cluster_has_ten_fargate_profiles(demo):
    settings = {"clusterName": "demo", "podExecutionRoleArn": FARGATE_ROLE, "selectors": [{"namespace": "default"}]}
    for number in range(10):
        demo.eks.create_fargate_profile(fargateProfileName=f"pods-{number}", **settings)
        demo.advance("5m")
    with refused("ResourceLimitExceededException"):
        demo.eks.create_fargate_profile(fargateProfileName="one-more", **settings)


def test_a_cluster_has_a_thousand_pod_identity_associations(demo):
    """Most of them come from elsewhere: into the file, which nobody uses meanwhile."""
    settings = {"clusterName": "demo", "namespace": "default", "roleArn": POD_ROLE}
    made = demo.eks.create_pod_identity_association(serviceAccount="app", **settings)["association"]
    file = demo.folder / "sandbox.json"
    world = json.loads(file.read_text())
    associations = world["state"]["eks"]["clusters"]["demo"]["pod_identity_associations"]
    one = associations[made["associationId"]]
    associations |= {f"a-{number:017}": {**one, "service_account": f"app-{number}"} for number in range(998)}
    file.write_text(json.dumps(world))
    demo.eks.create_pod_identity_association(serviceAccount="last", **settings)
    with refused("ResourceLimitExceededException"):
        demo.eks.create_pod_identity_association(serviceAccount="one-more", **settings)


def test_a_cluster_has_three_thousand_access_entries(demo):
    """Most of them come from elsewhere: into the file, which nobody uses meanwhile."""
    demo.eks.create_access_entry(clusterName="demo", principalArn=ROLE)
    file = demo.folder / "sandbox.json"
    world = json.loads(file.read_text())
    entries = world["state"]["eks"]["clusters"]["demo"]["access_entries"]
    entries |= {f"{ROLE}-{number}": entries[ROLE] for number in range(2999 - len(entries))}
    file.write_text(json.dumps(world))
    demo.eks.create_access_entry(clusterName="demo", principalArn=USER)
    with refused("ResourceLimitExceededException"):
        demo.eks.create_access_entry(clusterName="demo", principalArn=CLUSTER_ROLE)

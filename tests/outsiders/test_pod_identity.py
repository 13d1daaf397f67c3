"""Pod identity associations (API reference: CreatePodIdentityAssociation and its kin; EKS user guide, pod identities)."""

import json

import pytest
from errors import refused
from sandbox import ACCOUNT, NODE_ROLE, POD_ROLE

TARGET = "arn:aws:iam::999999999999:role/elsewhere"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
OWNER = f"arn:aws:eks:us-east-1:{ACCOUNT}:addon/demo/aws-ebs-csi-driver/1"


def create(aws, namespace="default", account="app", **settings):
    settings = {"namespace": namespace, "serviceAccount": account, "roleArn": POD_ROLE, **settings}
    return aws.eks.create_pod_identity_association(clusterName="demo", **settings)["association"]


def about(association):
    return {"clusterName": "demo", "associationId": association["associationId"]}


def describe(aws, association):
    return aws.eks.describe_pod_identity_association(**about(association))["association"]


def update(aws, association, **change):
    return aws.eks.update_pod_identity_association(**about(association), **change)["association"]


def associations(aws, **filters):
    return aws.eks.list_pod_identity_associations(clusterName="demo", **filters)["associations"]


def test_an_association_is_there_at_once(demo):
    made = create(demo, tags={"a": "1"})
    assert made["associationId"].startswith("a-") and len(made["associationId"]) == 19
    assert made["associationArn"] == f"arn:aws:eks:us-east-1:{ACCOUNT}:podidentityassociation/demo/{made['associationId']}"
    assert (made["roleArn"], made["disableSessionTags"], made["tags"]) == (POD_ROLE, False, {"a": "1"})
    assert made.keys().isdisjoint({"ownerArn", "targetRoleArn", "externalId", "policy"})
    assert describe(demo, made) == made
    shown = ("clusterName", "namespace", "serviceAccount", "associationArn", "associationId")
    assert associations(demo) == [{member: made[member] for member in shown}]
    assert demo.eks.delete_pod_identity_association(**about(made))["association"] == made
    assert associations(demo) == []
    assert create(demo)["associationId"] != made["associationId"]


def test_a_service_account_has_one_association(demo):
    made = create(demo)
    with refused("ResourceInUseException") as refusal:
        create(demo, roleArn=POD_ROLE)
    assert refusal.message == f"Association already exists: {made['associationId']}"
    create(demo, namespace="other")


def test_associations_by_page_and_by_filter(demo):
    for namespace, account in [("a", "x"), ("a", "y"), ("b", "x"), ("b", "z.z")]:
        create(demo, namespace, account)

    def found(**filters):
        return sorted((each["namespace"], each["serviceAccount"]) for each in associations(demo, **filters))

    assert found(namespace="a") == [("a", "x"), ("a", "y")]
    assert found(serviceAccount="x") == [("a", "x"), ("b", "x")]
    assert found(namespace="b", serviceAccount="z.z") == [("b", "z.z")]
    assert found(namespace="c") == []
    everything = associations(demo)
    for size in (1, 3, 100):
        pages = demo.eks.get_paginator("list_pod_identity_associations")
        pages = pages.paginate(clusterName="demo", PaginationConfig={"PageSize": size})
        assert [each for page in pages for each in page["associations"]] == everything
    for wrong in ({"maxResults": 0}, {"nextToken": "nonsense"}):
        with refused("InvalidParameterException"):
            associations(demo, **wrong)


def test_an_update_changes_what_it_names(demo):
    made = create(demo)
    targeted = update(demo, made, targetRoleArn=TARGET)
    assert targeted["externalId"] and targeted["targetRoleArn"] == TARGET
    restricted = update(demo, made, disableSessionTags=True, policy=POLICY)
    assert (restricted["disableSessionTags"], json.loads(restricted["policy"])) == (True, json.loads(POLICY))
    assert (restricted["targetRoleArn"], restricted["externalId"]) == (TARGET, targeted["externalId"])
    assert describe(demo, made) == restricted
    back = update(demo, made, targetRoleArn="", policy="")
    assert back.keys().isdisjoint({"targetRoleArn", "externalId", "policy"})
    with refused("InvalidParameterException"):
        update(demo, made)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"namespace": "Not A Namespace"}, "namespace"),
        ({"account": "not_an_account"}, "service account"),
        ({"roleArn": POD_ROLE + "-none"}, "Role provided in the request does not exist"),
        ({"roleArn": NODE_ROLE}, "Trust policy of the role provided is invalid"),
        ({"targetRoleArn": "nonsense"}, "ARN of a role"),
        ({"policy": POLICY}, "disableSessionTags must be set to true"),
        ({"tags": {"aws:a": "1"}}, "reserved"),
    ],
    ids=str,
)
def test_an_association_that_cannot_be(demo, settings, words):
    with refused("InvalidParameterException") as refusal:
        create(demo, **settings)
    assert words in refusal.message
    assert associations(demo) == []


def test_a_role_of_another_account_cannot_be_passed(demo):
    with refused("AccessDeniedException"):
        create(demo, roleArn=TARGET)


@pytest.mark.parametrize("operation", ["describe", "update", "delete"])
@pytest.mark.parametrize(
    ("cluster", "id", "code"),
    [
        ("demo", "a-0123456789abcdefg", "ResourceNotFoundException"),
        ("nobody", "a-0123456789abcdefg", "ResourceNotFoundException"),
        ("demo", "a-1", "InvalidParameterException"),
    ],
)
def test_what_is_not_there(demo, operation, cluster, id, code):
    change = {"disableSessionTags": True} if operation == "update" else {}
    with refused(code):
        getattr(demo.eks, f"{operation}_pod_identity_association")(clusterName=cluster, associationId=id, **change)


def test_associations_need_a_cluster_in_service_and_go_with_it(aws):
    with refused("ResourceNotFoundException"):
        create(aws)
    with refused("ResourceNotFoundException"):
        associations(aws)
    aws.create_cluster(wait=False)
    with refused("InvalidRequestException"):
        create(aws)
    aws.advance("20m")
    made = create(aws)
    aws.eks.delete_cluster(name="demo")
    with refused("InvalidRequestException"):
        update(aws, made, disableSessionTags=True)
    with refused("InvalidRequestException"):
        aws.eks.delete_pod_identity_association(**about(made))
    assert associations(aws)
    aws.advance("10m")
    with refused("ResourceNotFoundException"):
        describe(aws, made)


def test_the_association_of_an_addon_has_an_owner(demo):
    """Add-ons come from elsewhere: into the file, which nobody uses meanwhile."""
    made = create(demo)
    file = demo.folder / "sandbox.json"
    world = json.loads(file.read_text())
    world["state"]["eks"]["clusters"]["demo"]["pod_identity_associations"][made["associationId"]]["owner_arn"] = OWNER
    file.write_text(json.dumps(world))
    assert describe(demo, made) == {**made, "ownerArn": OWNER}
    assert associations(demo)[0]["ownerArn"] == OWNER


def test_tags_of_an_association(demo):
    made = create(demo, tags={"a": "1"})
    arn = made["associationArn"]
    demo.eks.tag_resource(resourceArn=arn, tags={"b": "2"})
    demo.eks.untag_resource(resourceArn=arn, tagKeys=["a"])
    demo.advance("1m")
    assert describe(demo, made)["tags"] == demo.eks.list_tags_for_resource(resourceArn=arn)["tags"] == {"b": "2"}


def test_a_token_returns_the_first_reply_again(demo):
    token = "0123456789abcdef0123456789abcdef-6"
    assert create(demo, clientRequestToken=token) == create(demo, clientRequestToken=token)
    with refused("InvalidParameterException"):
        create(demo, account="other", clientRequestToken=token)

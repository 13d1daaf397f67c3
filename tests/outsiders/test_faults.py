"""Faults as data: which call goes wrong, and how; seen by clients that retry and by clients that do not."""

import pytest
from botocore import xform_name
from botocore.exceptions import ReadTimeoutError
from errors import refused
from sandbox import operations, trueup


def armed(aws):
    return aws.show()["faults"]


@pytest.mark.parametrize(
    ("effect", "code", "status"),
    [
        ("throttled", "ThrottlingException", 429),
        ("serverError", "ServerException", 500),
        ("{ refused: { status: 403, code: AccessDeniedException, message: no } }", "AccessDeniedException", 403),
        ("{ refused: { status: 403, code: ExpiredTokenException, message: old } }", "ExpiredTokenException", 403),
    ],
)
def test_a_call_of_eks_fails(demo, effect, code, status):
    demo.fault("eks:UpdateClusterConfig", effect)
    with refused(code) as refusal:
        demo.update_cluster(deletionProtection=True)
    assert refusal.status == status
    demo.update_cluster(deletionProtection=True)


CODES = {
    "throttled": {"eks": ("ThrottlingException", 429), "query": ("Throttling", 400)},
    "serverError": {"eks": ("ServerException", 500), "query": ("InternalFailure", 500)},
    "{ refused: { status: 403, code: ExpiredToken, message: old } }": {"query": ("ExpiredToken", 403)},
    "{ refused: { status: 403, code: AccessDenied, message: no } }": {"query": ("AccessDenied", 403)},
}


@pytest.mark.parametrize("effect", CODES)
def test_any_operation_fails(served, tmp_path, effect):
    """The calls have what their paths need and nothing else: a fault hits before anything is looked at."""
    faults = tmp_path / "faults.yaml"
    faults.write_text(f'- {{ operation: "*", count: forever, effect: {effect} }}')
    aws = served("--faults", str(faults))
    for name in operations():
        service, operation = name.split(":")
        if (expected := CODES[effect].get("eks" if service == "eks" else "query")) is None:
            continue
        client = getattr(aws, service)
        shape = client.meta.service_model.operation_model(operation).input_shape
        places = {member: shape.members[member].serialization.get("location") for member in shape.required_members}
        with refused(expected[0]) as refusal:
            getattr(client, xform_name(operation))(**{member: "x" for member, place in places.items() if place == "uri"})
        assert refusal.status == expected[1]


@pytest.mark.parametrize("effect", ["throttled", "serverError"])
def test_nothing_is_applied(demo, effect):
    demo.fault("eks:TagResource", effect)
    with refused("ThrottlingException", "ServerException"):
        demo.eks.tag_resource(resourceArn=demo.cluster()["arn"], tags={"a": "1"})
    demo.advance("1m")
    assert "a" not in demo.cluster()["tags"]


def test_the_second_and_third_call_are_hit(demo):
    demo.fault("eks:DescribeCluster", "throttled", "--nth", "2", "--count", "2")
    demo.cluster()
    for _ in range(2):
        with refused("ThrottlingException"):
            demo.cluster()
    demo.cluster()
    assert [(fault["nth"], fault["count"], fault["seen"]) for fault in armed(demo)] == [(2, 2, 4)]


def test_for_ever_until_healed(demo):
    demo.fault("*", "serverError", "--count", "forever")
    for call in (demo.cluster, demo.sts.get_caller_identity, demo.autoscaling.describe_auto_scaling_groups):
        with refused("ServerException", "InternalFailure"):
            call()
    trueup("sandbox", "fault", f"--sandbox={demo.folder}", "--heal")
    assert armed(demo) == []
    demo.cluster()


def test_a_reply_is_lost(aws):
    aws.fault("eks:CreateCluster", "replyLost")
    with refused("ServerException"):
        aws.create_cluster(wait=False)
    assert aws.cluster()["status"] == "CREATING"
    with refused("ResourceInUseException"):
        aws.create_cluster(wait=False)


def test_a_client_that_retries_gets_the_lost_reply(aws):
    aws.fault("eks:CreateCluster", "replyLost")
    aws.eks = aws.client("eks", retries=2)
    assert aws.create_cluster(wait=False)["status"] == "CREATING"  # the same token both times


def test_a_client_that_retries_outlasts_throttling(demo):
    demo.fault("autoscaling:DescribeAutoScalingGroups", "throttled", "--count", "2")
    patient = demo.client("autoscaling", retries=4)
    assert len(patient.describe_auto_scaling_groups()["AutoScalingGroups"]) == 1
    assert armed(demo)[0]["seen"] == 3


def test_a_reply_is_slow(demo):
    demo.fault("eks:TagResource", "{ slow: 2 }")
    impatient = demo.client("eks", read_timeout=0.3)
    with pytest.raises(ReadTimeoutError):
        impatient.tag_resource(resourceArn=demo.cluster()["arn"], tags={"a": "1"})
    demo.advance("1m")
    assert demo.cluster()["tags"]["a"] == "1"


def test_a_file_of_faults_is_served(served, tmp_path):
    faults = tmp_path / "faults.yaml"
    faults.write_text(
        "- { operation: eks:CreateCluster, nth: 2, effect: throttled }\n"
        "- operation: eks:UpdateClusterConfig\n"
        "  effect: { updateFails: { code: SubnetNotFound, message: gone } }\n"
    )
    aws = served("--faults", str(faults))
    aws.create_cluster()
    with refused("ThrottlingException"):
        aws.create_cluster("other", wait=False)
    update = aws.update_cluster(deletionProtection=True)
    aws.advance("30m")
    failed = aws.update(update)
    assert (failed["status"], failed["errors"][0]["errorCode"]) == ("Failed", "SubnetNotFound")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("- { operation: eks:CreateNodegrup, effect: throttled }", "did you mean eks:CreateNodegroup"),
        ("- { operation: eks:CreateNodegroup, effect: throtled }", "throtled"),
        ("- { operation: eks:CreateNodegroup }", "effect"),
        ("- { operation: eks:CreateNodegroup, effect: throttled, often: 2 }", "often"),
        ("- { operation: eks:CreateNodegroup, effect: throttled, nth: 0 }", "counted from 1"),
        ("- { operation: eks:TagResource, effect: { updateFails: { code: a, message: b } } }", "starts no update"),
        ("- { operation: '*', effect: { updateFails: { code: Bogus, message: b } } }", "PodEvictionFailure"),
        ("{", "faults.yaml"),
    ],
)
def test_a_file_that_makes_no_sense(tmp_path, text, words):
    faults = tmp_path / "faults.yaml"
    faults.write_text(text)
    trueup("sandbox", "reset", f"--sandbox={tmp_path}")
    for command in (["serve", "--port", "0", "--faults"], ["fault", f"--sandbox={tmp_path}", "--file"]):
        done = trueup("sandbox", *command, str(faults), check=False)
        assert done.returncode == 64 and words in done.stderr, done.stderr
    assert "No faults" in trueup("sandbox", "fault", f"--sandbox={tmp_path}").stdout

"""What every protocol answers to what makes no sense: error envelopes, statuses, headers, unknown operations and members.

Raw requests, without boto3's own ideas of what a request is.
"""

import json
import socket
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import botocore.exceptions
import pytest
from errors import refused
from sandbox import ACCOUNT, CLUSTER_ROLE, SESSION, SUBNETS, operations

SCOPE = "AWS4-HMAC-SHA256 Credential=key/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"


class Raw:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def code(self):
        return self.headers.get("x-amzn-ErrorType", "").split(":")[0]


def send(aws, method, path, body=None, service="eks", region="us-east-1", signature=SCOPE, **headers):
    if signature:
        headers["Authorization"] = signature.format(service=service, region=region)
    request = urllib.request.Request(aws.endpoint + path, method=method, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return Raw(response, response.read())
    except urllib.error.HTTPError as error:
        return Raw(error, error.read())


def action(aws, service="autoscaling", version="2011-01-01", region="us-east-1", signature=SCOPE, **form):
    body = urllib.parse.urlencode({**form, "Version": version}).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    reply = send(aws, "POST", "/", body, service, region, signature, **headers)
    root = ElementTree.fromstring(reply.body)
    return reply, {element.tag.rsplit("}", 1)[-1]: (element.text or "").strip() for element in root.iter()}


def test_an_error_of_eks_on_the_wire(aws):
    reply = send(aws, "GET", "/clusters/nobody")
    assert (reply.status, reply.code) == (404, "ResourceNotFoundException")
    assert reply.headers["Content-Type"].startswith("application/json")
    assert reply.headers["x-amzn-RequestId"]
    assert json.loads(reply.body)["message"] == "No cluster found for name: nobody."


def test_an_error_of_auto_scaling_on_the_wire(aws):
    reply, elements = action(aws, Action="SuspendProcesses", AutoScalingGroupName="nobody")
    assert (reply.status, elements["Type"], elements["Code"]) == (400, "Sender", "ValidationError")
    assert elements["Message"] and elements["RequestId"]
    assert reply.headers["Content-Type"].startswith("text/xml")
    root = ElementTree.fromstring(reply.body)
    assert root.tag == "{http://autoscaling.amazonaws.com/doc/2011-01-01/}ErrorResponse"


def test_every_reply_has_the_date_of_the_world(aws):
    """Also what never got so far as the world; the served world's time stands nearly still, in 2026."""
    aws.advance("1h")
    replies = [
        send(aws, "GET", "/clusters"),
        send(aws, "GET", "/clusters/nobody"),
        action(aws, Action="DescribeTags")[0],
        action(aws, Action="Nonsense")[0],
        send(aws, "POST", "/clusters", b"x" * 1024 * 1025),
    ]
    assert [reply.status for reply in replies] == [200, 404, 200, 400, 413]
    for reply in replies:
        (date,) = reply.headers.get_all("Date")
        assert date.startswith("Thu, 01 Jan 2026 01:0") and date.endswith(" GMT")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/"),
        ("GET", "/clusters/demo/addons"),
        ("PUT", "/clusters/demo"),
        ("PATCH", "/clusters"),
        ("GET", "/clusters/demo/node-groups/blue/more"),
        ("GET", "/favicon.ico"),
        ("HEAD", "/clusters/demo"),
        ("OPTIONS", "/clusters"),
    ],
)
def test_an_operation_that_is_not_known(demo, method, path):
    reply = send(demo, method, path)
    assert (reply.status, reply.code) == (404, "UnknownOperationException")
    assert reply.body if method != "HEAD" else reply.body == b""


@pytest.mark.parametrize("service", ["ec2", "s3", "nonsense"])
def test_a_service_that_is_not_known(aws, service):
    reply = send(aws, "GET", "/", service=service)
    assert reply.status == 404 and b"service" in reply.body


@pytest.mark.parametrize(("service", "operation"), [("ec2", "describe_vpcs"), ("iam", "list_roles"), ("cloudformation", "list_stacks")])
def test_a_service_that_is_not_known_says_so_to_its_client(aws, service, operation):
    client = SESSION.client(service, endpoint_url=aws.endpoint)
    with pytest.raises(botocore.exceptions.ClientError) as caught:
        getattr(client, operation)()
    error = caught.value.response["Error"]
    assert error["Code"] == "UnknownService" and f"does not know the service {service}" in error["Message"]


IDENTITY = {"service": "sts", "version": "2011-06-15", "Action": "GetCallerIdentity"}
TAGS = {"service": "autoscaling", "version": "2011-01-01", "Action": "DescribeTags"}
QUERIES = pytest.mark.parametrize("query", [IDENTITY, TAGS], ids=lambda query: query["service"])


def test_a_request_without_a_signature(aws):
    reply = send(aws, "GET", "/clusters", signature=None)
    assert (reply.status, reply.code) == (403, "MissingAuthenticationTokenException") and reply.body


@QUERIES
def test_a_query_without_a_signature(aws, query):
    reply, elements = action(aws, signature=None, **query)
    assert (reply.status, elements["Code"]) == (403, "MissingAuthenticationToken")
    reply = send(aws, "GET", f"/?Action={query['Action']}&Version={query['version']}", signature=None)
    assert reply.status == 403 and b"<Code>MissingAuthenticationToken</Code>" in reply.body


@pytest.mark.parametrize("signature", ["Bearer x", "AWS4-HMAC-SHA256 Credential=foo", "AWS4-HMAC-SHA256 Credential=k/20260101/us-east-1"])
def test_a_signature_that_is_none(aws, signature):
    reply = send(aws, "GET", "/clusters", signature=signature)
    assert (reply.status, reply.code) == (403, "IncompleteSignatureException") and reply.body
    reply, elements = action(aws, signature=signature, **TAGS)
    assert (reply.status, elements["Code"]) == (400, "IncompleteSignature")


@QUERIES
def test_a_query_for_another_region(aws, query):
    reply, elements = action(aws, region="eu-central-1", **query)
    assert (reply.status, elements["Code"]) == (403, "SignatureDoesNotMatch") and "us-east-1" in elements["Message"]


def test_a_presigned_request_tells_who_calls(aws):
    """What `aws eks get-token` puts into its token, for the API server to send (EKS best practices: IAM authentication)."""
    with urllib.request.urlopen(aws.sts.generate_presigned_url("get_caller_identity"), timeout=10) as response:
        assert b"<Account>111122223333</Account>" in response.read()
    with pytest.raises(urllib.error.HTTPError) as error:
        away = SESSION.client("sts", endpoint_url=aws.endpoint, region_name="eu-central-1")
        urllib.request.urlopen(away.generate_presigned_url("get_caller_identity"), timeout=10)
    assert error.value.code == 403 and b"SignatureDoesNotMatch" in error.value.read()


@pytest.mark.parametrize("service", ["autoscaling", "sts"])
def test_an_action_that_is_not_known(aws, service):
    version = {"autoscaling": "2011-01-01", "sts": "2011-06-15"}[service]
    reply, elements = action(aws, service, version, Action="DoNothing")
    assert (reply.status, elements["Code"]) == (400, "InvalidAction")
    reply, elements = action(aws, service, "1999-01-01", Action="DescribeAutoScalingGroups")
    assert (reply.status, elements["Code"]) == (400, "InvalidAction")


def test_an_action_in_the_query_string(demo):
    reply = send(demo, "GET", "/?Action=DescribeTags&Version=2011-01-01", service="autoscaling")
    assert reply.status == 200 and b"<DescribeTagsResult>" in reply.body


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_json_object(aws, body):
    reply = send(aws, "POST", "/clusters", body)
    assert (reply.status, reply.code) == (400, "SerializationException")


def test_a_member_that_is_missing(aws):
    reply = send(aws, "POST", "/clusters", b'{"name": "demo"}')
    assert reply.status == 400 and reply.code == "InvalidParameterException"


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"name": 5}, "NUMBER_VALUE cannot be converted to String"),
        ({"deletionProtection": "true"}, "STRING_VALUE cannot be converted to Boolean"),
        ({"tags": ["a"]}, "Start of list"),
        ({"version": {"a": 1}}, "Start of structure or map"),
    ],
    ids=str,
)
def test_a_member_of_the_wrong_type_is_named_in_the_words_of_json(aws, change, words):
    body = {"name": "demo", "roleArn": CLUSTER_ROLE, "resourcesVpcConfig": {"subnetIds": SUBNETS}, **change}
    reply = send(aws, "POST", "/clusters", json.dumps(body).encode())
    assert (reply.status, reply.code) == (400, "SerializationException")
    assert words in json.loads(reply.body)["message"]


@pytest.mark.parametrize("size", [2**31, -(2**31) - 1, 99_999_999_999, 20.5])
def test_an_integer_has_32_bits(demo, size):
    with refused("SerializationException"):
        demo.create_nodegroup("green", wait=False, diskSize=size)


def test_what_is_null_is_not_there(aws):
    body = {"name": "demo", "roleArn": CLUSTER_ROLE, "resourcesVpcConfig": {"subnetIds": SUBNETS, "securityGroupIds": None}, "tags": None}
    assert send(aws, "POST", "/clusters", json.dumps(body).encode()).status == 200
    assert send(aws, "POST", "/clusters", json.dumps({**body, "name": None}).encode()).code == "InvalidParameterException"


EKS = SESSION.client("eks").meta.service_model
OPERATIONS = [name.split(":")[1] for name in operations() if name.startswith("eks:")]
PATH = {
    "name": "demo",
    "clusterName": "demo",
    "nodegroupName": "blue",
    "updateId": "1",
    "principalArn": f"arn:aws:iam::{ACCOUNT}:role/trueup-apply",
    "policyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
    "resourceArn": f"arn:aws:eks:us-east-1:{ACCOUNT}:cluster/demo",
}


@pytest.mark.parametrize("query", ["surprise=1", "maxResults=x", "maxResults=-1", "nextToken=nonsense"])
@pytest.mark.parametrize("name", OPERATIONS)
def test_input_that_makes_no_sense_has_a_code_that_the_model_knows(demo, name, query):
    operation = EKS.operation_model(name)
    modelled = {shape.name for shape in operation.error_shapes}
    path = operation.http["requestUri"]
    for member, value in PATH.items():
        path = path.replace(f"{{{member}}}", urllib.parse.quote(value, safe=""))
    reply = send(demo, operation.http["method"], f"{path}?{query}")
    assert reply.status == 400 and json.loads(reply.body)["message"]
    # The model of ListAccessPolicies has no word for it.
    assert reply.code in modelled or (name == "ListAccessPolicies" and reply.code == "InvalidParameterException")
    assert not any(words in reply.body.decode() for words in ("digit found", "untagged", "Some(", "unknown field"))


def test_what_is_not_known_is_never_ignored(demo):
    with refused("InvalidParameterException") as refusal:
        demo.create_nodegroup("green", wait=False, launchTemplate={"name": "mine"})
    assert "launchTemplate" in refusal.message
    reply = send(demo, "POST", "/clusters/demo/update-config", b'{"deletionProtection": true, "surprise": 1}')
    assert reply.status == 400 and b"surprise" in reply.body


def test_another_region_is_refused(aws):
    away = SESSION.client("eks", endpoint_url=aws.endpoint, region_name="eu-central-1")
    away.meta.events.register("after-call", aws._check)
    with refused("InvalidSignatureException") as refusal:
        away.describe_cluster(name="demo")
    assert "us-east-1" in refusal.message


def test_names_in_paths_are_decoded(demo):
    demo.create_nodegroup("a_b-c", wait=False)
    assert send(demo, "GET", "/clusters/demo/node-groups/a%5Fb%2Dc").status == 200


def conversation(aws, *messages):
    """Says these on one connection; what came back until the server closed it or fell silent."""
    host, port = aws.endpoint.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        heard = b""
        for message, answer in messages:
            connection.sendall(message)
            while answer not in heard:
                chunk = connection.recv(65536)
                if not chunk:
                    return heard
                heard += chunk
        return heard


HEAD = f"Host: localhost\r\nAuthorization: {SCOPE.format(service='eks', region='us-east-1')}\r\n"


def test_a_connection_is_kept(aws):
    get = f"GET /clusters/one HTTP/1.1\r\n{HEAD}\r\n".encode()
    heard = conversation(aws, (get, b"name: one."), (get.replace(b"one", b"two"), b"name: two."))
    assert heard.count(b"HTTP/1.1 404") == 2


def test_a_client_that_waits_for_100_continue(aws):
    head = f"POST /clusters HTTP/1.1\r\n{HEAD}Content-Length: 2\r\nExpect: 100-continue\r\n\r\n".encode()
    heard = conversation(aws, (head, b"100 Continue\r\n\r\n"), (b"{}", b"message"))
    assert heard.index(b"HTTP/1.1 100") < heard.index(b"HTTP/1.1 400")


def test_a_body_in_chunks(aws):
    head = f"POST /clusters HTTP/1.1\r\n{HEAD}Transfer-Encoding: chunked\r\n\r\n".encode()
    heard = conversation(aws, (head + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n", b"message"))
    assert b"HTTP/1.1 400" in heard and b"SerializationException" not in heard


def test_a_body_beyond_all_measure(aws):
    reply = send(aws, "POST", "/clusters", b"x" * 2_000_000)
    assert reply.status == 413


def test_what_is_no_http(aws):
    assert b"400" in conversation(aws, (b"\x16\x03\x01\x02\x00\r\n\r\n", b"400"))
    assert send(aws, "GET", "/clusters/nobody").status == 404  # it is still there

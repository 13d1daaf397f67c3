"""What every protocol answers to what makes no sense: error envelopes, statuses, headers, unknown operations and members.

Raw requests, without boto3's own ideas of what a request is.
"""

import json
import socket
import urllib.parse
import urllib.request
import xml.etree.ElementTree as ElementTree

import pytest
from errors import refused
from sandbox import SESSION

SCOPE = "AWS4-HMAC-SHA256 Credential=key/20260101/{region}/{service}/aws4_request, SignedHeaders=host, Signature=0"


class Raw:
    def __init__(self, response, body):
        self.status, self.headers, self.body = response.status, response.headers, body

    @property
    def code(self):
        return self.headers.get("x-amzn-ErrorType", "").split(":")[0]


def send(aws, method, path, body=None, service="eks", region="us-east-1", **headers):
    headers = {"Authorization": SCOPE.format(service=service, region=region), **headers}
    request = urllib.request.Request(aws.endpoint + path, method=method, data=body, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return Raw(response, response.read())
    except urllib.error.HTTPError as error:
        return Raw(error, error.read())


def action(aws, service="autoscaling", version="2011-01-01", **form):
    body = urllib.parse.urlencode({**form, "Version": version}).encode()
    reply = send(aws, "POST", "/", body, service, **{"Content-Type": "application/x-www-form-urlencoded"})
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


def test_a_request_without_a_signature(aws):
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(aws.endpoint + "/clusters", timeout=10)
    assert error.value.code == 403
    assert error.value.headers["x-amzn-ErrorType"] == "MissingAuthenticationTokenException" and error.value.read()


@pytest.mark.parametrize("service", ["autoscaling", "sts"])
def test_an_action_that_is_not_known(aws, service):
    version = {"autoscaling": "2011-01-01", "sts": "2011-06-15"}[service]
    reply, elements = action(aws, service, version, Action="DoNothing")
    assert (reply.status, elements["Code"]) == (400, "InvalidAction")
    reply, elements = action(aws, service, "1999-01-01", Action="DescribeAutoScalingGroups")
    assert (reply.status, elements["Code"]) == (400, "InvalidAction")


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff\xfe", b'"text"'])
def test_a_body_that_is_no_json_object(aws, body):
    reply = send(aws, "POST", "/clusters", body)
    assert (reply.status, reply.code) == (400, "SerializationException")


def test_a_member_of_the_wrong_type(aws):
    reply = send(aws, "POST", "/clusters", b'{"name": 5, "roleArn": "x", "resourcesVpcConfig": {}}')
    assert reply.status == 400 and reply.code in ("InvalidParameterException", "SerializationException")


def test_a_member_that_is_missing(aws):
    reply = send(aws, "POST", "/clusters", b'{"name": "demo"}')
    assert reply.status == 400 and reply.code == "InvalidParameterException"


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

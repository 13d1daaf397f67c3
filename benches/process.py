#!/usr/bin/env python3
"""What whole runs of the release build cost, start to exit and in memory. Nothing here is a test.

    cargo build --release && benches/process.py
"""

import http.client
import json
import os
import re
import statistics
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TRUEUP = os.environ.get("TRUEUP", ROOT / "target/release/trueup")
GROUPS = ROOT / "examples/thirty-groups.yaml"


def run(folder, *arguments):
    """Milliseconds, and the peak of resident memory in MiB, which Linux tells in KiB."""
    begin = time.perf_counter()
    child = subprocess.Popen([TRUEUP, *arguments], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    took = time.perf_counter() - begin
    assert child.returncode == 0, f"{arguments} ended with {child.returncode}"
    return 1000 * took, usage.ru_maxrss / 1024


def report(what, aim, runs):
    milliseconds, mebibytes = zip(*runs)
    print(f"{what:45} {statistics.median(milliseconds):8.1f} ms {max(mebibytes):6.1f} MiB   {aim}")


def thirty_groups(folder):
    groups = ("--file", GROUPS, "--sandbox")
    validate = [run(folder, "validate", "--file", GROUPS) for _ in range(20)]
    report("validate, thirty groups", "aim: 20 ms", validate)
    run(folder, "sandbox", "reset")
    plan = [run(folder, "plan", *groups) for _ in range(5)]
    report("plan, thirty groups from nothing", "aim: 40 MiB", plan)
    report("apply, thirty groups from nothing", "", [run(folder, "apply", "--yes", *groups)])
    report("plan, thirty groups in sync", "aim: 40 MiB", [run(folder, "plan", *groups) for _ in range(5)])
    report("drift, thirty groups in sync", "", [run(folder, "drift", *groups) for _ in range(5)])


@contextmanager
def served(folder, *arguments):
    """The port of the sandbox in this folder while it is served, and an environment with which clients find it."""
    command = [TRUEUP, "sandbox", "serve", "--port", "0", "--sandbox", *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            told = dict(re.findall(r"(AWS_\w+)=(\S+)", server.stdout.readline()))
            yield int(told["AWS_ENDPOINT_URL"].rsplit(":", 1)[1]), os.environ | told
        finally:
            server.terminate()


def two_in_series(port):
    """Milliseconds that two requests take one after the other, the second on the connection of the first."""
    signature = "AWS4-HMAC-SHA256 Credential=a/20260101/us-east-1/eks/aws4_request, SignedHeaders=host, Signature=0"
    begin = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    for _ in range(2):
        connection.request("GET", "/clusters/thirty-groups", headers={"Authorization": signature})
        response = connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer
    connection.close()
    return 1000 * (time.perf_counter() - begin)


def reading(folder, environment):
    """What an apply that has nothing to do says of its reading."""
    command = [TRUEUP, "apply", "--yes", "--format", "json", "--file", GROUPS]
    lines = subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout
    return json.loads(lines.splitlines()[0])["reading"]


def over_a_network(folder):
    """Thirty groups in sync, with every request 50 ms under way."""
    # Lists show by now what was just made, or it would be asked for by name, too.
    run(folder, "sandbox", "advance", "1h")
    with served(folder, "--latency", "50ms") as (port, environment):
        series = statistics.median(two_in_series(port) for _ in range(9))
        readings = [reading(folder, environment) for _ in range(9)]
    took = statistics.median(it["tookMs"] for it in readings)
    calls, rounds = readings[0]["calls"], readings[0]["rounds"]
    print(f"{'reading thirty groups, 50 ms a request':45} {took:8.1f} ms   {calls} calls, {rounds} rounds: "
          f"{took / series:.2f} times two requests in series ({series:.1f} ms)   aim: 1.5")


def many(nodegroups, entries):
    """A file with so many of both."""
    head = """apiVersion: trueup/v1
metadata: { name: many, region: us-east-1, accountId: "111122223333" }
cluster:
  roleArn: arn:aws:iam::111122223333:role/gitlab-runners-cluster
  resourcesVpcConfig: { subnetIds: [subnet-0a11aaaaaaaaaaaaa, subnet-0b22bbbbbbbbbbbbb] }
  accessConfig: { authenticationMode: API_AND_CONFIG_MAP }
"""
    group = """  - nodegroupName: {}
    nodeRole: arn:aws:iam::111122223333:role/gitlab-runners-node
    subnets: [subnet-0a11aaaaaaaaaaaaa]
    scalingConfig: {{ minSize: 0, maxSize: 10 }}
    labels: {{ pool: jobs }}
    taints: [{{ key: dedicated, value: jobs, effect: NoSchedule }}]
    autoscaling: {{ clusterAutoscaler: managed, suspendedProcesses: [AZRebalance] }}
"""
    entry = """  - principalArn: arn:aws:iam::111122223333:role/{}
    accessPolicies:
      - policyArn: arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy
        accessScope: { type: cluster }
"""
    groups = "".join(group.format(name) for name in nodegroups)
    return f"{head}nodegroups:\n{groups}accessEntries:\n" + "".join(entry.replace("{}", name) for name in entries)


def copied(things, key, names):
    """One thing of a world, under many names in its place."""
    [found] = [name for name in things if key in name]
    text = json.dumps(things.pop(found))
    things.update({found.replace(key, name): json.loads(text.replace(key, name)) for name in names})


def large(folder):
    """500 nodegroups and 2,000 access entries, which EKS has no quota for: a world with one of each, copied."""
    names = [f"group-{number:03}" for number in range(500)], [f"team-{number:04}" for number in range(2000)]
    file, world = Path(folder, "many.yaml"), Path(folder, ".trueup/sandbox.json")
    file.write_text(many(["jobs-group"], ["gitlab-deploy"]))
    run(folder, "sandbox", "reset")
    run(folder, "apply", "--yes", "--file", file, "--sandbox")
    run(folder, "sandbox", "advance", "24h")
    content = json.loads(world.read_text())
    cluster = content["state"]["eks"]["clusters"]["many"]
    copied(cluster["nodegroups"], "jobs-group", names[0])
    copied(content["state"]["autoscaling"]["groups"], "jobs-group", names[0])
    copied(cluster["access_entries"], "gitlab-deploy", names[1])
    world.write_text(json.dumps(content))
    file.write_text(many(*names))
    validate = [run(folder, "validate", "--file", file) for _ in range(5)]
    report("validate, 500 groups and 2,000 entries", "", validate)
    plan = [run(folder, "plan", "--detailed-exitcode", "--file", file, "--sandbox") for _ in range(5)]
    report("plan, 500 groups and 2,000 entries in sync", "aim: 2,000 ms with validate", plan)


def main():
    with tempfile.TemporaryDirectory() as folder:
        thirty_groups(folder)
        over_a_network(folder)
    with tempfile.TemporaryDirectory() as folder:
        large(folder)


main()

"""A sandbox that is served by `trueup sandbox serve`, and boto3's clients for it."""

import json
import os
import re
import subprocess
from pathlib import Path

import boto3
import botocore.config

import model

ROOT = Path(__file__).parents[2]
TRUEUP = os.environ.get("TRUEUP", str(ROOT / "target/debug/trueup"))

ACCOUNT = "111122223333"
SUBNETS = ["subnet-0a11aaaaaaaaaaaaa", "subnet-0b22bbbbbbbbbbbbb"]
CLUSTER_ROLE = f"arn:aws:iam::{ACCOUNT}:role/gitlab-runners-cluster"
NODE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/gitlab-runners-node"
FARGATE_ROLE = f"arn:aws:iam::{ACCOUNT}:role/fargate-pods"
POD_ROLE = f"arn:aws:iam::{ACCOUNT}:role/workload"

SESSION = boto3.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
# What each operation was seen to answer in this run: "ok" or the code of an error.
SEEN = {}


def trueup(*arguments, check=True, **options):
    """Runs trueup; what it says is in stdout and stderr."""
    done = subprocess.run([TRUEUP, *arguments], capture_output=True, text=True, timeout=60, **options)
    assert not check or done.returncode == 0, f"trueup {arguments}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done


def operations():
    """The names of the operations that a sandbox says it knows."""
    return json.loads(trueup("sandbox", "show", "--operations", "--format", "json").stdout)


class Sandbox:
    """A served world in a folder. Its time stands nearly still; `advance` lets it pass."""

    def __init__(self, folder, *arguments):
        self.folder = Path(folder)
        self.log = self.folder / "serve.log"
        command = [TRUEUP, "sandbox", "serve", "--port", "0", f"--sandbox={self.folder}", *arguments]
        with open(self.log, "w") as log:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True)
        self.announcement = self.process.stdout.readline()
        endpoint = re.search(r"AWS_ENDPOINT_URL=(\S+)", self.announcement)
        assert endpoint, f"{self.announcement}{self.log.read_text()}"
        self.endpoint = endpoint[1]
        self.eks, self.autoscaling, self.sts = (self.client(name) for name in ("eks", "autoscaling", "sts"))

    def client(self, service, retries=0, **settings):
        """A client that neither checks nor retries anything itself, and whose replies are compared with the model."""
        retries = {"total_max_attempts": retries + 1, "mode": "standard"}
        config = botocore.config.Config(parameter_validation=False, retries=retries, **settings)
        client = SESSION.client(service, endpoint_url=self.endpoint, config=config)
        client.meta.events.register("after-call", self._check)
        return client

    def _check(self, http_response, parsed, model, **_):
        check_reply(http_response, parsed, model)

    def advance(self, duration):
        trueup("sandbox", "advance", f"--sandbox={self.folder}", duration)

    def fault(self, operation, effect, *arguments):
        arguments = ("--operation", operation, "--effect", effect, *arguments)
        trueup("sandbox", "fault", f"--sandbox={self.folder}", *arguments)

    def show(self):
        return json.loads(trueup("sandbox", "show", f"--sandbox={self.folder}", "--format", "json").stdout)

    def stop(self):
        self.process.terminate()
        code = self.process.wait(timeout=10)
        self.process.stdout.close()
        assert code == 0, f"serve ended with {code}: {self.log.read_text()}"

    # What most checks begin with.

    def create_cluster(self, name="demo", wait=True, **settings):
        settings = {"roleArn": CLUSTER_ROLE, "resourcesVpcConfig": {"subnetIds": SUBNETS}, **settings}
        cluster = self.eks.create_cluster(name=name, **settings)["cluster"]
        if wait:
            self.advance("20m")
            cluster = self.cluster(name)
            assert cluster["status"] == "ACTIVE"
        return cluster

    def create_nodegroup(self, name="blue", cluster="demo", wait=True, **settings):
        settings = {"nodeRole": NODE_ROLE, "subnets": SUBNETS, **settings}
        nodegroup = self.eks.create_nodegroup(clusterName=cluster, nodegroupName=name, **settings)["nodegroup"]
        if wait:
            self.advance("10m")
            nodegroup = self.nodegroup(name, cluster)
            assert nodegroup["status"] == "ACTIVE"
        return nodegroup

    def cluster(self, name="demo"):
        return self.eks.describe_cluster(name=name)["cluster"]

    def nodegroup(self, name="blue", cluster="demo"):
        return self.eks.describe_nodegroup(clusterName=cluster, nodegroupName=name)["nodegroup"]

    def group_name(self, name="blue", cluster="demo"):
        return self.nodegroup(name, cluster)["resources"]["autoScalingGroups"][0]["name"]

    def group(self, name="blue", cluster="demo"):
        names = [self.group_name(name, cluster)]
        (group,) = self.autoscaling.describe_auto_scaling_groups(AutoScalingGroupNames=names)["AutoScalingGroups"]
        return group

    def tags_of_group(self, name="blue"):
        return {tag["Key"]: tag["Value"] for tag in self.group(name)["Tags"]}

    def update(self, update, cluster="demo", **about):
        return self.eks.describe_update(name=cluster, updateId=update["id"], **about)["update"]

    def finish(self, update, duration="30m", **about):
        """Lets an update end; it has to be successful."""
        self.advance(duration)
        update = self.update(update, **about)
        assert (update["status"], update["errors"]) == ("Successful", [])
        return update

    def update_cluster(self, **change):
        """One update of the cluster's configuration, begun."""
        return self.eks.update_cluster_config(name="demo", **change)["update"]

    def update_nodegroup(self, name="blue", **change):
        """One update of a nodegroup's configuration, begun."""
        return self.eks.update_nodegroup_config(clusterName="demo", nodegroupName=name, **change)["update"]


def check_reply(http_response, parsed, operation):
    """Compares one reply with the service's model, and notes that it was seen."""
    status = http_response.status_code
    name = f"{operation.service_model.service_name}:{operation.name}"
    if status < 300:
        problems = model.problems_of_reply(operation, http_response.content, parsed)
        SEEN.setdefault(name, set()).add("ok")
    else:
        problems = list(model.problems_of_error(operation, status, http_response.content, parsed))
        SEEN.setdefault(name, set()).add(parsed["Error"].get("Code"))
    assert not problems, f"{name} {status}:\n" + "\n".join(problems) + f"\n{http_response.content!r}"

"""The AWS CLI and trueup itself as clients of a served sandbox, and what serve, show, reset and advance say."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from sandbox import ACCOUNT, CLUSTER_ROLE, FARGATE_ROLE, POD_ROLE, ROOT, SUBNETS, TRUEUP, trueup

AWS = Path(sys.executable).parent / "aws"


def environment(sandbox):
    """What serve tells its users to export, and nothing else of theirs."""
    told = dict(word.split("=", 1) for word in sandbox.announcement.split()[1:])
    return {"PATH": os.environ["PATH"], "HOME": str(sandbox.folder), "AWS_PAGER": "", **told}


@pytest.fixture
def cli(aws):
    def run(*arguments, check=True):
        done = subprocess.run([AWS, *arguments], capture_output=True, text=True, env=environment(aws), timeout=60)
        if not check:
            return done
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout) if done.stdout else None

    return run


def test_what_serve_announces_is_for_a_shell(aws):
    script = f"{aws.announcement}\n{AWS} sts get-caller-identity"
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, timeout=60)
    assert json.loads(done.stdout)["Account"] == "111122223333", done.stderr


def test_the_aws_cli_makes_a_cluster(aws, cli):
    vpc = f"subnetIds={','.join(SUBNETS)},endpointPrivateAccess=true"
    made = cli("eks", "create-cluster", "--name", "demo", "--role-arn", CLUSTER_ROLE, "--resources-vpc-config", vpc)
    assert made["cluster"]["status"] == "CREATING"
    aws.advance("20m")
    cli("eks", "wait", "cluster-active", "--name", "demo")
    assert cli("eks", "describe-cluster", "--name", "demo")["cluster"]["resourcesVpcConfig"]["endpointPrivateAccess"] is True
    done = cli("eks", "describe-cluster", "--name", "nobody", check=False)
    assert done.returncode != 0 and "ResourceNotFoundException" in done.stderr


def test_the_log_names_operations_statuses_and_errors(aws):
    aws.client("sts").get_caller_identity()
    with pytest.raises(aws.eks.exceptions.ResourceNotFoundException):
        aws.cluster("nobody")
    assert aws.log.read_text().splitlines() == ["200 sts:GetCallerIdentity", "404 eks:DescribeCluster ResourceNotFoundException"]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_serve_ends_cleanly(aws, how):
    aws.sts.get_caller_identity()  # and its connection stays open
    aws.process.send_signal(how)
    assert aws.process.wait(timeout=10) == 0


def test_a_world_in_memory_leaves_no_trace(tmp_path):
    serve = subprocess.Popen([TRUEUP, "sandbox", "serve", "--port", "0"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    endpoint = serve.stdout.readline().split("AWS_ENDPOINT_URL=")[1].split()[0]
    assert endpoint.startswith("http://127.0.0.1:")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(endpoint, timeout=10)
    serve.terminate()
    assert serve.wait(timeout=10) == 0
    serve.stdout.close()
    assert list(tmp_path.iterdir()) == []


def test_a_port_that_is_taken(aws):
    port = aws.endpoint.rsplit(":", 1)[1]
    done = trueup("sandbox", "serve", "--port", port, check=False)
    assert done.returncode == 1 and f"failed to listen on 127.0.0.1:{port}" in done.stderr and "--port" in done.stderr


def test_two_servers_and_a_command_share_a_folder(served):
    one, two = served(), served()
    one.create_cluster(wait=False)
    assert two.cluster()["status"] == "CREATING"
    two.advance("20m")
    assert one.cluster()["status"] == two.cluster()["status"] == "ACTIVE"
    assert [shown["cluster"]["name"] for shown in one.show()["clusters"]] == ["demo"]


def test_time_goes_on_after_it_was_advanced(served):
    aws = served("--speed", "6000")
    aws.advance("2h")
    aws.create_cluster(wait=False)
    aws.eks.get_waiter("cluster_active").wait(name="demo", WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def test_what_is_shown_is_what_the_apis_describe(demo):
    shown = demo.show()
    (cluster,) = shown["clusters"]
    assert cluster["cluster"]["name"] == "demo" and cluster["nodegroups"][0]["nodegroup"]["nodegroupName"] == "blue"
    principals = sorted(entry["accessEntry"]["principalArn"] for entry in cluster["accessEntries"])
    assert principals == sorted(demo.eks.list_access_entries(clusterName="demo")["accessEntries"])
    assert shown["autoScalingGroups"][0]["AutoScalingGroupName"] == demo.group_name()
    assert shown["account"]["id"] == "111122223333" and shown["faults"] == []


def test_what_is_shown_does_not_lag_behind(demo):
    demo.eks.tag_resource(resourceArn=demo.cluster()["arn"], tags={"fresh": "1"})
    update = demo.update_cluster(deletionProtection=True)
    (cluster,) = demo.show()["clusters"]
    assert cluster["cluster"]["tags"]["fresh"] == "1" and cluster["cluster"]["status"] == "UPDATING"
    assert [shown["id"] for shown in cluster["updates"]] == [update["id"]]


def test_text_for_people_fits_eighty_columns(tmp_path):
    place = f"--sandbox={tmp_path}"
    trueup("sandbox", "reset", place, "--world", "eksctl")
    trueup("sandbox", "fault", place, "--operation", "*", "--count", "forever", "--effect", "throttled")
    text = trueup("sandbox", "show", place).stdout
    assert max(map(len, text.splitlines())) <= 80
    for words in ("cluster gitlab-runners  ACTIVE", "456789abcdef  STANDARD", "nodegroup jobs-arm64", "access entry", "Auto Scaling group eks-jobs-", "every call"):
        assert words in text


def test_pods_are_shown_as_well(demo):
    selectors = [{"namespace": "team-*", "labels": {"tier": "web"}}, {"namespace": "default"}]
    about = {"clusterName": "demo", "fargateProfileName": "pods", "podExecutionRoleArn": FARGATE_ROLE}
    profile = demo.eks.create_fargate_profile(**about, selectors=selectors)["fargateProfile"]
    about = {"clusterName": "demo", "namespace": "default", "serviceAccount": "app", "roleArn": POD_ROLE}
    association = demo.eks.create_pod_identity_association(**about, tags={"a": "1"})["association"]
    (cluster,) = demo.show()["clusters"]
    assert [each["fargateProfileArn"] for each in cluster["fargateProfiles"]] == [profile["fargateProfileArn"]]
    assert [each["associationArn"] for each in cluster["podIdentityAssociations"]] == [association["associationArn"]]
    text = trueup("sandbox", "show", f"--sandbox={demo.folder}").stdout
    assert max(map(len, text.splitlines())) <= 80
    for words in ("Fargate profile pods  CREATING", "team-* with tier=web, default", f"association default/app  {association['associationId']}"):
        assert words in text


def test_a_folder_without_a_sandbox(tmp_path):
    for command in (["show"], ["fault", "--heal"], ["advance", "1m"]):
        done = trueup("sandbox", *command, f"--sandbox={tmp_path}", check=False)
        assert done.returncode == 1 and "there is no sandbox in" in done.stderr and "reset" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_reset_says_what_is_gone_and_touches_nothing_else(demo):
    (demo.folder / "mine.txt").write_text("mine")
    done = trueup("sandbox", "reset", f"--sandbox={demo.folder}", "--world", "empty")
    assert "the cluster that was there is gone" in done.stdout
    assert demo.show()["clusters"] == [] and demo.show()["account"]["vpcs"] == []
    assert (demo.folder / "mine.txt").read_text() == "mine"
    with pytest.raises(demo.eks.exceptions.ResourceNotFoundException):
        demo.cluster()  # the server goes on with the new world
    assert demo.sts.get_caller_identity()["Account"] == "111122223333"


def test_reset_replaces_no_file_of_somebody_else(tmp_path):
    (tmp_path / "sandbox.json").write_text('{"mine": true}')
    done = trueup("sandbox", "reset", f"--sandbox={tmp_path}", check=False)
    assert done.returncode == 1 and "is something else" in done.stderr
    assert json.loads((tmp_path / "sandbox.json").read_text()) == {"mine": True}


def test_reset_replaces_a_sandbox_of_another_version(tmp_path):
    (tmp_path / "sandbox.json").write_text('{"settings": {}, "now": 0, "account": {}, "clusters": {}}')
    assert trueup("sandbox", "show", f"--sandbox={tmp_path}", check=False).returncode == 1
    trueup("sandbox", "reset", f"--sandbox={tmp_path}")
    assert "account 111122223333" in trueup("sandbox", "show", f"--sandbox={tmp_path}").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["advance", "soon"],
        ["advance", "10"],
        ["serve", "--speed", "0"],
        ["serve", "--port", "0", "--speed", "1e300"],
        ["serve", "--port", "0", "--region", "x; rm -rf ~"],
        ["serve", "--port", "0", "--region", "us east 1"],
        ["reset", "--region", "$(id)"],
        ["reset", "--region", ""],
        ["reset", "--world", "mars"],
        ["fault", "--nth", "2"],
        [],
    ],
    ids=" ".join,
)
def test_usage_that_makes_no_sense(tmp_path, arguments):
    assert trueup("sandbox", *arguments, check=False, cwd=tmp_path).returncode == 64


@pytest.mark.parametrize("command", [["sandbox", "reset"], ["plan", "--file", str(ROOT / "cluster.yaml")]], ids=lambda command: command[0])
def test_a_folder_that_cannot_be_one(tmp_path, command):
    (tmp_path / "file").write_text("mine")
    done = trueup(*command, f"--sandbox={tmp_path}/file", check=False)
    assert done.returncode == 1 and f"{tmp_path}/file is a file" in done.stderr and "hint: --sandbox=DIR" in done.stderr
    (tmp_path / "folder" / "sandbox.json").mkdir(parents=True)
    done = trueup(*command, f"--sandbox={tmp_path}/folder", check=False)
    assert done.returncode == 1 and f"{tmp_path}/folder/sandbox.json" in done.stderr and "hint: --sandbox=DIR" in done.stderr


def test_a_sandbox_of_another_region_than_the_file(tmp_path):
    place = f"--sandbox={tmp_path}"
    trueup("sandbox", "reset", place, "--region", "eu-central-1")
    done = trueup("plan", "--file", str(ROOT / "cluster.yaml"), place, check=False)
    assert done.returncode == 1 and "in the region eu-central-1, and the file is for us-east-1" in done.stderr
    assert f"trueup sandbox reset {place} --region us-east-1" in done.stderr
    trueup("sandbox", "reset", place, "--region", "us-east-1")
    trueup("plan", "--file", str(ROOT / "cluster.yaml"), place)


def apply(sandbox, *command, codes=(0,)):
    """trueup against the served sandbox, over real HTTP."""
    file = ["--file", str(ROOT / "cluster.yaml")]
    done = subprocess.run([TRUEUP, *command, *file], capture_output=True, text=True, env=environment(sandbox), timeout=120)
    assert done.returncode in codes, f"{command}: {done.returncode}\n{done.stdout}{done.stderr}"
    return done.stdout


CLUSTER = "gitlab-runners"
ROLE = f"arn:aws:iam::{ACCOUNT}:role"
PEOPLE = f"{ROLE}/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Platform_0123456789abcdef"
DEPLOY = f"{ROLE}/gitlab-deploy"
BREAK_GLASS = f"arn:aws:iam::{ACCOUNT}:user/break-glass"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
TEMPLATE = "k8s.io/cluster-autoscaler/node-template/taint/dedicated"


def by_hand(sandbox):
    """What somebody might do to the cluster of cluster.yaml with the AWS CLI: to what is trueup's, and around it."""
    group = sandbox.group_name("jobs", CLUSTER)
    about = ["--auto-scaling-group-name", group]
    resource = f"ResourceId={group},ResourceType=auto-scaling-group"
    entry = ["--cluster-name", CLUSTER, "--principal-arn"]
    nodegroup = ["--cluster-name", CLUSTER, "--nodegroup-name", "jobs"]
    for command in (
        ["autoscaling", "delete-tags", "--tags", f"{resource},Key={TEMPLATE}"],
        ["autoscaling", "resume-processes", *about, "--scaling-processes", "AZRebalance"],
        ["eks", "update-nodegroup-config", *nodegroup, "--labels", "addOrUpdateLabels={nodegroup=other}"],
        ["eks", "update-cluster-config", "--name", CLUSTER, "--upgrade-policy", "supportType=EXTENDED"],
        ["eks", "disassociate-access-policy", *entry, PEOPLE, "--policy-arn", ADMIN],
        ["eks", "delete-access-entry", *entry, DEPLOY],
        ["autoscaling", "suspend-processes", *about, "--scaling-processes", "ScheduledActions"],
        # what trueup has to leave alone
        ["autoscaling", "create-or-update-tags", "--tags", f"{resource},Key=foreign,Value=1,PropagateAtLaunch=false"],
        ["eks", "tag-resource", "--resource-arn", sandbox.cluster(CLUSTER)["arn"], "--tags", "foreign=1"],
        ["eks", "create-access-entry", *entry, BREAK_GLASS],
    ):
        done = subprocess.run([AWS, *command], capture_output=True, text=True, env=environment(sandbox), timeout=60)
        assert done.returncode == 0, done.stderr
    sandbox.advance("10m")


def test_the_drift_walk(served):
    """trueup makes the cluster of cluster.yaml, somebody else changes it with the AWS CLI, and trueup repairs what is its own."""
    sandbox = served("--speed", "6000")
    apply(sandbox, "apply", "--yes")
    assert "in sync" in apply(sandbox, "drift")
    before = sandbox.show()
    by_hand(sandbox)

    drift = apply(sandbox, "drift", codes=(2,))
    for words in (
        f"+ {TEMPLATE}: jobs:NoSchedule",
        "+ AZRebalance",
        "- ScheduledActions",
        "nodegroup: other → jobs",
        "EXTENDED → STANDARD",
        "Changed (4)",
        f"~ access-entry/{PEOPLE}\n",
        "+ AmazonEKSClusterAdminPolicy: cluster",
        "Missing (1)",
        f"+ access-entry/{DEPLOY}\n",
        "Unmanaged (1)",
        f". access-entry/{BREAK_GLASS} is not ours: left alone",
    ):
        assert words in drift, drift
    assert "foreign" not in drift
    blocked = apply(sandbox, "apply", "--yes", codes=(4,))
    assert "a resumed process may terminate nodes" in blocked
    apply(sandbox, "apply", "--yes", "--allow-disruption")
    assert "in sync" in apply(sandbox, "drift")

    tags = {tag["Key"]: tag["Value"] for tag in sandbox.group("jobs", CLUSTER)["Tags"]}
    assert tags[TEMPLATE] == "jobs:NoSchedule" and tags["foreign"] == "1"
    assert [process["ProcessName"] for process in sandbox.group("jobs", CLUSTER)["SuspendedProcesses"]] == ["AZRebalance"]
    assert sandbox.nodegroup("jobs", CLUSTER)["labels"] == {"nodegroup": "jobs"}
    cluster = sandbox.cluster(CLUSTER)
    assert cluster["upgradePolicy"]["supportType"] == "STANDARD" and cluster["tags"]["foreign"] == "1"
    after = policies(sandbox.show())
    assert after.pop(BREAK_GLASS) == [] and after == policies(before)


def policies(shown):
    entries = shown["clusters"][0]["accessEntries"]
    return {entry["accessEntry"]["principalArn"]: strip(entry["associatedAccessPolicies"]) for entry in entries}


def strip(associated):
    return [(policy["policyArn"], policy["accessScope"]) for policy in associated]


def test_the_world_of_eksctl(served):
    """What eksctl leaves behind, as trueup sees it: the taint tags are wrong, and nothing of eksctl's is touched."""
    sandbox = served("--world", "eksctl")
    jobs = sandbox.nodegroup("jobs", "gitlab-runners")
    assert jobs["launchTemplate"]["name"] == "eksctl-gitlab-runners-nodegroup-jobs" and jobs["launchTemplate"]["version"] == "1"
    assert "diskSize" not in jobs
    assert jobs["tags"]["alpha.eksctl.io/nodegroup-type"] == "managed" and "trueup/cluster" not in jobs["tags"]
    tags = {tag["Key"]: tag["Value"] for tag in sandbox.group("jobs", "gitlab-runners")["Tags"]}
    assert tags["k8s.io/cluster-autoscaler/node-template/taint/dedicated"] == "jobs"
    for name, suspended in (("management", []), ("jobs", ["AZRebalance"]), ("jobs-arm64", ["AZRebalance"])):
        group = sandbox.group(name, "gitlab-runners")
        assert [process["ProcessName"] for process in group["SuspendedProcesses"]] == suspended
    assert sandbox.cluster("gitlab-runners")["upgradePolicy"]["supportType"] == "STANDARD"
    entries = sandbox.eks.list_access_entries(clusterName="gitlab-runners")["accessEntries"]
    assert any("AWSReservedSSO_Platform" in entry for entry in entries) and not any("trueup" in entry for entry in entries)
    drift = apply(sandbox, "drift", codes=(2,))
    assert "jobs → jobs:NoSchedule" in drift and "API_AND_CONFIG_MAP → API" in drift
    assert "alpha.eksctl.io" not in drift and "aws:cloudformation" not in drift and "AZRebalance" not in drift
    assert "hint: leave it out here" in drift  # the launch template has the disk's size

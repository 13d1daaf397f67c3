"""Whether the checks before this one have met every operation of the sandbox, and every error that AWS says it has."""

import pytest
from sandbox import SEEN, SESSION, operations

# Errors of a service's model that the sandbox never gives, and why. "*" is any operation.
NEVER = {
    ("*", "ClientException"): "a catch-all of old; the sandbox has the exact codes",
    ("*", "ServiceUnavailableException"): "a fault is a ServerException",
    ("*", "ResourceContention"): "requests are handled one after another",
    ("*", "ResourceInUse"): "groups are not deleted or updated by anybody but EKS, at once",
    ("autoscaling:CreateOrUpdateTags", "AlreadyExists"): "a tag that is there is overwritten",
    ("autoscaling:SetDesiredCapacity", "ScalingActivityInProgress"): "there are no cooldowns",
    ("eks:CreateCluster", "UnsupportedAvailabilityZoneException"): "every zone of the story has room",
    ("eks:CreateFargateProfile", "UnsupportedAvailabilityZoneException"): "every zone of the story has room",
    ("eks:DeleteFargateProfile", "InvalidParameterException"): "a name that cannot be is one that is not there",
    ("eks:DescribeFargateProfile", "InvalidParameterException"): "a name that cannot be is one that is not there",
    ("eks:DescribePodIdentityAssociation", "InvalidRequestException"): "the cluster's state does not matter to it",
    ("eks:ListPodIdentityAssociations", "InvalidRequestException"): "the cluster's state does not matter to it",
    ("eks:DeleteNodegroup", "InvalidParameterException"): "a name that cannot be is one that is not there",
    ("eks:DescribeNodegroup", "InvalidParameterException"): "a name that cannot be is one that is not there",
    ("eks:DescribeUpdate", "InvalidParameterException"): "an id that cannot be is one that is not there",
    ("eks:DescribeClusterVersions", "InvalidRequestException"): "there is no state that could forbid it",
    ("eks:UpdateClusterVersion", "InvalidStateException"): "there are no upgrade insights",
    ("eks:UpdateNodegroupConfig", "InvalidRequestException"): "the cluster's state does not matter to it",
    ("eks:UpdateNodegroupVersion", "InvalidRequestException"): "the cluster's state does not matter to it",
}


@pytest.fixture(autouse=True)
def _all_checks_ran(request):
    config = request.config
    if config.option.keyword or any(argument.split("::")[0].endswith(".py") for argument in config.args):
        pytest.skip("only some of the checks ran")


def test_every_operation_was_answered():
    assert set(operations()) == set(SEEN), "an operation without a check, or a check of an operation that is none"
    assert [operation for operation, codes in SEEN.items() if "ok" not in codes] == []


def test_every_operation_was_refused_in_every_way():
    modelled = {(name, code) for name in SEEN for code in errors_of(name)}
    met = {(name, code) for name, codes in SEEN.items() for code in codes}
    never = {(name, code) for name, code in modelled if (name, code) in NEVER or ("*", code) in NEVER}
    assert sorted(modelled - met - never) == [], "errors without a check"
    assert sorted(met & never) == [], "errors that are met after all; NEVER is out of date"
    used = modelled | {("*", code) for _, code in modelled}
    assert sorted(set(NEVER) - used) == [], "errors that no model has; NEVER is out of date"


def errors_of(name):
    """What the model of the operation knows, and what it leaves to the service's page "Common Errors"."""
    service, operation = name.split(":")
    if service == "sts":
        return {"Throttling"}
    shapes = SESSION.client(service).meta.service_model.operation_model(operation).error_shapes
    common = {"ValidationError", "Throttling"} if service == "autoscaling" else {"ThrottlingException"}
    return common | {shape.metadata.get("error", {}).get("code", shape.name) for shape in shapes}

"""Whether the checks before this one have met every operation of the sandbox, both answered and refused."""

import json

import pytest
from sandbox import SEEN, trueup

# What it takes to be refused: the operation has no input that could be wrong.
ONLY_FAULTS = {"sts:GetCallerIdentity", "eks:ListAccessPolicies"}


def test_every_operation_was_met(request):
    if request.config.option.keyword or any(argument.split("::")[0].endswith(".py") for argument in request.config.args):
        pytest.skip("only some of the checks ran")
    operations = set(json.loads(trueup("sandbox", "show", "--operations", "--format", "json").stdout))
    assert operations == set(SEEN), "an operation without a check, or a check of an operation that is none"
    for operation in operations:
        codes = SEEN[operation]
        assert "ok" in codes, f"{operation} never succeeded"
        assert len(codes) > 1 or operation in ONLY_FAULTS, f"{operation} was never refused"

"""The fixtures of the outsiders' checks."""

import shutil

import pytest
from sandbox import TRUEUP, Sandbox


def pytest_configure(config):
    if not shutil.which(TRUEUP):
        pytest.exit(f"{TRUEUP} is not built; .ci/test builds it", returncode=1)


def pytest_collection_modifyitems(items):
    """What looks back on all the others comes last."""
    items.sort(key=lambda item: item.path.name == "test_completeness.py")


@pytest.fixture
def served(tmp_path):
    """Serves worlds in folders of their own, and ends that with the test."""
    running = []

    def serve(*arguments, folder="world"):
        path = tmp_path / folder
        path.mkdir(exist_ok=True)
        running.append(Sandbox(path, *arguments))
        return running[-1]

    yield serve
    for sandbox in running:
        sandbox.stop()


@pytest.fixture
def aws(served):
    """The story's world: an account with a network and roles, and no cluster."""
    return served()


@pytest.fixture(scope="session")
def prepared(tmp_path_factory):
    """A world with the cluster demo and its nodegroup blue, both ACTIVE, made once."""
    folder = tmp_path_factory.mktemp("prepared")
    sandbox = Sandbox(folder)
    sandbox.create_cluster(version="1.33", tags={"owner": "us"}, accessConfig={"authenticationMode": "API_AND_CONFIG_MAP"})
    sandbox.create_nodegroup(labels={"a": "1"})
    sandbox.advance("10m")
    sandbox.stop()
    return folder / "sandbox.json"


@pytest.fixture
def demo(served, prepared, tmp_path):
    """The prepared world, for one test alone."""
    (tmp_path / "world").mkdir()
    shutil.copy(prepared, tmp_path / "world" / "sandbox.json")
    return served()

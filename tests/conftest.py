"""What tests of every folder can have: a real control plane, Argo's controller, and helm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from admission.cli.demo.go import HELM, built
from admission.cli.demo.plane import ControlPlane


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of the control plane all run in one worker (``--dist loadgroup``): each worker would start its own."""
    for item in items:
        if item.get_closest_marker("cluster"):
            item.add_marker(pytest.mark.xdist_group("cluster"))


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ControlPlane]:
    """etcd, API server and controller manager, for all tests of the session; each leaves it as it found it."""
    with ControlPlane(tmp_path_factory.mktemp("plane")) as running:
        yield running


@pytest.fixture(scope="session")
def helm() -> Path:
    """A real helm."""
    return built(HELM)

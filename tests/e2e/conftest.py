"""The cluster of the demo, with the webhook in front of it: what a test of the main job starts from."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from talking import CONTROLLER, OTHER, SOMEBODY, Cluster

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.scenes import furniture
from admission.cli.demo.webhook import Webhook


@pytest.fixture(scope="module")
def furnished(plane: ControlPlane) -> Iterator[ControlPlane]:
    """Argo's kinds and ours, and the namespace ``demo`` with its template and policies; no webhook."""
    plane.apply(*definitions())
    plane.apply(*furniture())
    users = [f"--user={name}" for name in (CONTROLLER, SOMEBODY, OTHER)]
    plane.kubectl("create", "clusterrolebinding", "e2e-users", "--clusterrole=cluster-admin", *users, check=False)
    yield plane
    plane.kubectl("delete", "workflowpolicies,workflowpolicybindings,clusterworkflowtemplates", "--all")
    plane.kubectl("delete", "namespace", "demo")


@pytest.fixture(scope="module")
def cluster(furnished: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The same with the webhook."""
    with Webhook(furnished, tmp_path_factory.mktemp("webhook")) as webhook:
        yield Cluster(furnished, webhook)

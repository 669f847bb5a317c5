"""What tests of every folder can have: a real control plane, Argo's controller, and helm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, settings
from outages import FrailPlane

from admission.cli.demo.go import ARGO, HELM, built
from admission.cli.demo.kinds import definitions
from admission.cli.demo.process import Process

# How long an example takes says more of the machine, and of who else is at work on it, than of what is tried.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

#: What Argo's controller needs in its cluster.
CONTROLLER = """
apiVersion: v1
kind: Namespace
metadata: {name: argo}
---
apiVersion: v1
kind: ServiceAccount
metadata: {name: argo, namespace: argo}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: argo}
roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: cluster-admin}
subjects: [{kind: ServiceAccount, name: argo, namespace: argo}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: workflow-controller-configmap, namespace: argo}
data: {metricsConfig: '{enabled: false}'}
"""


@pytest.fixture(scope="session")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FrailPlane]:
    """
    etcd, API server and controller manager, for all tests of the process; each module leaves it as it found it.

    A file of tests is run by one worker (``--dist loadfile``), so that each worker starts one of these at most.
    """
    with FrailPlane(tmp_path_factory.mktemp("plane")) as running:
        yield running


@pytest.fixture(scope="module")
def argo_controller(plane: FrailPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Process]:
    """Argo's own controller, as ``system:serviceaccount:argo:argo``; it runs the Workflows of all namespaces."""
    plane.apply(*definitions(), *yaml.safe_load_all(CONTROLLER))
    command = [str(built(ARGO)), "--kubeconfig", str(plane.as_service_account("argo", "argo"))]
    # It looks at a Workflow again after so long, 10 s by itself.
    patience = {"DEFAULT_REQUEUE_TIME": "500ms"}
    process = Process("argo", command, tmp_path_factory.mktemp("argo") / "controller.log", patience)
    process.start()
    try:
        process.until(lambda: "Starting CronWorkflow controller" in process.log.read_text(), 120)
        yield process
    finally:
        process.stop()


@pytest.fixture(scope="session")
def helm() -> Path:
    """A real helm."""
    return built(HELM)

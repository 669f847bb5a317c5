"""``argo-admission probe`` on a real API server that asks nobody, or asks others than us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from releasing import argo, client, controller, without_kinds

from admission.cli.demo.plane import ControlPlane
from admission.cli.main import main
from admission.policy import data

pytestmark = pytest.mark.cluster

CONFIGURATION = {
    "apiVersion": "argo-admission.io/v1alpha1",
    "kind": "AdmissionConfiguration",
    "tls": {"selfManaged": {"folder": "/nowhere", "hosts": ["nobody"]}},
    "controller": {"namespace": "argo-here", "users": ["system:serviceaccount:argo-here:argo"]},
}


@pytest.fixture(scope="module")
def kinds(plane: ControlPlane) -> Iterator[ControlPlane]:
    """A control plane with Argo's kinds, ours, and a workflow controller."""
    argo(plane)
    plane.apply(*data.crds().values())
    plane.kubectl("create", "namespace", "argo-here")
    plane.apply(controller("argo-here"))
    yield plane
    plane.kubectl("delete", "namespace", "argo-here")
    without_kinds(plane)


def probe(plane: ControlPlane, folder: Path, *flags: str, **parts: object) -> Result:
    file = folder / "configuration.yaml"
    cluster = {"kubeconfig": str(plane.kubeconfig)}
    file.write_text(yaml.safe_dump({**CONFIGURATION, "cluster": cluster, **parts}))
    return CliRunner().invoke(main, ["probe", "--config", str(file), "--seconds", "0", *flags])


def test_nobody_is_asked(kinds: ControlPlane, tmp_path: Path) -> None:
    """What is accepted, though we would refuse it, shows that nobody was asked."""
    found = probe(kinds, tmp_path, "--namespace", "default")

    assert found.exit_code == 1, found.output
    assert "a WorkflowPolicy that policies.argo-admission.io refuses was accepted" in found.output
    assert "a Workflow that validate.argo-admission.io refuses was accepted" in found.output
    assert client(kinds).get("/apis/argoproj.io/v1alpha1/workflows")["items"] == []


def test_nothing_is_registered(kinds: ControlPlane, tmp_path: Path) -> None:
    """Webhook configurations that the leader should have made are missed by name."""
    ours = {"manage": True, "name": "ours.here", "url": "https://nobody:1"}
    found = probe(kinds, tmp_path, webhooks=ours)

    assert found.exit_code == 1, found.output
    assert 'mutatingwebhookconfigurations.admissionregistration.k8s.io "ours.here" not found' in found.output


def test_disabled(kinds: ControlPlane, tmp_path: Path) -> None:
    """Whoever has disabled the webhooks can upgrade the release: that nobody is asked is what he wants."""
    metadata = {"name": "asleep.here", "annotations": {"argo-admission.io/disabled": "we repair it"}}
    asleep = {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration"}
    kinds.apply({**asleep, "metadata": metadata, "webhooks": []})
    found = probe(kinds, tmp_path, webhooks={"manage": True, "name": "asleep.here", "url": "https://nobody:1"})
    kinds.kubectl("delete", "validatingwebhookconfiguration", "asleep.here")

    assert (found.exit_code, "disabled, so that nobody is asked: we repair it" in found.output) == (0, True), (
        found.output
    )


def test_another_controller(kinds: ControlPlane, tmp_path: Path) -> None:
    """A controller that runs as somebody else is named at once."""
    found = probe(kinds, tmp_path, controller={"namespace": "argo-here", "users": ["system:serviceaccount:argo:argo"]})

    assert found.exit_code == 1, found.output
    assert "workflow-controller runs as system:serviceaccount:argo-here:argo, which is not in" in found.output


def test_no_cluster(tmp_path: Path) -> None:
    """Without a configuration there is nothing to ask."""
    found = CliRunner().invoke(main, ["probe", "--config", str(tmp_path / "none.yaml")])

    assert found.exit_code == 2

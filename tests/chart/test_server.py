"""
Every rendered object, validated by a real API server.

What needs a kubelet, a network plug-in, a metrics server, the Prometheus operator or cert-manager to take effect is
validated here and no more. The kinds of the last two are stood for by CRDs that take anything.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from kinds_of_others import crd
from rendering import NAMESPACE, SETS, Object

from admission.cli.demo.plane import ControlPlane

pytestmark = pytest.mark.cluster

FOREIGN = {
    "monitoring.coreos.com/v1": ("ServiceMonitor", "PodMonitor", "PrometheusRule"),
    "cert-manager.io/v1": ("Certificate", "Issuer"),
}

#: The network of the node is what the standard `restricted` forbids.
NOT_RESTRICTED = {"host-network"}


@pytest.fixture(scope="module")
def ready(plane: ControlPlane) -> Iterator[ControlPlane]:
    """A control plane with the namespace of the release, and the kinds of others."""
    definitions = [crd(version, kind) for version, kinds in FOREIGN.items() for kind in kinds]
    plane.kubectl("create", "namespace", NAMESPACE)
    # The API server looks the account of a Pod up, and a dry run makes none.
    plane.kubectl("create", "serviceaccount", "argo-admission-probe", "-n", NAMESPACE, "--save-config")
    standard = [f"pod-security.kubernetes.io/{mode}=restricted" for mode in ("enforce", "warn")]
    plane.kubectl("label", "namespace", NAMESPACE, *standard)
    plane.apply(*definitions)
    yield plane
    plane.kubectl("delete", "namespace", NAMESPACE)
    plane.kubectl("delete", *(f"crd/{each['metadata']['name']}" for each in definitions))


@pytest.mark.parametrize("values", SETS)
def test_every_object_is_accepted(ready: ControlPlane, charts: dict[str, list[Object]], values: str) -> None:
    """The API server takes every object as it is, knows every field, and has nothing to say of the pods' security."""
    text = "\n".join(map(json.dumps, charts[values]))
    done = ready.kubectl("apply", "--dry-run=server", "--validate=strict", "-f", "-", input=text, check=False)
    said = done.stderr.splitlines()
    insecure = [line for line in said if "would violate PodSecurity" in line]

    assert (done.returncode, len(done.stdout.splitlines())) == (0, len(charts[values])), done.stderr
    assert len(said) == len(insecure) == (1 if values in NOT_RESTRICTED else 0), done.stderr

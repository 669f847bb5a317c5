"""Kubernetes' Pod Security Standards, as policies and as the API server has them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from admission.cli.demo.plane import ControlPlane
from admission.model.document import Document
from admission.model.path import Path
from admission.policy import cel, data
from admission.policy.cel import ENGINES
from admission.policy.resource import PolicySet
from admission.policy.targets import Found
from admission.policy.validate import judge

from .making import review
from .pod_security import BASELINE, PODS, PRIVILEGED, RESTRICTED

STANDARDS = ("pod-security-baseline", "pod-security-restricted")
LIBRARY = {
    engine: PolicySet.load(
        [one for one in data.library() if one["spec"].get("policyName", one["metadata"]["name"]) in STANDARDS], engine
    )
    for engine in ENGINES
}


def problems(name: str, document: Document, engine: str) -> list[str]:
    """What the policy of that name says of a pod."""
    bound = LIBRARY[engine].bindings[name].bound
    assert bound is not None
    found = Found(Path(), document, {}, document)
    return [outcome.message for outcome in judge(bound, found, review(), cel.engine(engine)).outcomes]


def level(document: Document, engine: str) -> str:
    """The strictest level that lets a pod through."""
    if problems("pod-security-baseline", document, engine):
        return PRIVILEGED
    return BASELINE if problems("pod-security-restricted", document, engine) else RESTRICTED


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("name", PODS)
def test_policies(name: str, engine: str) -> None:
    """Both policies together have the levels of the standards."""
    document, expected = PODS[name]

    assert expected == level(document, engine), problems("pod-security-baseline", document, engine)


@pytest.fixture(scope="module")
def namespaces(plane: ControlPlane) -> Iterator[ControlPlane]:
    """The control plane with a namespace for each level."""
    for name in (BASELINE, RESTRICTED):
        labels = {"pod-security.kubernetes.io/enforce": name, "pod-security.kubernetes.io/enforce-version": "latest"}
        document = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": f"pss-{name}", "labels": labels}}
        plane.apply(document)
        plane.kubectl("wait", "--for=create", "--timeout=30s", "serviceaccount/default", "-n", f"pss-{name}")
    yield plane
    plane.kubectl("delete", "namespace", f"pss-{BASELINE}", f"pss-{RESTRICTED}", "--wait=false")


def refused(plane: ControlPlane, name: str) -> set[str]:
    """The pods, by their names in the table, that Pod Security Admission refuses where it enforces a level."""
    named = {f"p{number}": key for number, key in enumerate(PODS)}
    listed = [{**PODS[key][0], "metadata": {**PODS[key][0]["metadata"], "name": short}} for short, key in named.items()]
    text = json.dumps({"apiVersion": "v1", "kind": "List", "items": listed})
    done = plane.kubectl(
        "create", "--dry-run=server", "--validate=false", "-n", f"pss-{name}", "-f", "-", input=text, check=False
    )
    # What is invalid anyway is refused before Pod Security is asked.
    forbidden = re.findall(r'pods "(p\d+)" is forbidden: violates PodSecurity', done.stderr)
    invalid = re.findall(r'Pod "(p\d+)" is invalid: .*hostUsers', done.stderr)
    assert len(forbidden) + len(invalid) == done.stderr.count("Error from server")
    return {named[short] for short in (*forbidden, *invalid)}


@pytest.mark.cluster
def test_pod_security_admission(namespaces: ControlPlane) -> None:
    """The API server's own admission has the same levels: what it refuses, our policies refuse."""
    by_baseline, by_restricted = refused(namespaces, BASELINE), refused(namespaces, RESTRICTED)

    assert {name for name, (_, expected) in PODS.items() if expected == PRIVILEGED} == by_baseline
    assert {name for name, (_, expected) in PODS.items() if expected != RESTRICTED} == by_restricted

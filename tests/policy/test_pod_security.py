"""Kubernetes' Pod Security Standards, as policies and as the API server has them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path as FilePath

import pytest

from admission.cli.demo.plane import ControlPlane
from admission.model.document import Document
from admission.model.path import Path
from admission.policy import cel, data
from admission.policy.cel import ENGINES
from admission.policy.resource import PolicySet
from admission.policy.targets import Found
from admission.policy.validate import judge

from .drawn_pods import pods
from .making import review
from .pod_security import BASELINE, PODS, PRIVILEGED, RESTRICTED, pod
from .served import ApiServer

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
        modes = {"enforce": name, "enforce-version": "latest", "warn": RESTRICTED, "warn-version": "latest"}
        labels = {f"pod-security.kubernetes.io/{mode}": value for mode, value in modes.items()}
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


def level_of(answer: tuple[int, Document, list[str]]) -> str:
    """The strictest level that lets a pod through, where baseline is enforced; empty where no pod is like that."""
    status, found, warnings = answer
    if status != 201:
        return PRIVILEGED if "violates PodSecurity" in found["message"] else ""
    return BASELINE if any("violate PodSecurity" in warning for warning in warnings) else RESTRICTED


@pytest.mark.cluster
def test_pods_of_workflows(namespaces: ControlPlane, tmp_path: FilePath) -> None:
    """Of some hundred pods that Workflows become the API server's own admission says what our policies say."""
    server, path = ApiServer(namespaces, tmp_path), f"/api/v1/namespaces/pss-{BASELINE}/pods?dryRun=All"
    seen: Counter[str] = Counter()

    for document in pods(120, seed=1):
        expected = level_of(server.post(path, document))
        seen[expected] += 1
        assert expected in ("", level(document, ENGINES[0])), json.dumps(document["spec"])

    assert min(seen[each] for each in (PRIVILEGED, BASELINE, RESTRICTED)) > 20
    assert seen[""] < seen.total() / 10


@pytest.mark.parametrize("name", ["init", "wait", "supervisor", "main"])
def test_what_argo_adds(name: str) -> None:
    """Of containers that no author writes it is said where they get their securityContext."""
    said = problems("pod-security-restricted", pod({"name": name, "image": "a"}), ENGINES[0])

    assert 4 == sum(name in message for message in said)
    assert (0 if name == "main" else 4) == sum("executor.securityContext" in message for message in said)

"""
A release of the chart, by real helm on a real API server, with objects created at every stage.

There is no kubelet: Pods are played by processes that have the command, arguments, environment, mounted files and
service account of the Pod (``chart_node.py`` says what differs), and their status is written to the API, so that
``--wait``, hooks and ``helm test`` end by themselves. The namespace enforces the Pod Security Standard ``restricted``.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from chart_node import Node
from chart_pod import Played
from releasing import (
    Release,
    argo,
    client,
    controller,
    create,
    judged,
    packaged,
    people,
    previous,
    registered,
    without_kinds,
)
from rendering import CHART
from waiting import until

from admission.cli.demo.plane import ControlPlane
from admission.cluster import certificates
from admission.cluster.client import Client

pytestmark = pytest.mark.cluster

NAMESPACES = ("platform", "blue")
#: All that a probe says where everything is as it should be: the controller runs as one of controller.users, too.
ANSWERS = "the API server asks the webhook, and it answers\n"

#: As few processes as there can be.
ALONE = {"replicas": "1", "probe.enabled": "false", "cleanup.enabled": "false"}

WAIT = ("--wait", "--timeout", "300s")


@pytest.fixture(scope="module")
def node(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A machine for the Pods of two namespaces, Argo's kinds, and its controller."""
    argo(plane)
    plane.kubectl("create", "namespace", "argo", check=False)
    plane.apply(controller("argo"))
    for name in NAMESPACES:
        plane.kubectl("create", "namespace", name)
        plane.kubectl("label", "namespace", name, "pod-security.kubernetes.io/enforce=restricted")
    with Node(plane, tmp_path_factory.mktemp("pods"), *NAMESPACES) as playing:
        yield playing
        plane.kubectl("delete", "namespace", "argo", *NAMESPACES)
    without_kinds(plane)


def test_from_its_beginning_to_its_end(plane: ControlPlane, helm: Path, node: Node, tmp_path: Path) -> None:
    """Installed, tested, upgraded, rolled back, uninstalled, installed again: nobody is locked out or let through."""
    api, release = client(plane), Release(helm, node, "platform")
    assert create(api, good=False) == "", "before us nobody judges"

    release.run("install", str(previous(tmp_path)), *WAIT)
    assert judged(api)
    assert set(registered(api)) == {f"{kind}/argo-admission.platform" for kind in ("mutating", "validating")}
    assert "Succeeded" in release.run("test", "--timeout", "300s")
    _use_is_given_to_nobody(plane)
    _everything_that_is_watched_is_measured(node.running())

    with people(api) as asking:
        _upgraded(release, api, packaged(helm, tmp_path), node)
        _rolled_back(release, api)
    assert (asking.wrong, asking.asked > 30) == ([], True)
    assert {each.log.read_text() for each in node.played.values() if "-probe-" in each.name} == {ANSWERS}
    # Looked at now: once the release goes, its rights go before its replicas.
    assert _complaints(node) == []

    release.run("uninstall", *WAIT)
    _gone(plane, api)
    release.run("install", str(CHART), *WAIT, values=ALONE)
    until(lambda: judged(api))
    release.run("uninstall", *WAIT)
    _gone(plane, api)


def test_side_by_side(plane: ControlPlane, helm: Path, node: Node) -> None:
    """Two releases judge each its own controller's Workflows, and one goes without the other."""
    api = client(plane)
    ours, blue = Release(helm, node, "platform"), Release(helm, node, "blue")
    ours.run("install", str(CHART), *WAIT, values=ALONE)
    ids = {"configuration.controller.instanceIDs": "{blue}", "configuration.policies.conditions": "false"}
    ids |= {"crds.install": "false"}
    blue.run("install", str(CHART), *WAIT, values={**ALONE, **ids})
    until(lambda: len(registered(api)) == 4)

    until(lambda: create(api, False, "blue"))
    assert [bool(create(api, False, instance)) for instance in ("", "blue", "green")] == [True, True, False]

    # Without the Job the configurations go with their owner all the same.
    ours.run("uninstall", *WAIT)
    until(lambda: {name.partition(".")[2] for name in registered(api)} == {"blue"})
    assert [bool(create(api, False, instance)) for instance in ("", "blue")] == [False, True]
    blue.run("uninstall", *WAIT)
    _gone(plane, api)
    # A replica that is still ending would answer for the next release.
    until(lambda: not node.running())


def test_own_certificate(plane: ControlPlane, helm: Path, node: Node) -> None:
    """With a certificate of others in a Secret the API server is told whom to trust, and no Secret is written."""
    api, release = client(plane), Release(helm, node, "platform")
    authority = certificates.authority("ours")
    made = certificates.leaf(authority, ["argo-admission.platform.svc"])
    files = {"tls.crt": made.certificate, "tls.key": made.key, "ca.crt": authority.certificate}
    secret = {"apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls", "metadata": {"name": "mine"}}
    data = {name: base64.b64encode(content).decode() for name, content in files.items()}
    api.create("/api/v1/namespaces/platform/secrets", {**secret, "data": data})
    values = {"certificates.source": "secret", "certificates.secretName": "mine", "replicas": "1"}
    # Nobody waits but the probe: the release is there once the API server has been answered.
    release.run("install", str(CHART), values=values)

    assert judged(api)
    assert _trusted(api) == {base64.b64encode(authority.certificate).decode()}
    release.run("uninstall", *WAIT)
    assert [each["metadata"]["name"] for each in api.get("/api/v1/namespaces/platform/secrets")["items"]] == ["mine"]
    _gone(plane, api)
    until(lambda: not node.running())


def test_an_install_that_nobody_answers(plane: ControlPlane, helm: Path, node: Node) -> None:
    """Where the API server does not reach the webhook the release fails, says why, and locks nobody out."""
    api, release = client(plane), Release(helm, node, "platform")
    # No replica runs: nobody stands behind the Service.
    values = {"replicas": "0", "probe.seconds": "1", "hooks.backoffLimit": "0"}
    said = release.run("install", str(CHART), "--timeout", "300s", check=False, values=values)
    [probe] = [each for each in node.played.values() if "-probe-" in each.name and each.process and each.process.poll()]

    assert "failed" in said
    assert "nobody was asked" in probe.log.read_text()
    assert (create(api, good=False), registered(api)) == ("", {})
    release.run("uninstall", *WAIT)


def _upgraded(release: Release, api: Client, chart: Path, node: Node) -> None:
    before, trusted = {each.name for each in node.running()}, _trusted(api)
    values = {"webhooks.validate.timeoutSeconds": "30", "configuration.policies.paths": "{builtin}"}
    release.run("upgrade", str(chart), *WAIT, values=values)
    until(lambda: _seconds(api) == 30)
    assert judged(api)
    until(lambda: len(node.running()) == 2)
    assert not before & {each.name for each in node.running()}
    assert _trusted(api) == trusted, "an upgrade leaves the certificates of the Secret as they are"


def _rolled_back(release: Release, api: Client) -> None:
    release.run("rollback", "1", *WAIT)
    until(lambda: _seconds(api) == 25)
    assert judged(api)


def _seconds(api: Client) -> int:
    """How long the API server waits for a verdict."""
    found: int = registered(api)["validating/argo-admission.platform"]["webhooks"][0]["timeoutSeconds"]
    return found


def _trusted(api: Client) -> set[str]:
    """The authorities by which the API server knows us."""
    return {each["clientConfig"]["caBundle"] for found in registered(api).values() for each in found["webhooks"]}


def _gone(plane: ControlPlane, api: Client) -> None:
    """No webhook is left, Workflows can be created, and of the release there is only what is kept."""
    until(lambda: not registered(api))
    assert (create(api, good=False), create(api, good=True)) == ("", "")
    kinds = "all,configmap,secret,lease,serviceaccount,role,rolebinding,clusterrole,clusterrolebinding,networkpolicy"
    label = ["-l", "app.kubernetes.io/name=argo-admission", "-A", "-o", "name"]
    until(lambda: not plane.kubectl("get", kinds, *label).stdout)
    assert len(plane.kubectl("get", "crd", *label[:2], "-o", "name").stdout.split()) == 3


def _complaints(node: Node) -> list[str]:
    """What a replica was not allowed to do, and what it calls an error."""
    lines = [line for each in node.played.values() for line in each.logged()]
    return [*node.errors, *(str(line) for line in lines if line["level"] == "error" or "forbidden" in str(line))]


def _use_is_given_to_nobody(plane: ControlPlane) -> None:
    """``edit`` and ``admin`` may not use what policies ask about; whoever has the role of the chart may."""
    roles = {"edit": "edit", "admin": "admin", "user": "argo-admission.platform-use"}
    for name, role in roles.items():
        flags = [f"--clusterrole={role}", f"--user={name}", "-n", "default"]
        plane.kubectl("create", "rolebinding", f"test-{name}", *flags)
    resources = ("serviceaccounts", "secrets", "workflowtemplates.argoproj.io")
    answers = {
        name: {
            plane.kubectl("auth", "can-i", "use", each, f"--as={name}", check=False).stdout.strip()
            for each in resources
        }
        for name in roles
    }
    plane.kubectl("delete", "rolebinding", *(f"test-{name}" for name in roles), "-n", "default")

    assert answers == {"edit": {"no"}, "admin": {"no"}, "user": {"yes"}}


def _everything_that_is_watched_is_measured(replicas: list[Played]) -> None:
    """Alerts and dashboard ask for nothing that a replica does not have."""
    measured = set(re.findall(r"^# TYPE (\w+) ", replicas[0].measured(), re.MULTILINE))
    alerts = yaml.safe_load((CHART / "files/alerts.yaml").read_text())
    panels = json.loads((CHART / "files/dashboard.json").read_text())["panels"]
    asked = [each["expr"] for each in alerts] + [target["expr"] for each in panels for target in each["targets"]]
    names = {
        re.sub(r"_bucket$", "", name) for expression in asked for name in re.findall(r"argo_admission_\w+", expression)
    }

    assert names - measured == set()
    assert len(replicas) == 2

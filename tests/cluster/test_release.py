"""A release on the real API server: what its replicas do beside answering, and the runbook, step by step."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from following import binding, policy
from kinds_of_others import crd
from outages import FrailPlane
from release import DENIED, NAME, Release, release, workflow
from waiting import until

from admission.cli.demo.plane import ControlPlane
from admission.cluster.certificates import trusts
from admission.model.document import Document

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
ALERTS = ROOT / "charts" / "argo-admission" / "files" / "alerts.yaml"


@pytest.fixture(scope="module")
def ours(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """Two replicas that are asked."""
    webhooks, events = {"exemptNamespaces": ["sandbox"]}, {"enabled": True}
    with release(plane, tmp_path_factory.mktemp("release"), "ours", webhooks=webhooks, events=events) as made:
        assert made.configured("validating") is None
        for name in ("sandbox", "other"):
            plane.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})
        made.start()
        made.start()
        made.until_ready()
        made.until_asked()
        yield made
        plane.kubectl("delete", "namespace", "sandbox", "other", "--wait=false")
    # Others must find a cluster where nobody is asked.
    until(lambda: plane.kubectl("get", "clusterrole", made.name, check=False).returncode)
    until(lambda: DENIED not in made.try_bad().stderr)


def secret(ours: Release) -> dict[str, bytes]:
    """What is in the Secret."""
    done = ours.plane.kubectl("get", "secret", NAME, "-n", ours.namespace, "-o", "json", check=False)
    data = json.loads(done.stdout).get("data") or {} if done.stdout else {}
    return {name: base64.b64decode(value) for name, value in data.items()}


def entries(ours: Release) -> list[Document]:
    """Every webhook that is registered."""
    return [each for kind in ("mutating", "validating") for each in (ours.configured(kind) or {}).get("webhooks") or []]


def bundles(ours: Release) -> set[bytes]:
    return {base64.b64decode(each["clientConfig"]["caBundle"]) for each in entries(ours)}


def create(ours: Release, document: Document) -> str:
    """What kubectl says where it is not let in."""
    return ours.plane.kubectl("create", "-f", "-", input=json.dumps(document), check=False).stderr


def test_a_first_install(ours: Release) -> None:
    """Good objects are let in, bad ones not, the bundle trusts the certificate, and the doctor finds no fault."""
    doctor = ours.command("doctor", "--config-map", f"{ours.namespace}/{NAME}", "-o", "json")
    found = {(each["check"], each["status"]) for each in json.loads(doctor.stdout)["checks"]}

    assert "created" in ours.try_good().stdout
    assert DENIED in ours.try_bad().stderr
    assert all(trusts(bundle, secret(ours)["tls.crt"]) for bundle in bundles(ours))
    # No Workflow has run yet.
    assert {each for each in found if each[1] in ("fail", "skip")} == {("controller-seen", "skip")}, doctor.stdout
    assert {"permissions", "leader", "ca-bundle", "endpoints"} <= {check for check, _ in found}


def test_one_leads_and_what_it_writes_is_put_back(ours: Release) -> None:
    """A weakened configuration, or one that was deleted, is put back by the one that leads."""
    until(lambda: [0.0, 1.0] == sorted(replica.metric("argo_admission_leader") or 0.0 for replica in ours.replicas))
    patch = [{"op": "replace", "path": "/webhooks/0/failurePolicy", "value": "Ignore"}]
    ours.plane.kubectl("patch", "validatingwebhookconfiguration", ours.name, "--type=json", "-p", json.dumps(patch))
    until(lambda: "Ignore" not in [each["failurePolicy"] for each in entries(ours) if "validate" in each["name"]])
    ours.plane.kubectl("delete", "mutatingwebhookconfiguration", ours.name)
    until(lambda: ours.configured("mutating"))

    assert 1.0 == sum(
        replica.metric("argo_admission_webhook_configurations_restored") or 0 for replica in ours.replicas
    )


def test_denied_objects_have_events(ours: Release) -> None:
    """A denial is told where users look; a dry run leaves nothing behind."""
    create(ours, workflow("told-", bad=True, namespace="other"))
    ours.plane.kubectl(
        "create",
        "--dry-run=server",
        "-f",
        "-",
        input=json.dumps(workflow("dry-", bad=True, namespace="other")),
        check=False,
    )

    def events() -> list[Document]:
        found = json.loads(ours.plane.kubectl("get", "events", "-n", "other", "-o", "json").stdout)["items"]
        return [each for each in found if each["source"].get("component") == "argo-admission"]

    until(events)
    [event] = events()
    assert ("Denied", "Warning") == (event["reason"], event["type"])
    assert event["involvedObject"]["name"].startswith("told-")


def test_a_replica_that_is_killed_is_replaced(ours: Release) -> None:
    """Killed in the middle of leading: the other leads, and both answer again once there are two."""
    until(lambda: any(replica.metric("argo_admission_leader") for replica in ours.replicas))
    leading = next(replica for replica in ours.replicas if replica.metric("argo_admission_leader"))
    ours.stop(leading, signal.SIGKILL)
    [other] = ours.replicas
    until(lambda: other.metric("argo_admission_leader"))
    ours.start()
    ours.until_ready()
    ours.until_asked()


@contextmanager
def api_away(plane: FrailPlane) -> Iterator[None]:
    plane.stop_api()
    try:
        yield
    finally:
        plane.start_api()


@contextmanager
def etcd_away(plane: FrailPlane) -> Iterator[None]:
    """The API server answers everything with an error."""
    plane.stop_etcd()
    try:
        yield
    finally:
        plane.start_etcd()


@pytest.mark.parametrize(
    "trouble",
    [api_away, FrailPlane.api_paused, etcd_away, FrailPlane.etcd_paused],
    ids=["no API server", "one that stands still", "no etcd", "one that stands still too"],
)
def test_a_control_plane_that_goes_and_comes_back(
    ours: Release, trouble: Callable[[FrailPlane], AbstractContextManager[None]]
) -> None:
    """Without it replicas stay ready and answer from what they know; afterwards one leads again and all is asked."""
    ours.until_ready()
    with trouble(ours.plane):
        until(lambda: not any(replica.metric("argo_admission_leader") for replica in ours.replicas))
        answers = [post(replica.port, workflow("w-", bad=bad)) for replica in ours.replicas for bad in (True, False)]
        ready = [replica.ask("/readyz")[0] for replica in ours.replicas]
    until(lambda: any(replica.metric("argo_admission_leader") for replica in ours.replicas))
    ours.until_asked()

    assert [False, True, False, True] == answers
    assert [200, 200] == ready
    assert all(replica.process.poll() is None for replica in ours.replicas)
    assert not [
        line for replica in ours.replicas for line in replica.log.read_text().splitlines() if "Traceback" in line
    ]


def test_an_audit(ours: Release) -> None:
    """What came in while nobody looked is found and reported; once it is gone, so is the report."""
    kubectl, bad, version = ours.plane.kubectl, workflow("", bad=True)["spec"], "wgpolicyk8s.io/v1alpha2"
    template = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": "bad", "namespace": "sandbox"},
        "spec": bad,
    }
    ours.plane.apply(crd(version, "PolicyReport"), crd(version, "ClusterPolicyReport", namespaced=False))
    kubectl("label", "namespace", "sandbox", "argo-admission.io/exempt=true")
    until(lambda: not create(ours, template))
    kubectl("label", "namespace", "sandbox", "argo-admission.io/exempt-")
    audit = ["audit", "--cluster", "--reports", "-o", "json"]
    found = ours.command(*audit)
    assert 1 == found.returncode, found.stderr
    report = json.loads(kubectl("get", "policyreport", "argo-admission", "-n", "sandbox", "-o", "json").stdout)
    kubectl("delete", "workflowtemplate", "bad", "-n", "sandbox")
    after = ours.command(*audit)
    left = kubectl("get", "policyreport", "-n", "sandbox", "-o", "name").stdout
    kubectl("delete", "crd", "policyreports.wgpolicyk8s.io", "clusterpolicyreports.wgpolicyk8s.io")

    assert "workflowtemplate/sandbox/bad" in {each["file"] for each in json.loads(found.stdout)["findings"]}
    assert [("fail", "lint/ref-undefined", "bad")] == [
        (each["result"], each["policy"], each["resources"][0]["name"]) for each in report["results"]
    ]
    assert "sandbox" not in after.stdout
    assert "" == left


def post(port: int, document: Document) -> bool:
    """Whether a replica, asked directly, allows *document*."""
    import ssl

    request = {
        "uid": "1",
        "operation": "CREATE",
        "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
        "namespace": "default",
        "object": document,
    }
    review = {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    asked = urllib.request.Request(
        f"https://127.0.0.1:{port}/validate", json.dumps(review).encode(), {"Content-Type": "application/json"}
    )
    with urllib.request.urlopen(asked, timeout=30, context=context) as answer:
        allowed: bool = json.load(answer)["response"]["allowed"]
    return allowed


@dataclass(frozen=True)
class Block:
    """A block of commands of the runbook."""

    name: str
    commands: str


def blocks() -> list[Block]:
    found = re.findall(r"^```sh (.+?)\n(.*?)^```", RUNBOOK, re.MULTILINE | re.DOTALL)
    return [Block(name, commands) for name, commands in found]


def run(ours: Release, block: Block) -> None:
    """The commands as an operator types them."""
    names = {"NAMESPACE": ours.namespace, "NAME": NAME, "SECRET": NAME, "CONFIGURATIONS": ours.name}
    environment = ours.plane.environment()
    path = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", block.commands],
        env={**environment, **names, "PATH": path},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert 0 == done.returncode, f"{block.commands}{done.stdout}{done.stderr}"


#: By the name of a block: what is done before, and what must be true afterwards.
Step = tuple[Callable[[Release], Any], Callable[[Release, Any], Any]]


def nothing(ours: Release) -> None:
    """Nothing has to be done before."""


def judged(ours: Release, before: Any) -> bool:
    return DENIED in ours.try_bad().stderr


def not_judged(ours: Release, before: Any) -> bool:
    # Twice, with time for the leader in between: it must not put back what was taken out.
    if ours.try_bad().returncode:
        return False
    time.sleep(1.2)
    return not ours.try_bad().returncode


def in_sandbox(ours: Release) -> str:
    return create(ours, workflow("x-", bad=True, namespace="sandbox"))


def exempt(ours: Release, before: str) -> bool:
    return DENIED in before and not in_sandbox(ours) and DENIED in create(ours, workflow("x-", bad=True))


def label_another(ours: Release) -> None:
    """The label in a namespace that nobody named."""
    ours.plane.kubectl("label", "namespace", "other", "argo-admission.io/exempt=mine")


def exempt_no_more(ours: Release, before: None) -> bool:
    elsewhere = create(ours, workflow("x-", bad=True, namespace="other"))
    return DENIED in in_sandbox(ours) and DENIED in elsewhere


def a_policy_that_denies(ours: Release) -> None:
    ours.plane.apply(policy("never", "false"), binding("never", "never"))
    until(lambda: ours.try_good().returncode)


def only_warned(ours: Release, before: None) -> bool:
    done = ours.try_good()
    if done.returncode or "policy/never" not in done.stderr:
        return False
    ours.plane.kubectl("delete", "wfpol,wfpolb", "never")
    until(lambda: "policy/never" not in ours.try_good().stderr)
    return True


def rolled(ours: Release, before: dict[str, bytes]) -> bool:
    """Another authority, which the API server trusts, and nothing left of the old one."""
    now = secret(ours)
    return (
        now["authority.crt"] != before["authority.crt"]
        and "going.crt" not in now
        and {now["ca.crt"]} == bundles(ours)
        and judged(ours, None)
    )


def broken(ours: Release) -> dict[str, bytes]:
    """The key of another certificate: it is refused, and what there was goes on serving."""
    good = secret(ours)
    wrong = {"data": {"tls.key": base64.b64encode(good["authority.key"]).decode()}}
    ours.plane.kubectl("patch", "secret", NAME, "-n", ours.namespace, "--type=merge", "-p", json.dumps(wrong))
    refused = 'argo_admission_reloads_total{result="refused",what="certificate"}'
    until(lambda: all(replica.metric(refused) for replica in ours.replicas))
    assert judged(ours, None)
    return good


def deleted(ours: Release) -> dict[str, bytes]:
    good = secret(ours)
    ours.plane.kubectl("delete", "secret", NAME, "-n", ours.namespace)
    return good


def restored(ours: Release, before: dict[str, bytes]) -> bool:
    return secret(ours) == before and judged(ours, None)


STEPS: dict[str, Step] = {
    "doctor": (nothing, judged),
    "disable": (nothing, not_judged),
    "enable": (nothing, judged),
    "disable-by-hand": (nothing, not_judged),
    "enable-by-hand": (nothing, judged),
    "exempt": (in_sandbox, exempt),
    "exempt-no-more": (label_another, exempt_no_more),
    "soften": (a_policy_that_denies, only_warned),
    "roll": (secret, rolled),
    "restore": (broken, restored),
    "restore-deleted": (deleted, restored),
}


def test_the_runbook(ours: Release) -> None:
    """Every block of commands does what the page says, in its order."""
    done = []
    for block in blocks():
        if block.name.startswith("helm "):
            continue
        before, after = STEPS[block.name]
        given = before(ours)
        run(ours, block)
        done.append(block.name)
        try:
            until(lambda after=after, given=given: after(ours, given))
        except AssertionError as error:
            raise AssertionError(f"{done}: {error}") from error

    assert list(STEPS) == done
    assert all(replica.process.poll() is None for replica in ours.replicas)


def test_the_runbook_about_helm() -> None:
    """What it says of Helm is executed by the test of the chart that it names."""
    [block] = [block for block in blocks() if block.name.startswith("helm ")]
    file, _, test = block.name.removeprefix("helm ").partition("::")
    source = (ROOT / file).read_text()

    assert f"def {test}(" in source
    assert '"rollback"' in source


def test_the_runbook_has_every_alert() -> None:
    """An alert links to its heading."""
    alerts = {each["alert"] for each in yaml.safe_load(ALERTS.read_text())}

    assert alerts == set(re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE))

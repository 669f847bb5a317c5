"""The exported library in a real API server, with our webhook away: each case has the verdict that its name says."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from test_exported_library import ALL, FOLDERS, Case, export_of, verdict

from admission.argo.kinds import KINDS
from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.model.document import Document
from admission.policy.catalogue import BUNDLES

pytestmark = pytest.mark.cluster

#: Seconds until a policy that was applied counts; two on a quiet machine.
SOON = 60.0

#: What tells the cases of one policy from those of others.
LABEL = "of-the-export-test"

WARNING, ENFORCING = "exported-warning", "exported-enforcing"
ENFORCE = {f"argo-admission.io/{bundle}": "enforce" for bundle in BUNDLES}


@dataclass(frozen=True)
class Answer:
    """What the API server says to a creation: messages by action, and the object as it would be stored."""

    messages: dict[str, list[str]]
    object: Document


class ApiServer:
    """Creations that change nothing, each in the namespace of its policy."""

    def __init__(self, plane: ControlPlane, folder: Path) -> None:
        config = yaml.safe_load(plane.kubeconfig.read_text())
        cluster, user = config["clusters"][0]["cluster"], config["users"][0]["user"]
        files = {name: folder / name for name in ("client-certificate-data", "client-key-data")}
        for name, file in files.items():
            file.write_bytes(base64.b64decode(user[name]))
        authority = base64.b64decode(cluster["certificate-authority-data"]).decode()
        context = ssl.create_default_context(cadata=authority)
        context.load_cert_chain(*files.values())
        where = urlsplit(cluster["server"])
        self._connection = http.client.HTTPSConnection(str(where.hostname), where.port, timeout=60, context=context)

    def create(self, folder: str, case: Case) -> Answer:
        """The answer to a creation that changes nothing; only the policy of that folder concerns it."""
        namespace = ENFORCING if case.catalog else WARNING
        # Cases are in the namespace default, and some say its name.
        document = json.loads(
            json.dumps(case.document).replace('"namespace": "default"', f'"namespace": "{namespace}"')
        )
        metadata = document["metadata"]
        metadata |= {"namespace": namespace, "labels": {**metadata.get("labels", {}), LABEL: folder}}
        plural = KINDS[document["kind"]].plural
        path = f"/apis/argoproj.io/v1alpha1/namespaces/{namespace}/{plural}?dryRun=All"
        status, found, warnings = self.call("POST", path, document)
        if status >= 400:
            assert "denied request" in found["message"], found
            return Answer({"Deny": [found["message"]]}, {})
        return Answer({"Warn": warnings} if warnings else {}, found)

    def call(self, method: str, path: str, document: Document | None = None) -> tuple[int, Document, list[str]]:
        """Status, document and warnings."""
        body = json.dumps(document) if document else None
        kind = "application/merge-patch+json" if method == "PATCH" else "application/json"
        self._connection.request(method, path, body, {"Content-Type": kind})
        response = self._connection.getresponse()
        return response.status, json.loads(response.read()), response.headers.get_all("Warning", [])

    def apply(self, document: Document) -> None:
        status, found, _ = self.call("POST", _collection(document["kind"]), document)
        assert status == 201, found["message"]


def _collection(kind: str) -> str:
    if kind == "Namespace":
        return "/api/v1/namespaces"
    return f"/apis/admissionregistration.k8s.io/v1/{kind.lower().removesuffix('y')}{'ies' if kind[-1] == 'y' else 's'}"


def of_one_folder(folder: str, document: Document) -> Document:
    """A binding that concerns the cases of that folder alone."""
    if not document["kind"].endswith("Binding"):
        return document
    own = {"key": LABEL, "operator": "In", "values": [folder]}
    where = {**document["spec"].get("matchResources", {}), "objectSelector": {"matchExpressions": [own]}}
    return {**document, "spec": {**document["spec"], "matchResources": where}}


def namespace(name: str, **labels: str) -> Document:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}


def says_what_it_should(server: ApiServer, folder: str, case: Case) -> str:
    """How the answer to a case differs from what it should be; empty where it does not."""
    answer = server.create(folder, case)
    if case.after is not None:
        return (
            "" if answer.object.get("spec") == case.after["spec"] else f"it became {answer.object or answer.messages}"
        )
    found = verdict(answer.messages)
    return "" if found == case.verdict else f"{found}: {answer.messages}"


@pytest.fixture(scope="module")
def server(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApiServer]:
    """The API server with Argo's kinds, the exported library, and a namespace that warns and one that enforces."""
    plane.apply(*definitions())
    server = ApiServer(plane, tmp_path_factory.mktemp("client"))
    folders = [folder for folder in FOLDERS if not export_of(folder).omitted]
    made = [of_one_folder(folder.name, item) for folder in folders for item in export_of(folder).objects]
    try:
        for document in (namespace(WARNING), namespace(ENFORCING, **ENFORCE), *made):
            server.apply(document)
        yield server
    finally:
        for kind in {document["kind"] for document in made}:
            server.call("DELETE", f"{_collection(kind)}?labelSelector=app.kubernetes.io/managed-by=argo-admission")
        plane.kubectl("delete", "namespace", WARNING, ENFORCING, "--wait=false", "--ignore-not-found")


@pytest.fixture(scope="module")
def ready(server: ApiServer) -> ApiServer:
    """The same as soon as every policy counts."""
    telling = {folder: (folder.name, case) for folder, case in ALL if case.verdict != "allow"}
    before = time.monotonic()
    while wrong := [name for name, case in telling.values() if says_what_it_should(server, name, case)]:
        assert time.monotonic() < before + SOON, f"not so after {SOON} s: {wrong}"
        time.sleep(0.5)
    return server


@pytest.mark.parametrize(("folder", "case"), ALL, ids=[f"{folder.name}/{case.name}" for folder, case in ALL])
def test_a_case(ready: ApiServer, folder: Path, case: Case) -> None:
    """The API server alone allows, warns, denies or changes a case as we do."""
    assert "" == says_what_it_should(ready, folder.name, case)


@pytest.mark.parametrize(
    ("change", "allowed"),
    [
        ({"status": {"phase": "Running"}}, True),
        ({"metadata": {"labels": {"workflows.argoproj.io/phase": "Running"}}}, True),
        ({"spec": {"suspend": True}}, True),
        ({"spec": {"shutdown": "Stop"}}, True),
        ({"spec": {"activeDeadlineSeconds": 0}}, True),
        ({"spec": {"activeDeadlineSeconds": 604801}}, False),
        ({"spec": {"activeDeadlineSeconds": None}}, False),
        ({"spec": {"priority": 1, "activeDeadlineSeconds": 0}}, False),
    ],
    ids=["status", "labels", "suspend", "stop", "terminate", "later", "removed", "terminate and more"],
)
def test_updates(ready: ApiServer, change: Document, allowed: bool) -> None:
    """Whatever policies say, the controller writes its status, and people stop what runs; other changes are judged."""
    where = f"/apis/argoproj.io/v1alpha1/namespaces/{ENFORCING}/workflows"
    spec = {"entrypoint": "main", "activeDeadlineSeconds": 60, "templates": [{"name": "main", "suspend": {}}]}
    metadata = {"name": "running", "namespace": ENFORCING, "labels": {LABEL: "deadline"}}
    ready.call(
        "POST", where, {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}
    )

    status, answer, _ = ready.call("PATCH", f"{where}/running?dryRun=All", change)

    assert (200 if allowed else 422) == status, answer

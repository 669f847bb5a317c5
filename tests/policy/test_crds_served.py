"""Policy files on a laptop and in the cluster: what the CRDs say there, they say here."""

from __future__ import annotations

import copy
from collections.abc import Iterator

import pytest

from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client, Refused
from admission.model.document import Document
from admission.model.path import Path
from admission.policy import cel, data, schema
from admission.policy.resource import PolicySet
from policy.test_crds import EVERYTHING

pytestmark = pytest.mark.cluster

#: What is put in the place of every value.
STRANGE = ("", -1, 1.5, [], {}, ["a", "a"], "a" * 20_000, {"unknown": 1})


def whole(kind: str) -> Document:
    metadata = {"name": "x", **({"namespace": "default"} if kind == "WorkflowPolicyException" else {})}
    return {"apiVersion": data.api_version(kind), "kind": kind, "metadata": metadata, "spec": EVERYTHING[kind]}


def places(value: object, path: Path) -> Iterator[Path]:
    """Every place within *value*, and itself."""
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in items:
        yield from places(item, path / step)


def changed(kind: str) -> Iterator[tuple[str, Document]]:
    """The example of the contract with one thing changed: left out, there twice, or another value; with its name."""
    for path in places(EVERYTHING[kind], Path(("spec",))):
        for how in ("left out", "twice", *STRANGE):
            document = copy.deepcopy(whole(kind))
            parent, step = Path(path[:-1]).get(document), path[-1]
            if how == "left out":
                del parent[step]
            elif how == "twice":
                if not isinstance(parent, list):
                    continue
                parent.append(copy.deepcopy(parent[step]))
            else:
                parent[step] = how
            yield f"{path}: {str(how)[:40]}", document


def refused(client: Client, document: Document) -> str:
    """Why the API server would not take *document*, as kubectl asks it; empty where it would."""
    plural = data.crds()[document["kind"]]["spec"]["names"]["plural"]
    namespace = document["metadata"].get("namespace")
    within = f"namespaces/{namespace}/" if namespace else ""
    path = f"/apis/{document['apiVersion']}/{within}{plural}?dryRun=All&fieldValidation=Strict"
    try:
        client.create(path, document)
    except Refused as error:
        return str(error)
    return ""


def said(document: Document) -> list[str]:
    """Why it could not be used here; of a policy only what its schema says, as nobody compiles anything there."""
    if document["kind"] == "WorkflowPolicyException":
        return [str(problem) for problem in PolicySet().check(document)]
    engine = cel.engine(cel.DEFAULT)
    return [f"{path}: {message}" for path, message in schema.wrong(document["kind"], document, engine)]


@pytest.mark.parametrize("kind", EVERYTHING)
def test_a_laptop_says_what_the_api_server_says(plane: ControlPlane, kind: str) -> None:
    """Whatever is wrong in a policy file is wrong in both places, by the schema of the same file."""
    plane.apply(*data.crds().values())
    client = Client.connect(str(plane.kubeconfig))
    different = []
    for name, document in changed(kind):
        here, there = said(document), refused(client, document)
        # Of a text with a format the API server takes a list, too; our webhook does not.
        if bool(here) != bool(there) and not name.startswith("spec.expires: ["):
            different.append((name, here, there))

    assert [] == different

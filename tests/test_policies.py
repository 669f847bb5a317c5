"""Every case of the library, by the policies alone, on both CEL engines."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from library_folders import cases_in, policies_in

from admission.argo.kinds import KINDS
from admission.argo.started import started
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.review import GroupVersionKind, Request
from admission.policy import data
from admission.policy.cases import Case
from admission.policy.cel import ENGINES
from admission.policy.input import ReviewInput
from admission.policy.resource import PolicySet

LIBRARY = data.folder("policies")


@cache
def compiled(folder: Path, engine: str) -> PolicySet:
    return PolicySet.load(policies_in(folder), engine)


def given(document: Document, catalog: tuple[Document, ...]) -> ReviewInput:
    """The creation of *document*."""
    kind = GroupVersionKind("argoproj.io", "v1alpha1", document["kind"])
    namespace = "default" if KINDS[kind.kind].namespaced else ""
    request = Request(uid="1", operation="CREATE", kind=kind, namespace=namespace, name="x", raw_object=document)
    start = started(document)
    return ReviewInput(
        request=request,
        object=document,
        workflow=start.document,
        place=start.place,
        catalog=FrozenCatalog.of(catalog),
    )


def starting(workflow: Document, kind: str) -> Document:
    """An object of that *kind* from which *workflow* is started."""
    spec = workflow["spec"]
    if kind == "CronWorkflow":
        spec = {"schedules": ["0 3 * * *"], "workflowMetadata": workflow["metadata"], "workflowSpec": spec}
    return {**workflow, "kind": kind, "metadata": {"name": "x"}, "spec": spec}


def stands_alone(case: Case) -> bool:
    """Whether nothing has to be followed or merged in order to judge a case."""
    others = [document for document in case.catalog if document["kind"] != "Namespace"]
    return not others and "templateDefaults" not in case.document["spec"]


ALL = [(folder, case) for folder in sorted(LIBRARY.iterdir()) if folder.is_dir() for case in cases_in(folder)]
ALONE = [(folder, case) for folder, case in ALL if stands_alone(case)]
#: The second engine is for second opinions, and a hundred times slower.
SHORT = 1_000
ON_ENGINES = [
    (folder, case, engine)
    for folder, case in ALONE
    for engine in ENGINES
    if engine == ENGINES[0] or len(json.dumps(case.document)) < SHORT
]
WRONG = [(folder, case) for folder, case in ALONE if case.verdict != "allow" and case.document["kind"] == "Workflow"]


@pytest.mark.parametrize(
    ("folder", "case", "engine"),
    ON_ENGINES,
    ids=[f"{folder.name}/{case.name}-{engine}" for folder, case, engine in ON_ENGINES],
)
def test_by_the_policies_alone(folder: Path, case: Case, engine: str) -> None:
    """What the name of a case says happens at the marked lines and no others, whichever engine evaluates."""
    policies = compiled(folder, engine)
    review = given(case.document, case.catalog)
    findings, mutated = policies.validate(review).findings, policies.mutate(review)

    assert [] == list(case.failures(findings, mutated.document))
    assert () == policies.problems
    assert [] == [warning for warning in mutated.warnings if ": cannot " in warning]
    assert [] == [finding.message for finding in findings if "cannot be decided" in finding.message]


@pytest.mark.parametrize(("folder", "case"), WRONG, ids=[f"{folder.name}/{case.name}" for folder, case in WRONG])
def test_whatever_starts_it(folder: Path, case: Case) -> None:
    """What is said of a Workflow is said of each kind of object that it is started from, if the policy is about it."""
    policies = compiled(folder, ENGINES[0])
    (policy,) = policies.policies.values()
    assert policy.program is not None
    expected = [finding.message for finding in policies.validate(given(case.document, case.catalog)).findings]

    for kind in policy.program.policy.kinds - {"Workflow"}:
        found = policies.validate(given(starting(case.document, kind), case.catalog)).findings
        assert expected == [finding.message for finding in found]


DIGEST = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
BODIES: dict[str, Any] = {
    "container": {"image": "a"},
    "containerSet": {"containers": []},
    "script": {"image": "a", "source": "a"},
    "resource": {"action": "get"},
    "data": {},
    "http": {"url": "https://example.com"},
    "plugin": {"a": {}},
    "suspend": {},
    "steps": [],
    "dag": {"tasks": []},
}


@pytest.mark.parametrize(
    ("name", "params", "template", "good"),
    [
        ("images-from-allowed-registries", {"registries": ["docker.io/library"]}, {"container": {"image": "a"}}, True),
        (
            "images-from-allowed-registries",
            {"registries": ["docker.io/library"]},
            {"container": {"image": "b/a"}},
            False,
        ),
        ("images-from-allowed-registries", {"registries": ["docker.io/lib"]}, {"container": {"image": "a"}}, False),
        (
            "images-from-allowed-registries",
            {"registries": ["docker.io/library/a"]},
            {"container": {"image": "a"}},
            True,
        ),
        (
            "image-volumes",
            {"registries": ["docker.io/library"]},
            {"volumes": [{"name": "v", "image": {"reference": "a"}}]},
            True,
        ),
        (
            "image-volumes",
            {"registries": ["docker.io/lib"]},
            {"volumes": [{"name": "v", "image": {"reference": "a"}}]},
            False,
        ),
        (
            "image-volumes",
            {"registries": ["docker.io/library/a"]},
            {"volumes": [{"name": "v", "image": {"reference": "a"}}]},
            True,
        ),
        ("pinned-images", {"digest": True}, {"container": {"image": "a:1"}}, False),
        ("pinned-images", {"digest": True}, {"container": {"image": f"a@{DIGEST}"}}, True),
        *(("allowed-template-types", {"types": ["suspend"]}, {k: v}, k == "suspend") for k, v in BODIES.items()),
        *(("allowed-template-types", {"types": ["container"]}, {k: v}, k == "container") for k, v in BODIES.items()),
    ],
)
def test_params(name: str, params: Document, template: Document, good: bool) -> None:
    """Other params than those of the library's bindings make another policy."""
    policy, *bindings = policies_in(LIBRARY / name)
    changed = [{**each, "spec": {**each["spec"], "params": params}} for each in bindings]
    spec = {"entrypoint": "main", "templates": [{"name": "main", **template}]}
    document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "x"}, "spec": spec}

    assert good is not bool(PolicySet.load([policy, *changed]).validate(given(document, ())).findings)


@pytest.mark.parametrize(
    "folder", [folder for folder in sorted(LIBRARY.iterdir()) if folder.is_dir()], ids=lambda f: f.name
)
def test_params_are_checked(folder: Path) -> None:
    """A binding without params, or with one that nobody knows, is refused if the policy has any."""
    policy, *bindings = policies_in(folder)
    schema = policy["spec"].get("paramSchema", {})
    for params in ({}, {**bindings[0]["spec"].get("params", {}), "typo": 1}):
        changed = [{**each, "spec": {**each["spec"], "params": params}} for each in bindings]

        assert bool(schema) == bool(PolicySet.load([policy, *changed]).problems)


def test_one_list_of_words() -> None:
    """What no patch of a template may touch no patch of a Workflow may touch."""
    names = ("no-dangerous-patches", "no-dangerous-workflow-patches")
    specs = [policies_in(LIBRARY / name)[0]["spec"] for name in names]
    one, other = ([each for each in spec["variables"] if each["name"] == "words"] for spec in specs)

    assert one == other != []

"""More cases: Workflows that were made up, and those of Argo's own files."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any

import corpus
from argo.generating import made_catalog, made_workflow
from argo.running import run
from conftest import VERSION, Case

from admission.argo.usage.uses import uses_of
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.settings import Profile

#: Templates that are reached at most: more say nothing more.
_MOST = 30

_KINDS = ("WorkflowTemplate", "ClusterWorkflowTemplate")


def made_up(count: int) -> Iterator[Case]:
    """So many Workflows that Argo takes and that come to an end, always the same ones."""
    seed = 0
    while count:
        seed += 1
        random = Random(seed)
        objects, workflow = made_catalog(random, True), made_workflow(random, True)
        case = _named(f"made-up-{seed}", _runnable(workflow), list(map(_runnable, objects)))
        if _is_good(case):
            count -= 1
            yield case


def of_argo() -> Iterator[Case]:
    """The Workflows of Argo's files whose references lead somewhere."""
    documents = {file: corpus.documents(file) for file in sorted(corpus.ARGO.rglob("*.yaml"))}
    templates = [each for found in documents.values() for each in found if each.get("kind") in _KINDS]
    number = 0
    for file, found in documents.items():
        beside = [each for each in found if each.get("kind") in _KINDS]
        for document in found:
            if document.get("kind") == "Workflow" and uses_of(document).uses:
                number += 1
                name = f"argo-{number}-{file.stem[:30]}".lower().replace("_", "-").rstrip("-")
                case = _named(name, document, [*beside, *(each for each in templates if each not in beside)])
                if case.templates and _is_valid(case):
                    yield case


def _named(name: str, workflow: Document, templates: list[Document]) -> Case:
    """A case of its own: its templates have names that no other case has."""
    reached = list(_reached(workflow, templates))
    names = {each["metadata"]["name"]: f"{name}-{each['metadata']['name']}"[:60].rstrip("-") for each in reached}
    spec = _renamed(workflow["spec"], names)
    metadata = {key: value for key, value in workflow["metadata"].items() if key in ("labels", "annotations")}
    own = {**workflow, "metadata": {**metadata, "name": name}, "spec": spec}
    theirs = [
        {**each, "metadata": {"name": names[each["metadata"]["name"]]}, "spec": _renamed(each["spec"], names)}
        for each in reached
    ]
    return Case(name, own, tuple(theirs))


def _reached(workflow: Document, templates: list[Document]) -> Iterator[Document]:
    """The first of each name among *templates* that *workflow* leads to."""
    known = {(each["kind"], each["metadata"].get("name")): each for each in reversed(templates)}
    waiting, seen = [workflow], set[tuple[str, str]]()
    while waiting:
        for use in uses_of(waiting.pop()).uses:
            key = (use.kind, use.name)
            if key in known and key not in seen:
                seen.add(key)
                waiting.append(known[key])
                yield known[key]


def _renamed(value: Any, names: dict[str, str]) -> Any:
    """*value* with what references name under another name."""
    if isinstance(value, list):
        return [_renamed(each, names) for each in value]
    if not isinstance(value, dict):
        return value
    made = {key: _renamed(each, names) for key, each in value.items()}
    for key in ("templateRef", "workflowTemplateRef"):
        if isinstance(made.get(key), dict) and made[key].get("name") in names:
            made[key] = {**made[key], "name": names[made[key]["name"]]}
    return made


def _runnable(document: Document) -> Document:
    """*document* as Argo takes it: containers have a command, and hooks a condition where they need one."""
    text = json.dumps(document)
    for image in ("alpine", "busybox"):
        text = text.replace(f'"image": "{image}"', f'"image": "{image}", "command": ["{image}"]')
    made: Document = json.loads(text.replace('"running": {', '"running": {"expression": "true", '))
    return made


def _is_good(case: Case) -> bool:
    if not case.templates:
        return False
    catalog = FrozenCatalog.of(case.templates)
    tree = json.dumps(run(case.workflow, catalog))
    ends = "\\u2026" not in tree and "missing" not in tree and "known when" not in tree
    return ends and 0 < tree.count('"command"') <= _MOST and _is_valid(case)


def _is_valid(case: Case) -> bool:
    """Whether Argo's controller would take it, and something of it would be written out."""
    options = LintOptions(profile=Profile.ARGO, argo_version=VERSION)
    if lint(case.workflow, FrozenCatalog.of(case.templates), options):
        return False
    try:
        return bool(case.expanded())
    except AssertionError:
        return False

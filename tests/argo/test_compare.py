"""Changes of templates: which of them break whom. The cases are data, in ``changes/``."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from pathlib import Path as File
from typing import Any

import pytest
import yaml
from expanding import cluster_template, container, obj

from admission.argo.compare.breaks import breaks
from admission.argo.compare.change import Change
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

FOLDER = File(__file__).parent / "changes"
BASE = yaml.safe_load((FOLDER / "base.yaml").read_text(encoding="utf-8"))


def cases() -> Iterator[Any]:
    for file in sorted(FOLDER.glob("*.yaml")):
        if file.name != "base.yaml":
            for case in yaml.safe_load(file.read_text(encoding="utf-8")):
                yield pytest.param(case, id=f"{file.stem}: {case['title']}")


def changed(document: Document, changes: list[Document]) -> Document:
    """*document* with *changes*: places go by keys, elements of lists by their names or numbers."""
    new = copy.deepcopy(document)
    for change in changes:
        *steps, last = change["at"].split(".")
        place: Any = new
        for step in steps:
            place = (
                place[_index(place, step)] if isinstance(place, list) else place.setdefault(step.replace("~", "."), {})
            )
        last = last.replace("~", ".")
        if change.get("to") == "reversed":
            place[last].reverse()
        elif isinstance(place, list):
            _put(place, last, change)
        elif "to" in change:
            place[last] = change["to"]
        else:
            del place[last]
    return new


def _index(elements: list[Any], step: str) -> int:
    return int(step) if step.isdigit() else [each["name"] for each in elements].index(step)


def _put(elements: list[Any], name: str, change: Document) -> None:
    names = [each["name"] for each in elements]
    if "to" not in change:
        del elements[names.index(name)]
    elif name in names:
        elements[names.index(name)] = change["to"]
    else:
        elements.append(change["to"])


def change_of(new: Document, *users: Document, before: Document = BASE["template"], **more: Any) -> Change:
    return Change(new, FrozenCatalog.of([before, *users]), before=before, **more)


@pytest.mark.parametrize("case", list(cases()))
def test_cases(case: Document) -> None:
    """A change breaks those users that its case names, and no others."""
    change = change_of(changed(BASE["template"], case["change"]), *BASE["users"])
    found = [(each, change.users(each.concerned)) for each in change.breaks]
    broken = {f"{user.lookup.kind} {user.lookup.name}" for _, users in found for user in users}

    assert set(case.get("breaks", [])) == broken
    assert case.get("said", "") in " ".join(each.message for each, users in found if users)


def test_there_are_enough_cases() -> None:
    """Every kind of change that the product promises to see is among them, and as many that are none."""
    every = [each.values[0] for each in cases()]

    assert len(every) >= 30
    assert len([case for case in every if "breaks" not in case]) >= 12


def test_nothing_changed() -> None:
    """A version breaks nothing of itself."""
    assert [] == list(breaks(BASE["template"], copy.deepcopy(BASE["template"])))


def test_users_are_named_up_to_twenty() -> None:
    """A message says how many users there are, and names twenty; those in namespaces of others are only counted."""
    spec = {"workflowTemplateRef": {"name": "base"}}
    near = [obj("Workflow", f"w{index:02}", spec, namespace="default") for index in range(25)]
    change = change_of(BASE["template"], *near)
    told = change.told(change.users())

    assert told.startswith("25 objects use it: Workflow w00, ")
    assert told.endswith("Workflow w19, 5 more")


def test_names_in_other_namespaces_are_not_told() -> None:
    """Whoever changes a ClusterWorkflowTemplate is not told what there is in namespaces that he may not see."""
    spec = {"workflowTemplateRef": {"name": "base", "clusterScope": True}}
    users = [obj("Workflow", f"secret{index}", spec, namespace=f"team{index}") for index in range(3)]
    other = cluster_template("other", **spec, templates=[container("a")])
    document = cluster_template("base", templates=[container("main")])
    change = change_of(document, *users, other, before=document)

    assert "4 objects use it: ClusterWorkflowTemplate other, 3 in various namespaces" == change.told(change.users())


def test_what_could_not_be_read_is_said() -> None:
    """Where nobody could look through a kind, nobody says that it has no users."""
    catalog = FrozenCatalog.of(BASE["users"][:1], unavailable=("Workflow",))
    change = Change(BASE["template"], catalog, before=BASE["template"])

    assert change.told(change.users()).endswith("(and whatever Workflow there is, which could not be read)")


def test_large_objects_are_compared_in_time() -> None:
    """Two hundred templates that run each other, all of them changed, are no matter of seconds."""
    chain = [{"name": f"t{n}", "steps": [[{"name": "s", "template": f"t{n + 1}"}]]} for n in range(199)]
    before = {**BASE["template"], "spec": {"templates": [*chain, container("t199")]}}
    after = {**before, "spec": {"templates": [{**each, "parallelism": 2} for each in before["spec"]["templates"]]}}
    start = time.process_time()

    assert [] == list(breaks(before, after))
    assert time.process_time() - start < 1

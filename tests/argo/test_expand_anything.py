"""References written out, whatever refers to whatever: properties."""

from __future__ import annotations

import copy

from generating import catalogs, workflows
from hypothesis import given, settings
from hypothesis import strategies as st
from running import run

from admission.argo.expand import Expansion, expand
from admission.argo.expansion import holders, templates
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path

QUICK = settings(max_examples=120, deadline=None)


def expanded(document: Document, objects: list[Document], *, inline: bool = True) -> Expansion:
    return expand(document, FrozenCatalog.of(objects), namespace="default", argo_version="4.1", inline=inline)


@QUICK
@given(workflows(inline=True), catalogs(inline=True))
def test_it_runs_as_before(document: Document, objects: list[Document]) -> None:
    """What is stored runs the same containers, in the same steps, with the same arguments and labels."""
    found = expanded(document, objects)
    catalog = FrozenCatalog.of(objects)

    assert run(document, catalog) == run(found.document, catalog)


@QUICK
@given(workflows(inline=False), catalogs(inline=False))
def test_what_is_judged_runs_as_before(document: Document, objects: list[Document]) -> None:
    """What is judged has in it what runs, and needs no catalog any more but for what is missing."""
    found = expanded(document, objects, inline=False)

    assert run(document, FrozenCatalog.of(objects)) == run(found.document, FrozenCatalog.of(objects))
    left = {str(each.path) for each in (*found.missing, *found.unexpanded)}
    assert all(
        str(found.place(place)) in left for place in templates.references(found.document["spec"], Path(("spec",)))
    )


@QUICK
@given(workflows(inline=True), catalogs(inline=True), st.randoms())
def test_it_is_deterministic(document: Document, objects: list[Document], random: object) -> None:
    """The same objects give the same Workflow, in whatever order they are known; nothing that was given changes."""
    before = copy.deepcopy((document, objects))
    shuffled = objects.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert expanded(document, objects).document == expanded(document, shuffled).document
    assert before == (document, objects)


@QUICK
@given(workflows(inline=True), catalogs(inline=True))
def test_twice_is_once(document: Document, objects: list[Document]) -> None:
    """A webhook may be called again: what is written out stays, and what stays stays for the same reason."""
    once = expanded(document, objects)
    twice = expanded(once.document, objects)

    assert once.document == twice.document
    assert () == twice.sources


@QUICK
@given(workflows(inline=True), catalogs(inline=True))
def test_only_what_is_reached_is_brought(document: Document, objects: list[Document]) -> None:
    """Every copied template is called by somebody, and no two templates have one name."""
    spec = expanded(document, objects).document["spec"]
    names = [each["name"] for each in spec.get("templates", [])]
    called = {text for each in spec.get("templates", []) for text in holders.local_names(each)}
    called |= {hook.get("template") for hook in spec.get("hooks", {}).values()}
    if "workflowTemplateRef" not in document["spec"]:
        brought = names[len(document["spec"].get("templates", [])) :]
        assert set(brought) <= called

    assert len(set(names)) == len(names)

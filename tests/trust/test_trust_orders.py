"""Fifty related objects in any order: nobody needs a second run, because what comes later may be referred to before."""

from __future__ import annotations

from functools import cache
from random import Random
from typing import Any

import pytest
from engine.asking import container, created, decided, request, snapshot, steps, stored, template, workflow

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.snapshot import Snapshot


def objects() -> list[Document]:
    """Thirty templates that call each other, fifteen schedules and five event bindings of them."""
    found = []
    for number in range(30):
        calls = [{"templateRef": {"name": f"t{(number * 5 + step) % 30}", "template": "leaf"}} for step in (1, 2)]
        found.append(template(f"t{number}", steps("main", *calls), container("leaf")))
    for number in range(15):
        spec: Document = {"schedules": ["@daily"], "workflowSpec": {"workflowTemplateRef": {"name": f"t{number * 2}"}}}
        found.append(workflow(f"c{number}", kind="CronWorkflow", **spec))
    for number in range(5):
        submit = {"workflowTemplateRef": {"name": f"t{number * 5}"}}
        found.append(
            workflow(f"b{number}", kind="WorkflowEventBinding", event={"selector": "payload.ok"}, submit=submit)
        )
    return found


def applied(documents: list[Document]) -> tuple[Snapshot, list[Document]]:
    """What is stored once *documents* were applied in this order; each must be allowed with what was there before."""
    there: list[Document] = []
    around = snapshot()
    for document in documents:
        made = stored(request("CREATE", document), around)
        verdict = decided(request("CREATE", made), around)
        assert verdict.allowed, verdict.message
        there.append(made)
        around = snapshot(*there)
    return around, there


@cache
def in_order() -> tuple[Snapshot, list[Document]]:
    return applied(objects())


def _by_name(document: Document) -> Any:
    return document["kind"], document["metadata"]["name"]


@pytest.mark.parametrize("seed", range(20))
def test_any_order_ends_the_same(seed: int) -> None:
    """Templates, schedules and bindings in any order, Workflows last: one state, and nothing refused on the way."""
    documents = objects()
    around, there = in_order()
    Random(seed).shuffle(documents)
    shuffled, others = applied(documents)
    run = workflow("w", workflowTemplateRef={"name": "t3"})

    assert sorted(there, key=_by_name) == sorted(others, key=_by_name)
    assert created(run, around) == created(run, shuffled)
    assert isinstance(shuffled.catalog, FrozenCatalog)
    assert decided(request("CREATE", created(run, shuffled)), shuffled).allowed

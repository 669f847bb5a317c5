"""``templateReferencing: Strict`` and ``Secure``: nothing that we do ends a Workflow that would have run without us."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import corpus
import pytest
import yaml
from engine.asking import USUAL, created, library, snapshot

from admission.argo.expansion.restrict import forbidden
from admission.argo.usage.uses import uses_of
from admission.model.document import Document
from admission.model.path import Path as Place

HERE = Path(__file__).parents[1] / "equivalence" / "cases"


def documents() -> Iterator[Document]:
    """The objects of our own cases and, where they are at hand, of Argo's files."""
    for file in sorted(HERE.glob("*.yaml")):
        yield from yaml.safe_load_all(file.read_text(encoding="utf-8"))
    for file in sorted(corpus.ARGO.rglob("*.yaml")):
        yield from corpus.documents(file)


EVERY = list(documents())
WORKFLOWS = [each for each in EVERY if each.get("kind") == "Workflow" and isinstance(each.get("spec"), dict)]
TEMPLATES = [
    each for each in EVERY if str(each.get("kind", "")).endswith("WorkflowTemplate") and each["metadata"].get("name")
]


@pytest.mark.parametrize(
    ("mode", "version", "policies"),
    [("Strict", "4.0", USUAL), ("Secure", "4.0", USUAL), ("Strict", "4.1", USUAL), ("Strict", "4.1", library())],
    ids=["Strict", "Secure", "Argo 4.1", "the library"],
)
def test_what_would_run_still_runs(mode: str, version: str, policies: tuple[Document, ...]) -> None:
    """What is stored has its reference, and beside it nothing more that the controller refuses than what came."""
    around = snapshot(
        *TEMPLATES,
        policies=policies,
        controller={"workflowRestrictions": {"templateReferencing": mode}},
        argo_version=version,
    )
    newest = version != "4.0"
    tried = 0
    for workflow in WORKFLOWS:
        if "workflowTemplateRef" not in workflow["spec"]:
            continue
        before = list(forbidden(workflow["spec"], Place(("spec",)), mode, newest=newest))
        stored = created({**workflow, "metadata": {"name": "w", "namespace": "default"}}, around)
        tried += 1
        assert before == list(forbidden(stored["spec"], Place(("spec",)), mode, newest=newest))
        assert workflow["spec"]["workflowTemplateRef"] == stored["spec"]["workflowTemplateRef"]

    assert tried > 2
    assert any(uses_of(each).uses for each in WORKFLOWS)

"""Event bindings, as rules ask for their parts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.expressions import problem_of
from admission.argo.workflow import Workflow
from admission.lint.reading import entries
from admission.model.catalog import UNAVAILABLE, Absent
from admission.model.document import Document, mapping, text
from admission.model.path import Path

#: What Argo's server gives to the expressions of a binding.
ROOTS = frozenset({"namespace", "discriminator", "metadata", "payload"})


@dataclass(frozen=True)
class Part:
    """A part of a binding, and where it stands."""

    path: Path
    document: Document


def binding(workflow: Workflow) -> tuple[Part, Part]:
    """The event and the submission of a binding; empty of an object that is none."""
    spec = mapping(workflow.document.get("spec")) if workflow.kind == "WorkflowEventBinding" else {}
    event, submit = (Part(Path(("spec", name)), mapping(spec.get(name))) for name in ("event", "submit"))
    return event, submit


def template(workflow: Workflow) -> tuple[str, Document | Absent]:
    """The template that an event starts, with what it is called; ``UNAVAILABLE`` where none is named."""
    _, submit = binding(workflow)
    reference = mapping(submit.document.get("workflowTemplateRef"))
    name = text(reference.get("name"))
    if not name:
        return "", UNAVAILABLE
    if reference.get("clusterScope") is True:
        return f"ClusterWorkflowTemplate {name!r}", workflow.catalog.cluster_workflow_template(name)
    return f"WorkflowTemplate {name!r}", workflow.catalog.workflow_template(workflow.namespace, name)


def parameters(workflow: Workflow) -> Iterator[tuple[Path, Document]]:
    """The parameters that an event hands on."""
    _, submit = binding(workflow)
    given = mapping(submit.document.get("arguments")).get("parameters")
    return entries(submit.path.join(("arguments", "parameters")), given)


def metadata(workflow: Workflow) -> Iterator[tuple[Path, str]]:
    """The expressions of the names, labels and annotations that an event gives to its workflow."""
    _, submit = binding(workflow)
    given, place = mapping(submit.document.get("metadata")), submit.path / "metadata"
    for field in ("name", "generateName"):
        if isinstance(given.get(field), str) and given[field]:
            yield place / field, given[field]
    for field in ("labels", "annotations"):
        for key, value in mapping(given.get(field)).items():
            if isinstance(value, str):
                yield place.join((field, key)), value


def problem(expression: str, type: str = "") -> str:
    """Why *expression* cannot be evaluated when an event comes, to a value of that *type*."""
    return problem_of(expression, ROOTS, type)

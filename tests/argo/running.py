"""
What would run of a Workflow, as a tree: written for tests alone, straight from argo-resolution 4, without expansion.

It follows names from one object to the next as the controller does, down to a depth, because templates may run in
circles.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

_DEPTH = 5


@dataclass(frozen=True)
class Base:
    """The object in which local names are looked up."""

    templates: dict[str, Document]
    pods: Document

    @classmethod
    def of(cls, spec: Document) -> Base:
        found = {each["name"]: each for each in reversed(spec.get("templates", []))}
        return cls(found, spec.get("podMetadata", {}))


def run(workflow: Document, catalog: FrozenCatalog) -> Any:
    """The tree of what runs, from the entrypoint and the hooks of the Workflow."""
    spec = workflow["spec"]
    if "workflowTemplateRef" in spec:
        behind = _behind(spec["workflowTemplateRef"], catalog)
        if behind is None:
            return "missing"
        spec = {**behind["spec"], **{name: value for name, value in spec.items() if name != "workflowTemplateRef"}}
    base = Base.of(spec)
    labels = spec.get("podMetadata", {}).get("labels", {})
    follow = _Follow(catalog, labels)
    return {
        "main": follow.named(spec.get("entrypoint", ""), base, _DEPTH),
        "hooks": {event: follow.callee(hook, base, _DEPTH) for event, hook in spec.get("hooks", {}).items()},
    }


def _behind(reference: Document, catalog: FrozenCatalog) -> Document | None:
    name = reference["name"]
    cluster = reference.get("clusterScope") is True
    found = catalog.cluster_workflow_template(name) if cluster else catalog.workflow_template("default", name)
    return found if isinstance(found, dict) else None


@dataclass(frozen=True)
class _Follow:
    catalog: FrozenCatalog
    labels: Document

    def callee(self, holder: Document, base: Base, depth: int) -> Any:
        """What a step, task or hook runs: inline before templateRef before template."""
        if holder.get("inline"):
            return self.template(holder["inline"], base, depth, fetched=False)
        if "templateRef" not in holder:
            return self.named(holder.get("template", ""), base, depth)
        reference = holder["templateRef"]
        if "{{" in reference["name"] or "{{" in reference["template"]:
            return "known when it runs"
        behind = _behind(reference, self.catalog)
        return "missing" if behind is None else self.named(reference["template"], Base.of(behind["spec"]), depth)

    def named(self, name: str, base: Base, depth: int) -> Any:
        found = base.templates.get(name)
        return "missing" if found is None else self.template(found, base, depth, fetched=True)

    def template(self, template: Document, base: Base, depth: int, *, fetched: bool) -> Any:
        if depth == 0:
            return "…"
        # The pods get what the Workflow says, then what the object of the template says, then its own (Argo 4.1).
        of_base = base.pods.get("labels", {}) if fetched else {}
        labels = {**self.labels, **of_base, **template.get("metadata", {}).get("labels", {})}
        groups = template.get("steps") or [template.get("dag", {}).get("tasks", [])]
        calls = [self._call(each, base, depth - 1) for group in groups for each in group]
        return {
            "container": template.get("container"),
            "labels": labels if "container" in template else {},
            "calls": calls,
        }

    def _call(self, call: Document, base: Base, depth: int) -> Any:
        hooks = {event: self.callee(hook, base, depth) for event, hook in call.get("hooks", {}).items()}
        exit = self.named(call["onExit"], base, depth) if call.get("onExit") else None
        return call["name"], call.get("arguments"), self.callee(call, base, depth), hooks, exit

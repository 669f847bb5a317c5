"""The pods that a Workflow becomes: the door of this package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from admission.argo.expand import expand
from admission.argo.expansion.result import Expansion
from admission.argo.pods.agent import agent_pods
from admission.argo.pods.artifact_gc import gc_pods
from admission.argo.pods.build import draft
from admission.argo.pods.effective import EffectivePod, Origin
from admission.argo.pods.finish import finished, step_making
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import AGENT_TYPES, POD_TYPES, Templates
from admission.argo.pods.values import dumped
from admission.argo.pods.walk import Call, Context, Walk
from admission.argo.started import started
from admission.argo.types import decoded
from admission.errors import MergeError
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

Place: TypeAlias = Callable[[Path], Path]


def effective_pods(
    workflow: Document, catalog: Catalog, *, namespace: str, argo_version: str
) -> tuple[EffectivePod, ...]:
    """
    The pods that *workflow* becomes, or the Workflow that it starts, if it is in *namespace* and does not say.

    The controller's options are those of *catalog*. Origins are places in *workflow*.
    """
    kind = text(workflow.get("kind")) or "Workflow"
    start = started({"kind": kind, **workflow})
    where = text(mapping(start.document.get("metadata")).get("namespace")) or namespace
    expansion = expand(
        start.document, catalog, namespace=where, argo_version=argo_version, with_defaults=True, inline=False
    )

    def place(path: Path) -> Path:
        return start.place(expansion.place(path))

    if expansion.error is not None or _lacks_its_template(expansion):
        return (_wholly_unknown("", place(Path(("spec", "workflowTemplateRef")))),)
    try:
        ran = _decoded(expansion.document, argo_version)
        settings = Setting.all_of(ran, kind, catalog, where, argo_version)
        return tuple(_distinct(pod for setting in settings for pod in _pods(ran, expansion, setting, place)))
    except (MergeError, RecursionError):
        return tuple(_unreadable(expansion.document, place))


def _lacks_its_template(expansion: Expansion) -> bool:
    spec = mapping(expansion.document.get("spec"))
    return bool(mapping(spec.get("workflowTemplateRef"))) and bool(expansion.missing)


def _decoded(workflow: Document, argo_version: str) -> Document:
    newest = not argo_version.startswith("4.0")
    return {**workflow, "spec": decoded(mapping(workflow.get("spec")), "WorkflowSpec", newest=newest)}


def _pods(workflow: Document, expansion: Expansion, setting: Setting, place: Place) -> Iterator[EffectivePod]:
    templates = Templates(sequence(mapping(workflow.get("spec")).get("templates")), expansion.copies, setting)
    walk = Walk(setting, templates)
    first = walk.from_spec()
    reached = list(walk.contexts())
    yield from _of_calls((*first, *(call for calls in walk.calls.values() for call in calls)), place)
    for context in reached:
        yield from _of_context(context, setting, place, reachable=True)
    if callers := _agents(reached):
        yield from agent_pods(callers, setting, place, reachable=True)
    yield from gc_pods(reached, setting, place, reachable=True)
    yield from _unreached(walk, templates, setting, place, reached)


def _unreached(
    walk: Walk, templates: Templates, setting: Setting, place: Place, reached: list[Context]
) -> Iterator[EffectivePod]:
    """The pods of templates that nothing runs: whoever edits a running Workflow can run them."""
    for template in templates.named:
        if not walk.has(template):
            walk.from_template(template)
    known = {context.template for context in reached}
    others = [context for context in walk.contexts() if context.template not in known]
    for context in others:
        yield from _of_context(context, setting, place, reachable=False)
    if not _agents(reached) and (callers := _agents(others)):
        yield from agent_pods(callers, setting, place, reachable=False)
    yield from gc_pods(others, setting, place, reachable=False)


def _agents(contexts: list[Context]) -> list[Context]:
    """Those of *contexts* that the pod of the agent works for."""
    return [context for context in contexts if context.template.type in AGENT_TYPES]


def _of_context(context: Context, setting: Setting, place: Place, *, reachable: bool) -> Iterator[EffectivePod]:
    template = context.template
    if template.type not in POD_TYPES:
        return
    making = step_making(context, setting)
    yield finished(draft(context, setting), making, setting, place, reachable=reachable)


def _of_calls(calls: Iterable[Call], place: Place) -> Iterator[EffectivePod]:
    """The pods of templates of which only the run knows which they are."""
    for path in dict.fromkeys(call.path for call in calls if call.context is None):
        yield _wholly_unknown("", place(path))


def _wholly_unknown(template: str, path: Path) -> EffectivePod:
    return EffectivePod(
        template=template,
        scope="local",
        purpose="step",
        reachable=True,
        pod={"apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {}},
        origin=Origin(path),
        unknown=(Path(("metadata",)), Path(("spec",))),
    )


def _unreadable(workflow: Document, place: Place) -> Iterator[EffectivePod]:
    """The pods of a Workflow that the controller cannot decode: nobody can say what they would be."""
    for index, template in enumerate(sequence(mapping(workflow.get("spec")).get("templates"))):
        yield _wholly_unknown(text(mapping(template).get("name")), place(Path(("spec", "templates", index))))


def _distinct(pods: Iterable[EffectivePod]) -> Iterator[EffectivePod]:
    """*pods*, equal ones once."""
    seen: set[tuple[str, str, str, Path, str]] = set()
    for pod in pods:
        key = (pod.template, pod.scope, pod.purpose, pod.origin.path, dumped([pod.pod, list(map(str, pod.unknown))]))
        if key not in seen:
            seen.add(key)
            yield pod

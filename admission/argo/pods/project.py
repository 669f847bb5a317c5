"""The pods that a Workflow becomes: the door of this package."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

from admission.argo.decoding import decoded
from admission.argo.expand import expand
from admission.argo.expansion.result import Key
from admission.argo.pods.agent import agent_pods
from admission.argo.pods.artifact_gc import STRATEGIES, gc_pods
from admission.argo.pods.build import draft
from admission.argo.pods.effective import EffectivePod, Origin
from admission.argo.pods.finish import finished, step_making
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import AGENT_TYPES, POD_TYPES, Templates
from admission.argo.pods.values import dumped
from admission.argo.pods.walk import Call, Context, Walk
from admission.argo.started import started
from admission.errors import MergeError
from admission.model.catalog import Catalog
from admission.model.document import Document, mapping, namespace_of, sequence, text
from admission.model.path import Path

#: Nothing of a Workflow stood elsewhere.
NO_COPIES: Mapping[int, Key] = MappingProxyType({})


def effective_pods(
    workflow: Document, catalog: Catalog, *, namespace: str, argo_version: str
) -> tuple[EffectivePod, ...]:
    """
    The pods that *workflow* becomes, or the Workflow that it starts, if it is in *namespace* and does not say.

    The controller's options are those of *catalog*. Origins are places in *workflow*.
    """
    kind = text(workflow.get("kind")) or "Workflow"
    start = started({"kind": kind, **workflow})
    where = namespace_of(start.document) or namespace
    expansion = expand(
        start.document, catalog, namespace=where, argo_version=argo_version, with_defaults=True, inline=False
    )
    found = projected(
        expansion.document, catalog, namespace=where, argo_version=argo_version, kind=kind, copies=expansion.copies
    )
    return tuple(pod.placed(lambda path: start.place(expansion.place(path))) for pod in found)


def projected(
    workflow: Document,
    catalog: Catalog,
    *,
    namespace: str,
    argo_version: str,
    kind: str = "Workflow",
    copies: Mapping[int, Key] = NO_COPIES,
    only: Container[Path] | None = None,
) -> tuple[EffectivePod, ...]:
    """
    The same of a Workflow that has been expanded, the controller's defaults included; origins are places in it.

    *kind* is that of the object that it was started from; *copies* as in :class:`Expansion`. *only*: the places of the
    templates whose pods are asked for; None: all, with those of the agent and of artifact garbage collection.
    """
    if mapping(mapping(workflow.get("spec")).get("workflowTemplateRef")):
        # What is still there could not be followed.
        return (_wholly_unknown("", Path(("spec", "workflowTemplateRef"))),)
    try:
        found = projections(workflow, catalog, namespace=namespace, argo_version=argo_version, kind=kind, copies=copies)
        if only is not None:
            return tuple(_distinct(pod for projection in found for pod in _some_pods(projection, only)))
        return tuple(_distinct(pod for projection in found for pod in _pods(projection)))
    except (MergeError, RecursionError):
        return tuple(_unreadable(workflow))


@dataclass(frozen=True)
class Projection:
    """
    A Workflow in one setting: the *walk* through what it runs, and the pod of each visit that has one.

    *first* are the calls of the Workflow itself.
    """

    setting: Setting
    walk: Walk
    templates: Templates
    first: tuple[Call, ...]
    reached: tuple[Context, ...]

    @classmethod
    def of(cls, workflow: Document, copies: Mapping[int, Key], setting: Setting) -> Projection:
        """The projection of a decoded Workflow."""
        templates = Templates(workflow, copies, setting)
        walk = Walk(setting, templates)
        first = walk.from_spec()
        return cls(setting, walk, templates, first, tuple(walk.contexts()))

    @cached_property
    def pods(self) -> Mapping[Context, EffectivePod]:
        """The pods of the visits that have one of their own."""
        found = (
            (context, pod) for context in self.reached for pod in _of_context(context, self.setting, reachable=True)
        )
        return dict(found)

    @cached_property
    def agent(self) -> tuple[EffectivePod, ...]:
        """The pod that works for all http and plugin templates, if any of these runs."""
        callers = _agents(self.reached)
        return tuple(agent_pods(callers, self.setting, reachable=True)) if callers else ()

    @cached_property
    def collectors(self) -> tuple[tuple[EffectivePod, ...], ...]:
        """The pods that delete artifacts: those that come together."""
        each = ((strategy,) for strategy in STRATEGIES)
        return tuple(tuple(gc_pods(self.reached, self.setting, reachable=True, strategies=one)) for one in each)


def projections(
    workflow: Document, catalog: Catalog, *, namespace: str, argo_version: str, kind: str, copies: Mapping[int, Key]
) -> Iterator[Projection]:
    """
    The projections of an expanded Workflow, one for each choice of its arguments.

    ``MergeError`` where the controller cannot decode it.
    """
    ran = _decoded(workflow, argo_version)
    for setting in Setting.all_of(ran, kind, catalog, namespace, argo_version):
        yield Projection.of(ran, copies, setting)


def _decoded(workflow: Document, argo_version: str) -> Document:
    newest = not argo_version.startswith("4.0")
    return {**workflow, "spec": decoded(mapping(workflow.get("spec")), "WorkflowSpec", newest=newest)}


def _pods(projection: Projection) -> Iterator[EffectivePod]:
    walk = projection.walk
    yield from _of_calls((*projection.first, *(call for calls in walk.calls.values() for call in calls)))
    yield from projection.pods.values()
    yield from projection.agent
    for together in projection.collectors:
        yield from together
    yield from _unreached(projection)


def _some_pods(projection: Projection, only: Container[Path]) -> Iterator[EffectivePod]:
    """The pods of the templates in *only*."""
    for reachable, contexts in ((True, projection.reached), (False, _others(projection))):
        for context in contexts:
            if context.template.path in only:
                yield from _of_context(context, projection.setting, reachable=reachable)


def _others(projection: Projection) -> list[Context]:
    """The visits of templates that nothing runs: whoever edits a running Workflow can run them."""
    walk = projection.walk
    for template in projection.templates.named:
        if not walk.has(template):
            walk.from_template(template)
    known = {context.template for context in projection.reached}
    return [context for context in walk.contexts() if context.template not in known]


def _unreached(projection: Projection) -> Iterator[EffectivePod]:
    """The pods of templates that nothing runs."""
    setting = projection.setting
    others = _others(projection)
    for context in others:
        yield from _of_context(context, setting, reachable=False)
    if not projection.agent and (callers := _agents(others)):
        yield from agent_pods(callers, setting, reachable=False)
    yield from gc_pods(others, setting, reachable=False)


def _agents(contexts: Iterable[Context]) -> list[Context]:
    """Those of *contexts* that the pod of the agent works for."""
    return [context for context in contexts if context.template.type in AGENT_TYPES]


def _of_context(context: Context, setting: Setting, *, reachable: bool) -> Iterator[EffectivePod]:
    template = context.template
    if template.type not in POD_TYPES:
        return
    made = draft(context, setting)
    yield finished(made, step_making(context, made.body, setting), setting, reachable=reachable)


def _of_calls(calls: Iterable[Call]) -> Iterator[EffectivePod]:
    """The pods of templates of which only the run knows which they are."""
    for path in dict.fromkeys(call.path for call in calls if call.context is None):
        yield _wholly_unknown("", path)


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


def _unreadable(workflow: Document) -> Iterator[EffectivePod]:
    """The pods of a Workflow that the controller cannot decode: nobody can say what they would be."""
    for index, template in enumerate(sequence(mapping(workflow.get("spec")).get("templates"))):
        yield _wholly_unknown(text(mapping(template).get("name")), Path(("spec", "templates", index)))


def _distinct(pods: Iterable[EffectivePod]) -> Iterator[EffectivePod]:
    """*pods*, equal ones once."""
    seen: set[tuple[str, str, str, Path, str]] = set()
    for pod in pods:
        key = (pod.template, pod.scope, pod.purpose, pod.origin.path, dumped([pod.pod, list(map(str, pod.unknown))]))
        if key not in seen:
            seen.add(key)
            yield pod

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.expand import expand
from admission.argo.graph import Graph, Node
from admission.argo.peak.arrangement import is_limit
from admission.argo.workflow import Workflow
from admission.lint.handlers import Handlers
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.path import Path


@rule(
    good="""
        spec:
          onExit: clean
          parallelism: 2
          templates:
          - {name: remove, container: {image: alpine}}
          - name: clean
            dag:
              tasks:
              - {name: a, template: remove}
              - {name: b, template: remove}
              - {name: c, template: remove, depends: a && b}
        """,
    bad="""
        spec:
          onExit: clean
          parallelism: 1  # finding
          templates:
          - {name: remove, container: {image: alpine}}
          - name: clean
            dag:
              tasks:
              - {name: a, template: remove}
              - {name: b, template: remove}
        """,
)
def rt_handler_held_up(workflow: Workflow) -> Iterator[Hit]:
    """
    What runs at the end of a workflow, or by a hook of it, is not held up by parallelism or failFast.

    Argo's controller looks there for tasks and exit handlers that it has not made yet, and ends itself when it does not
    find one; started again it does the same, and no workflow of the cluster goes on (4.0 and 4.1). So denied are tasks
    of a DAG of which parallelism lets fewer in than can run at once, steps with exit handlers beside steps that wait
    for their turn, and failFast where a template that is called may fail and something handles that. Elsewhere than in
    the exit handler and the hooks of the workflow they do no harm.
    """
    if not _may_be(workflow):
        return
    expansion = expand(
        workflow.document,
        workflow.catalog,
        namespace=workflow.namespace,
        argo_version="4.1" if workflow.newest else "4.0",
        with_defaults=True,
        inline=False,
    )
    said: set[Path] = set()
    for handler, path, message in _held_up(_graph(workflow, expansion.document)):
        # Both may be defaults of the controller.
        places = (each for each in map(expansion.place, (path, handler)) if each.get(workflow.document) is not None)
        place = next(places, workflow.spec_path)
        if place not in said:
            said.add(place)
            yield place, message


def _graph(workflow: Workflow, document: Document) -> Graph:
    if document is workflow.document:
        return workflow.graph
    return Workflow(document, workflow.catalog, namespace=workflow.namespace).graph


def _may_be(workflow: Workflow) -> bool:
    """Whether there can be a handler and a limit: most workflows lack one of them."""
    defaults = mapping(workflow.catalog.workflow_defaults().get("spec"))
    reference = mapping(workflow.spec.get("workflowTemplateRef"))
    behind = mapping(workflow.graph.behind(reference).get("spec")) if reference else {}
    handled = any(each.get("hooks") or each.get("onExit") for each in (workflow.spec, behind, defaults))
    return handled and ("parallelism" in defaults or workflow.mentions(_LIMITS))


#: What may limit something, or bring what does.
_LIMITS = ('"parallelism"', '"failFast"', '"templateRef"', '"workflowTemplateRef"')


def _held_up(graph: Graph) -> Iterator[tuple[Path, Path, str]]:
    """The handler, what holds up something in it, and what to do."""
    handlers = Handlers(graph)
    for handler, nodes in handlers:
        for node in (each for each in nodes if each.calls):
            for holder, path, pods in ((node.document, node.path, False), (graph.spec, graph.path, True)):
                limit = holder.get("parallelism")
                if is_limit(limit) and (needed := handlers.needed(node, pods=pods)) > int(str(limit)):
                    advice = f"let in {needed}, as many as can run there at once"
                    yield handler, path / "parallelism", _message(handler, node, advice)
            if handlers.fails_fast(node):
                advice = "leave it out, or handle the failure where it happens"
                yield handler, node.path / "failFast", _message(handler, node, advice)


def _message(handler: Path, node: Node, advice: str) -> str:
    what = "exit handler" if handler[-1] in ("exit", "onExit") else "hook"
    return (
        f"this holds up {node.name or 'an inline template'!r}, which the {what} of the workflow runs, and Argo's "
        f"controller ends itself over that, for all workflows: {advice}"
    )

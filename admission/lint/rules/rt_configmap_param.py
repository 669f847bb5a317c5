from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Graph
from admission.argo.workflow import Workflow
from admission.lint.config_maps import config_map, problem_of_key, problem_of_type
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    mentions=("configMapKeyRef",),
    good="""
        spec:
          arguments: {parameters: [{name: stage, valueFrom: {configMapKeyRef: {name: settings, key: stage}}}]}
        ---
        kind: ConfigMap
        metadata: {name: settings, labels: {workflows.argoproj.io/configmap-type: Parameter}}
        data: {stage: test}
        """,
    bad="""
        spec:
          arguments:
            parameters:
            - name: stage
              valueFrom:
                configMapKeyRef: {name: settings, key: stag}  # finding
        ---
        kind: ConfigMap
        metadata: {name: settings, labels: {workflows.argoproj.io/configmap-type: Parameter}}
        data: {stage: test}
        """,
)
def rt_configmap_param(workflow: Workflow) -> Iterator[Hit]:
    """
    A value from a ConfigMap is there.

    The controller reads it when the workflow or the step begins: from a ConfigMap that lacks the key, or the label that
    makes it one of parameters, it gets none, and ends in Error. The ConfigMap may still be changed before that, so it
    is a warning. One that is not there is told where the cluster can be asked.
    """
    for path, source in _sources(workflow.graph):
        reference = mapping(source.get("configMapKeyRef"))
        found = config_map(workflow, reference.get("name"))
        if isinstance(found, str):
            # A default takes the place of what is not there.
            problem = found if source.get("default") is None else ""
        else:
            missing = problem_of_key(found, reference.get("key"))
            problem = problem_of_type(found, "Parameter") or (missing if source.get("default") is None else "")
        if problem:
            yield path, problem


def _sources(graph: Graph) -> Iterator[tuple[Path, Document]]:
    """The sources of parameters that are ConfigMaps, each with the place where it names one."""
    for path, parameters in _parameters(graph):
        for place, parameter in entries(path, parameters):
            source = mapping(parameter.get("valueFrom"))
            if isinstance(source.get("configMapKeyRef"), dict):
                yield place.join(("valueFrom", "configMapKeyRef")), source


def _parameters(graph: Graph) -> Iterator[tuple[Path, object]]:
    below = ("arguments", "parameters")
    yield graph.path.join(below), mapping(graph.spec.get("arguments")).get("parameters")
    for node in graph.having("inputs"):
        yield node.path.join(("inputs", "parameters")), mapping(node.document.get("inputs")).get("parameters")
    for _, call in graph.calls:
        if call.document.get("arguments"):
            yield call.path.join(below), mapping(call.document["arguments"]).get("parameters")

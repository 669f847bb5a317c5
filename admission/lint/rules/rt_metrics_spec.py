from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.languages import LanguageError, when
from admission.argo.workflow import Workflow
from admission.lint.metrics import TYPES, metrics_of
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action

_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_TAG = re.compile(r"\{\{\s*(?:workflow\.)?duration\s*\}\}")


@rule(
    action=Action.WARN,
    good="""
        spec:
          metrics: {prometheus: [{name: duration, help: How long it took, gauge: {value: "{{workflow.duration}}"}}]}
        """,
    bad="""
        spec:
          metrics:
            prometheus:
            - {name: a-b, help: A name with a hyphen, counter: {value: "1"}}  # finding
            - {name: c, counter: {value: "1"}}  # finding
            - {name: d, help: Without a type}  # finding
        """,
)
def rt_metrics_spec(workflow: Workflow) -> Iterator[Hit]:
    """
    The metrics of a workflow can be reported.

    Argo's validator looks at those of templates only, and not at all that is wrong with them. The metric is then
    missing, and the workflow has a condition that says so: it runs, so it is a warning.
    """
    for path, metric in metrics_of(workflow.graph):
        for problem in _problems(metric, path[: len(workflow.spec_path) + 1] == workflow.spec_path / "metrics"):
            yield path, problem


def _problems(metric: Document, is_workflows: bool) -> Iterator[str]:
    if is_workflows:
        yield from _of_names(metric)
    types = [name for name in TYPES if isinstance(metric.get(name), dict)]
    if len(types) != 1:
        yield "give the metric a type: gauge, counter or histogram" if not types else "give the metric one type"
    for name in types:
        value = text(mapping(metric[name]).get("value"))
        if is_workflows and not value:
            yield f"give {name} a value"
        if literal(value) and not _is_number(value):
            yield f"{shown(value)} is not a number"
        if mapping(metric[name]).get("realtime") is True and not _TAG.fullmatch(value):
            said = "{{workflow.duration}}" if is_workflows else "{{duration}}"
            yield f"a gauge in real time has the value {said} and no other"
    if condition := literal(metric.get("when")):
        try:
            when.parse(condition)
        except LanguageError as error:
            yield f"when cannot be read: {error}"


def _of_names(metric: Document) -> Iterator[str]:
    """What Argo's validator finds in the metrics of templates, and not in these."""
    name = literal(metric.get("name"))
    if name is not None and not _NAME.fullmatch(name):
        yield f"{shown(name)}: a name has letters, digits and _, and does not begin with a digit"
    for label in sequence(metric.get("labels")):
        key = literal(mapping(label).get("key"))
        if key is not None and not _NAME.fullmatch(key):
            yield f"{shown(key)}: the key of a label has letters, digits and _"
    if not metric.get("help"):
        yield "give the metric a help text"


def _is_number(value: str) -> bool:
    try:
        float(value)
    except ValueError:
        return False
    return "_" not in value

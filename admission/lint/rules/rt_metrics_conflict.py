from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.metrics import TYPES, metrics_of
from admission.lint.reading import shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping, sequence, text
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: a, container: {image: x}, metrics: {prometheus: [{name: runs, help: Runs, counter: {value: "1"}}]}}
          - {name: b, container: {image: x}, metrics: {prometheus: [{name: runs, help: Runs, counter: {value: "1"}}]}}
        """,
    bad="""
        spec:
          templates:
          - {name: a, container: {image: x}, metrics: {prometheus: [{name: runs, help: Runs, counter: {value: "1"}}]}}
          - name: b
            container: {image: x}
            metrics:
              prometheus:
              - {name: runs, help: How many, counter: {value: "1"}}  # finding
        """,
)
def rt_metrics_conflict(workflow: Workflow) -> Iterator[Hit]:
    """
    A metric is the same wherever it is reported.

    Metrics of one name with another help text, other labels or another type are refused by the reporting library: those
    that come later are missing. The workflow runs, so it is a warning.
    """
    seen: dict[str, tuple[object, ...]] = {}
    for path, metric in metrics_of(workflow.graph):
        name = text(metric.get("name"))
        labels = sorted(text(mapping(label).get("key")) for label in sequence(metric.get("labels")))
        facts = (metric.get("help"), labels, [each for each in TYPES if isinstance(metric.get(each), dict)])
        first = seen.setdefault(name, facts)
        different = [
            what for what, one, other in zip(("help", "labels", "type"), first, facts, strict=True) if one != other
        ]
        if name and different:
            yield path, f"another metric {shown(name)} has another {' and '.join(different)}"

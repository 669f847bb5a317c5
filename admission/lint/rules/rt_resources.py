from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from admission.argo.languages import LanguageError, quantities
from admission.argo.workflow import Workflow
from admission.lint.pods import containers_of
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.path import Path


@rule(
    mentions=('"requests"', ':"-', ":-"),
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine, resources: {requests: {cpu: 500m}, limits: {cpu: "1"}}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container:
              image: alpine
              resources:
                requests:
                  cpu: "2"  # finding
                limits: {cpu: 500m}
        """,
)
def rt_resources(workflow: Workflow) -> Iterator[Hit]:
    """
    What a container asks for is not more than its limit.

    Kubernetes refuses the pod, as it does with negative amounts, and so with the resources of a whole pod: certain, so
    denied.
    """
    for path, resources in placed(workflow.graph, "podResources"):
        yield from _problems(path, mapping(resources))
    for node in workflow.graph.nodes:
        for path, container in containers_of(node):
            resources = container.get("resources")
            if isinstance(resources, dict):
                yield from _problems(path / "resources", resources)


def _problems(path: Path, resources: Document) -> Iterator[Hit]:
    limits = mapping(resources.get("limits"))
    for field in ("limits", "requests"):
        for name, amount in mapping(resources.get(field)).items():
            value = _value(amount)
            limit = _value(limits.get(name)) if field == "requests" else None
            if value is not None and value.numerator < 0:
                yield path / field / name, f"{amount} is less than nothing"
            elif value is not None and limit is not None and value > limit:
                yield path / field / name, f"{amount} is more than the limit, {limits[name]}"


def _value(amount: object) -> Fraction | None:
    try:
        return quantities.parse(amount) if isinstance(amount, str | int | float) else None
    except LanguageError:
        return None

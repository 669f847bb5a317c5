from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, placed
from admission.lint.rule import Hit, rule
from admission.lint.texts import MalformedText, documents

#: The lists whose elements are found by a name.
LISTS = ("containers", "initContainers", "volumes", "ephemeralContainers")


@rule(
    good="""
        spec:
          podSpecPatch: |
            containers: [{name: main, resources: {limits: {cpu: 1}}}]
        """,
    bad="""
        spec:
          podSpecPatch: "containers: ["  # finding
        """,
)
def rt_podspecpatch(workflow: Workflow) -> Iterator[Hit]:
    """
    A podSpecPatch is YAML or JSON of a part of a pod.

    Argo merges it when it makes the pod, and ends the step in Error where it cannot: certain where no tag is in it, so
    denied. Containers in it are found by their names.
    """
    for path, value in placed(workflow.graph, "podSpecPatch"):
        written = literal(value)
        if written and (problem := _problem(written)):
            yield path, problem


def _problem(written: str) -> str:
    try:
        found = documents(written)
    except MalformedText as error:
        return f"not YAML: {error}" if error.certain else ""
    patch = found[0] if found else None
    if not isinstance(patch, dict):
        return "not an object: begin with a field of a pod, such as containers:"
    for name in LISTS:
        elements = patch.get(name, [])
        if not isinstance(elements, list | None):
            return f"{name} is a list"
        for element in elements or ():
            if not isinstance(element, dict) or not (element.get("name") or "$patch" in element):
                return f"each element of {name} has a name, by which it is found"
    return ""

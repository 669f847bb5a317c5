from __future__ import annotations

from collections.abc import Iterator

from admission.argo.types import types
from admission.argo.workflow import Workflow
from admission.lint.reading import literal, near, placed, shown
from admission.lint.rule import Hit, rule
from admission.lint.texts import MalformedText, documents
from admission.model.document import Document, sequence
from admission.model.finding import Action

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
    denied. Containers in it are found by their names. A field that a pod does not have is dropped without a word: a
    warning.
    """
    for path, value in placed(workflow.graph, "podSpecPatch"):
        written = literal(value)
        if not written:
            continue
        patch, problem = _read(written)
        if problem := problem or _problem(patch):
            yield path, problem
        else:
            yield from ((path, said, Action.WARN) for said in _unknown(patch))


def _read(written: str) -> tuple[Document, str]:
    """The patch, or why it is none."""
    try:
        found = documents(written)
    except MalformedText as error:
        return {}, f"not YAML: {error}" if error.certain else ""
    if not found or not isinstance(found[0], dict):
        return {}, "not an object: begin with a field of a pod, such as containers:"
    return found[0], ""


def _problem(patch: Document) -> str:
    for name in LISTS:
        elements = patch.get(name, [])
        if not isinstance(elements, list | None):
            return f"{name} is a list"
        for element in elements or ():
            if not isinstance(element, dict) or not (element.get("name") or "$patch" in element):
                return f"each element of {name} has a name, by which it is found"
    return ""


def _unknown(patch: Document) -> Iterator[str]:
    """The fields that a pod or a container does not have."""
    parts = [("PodSpec", patch)]
    for name in ("containers", "initContainers"):
        parts += [("Container", each) for each in sequence(patch.get(name)) if isinstance(each, dict)]
    for kind, document in parts:
        known = types()[kind].fields
        # Of letter case and of values another rule speaks.
        folded = {name.lower() for name in known}
        for field in document:
            if isinstance(field, str) and field.lower() not in folded and not field.startswith("$"):
                yield f"a {WORDS[kind]} has no field {shown(field)}, it is dropped{near(field, known)}"


WORDS = {"PodSpec": "pod", "Container": "container"}

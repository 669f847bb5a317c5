"""What a step or task makes known to those after it (argo-validation 6.3 and 6.4)."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages.tags import OPEN, tags
from admission.argo.validation.base import type_of
from admission.argo.validation.inputs import artifacts, parameters
from admission.argo.validation.scope import ITEM, OUTPUT_ARTIFACTS, OUTPUT_PARAMETERS
from admission.argo.validation.tables import tables
from admission.model.document import Document, mapping, sequence, text


def names(template: Document | None, node: str, looped: bool) -> Iterator[str]:
    """The names that begin with *node* (``steps.a``), *looped* by withItems or withParam; *template* may be unknown."""
    table = tables()
    yield from (f"{node}.{name}" for name in table.node)
    if template is None:
        return
    if template.get("daemon") is True:
        yield from (f"{node}.{name}" for name in table.daemon)
    if has_result(template) or (looped and type_of(template) in table.looped_result_types):
        yield from (f"{node}.{name}" for name in table.result)
    for kind, entries in (
        ("parameters", parameters(template, "outputs")),
        ("artifacts", artifacts(template, "outputs")),
    ):
        yield from (f"{node}.outputs.{kind}.{text(entry.get('name'))}" for entry in entries)
    if looped:
        yield f"{node}.outputs.parameters"


def has_result(template: Document) -> bool:
    """Whether one run of the template has a result and an exit code."""
    type = type_of(template)
    if type != "containerSet":
        return type in tables().result_types
    containers = sequence(mapping(template.get("containerSet")).get("containers"))
    return any(mapping(container).get("name") == "main" for container in containers)


def global_names(template: Document | None) -> tuple[list[str], list[str]]:
    """The names known to the whole workflow once the template has run, and the marks of those that a tag decides."""
    known: list[str] = []
    marks: list[str] = []
    lists = (("parameters", parameters, OUTPUT_PARAMETERS), ("artifacts", artifacts, OUTPUT_ARTIFACTS))
    for kind, entries, mark in lists:
        for entry in entries(template or {}, "outputs"):
            name = text(entry.get("globalName"))
            if name and is_tagged(name):
                marks.append(mark)
            elif name:
                known.append(f"workflow.outputs.{kind}.{name}")
    return known, marks


def is_tagged(value: str) -> bool:
    """Whether a simple tag occurs in *value*."""
    return OPEN in value and any(not tag.is_expression for tag in tags(value))


def is_looped(holder: Document) -> bool:
    """Whether a step or task runs once for each of a list; ``withSequence`` does not count (f1)."""
    return bool(sequence(holder.get("withItems"))) or bool(text(holder.get("withParam")))


def has_exit_hook(step: Document) -> bool:
    """Whether something runs when the step ends."""
    return "exit" in mapping(step.get("hooks")) or bool(text(step.get("onExit")))


def items(holder: Document) -> tuple[set[str], set[str]]:
    """The names of the items of a loop, and the mark of any other where only running tells which there are."""
    listed = sequence(holder.get("withItems"))
    if listed:
        return {name for item in listed for name in _item(item)}, set()
    if text(holder.get("withParam")):
        return {"item"}, {ITEM}
    return ({"item"} if isinstance(holder.get("withSequence"), dict) else set()), set()


def _item(item: object) -> Iterator[str]:
    if isinstance(item, dict):
        yield from (f"item.{key}" for key in item)
    elif isinstance(item, list):
        yield from (f"item.[{index}]" for index in range(len(item)))
    elif item is not None:
        yield "item"

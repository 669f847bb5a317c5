"""A document, struct by struct, by the table of Go types: where each stands and in which template and container."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.types import Type, types
from admission.model.document import Document
from admission.model.path import Path
from admission.policy.targets import Found

#: Shapes with nothing in them that is a struct.
SCALARS = frozenset({"str", "bool", "int", "int32", "uint", "intstr", "qty", "text", "any", "plugin", "bytes", "time"})

#: Types of containers.
CONTAINERS = frozenset({"Container", "ScriptTemplate", "ContainerNode", "UserContainer", "EphemeralContainer"})


@dataclass(frozen=True, slots=True)
class Struct:
    """
    A Go struct in a document.

    *value* has its fields spelled as the type does, whatever case the author wrote them in. *within* is the template
    (empty outside of all) and *container* the container that it is or is in.
    """

    type: str
    path: Path
    value: Document
    within: Document
    container: Document | None

    def at(self, field: str) -> Found:
        """The place of *field*, for findings and exceptions."""
        return Found(self.path / field, self.within if self.container is None else self.container, self.within)

    @property
    def here(self) -> Found:
        return Found(self.path, self.within if self.container is None else self.container, self.within)


def structs(document: object, type_name: str, path: Path, around: Struct | None = None) -> Iterator[Struct]:
    """*document*, a *type_name* at *path*, and every struct in it."""
    shell = around or Struct("", path, {}, {}, None)
    yield from _walk(document, type_name, path, shell)


def _walk(value: object, shape: str, path: Path, around: Struct) -> Iterator[Struct]:
    shape = shape.removeprefix("*")
    if shape.startswith("[]") and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _walk(item, shape[2:], path / index, around)
    elif shape.startswith("{}") and isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, shape[2:], path / key, around)
    elif isinstance(value, dict) and (known := types().get(shape)) is not None:
        yield from _struct(value, known, path, around)


def _struct(value: Document, known: Type, path: Path, around: Struct) -> Iterator[Struct]:
    # Argo's decoder takes a field in any case, and so must whoever looks for what it does.
    fields = {name: field for name in value if (field := known.find(name))}
    spelled = {field.name: value[name] for name, field in fields.items() if value[name] is not None}
    within, container = around.within, around.container
    if known.name == "Template":
        within, container = value, None
    elif known.name in CONTAINERS:
        container = value
    here = Struct(known.name, path, spelled, within, container)
    yield here
    for name, field in fields.items():
        if field.shape.lstrip("*[]{}") not in SCALARS:
            yield from _walk(value[name], field.shape, path / name, here)

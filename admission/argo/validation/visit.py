"""What is looked at on the way: templates with their values, and the calls between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from admission.argo.validation.base import Base, Template
from admission.argo.validation.filled import Filled
from admission.argo.validation.place import Place
from admission.argo.validation.references import Callee
from admission.argo.validation.text import Steps
from admission.model.document import Document


class Visit(NamedTuple):
    """A template that Argo looks at, as it is with its values put in."""

    template: Template
    base: Base
    filled: Filled
    #: The type of what is left of the template after substitution.
    type: str

    @classmethod
    def of(cls, template: Template, base: Base, filled: Filled) -> Visit:
        """The visit of *template*, which has become *filled*."""
        # That has been through JSON, from which Go leaves out empty lists: of ``steps: []`` nothing is left.
        empty = template.type == "steps" and not template.document["steps"]
        return cls(template, base, filled, "" if empty else template.type)

    @property
    def goes_on(self) -> bool:
        """Whether its body has calls to follow, or tags that are left."""
        return self.type in ("steps", "dag") or bool(self.filled.texts)

    @property
    def place(self) -> Place:
        return self.template.place

    @property
    def document(self) -> Document:
        """The template after substitution."""
        return self.filled.document

    def at(self, below: Steps) -> Place:
        """The place of what stands there in the template."""
        if below[:1] == ("metadata",) and self.template.merged is not self.template.document:
            node: Any = self.template.document
            for step in below:
                node = node.get(step) if isinstance(node, dict) else None
            if node is None:
                return self.base.place.join(("podMetadata", *below[1:]))
        return self.place.join(below)


@dataclass(frozen=True, slots=True)
class Call:
    """A reference that Argo follows: from which visit (``None``: the workflow itself), where, and to what."""

    caller: Visit | None
    place: Place
    holder: Document
    callee: Callee

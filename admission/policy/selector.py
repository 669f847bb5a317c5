"""Kubernetes' label selectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from admission.model.document import Document

#: By operator: whether a label of that value (None: absent) meets the requirement (apimachinery, labels.Requirement).
_OPERATORS: dict[str, Callable[[str | None, frozenset[str]], bool]] = {
    "In": lambda value, values: value in values,
    "NotIn": lambda value, values: value not in values,
    "Exists": lambda value, values: value is not None,
    "DoesNotExist": lambda value, values: value is None,
}


@dataclass(frozen=True, slots=True)
class Selector:
    """Requirements on labels, all of which must be met: label, operator, values."""

    requirements: tuple[tuple[str, str, frozenset[str]], ...]

    @classmethod
    def from_document(cls, document: Document) -> Selector | None:
        """The selector; None where it has no requirement, for that selects everything."""
        equal = [(key, "In", frozenset({value})) for key, value in document.get("matchLabels", {}).items()]
        other = [
            (item["key"], item["operator"], frozenset(item.get("values", ())))
            for item in document.get("matchExpressions", ())
        ]
        return cls((*equal, *other)) if equal or other else None

    def selects(self, labels: Mapping[str, str]) -> bool:
        return all(_OPERATORS[operator](labels.get(key), values) for key, operator, values in self.requirements)

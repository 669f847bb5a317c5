"""
One walk over the stored and the new document: what differs only because of us or the controller is put back.

Elements of lists are known by their key or name, since lists are replaced as a whole by whoever applies a manifest.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from admission.argo.folding.globals import became
from admission.argo.folding.records import Records
from admission.argo.languages import quantities
from admission.argo.merge_order import identity
from admission.argo.types import Field, types
from admission.argo.validation.values import any_string
from admission.errors import LanguageError
from admission.model.document import Document, mapping
from admission.model.patch import same
from admission.model.path import Path

ABSENT: Any = object()

#: What makes a template what it is. Taken away by its author, nothing of it is put back.
_BODIES = frozenset(
    {"container", "containerSet", "dag", "data", "http", "plugin", "resource", "script", "steps", "suspend", "inline"}
)


@dataclass(frozen=True)
class At:
    """
    A place: its *path* in the stored document and its *shape*; *default* and *applied* are what the controller's
    defaults and the manifest that was applied last have there. *key* is that of the list that stands there.
    """

    path: Path
    shape: str
    default: Any = ABSENT
    applied: Any = ABSENT
    key: str = ""

    def field(self, name: str) -> At:
        of = types().get(self.shape)
        known = of.fields.get(name) if of else None
        shape = known.shape if known else self.shape[2:] if self.shape.startswith("{}") else ""
        return At(
            self.path / name,
            shape.removeprefix("*"),
            mapping(self.default).get(name, ABSENT),
            mapping(self.applied).get(name, ABSENT),
            known.key if known else "",
        )

    def element(self, index: int, token: Hashable) -> At:
        shape = self.shape[2:].removeprefix("*") if self.shape.startswith("[]") else ""
        return At(self.path / index, shape, _named(self.default, self, token), _named(self.applied, self, token))

    def token(self, element: Any, index: int) -> Hashable:
        """What an element of the list that stands here is known by."""
        name = self.key if self.key not in ("", "-") else "name"
        return identity(element, name) or ("", index)

    def is_empty(self, name: str, value: Any) -> bool:
        """Whether Argo makes no difference between *value* and nothing, in that field."""
        of = types().get(self.shape)
        known: Field | None = of.fields.get(name) if of else None
        if value is None or known is None:
            return value is None
        # What Go always writes is there once the controller has written the object, and says nothing while it is empty.
        return known.is_empty(value) or (known.always and value == "") or (known.is_struct and not value)


def _named(elements: Any, at: At, token: Hashable) -> Any:
    found = enumerate(elements) if isinstance(elements, list) else ()
    return next((each for index, each in found if at.token(each, index) == token), ABSENT)


@dataclass
class Folding:
    """
    One folding back. *variables* are the global ones; *wanted* gathers the names of copied templates that are still
    run by what was folded back.
    """

    records: Records
    variables: Mapping[str, str]
    wanted: set[str] = field(default_factory=set)

    def value(self, old: Any, new: Any, at: At) -> Any:
        """*new* with what explains itself put back as in *old*."""
        if same(old, new):
            return old
        if isinstance(old, dict) and isinstance(new, dict):
            return self._object(old, self._reference(old, new), at)
        if isinstance(old, list) and isinstance(new, list):
            return self._list(old, new, at)
        return old if self._explained(old, new, at) else new

    def _object(self, old: Document, new: Document, at: At) -> Document:
        result: Document = {}
        for name, each in new.items():
            if name in old:
                result[name] = self.value(old[name], each, at.field(name))
            elif not at.is_empty(name, each):
                result[name] = each
        for name, each in old.items():
            if name in new:
                continue
            back = each if at.is_empty(name, each) else self.back(each, at.field(name))
            if back is not ABSENT:
                result[name] = back
        return result

    def _reference(self, old: Document, new: Document) -> Document:
        """*new* with its ``templateRef`` as it was written out in *old*, if it was that one."""
        reference, name = new.get("templateRef"), old.get("template")
        if not isinstance(reference, dict) or not isinstance(name, str) or "templateRef" in old:
            return new
        # A hook stands in a map, so that kubectl sends the reference beside what we have made of it.
        if new.get("template", name) != name:
            return new
        if not self.records.is_copy(name, reference):
            return new
        self.wanted.add(name)
        return {**{key: each for key, each in new.items() if key != "templateRef"}, "template": name}

    def _list(self, old: list[Any], new: list[Any], at: At) -> list[Any]:
        before = {at.token(each, index): index for index, each in enumerate(old)}
        tokens = [at.token(each, index) for index, each in enumerate(new)]
        if len(before) < len(old) or len(set(tokens)) < len(new) or not self._comparable(old, new, at):
            return new
        folded = {
            token: self.value(old[before[token]], each, at.element(before[token], token)) if token in before else each
            for token, each in zip(tokens, new, strict=True)
        }
        for token, index in before.items():
            if token not in folded and self.is_ours(old[index], at.element(index, token), at.key):
                folded[token] = old[index]
        return [folded[token] for token in _order(list(before), tokens, folded)]

    @staticmethod
    def _comparable(old: list[Any], new: list[Any], at: At) -> bool:
        """Elements without a name are known by their place, which says nothing once one came or went."""
        nameless = any(at.token(each, index) == ("", index) for index, each in enumerate((*old, *new)))
        return len(old) == len(new) or not nameless

    def is_ours(self, element: Any, at: At, key: str) -> bool:
        """Whether an element of a list stands there because of us or of the controller's defaults."""
        name = key if key not in ("", "-") else "name"
        return self.records.has(at.path) or self.records.has(at.path / name) or _covers(at.default, element)

    def back(self, old: Any, at: At) -> Any:
        """What of *old* is to be put back where the new document has nothing; ``ABSENT`` if nothing is."""
        if self.records.has(at.path) or _covers(at.default, old):
            return old
        if not isinstance(old, dict) or at.path[-1] in _BODIES:
            return ABSENT
        if not self.records.has_below(at.path) and not isinstance(at.default, dict):
            return ABSENT
        parts = {name: self.back(each, at.field(name)) for name, each in old.items()}
        return {name: each for name, each in parts.items() if each is not ABSENT} or ABSENT

    def _explained(self, old: Any, new: Any, at: At) -> bool:
        """Whether a value that is another one now is only what the author wrote before."""
        if at.shape == "text" and any_string(old) == any_string(new):
            return True
        if at.shape == "qty" and _same_quantity(old, new):
            return True
        repeated = at.applied is not ABSENT and same(at.applied, new)
        if repeated and self.records.has(at.path):
            return True
        outside = "templates" not in at.path[:2] and at.path[:1] == ("spec",)
        if not (outside and isinstance(old, str) and isinstance(new, str)):
            return False
        return became(new, old, self.variables, repeated=repeated)


def _same_quantity(one: Any, other: Any) -> bool:
    """Whether two quantities are the same amount: the controller writes ``1000m`` as ``1``."""
    try:
        return quantities.parse(one) == quantities.parse(other)
    except (LanguageError, TypeError, AttributeError):
        return False


def _covers(default: Any, value: Any) -> bool:
    """Whether the controller's defaults give *value*."""
    return default is not ABSENT and same(default, value)


def _order(before: list[Hashable], now: list[Hashable], there: Mapping[Hashable, Any]) -> list[Hashable]:
    """The elements that are *there*: as they were *before*, unless the author has them in another order *now*."""
    common = [token for token in before if token in now]
    if common != [token for token in now if token in set(before)]:
        return [*now, *(token for token in before if token in there and token not in now)]
    ordered = [token for token in before if token in there]
    for index, token in enumerate(now):
        if token not in ordered:
            ordered.insert(ordered.index(now[index - 1]) + 1 if index else 0, token)
    return ordered


def without(document: Document, name: str) -> Document:
    """*document* without that field."""
    return {key: value for key, value in document.items() if key != name}


def at_spec(defaults: Document, applied: Document) -> At:
    """The spec of a Workflow, of which *defaults* are the controller's, and *applied* what a policy has put in."""
    return replace(At(Path(), "Workflow", defaults, applied).field("spec"), shape="WorkflowSpec")

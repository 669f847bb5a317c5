"""
Mutations as JSON Patches of a MutatingAdmissionPolicy.

A fragment must be written out as a map, with expressions only as its values: what is patched has to be known before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from admission.argo.types import inner
from admission.model.document import Document
from admission.policy.cel.syntax import tokens
from admission.policy.export.targets import Targets
from admission.policy.export.text import Unexportable, checked, literal, present, renamed, selected
from admission.policy.export.validating import ROOTS
from admission.policy.program import Change
from admission.policy.spec import Target
from admission.policy.weaker import could_weaken

_NOTHING = "null"


@dataclass(frozen=True)
class Case:
    """A fragment, and the condition under which it is merged; empty: always."""

    condition: str
    fragment: dict[str, Any]


def mutation(change: Change, targets: Targets) -> Document:
    """*change* as one mutation. ``Unexportable`` where it cannot be one."""
    target = change.mutation.target
    names = _names(target, targets)
    cases = [Case("", _fragment(change.mutation.fragment or {}))]
    if change.fragment is not None:
        cases = list(_cases(renamed(checked(change.fragment.text, ROOTS), names)))
    unseen = change.mutation.overrides and change.fragment is not None and not change.mutation.allow_weaker
    if unseen and any(could_weaken(case.fragment) for case in cases):
        raise Unexportable("nobody would see that a set weakens what was there (allowWeaker is false)")
    merge = _Merge(change.mutation.overrides)
    here = targets["workflow"] if target is Target.WORKFLOW else "target.object"
    pointer = "''" if target is Target.WORKFLOW else "string(target.path)"
    shape = {Target.WORKFLOW: "Workflow", Target.TEMPLATE: "Template"}.get(target, "Container")
    patches = " + ".join(merge.case(case, here, pointer, shape) for case in cases if case.fragment)
    if target is not Target.WORKFLOW:
        patches = f"{targets.of(target)}.map(target, {patches}).flatten()"
    return {"patchType": "JSONPatch", "jsonPatch": {"expression": patches}}


@dataclass(frozen=True)
class _Merge:
    """Writes the patches of one fragment. *overrides*: it goes over what is there."""

    overrides: bool

    def case(self, case: Case, here: str, pointer: str, shape: str) -> str:
        patches = self.patches(case.fragment, here, pointer, shape)
        return f"({case.condition} ? {patches} : [])" if case.condition else patches

    def patches(self, fragment: Mapping[str, Any], here: str, pointer: str, shape: str) -> str:
        """A list of patches that merge *fragment* into *here*, which is there."""
        return " + ".join(filter(None, (self._field(*item, here, pointer, shape) for item in fragment.items()))) or "[]"

    def _field(self, name: str, value: Any, here: str, pointer: str, shape: str) -> str:
        below, key = inner(shape, name)
        there, place = present(here, name), _pointer(pointer, name)
        if key and isinstance(value, str) and value.startswith("["):
            raise Unexportable(f"the elements of {name} are merged by {key}")
        if value == _NOTHING:
            remove = f"[JSONPatch{{op: 'remove', path: {place}}}]"
            return f"({there} ? {remove} : [])" if self.overrides else ""
        add = f"[JSONPatch{{op: 'add', path: {place}, value: {_whole(value)}}}]"
        if isinstance(value, str):
            return add if self.overrides else f"({there} ? [] : {add})"
        return f"({there} ? {self.patches(value, selected(here, name), place, below)} : {add})"


def _names(target: Target, targets: Targets) -> dict[str, str]:
    names = {"workflow": targets["workflow"], "params": targets["params"]}
    if target is Target.WORKFLOW:
        return {**names, "object": targets["workflow"]}
    return {**names, "object": "target.object", "container": "target.object", "template": "target.template"}


def _pointer(pointer: str, name: str) -> str:
    step = literal("/" + name.replace("~", "~0").replace("/", "~1"))
    return step if pointer == "''" else f"{pointer} + {step}"


def _whole(value: Any) -> str:
    """A fragment as one value of CEL; what is null in it is not there."""
    if isinstance(value, str):
        return value
    items = ((name, item) for name, item in value.items() if item != _NOTHING)
    return "{" + ", ".join(f"{literal(name)}: dyn({_whole(item)})" for name, item in items) + "}"


def _fragment(value: Mapping[str, Any]) -> dict[str, Any]:
    """A fragment that is written out in the policy."""
    return {name: _fragment(item) if isinstance(item, Mapping) else literal(item) for name, item in value.items()}


def _cases(text: str) -> Iterator[Case]:
    """The maps that an expression gives, each with the condition for it."""
    parts = _ternary(_unwrapped(text))
    if parts is None:
        yield Case("", _map(text))
        return
    condition, yes, no = parts
    for case in _cases(yes):
        yield Case(_both(f"({condition})", case.condition), case.fragment)
    for case in _cases(no):
        yield Case(_both(f"!({condition})", case.condition), case.fragment)


def _both(one: str, other: str) -> str:
    return f"{one} && {other}" if other else one


def _ternary(text: str) -> tuple[str, str, str] | None:
    """The parts of ``condition ? yes : no``; None where *text* is something else."""
    pieces = _pieces(text)
    if "?" not in pieces:
        return None
    first, depth = pieces.index("?"), 0
    for index in range(first + 1, len(pieces)):
        depth += (pieces[index] == "?") - (pieces[index] == ":")
        if depth < 0:
            return "".join(pieces[:first]), "".join(pieces[first + 1 : index]), "".join(pieces[index + 1 :])
    return None


def _map(text: str) -> dict[str, Any]:
    """A map that is written out: its maps, and other values as CEL."""
    inner = _unwrapped(text)
    if not (inner.startswith("{") and inner.endswith("}") and len(_pieces(inner)) == 1):
        raise Unexportable("the fragment is no map that is written out")
    found: dict[str, Any] = {}
    for entry in _split(inner[1:-1], ","):
        if not entry:
            continue
        key, *rest = _split(entry, ":")
        value = ":".join(rest).strip()
        name = _name(key)
        written_out = value.startswith("{") and len(_pieces(value)) == 1
        found[name] = _map(value) if written_out else value
    return found


def _name(key: str) -> str:
    if len(tokens(key)) != 1 or tokens(key)[0][0] != "string" or "\\" in key:
        raise Unexportable(f"the fragment has a field that is not written out: {key}")
    return key.strip("'\"")


def _unwrapped(text: str) -> str:
    text = text.strip()
    while text.startswith("(") and len(_pieces(text)) == 1:
        text = text[1:-1].strip()
    return text


def _split(text: str, mark: str) -> list[str]:
    """*text* at those operators that are within no brackets."""
    parts = [""]
    for piece in _pieces(text):
        if piece == mark:
            parts.append("")
        else:
            parts[-1] += piece
    return [part.strip() for part in parts]


def _pieces(text: str) -> list[str]:
    """The tokens of *text*, but everything within brackets, with these, as one."""
    pieces: list[str] = []
    depth = 0
    for _, part in tokens(text):
        opens, closes = part in ("(", "[", "{", "[?"), part in (")", "]", "}")
        if depth or (closes and pieces):
            pieces[-1] += part
        else:
            pieces.append(part)
        depth += opens - closes
    return pieces

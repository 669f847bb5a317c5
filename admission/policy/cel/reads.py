"""
What an expression reads, as far as its text says.

Two things need it. A value with ``{{…}}`` in it is known only when the workflow runs, so a validation that reads one
is unknown. And verdicts are remembered by what they were made of, which is much less than the whole target.

The answer errs towards more: a path that may be read counts as read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, reduce
from typing import Any, TypeAlias

from admission.policy.cel.engine import VARIABLES
from admission.policy.cel.syntax import Call, Collection, Index, Literal, Name, Node, Select

#: A step to any element of a list or map.
ANY = "*any*"

#: A variable and the steps from it.
Place: TypeAlias = tuple[str | int, ...]


class Mode(Enum):
    """How much of a place is read: all below it, its keys or elements, its size, or whether it is there."""

    ALL = "all"
    KEYS = "keys"
    SIZE = "size"
    PRESENCE = "presence"


#: From the closest look to the shortest; the last two see no more of a place than whoever goes on from there.
_LOOKS = (Mode.ALL, Mode.KEYS, Mode.SIZE, Mode.PRESENCE)


@dataclass(frozen=True, slots=True)
class Value:
    """Where the value of an expression comes from: places, and for a new list or map where its elements come from."""

    places: frozenset[Place] = frozenset()
    elements: Value | None = None

    def __or__(self, other: Value) -> Value:
        if self.elements is None or other.elements is None:
            return Value(self.places | other.places, self.elements or other.elements)
        return Value(self.places | other.places, self.elements | other.elements)

    def step(self, step: str | int) -> Value:
        """Where an element comes from; of a new list or map it may be any."""
        there = Value(frozenset((*place, step) for place in self.places))
        return there if self.elements is None else there | self.elements

    def all_places(self) -> frozenset[Place]:
        """The places of all of it."""
        return self.places if self.elements is None else self.places | self.elements.all_places()


NOTHING = Value()


@dataclass(frozen=True)
class Reads:
    """
    What an expression reads.

    *places*: what, and how. *value*: where the result comes from. *names*: the variables that it names, those of the
    policy as ``variables.<name>``.
    """

    places: frozenset[tuple[Place, Mode]]
    value: Value
    names: frozenset[str]

    @cached_property
    def telling(self) -> tuple[tuple[Place, Mode], ...]:
        """Those of *places* that have a tag if any has: without those in another, and those on the way to another."""
        most = dict(sorted(self.places, key=lambda item: -_LOOKS.index(item[1])))
        left = [place for place in most if not any(most.get(up) is Mode.ALL for up in _above(place))]
        passed = {up for place in left for up in _above(place)}
        return tuple((place, most[place]) for place in left if place not in passed or most[place] in _LOOKS[:2])

    def fields(self, root: str) -> frozenset[str] | None:
        """The fields of the variable *root* that matter for the result; None where all of it may."""
        places = [place for place, _ in self.places if place[0] == root]
        if any(len(place) == 1 or not isinstance(place[1], str) or place[1] == ANY for place in places):
            return None
        return frozenset(str(place[1]) for place in places)


NO_READS = Reads(frozenset(), NOTHING, frozenset())


def reads(node: Node, known: Mapping[str, Value] | None = None, scope: Mapping[str, Value] | None = None) -> Reads:
    """
    What *node* reads. *known*: where the values of some variables come from; others are places themselves.

    *scope*: the same of variables of loops around it.
    """
    reader = _Reader(dict(known or {}))
    value = reader.value(node, scope or {})
    return Reads(frozenset(reader.places), value, frozenset(reader.names))


def whole(found: Reads) -> Reads:
    """*found* where the result itself is looked at, too."""
    places = found.places | {(place, Mode.ALL) for place in found.value.all_places()}
    return Reads(places, found.value, found.names)


def union(many: Iterable[Reads]) -> Reads:
    """All that any of *many* reads."""
    return reduce(
        lambda one, other: Reads(one.places | other.places, one.value | other.value, one.names | other.names),
        many,
        NO_READS,
    )


def _above(place: Place) -> Iterator[Place]:
    return (place[:end] for end in range(1, len(place)))


def templated(value: Any, steps: Place, mode: Mode) -> bool:
    """Whether what is read of *value* at *steps*, or on the way there, has ``{{`` in it."""
    if isinstance(value, str):
        return "{{" in value and (bool(steps) or mode is not Mode.PRESENCE)
    if not steps:
        return any("{{" in text for text in _texts(value, mode))
    rest = steps[1:]
    if steps[0] == ANY and isinstance(value, dict) and any("{{" in key for key in value):
        return True  # whoever goes through a map may look at its keys
    for item in _items(value, steps[0]):  # noqa: SIM110  of large lists this is most of what a policy costs
        if templated(item, rest, mode):
            return True
    return False


def _items(value: Any, step: str | int) -> Iterable[Any]:
    if isinstance(value, dict):
        if step == ANY:
            return value.values()
        return (value[step],) if step in value else ()
    if isinstance(value, list):
        if step == ANY:
            return value
        return value[step : step + 1] if isinstance(step, int) else ()
    return ()


def _texts(value: Any, mode: Mode) -> Iterator[str]:
    if mode in (Mode.SIZE, Mode.PRESENCE):
        return
    for item in value if isinstance(value, (dict, list)) else ():
        if isinstance(item, str):
            yield item
    if mode is Mode.ALL:
        items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
        for item in items:
            if isinstance(item, str):
                yield item
            else:
                yield from _texts(item, mode)


#: Macros that give true or false, and those that give a new list or map of what the last argument gives.
_TESTS = frozenset({"all", "exists", "exists_one", "existsOne", "sortBy"})
_MAPPINGS = frozenset({"map", "transformList", "transformMap", "transformMapEntry"})
_OPTIONAL_MAPPINGS = frozenset({"optMap", "optFlatMap"})

#: Functions that look no deeper than this.
_SHALLOW = {"size": Mode.SIZE, "type": Mode.PRESENCE, "hasValue": Mode.PRESENCE}

#: Functions that give one of the things they are given.
_SAME = frozenset({"orValue", "or", "value", "dyn", "of", "optional"})


@dataclass
class _Reader:
    """Walks one tree. *known* are values of variables, *places* and *names* what was found so far."""

    known: Mapping[str, Value]
    places: set[tuple[Place, Mode]] = field(default_factory=set)
    names: set[str] = field(default_factory=set)

    def value(self, node: Node, scope: Mapping[str, Value]) -> Value:
        match node:
            case Literal():
                return NOTHING
            case Name(name=name):
                return self._variable(name, scope)
            case Select(operand=operand, name=name):
                return self._selected(operand, name, scope)
            case Index(operand=operand, key=key):
                return self._indexed(operand, key, scope)
            case Collection(items=items, keys=keys):
                self._consume_all(keys, scope)
                return self._new(items, scope)
            case Call():
                return self._call(node, scope)

    def consume(self, value: Value, mode: Mode = Mode.ALL) -> None:
        self.places |= {(place, mode) for place in value.places}
        if mode in (Mode.ALL, Mode.KEYS) and value.elements is not None:
            self.places |= {(place, Mode.ALL) for place in value.elements.all_places()}

    def _variable(self, name: str, scope: Mapping[str, Value]) -> Value:
        if name in scope:
            return scope[name]
        if name not in VARIABLES:
            return NOTHING  # a type, or the namespace of functions: ``map``, ``optional.of``, ``sets.contains``
        self.names.add(name)
        return self.known.get(name, Value(frozenset({(name,)})))

    def _selected(self, operand: Node, name: str, scope: Mapping[str, Value]) -> Value:
        if isinstance(operand, Name) and operand.name == "variables" and "variables" not in scope:
            self.names.add(f"variables.{name}")
            return self.known.get(f"variables.{name}", NOTHING)
        value = self.value(operand, scope).step(name)
        self.places |= {(place, Mode.PRESENCE) for place in value.places}
        return value

    def _indexed(self, operand: Node, key: Node, scope: Mapping[str, Value]) -> Value:
        of = self.value(operand, scope)
        if isinstance(key, Literal) and key.value is not None:
            value = of.step(key.value)
        else:
            self.consume(self.value(key, scope))
            value = of.step(ANY)
        self.places |= {(place, Mode.PRESENCE) for place in value.places}
        return value

    def _new(self, items: Iterable[Node], scope: Mapping[str, Value]) -> Value:
        return Value(elements=self._any_of(items, scope))

    def _any_of(self, nodes: Iterable[Node], scope: Mapping[str, Value]) -> Value:
        return reduce(Value.__or__, (self.value(node, scope) for node in nodes), NOTHING)

    def _consume_all(self, nodes: Iterable[Node], scope: Mapping[str, Value], mode: Mode = Mode.ALL) -> None:
        for node in nodes:
            self.consume(self.value(node, scope), mode)

    def _call(self, call: Call, scope: Mapping[str, Value]) -> Value:
        function, target, arguments = call.function, call.target, call.arguments
        operands = arguments if target is None else (target, *arguments)
        if target is not None and _is_macro(call):
            return self._macro(target, function, arguments, scope)
        if function == "_?_:_":
            self._consume_all(arguments[:1], scope)
            return self.value(arguments[1], scope) | self.value(arguments[2], scope)
        if function == "has" and target is None and arguments:
            self.consume(self.value(arguments[0], scope), Mode.PRESENCE)
            return NOTHING
        if function == "_in_":
            self._consume_all(arguments[:1], scope)
            self._consume_all(arguments[1:], scope, Mode.KEYS)
            return NOTHING
        if function in _SHALLOW:
            self._consume_all(operands, scope, _SHALLOW[function])
            return NOTHING
        if function in _SAME:
            return self._any_of(operands, scope)
        if function == "_+_":
            # Of lists that are joined an element stands anywhere.
            joined = self._any_of(operands, scope)
            return Value(joined.places, joined.step(ANY))
        self._consume_all(operands, scope)
        return NOTHING

    def _macro(self, target: Node, function: str, arguments: tuple[Node, ...], scope: Mapping[str, Value]) -> Value:
        of = self.value(target, scope)
        self.consume(of, Mode.SIZE)
        if function in _OPTIONAL_MAPPINGS:
            return self.value(arguments[1], {**scope, _name(arguments[0]): of})
        element = of.step(ANY)
        two = function.startswith("transform") or (len(arguments) == 3 and function in _TESTS)
        # Of a map the first name is a key, of a list an element: reading the key counts as reading what is there.
        inner = {**scope, _name(arguments[0]): NOTHING if two else element}
        if two:
            inner[_name(arguments[1])] = element
            self.consume(Value(of.places), Mode.KEYS)
        body = arguments[2 if two else 1 :]
        if function in _MAPPINGS:
            self._consume_all(body[:-1], inner)
            return self._new(body[-1:], inner)
        self._consume_all(body, inner)
        return Value(elements=element) if function == "filter" else NOTHING


def _is_macro(call: Call) -> bool:
    names = _TESTS | _MAPPINGS | _OPTIONAL_MAPPINGS | {"filter"}
    return call.function in names and len(call.arguments) >= 2 and isinstance(call.arguments[0], Name)


def _name(node: Node) -> str:
    return node.name if isinstance(node, Name) else ""

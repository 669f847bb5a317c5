"""
How long an expression may take on what it is given, before it runs.

The engine bounds iterations, 9,999 an evaluation, but not what each of them does: to compare a long text 9,999 times
takes seconds. So an operand that a loop looks at anew in each round, because it comes from outside of it, is weighed
when its size is known. What stems from the round's own element is not: together these are as large as the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from admission.errors import EvaluationError
from admission.policy.cel.library import FUNCTIONS
from admission.policy.cel.reads import ANY, Mode, Place, Value, reads, whole
from admission.policy.cel.reads import Reads as Read
from admission.policy.cel.shape import Shape, cut, shape_of
from admission.policy.cel.syntax import Call, Collection, Index, Name, Node, Select, children

#: Iterations of one evaluation (cel-cpp).
_ITERATIONS = 9_999

#: The element of a ``foreach``.
EACH = "each"

#: Nanoseconds that an evaluation may take by what is weighed here: with all the rest it ends within 50 ms.
MOST = 20_000_000

#: Nanoseconds for a byte of text and for an element, measured with cel-cpp 0.1.3; a function of ours costs more, for
#: all that it is given is made Python's first.
_BYTE, _ELEMENT, _OURS = 0.6, 20, 100

#: Copies of what an expression reads that its value may have without being weighed.
_COPIES = 8

#: Loops; the names that stand before the expressions are one or two.
_LOOPS = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter", "sortBy"}) | frozenset(
    {"transformList", "transformMap", "transformMapEntry"}
)

#: Loops whose value has that of their last argument in it.
_MAPPINGS = frozenset({"map", "transformList", "transformMap", "transformMapEntry", "sortBy"})

#: Loops that make a list. Element by element cel-cpp copies what there is of it so far.
_BUILDERS = frozenset({"map", "filter", "sortBy", "transformList", "transformMap", "transformMapEntry"})

#: Elements of which a list is made: with more it takes more than 50 ms.
LONGEST = 1_000

#: Functions that take a text apart, and nanoseconds for each byte of it.
_SPLITTING, _PART = frozenset({"split", "findAll"}), 75

#: Operators and macros that look at nothing large, or whose operands are weighed by themselves.
_LIGHT = frozenset({"_&&_", "_||_", "!_", "-_", "_?_:_", "_*_", "_/_", "_%_", "_-_", "has", "optMap", "optFlatMap"})

_LIBRARY = frozenset(function.name for function in FUNCTIONS)


@dataclass(frozen=True)
class Range:
    """
    What a loop goes over: *lists*, by variable, or, where it is made of something else, *read*, of which it cannot
    have more elements than bytes.
    """

    lists: Mapping[str, Shape]
    read: Mapping[str, Shape]

    @classmethod
    def of(cls, target: Read) -> Range:
        """The range that an expression gives which reads *target*."""
        places = (
            target.value.places or whole(target).value.all_places() or frozenset(place for place, _ in target.places)
        )
        lists = {place if target.value.places else _list_of(place) for place in places}
        found = {(place, Mode.SIZE) for place in lists if place}
        return cls(_shapes(found), _shapes({(place, Mode.ALL) for place in places}) if None in lists else {})

    def lengths(self, values: Mapping[str, Any]) -> list[int]:
        """How many elements each list has that it may go over."""
        counted = [length for root, shape in self.lists.items() for length in _lengths(values.get(root), shape)]
        return [*counted, len(_text(self.read, values))] if self.read else counted


def _list_of(place: Place) -> Place | None:
    """The list that what is at *place* is made of, element by element; None where there is none."""
    last = max((index for index, step in enumerate(place) if step == ANY), default=0)
    return place[:last] if last else None


def _lengths(value: Any, shape: Shape) -> Iterator[int]:
    """The lengths of the lists in *value* at the ends of *shape*."""
    if not isinstance(value, dict | list) or shape is None:
        return
    if ANY in shape and not shape[ANY]:
        yield len(value)
    elif isinstance(value, list):
        for step, part in shape.items():
            for item in value if step == ANY else value[step : step + 1] if isinstance(step, int) else ():
                yield from _lengths(item, part)
    else:
        for name, part in shape.items():
            for item in value.values() if name == ANY else [value[name]] if name in value else ():
                yield from _lengths(item, part)


@dataclass(frozen=True)
class Weight:
    """
    What must be weighed of an expression.

    *heavy*: what a loop looks at anew in each round, by variable; *element_of*: the same, where that is one element of
    a loop around it. *ranges*: what loops go over, *built* those of which
    a new list is made. *depth*: loops that multiply their rounds. *element*: nanoseconds for an element. *split*: texts
    that are taken apart. *copies*: how often its value may contain what it *reads*. *names*: its variables.
    """

    heavy: Mapping[str, Shape]
    element_of: Mapping[str, Shape]
    ranges: tuple[Range, ...]
    built: tuple[Range, ...]
    split: Mapping[str, Shape]
    reads: Mapping[str, Shape]
    depth: int
    element: int
    copies: int
    names: frozenset[str]

    def check(self, values: Mapping[str, Any], elements: Sequence[Any] | None = None) -> None:
        """
        ``EvaluationError`` where it could take too long with *values* by variable.

        *elements*: it is evaluated for each of these, as ``each``.
        """
        if self.is_light:
            return
        around = values if elements is None else {**values, EACH: elements}
        times = 1 if elements is None else max(1, len(elements))
        if (self.heavy or self.element_of) and self._each_round(around) * self._rounds(around, times) > MOST:
            raise EvaluationError("it would take too long: too much is looked at in every round of a loop")
        built = [length for each in self.built for length in each.lengths(around)] * (
            1 if EACH in self.names else times
        )
        # Of a list of n elements one of n is made by n copies of what there is so far.
        if built and max(built) * sum(built) > LONGEST**2:
            raise EvaluationError(
                f"it would take too long: map and filter take {LONGEST} elements; use foreach, or all"
            )
        if self.split and len(_text(self.split, around)) * _PART > MOST:
            raise EvaluationError("it would take too long: the text that is taken apart is too long")
        if self.copies > _COPIES and len(_text(self.reads, around)) * _BYTE * self.copies**2 / 2 > MOST:
            raise EvaluationError("it would take too long: its value contains too much")

    @property
    def is_light(self) -> bool:
        """Whether there is nothing to weigh."""
        return not (self.heavy or self.element_of or self.built or self.split) and self.copies <= _COPIES

    def _rounds(self, values: Mapping[str, Any], times: int) -> int:
        """Rounds of all loops, in *times* evaluations together."""
        lengths = sum(length for each in self.ranges for length in each.lengths(values))
        if times > 1:
            return int(min(_ITERATIONS * times, (times + lengths) ** (self.depth + 1)))
        return int(min(_ITERATIONS, lengths**self.depth)) if self.depth else 1

    def _each_round(self, values: Mapping[str, Any]) -> float:
        """Nanoseconds for what every round looks at anew."""
        one = sum(self._largest(values.get(root), shape) for root, shape in self.element_of.items())
        return one + (self._nanoseconds(_text(self.heavy, values)) if self.heavy else 0)

    def _largest(self, value: Any, shape: Shape) -> float:
        """The same for *value*, of lists for their largest element."""
        if isinstance(value, dict) and shape is not None and ANY not in shape:
            return sum(self._largest(value[name], part) for name, part in shape.items() if name in value)
        if isinstance(value, list) and shape is not None and ANY in shape:
            return max((self._largest(item, shape[ANY]) for item in value), default=0)
        return self._nanoseconds(_json(cut(value, shape)))

    def _nanoseconds(self, text: bytes) -> float:
        return len(text) * _BYTE + _elements(text) * self.element


def weigh(node: Node, found: Read, known: Mapping[str, Value], copies: int) -> Weight:
    """
    The weight of the expression *node*, which reads *found*; *known*: where the values of variables come from.

    One that names ``each`` is evaluated for every element of a list, which is as good as a loop around it.
    """
    scales = _Scales(known)
    scales.walk(node, {}, _Within(frozenset({EACH}), EACH in found.names))
    ours = any(isinstance(each, Call) and each.function in _LIBRARY for each in scales.operators)
    return Weight(
        heavy=_shapes(scales.heavy),
        element_of=_shapes(scales.element_of),
        ranges=tuple(scales.ranges),
        built=tuple(scales.built),
        split=_shapes(scales.split),
        reads=_shapes(set(found.places)) if copies > _COPIES else {},
        depth=scales.depth - (EACH in found.names),
        element=_OURS if ours else _ELEMENT,
        copies=copies,
        names=found.names,
    )


@dataclass(frozen=True, slots=True)
class _Within:
    """The loops around: the variables of the innermost, and how many multiply their rounds."""

    names: frozenset[str]
    power: int


class _Scales:
    """Walks one tree. *operators* are the calls that look at something heavy."""

    def __init__(self, known: Mapping[str, Value]) -> None:
        self._known = known
        self.heavy: set[tuple[Place, Mode]] = set()
        self.element_of: set[tuple[Place, Mode]] = set()
        self.split: set[tuple[Place, Mode]] = set()
        self.ranges: list[Range] = []
        self.built: list[Range] = []
        self.operators: list[Call] = []
        #: Loops that multiply their rounds, that of ``foreach`` included.
        self.depth = 0

    def walk(self, node: Node, scope: Mapping[str, Value], within: _Within) -> None:
        """*scope*: where the variables of loops come from."""
        self.depth = max(self.depth, within.power)
        if isinstance(node, Call) and is_loop(node):
            self._loop(node, scope, within)
            return
        if isinstance(node, Call) and within.power and node.function not in _LIGHT:
            for operand in children(node):
                self._weigh(node, operand, scope, within.names)
        if isinstance(node, Call) and node.function in _SPLITTING and node.target is not None:
            self.split |= whole(self._reads(node.target, scope)).places
        for child in children(node):
            self.walk(child, scope, within)

    def _loop(self, call: Call, scope: Mapping[str, Value], within: _Within) -> None:
        target = call.target
        assert target is not None, "a loop has a receiver"
        of = self._reads(target, scope)
        over = Range.of(of)
        self.ranges.append(over)
        if call.function in _BUILDERS:
            self.built.append(over)
        # What the element of a loop is made of is gone over once, in all of its rounds together.
        own = within.power > 0 and set(_names(target)) <= within.names
        self.walk(target, scope, within)
        names = variables(call)
        inner = _Within(frozenset(names), within.power if own else within.power + 1)
        around = {**scope, **dict.fromkeys(names, of.value.step(ANY))}
        for argument in call.arguments[len(names) :]:
            self.walk(argument, around, inner)
        if call.function in _MAPPINGS:
            self._weigh(call, call.arguments[-1], around, inner.names)

    def _weigh(self, call: Call, operand: Node, scope: Mapping[str, Value], inner: frozenset[str]) -> None:
        """Take note of *operand*, if anything in it comes from outside of the innermost loop."""
        names = set(_names(operand))
        places = set() if names <= inner else whole(self._reads(operand, scope)).places
        if not places:
            return
        self.operators.append(call)
        if names <= scope.keys():
            self.element_of |= places
        else:
            self.heavy |= places

    def _reads(self, node: Node, scope: Mapping[str, Value]) -> Read:
        return reads(node, self._known, scope)


def is_loop(call: Call) -> bool:
    """Whether *call* is a macro that goes over the elements of its receiver."""
    return call.target is not None and call.function in _LOOPS and bool(variables(call))


def variables(call: Call) -> tuple[str, ...]:
    """The variables of a loop: one, or two where it has more arguments than with one."""
    two = call.function.startswith("transform") or (len(call.arguments) == 3 and call.function not in ("map", "filter"))
    names = call.arguments[: 2 if two else 1]
    if len(call.arguments) <= len(names) or not all(isinstance(each, Name) for each in names):
        return ()
    return tuple(each.name for each in names if isinstance(each, Name))


def _names(node: Node) -> Iterator[str]:
    """The variables in *node*, those of loops in it left out."""
    match node:
        case Name(name=name):
            yield name
        case Call() if is_loop(node):
            bound = variables(node)
            for child in (node.target, *node.arguments[len(bound) :]):
                if child is not None:
                    yield from (name for name in _names(child) if name not in bound)
        case Select() | Index() | Call() | Collection():
            for child in children(node):
                yield from _names(child)


def _shapes(places: set[tuple[Place, Mode]]) -> dict[str, Shape]:
    read = Read(frozenset(places), Value(), frozenset())
    shapes = {root: shape_of([read], root) for root in {str(place[0]) for place, _ in places}}
    # In place of `each` all elements are weighed together.
    return {root: {ANY: shape} if root == EACH else shape for root, shape in shapes.items()}


def _text(shapes: Mapping[str, Shape], values: Mapping[str, Any]) -> bytes:
    """What is read of *values*, as JSON."""
    return _json({root: cut(values.get(root), shape) for root, shape in shapes.items()})


def _json(value: Any) -> bytes:
    """``EvaluationError`` where *value* has no such form."""
    try:
        return orjson.dumps(value)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair: neither engine takes them
        raise EvaluationError("a value has no form in CEL") from None


def _elements(text: bytes) -> int:
    return text.count(b",") + 1

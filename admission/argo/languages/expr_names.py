"""What an expression reads from its environment, and which functions it calls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.languages.expr_nodes import Binary, Call, Let, Literal, Member, Name, Node, children


@dataclass(frozen=True, slots=True)
class Path:
    """A path that an expression reads: ``steps['a'].outputs`` has the parts ``("steps", "a", "outputs")``."""

    parts: tuple[str, ...]
    start: int
    end: int
    #: Whether more of the path follows that only the run knows: ``steps[x].id``, or a call's value.
    open: bool = False
    #: Whether an absent value is provided for: by ``?.`` in the path or ``??`` after it.
    guarded: bool = False

    def __str__(self) -> str:
        return ".".join(self.parts)


def names(root: Node) -> Iterator[Path]:
    """The paths that *root* reads, in the order of the text. Walks by a stack: chains of operators make deep trees."""
    todo: list[tuple[Node, frozenset[str], bool]] = [(root, frozenset(), False)]
    while todo:
        node, local, guarded = todo.pop()
        if isinstance(node, Name):
            if node.name not in local:
                yield Path((node.name,), node.start, node.end, guarded=guarded)
        elif isinstance(node, Member):
            place, chain = _chain(node)
            if isinstance(place, Name) and place.name not in local:
                yield _path(place, chain, guarded or any(member.optional for member in chain))
            below: list[Node] = [member.key for member in chain if not isinstance(member.key, Literal)]
            if not isinstance(place, Name):
                below.insert(0, place)
            todo.extend((child, local, guarded) for child in reversed(below))
        elif isinstance(node, Call):
            method = isinstance(node.callee, Member) and not _is_library(node.callee)
            todo.extend((argument, local, guarded) for argument in reversed(node.arguments))
            if method:
                todo.append((node.callee, local, guarded))
        elif isinstance(node, Let):
            todo += [(node.body, local | {node.name}, guarded), (node.value, local, guarded)]
        elif isinstance(node, Binary):
            todo += [(node.right, local, guarded), (node.left, local, guarded or node.operator == "??")]
        else:
            todo.extend((child, local, guarded) for child in reversed(list(children(node))))


def _chain(node: Member) -> tuple[Node, list[Member]]:
    """What the members that end in *node* are read from, and they themselves, the first one first."""
    chain: list[Member] = []
    place: Node = node
    while isinstance(place, Member):
        chain.append(place)
        place = place.of
    return place, chain[::-1]


def _path(root: Name, chain: list[Member], guarded: bool) -> Path:
    parts, end = [root.name], root.end
    for member in chain:
        if not isinstance(member.key, Literal) or not isinstance(member.key.value, str):
            return Path(tuple(parts), root.start, end, open=True, guarded=guarded)
        parts.append(member.key.value)
        end = member.end
    return Path(tuple(parts), root.start, end, guarded=guarded)


def _is_library(callee: Member) -> bool:
    """Whether the call is of the function library: ``sprig.trim(x)``."""
    return isinstance(callee.of, Name) and callee.of.name == "sprig"


def calls(root: Node) -> Iterator[Path]:
    """The functions and methods that *root* calls."""
    todo = [root]
    while todo:
        node = todo.pop()
        if isinstance(node, Call):
            if isinstance(node.callee, Name):
                yield Path((node.callee.name,), node.callee.start, node.callee.end)
            elif isinstance(node.callee, Member):
                place, chain = _chain(node.callee)
                if isinstance(place, Name):
                    yield _path(place, chain, False)
        todo.extend(reversed(list(children(node))))

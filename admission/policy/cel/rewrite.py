"""
What the first engine lacks, written by what it has.

Most of Kubernetes' functions are functions of ours (``library/``). Of some the engine has no way to be given them: a
macro, a result that is optional, a name that it has for another type. These are replaced in the text before it is
compiled, the innermost first; places in what it says of such an expression are those of the text as it is run.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from admission.errors import PolicyError
from admission.policy.cel.library import addresses, formats, lists, maps
from admission.policy.cel.syntax import Call, Name, Node, children, parse, place, tokens

#: Calls that are replaced at most; each is a parse of the whole.
_MOST = 100

#: Calls that give an address or a range, of which ``string`` is a function of ours.
_ADDRESSES = frozenset({"ip", "cidr", "masked"})


def rewritten(text: str) -> str:
    """*text* with what the engine lacks written by what it has; *text* itself where there is nothing to do."""
    for _ in range(_MOST):
        found = next(_replaceable(parse(text)), None)
        if found is None:
            return text
        text = text[: found.start] + _REPLACEMENTS[found.function](text, found) + text[found.end :]
    raise PolicyError(f"more than {_MOST} calls that this engine must be helped with: use variables")


def _replaceable(node: Node) -> Iterator[Call]:
    """The calls that are replaced, the inner ones first."""
    for child in children(node):
        yield from _replaceable(child)
    if isinstance(node, Call) and node.end and node.function in _REPLACEMENTS and _is_meant(node):
        yield node


def _is_meant(call: Call) -> bool:
    match call.function:
        case "transformMap" | "transformMapEntry":
            return call.target is not None and len(call.arguments) in (3, 4)
        case "sortBy":
            return call.target is not None and len(call.arguments) == 2
        case "named":
            return isinstance(call.target, Name) and call.target.name == "format"
        case "unwrap":
            return isinstance(call.target, Name) and call.target.name == "optional"
        case "string":
            argument = call.arguments[0] if len(call.arguments) == 1 else None
            return isinstance(argument, Call) and argument.function in _ADDRESSES
    return call.target is not None


def _receiver(text: str, call: Call) -> str:
    """The text of the receiver: all before the dot."""
    return text[call.start : call.at].rstrip().removesuffix(".").rstrip()


def _arguments(text: str, call: Call) -> str:
    """The text between the brackets."""
    opening = text.index("(", call.at)
    return text[opening + 1 : call.end - 1]


def _renamed(name: str) -> Callable[[str, Call], str]:
    return lambda text, call: f"{_receiver(text, call)}.{name}({_arguments(text, call)})"


def _map_of(text: str, call: Call) -> str:
    """A map, by a list of its keys and values."""
    key = call.arguments[0]
    if not isinstance(key, Name):
        raise PolicyError(f"{place(text, call.at)}: the first argument of {call.function} is a name")
    *before, value = _split(_arguments(text, call))
    return f"{maps.FROM_PAIRS}({_receiver(text, call)}.transformList({','.join(before)}, [dyn({key.name}), {value}]))"


def _map_of_entries(text: str, call: Call) -> str:
    return f"{maps.FROM_MAPS}({_receiver(text, call)}.transformList({_arguments(text, call)}))"


def _sorted_by(text: str, call: Call) -> str:
    """A list in the order of keys, by pairs of these and its elements."""
    element = call.arguments[0]
    if not isinstance(element, Name):
        raise PolicyError(f"{place(text, call.at)}: the first argument of {call.function} is a name")
    key = _split(_arguments(text, call))[1]
    return f"{lists.SORT_BY}({_receiver(text, call)}.map({element.name}, [dyn({key}), {element.name}]))"


def _split(arguments: str) -> list[str]:
    """Arguments, divided at the commas that stand in no bracket."""
    parts, depth, start = [], 0, 0
    for offset, token in _tokens(arguments):
        depth += (token in "([{") - (token in ")]}") if len(token) == 1 else 0
        if token == "[?":
            depth += 1
        if token == "," and depth == 0:
            parts.append(arguments[start:offset])
            start = offset + 1
    rest = arguments[start:]
    return [*parts, rest] if rest.strip() else parts


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    offset = 0
    for _, token in tokens(text):
        yield offset, token
        offset += len(token)


def _unwrapped(text: str, call: Call) -> str:
    """The values of the optionals in a list that have one."""
    listed = _arguments(text, call) if call.function == "unwrap" else _receiver(text, call)
    return f"({listed}).filter(unwrapped_, unwrapped_.hasValue()).map(unwrapped_, unwrapped_.value())"


def _optional(name: str) -> Callable[[str, Call], str]:
    """A function of ours whose empty result is *none*."""

    def replaced(text: str, call: Call) -> str:
        if call.function == "named":
            return f"optional.ofNonZeroValue({name}({_arguments(text, call)}))"
        return f"optional.ofNonZeroValue({_receiver(text, call)}.{name}({_arguments(text, call)}))"

    return replaced


_REPLACEMENTS: dict[str, Callable[[str, Call], str]] = {
    "transformMap": _map_of,
    "transformMapEntry": _map_of_entries,
    "sortBy": _sorted_by,
    "validate": _optional(formats.VALIDATE),
    "named": _optional(formats.NAMED),
    "indexOf": _renamed(lists.INDEX_OF),
    "lastIndexOf": _renamed(lists.LAST_INDEX_OF),
    "unwrap": _unwrapped,
    "unwrapOpt": _unwrapped,
    "reverse": _renamed(lists.REVERSE),
    "string": lambda text, call: f"{addresses.TEXT_OF}({_arguments(text, call)})",
}

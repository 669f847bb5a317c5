"""An expression of a policy: what it is allowed to be, compiled, and what it reads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from admission.errors import EvaluationError, PolicyError
from admission.policy.cel.engine import Engine, Program
from admission.policy.cel.library import regex
from admission.policy.cel.reads import Reads, Value, reads
from admission.policy.cel.syntax import Call, Literal, Name, Node, Select, children, parse, place, walk
from admission.policy.cel.weight import Weight, is_loop, variables, weigh

#: Characters in an expression: as many as Kubernetes' own policies may have.
MAX_LENGTH = 10_240

#: Comprehensions within one another, and functions that lengthen what others have lengthened. Iterations are bounded by
#: the engine; these bound how large a value can become in so many.
MAX_LOOPS = 3
MAX_GROWTH = 4

#: How often a result may contain what the expression reads: variables that double one another would fill the memory.
MAX_COPIES = 100

_LOOPS = frozenset({"all", "exists", "exists_one", "existsOne", "map", "filter"}) | frozenset(
    {"transformList", "transformMap", "transformMapEntry"}
)
#: What gives true or false, however much it is given.
_TRUTHS = frozenset(f"_{operator}_" for operator in ("||", "&&", "==", "!=", "<", "<=", ">", ">=", "in"))

#: What values are, for people, by what programs call it.
_KINDS = {
    "bool": "true or false",
    "string": "a text",
    "int": "a number",
    "uint": "a number",
    "double": "a number",
    "list": "a list",
    "map": "a map",
    "null": "null",
}

_GROWING = frozenset({"replace", "join", "format", "map", "transformList", "transformMap"})


@dataclass(frozen=True)
class Expression:
    """
    A compiled expression; compiled once, evaluated for every request.

    *copies*: how often its value contains what it reads, at most.
    """

    text: str
    program: Program
    reads: Reads
    weight: Weight
    copies: int = 1

    def evaluate(self, activation: Any) -> Any:
        """Its value, as JSON has it. ``EvaluationError`` where there is none."""
        return self.program.evaluate(activation)

    def elements(self, activation: Any) -> Any:
        """Its value, which should be a list, as the engine likes to have it back."""
        return self.program.raw(activation)

    def holds(self, activation: Any) -> bool:
        """Its value where that is true or false. ``EvaluationError`` where it is anything else."""
        value = self.program.evaluate(activation)
        if not isinstance(value, bool):
            raise EvaluationError(f"the expression gives {_kind(value)}, not true or false")
        return value


def compiled(
    engine: Engine,
    text: str,
    allowed: Iterable[str],
    known: Mapping[str, Value] | None = None,
    copies: Mapping[str, int] | None = None,
    wanted: str = "",
) -> Expression:
    """
    *text* as an Expression that may name the variables *allowed*.

    *known* says where the values of some come from, *copies* how often those contain what they read, *wanted* what the
    value must be (``Program.gives``). ``PolicyError``, with line and column where they are known, for all that cannot
    be run.
    """
    if len(text) > MAX_LENGTH:
        raise PolicyError(f"the expression has {len(text)} characters; {MAX_LENGTH} are allowed")
    node = parse(text)
    found = reads(node, known)
    _check_names(found, frozenset(allowed), known or {})
    _check_cost(node)
    _check_patterns(text, node)
    times = _copies(node, copies or {})
    if times > MAX_COPIES:
        raise PolicyError(f"the value could contain what it is made of {times} times; {MAX_COPIES} are allowed")
    program = engine.compile(text)
    if wanted and program.gives not in ("", wanted):
        raise PolicyError(f"the expression gives {_KINDS.get(program.gives, 'another value')}, not {_KINDS[wanted]}")
    return Expression(text, program, found, weigh(node, found, known or {}, times), times)


def _check_names(found: Reads, allowed: frozenset[str], known: Mapping[str, Value]) -> None:
    for name in sorted(found.names - allowed):
        if name == "variables":
            raise PolicyError("`variables` is not used as a whole: name one, as in `variables.registry`")
        if not name.startswith("variables."):
            raise PolicyError(f"`{name}` is not known here; there are {', '.join(sorted(allowed))}")
        if name not in known:
            raise PolicyError(f"no variable before this expression is called {name.removeprefix('variables.')!r}")


def _check_cost(node: Node) -> None:
    if _nested(node, _LOOPS) > MAX_LOOPS:
        raise PolicyError(f"more than {MAX_LOOPS} loops within one another: use foreach")
    if _nested(node, _GROWING) > MAX_GROWTH:
        raise PolicyError(f"more than {MAX_GROWTH} of {', '.join(sorted(_GROWING))} within one another")
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function == "replace" and len(inner.arguments) > 1:
            _check_short("replacement", "replace", inner.arguments[1])
        if isinstance(inner, Call) and inner.function == "join" and inner.arguments:
            _check_short("separator", "join", inner.arguments[-1])


def _check_patterns(text: str, node: Node) -> None:
    """Regular expressions that are written out are ones."""
    for inner in walk(node):
        if isinstance(inner, Call) and inner.function in ("matches", "find", "findAll"):
            operands = inner.arguments if inner.target is None else (inner.target, *inner.arguments)
            pattern = operands[1] if len(operands) > 1 else None
            if isinstance(pattern, Literal) and isinstance(pattern.value, str) and not regex.is_one(pattern.value):
                raise PolicyError(f"{place(text, inner.at)}: {pattern.value!r} is no regular expression (RE2)")


def _check_short(what: str, function: str, node: Node) -> None:
    """What is put in many times, and is not written out, could square the length of a text."""
    if not isinstance(node, Literal) or not isinstance(node.value, str) or len(node.value) > 64:
        raise PolicyError(f"the {what} of `{function}` must be a text of at most 64 characters")


def _copies(node: Node, known: Mapping[str, int]) -> int:
    """How often the value of *node* contains what it reads, at most; *known*: that of the values of variables."""
    match node:
        case Select(operand=Name(name="variables"), name=name):
            return known.get(f"variables.{name}", 1)
        case Call(function="_?_:_", arguments=(_, yes, no)):
            return max(_copies(yes, known), _copies(no, known))
        case Call(function=function) if function in _TRUTHS:
            return max((_copies(child, known) for child in children(node)), default=0)
        case Call(function="replace", arguments=(old, Literal(value=str(new)), *_)):
            return _copies(node.target or old, known) * _growth(old, new)
        case Call(target=target) if target is not None and is_loop(node):
            # Each round has its element, which has in it what the list is made of.
            element = max(1, _copies(target, known))
            return _copies(node.arguments[-1], {**known, **dict.fromkeys(variables(node), element)})
        case Literal():
            return 0
        case Name(name=name):
            return known.get(name, 1)
    return sum(_copies(child, known) for child in children(node))


def _growth(old: Node, new: str) -> int:
    """How much longer a text can become where *old* is replaced by *new*."""
    length = len(old.value) if isinstance(old, Literal) and isinstance(old.value, str) else 0
    return max(1, -(-len(new) // length) if length else len(new) + 1)


def _nested(node: Node, functions: frozenset[str]) -> int:
    """How many calls of *functions* lie within one another at most."""
    below = max((_nested(child, functions) for child in children(node)), default=0)
    return below + (isinstance(node, Call) and node.function in functions)


def _kind(value: Any) -> str:
    names = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "a map", type(None): "null"}
    return names.get(type(value), "another value")

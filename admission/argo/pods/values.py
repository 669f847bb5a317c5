"""
Values in the place of ``{{…}}``, put there pass by pass as the controller does it (argo-resolution 6.1).

Where only the run knows a value, a mark takes the place of the tag: the tag's text between two characters that no
manifest has. A mark travels with the text around it, so that wherever that ends up is known to be unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from admission.argo.languages import GO_SPACE, LanguageError, expr
from admission.argo.languages.tags import CLOSE, OPEN, tags
from admission.argo.validation import evaluate
from admission.model.document import Document
from admission.model.path import Path

#: What stands around a mark: Unicode keeps these two for a program's own use and never for a text.
_BEGIN, _END = "\ufdd0", "\ufdd1"

_MARK = re.compile(f"{_BEGIN}(.*?){_END}", re.DOTALL)
#: Variables of the run whose values are names, numbers, times and states: no quotes, no line breaks.
_PLAIN = re.compile(
    r"workflow\.(name|uid|namespace|priority|status|duration|creationTimestamp.*)|pod\.name|retries"
    r"|(steps|tasks)\.[^.]+\.(id|ip|status|startedAt|finishedAt|exitCode|hostNodeName)"
    r"|lastRetry\.(exitCode|status|duration)"
)

_UNKNOWN_ROOTS = frozenset({"steps", "tasks", "item", "inputs", "outputs", "workflow", "pod", "node", "lastRetry"})


@dataclass(frozen=True, slots=True)
class Values:
    """
    What one pass knows: *known* values by name.

    *open*: of variables whose name begins so only the run knows the value; what is neither stays for a later pass.
    """

    known: Mapping[str, str]
    open: frozenset[str] = field(default_factory=frozenset)

    def get(self, name: str, /) -> str | None:
        """The value of *name*, or a mark; None where this pass does not concern it."""
        value = self.known.get(name)
        return mark(name) if value is None and self.is_open(name) else value

    def has_root(self, root: str, /) -> bool:
        """Whether any name begins with *root* and a dot."""
        return any(name.startswith(f"{root}.") for name in self.known)

    def is_open(self, name: str) -> bool:
        return name.partition(".")[0] in self.open


#: What may be put into one text: with more no cluster would store it, and it is left open.
_MOST = 4_000_000

#: The last pass: what still has a tag of the run's own names is unknown.
REST = Values({}, _UNKNOWN_ROOTS | {"retries"})


def mark(body: str) -> str:
    """What stands for ``{{body}}`` where its value is unknown."""
    return f"{_BEGIN}{body}{_END}"


def is_unknown(value: str) -> bool:
    """Whether *value*, or a part of it, is known only to the run."""
    return _BEGIN in value


def is_harmless(written: str) -> bool:
    """Whether nothing that only the run knows of *written* can be more than a plain word."""
    return all(_PLAIN.fullmatch(body) for body in _MARK.findall(written))


def settled(value: Any, *, last: bool = True) -> tuple[Any, tuple[Path, ...]]:
    """
    *value* after the *last* pass, with its marks as the tags that they stand for, and the places where these are.

    Whatever has a tag of a name that only the run has is unknown; without such a pass it stays as it is.
    """
    written = dumped(value)
    new = replaced(written, REST) if last and OPEN in written else written
    if not is_unknown(new):
        return value, ()
    marked = value if new is written else loaded(new)
    return loaded(new.replace(_BEGIN, OPEN).replace(_END, CLOSE)), tuple(unknown_paths(marked, Path()))


def unknown_paths(value: Any, path: Path) -> Iterator[Path]:
    """The places in *value*, which stands at *path*, of which only the run knows what stands there."""
    if isinstance(value, str):
        if is_unknown(value):
            yield path
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from [path] if is_unknown(key) else unknown_paths(each, path / key)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from unknown_paths(each, path / index)


def filled(document: Any, values: Values) -> Any:
    """*document* with the tags that this pass concerns filled in; itself where there are none."""
    written = dumped(document)
    if OPEN not in written:
        return document
    new = replaced(written, values)
    return document if new is written else loaded(new)


def replaced(written: str, values: Values) -> str:
    """The same for the text of a JSON document, or a part of one."""
    parts: list[str] = []
    end, room = 0, _MOST
    for tag in tags(written):
        # Of a tag within a tag, the inner one is filled in first.
        body = tag.body.rpartition(OPEN)[2]
        value = None if _ends_elsewhere(body) else _value(body, values)
        if value is not None:
            room -= len(value)
            if room < 0:
                value = mark(body)
            parts += (written[end : tag.end - len(OPEN) - len(body) - len(CLOSE)], value)
            end = tag.end
    return "".join((*parts, written[end:])) if parts else written


def closed(document: Any) -> Any:
    """*document* after the last pass: what has a tag of a name that only the run has is marked."""
    written = dumped(document)
    if OPEN not in written:
        return document
    new = replaced(written, REST)
    return document if new is written else loaded(new)


def loaded(written: str) -> Any:
    """The document that is written so."""
    try:
        return orjson.loads(written)
    except orjson.JSONDecodeError:  # what Python's own JSON has written
        return json.loads(written, strict=False)


def dumped(document: Any) -> str:
    """*document* as JSON text."""
    try:
        return orjson.dumps(document).decode()
    except TypeError:  # a number beyond 64 bits, half a surrogate pair
        return json.dumps(document, ensure_ascii=False)


#: The fields of a parameter in the order in which Go writes them.
_PARAMETER = ("name", "default", "value", "valueFrom", "globalName", "enum", "description")
#: What Go escapes in JSON besides.
_ESCAPED = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def as_json(parameters: Iterable[Document]) -> str:
    """*parameters* as ``{{workflow.parameters}}`` and ``{{inputs.parameters}}`` give them."""
    written = dumped([{name: each[name] for name in _PARAMETER if name in each} for each in parameters])
    return "".join(_ESCAPED.get(char, char) for char in written)


def quoted(value: str) -> str:
    """*value* as it stands within a JSON string."""
    return dumped(value)[1:-1]


def _ends_elsewhere(body: str) -> bool:
    """Whether a tag ends in another string of the document than it began, or in none."""
    return '"' in body and '"' in body.replace("\\\\", "").replace('\\"', "")


def _value(body: str, values: Values) -> str | None:
    """What takes the place of a tag, as it stands within a JSON string; None where the tag stays."""
    if body.startswith("="):
        return _expression(body, values)
    name = body.strip(GO_SPACE)
    value = values.known.get(name)
    if value is not None:
        return quoted(value)
    # The body is text of a JSON document already.
    return mark(body) if values.is_open(name) else None


def _expression(body: str, values: Values) -> str | None:
    """What takes the place of an expression tag; None where it stays for a later pass, or for good."""
    try:
        text = json.loads(f'"{body[1:]}"', strict=False)
        names = [".".join(path.parts) for path in expr.parse(text).names]
    except (ValueError, LanguageError):
        return mark(body) if values is REST else None
    found = [values.known.get(name) for name in names]
    unknown = [name for name, value in zip(names, found, strict=True) if value is None]
    if values is REST or any(values.is_open(name) for name in unknown):
        return mark(body)
    if unknown:
        return None
    if any(is_unknown(value) for value in found if value) or evaluate.is_open(text, values):
        return mark(body)
    value = evaluate.evaluated(text, values)
    return None if value is None else quoted(value)

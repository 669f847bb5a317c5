"""
Many independent cases in one run: ``--cases FILE``, one JSON object a line, one answer a line (interfaces.md 3.1).

A case never ends the run: what cannot be read is a finding of its document, and a failure of ours an answer that
says so.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path as File
from typing import TYPE_CHECKING, Any, TypeAlias

import click
import orjson

from admission.cli.files import STDIN, Given, Unread, manifests, of_text, unlisted
from admission.errors import AdmissionError, ConfigurationError
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document, mapping, text
from admission.model.settings import ARGO_VERSIONS, Profile
from admission.model.source import Repeated
from admission.model.source.split import DEEPEST

if TYPE_CHECKING:
    from admission.snapshot import Snapshot

Answer: TypeAlias = Callable[["Case"], Document]


@dataclass(frozen=True, slots=True)
class Doc:
    """One object of a case, its repeated keys, and, where it cannot be judged, why."""

    document: Document
    repeated: tuple[Repeated, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Case:
    """One case: *docs* are judged, *context* is only in the catalog."""

    id: Any
    docs: tuple[Doc, ...]
    context: tuple[Doc, ...] = ()
    options: Document = field(default_factory=dict)

    @property
    def namespace(self) -> str:
        return text(self.options.get("namespace")) or "default"

    @property
    def argo_version(self) -> str:
        """``X.Y``; ``ConfigurationError`` where we do not know its rules."""
        given = text(self.options.get("argo_version"))
        short = ".".join(given.removeprefix("v").split(".")[:2])
        if short not in ARGO_VERSIONS:
            raise ConfigurationError(f"argo_version {given!r} is none of {', '.join(ARGO_VERSIONS)}")
        return short

    @property
    def profile(self) -> Profile:
        """The profile that the case asks for; ``ConfigurationError`` where there is no such."""
        given = text(self.options.get("profile"))
        try:
            return Profile(given)
        except ValueError:
            raise ConfigurationError(f"there is no profile {given!r}") from None

    def catalog(self) -> FrozenCatalog:
        """Everything that the case gives, and the controller's options."""
        given = [doc.document for doc in (*self.context, *self.docs) if not doc.problem]
        return FrozenCatalog.of(given, namespace=self.namespace, controller=self._controller())

    def snapshot(self, given: Snapshot) -> Snapshot:
        """The catalog and settings of the case with the policies of *given*."""
        settings = replace(given.settings, argo_version=self.argo_version, profile=self.profile)
        return replace(given, catalog=self.catalog(), settings=settings)

    def _controller(self) -> Document:
        data, defaults = mapping(self.options.get("controller_config")), self.options.get("workflow_defaults")
        if not data and not defaults:
            return {}
        from admission.argo.controller import decode_config, read_defaults

        options = decode_config(data) if data else {}
        return {**options, "workflowDefaults": read_defaults(mapping(defaults))} if defaults else options


def run(
    file: str,
    paths: Sequence[str],
    answer: Answer,
    defaults: Document,
    nothing: Document,
    templates: Sequence[str] = (),
) -> None:
    """
    Answer each line of *file*, one line each, as soon as it is known; *defaults* are for what ``opts`` lack, and what
    is in *templates* is in the catalog of every case.

    *paths* are refused: a file of cases comes instead of them. *nothing* is the answer to what is no case, beside its
    error.
    """
    if paths:
        raise click.UsageError("--cases comes instead of files and folders")
    around = tuple(map(Doc, manifests(templates)))
    out = sys.stdout.buffer
    for line in lines(file):
        out.write(orjson.dumps(_answered(line, answer, defaults, nothing, around), default=str) + b"\n")
        out.flush()


def lines(file: str) -> Iterator[bytes]:
    """The lines of *file* that are not blank."""
    if file == STDIN:
        yield from (line for line in sys.stdin.buffer if line.strip())
        return
    try:
        with File(file).open("rb") as stream:
            yield from (line for line in stream if line.strip())
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from error


def read(line: bytes, defaults: Document) -> Case:
    """The case in *line*, with *defaults* among its options; ``ConfigurationError`` where it is none."""
    try:
        given = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise ConfigurationError(f"not JSON: {error}") from error
    if not isinstance(given, dict):
        raise ConfigurationError("not a case: it is no object")
    docs, context = (tuple(_all(given.get(key))) for key in ("docs", "context"))
    own = {name: value for name, value in mapping(given.get("opts")).items() if value is not None}
    return Case(given.get("id"), docs, context, {**defaults, **own})


def _answered(line: bytes, answer: Answer, defaults: Document, nothing: Document, around: tuple[Doc, ...]) -> Document:
    identity: Any = None
    try:
        case = read(line, defaults)
        identity = case.id
        case = replace(case, context=(*around, *case.context))
        return {"id": identity, **answer(case)}
    except AdmissionError as error:
        return {"id": identity, **nothing, "error": str(error)}
    except Exception as error:
        # A failure of ours in one case must not cost the thousands after it.
        print(f"argo-admission: case {identity!r}: {error!r}", file=sys.stderr)
        return {"id": identity, **nothing, "error": f"internal error: {error!r}"}


def _all(docs: Any) -> Iterator[Doc]:
    """The objects in *docs*: a list, or one alone, of objects and texts, each of which may hold several."""
    for doc in docs if isinstance(docs, list) else [docs] if docs is not None else []:
        if isinstance(doc, str):
            yield from map(_of_text, of_text(doc, ""))
        elif isinstance(doc, dict):
            yield from (_of_object(item) for _, item in unlisted(doc))
        else:
            yield Doc({}, problem="not a manifest: it is no object")


def _of_object(document: Document) -> Doc:
    level: list[Any] = [document]
    for _ in range(DEEPEST):
        level = [item for each in level for item in _within(each) if isinstance(item, dict | list)]
        if not level:
            return Doc(document)
    return Doc({}, problem=f"more than {DEEPEST} objects and lists within one another")


def _within(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value


def _of_text(given: Given | Unread) -> Doc:
    if isinstance(given, Given):
        return Doc(given.document, given.repeated)
    return Doc({}, problem=f"line {given.error.line}, column {given.error.column}: {given.error}")

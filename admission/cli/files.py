"""Manifests from files, folders and standard input."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path as File

from admission.errors import ConfigurationError, MalformedSource
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path
from admission.model.source import Repeated, Source, documents

#: Names of files that are taken from a folder; a file that is named itself may be called anything.
_SUFFIXES = frozenset({".yaml", ".yml", ".json"})

STDIN = "-"

_ALL = Path()


@dataclass(frozen=True)
class Given:
    """One object that was given. *place* is where it stands in its document: an item of a ``List``, or all of it."""

    file: str
    source: Source
    document: Document
    place: Path = _ALL

    def position(self, path: Path) -> tuple[int, int]:
        """Line and column of *path*, a path in the object."""
        return self.source.position(self.place.join(path))

    @property
    def repeated(self) -> tuple[Repeated, ...]:
        """The repeated keys in the object."""
        every = self.source.repeated
        return tuple(replace(r, path=r.path.after(self.place)) for r in every if r.path.within(self.place))

    @property
    def metadata(self) -> Document:
        return mapping(self.document.get("metadata"))

    @property
    def kind(self) -> str:
        return text(self.document.get("kind"))

    @property
    def name(self) -> str:
        """``metadata.name``, else ``metadata.generateName``."""
        return text(self.metadata.get("name")) or text(self.metadata.get("generateName"))


@dataclass(frozen=True, slots=True)
class Unread:
    """A document that could not be read, and why."""

    file: str
    document: int
    error: MalformedSource


def walk(paths: Iterable[str]) -> Iterator[str]:
    """The files that *paths* mean: folders are walked; ``ConfigurationError`` where one is not there."""
    for path in paths:
        file = File(path)
        if path == STDIN or file.is_file():
            yield path
        elif file.is_dir():
            yield from map(str, sorted(found for found in file.rglob("*") if _is_manifest(found)))
        elif file.exists():
            yield path
        else:
            raise ConfigurationError(f"{path}: no such file or folder")


def _is_manifest(found: File) -> bool:
    """Whether a folder has it as a manifest: no folder, and no pipe, which one would wait for. A dead link is one."""
    return found.suffix in _SUFFIXES and (found.is_file() or not found.exists())


def load(paths: Iterable[str]) -> Iterator[Given | Unread]:
    """Every object of *paths*, and what could not be read. Items of a ``List`` are objects of their own."""
    for path in walk(paths):
        name = "<stdin>" if path == STDIN else path.encode(errors="replace").decode()
        yield from of_text(contents(path), name)


def manifests(paths: Iterable[str]) -> list[Document]:
    """The objects of *paths*; ``ConfigurationError`` where one of them cannot be read."""
    found = []
    for given in load(paths):
        if isinstance(given, Unread):
            raise ConfigurationError(f"{given.file}:{given.error.line}:{given.error.column}: {given.error}")
        found.append(given.document)
    return found


def contents(path: str) -> bytes:
    """What stands in the file, or comes on standard input; ``ConfigurationError`` where it cannot be read."""
    if path == STDIN:
        return sys.stdin.buffer.read()
    try:
        return File(path).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror}") from error


def of_text(content: str | bytes, name: str) -> Iterator[Given | Unread]:
    """The objects of one text, which is called *name*."""
    for index, source in enumerate(documents(content)):
        if isinstance(source, MalformedSource):
            yield Unread(name, index, source)
        elif isinstance(source.document, dict):
            yield from (Given(name, source, item, place) for place, item in unlisted(source.document))
        else:
            line, column = source.position(Path())
            yield Unread(name, index, MalformedSource("not a manifest: it is no object", line, column))


def unlisted(document: Document) -> Iterator[tuple[Path, Document]]:
    """*document*, or the items of it if it is a ``List``, as kubectl takes them apart."""
    if not text(document.get("kind")).endswith("List") or not isinstance(document.get("items"), list):
        yield Path(), document
        return
    for index, item in enumerate(sequence(document["items"])):
        yield Path(("items", index)), mapping(item)

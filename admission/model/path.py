"""Where something is in a document."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

#: A step, and the way to where it begins; None at the root. Whoever walks past many places and names few keeps these.
Link: TypeAlias = "tuple[Link, str | int] | None"

#: Keys that are written after a dot; others in brackets, as in ``metadata.labels['app.kubernetes.io/name']``.
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")


class Path(tuple[str | int, ...]):
    """
    A field path: a tuple of keys and list indexes that prints as ``spec.templates[0].container``.

    ``Path(("spec", "templates", 0))``; ``path / "container"`` is the path of a field below it.
    """

    __slots__ = ()

    @classmethod
    def along(cls, link: Link) -> Path:
        """The path that *link* tells from its end."""
        steps: list[str | int] = []
        while link is not None:
            link, step = link
            steps.append(step)
        return cls(reversed(steps))

    def __truediv__(self, step: str | int) -> Path:
        return Path((*self, step))

    def __str__(self) -> str:
        return "".join(_written(step) for step in self).removeprefix(".")

    def __repr__(self) -> str:
        return f"Path({str(self)!r})"

    @property
    def parent(self) -> Path:
        """The path without its last step; the empty path is its own parent."""
        return Path(self[:-1])

    def within(self, other: Path) -> bool:
        """Whether this is *other* or a place below it."""
        return self[: len(other)] == other

    def after(self, other: Path) -> Path:
        """The steps that lead from *other* to here; *other* must be a path that this is within."""
        return Path(self[len(other) :])

    def join(self, below: tuple[str | int, ...]) -> Path:
        """This path followed by the steps of *below*."""
        return Path((*self, *below))

    @property
    def pointer(self) -> str:
        """As a JSON Pointer (RFC 6901): ``/spec/templates/0``; the empty text for the whole document."""
        return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in self)

    def find(self, document: Any) -> Any:
        """What stands at this place of *document*; ``KeyError`` where nothing does."""
        place = document
        for step in self:
            try:
                place = place[step]
            except (KeyError, IndexError, TypeError):
                raise KeyError(str(self)) from None
        return place

    def get(self, document: Any, default: Any = None) -> Any:
        """What stands at this place of *document*, or *default*."""
        try:
            return self.find(document)
        except KeyError:
            return default


def _written(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN.match(step) else f"['{step}']"

"""
Template tags: ``{{inputs.parameters.x}}`` and ``{{=asInt(inputs.parameters.x) + 1}}``.

A tag runs from ``{{`` to the next ``}}``: there is no nesting, and no awareness of quotes or of JSON. It is an
expression where ``=`` follows the braces at once, else the simple name of a variable.
"""

from __future__ import annotations

from typing import NamedTuple

from admission.argo.languages import GO_SPACE

OPEN, CLOSE = "{{", "}}"


class Tag(NamedTuple):
    """
    A tag in a text: ``text[start:end]`` is the whole of it, *body* what stands between the braces.

    The body of an expression begins with ``=``; ``{{ =x}}`` is no expression, but a variable of a strange name.
    """

    start: int
    end: int
    body: str
    is_expression: bool

    @property
    def name(self) -> str:
        """The variable that a simple tag names: the body without the space around it."""
        return self.body.strip(GO_SPACE)

    @property
    def expression(self) -> str:
        """The text of an expression tag, which begins at ``start + 3``."""
        return self.body[1:]


def tags(text: str) -> list[Tag]:
    """The tags of *text*, in their order; what follows an unclosed ``{{`` is no tag (see :func:`unclosed`)."""
    found: list[Tag] = []
    start = text.find(OPEN)
    while start >= 0:
        stop = text.find(CLOSE, start + 2)
        if stop < 0:
            break
        body = text[start + 2 : stop]
        found.append(Tag(start, stop + 2, body, body.startswith("=")))
        start = text.find(OPEN, stop + 2)
    return found


def unclosed(text: str) -> int | None:
    """Where the ``{{`` stands that nothing closes; ``None`` where every tag is closed."""
    start = text.find(OPEN)
    while start >= 0:
        stop = text.find(CLOSE, start + 2)
        if stop < 0:
            return start
        start = text.find(OPEN, stop + 2)
    return None

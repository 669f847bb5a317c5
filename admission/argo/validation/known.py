"""The names that the whole workflow knows, with their values (argo-validation 6.1)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.argo.validation.values import placeholder


@dataclass
class Known:
    """
    Names and values; filled while Argo's way is followed.

    *lenders* have further names, and say whether they are known for the time being.
    """

    names: dict[str, str] = field(default_factory=dict)
    lenders: dict[str, list[Callable[[str], bool]]] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        """The value of *name*; ``None`` where it is not known."""
        value = self.names.get(name)
        if value is None and any(lends(name) for lends in self.lenders.get(name, ())):
            return placeholder(name)
        return value

    def has_root(self, root: str) -> bool:
        """Whether any name begins with *root* and a dot."""
        return root == "workflow" or any(name.startswith(f"{root}.") for name in self.names)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self.get(name) is not None

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    @contextmanager
    def lent(self, names: Collection[str], lender: Callable[[str], bool]) -> Iterator[None]:
        """With those of *names* that *lender* says are known, until it is left."""
        for name in names:
            self.lenders.setdefault(name, []).append(lender)
        try:
            yield
        finally:
            for name in names:
                self.lenders[name].pop()


class Layered(NamedTuple):
    """Values of which the *nearer* hide those of the workflow."""

    nearer: dict[str, str]
    known: Known

    def get(self, name: str) -> str | None:
        """The value of *name*; ``None`` where it is not known."""
        value = self.nearer.get(name)
        return self.known.get(name) if value is None else value

    def has_root(self, root: str) -> bool:
        """Whether any name begins with *root* and a dot."""
        return self.known.has_root(root) or any(name.startswith(f"{root}.") for name in self.nearer)

    def and_(self, own: dict[str, str]) -> Layered:
        """These, with the names that a template has of its own."""
        return Layered({**self.nearer, **own}, self.known)

"""The users of a template, through any depth."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from admission.argo.usage.reduced import is_finished
from admission.argo.usage.uses import REFERRING, Use, Uses, uses_of
from admission.model.catalog import Catalog, Lookup
from admission.model.document import Document
from admission.model.path import Path

#: Kinds that others can refer to.
TEMPLATES = ("WorkflowTemplate", "ClusterWorkflowTemplate")


@dataclass(frozen=True, slots=True)
class User:
    """An object that a change concerns; *direct*: it refers to the changed template itself, at *path*."""

    lookup: Lookup
    path: Path
    direct: bool


@dataclass(frozen=True, slots=True)
class _Through:
    """A template that a change concerns: what stands in *holder* of it; *within*: for that namespace alone."""

    lookup: Lookup
    holder: str
    within: str


class Index:
    """The uses of all objects of a catalog, by what they use. Make it with :meth:`of`."""

    def __init__(self, uses: Mapping[Lookup, Uses]) -> None:
        self._uses = uses

    @classmethod
    def of(cls, catalog: Catalog) -> Index:
        """The index of *catalog*; what was found in an object before is known, as long as it is the same object."""
        return cls(_MEMORY.uses(catalog.everything()))

    def users(self, target: Lookup, concerned: Callable[[Use], bool] = lambda use: True) -> list[User]:
        """
        Who uses *target*: those with a use that is *concerned*, and whoever uses these, without *target* itself.

        In the order of kinds and names, each once; direct users before the others.
        """
        found: dict[Lookup, User] = {}
        waiting: deque[_Through] = deque()
        for user, use in self.direct(target):
            if concerned(use):
                found.setdefault(user, User(user, use.path, True))
                waiting.append(_Through(user, use.holder, target.namespace))
        seen = set(waiting)
        while waiting:
            for user, use in self._through(waiting.popleft()):
                found.setdefault(user, User(user, use.path, False))
                step = _Through(user, use.holder, target.namespace)
                if step not in seen:
                    seen.add(step)
                    waiting.append(step)
        found.pop(target, None)
        return sorted(found.values(), key=lambda user: (not user.direct, _order(user.lookup)))

    def direct(self, target: Lookup) -> Iterator[tuple[Lookup, Use]]:
        """The uses of *target* in other objects."""
        known = self._by_target.get((target.kind, target.name), ())
        # What a ClusterWorkflowTemplate calls a WorkflowTemplate is the one in whatever namespace it runs.
        return ((user, use) for user, use in known if user != target and _may_mean(user, target))

    def _through(self, step: _Through) -> Iterator[tuple[Lookup, Use]]:
        """The uses of a template by which what stands in its *holder* comes to others."""
        if step.lookup.kind not in TEMPLATES:
            return
        uses = self._uses[step.lookup]
        for user, use in self.direct(step.lookup):
            if step.within and user.namespace not in ("", step.within):
                continue
            if not use.template or step.holder in uses.reach(use.template):
                yield user, use

    @cached_property
    def _by_target(self) -> dict[tuple[str, str], list[tuple[Lookup, Use]]]:
        found: dict[tuple[str, str], list[tuple[Lookup, Use]]] = {}
        for user, uses in self._uses.items():
            for use in uses.uses:
                found.setdefault((use.kind, use.name), []).append((user, use))
        return found


def _may_mean(user: Lookup, target: Lookup) -> bool:
    return not target.namespace or not user.namespace or user.namespace == target.namespace


def _order(lookup: Lookup) -> tuple[str, str, str]:
    return lookup.kind, lookup.namespace, lookup.name


class _Memory:
    """
    The uses that were found, by object: of two catalogs that follow each other nearly all objects are the same.

    An object is known by its identity, which is its own as long as it is kept here. It never changes what is found.
    """

    def __init__(self) -> None:
        self._known: dict[Lookup, tuple[Document, Uses]] = {}

    def uses(self, objects: Iterable[tuple[Lookup, Document]]) -> dict[Lookup, Uses]:
        before, now = self._known, {}
        for lookup, document in objects:
            if lookup.kind not in REFERRING:
                continue
            known = before.get(lookup)
            if known is None or known[0] is not document:
                known = (document, Uses() if is_finished(document) else uses_of(document))
            now[lookup] = known
        self._known = now
        return {lookup: uses for lookup, (_, uses) in now.items()}


_MEMORY = _Memory()

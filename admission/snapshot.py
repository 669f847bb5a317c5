"""Everything that a review may look into, together and immutable."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field

from admission.model.catalog import (
    MISSING,
    UNAVAILABLE,
    Access,
    AccessQuestion,
    Answer,
    AnyAnswer,
    Catalog,
    FrozenCatalog,
    Lookup,
    NamedLookups,
    Question,
)
from admission.model.document import Document
from admission.model.settings import Settings
from admission.policy.resource import PolicySet


@dataclass(frozen=True)
class Snapshot:
    """
    A catalog and the compiled policies.

    *live*: the catalog is a watch, which is always a little late; what it lacks is asked for before anything is denied.
    *controller_seen*: an UPDATE by a configured user of the controller has been seen; until then findings about status
    and system labels only warn, because nobody knows yet whether that user is named rightly.
    *measure* stands around each stage of a review, by whose name it is called: who has a clock may measure with it.
    """

    catalog: Catalog = field(default_factory=FrozenCatalog)
    policies: PolicySet = field(default_factory=PolicySet)
    settings: Settings = field(default_factory=Settings)
    live: bool = False
    controller_seen: bool = False
    measure: Callable[[str], AbstractContextManager[object]] = field(default=nullcontext, compare=False, repr=False)


class AskingCatalog(NamedLookups):
    """A catalog with the answers of the cluster laid over it, which remembers what it could not answer."""

    def __init__(self, catalog: Catalog, answers: Mapping[Question, AnyAnswer]) -> None:
        self._catalog = catalog
        self._answers = answers
        self.unanswered: set[Question] = set()

    def get(self, lookup: Lookup) -> Answer:
        found = self._catalog.get(lookup)
        if found is not MISSING:
            return found
        if lookup not in self._answers:
            self.unanswered.add(lookup)
            return MISSING
        answer = self._answers[lookup]
        return UNAVAILABLE if isinstance(answer, Access) else answer

    def access(self, question: AccessQuestion) -> Access | None:
        if (known := self._catalog.access(question)) is not None:
            return known
        if question not in self._answers:
            self.unanswered.add(question)
        answer = self._answers.get(question)
        return answer if isinstance(answer, Access) else None

    def controller_config(self) -> Document:
        return self._catalog.controller_config()

    @property
    def unavailable(self) -> frozenset[str]:
        return self._catalog.unavailable

    def everything(self) -> Iterator[tuple[Lookup, Document]]:
        return self._catalog.everything()

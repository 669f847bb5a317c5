"""
Cases of policies: files whose name says the verdict and whose marks say the place.

``deny-memory-missing.yaml`` is denied, with a finding on every line that is marked ``# finding`` and on no other; so
with ``warn-…``. ``allow-…`` has none. ``mutate-x.yaml`` becomes ``mutate-x.after.yaml``. The first document is what is
reviewed, as it is created; the others are in the catalog. What RBAC says are SubjectAccessReviews with their ``status``
among them; the ``user`` of the first is who creates the object.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from admission.errors import MalformedSource
from admission.model.catalog import is_answered_review
from admission.model.document import Document, mapping, sequence, text
from admission.model.finding import Action, Finding
from admission.model.patch import diff
from admission.model.review import User
from admission.model.source import Source, read

MARK = "# finding"
_AFTER = ".after.yaml"
_OURS = "argo-admission.io/"

#: By the first word of a file's name: what findings of policies there are; None: what matters is the change.
_VERDICTS: dict[str, Action | None] = {"allow": Action.AUDIT, "warn": Action.WARN, "deny": Action.DENY, "mutate": None}


@dataclass(frozen=True)
class Case:
    """
    One case. *name* is that of its file, without ``.yaml``.

    *reviewed* is what is created, *catalog* what is there already, *after* what a ``mutate`` case becomes.
    """

    name: str
    verdict: str
    reviewed: Source
    catalog: tuple[Document, ...]
    marked: frozenset[int]
    after: Document | None = None

    @property
    def document(self) -> Document:
        found: Document = self.reviewed.document
        return found

    @property
    def asker(self) -> User:
        """Who creates it; nobody where the case does not say."""
        review = next(filter(is_answered_review, self.catalog), {})
        spec = mapping(review.get("spec"))
        return User(text(spec.get("user")), tuple(sequence(spec.get("groups"))))

    def failures(self, findings: Iterable[Finding], changed: Document) -> Iterator[str]:
        """
        How the case differs from what it should be; nothing where it passes.

        *findings* are those of ``/validate`` on the document as it is, of any source; *changed* is what ``/mutate``
        makes of it.
        """
        if self.after is not None:
            for operation in diff(_without_ours(self.after), _without_ours(changed)):
                yield f"{operation.path}: not as in {self.name}{_AFTER}"
            return
        ours = [finding for finding in findings if finding.source.startswith("policy/")]
        wanted = _VERDICTS[self.verdict]
        yield from self._verdict(ours)
        found = {self._line(finding): finding for finding in ours if finding.action is wanted}
        for line in sorted(self.marked - found.keys()):
            yield f"line {line}: marked, but nothing is found there"
        for line in sorted(found.keys() - self.marked):
            if wanted is not Action.AUDIT:
                yield f"line {line}: found, but not marked: {found[line].path}: {found[line].message}"

    def _verdict(self, findings: list[Finding]) -> Iterator[str]:
        wanted = _VERDICTS[self.verdict]
        strictest = Action.strictest(finding.action for finding in findings)
        if strictest is not wanted:
            names = {action: verdict for verdict, action in _VERDICTS.items()}
            because = [each for each in findings if each.action is strictest][:1]
            said = [text for each in because for text in (str(each.path), each.message) if text]
            yield ": ".join((f"the verdict is {names[strictest]}, not {self.verdict}", *said))

    def _line(self, finding: Finding) -> int:
        return self.reviewed.position(finding.path)[0]


def cases(files: Mapping[str, str]) -> Iterator[Case]:
    """
    The cases in *files*, texts by name, in the order of their names.

    ``MalformedSource`` for one that is no YAML, has no document, or whose name says no verdict.
    """
    for name, content in sorted(files.items()):
        if name.endswith(_AFTER):
            continue
        verdict = name.partition("-")[0]
        if verdict not in _VERDICTS:
            raise MalformedSource(f"{name}: a case's name begins with {', '.join(_VERDICTS)} and a hyphen")
        after = _after(name, files) if verdict == "mutate" else None
        sources = _documents(name, content)
        yield Case(
            name=name.removesuffix(".yaml"),
            verdict=verdict,
            reviewed=sources[0],
            catalog=tuple(source.document for source in sources[1:]),
            marked=marked(content),
            after=after,
        )


def _without_ours(document: Document) -> Document:
    """*document* without the annotations that say what the webhook did: a case is about what it did."""
    metadata = mapping(document.get("metadata"))
    annotations = mapping(metadata.get("annotations"))
    kept = {name: value for name, value in annotations.items() if not name.startswith(_OURS)}
    if kept == annotations:
        return document
    rest = {name: value for name, value in metadata.items() if name != "annotations"}
    return {**document, "metadata": {**rest, "annotations": kept} if kept else rest}


def marked(text: str) -> frozenset[int]:
    """The lines on which a case says that something is to be found."""
    return frozenset(number for number, line in enumerate(text.splitlines(), 1) if MARK in line)


def _after(name: str, files: Mapping[str, str]) -> Document:
    beside = name.removesuffix(".yaml") + _AFTER
    if beside not in files:
        raise MalformedSource(f"{name}: {beside} is missing: what the case becomes")
    found: Document = _documents(beside, files[beside])[0].document
    return found


def _documents(name: str, text: str) -> list[Source]:
    try:
        sources = read(text)
    except MalformedSource as error:
        raise MalformedSource(f"{name}:{error.line}:{error.column}: {error}", error.line, error.column) from None
    if not sources or not all(isinstance(source.document, dict) for source in sources):
        raise MalformedSource(f"{name}: not one or more manifests")
    return sources

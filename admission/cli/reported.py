"""Objects and findings as reports have them: with their places, and what their rules want."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from admission.cli import check
from admission.cli.files import Given, Unread
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.report import Judged, Located

if TYPE_CHECKING:
    from admission.lint.rule import Rule


def judged(given: Given, findings: Iterable[Finding], namespace: str) -> Judged:
    """*given*, with the verdict that *findings* make."""
    document = given.document
    return Judged(
        file=given.file,
        document=given.source.index,
        api_version=text(document.get("apiVersion")),
        kind=given.kind,
        namespace=check.creation(document, namespace).namespace,
        name=given.name,
        allowed=all(finding.action is not Action.DENY for finding in findings),
        item=str(given.place),
    )


def located(given: Given, findings: Iterable[Finding]) -> list[Located]:
    """*findings* with their places in the text, in the order of those."""
    file, index, item = given.file, given.source.index, str(given.place)
    found = (Located(file, index, *given.position(finding.path), finding, item) for finding in findings)
    return sorted(found, key=lambda each: (each.line, each.column))


def judged_there(document: Document, findings: Iterable[Finding]) -> Judged:
    """*document* of the cluster, with the verdict that *findings* make."""
    metadata = mapping(document.get("metadata"))
    return Judged(
        file=place_there(document),
        document=0,
        api_version=text(document.get("apiVersion")),
        kind=text(document.get("kind")),
        namespace=text(metadata.get("namespace")),
        name=check.name(document),
        allowed=all(finding.action is not Action.DENY for finding in findings),
    )


def located_there(document: Document, findings: Iterable[Finding]) -> list[Located]:
    """*findings* in *document* of the cluster, where there are no lines."""
    return [Located(place_there(document), 0, 0, 0, finding) for finding in findings]


def place_there(document: Document) -> str:
    """What stands in place of a file for *document* of the cluster: ``workflow/team/build``."""
    namespace = text(mapping(document.get("metadata")).get("namespace"))
    return "/".join(part for part in (text(document.get("kind")).lower(), namespace, check.name(document)) if part)


def unread(each: Unread) -> Located:
    """That a document could not be read, as a finding."""
    finding = Finding("parse", Path(), str(each.error), Action.DENY)
    return Located(each.file, each.document, each.error.line, each.error.column, finding)


def titles(sources: Iterable[str]) -> dict[str, str]:
    """What the rules among *sources* want."""
    return {rule.source: rule.title for rule in _rules(sources)}


def reasons(sources: Iterable[str]) -> dict[str, str]:
    """Why the rules among *sources* want it."""
    return {rule.source: rule.rationale for rule in _rules(sources)}


def _rules(sources: Iterable[str]) -> list[Rule]:
    from admission.lint.rules import ALL
    from admission.lint.structure import STRUCTURE

    wanted = set(sources)
    return [rule for rule in (*STRUCTURE, *ALL) if rule.source in wanted]

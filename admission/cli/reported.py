"""Objects and findings as reports have them: with their places, and what their rules want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from admission.cli import check
from admission.cli.files import Given, Unread
from admission.model.document import Document, mapping, namespace_of, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.report import Judged, Located, Report

if TYPE_CHECKING:
    from admission.policy.resource import PolicySet


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
    namespace = namespace_of(document)
    return "/".join(part for part in (text(document.get("kind")).lower(), namespace, check.name(document)) if part)


def unread(each: Unread) -> Located:
    """That a document could not be read, as a finding."""
    finding = Finding("parse", Path(), str(each.error), Action.DENY)
    return Located(each.file, each.document, each.error.line, each.error.column, finding)


def report(objects: Iterable[Judged], findings: Iterable[Located], policies: PolicySet) -> Report:
    """What was judged and what was found, with what every source of a finding wants, and why."""
    found = tuple(findings)
    about = dict(_about({each.finding.source for each in found}, policies))
    titles = {source: title for source, (title, _) in about.items() if title}
    return Report(tuple(objects), found, titles, {source: reason for source, (_, reason) in about.items() if reason})


def _about(wanted: set[str], policies: PolicySet) -> Iterator[tuple[str, tuple[str, str]]]:
    """For each source that is *wanted* and says it of itself: its title and its rationale."""
    from admission.cli.explain import EVERY, sources

    rules = {rule.source: (rule.title, rule.rationale) for rule in EVERY}
    for source in wanted:
        family, _, name = source.partition("/")
        if source in rules:
            yield source, rules[source]
        elif family == "policy" and name in policies.policies:
            spec = mapping(policies.policies[name].spec)
            yield source, (text(spec.get("title")), text(spec.get("rationale")).strip())
        elif source in (others := sources()):
            yield source, (others[source]["title"], others[source]["rationale"].strip())

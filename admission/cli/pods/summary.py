"""What Workflows need at their widest, and whether their namespaces have room for it: ``pods --summary``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.peak import Peak, Shortage, named, peak_of, shortages, shown
from admission.cli import check
from admission.model.document import Document, text
from admission.model.finding import Action, Finding
from admission.report.report import harmless
from admission.report.text import BOLD, RED, YELLOW, painted
from admission.snapshot import Snapshot


@dataclass(frozen=True)
class Summary:
    """An object, its peak, and what its namespace has no room for."""

    document: Document
    namespace: str
    peak: Peak
    short: tuple[Shortage, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What will not fit: a warning, as quotas change and pods wait."""
        return tuple(Finding("pods/quota", each.path, each.message, Action.WARN) for each in self.short)

    @classmethod
    def of(cls, document: Document, snapshot: Snapshot, namespace: str) -> Summary:
        """The summary of *document*, in *namespace* if it does not say."""
        where = check.creation(document, namespace).namespace or namespace
        version, catalog = snapshot.settings.argo_version, snapshot.catalog
        peak = peak_of(document, catalog, namespace=where, argo_version=version)
        return cls(document, where, peak, tuple(shortages(peak, catalog, where)))

    @property
    def items(self) -> list[Document]:
        """The summary for programs."""
        return [self._item]

    @property
    def _item(self) -> Document:
        peak = self.peak
        return {
            "workflow": check.name(self.document),
            "namespace": self.namespace,
            "peak": {name: None if amount == float("inf") else shown(name, amount) for name, amount in _sorted(peak)},
            "widest": {
                name: {"path": str(widest.path), "step": widest.step, "times": widest.times}
                for name, widest in sorted(peak.widest.items())
            },
            "unbounded": [{"path": str(each.path), "step": each.step} for each in peak.unbounded],
            "unknown": list(peak.unknown),
            "shortages": [
                {"path": str(each.path), "resource": each.resource, "message": each.message} for each in self.short
            ],
        }

    def text(self, colour: bool) -> str:
        """The summary for a person."""
        return "\n".join(_lines(self, colour)) + "\n"


def _lines(found: Summary, colour: bool) -> Iterator[str]:
    peak = found.peak
    kind = text(found.document.get("kind")) or "Workflow"
    yield painted(harmless(f"{kind} {check.name(found.document) or '(no name)'} at its widest"), BOLD, colour)
    for name, amount in _sorted(peak):
        widest = peak.widest.get(name)
        yield harmless(f"  {name:<28} {shown(name, amount)}" + (f"  # {named(widest)}" if widest else ""))
    for each in peak.unbounded:
        yield f"  {painted('unbounded:', YELLOW, colour)} {harmless(f'{each.path} ({named(each)})')}"
    for template in peak.unknown:
        yield f"  {painted('known only to the run:', YELLOW, colour)} {harmless(f'what template {template!r} needs')}"
    for short in found.short:
        yield f"  {painted('no room:', RED, colour)} {harmless(f'{short.path}: {short.message}')}"


def _sorted(peak: Peak) -> list[tuple[str, int | float]]:
    """The amounts, pods first."""
    return sorted(((n, a) for n, a in peak.amounts.items() if a), key=lambda each: (each[0] != "pods", each[0]))

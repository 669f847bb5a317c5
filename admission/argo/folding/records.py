"""What was written on an object beside what its author wrote."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admission.argo import labels
from admission.argo.expansion.result import Key
from admission.argo.expansion.templates import copies
from admission.argo.kinds import referred
from admission.model.annotations import said
from admission.model.document import Document, labels_of, mapping, text
from admission.model.path import Path

#: Where kubectl keeps the manifest that it applied last.
_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"

#: The reason of a change that writes out a reference (``argo-admission.io/changes``).
EXPAND = "expand"


@dataclass(frozen=True)
class Records:
    """
    The places that we wrote, as printed (*paths*), and the objects that were written out, by kind and name.

    *defaults* are the places that policies wrote. What they gave is put back in part, too; of what an expansion wrote
    an author who takes a part away has edited it.
    """

    paths: frozenset[str]
    defaults: frozenset[str]
    objects: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, changes: Iterable[Document], expanded_from: Iterable[Document]) -> Records:
        """From the entries of the annotations ``changes`` and ``expanded-from``."""
        objects = ((text(entry.get("kind")), text(entry.get("name"))) for entry in expanded_from)
        written = [(text(entry.get("path")), text(entry.get("reason"))) for entry in changes]
        defaults = frozenset(path for path, reason in written if reason != EXPAND)
        return cls(frozenset(path for path, _ in written), defaults, tuple(objects))

    def has(self, path: Path) -> bool:
        """Whether we wrote what stands at *path*."""
        if str(path) in self.paths:
            return True
        return any(str(Path(path[:length])) in self.defaults for length in range(2, len(path)))

    def has_below(self, path: Path) -> bool:
        """Whether we wrote something below *path*."""
        start = str(path)
        return any(each.startswith(start) and each[len(start) : len(start) + 1] in (".", "[") for each in self.paths)

    def is_copy(self, name: str, reference: Document) -> bool:
        """Whether a template of that name is what ``templateRef`` *reference* was written out to."""
        kind, of = referred(reference)
        return (kind, of) in self.objects and name in copies(Key(kind, of, text(reference.get("template"))))

    def has_spec_of(self, reference: Document, workflow: Document) -> bool:
        """Whether ``workflowTemplateRef`` *reference* is the one that was written out into *workflow*."""
        kind, name = referred(reference)
        label = labels_of(workflow).get(labels.TEMPLATE[kind])
        # Names that no label can say were written out first.
        return (kind, name) in self.objects and (label == name or (label is None and self.objects[0] == (kind, name)))


def applied(workflow: Document) -> Document:
    """The manifest that kubectl applied last; empty where it did not, or says something that cannot be read."""
    return mapping(said(workflow, _APPLIED))

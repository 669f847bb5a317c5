"""Objects that hold templates, and the look-up of a template in them (argo-validation 7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from admission.argo.pod_metadata import with_pod_metadata
from admission.argo.schema import Misfit, Refusal, misfits
from admission.argo.validation.decoded import decoded
from admission.argo.validation.place import Place
from admission.argo.validation.tables import tables
from admission.model.catalog import MISSING, Absent, Catalog
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


class Template(NamedTuple):
    """
    A template as it stands somewhere; *merged* has the ``podMetadata`` of its base folded in.

    *types* are all that it has, *type* is the first of them.
    """

    place: Place
    document: Document
    merged: Document
    name: str
    type: str
    types: list[str]

    @classmethod
    def of(cls, place: Place, document: Document, merged: Document | None = None) -> Template:
        """The template *document*, which stands at *place*."""
        merged = document if merged is None else merged
        types = types_of(document)
        return cls(place, document, merged, text(document.get("name")), types[0] if types else "", types)


def type_of(template: Document) -> str:
    """The type of a template: the first, in Argo's order, of those that it has; empty where it has none."""
    present = types_of(template)
    return present[0] if present else ""


def types_of(template: Document) -> list[str]:
    """All the types that a template has, in Argo's order: it should be one."""
    order = tables().order
    present = [name for name in template if name in order and _is_body(name, template[name])]
    return present if len(present) < 2 else sorted(present, key=order.__getitem__)


def _is_body(type: str, value: object) -> bool:
    return isinstance(value, list if type == "steps" else dict)


@dataclass(frozen=True)
class Base:
    """
    An object whose templates are called by name: the one that is validated, or one that a reference leads to.

    *scope* (``local``, ``namespaced``, ``cluster``) and *name* are as in Argo's memo key; *spec* is the workflow spec.
    """

    scope: str
    name: str
    spec: Document
    place: Place
    newest: bool = True
    stored: tuple[Template, ...] = ()
    by_name: dict[str, Template] = field(default_factory=dict)
    #: Those of other objects that a Workflow keeps in its status once a reference has led to them.
    kept: dict[str, Template] = field(default_factory=dict)

    def get(self, name: str) -> Template | None:
        """The template that a name means here."""
        return self.by_name.get(name) or self.kept.get(name)

    @classmethod
    def of(
        cls, scope: str, name: str, spec: Document, place: Place, *, newest: bool = True, status: object = None
    ) -> Base:
        """
        The base that *spec* makes. *newest*: as in Argo 4.1, where a template's own metadata wins over ``podMetadata``.

        *status* is that of a Workflow: Argo looks there, too, for names that the spec does not have (s25).
        """
        base = cls(scope, name, spec, place, newest)
        listed = place / "templates"
        for index, document in enumerate(sequence(spec.get("templates"))):
            base._add(document, listed / index)
        for document, where in _stored(mapping(status)):
            base._add(document, Place(where))
        return base

    def _add(self, document: object, place: Place) -> None:
        if isinstance(document, dict):
            template = Template.of(place, document, with_pod_metadata(document, self.spec, newest=self.newest))
            self.by_name.setdefault(template.name, template)

    @property
    def templates(self) -> Iterator[Template]:
        """The templates that can be called, each by its name."""
        yield from self.by_name.values()

    def image_of(self, type: str) -> str:
        """The image that ``templateDefaults`` give such a template; Argo ignores those of a ClusterWorkflowTemplate."""
        if self.scope == "cluster":
            return ""
        return text(mapping(mapping(self.spec.get("templateDefaults")).get(type)).get("image"))

    def memo_key(self, name: str) -> str:
        """Under which Argo remembers that a template of that name was validated: no separator, so keys can collide."""
        return f"{self.scope}/{self.name}{name}"


def _stored(status: Document) -> Iterator[tuple[Document, Path]]:
    spec = mapping(status.get("storedWorkflowTemplateSpec"))
    for index, document in enumerate(sequence(spec.get("templates"))):
        yield document, Path(("status", "storedWorkflowTemplateSpec", "templates", index))
    for name, document in mapping(status.get("storedTemplates")).items():
        yield document, Path(("status", "storedTemplates", name))


@dataclass(frozen=True, slots=True)
class Reference:
    """A ``templateRef`` or ``workflowTemplateRef``: which object it leads to."""

    name: str
    cluster: bool

    @classmethod
    def of(cls, document: Document) -> Reference:
        """The reference that *document* is."""
        return cls(text(document.get("name")), document.get("clusterScope") is True)

    @property
    def kind(self) -> str:
        return "ClusterWorkflowTemplate" if self.cluster else "WorkflowTemplate"

    def __str__(self) -> str:
        return f"{self.kind} {self.name!r}"


class Library:
    """The templates of a catalog as seen from one object in one namespace."""

    def __init__(self, catalog: Catalog, namespace: str, own: Document, newest: bool) -> None:
        self._catalog, self._namespace, self._own, self._newest = catalog, namespace, own, newest
        self._unreadable: dict[Reference, Misfit] = {}

    def document(self, reference: Reference) -> Document | Absent:
        """
        The object that *reference* leads to.

        One that refers to itself means the object under review, not its stored version as in Argo (trap 9).
        """
        metadata = mapping(self._own.get("metadata"))
        if self._own.get("kind") == reference.kind and metadata.get("name") == reference.name != "":
            return self._own
        if not reference.name:
            return MISSING
        if reference.cluster:
            return self._catalog.cluster_workflow_template(reference.name)
        return self._catalog.workflow_template(self._namespace, reference.name)

    def base(self, reference: Reference, place: Place) -> Base | Absent:
        """The templates of the object that *reference* leads to, the reference standing at *place*."""
        found = self.document(reference)
        if isinstance(found, Absent):
            return found
        document = found if found is self._own else self._decoded(found, reference)
        if document is None:
            return MISSING
        scope = "cluster" if reference.cluster else "namespaced"
        there = Place(place.path, str(reference), Path(("spec",)))
        return Base.of(scope, reference.name, mapping(document.get("spec")), there, newest=self._newest)

    def _decoded(self, document: Document, reference: Reference) -> Document | None:
        """The object as Argo decodes it; ``None`` where it cannot: then for it there is none."""
        found = misfits(document, reference.kind, newest=self._newest)
        refused = next((misfit for misfit in found if misfit.refusal is Refusal.DECODER), None)
        if refused is not None:
            self._unreadable[reference] = refused
            return None
        return decoded(document, found)

    def absence(self, reference: Reference) -> str:
        """What there is to say of an object that is missing."""
        misfit = self._unreadable.get(reference)
        if misfit is None:
            return f"{reference} is not there"
        return f"Argo cannot read {reference}: {misfit.path}: {misfit.message}"

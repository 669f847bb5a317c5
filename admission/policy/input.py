"""What policies are asked about."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from admission.argo.expansion.result import Key
from admission.argo.peak import as_document, reckoned
from admission.argo.pods import EffectivePod, projected
from admission.argo.pods.project import Projection, projections
from admission.model.catalog import UNAVAILABLE, Catalog, FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path
from admission.model.review import Request, User
from admission.model.written import Written, written


@dataclass(frozen=True, slots=True)
class Reference:
    """A template that was followed to make the Workflow, and the place of the first reference that leads to it."""

    kind: str
    name: str
    path: Path


def _same(path: Path) -> Path:
    return path


@dataclass(frozen=True, kw_only=True)
class ReviewInput:
    """
    One request, and the Workflow that it is about.

    *object* and *old_object* are as they came. *workflow* is the Workflow that would run, references written out;
    *merged* is that with every default of the controller and of ``templateDefaults`` in it. *place* turns a path in
    *workflow* into one of what the author wrote. *references* are the templates that were followed; their places are
    in what the author wrote. *copies*: what those templates of *workflow* are copies of that stood elsewhere;
    *argo_version*: whose rules it would run by; *whole*: the same with all of its Workflow, where this has only a part.
    *author*: whom it is judged as, if not as the requester; *unknown_asker*: why nobody knows who that is.
    """

    request: Request
    object: Document
    old_object: Document | None = None
    workflow: Document = field(default_factory=dict)
    merged: Document | None = None
    place: Callable[[Path], Path] = _same
    catalog: Catalog = field(default_factory=FrozenCatalog)
    references: tuple[Reference, ...] = ()
    copies: Mapping[int, Key] = field(default_factory=dict)
    argo_version: str = "4.1"
    whole: ReviewInput | None = None
    author: User | None = None
    unknown_asker: str = ""

    @property
    def asker(self) -> User | None:
        """Whom it is judged as; None where nobody knows."""
        return None if self.unknown_asker else self.author or self.request.user

    @property
    def judged(self) -> ReviewInput:
        """The same without nulls in the Workflow: for the controller, too, a field that is null is not there."""
        return self._cleaned or self

    @cached_property
    def _cleaned(self) -> ReviewInput | None:
        # None rather than itself: a circle would keep every request until Python's collector comes.
        return replace(self, workflow=_without_nulls(self.workflow)) if self._may_have_nulls() else None

    def _may_have_nulls(self) -> bool:
        spec, around = self.spec.text, written({**self.workflow, "spec": True})
        return spec is None or around is None or spec == b"null" or b":null" in spec or b":null" in around

    @property
    def spec(self) -> Written:
        """The spec of the Workflow."""
        return self.request.spec(self.workflow)

    @cached_property
    def pods(self) -> tuple[EffectivePod, ...]:
        """The pods that the Workflow would become; their origins are places in *workflow*."""
        return self.pods_of(None)

    def pods_of(self, templates: Container[Path] | None) -> tuple[EffectivePod, ...]:
        """The same, of the templates at these places alone; None is all of them, the executor's own pods included."""
        return projected(self.workflow, self.catalog, **self._given, only=templates)

    @cached_property
    def peak(self) -> Document:
        """What the Workflow would need at its widest, for ``peak`` in expressions."""
        if self.whole is not None:
            return self.whole.peak
        return as_document(reckoned(self.workflow, self.catalog, **self._given))

    def projections(self) -> Iterator[Projection]:
        """What the Workflow would become, once for each choice of its arguments."""
        return projections(self.workflow, self.catalog, **self._given)

    @property
    def _given(self) -> dict[str, Any]:
        """What decides how the Workflow is projected, beside itself and the catalog."""
        return {
            "namespace": self.request.namespace or "default",
            "argo_version": self.argo_version,
            "kind": self.request.kind.kind,
            "copies": self.copies,
        }

    @cached_property
    def as_admission_request(self) -> Document:
        """The request in Kubernetes' words, for ``request`` in expressions."""
        request, user = self.request, self.request.user
        kind = request.kind
        return {
            "uid": request.uid,
            "kind": {"group": kind.group, "version": kind.version, "kind": kind.kind},
            "resource": {"group": kind.group, "version": kind.version, "resource": request.resource},
            "subResource": request.sub_resource,
            "operation": request.operation,
            "namespace": request.namespace,
            "name": request.name,
            "userInfo": {
                "username": user.username,
                "groups": list(user.groups),
                "uid": user.uid,
                "extra": dict(user.extra),
            },
            "dryRun": request.dry_run,
        }

    @cached_property
    def namespace_object(self) -> Document | None:
        """
        The Namespace of the object, for ``namespaceObject`` and selectors; None where the kind has none.

        Where there is no such Namespace it has no labels but the one that every Namespace has. ``LookupError`` where it
        is not available: nobody may conclude anything from that.
        """
        name = self.request.namespace
        if not name:
            return None
        found = self.catalog.namespace(name)
        if found is UNAVAILABLE:
            raise LookupError(f"the Namespace {name} is not available")
        if isinstance(found, dict):
            return found
        return {"metadata": {"name": name, "labels": {"kubernetes.io/metadata.name": name}}}


def _without_nulls(value: Any) -> Any:
    """*value* without the fields that are null; elements of lists keep their places."""
    if isinstance(value, dict):
        return {key: _without_nulls(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value

"""A read-only view of an object of Argo: what is asked of a manifest again and again, each answer found once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property, partial

from admission.argo.graph import Graph
from admission.argo.kinds import KINDS
from admission.argo.schema import Misfit, misfits
from admission.argo.validation.decoded import decoded
from admission.argo.validation.text import Reader
from admission.argo.variables import Analysis, Options, analyse
from admission.model.catalog import Absent, Catalog, FrozenCatalog
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path
from admission.model.written import Written, written

#: The fields of a template with any number of containers.
_SEVERAL = frozenset({"containerSet", "sidecars", "initContainers"})

#: A place, and what stands there.
Placed = tuple[Path, Document]


class Workflow:
    """
    The object *document*, of any kind; without one it is taken for a Workflow.

    *catalog* is asked for what it refers to, *namespace* is where it is if it does not say. *newest*: for Argo 4.1,
    else 4.0. *values_later*: its arguments may lack values, as when linting. *patient*: what a template or schedule
    refers to may yet come. *live*: the catalog asks the cluster for what it lacks, so that what it does not find is
    nowhere. *spec*: what stands in the field of that name, if somebody has written it already.
    """

    def __init__(
        self,
        document: Document,
        catalog: Catalog | None = None,
        *,
        namespace: str = "default",
        newest: bool = True,
        values_later: bool = False,
        patient: bool = True,
        live: bool = False,
        spec: Written | None = None,
    ) -> None:
        self.document = document
        self.live = live
        self.newest, self.values_later, self.patient = newest, values_later, patient
        self.catalog: Catalog = catalog or FrozenCatalog()
        self.kind = text(document.get("kind")) or "Workflow"
        self.metadata = mapping(document.get("metadata"))
        self.name = text(self.metadata.get("name"))
        self.namespace = text(self.metadata.get("namespace")) or namespace
        known = KINDS.get(self.kind)
        #: Where the workflow spec stands; of kinds without one, a place where nothing does.
        self.spec_path = (known.spec_path if known else None) or Path(("spec", "workflowSpec"))
        self.spec = mapping(self.spec_path.get(document))
        self._read = Reader()
        self._spec = spec or Written(document.get("spec"))

    @cached_property
    def templates(self) -> tuple[Placed, ...]:
        """The templates of the spec, inline ones left out."""
        found = enumerate(sequence(self.spec.get("templates")))
        return tuple((self.spec_path / "templates" / index, each) for index, each in found if isinstance(each, dict))

    @staticmethod
    def containers(path: Path, template: Document) -> Iterator[Placed]:
        """The containers that the template at *path* declares."""
        for name in ("container", "script"):
            if isinstance(template.get(name), dict):
                yield path / name, template[name]
        if _SEVERAL.isdisjoint(template):
            return
        if "containerSet" in template:
            yield from _listed(
                path.join(("containerSet", "containers")), mapping(template["containerSet"]).get("containers")
            )
        for name in ("sidecars", "initContainers"):
            if name in template:
                yield from _listed(path / name, template[name])

    @cached_property
    def _texts(self) -> tuple[bytes | None, bytes | None]:
        return self._spec.text, written({**self.document, "spec": None})

    def mentions(self, words: Iterable[str]) -> bool:
        """Whether one of *words* may occur in the object, written as compact JSON: quicker than a look at its parts."""
        spec, rest = self._texts
        return spec is None or rest is None or any(word in spec or word in rest for word in map(str.encode, words))

    @cached_property
    def misfits(self) -> tuple[Misfit, ...]:
        """What does not fit the table of fields."""
        return tuple(misfits(self.document, self.kind, newest=self.newest)) if self.kind in KINDS else ()

    @cached_property
    def analysis(self) -> Analysis:
        """What following its references and variables finds, as Argo's validator does."""
        options = Options(self.namespace, newest=self.newest, lint=self.values_later)
        document = {"kind": self.kind, **decoded(self.document, self.misfits)}
        return analyse(document, self.catalog, options, self._read)

    @cached_property
    def graph(self) -> Graph:
        """Who calls whom in it."""
        own = (
            (self.name, self.kind == "ClusterWorkflowTemplate")
            if self.kind.endswith("WorkflowTemplate")
            else ("", False)
        )
        return Graph(self.spec, self.spec_path, partial(_behind, self.catalog, self.namespace), own, self._read)


def _behind(catalog: Catalog, namespace: str, reference: Document) -> Document | Absent:
    """The object that *reference* leads to from that *namespace*."""
    name = text(reference.get("name"))
    if reference.get("clusterScope") is True:
        return catalog.cluster_workflow_template(name)
    return catalog.workflow_template(namespace, name)


def _listed(path: Path, documents: object) -> Iterator[Placed]:
    """The objects of a list that stands at *path*, each with its place."""
    for index, each in enumerate(sequence(documents)):
        if isinstance(each, dict):
            yield path / index, each

"""What all pods of a Workflow have in common: its spec, the controller's options, and where it would run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from admission.argo.pods.globals import global_values
from admission.argo.pods.room import Room
from admission.argo.pods.values import Values, dumped, filled, mark
from admission.errors import MalformedSource
from admission.model.catalog import UNAVAILABLE, Catalog, Lookup
from admission.model.document import Document, annotations_of, mapping, sequence, text
from admission.model.settings import ARGO_VERSIONS
from admission.model.source import read

_TOKEN_ANNOTATION = "workflows.argoproj.io/service-account-token.name"


@dataclass(frozen=True)
class Setting:
    """
    One Workflow where it would run. Make it with :meth:`all_of`.

    *spec* is its spec without templates, with the *values* of global variables filled in; *name* is a mark where the
    Workflow has no name yet.
    """

    spec: Document
    values: Values
    name: str
    namespace: str
    catalog: Catalog
    argo_version: str
    #: What is left for its templates and pods, shared by all choices of its arguments.
    room: Room = field(default_factory=Room, compare=False)

    @classmethod
    def all_of(
        cls, workflow: Document, kind: str, catalog: Catalog, namespace: str, argo_version: str
    ) -> Iterator[Setting]:
        """The setting of *workflow*, once for each choice of its arguments (:func:`global_values`)."""
        spec = {name: value for name, value in mapping(workflow.get("spec")).items() if name != "templates"}
        room = Room()
        for values in global_values(workflow, kind, namespace):
            name = values.known.get("workflow.name") or mark("workflow.name")
            given = _with_arguments(filled(spec, values), values)
            yield cls(given, values, name, namespace, catalog, argo_version, room)

    @property
    def newest(self) -> bool:
        """Whether this is Argo 4.1, and not 4.0."""
        return not self.argo_version.startswith("4.0")

    @cached_property
    def options(self) -> Document:
        """The options of the controller."""
        return self.catalog.controller_config()

    @cached_property
    def initless(self) -> bool:
        """Whether pods do without init containers of the controller: a ``supervisor`` does their work (from 4.1)."""
        return self.newest and mapping(self.options.get("initlessPod")).get("enabled") is True

    @cached_property
    def executor(self) -> Document:
        """The container that the controller's ``executor`` describes."""
        return mapping(self.options.get("executor"))

    @cached_property
    def executor_image(self) -> str:
        release = ".".join(self.argo_version.split(".")[:2])
        version = ARGO_VERSIONS.get(release, self.argo_version)
        return text(self.executor.get("image")) or f"quay.io/argoproj/argoexec:v{version}"

    @cached_property
    def repository(self) -> Document:
        """
        The artifact repository: that of ``artifactRepositoryRef``, or the default one of the namespace, else the
        controller's.
        """
        reference = mapping(self.spec.get("artifactRepositoryRef"))
        found = self._config_map(text(reference.get("configMap")) or "artifact-repositories")
        key = text(reference.get("key")) or _default_repository(found)
        return _yaml(mapping(found.get("data")).get(key)) or mapping(self.options.get("artifactRepository"))

    @cached_property
    def drivers(self) -> dict[str, str]:
        """The images of the artifact plugins, by name."""
        found = (mapping(each) for each in sequence(self.options.get("artifactDrivers")))
        return {text(each.get("name")): text(each.get("image")) for each in found}

    @cached_property
    def inputs_text(self) -> str:
        """The spec as text, if it uses inputs of templates: these are filled in for each pod."""
        written = dumped(self.spec)
        return written if "inputs." in written else ""

    def token_secret(self, account: str) -> str:
        """The Secret with the token of a service account; a mark where nobody could look."""
        found = self.catalog.get(Lookup("ServiceAccount", self.namespace, account))
        if found is UNAVAILABLE:
            return mark(f"token of {account}")
        document = found if isinstance(found, dict) else {}
        listed = [text(mapping(each).get("name")) for each in sequence(document.get("secrets"))]
        annotated = annotations_of(document).get(_TOKEN_ANNOTATION)
        return next(iter(listed), "") or text(annotated) or f"{account}.service-account-token"

    def _config_map(self, name: str) -> Document:
        found = self.catalog.get(Lookup("ConfigMap", self.namespace, name))
        return found if isinstance(found, dict) else {}


def _with_arguments(spec: Document, values: Values) -> Document:
    """*spec* with the chosen values of its arguments."""
    arguments = mapping(spec.get("arguments"))
    given = sequence(arguments.get("parameters"))
    chosen = [_chosen(each, values) if isinstance(each, dict) else each for each in given]
    return {**spec, "arguments": {**arguments, "parameters": chosen}} if given else spec


def _chosen(parameter: Document, values: Values) -> Document:
    value = values.known.get(f"workflow.parameters.{text(parameter.get('name'))}")
    return parameter if value is None else {**parameter, "value": value}


def _default_repository(config_map: Document) -> str:
    annotations = annotations_of(config_map)
    return text(annotations.get("workflows.argoproj.io/default-artifact-repository"))


def _yaml(written: object) -> Document:
    try:
        found = read(written) if isinstance(written, str) else []
    except MalformedSource:
        return {}
    return mapping(found[0].document) if found else {}

"""The end of a pod's making: variables, podSpecPatch, mounts that come last; and what is unknown of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, TypeAlias

from admission.argo.pods.build import Draft
from admission.argo.pods.effective import EffectivePod, Origin, Problem
from admission.argo.pods.executor import VAR_RUN_ARGO
from admission.argo.pods.patch import applied, parsed, read_again
from admission.argo.pods.room import PATCH
from admission.argo.pods.setting import Setting
from admission.argo.pods.templates import Template
from admission.argo.pods.values import Values, closed, dumped, filled, is_harmless, is_unknown, settled
from admission.argo.pods.walk import Context
from admission.argo.types import written_by_go
from admission.errors import MergeError
from admission.model.document import Document, mapping, mappings, sequence, text
from admission.model.path import Path

_LISTS = ("containers", "initContainers")


#: Where a patch stands in the expanded Workflow, and its text, if it is one.
Written: TypeAlias = "tuple[Path, object]"


@dataclass(frozen=True, slots=True)
class Making:
    """
    How a pod is finished.

    *purpose* and the template's *name*, *scope* and *body* as in EffectivePod; *path*: where its template stands;
    *values*: what is known when the whole pod is gone through once more; *patches*, in their order. *last_mounts*: it
    runs the emissary; *account*: the service account that it gets whatever the patches say; *reference*: the place to
    which everything in it points, where it has no other.
    """

    purpose: str
    path: Path
    values: Values
    patches: tuple[Written, ...]
    name: str = ""
    scope: str = "local"
    last_mounts: bool = True
    account: str = ""
    reference: Path | None = None
    body: Document = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patched:
    """A pod's spec after its patches; *of* says of each container where it comes from, *last* which patch came last."""

    spec: Document
    of: dict[Path, Origin]
    problems: tuple[Problem, ...] = ()
    last: Path | None = None
    is_open: bool = False


def step_making(context: Context, document: Document, setting: Setting) -> Making:
    """How the pod of a template is finished; *document* is the template with its inputs."""
    template = context.template
    own = context.inputs.values(document)
    values = Values({**setting.values.known, **own.known}, setting.values.open)
    of_spec = (Path(("spec", "podSpecPatch")), setting.spec.get("podSpecPatch"))
    of_template = (_place_of_patch(template), document.get("podSpecPatch"))
    return Making(
        purpose="step",
        path=template.reference or template.path,
        reference=template.reference,
        values=values,
        patches=(of_spec, of_template),
        name=template.name,
        scope=template.scope,
        body=template.authored,
    )


def finished(draft: Draft, making: Making, setting: Setting, *, reachable: bool) -> EffectivePod:
    """The pod that *draft* becomes; its origins are places in the expanded Workflow."""
    pod = filled(_assembled(draft, making), making.values)
    texts = list(_texts(making))
    setting.room.take(PATCH * sum(len(written) for _, written in texts))
    patched = _patched(mapping(pod.get("spec")), texts, _origins(draft, making.reference))
    spec = _with_last_mounts(patched.spec, setting) if making.last_mounts else patched.spec
    if making.account:
        spec = {**spec, "serviceAccountName": making.account}
    pod, unknown = settled({**pod, "spec": spec}, last=making.purpose == "step")
    setting.room.take(len(dumped(pod)))
    return EffectivePod(
        template=making.name,
        scope=making.scope,
        purpose=making.purpose,
        reachable=reachable,
        pod=pod,
        origin=Origin(making.path, making.purpose == "step", patched.last),
        unknown=(Path(("spec",)),) if patched.is_open else unknown,
        containers=MappingProxyType(patched.of),
        problems=patched.problems,
        body=making.body,
    )


def _texts(making: Making) -> Iterator[tuple[Path, str]]:
    """The patches, filled in."""
    for path, written in making.patches:
        if isinstance(written, str) and written:
            # The pods of no template get their patch as it is: what is not of the Workflow stays a tag for good.
            known = filled(written, making.values)
            yield path, closed(known) if making.purpose == "step" else known


def _place_of_patch(template: Template) -> Path:
    """Where the patch of a template stands: in it, or in the ``templateDefaults``."""
    if template.reference and template.authored.get("podSpecPatch"):
        return template.reference
    if template.authored.get("podSpecPatch"):
        return template.path / "podSpecPatch"
    return Path(("spec", "templateDefaults", "podSpecPatch"))


def _assembled(draft: Draft, making: Making) -> Document:
    init = [part.container for part in draft.init_containers]
    if making.last_mounts:
        init = [_with_var_run(container) for container in init]
    spec = {**draft.pod["spec"], "containers": [part.container for part in draft.containers]}
    if init:
        spec["initContainers"] = init
    return {**draft.pod, "spec": spec}


def _with_var_run(container: Document) -> Document:
    return {**container, "volumeMounts": [*sequence(container.get("volumeMounts")), VAR_RUN_ARGO]}


def _origins(draft: Draft, reference: Path | None) -> dict[Path, Origin]:
    found = {}
    for name, parts in zip(_LISTS, (draft.containers, draft.init_containers), strict=True):
        for index, part in enumerate(parts):
            found[Path(("spec", name, index))] = Origin(reference or part.path, part.authored)
    return found


def _patched(spec: Document, patches: Iterable[tuple[Path, str]], of: dict[Path, Origin]) -> Patched:
    """*spec* with *patches* over it."""
    problems: list[Problem] = []
    last: Path | None = None
    is_open = False
    given = [(path, written, parsed(written)) for path, written in patches]
    strange = next((path for path, _, patch in reversed(given) if patch.strange), None)
    if strange is not None:
        # A field that Go does not write takes nothing back of what comes in another letter case.
        spec = written_by_go(spec, "PodSpec")
    for path, written, patch in given:
        last = path
        problems += [Problem(path, remark) for remark in patch.remarks if patch.document is not None]
        try:
            new = applied(spec, patch)
        except MergeError as error:
            # Of a text that is not complete yet nobody knows whether it will be refused.
            if not is_unknown(written):
                problems.append(Problem(path, str(error), refused=True))
            return Patched(spec, of, tuple(problems), last, is_open=True)
        of = _origins_after(spec, new, of, path)
        spec = new
        # Text of the run within the text of a patch may be anything, braces and line breaks included.
        is_open = is_open or not is_harmless(written)
    if strange is not None:
        # The patches are merged one after the other as JSON: only the last result is read.
        of = _origins_after(spec, new := read_again(spec), of, strange)
        spec = new
    return Patched(spec, of, tuple(problems), last, is_open)


def _origins_after(before: Document, after: Document, of: dict[Path, Origin], patch: Path) -> dict[Path, Origin]:
    """Where the containers come from, after the *patch*: those that it changed are its work, too."""
    found: dict[Path, Origin] = {}
    for name in _LISTS:
        old = sequence(before.get(name))
        same = _Same(old)
        for index, each in enumerate(sequence(after.get(name))):
            known = same.index(each)
            origin = of.get(Path(("spec", name, known))) if known is not None else None
            if origin is None or known is None:
                found[Path(("spec", name, index))] = Origin(patch, authored=True, patched=patch)
            elif old[known] is each or old[known] == each:
                found[Path(("spec", name, index))] = origin
            else:
                found[Path(("spec", name, index))] = Origin(origin.path, origin.authored, patch)
    return found


class _Same:
    """The *containers* from before a patch."""

    def __init__(self, containers: list[Any]) -> None:
        given = list(enumerate(containers))[::-1]
        self._by_identity = {id(each): index for index, each in given}
        self._by_name = {text(mapping(each).get("name")): index for index, each in given}

    def index(self, container: Any) -> int | None:
        """The index of *container* among them: itself, or the one of its name."""
        by_name = self._by_name.get(text(mapping(container).get("name")))
        return self._by_identity.get(id(container), by_name)


def _with_last_mounts(spec: Document, setting: Setting) -> Document:
    """*spec* with the mounts that every container gets after the patches."""
    containers = []
    for index, container in enumerate(mappings(spec.get("containers"))):
        mounts = sequence(container.get("volumeMounts"))
        if text(container.get("image")) == setting.executor_image:
            mounts = [*mounts, {"name": "tmp-dir-argo", "mountPath": "/tmp", "subPath": str(index)}]
        containers.append({**container, "volumeMounts": [*mounts, VAR_RUN_ARGO]})
    return {**spec, "containers": containers}

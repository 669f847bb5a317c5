"""What is asked of templates that run something (argo-validation 4.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.checks import names
from admission.argo.checks.wrong import Wrongs, below
from admission.argo.validation.base import Base
from admission.argo.validation.values import PLACEHOLDERS
from admission.errors import MalformedSource
from admission.model.document import Document, mapping, sequence, text
from admission.model.source.compose import compose
from admission.model.source.split import Part

ACTIONS = ("get", "create", "apply", "delete", "replace", "patch")
#: Names that Argo gives to containers of its own (4.1).
RESERVED, RESERVED_PREFIX = ("wait", "supervisor"), "artifact-plugin-"
INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
EXPRESSION = re.compile(r"\{\{\s*=\s*.+?\s*\}\}", re.ASCII)
#: What is longer is not read here.
LONGEST = 200_000


#: The fields that ``leaf`` looks at, beside inputs and the body.
_BESIDE = frozenset({"activeDeadlineSeconds", "parallelism", "sidecars"})


def leaf(template: Document, kind: str, base: Base, newest: bool) -> Wrongs:
    """Everything that is asked of the body of a template of that *kind*, which is neither steps nor dag."""
    if kind in ("container", "script") and _BESIDE.isdisjoint(template) and _is_plain(template, template[kind]):
        return iter(())
    return _leaf(template, kind, base, newest)


def _is_plain(template: Document, body: Document) -> bool:
    """Whether a container or script has an image, and nothing else is asked of it."""
    mounts = "volumeMounts" in body or mapping(template.get("inputs")).get("artifacts")
    return bool(text(body.get("image")) and not mounts)


def _leaf(template: Document, kind: str, base: Base, newest: bool) -> Wrongs:
    if "activeDeadlineSeconds" in template:
        yield from _deadline(template["activeDeadlineSeconds"])
    if template.get("parallelism") is not None:
        yield "parallelism-leaf", ("parallelism",), "remove parallelism: it is for steps and dag"
    if kind in ("container", "script") and not text(template[kind].get("image")) and not base.image_of(kind):
        yield f"{kind}-image", (kind,), "name the image"
    if kind == "container":
        yield from _mounts(template)
    elif kind == "containerSet":
        yield from below(("containerSet",), _container_set(mapping(template["containerSet"]), template, newest))
    elif kind == "resource":
        yield from below(("resource",), _resource(mapping(template["resource"]), template))
    if newest and "sidecars" in template:
        yield from below(("sidecars",), _reserved("sidecar-reserved", template["sidecars"]))


def _deadline(value: object) -> Wrongs:
    said = "give the seconds, as a number that is not negative, or a variable"
    if isinstance(value, str):
        if INTEGER.fullmatch(value):
            value = int(value)
        elif not PLACEHOLDERS.match(value) and not (value.startswith("{{") and value.endswith("}}")):
            yield "ads-leaf", ("activeDeadlineSeconds",), said
    if isinstance(value, int | float) and value < 0:
        yield "ads-leaf", ("activeDeadlineSeconds",), said


def _mounts(template: Document) -> Wrongs:
    taken: dict[str, str] = {}
    if "volumeMounts" in template["container"]:
        yield from _mounted("container-mount-duplicate", ("container", "volumeMounts"), template["container"], taken)
    artifacts = mapping(template["inputs"]).get("artifacts") if "inputs" in template else None
    for index, entry in enumerate(sequence(artifacts)) if artifacts else ():
        artifact = mapping(entry)
        path = text(artifact.get("path"))
        if path in taken:
            said = f"{path!r} is already the place of {taken[path]}"
            yield "container-artifact-collision", ("inputs", "artifacts", index, "path"), said
        taken[path] = f"the artifact {text(artifact.get('name'))!r}"


def _mounted(rule: str, place: tuple[str, ...], holder: object, taken: dict[str, str]) -> Wrongs:
    for index, entry in enumerate(sequence(mapping(holder).get("volumeMounts"))):
        mount = mapping(entry)
        path = text(mount.get("mountPath"))
        if path in taken:
            yield rule, (*place, index, "mountPath"), f"{path!r} is already the place of {taken[path]}"
        taken[path] = f"the volume {text(mount.get('name'))!r}"


def _container_set(members: Document, template: Document, newest: bool) -> Wrongs:
    containers = [mapping(each) for each in sequence(members.get("containers"))]
    if not containers:
        yield "containerset-empty", (), "list at least one container"
    yield from below(("containers",), names.listed("containerset-names", containers, names.field_problem))
    yield from _mounted("containerset-mount-duplicate", ("volumeMounts",), members, {})
    yield from below(("containers",), _order(containers))
    inputs, outputs = mapping(template.get("inputs")), mapping(template.get("outputs"))
    moved = (
        sequence(inputs.get("artifacts")) or sequence(outputs.get("parameters")) or sequence(outputs.get("artifacts"))
    )
    if moved and not any(each.get("name") == "main" for each in containers):
        said = 'name one of the containers "main": inputs and outputs are its'
        yield "containerset-main", ("containers",), said
    if newest:
        yield from below(("containers",), _reserved("containerset-reserved", containers))


def _order(containers: list[Document]) -> Wrongs:
    """The dependencies between the containers of a set."""
    before = {text(each.get("name")): list(map(text, sequence(each.get("dependencies")))) for each in containers}
    for index, each in enumerate(containers):
        for at, name in enumerate(sequence(each.get("dependencies"))):
            if isinstance(name, str) and name not in before:
                said = f"there is no container {name!r} in the set"
                yield "containerset-dependency", (index, "dependencies", at), said
    circle = in_circle(before)
    for index, each in enumerate(containers):
        if text(each.get("name")) in circle:
            said = "the containers wait for each other in a circle: remove a dependency"
            yield "containerset-cycle", (index, "dependencies"), said
            return


def in_circle(before: dict[str, list[str]]) -> set[str]:
    """The names that wait for each other in a circle, or stand between two; *before*: for whom each waits."""
    waiting = {name: {each for each in others if each in before} for name, others in before.items()}
    late = _unsorted(waiting)
    after: dict[str, set[str]] = {name: set() for name in late}
    for name in late:
        for each in waiting[name] & late:
            after[each].add(name)
    return _unsorted(after)


def _unsorted(waiting: dict[str, set[str]]) -> set[str]:
    """The names that never come if each waits for those."""
    after: dict[str, list[str]] = {name: [] for name in waiting}
    for name, others in waiting.items():
        for each in others:
            after[each].append(name)
    left = {name: len(others) for name, others in waiting.items()}
    ready = [name for name, count in left.items() if not count]
    for name in ready:
        for each in after[name]:
            left[each] -= 1
            if not left[each]:
                ready.append(each)
    return set(waiting) - set(ready)


def _reserved(rule: str, containers: object) -> Wrongs:
    for index, entry in enumerate(sequence(containers)):
        name = text(mapping(entry).get("name"))
        if name in RESERVED or name.startswith(RESERVED_PREFIX):
            yield rule, (index, "name"), f"{name!r} is a name that Argo gives to a container of its own: use another"


def _resource(resource: Document, template: Document) -> Wrongs:
    action = text(resource.get("action"))
    if action not in ACTIONS and not PLACEHOLDERS.match(action):
        yield "resource-action", ("action",) if action else (), f"use one of the actions {', '.join(ACTIONS)}"
    if action in ("get", "delete"):
        return
    manifest, source = text(resource.get("manifest")), resource.get("manifestFrom")
    if not manifest and not isinstance(source, dict):
        yield "resource-manifest-required", (), "give the manifest, or say where it comes from: manifestFrom"
    if manifest and isinstance(source, dict):
        yield "resource-manifest-both", ("manifestFrom",), "use manifest or manifestFrom, not both"
    artifact = mapping(mapping(source).get("artifact"))
    if artifact and text(artifact.get("name")) not in set(_input_artifacts(template)):
        said = f"there is no input artifact {text(artifact.get('name'))!r}"
        yield "resource-manifestfrom-artifact", ("manifestFrom", "artifact"), said
    if manifest and not PLACEHOLDERS.match(manifest) and not is_yaml(manifest):
        yield "resource-manifest-yaml", ("manifest",), "write the manifest as YAML; put quotes around what has tags"


def _input_artifacts(template: Document) -> Iterator[str]:
    for each in sequence(mapping(template.get("inputs")).get("artifacts")):
        yield text(mapping(each).get("name"))


def is_yaml(manifest: str) -> bool:
    """Whether the first document of *manifest* is YAML, expressions being taken for words, or too long to be read."""
    if len(manifest) > LONGEST:
        return True
    try:
        compose(Part(EXPRESSION.sub("placeholder", manifest)))
    except MalformedSource:
        return False
    return True

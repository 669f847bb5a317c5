"""The pods that a Workflow would become, and their containers, as policies look at them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from admission.argo.pods import EffectivePod, Origin
from admission.argo.types import types
from admission.model.document import Document, mapping, sequence
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.settled import Settled, settled
from admission.policy.spec import Target
from admission.policy.targets import Found, targets

#: What stands where more than one text is unknown: whoever reads it sees that it is.
_UNKNOWN = "{{unknown}}"


def pods(review: ReviewInput) -> Iterator[Found]:
    """The pods, each with its template; what only the run decides has a tag in its place."""
    for pod in review.pods:
        document = seen(pod)
        yield Found(pod.origin.path, document, pod.body, document, _label(pod))


def containers(review: ReviewInput, fields: Collection[str] | None = None) -> list[Found]:
    """
    The containers of the pods that an author wrote, or that a podSpecPatch adds or changes, in the Workflow's order.

    Those that the controller makes are none of the author's, as long as he leaves them alone. What an author wrote and
    no pod has, because Argo does not look at it there or cannot read it, is judged as it stands. *fields* are all that
    is looked at of a container, None if that is more: where these are settled no pod is made.
    """
    return completed(settled(review, fields), review)


def completed(known: Settled, review: ReviewInput) -> list[Found]:
    """The containers that are *known* to be settled, and those of the pods that must be made for the others."""
    if known.open is not None and not known.open:
        return list(known.found)
    made = _of_pods(review.pods if known.open is None else review.pods_of(known.open))
    shown = {origin.path for origin, _ in made} | {found.path for found in known.standing}
    written = list(targets(Target.CONTAINER, review.workflow))
    others = [found for found in written if found.path not in shown]
    place = {found.path: index for index, found in enumerate(written)}
    found = [*known.found, *(each for _, each in made), *others]
    return sorted(found, key=lambda each: place.get(each.path, len(place)))


def _of_pods(pods: Iterable[EffectivePod]) -> list[tuple[Origin, Found]]:
    """The containers of *pods* that are to be judged, and where they come from."""
    found = []
    for pod in pods:
        document = seen(pod)
        for path, origin in pod.containers.items():
            if origin.authored or origin.patched:
                container = mapping(path.get(document)) or _unknown_container(path.get(pod.pod))
                label = ", ".join(filter(None, (_label(pod), f"container {container.get('name')!r}")))
                found.append((origin, Found(_place(origin), container, pod.body, document, label)))
    return found


def seen(pod: EffectivePod) -> Document:
    """The pod with a tag in the place of all that is unknown of it, however much that is."""
    document = pod.pod
    for path in pod.unknown:
        if not isinstance(path.get(document), str):
            document = _with(document, path, _UNKNOWN)
    return document


def _place(origin: Origin) -> Path:
    """Where the container stands; of one that the controller makes, the patch that changes it."""
    return origin.path if origin.authored or origin.patched is None else origin.patched


def _unknown_container(container: Any) -> Document:
    """A container of a pod of which all is unknown, but for the name that it would have."""
    name = mapping(container).get("name", _UNKNOWN)
    return {**dict.fromkeys(types()["Container"].fields, _UNKNOWN), "name": name}


def _label(pod: EffectivePod) -> str:
    """What a finding calls the pod where its place does not say it."""
    if pod.purpose == "agent":
        return "the pod of http and plugin templates"
    if pod.purpose == "artifact-gc":
        return "the pod that deletes artifacts"
    return f"template {pod.template!r}" if pod.template else ""


def _with(document: Any, path: Path, value: Any) -> Any:
    """*document* with *value* at *path*."""
    if not path:
        return value
    step, rest = path[0], Path(path[1:])
    if isinstance(document, list) and isinstance(step, int):
        return [_with(each, rest, value) if index == step else each for index, each in enumerate(sequence(document))]
    return {**mapping(document), step: _with(mapping(document).get(str(step)), rest, value)}

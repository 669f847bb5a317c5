"""Names that only the run would know, were it not for the callers: what the pods of a template have in their place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from admission.argo.pods import EffectivePod
from admission.model.document import mapping, text
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.uses.use import IN_THE_RUN, OPEN, Use, named

_SPEC = Path(("spec",))

#: Fields of a template, and of a Workflow for templates that do not say, and what they are in a pod.
_OF_TEMPLATE = {"serviceAccountName": "serviceAccountName", "priorityClassName": "priorityClassName"}
_OF_WORKFLOW = {"serviceAccountName": "serviceAccountName", "podPriorityClassName": "priorityClassName"}


def resolved(use: Use, review: ReviewInput) -> Iterator[Use]:
    """*use*, once for each name that it comes to in a pod; itself where that is known, or no pod says it."""
    if use.why != IN_THE_RUN:
        yield use
        return
    names = list(dict.fromkeys(_names(use, review)))
    if not names:
        yield use
    for name in names:
        yield replace(named(use.dimension, name, use.found, use.key), act=use.act)


def _names(use: Use, review: ReviewInput) -> Iterator[str]:
    place, field = use.found.path.parent, str(use.found.path[-1])
    for pod in review.pods:
        if field == "image":
            yield from (_image(pod, path) for path, origin in pod.containers.items() if origin.path == place)
        elif pod.purpose != "step":
            continue
        elif field in _OF_TEMPLATE and pod.origin.path == place:
            yield _known(pod, _SPEC / _OF_TEMPLATE[field])
        elif field in _OF_WORKFLOW and place == _SPEC and not pod.body.get(_OF_WORKFLOW[field]):
            yield _known(pod, _SPEC / _OF_WORKFLOW[field])


def _image(pod: EffectivePod, container: Path) -> str:
    # What a patch puts in the place of an image is a use of its own.
    return OPEN if pod.containers[container].patched else _known(pod, container / "image")


def _known(pod: EffectivePod, path: Path) -> str:
    """What stands at *path*; a tag where nobody knows."""
    if any(path.within(open_path) for open_path in pod.unknown):
        return text(path.get(pod.pod)) if OPEN in text(path.get(pod.pod)) else OPEN
    return text(path.get(mapping(pod.pod)))

"""
What a ``podSpecPatch`` with tags adds, where the values of its parameters are known.

It is the difference that it makes: what the pods use with all patches, less what they use without any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from admission.argo.pods import EffectivePod
from admission.model.path import Path
from admission.policy import effective
from admission.policy.input import ReviewInput
from admission.policy.uses import pods
from admission.policy.uses.use import Use
from admission.policy.uses.walk import structs

_SPEC = Path(("spec",))


def settled(found: Iterable[Use], review: ReviewInput) -> Iterator[Use]:
    """*found*, with what patches add in place of all that they could."""
    given = list(found)
    if not any(use.why == pods.PATCHED for use in given):
        yield from given
        return
    made = _Made.of(review)
    for use in given:
        yield from made.patched(use) if use.why == pods.PATCHED else [use]


@dataclass(frozen=True)
class _Made:
    """The pods of a Workflow, and of the same without any patch."""

    pods: Sequence[EffectivePod]
    bare: Sequence[EffectivePod]

    @classmethod
    def of(cls, review: ReviewInput) -> _Made:
        workflow = review.workflow
        bare = replace(review, workflow={**workflow, "spec": _without_patches(workflow.get("spec"))})
        return cls(review.pods, bare.pods)

    def patched(self, use: Use) -> Iterator[Use]:
        """What a patch with tags adds of the dimension of *use*."""
        place = use.found.path.parent
        with_, without = _at(self.pods, place), _at(self.bare, place)
        if not with_ or any(_is_anything(pod) for pod in with_):
            yield use
            return
        before = {(each.dimension, each.key, each.name) for pod in without for each in _uses_of(pod)}
        for pod in with_:
            for each in _uses_of(pod):
                if each.dimension == use.dimension and (each.dimension, each.key, each.name) not in before:
                    yield replace(each, found=use.found)


def _at(pods_: Iterable[EffectivePod], place: Path) -> list[EffectivePod]:
    """The pods of the template at *place*; of the spec all."""
    return [pod for pod in pods_ if place == _SPEC or pod.origin.path == place]


def _is_anything(pod: EffectivePod) -> bool:
    """Whether more of a pod is unknown than single texts, or its patch is no patch."""
    return bool(pod.problems) or any(not isinstance(path.get(pod.pod), str) for path in pod.unknown)


def _uses_of(pod: EffectivePod) -> Iterator[Use]:
    for struct in structs(effective.seen(pod).get("spec"), "PodSpec", Path()):
        yield from pods.of_struct(struct)


def _without_patches(value: Any) -> Any:
    """*value* without any ``podSpecPatch``, in whatever case it is written."""
    if isinstance(value, dict):
        return {key: _without_patches(item) for key, item in value.items() if key.lower() != "podspecpatch"}
    return [_without_patches(item) for item in value] if isinstance(value, list) else value

"""
How much a Workflow may use at most: pods in all, and what runs together of pods, processors and memory.

What the containers of its author may use, and those that a patch changes. What has no bound (no limit, no end of
retries) is infinite; what only the run knows (``withParam``, recursion, templates elsewhere) is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from admission.argo.peak.amounts import UNIT, Amounts, lacking, of_pod
from admission.argo.peak.in_all import InAll
from admission.argo.peak.reckoning import reckoned_of
from admission.argo.pods import EffectivePod
from admission.argo.pods.project import Projection
from admission.errors import MergeError
from admission.model.document import Document, mapping, sequence
from admission.model.path import Path
from admission.policy.input import ReviewInput

#: A number without bound is infinite.
Number: TypeAlias = Fraction | float

_RESOURCES = ("cpu", "memory")
_LISTS = ("containers", "initContainers")


@dataclass(frozen=True, slots=True)
class Amount:
    """So much at most; where nobody knows that, so much at least, and *why* nobody knows."""

    number: Number = Fraction(0)
    why: str = ""


@dataclass(frozen=True, slots=True)
class Demand:
    """What a Workflow may use: *pods* in all, and at one time *together* so many with so much *cpu* and *memory*."""

    pods: Amount = Amount()
    together: Amount = Amount()
    cpu: Amount = Amount()
    memory: Amount = Amount()


def demand(review: ReviewInput) -> Demand:
    """What the Workflow that *review* is about may use, whichever its arguments are."""
    if mapping(review.workflow.get("spec")).get("workflowTemplateRef"):
        # What is still there could not be followed.
        return _nobody_knows("what the template elsewhere is")
    try:
        found = [_of_projection(each) for each in review.projections()]
    except MergeError:
        return _nobody_knows("what the controller makes of it")
    except RecursionError:
        return _nobody_knows("how deep the templates call one another")
    return Demand(*(_most(amounts) for amounts in zip(*found, strict=True))) if found else Demand()


def _nobody_knows(why: str) -> Demand:
    return Demand(*(Amount(why=why) for _ in range(4)))


def _of_projection(projection: Projection) -> tuple[Amount, ...]:
    count = InAll(projection)
    pods = count.pods()
    missing = next(iter(count.missing), "")
    why = missing or next(iter(count.open), "")
    least = reckoned_of(projection, _weigh, least=True).amounts
    most = reckoned_of(projection, _weigh).amounts if why else least
    agents = len(projection.agent)
    unknown = {name: missing or _unknown(name, projection) for name in _RESOURCES}
    return (
        Amount(_number(pods), why),
        Amount(_of(most, "pods") + agents, ""),
        *(_amount(_of(least, name), _of(most, name), why, unknown[name]) for name in _RESOURCES),
    )


def _amount(least: Number, most: Number, why: str, unknown: str) -> Amount:
    if unknown:
        return Amount(least, unknown)
    return Amount(least, why) if math.isinf(most) else Amount(most)


def _weigh(pod: EffectivePod) -> Amounts:
    """What a pod needs; infinite where a container does not say."""
    own = _of_author(pod)
    needed = of_pod(own)
    found: dict[str, int | float] = {"pods": UNIT}
    for name in _RESOURCES:
        silent = set(lacking(own, f"limits.{name}")) and not _is_open(pod, name)
        found[name] = math.inf if silent else needed.get(f"limits.{name}", 0)
    return found


def _of_author(pod: EffectivePod) -> Document:
    """*pod* with the containers alone that somebody else than the controller has made, or made other."""
    spec = mapping(pod.pod.get("spec"))
    kept = {name: [each for path, each in _containers(pod, name)] for name in _LISTS}
    return {"spec": {"resources": spec.get("resources"), **kept}}


def _containers(pod: EffectivePod, name: str) -> Iterator[tuple[Path, Document]]:
    for index, each in enumerate(sequence(mapping(pod.pod.get("spec")).get(name))):
        path = Path(("spec", name, index))
        origin = pod.containers.get(path)
        if origin is None or origin.authored or origin.patched:
            yield path, mapping(each)


def _unknown(name: str, projection: Projection) -> str:
    return f"the limit of {name}" if any(_is_open(pod, name) for pod in projection.pods.values()) else ""


def _is_open(pod: EffectivePod, name: str) -> bool:
    """Whether only the run knows a limit of *pod*."""
    if not pod.unknown:
        return False
    places = [path.join(("resources", "limits", name)) for each in _LISTS for path, _ in _containers(pod, each)]
    return any(place.within(unknown) for place in places for unknown in pod.unknown)


def _most(amounts: Iterable[Amount]) -> Amount:
    """The most of *amounts*; unknown where any of them is."""
    given = list(amounts)
    return Amount(max(each.number for each in given), next((each.why for each in given if each.why), ""))


def _of(amounts: Mapping[str, int | float], name: str) -> Number:
    found = amounts.get(name, 0)
    return math.inf if math.isinf(found) else Fraction(int(found), UNIT)


def _number(number: int | float) -> Number:
    return math.inf if math.isinf(number) else Fraction(int(number))

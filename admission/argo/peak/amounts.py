"""What a pod asks of a namespace, counted as a ResourceQuota counts it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from admission.argo.languages import LanguageError, quantities
from admission.model.document import Document, mapping, sequence

#: Amounts by the names that a ResourceQuota gives them, in billionths; infinite where there is no bound.
Amounts: TypeAlias = Mapping[str, "int | float"]

UNIT = 10**9

#: Defaults of a LimitRange for containers: limits and requests.
Defaults: TypeAlias = tuple[Document, Document]

NO_DEFAULTS: Defaults = ({}, {})


def added(many: Iterable[Amounts]) -> dict[str, int | float]:
    """All of *many* at once."""
    return _joined(many, lambda one, other: one + other)


def largest(many: Iterable[Amounts]) -> dict[str, int | float]:
    """Whichever of *many* is the most, of each resource."""
    return _joined(many, max)


def times(amounts: Amounts, number: int | float) -> dict[str, int | float]:
    """So many times *amounts*."""
    return {name: each * number if each and number else 0 for name, each in amounts.items()}


def most_of(sizes: Sequence[tuple[Amounts, int | float]], number: int) -> dict[str, int | float]:
    """The most that *number* of those can need of which there are so many of each size."""
    names = dict.fromkeys(name for amounts, _ in sizes for name in amounts)
    return {name: _first_of([(each.get(name, 0), times) for each, times in sizes], number) for name in names}


def _first_of(sizes: list[tuple[int | float, int | float]], number: int) -> int | float:
    total: int | float = 0
    for each, count in sorted(sizes, reverse=True):
        taken = int(min(number, count))
        total += each * taken if each and taken else 0
        number -= taken
    return total


def of_pod(pod: Document, defaults: Defaults = NO_DEFAULTS) -> dict[str, int | float]:
    """What one pod needs while it runs."""
    spec = mapping(pod.get("spec"))
    together = [_of_container(mapping(each), defaults) for each in sequence(spec.get("containers"))]
    first: list[Amounts] = []
    for each in sequence(spec.get("initContainers")):
        own = _of_container(mapping(each), defaults)
        if mapping(each).get("restartPolicy") == "Always":
            together.append(own)
        else:
            first.append(own)
    # While an init container runs, the main ones do not; those that go on running are counted with these.
    needed = largest([added(together), *first, _of_resources(mapping(spec.get("resources")))])
    overhead = {f"requests.{name}": amount(value) for name, value in mapping(spec.get("overhead")).items()}
    return added([needed, overhead, *map(_of_volume, sequence(spec.get("volumes"))), {"pods": UNIT}])


def of_claim(claim: Any) -> dict[str, int | float]:
    """What a PersistentVolumeClaim asks for."""
    spec = mapping(mapping(claim).get("spec"))
    requests = mapping(mapping(spec.get("resources")).get("requests"))
    return {"persistentvolumeclaims": UNIT, "requests.storage": amount(requests.get("storage"))}


def lacking(pod: Document, name: str, defaults: Defaults = NO_DEFAULTS) -> list[str]:
    """The containers of *pod* that do not say how much they need of the resource that a quota calls *name*."""
    spec = mapping(pod.get("spec"))
    everyone = (*sequence(spec.get("initContainers")), *sequence(spec.get("containers")))
    return [str(mapping(each).get("name")) for each in everyone if name not in _of_container(mapping(each), defaults)]


def amount(value: Any) -> int:
    """A quantity in billionths; nothing where it cannot be read."""
    try:
        return int(quantities.parse(value) * UNIT) if isinstance(value, str | int | float) else 0
    except LanguageError:
        return 0


def _of_container(container: Document, defaults: Defaults) -> dict[str, int | float]:
    resources = mapping(container.get("resources"))
    default_limits, default_requests = defaults
    own = mapping(resources.get("limits"))
    # What has a limit and no request requests its limit; so the API server fills it in, before a LimitRange does.
    requests = {**default_requests, **own, **mapping(resources.get("requests"))}
    return _of_resources({"limits": {**default_limits, **own}, "requests": requests})


def _of_resources(resources: Document) -> dict[str, int | float]:
    return {
        f"{kind}.{name}": amount(value)
        for kind in ("requests", "limits")
        for name, value in mapping(resources.get(kind)).items()
    }


def _of_volume(volume: Any) -> dict[str, int | float]:
    """What a volume that is made for the pod asks for."""
    template = mapping(mapping(volume).get("ephemeral")).get("volumeClaimTemplate")
    return of_claim(template) if isinstance(template, dict) else {}


def _joined(many: Iterable[Amounts], join: Callable[[int | float, int | float], int | float]) -> dict[str, int | float]:
    found: dict[str, int | float] = {}
    for amounts in many:
        for name, value in amounts.items():
            found[name] = join(found.get(name, 0), value)
    return found

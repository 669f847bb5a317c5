"""The peak of a Workflow, and whether its namespace has room for it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from admission.argo.expand import expand
from admission.argo.expansion.result import Key
from admission.argo.peak import quota
from admission.argo.peak.amounts import UNIT, Amounts, Defaults, added, lacking, largest, of_claim, of_pod
from admission.argo.peak.parts import Part, Widest, either
from admission.argo.peak.reckoning import reckoned_of
from admission.argo.pods.effective import EffectivePod
from admission.argo.pods.project import NO_COPIES, Projection, projections
from admission.argo.started import started
from admission.errors import MergeError
from admission.model.catalog import Catalog
from admission.model.document import Document, namespace_of, sequence, text
from admission.model.path import Path

__all__ = ["Peak", "Shortage", "Widest", "as_document", "named", "peak_of", "reckoned", "shortages", "shown"]

#: What stands where nobody knows how much it is.
_UNKNOWN = "{{unknown}}"

#: What every container has to say something of where a quota counts it.
_WANTED = frozenset({"requests.cpu", "requests.memory", "limits.cpu", "limits.memory"})


@dataclass(frozen=True)
class Peak:
    """
    What a Workflow needs at most at one time.

    *amounts* by the names that a ResourceQuota gives them, in billionths, infinite where there is no bound; *widest*
    says for each which step makes it so much. *unbounded* are the steps of which only the run knows how often they
    run at once; *unknown* the templates of which only it knows what their pods need. *pods* are the pods counted.
    """

    amounts: Amounts
    widest: Mapping[str, Widest]
    unbounded: tuple[Widest, ...] = ()
    unknown: tuple[str, ...] = ()
    pods: tuple[EffectivePod, ...] = ()

    def placed(self, place: Callable[[Path], Path]) -> Peak:
        """The same with its places turned into others."""
        return replace(
            self,
            widest={name: replace(each, path=place(each.path)) for name, each in self.widest.items()},
            unbounded=tuple(replace(each, path=place(each.path)) for each in self.unbounded),
            pods=tuple(pod.placed(place) for pod in self.pods),
        )

    @property
    def parallel_pods(self) -> int | float:
        """How many pods there are at once."""
        pods = self.amounts.get("pods", 0)
        return pods if isinstance(pods, float) else pods // UNIT


@dataclass(frozen=True, slots=True)
class Shortage:
    """What a namespace does not have room for; *path* is what makes it so much. *resource* as the quota calls it."""

    path: Path
    resource: str
    message: str


def peak_of(workflow: Document, catalog: Catalog, *, namespace: str, argo_version: str) -> Peak:
    """
    The peak of *workflow*, or of the Workflow that it starts, in *namespace* if it does not say.

    What containers do not say of themselves they have from the LimitRanges there, if these are in *catalog*.
    """
    kind = text(workflow.get("kind")) or "Workflow"
    start = started({"kind": kind, **workflow})
    where = namespace_of(start.document) or namespace
    expansion = expand(
        start.document, catalog, namespace=where, argo_version=argo_version, with_defaults=True, inline=False
    )
    found = reckoned(
        expansion.document, catalog, namespace=where, argo_version=argo_version, kind=kind, copies=expansion.copies
    )
    return found.placed(lambda path: start.place(expansion.place(path)))


def reckoned(
    workflow: Document,
    catalog: Catalog,
    *,
    namespace: str,
    argo_version: str,
    kind: str = "Workflow",
    copies: Mapping[int, Key] = NO_COPIES,
) -> Peak:
    """The same of a Workflow that has been expanded, as for :func:`admission.argo.pods.projected`."""
    defaults = quota.defaults(catalog, namespace)
    reference = Path(("spec", "workflowTemplateRef"))
    if reference.get(workflow):
        return _anything(reference)
    try:
        found = projections(workflow, catalog, namespace=namespace, argo_version=argo_version, kind=kind, copies=copies)
        return _largest([_of_projection(each, defaults) for each in found])
    except (MergeError, RecursionError):
        return _anything(Path(("spec",)))


def as_document(peak: Peak) -> Document:
    """*peak* for expressions: what has no bound, or is unknown, has a tag in its place."""
    found: Document = {"requests": {}, "limits": {}, "pods": 0, "volumes": 0}
    for name, amount in peak.amounts.items():
        kind, _, resource = name.partition(".")
        value = _UNKNOWN if math.isinf(amount) or (peak.unknown and resource) else shown(name, amount)
        if resource:
            found[kind][resource] = value
        elif name == "pods":
            found["pods"] = value if math.isinf(amount) else int(amount) // UNIT
        else:
            found["volumes"] = value if math.isinf(amount) else int(amount) // UNIT
    if any(each.times is None for each in peak.unbounded) and math.isinf(peak.amounts.get("pods", 0)):
        # Of what nobody knows there may be more than is named here.
        found |= {"requests": _UNKNOWN, "limits": _UNKNOWN, "volumes": _UNKNOWN}
    return found


def shortages(peak: Peak, catalog: Catalog, namespace: str) -> Iterator[Shortage]:
    """Where the quotas and LimitRanges of *namespace* have no room for *peak*."""
    defaults = quota.defaults(catalog, namespace)
    there = list(quota.left(catalog, namespace))
    for each in quota.exceeded(peak.amounts, there):
        widest = peak.widest.get(each.resource)
        path = widest.path if widest else Path(("spec",))
        asked = shown(each.resource, peak.amounts[each.resource])
        why = f" ({named(widest)})" if widest else ""
        rest = shown(each.resource, each.amount)
        message = f"asks for {asked} of {each.written} at its widest{why}, the quota {each.quota!r} leaves {rest}"
        yield Shortage(path, each.written, message)
    counted = sorted({each.resource for each in there} & _WANTED)
    for pod in peak.pods:
        yield from _of_pod(pod, counted, defaults)
        for message in quota.beyond(pod.pod, catalog, namespace):
            yield Shortage(pod.origin.path, "LimitRange", message)


def shown(resource: str, amount: int | float) -> str:
    """An amount for a person: ``48``, ``1500m``, ``12Gi``."""
    if math.isinf(amount):
        return "an unbounded amount"
    value = Fraction(int(amount), UNIT)
    if any(word in resource for word in ("memory", "storage")):
        for suffix, power in (("Ti", 4), ("Gi", 3), ("Mi", 2), ("Ki", 1)):
            if value and not value % 1024**power:
                return f"{value // 1024**power}{suffix}"
        return str(math.ceil(value))
    return str(value) if value.denominator == 1 else f"{math.ceil(value * 1000)}m"


def named(widest: Widest) -> str:
    """A step for a person."""
    if not widest.step:
        return str(widest.path) if widest.times else "nobody knows what is behind it"
    name = f"step {widest.step!r}"
    if widest.times is None:
        return f"{name}, as many items as the run brings"
    return name if widest.times == 1 else f"{name}, {widest.times} items"


def _of_projection(projection: Projection, defaults: Defaults) -> Peak:
    part = reckoned_of(projection, lambda pod: of_pod(pod.pod, defaults))
    agents = [Part(of_pod(pod.pod, defaults)) for pod in projection.agent]
    claims = [of_claim(each) for each in sequence(projection.setting.spec.get("volumeClaimTemplates"))]
    running = Part(added([part.amounts, *(each.amounts for each in agents)]), part.widest, part.unbounded)
    collecting = [
        added([part.early, *(of_pod(pod.pod, defaults) for pod in together)]) for together in projection.collectors
    ]
    whole = either([running, *map(Part, collecting)])
    collectors = (pod for together in projection.collectors for pod in together)
    pods = (*projection.pods.values(), *projection.agent, *collectors)
    unknown = tuple(dict.fromkeys(pod.template for pod in pods if _is_open(pod)))
    return Peak(added([whole.amounts, *claims]), part.widest, part.unbounded, unknown, pods)


def _is_open(pod: EffectivePod) -> bool:
    """Whether only the run knows what the pod needs."""
    return any(len(path) == 1 or "resources" in path for path in pod.unknown)


def _largest(peaks: list[Peak]) -> Peak:
    """The most of *peaks*, one for each choice of the arguments."""
    if len(peaks) == 1:
        return peaks[0]
    amounts = largest(each.amounts for each in peaks)
    widest: dict[str, Widest] = {}
    for each in peaks:
        for name, here in each.widest.items():
            if name not in widest or each.amounts.get(name) == amounts.get(name):
                widest[name] = here
    unbounded = dict.fromkeys(each for peak in peaks for each in peak.unbounded)
    unknown = dict.fromkeys(name for peak in peaks for name in peak.unknown)
    return Peak(amounts, widest, tuple(unbounded), tuple(unknown), tuple(pod for peak in peaks for pod in peak.pods))


def _anything(path: Path) -> Peak:
    """What nobody can say anything of, because of what stands at *path*."""
    return Peak({"pods": math.inf}, {}, (Widest(path, "", None),))


def _of_pod(pod: EffectivePod, counted: list[str], defaults: Defaults) -> Iterator[Shortage]:
    """What a quota counts and a container of *pod* does not say: then the pod is refused."""
    for resource in counted:
        if names := lacking(pod.pod, resource, defaults):
            what = ", ".join(names)
            message = f"a quota counts {resource}, and refuses the pod for containers that say nothing of it: {what}"
            yield Shortage(pod.origin.path, resource, message)

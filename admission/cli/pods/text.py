"""Pods for a person at a terminal: who is in them, as whom, with what; not the whole of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.argo.pods import EffectivePod, Origin
from admission.cli import check
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path
from admission.report.report import counted, harmless
from admission.report.text import BOLD, DIM, RED, YELLOW, painted

#: What of a container's or pod's security is worth a word where it is set so.
_REMARKABLE = (("privileged", True), ("allowPrivilegeEscalation", True), ("runAsUser", 0), ("runAsNonRoot", False))
_HOST = ("hostNetwork", "hostPID", "hostIPC")


def rendered(document: Document, pods: Sequence[EffectivePod], colour: bool = False) -> str:
    """The *pods* of *document*, one after another."""
    kind = text(document.get("kind")) or "Workflow"
    head = f"{kind} {check.name(document) or '(no name)'}: {counted(len(pods), 'pod')}"
    parts = [painted(harmless(head), BOLD, colour), *("\n".join(_pod(pod, colour)) for pod in pods)]
    return "\n\n".join(parts) + "\n"


def _pod(pod: EffectivePod, colour: bool) -> Iterator[str]:
    yield "  " + painted(harmless(_title(pod)), BOLD, colour)
    spec = mapping(pod.pod.get("spec"))
    for name in ("initContainers", "containers"):
        for index, container in enumerate(sequence(spec.get(name))):
            origin = pod.containers.get(Path(("spec", name, index)))
            yield f"    {harmless(_container(name, mapping(container)))}{_whose(origin, colour)}"
    for label, value in _facts(spec):
        yield f"    {painted(label, DIM, colour)} {harmless(value)}"
    if pod.unknown:
        shown = ", ".join(map(str, pod.unknown))
        yield f"    {painted('known only to the run:', YELLOW, colour)} {harmless(shown)}"
    for problem in pod.problems:
        yield f"    {painted(str(problem.path), RED, colour)} {harmless(problem.message)}"


def _title(pod: EffectivePod) -> str:
    if not pod.containers:
        return f"what cannot be known, behind {pod.origin.path}"
    what = {"agent": "the agent", "artifact-gc": "artifact garbage collection"}.get(pod.purpose)
    name = what or (f"template {pod.template}" if pod.template else "inline template")
    scope = "" if pod.scope == "local" else f" ({pod.scope})"
    return f"{name}{scope} at {pod.origin.path}{'' if pod.reachable else ', which nothing runs'}"


def _container(list_name: str, container: Document) -> str:
    role = "init " if list_name == "initContainers" else ""
    parts = [f"{role}{container.get('name', '')}", text(container.get("image")) or "(no image)"]
    resources = mapping(container.get("resources"))
    for kind in ("requests", "limits"):
        if amounts := mapping(resources.get(kind)):
            parts.append(f"{kind} " + ", ".join(f"{name} {amount}" for name, amount in amounts.items()))
    context = mapping(container.get("securityContext"))
    parts += [f"{name}: {str(value).lower()}" for name, value in _REMARKABLE if context.get(name) is value]
    return "  ".join(parts)


def _whose(origin: Origin | None, colour: bool) -> str:
    if origin is None:
        return ""
    words = [] if origin.authored else ["made by the controller"]
    if origin.patched:
        words.append(f"changed by {origin.patched}")
    return painted(f"  # {', '.join(words)}", DIM, colour) if words else ""


def _facts(spec: Document) -> Iterator[tuple[str, str]]:
    if not spec:
        return
    yield "service account:", text(spec.get("serviceAccountName")) or "default"
    if volumes := [_volume(mapping(each)) for each in sequence(spec.get("volumes"))]:
        yield "volumes:", ", ".join(volumes)
    if host := [name for name in _HOST if spec.get(name) is True]:
        yield "shares with the host:", ", ".join(host)
    context = mapping(spec.get("securityContext"))
    if context:
        yield "pod security:", ", ".join(f"{name} {value}" for name, value in context.items())
    for name in ("nodeSelector", "priorityClassName", "schedulerName", "runtimeClassName"):
        if value := spec.get(name):
            yield f"{name}:", str(value)


def _volume(volume: Document) -> str:
    kinds = [name for name in volume if name != "name"]
    return f"{volume.get('name')} ({', '.join(kinds)})"

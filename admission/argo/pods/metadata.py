"""The labels and annotations of a pod, and who may overwrite which (argo-pods 6)."""

from __future__ import annotations

from admission.argo.labels import PREFIX
from admission.argo.languages import LanguageError, durations
from admission.argo.pods.setting import Setting
from admission.model.document import Document, mapping, text

_UNITS = (("h", durations.HOUR), ("m", durations.MINUTE), ("s", durations.SECOND))


def metadata(document: Document, mains: list[Document], setting: Setting, *, on_exit: bool) -> Document:
    """The metadata of the pod of a template with the main containers *mains*."""
    own = system(setting, labels={"on-exit": "true"} if on_exit else {})
    names = [text(each.get("name")) for each in mains]
    if names and "main" not in names:
        own["annotations"]["kubectl.kubernetes.io/default-container"] = names[-1]
    return overlaid(own, mapping(setting.spec.get("podMetadata")), mapping(document.get("metadata")))


def system(setting: Setting, labels: dict[str, str], *, pod_gc: bool = True) -> Document:
    """What the controller itself gives every pod, with more *labels* of its own; *pod_gc*: it cleans it up."""
    given = {"workflow": setting.name, "completed": "false", **labels}
    if instance := text(setting.options.get("instanceID")):
        given["controller-instanceid"] = instance
    annotations = {"kubectl.kubernetes.io/default-container": "main"}
    if pod_gc and (strategy := _pod_gc(setting)):
        annotations[f"{PREFIX}pod-gc-strategy"] = strategy
    return {
        "namespace": setting.namespace,
        "labels": {f"{PREFIX}{name}": value for name, value in given.items()},
        "annotations": annotations,
    }


def overlaid(own: Document, *given: Document) -> Document:
    """*own* with the labels and annotations of *given* over it, the later ones winning."""
    result = dict(own)
    for kind in ("labels", "annotations"):
        for each in given:
            if entries := mapping(each.get(kind)):
                result[kind] = {**mapping(result.get(kind)), **entries}
    return result


def _pod_gc(setting: Setting) -> str:
    given = setting.spec.get("podGC")
    if not isinstance(given, dict):
        return ""
    delay = text(given.get("deleteDelayDuration")) or text(setting.options.get("podGCDeleteDelayDuration")) or "5s"
    return f"{text(given.get('strategy'))}/{_duration(delay)}"


def _duration(written: str) -> str:
    """A duration as Go writes it: ``60s`` is ``1m0s``."""
    try:
        left = durations.parse_argo(written)
    except LanguageError:
        return written
    if left % durations.SECOND or left < durations.SECOND:
        return "0s" if not left else written
    parts = ""
    for unit, size in _UNITS:
        if left >= size or parts:
            parts += f"{left // size}{unit}"
            left %= size
    return parts

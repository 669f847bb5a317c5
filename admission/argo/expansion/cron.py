"""The Workflow that the controller creates from a CronWorkflow (argo-controller-config 6)."""

from __future__ import annotations

from admission.argo.decoding import decoded
from admission.argo.labels import INSTANCE, PREFIX
from admission.model.document import Document, mapping, text

_CRON_LABEL = f"{PREFIX}cron-workflow"
_TIME_ANNOTATION = f"{PREFIX}scheduled-time"

#: When it starts: nobody knows, so that it is the beginning of time. The name ends in seconds since then.
_TIME, _SECONDS = "1970-01-01T00:00:00Z", "0"


def started(cron: Document) -> Document:
    """The Workflow that *cron* starts; ``MergeError`` where its metadata cannot be read."""
    metadata = decoded(cron.get("metadata") or {}, "ObjectMeta")
    spec = mapping(cron.get("spec"))
    given = decoded(spec.get("workflowMetadata") or {}, "ObjectMeta")
    name = text(metadata.get("name"))
    labels = {**mapping(given.get("labels")), _CRON_LABEL: name}
    if instance := mapping(metadata.get("labels")).get(INSTANCE):
        labels[INSTANCE] = instance
    made: Document = {
        "name": f"{name}-{_SECONDS}",
        "labels": labels,
        "annotations": {**mapping(given.get("annotations")), _TIME_ANNOTATION: _TIME},
    }
    for kind, value in (("namespace", metadata.get("namespace")), ("finalizers", given.get("finalizers"))):
        if value:
            made[kind] = value
    return {
        "apiVersion": cron.get("apiVersion"),
        "kind": "Workflow",
        "metadata": made,
        "spec": mapping(spec.get("workflowSpec")),
    }

"""``podMetadata`` in the metadata of a template (argo-resolution 4, rule 5)."""

from __future__ import annotations

from admission.model.document import Document, mapping


def with_pod_metadata(template: Document, spec: Document, *, newest: bool) -> Document:
    """
    *template* as it is fetched by its name from an object with that *spec*; itself where nothing comes to it.

    *newest*: as Argo 4.1 does it, where a template's own labels and annotations win; before, those of the object do.
    """
    pods = mapping(spec.get("podMetadata"))
    if not pods:
        return template
    own = mapping(template.get("metadata"))
    low, high = (pods, own) if newest else (own, pods)
    folded = dict(own)
    for kind in ("labels", "annotations"):
        if mapping(pods.get(kind)):
            folded[kind] = {**mapping(low.get(kind)), **mapping(high.get(kind))}
    return {**template, "metadata": folded} if folded != own else template

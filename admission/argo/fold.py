"""
A repeated apply, folded back.

Whoever applies a manifest a second time sends it as he wrote it: the reference beside the templates that were written
out, containers without the limits that were put in, variables instead of their values. That is no edit. What is
explained so is put back as it is stored, and nothing else: any other difference stays, to be judged.
"""

from __future__ import annotations

from collections.abc import Iterable

from admission.argo import labels
from admission.argo.expansion import holders
from admission.argo.folding.globals import variables
from admission.argo.folding.records import Records, applied
from admission.argo.folding.values import At, Folding, at_spec, without
from admission.model.annotations import CHANGES, EXPANDED_FROM, entries
from admission.model.document import Document, mapping, mappings, sequence, text
from admission.model.patch import same
from admission.model.path import Path

#: What we write on an object's metadata; whoever applies server-side drops it.
_OWN = {
    "annotations": (EXPANDED_FROM, CHANGES),
    "labels": tuple(labels.TEMPLATE.values()),
}

_REFERENCE = Path(("spec", "workflowTemplateRef"))


def fold(
    old: Document,
    new: Document,
    *,
    changes: Iterable[Document] = (),
    expanded_from: Iterable[Document] = (),
    defaults: Document | None = None,
) -> Document:
    """
    *new* with everything put back that differs from the stored *old* only because of us or of the controller.

    *changes* and *expanded_from* are what the annotations of *old* say, *defaults* the controller's
    ``workflowDefaults``. It is *new* itself where nothing is explained; never does it have anything that neither has.
    """
    if same(old.get("spec"), new.get("spec")) and same(old.get("metadata"), new.get("metadata")):
        return new
    if not isinstance(old.get("spec"), dict) or not isinstance(new.get("spec"), dict):
        return new
    records = Records.of(changes, expanded_from)
    try:
        spec = _spec(old, new, records, defaults or {})
        metadata = _metadata(old, new, records)
    except RecursionError:
        return new
    folded = {**new, "spec": spec, **({"metadata": metadata} if "metadata" in new else {})}
    return new if same(folded, new) else folded


def conflicting_reference(old: Document, new: Document) -> Path | None:
    """Where *new* has another ``workflowTemplateRef`` than the one that was written out into *old*; None where not."""
    reference = _REFERENCE.get(new)
    if not isinstance(reference, dict) or not reference or _REFERENCE.get(old) or not mapping(old.get("spec")):
        return None
    if not mapping(old["spec"]).get("templates"):
        return None
    records = Records.of((), entries(old, EXPANDED_FROM))
    return None if records.has_spec_of(reference, old) else _REFERENCE


def _spec(old: Document, new: Document, records: Records, defaults: Document) -> Document:
    before, after = old["spec"], new["spec"]
    reference = after.get("workflowTemplateRef")
    if isinstance(reference, dict) and "workflowTemplateRef" not in before:
        if not records.has_spec_of(reference, old):
            # Another reference beside what was written out is no repetition, whatever else stands there.
            return mapping(after)
        after = without(after, "workflowTemplateRef")
    at = at_spec(defaults, applied(old))
    folding = Folding(records, variables(old))
    return _with_copies(before, mapping(folding.value(before, after, at)), folding)


def _with_copies(old: Document, folded: Document, folding: Folding) -> Document:
    """*folded* with the copied templates that it still runs, if the new document did not have them."""
    stored = {text(mapping(each).get("name")): each for each in sequence(old.get("templates"))}
    there = mappings(folded.get("templates"))
    names = {text(each.get("name")) for each in there}
    waiting = list(folding.wanted)
    wanted: set[str] = set()
    while waiting:
        name = waiting.pop()
        if name in stored and name not in names and name not in wanted:
            wanted.add(name)
            waiting += holders.local_names(mapping(stored[name]))
    if not wanted:
        return folded
    brought = [each for name, each in stored.items() if name in wanted]
    templates = [*sequence(folded.get("templates")), *brought]
    order = {name: index for index, name in enumerate(stored)}
    if all(text(mapping(each).get("name")) in order for each in templates):
        templates.sort(key=lambda each: order[text(mapping(each).get("name"))])
    return {**folded, "templates": templates}


def _metadata(old: Document, new: Document, records: Records) -> Document:
    """The metadata of *new* with our labels and annotations, where it has dropped them."""
    before, after = mapping(old.get("metadata")), mapping(new.get("metadata"))
    at = At(Path(), "Workflow", applied=applied(old)).field("metadata")
    changed = dict(after)
    for kind, own in _OWN.items():
        there, now = mapping(before.get(kind)), mapping(after.get(kind))
        folded = mapping(Folding(records, {}).value(there, now, at.field(kind)))
        marks = {name: there[name] for name in own if name in there and name not in folded and records.objects}
        if not same({**folded, **marks}, now):
            changed[kind] = {**folded, **marks}
    return changed

"""Global variables, which the controller puts into the spec of a Workflow, outside of its templates, for good."""

from __future__ import annotations

import re
from collections.abc import Mapping

from admission.argo.languages.tags import tags
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence, text


def variables(workflow: Document) -> dict[str, str]:
    """The global variables whose value *workflow* itself says (argo-resolution 2)."""
    metadata, spec = mapping(workflow.get("metadata")), mapping(workflow.get("spec"))
    known: dict[str, object] = {
        "workflow.name": metadata.get("name"),
        "workflow.namespace": metadata.get("namespace"),
        "workflow.uid": metadata.get("uid"),
        "workflow.serviceAccountName": text(spec.get("serviceAccountName")) or "default",
        "workflow.mainEntrypoint": spec.get("entrypoint"),
        "workflow.priority": spec.get("priority"),
    }
    for kind in ("labels", "annotations"):
        known |= {f"workflow.{kind}.{name}": value for name, value in mapping(metadata.get(kind)).items()}
    for parameter in sequence(mapping(spec.get("arguments")).get("parameters")):
        value = mapping(parameter).get("value")
        known[f"workflow.parameters.{mapping(parameter).get('name')}"] = any_string(value)
    return {name: text(any_string(value)) for name, value in known.items() if value is not None}


def became(written: str, found: str, known: Mapping[str, str], *, repeated: bool) -> bool:
    """
    Whether *found* is what the controller makes of *written*.

    *repeated*: the author wrote the same before, so that what nobody knows here (an expression, a time) explains any
    text in its place.
    """
    parts, end, tagged = [], 0, False
    for tag in tags(written):
        parts.append(re.escape(written[end : tag.start]))
        value = None if tag.is_expression else known.get(tag.name)
        own = re.escape(written[tag.start : tag.end])
        if value is not None:
            parts.append(f"(?:{re.escape(value)}|{own})")
        else:
            parts.append(".*" if repeated else own)
        end, tagged = tag.end, True
    pattern = "".join((*parts, re.escape(written[end:])))
    return tagged and re.fullmatch(pattern, found, re.DOTALL) is not None

"""The lock that a template has to hold while it runs, so far as its name says that there is only one."""

from __future__ import annotations

import re

from admission.argo.languages.tags import OPEN
from admission.argo.pods.values import is_unknown
from admission.model.document import Document, mapping, sequence, text

#: Variables that have one value for all of a Workflow, as a tag or as the mark of one.
_OF_WORKFLOW = re.compile(r"(?:\{\{|\ufdd0)\s*workflow\.(?:name|uid|namespace|parameters\.[\w-]+)\s*(?:\}\}|\ufdd1)")


def mutex(template: Document) -> tuple[str, str] | None:
    """A mutex that *template* waits for: its namespace and name; None where there is none, or only the run knows it."""
    wanted = mapping(template.get("synchronization"))
    for each in (wanted.get("mutex"), *sequence(wanted.get("mutexes"))):
        namespace, name = text(mapping(each).get("namespace")), text(mapping(each).get("name"))
        if name and not any(_is_open(part) for part in (namespace, name)):
            return namespace, name
    return None


def _is_open(written: str) -> bool:
    rest = _OF_WORKFLOW.sub("", written)
    return OPEN in rest or is_unknown(rest)

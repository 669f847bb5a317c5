"""
An object as Argo's decoder leaves it: without the fields that there are not.

Below a step, fields are also taken for what they are in other letters: Argo decodes steps on their own, with Go's
ordinary reader, to which ``Name`` is ``name`` (``decode-below-step-not-strict``).
"""

from __future__ import annotations

from collections.abc import Iterable
from copy import deepcopy
from typing import Any

from admission.argo.schema import Misfit, Refusal
from admission.model.document import Document


def decoded(document: Document, misfits: Iterable[Misfit]) -> Document:
    """*document*, of which *misfits* are known, as Argo sees it; itself where there is nothing to drop."""
    unknown = [each for each in misfits if each.kind == "unknown-field" and each.refusal is not Refusal.DECODER]
    if not unknown:
        return document
    changed = deepcopy(document)
    # The deepest first, as long as the ways to them are spelt as they were. Of two spellings Go takes the last, and
    # objects come to it with their fields in order: capitals before small letters.
    for misfit in sorted(unknown, key=lambda misfit: (-len(misfit.path), str(misfit.path))):
        holder: Any = misfit.path.parent.get(changed)
        # An alias of YAML is one object in two places: what was done in one is done in the other.
        if not isinstance(holder, dict) or misfit.path[-1] not in holder:
            continue
        value = holder.pop(misfit.path[-1])
        if misfit.meant and misfit.meant not in misfit.path.parent.find(document):
            holder[misfit.meant] = value
    return changed

"""What ``/mutate`` writes: the references of a Workflow, policies' mutations, and the author of a schedule."""

from __future__ import annotations

from collections.abc import Iterator

import orjson

from admission.argo.controller import template_referencing
from admission.argo.expand import Expansion, expand
from admission.argo.fold import fold
from admission.argo.update import SpecEdit, spec_edit
from admission.engine.inputs import policy_input
from admission.model.document import Document, mapping, sequence
from admission.model.patch import diff, same
from admission.model.path import Path
from admission.model.review import ALLOWED, Request, Verdict
from admission.model.settings import ExpansionMode
from admission.snapshot import Snapshot
from admission.trust import author
from admission.trust.digest import digest
from admission.trust.provenance import CHANGES, EXPANDED_FROM, annotated, annotations_of, read, written

#: What a Workflow's author may set beside a reference under ``templateReferencing: Strict`` or ``Secure``
#: (argo-workflows v4.0.5); the controller ends a Workflow with anything else, so nothing else is injected.
_STRICT_FIELDS = frozenset(
    "arguments entrypoint shutdown suspend activeDeadlineSeconds priority ttlStrategy podGC volumeClaimGC archiveLogs "
    "workflowMetadata workflowTemplateRef metrics".split()
)


def record_author(request: Request, snapshot: Snapshot) -> Verdict:
    """A CronWorkflow or event binding: who wrote it, kept where an UPDATE drops it."""
    document = request.object or {}
    return Verdict(patch=diff(document, author.with_author(document, author.expected(request))))

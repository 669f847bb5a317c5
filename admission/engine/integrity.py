"""Templates that change or go: whom that breaks."""

from __future__ import annotations

from admission.argo.compare.change import Change
from admission.argo.usage.index import TEMPLATES
from admission.lint.changing import ALLOW, allowed_because, findings
from admission.model.document import Document
from admission.model.finding import Finding
from admission.model.review import Request
from admission.model.settings import Profile
from admission.policy.input import ReviewInput
from admission.snapshot import Snapshot
from admission.trust.digest import digest


def judged(request: Request, snapshot: Snapshot) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """What an UPDATE or DELETE of a template does to its users, and the reason why it may, for the audit log."""
    if request.kind.kind not in TEMPLATES or snapshot.settings.profile is not Profile.RECOMMENDED:
        return (), {}
    before, goes = request.old_object or {}, request.operation == "DELETE"
    document = before if goes else request.object or {}
    change = _change(request, document, before, snapshot, goes)
    review = ReviewInput(request=request, object=document, old_object=before, catalog=snapshot.catalog)
    found = tuple(findings(change, snapshot.policies.strictness(review)))
    reason = allowed_because(change)
    return found, {ALLOW.partition("/")[2]: reason} if found and reason else {}


def _change(request: Request, document: Document, before: Document, snapshot: Snapshot, goes: bool) -> Change:
    return Change(
        document,
        snapshot.catalog,
        before=before,
        goes=goes,
        digest="" if goes else digest(document),
        namespace=request.namespace or "default",
        newest=not snapshot.settings.argo_version.startswith("4.0"),
    )

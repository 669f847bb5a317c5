"""What is decided where: interfaces.md 4.1 as a table, and the way from bytes to bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

from admission.argo.labels import INSTANCE
from admission.argo.update import unchanged
from admission.engine import judging, mutating
from admission.errors import TooLarge
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import Document, labels_of, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import ALLOWED, Needs, Phase, Request, Verdict, decode, encode
from admission.model.settings import Settings
from admission.snapshot import AskingCatalog, Snapshot

Stage: TypeAlias = Callable[[Request, Snapshot], Verdict]

ARGO, OURS = "argoproj.io", "argo-admission.io"

#: Kubernetes' own deleters: what they remove goes with its namespace or owner, and nobody else could finish it.
_CLUSTER_DELETERS = frozenset(
    {
        "system:serviceaccount:kube-system:namespace-controller",
        "system:serviceaccount:kube-system:generic-garbage-collector",
    }
)

#: By endpoint, group, kind and operation: what is done. What is not here is allowed as it is.
_TABLE: dict[tuple[Phase, str, str, str], Stage] = {
    (Phase.MUTATE, ARGO, "Workflow", "CREATE"): mutating.create,
    (Phase.MUTATE, ARGO, "Workflow", "UPDATE"): mutating.update,
    (Phase.MUTATE, ARGO, "CronWorkflow", "CREATE"): mutating.record_author,
    (Phase.MUTATE, ARGO, "CronWorkflow", "UPDATE"): mutating.record_author,
    (Phase.MUTATE, ARGO, "WorkflowEventBinding", "CREATE"): mutating.record_author,
    (Phase.MUTATE, ARGO, "WorkflowEventBinding", "UPDATE"): mutating.record_author,
    **{
        (Phase.VALIDATE, ARGO, kind, operation): stage
        for kind in ("Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "WorkflowEventBinding")
        for operation, stage in (("CREATE", judging.create), ("UPDATE", judging.update))
    },
    (Phase.VALIDATE, ARGO, "WorkflowTemplate", "DELETE"): judging.delete,
    (Phase.VALIDATE, ARGO, "ClusterWorkflowTemplate", "DELETE"): judging.delete,
    **{
        (Phase.VALIDATE, ARGO, kind, operation): judging.lint_alone
        for kind in ("WorkflowTaskSet", "WorkflowTaskResult", "WorkflowArtifactGCTask")
        for operation in ("CREATE", "UPDATE")
    },
    **{
        (Phase.VALIDATE, OURS, kind, operation): judging.own_kind
        for kind in ("WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException")
        for operation in ("CREATE", "UPDATE")
    },
}


@dataclass(frozen=True, slots=True)
class Reply:
    """
    The answer to one AdmissionReview: *body* goes back, the rest is for metrics and the log.

    *known*: the table has a row for it. *by_controller*: it was an UPDATE of a Workflow by a configured user of the
    controller, which shows that this user is named rightly.
    """

    body: bytes
    request: Request
    verdict: Verdict
    known: bool
    by_controller: bool


def respond(
    body: bytes,
    snapshot: Snapshot,
    phase: Phase,
    answers: Mapping[Question, AnyAnswer] | None = None,
    now: datetime | None = None,
) -> Reply | Needs:
    """
    The answer to the AdmissionReview in *body*, or what must be looked up first.

    *answers* are what the cluster said to an earlier ``Needs``; *now* is the time. ``MalformedReview`` where *body* is
    no AdmissionReview.
    """
    request = replace(decode(body), answers=answers or {}, now=now)
    verdict = review(request, snapshot, phase)
    if isinstance(verdict, Needs):
        return verdict
    updates = (request.kind.kind, request.operation) == ("Workflow", "UPDATE")
    return Reply(
        encode(request, verdict),
        request,
        verdict,
        known=stage_of(request, phase) is not None,
        by_controller=updates and request.user.username in snapshot.settings.controller_users,
    )


def review(request: Request, snapshot: Snapshot, phase: Phase) -> Verdict | Needs:
    """
    Our verdict on *request*, or what must be looked up in the cluster before there can be one.

    Pure: the same arguments give the same verdict, and are unchanged.
    """
    stage = stage_of(request, phase)
    if stage is None:
        return ALLOWED
    catalog = AskingCatalog(snapshot.catalog, request.answers)
    asking = replace(snapshot, catalog=catalog)
    try:
        verdict = passed_by(request, asking) or stage(request, asking)
    except RecursionError:
        # Nothing that Argo runs is a hundred levels deep. Who sends such a thing gets an answer, and no traceback.
        message = "the object is nested too deeply to be judged"
        return _unjudged(phase, Finding("schema/too-deep", Path(), message, Action.DENY))
    except TooLarge as error:
        return _unjudged(phase, Finding("schema/too-large", Path(), str(error), Action.DENY))
    if snapshot.live and catalog.unanswered:
        return Needs(frozenset(catalog.unanswered))
    return verdict


def _unjudged(phase: Phase, why: Finding) -> Verdict:
    """What nobody can look at is not admitted."""
    if phase is Phase.MUTATE:
        return Verdict(notes=(f"nothing was changed: {why.message}",))
    return Verdict(findings=(why,))


def stage_of(request: Request, phase: Phase) -> Stage | None:
    """What the table says of *request*; None where nothing is to be decided."""
    if request.sub_resource:
        return None
    return _TABLE.get((phase, request.kind.group, request.kind.kind, request.operation))


def passed_by(request: Request, snapshot: Snapshot) -> Verdict | None:
    """The verdict on what is not judged at all, from the cheapest question to the dearest; None for the rest."""
    user, settings = request.user, snapshot.settings
    if any(subject.concerns(user.username, user.groups) for subject in settings.exempt_subjects):
        return Verdict(notes=(f"not reviewed: {user.username} is exempt (exemptSubjects)",))
    if request.kind.group != ARGO:
        return None
    if request.operation == "UPDATE" and user.username in settings.controller_users:
        return ALLOWED
    if not _is_ours(request, settings):
        return ALLOWED
    if request.operation == "UPDATE" and _leaves_alone(request.old_object or {}, request.object or {}):
        return ALLOWED
    if request.operation == "DELETE" and _goes_with_its_namespace(request, snapshot):
        return ALLOWED
    return None


def _is_ours(request: Request, settings: Settings) -> bool:
    """Whether the release is configured for the controller that the object, before or after, belongs to."""
    ids, documents = settings.instance_ids, (request.object, request.old_object)
    if ids is None or request.kind.kind not in ("Workflow", "CronWorkflow"):
        return True
    return any(_instance(document) in ids for document in documents if document is not None)


def _instance(document: Document) -> str:
    return text(labels_of(document).get(INSTANCE))


def _leaves_alone(old: Document, new: Document) -> bool:
    if unchanged(old, new):
        return True
    going = "deletionTimestamp" in mapping(new.get("metadata"))
    return going and old.get("spec") == new.get("spec") and old.get("status") == new.get("status")


def _goes_with_its_namespace(request: Request, snapshot: Snapshot) -> bool:
    if request.user.username in _CLUSTER_DELETERS:
        return True
    namespace = snapshot.catalog.namespace(request.namespace) if request.namespace else None
    return isinstance(namespace, dict) and "deletionTimestamp" in mapping(namespace.get("metadata"))

"""
Reviews what is already there, as if it were being created now.

Nobody asks in an audit. Objects that the controller acts upon later have a recorded author, as whom they are judged;
of all others, policies that hang on who asks are skipped, and that is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from admission.engine import review
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import Document, mapping, text
from admission.model.finding import Finding
from admission.model.review import GroupVersionKind, Needs, Phase, Request, User, Verdict
from admission.snapshot import Snapshot

#: The kinds that are audited, each with its name in the API.
KINDS = {
    "WorkflowTemplate": "workflowtemplates",
    "ClusterWorkflowTemplate": "clusterworkflowtemplates",
    "CronWorkflow": "cronworkflows",
    "WorkflowEventBinding": "workfloweventbindings",
    "Workflow": "workflows",
}

#: How often a review may ask for more before we give up.
_ROUNDS = 6

#: Labels in which the controller notes how far a Workflow is.
_STATE = frozenset(f"workflows.argoproj.io/{name}" for name in ("phase", "completed", "workflow-archiving-status"))

#: Fields of metadata that nobody sends with a CREATE.
_STORED = ("uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink")

Answers = Callable[[frozenset[Question]], Mapping[Question, AnyAnswer]]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One object, what was found in it, and the policies that could not be asked because nobody knows who made it."""

    document: Document
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...] = ()


def audit(
    documents: Iterable[Document],
    snapshot: Snapshot,
    author_of: Callable[[Document], User | None],
    answers: Answers,
    now: datetime,
    namespace: str = "default",
) -> Iterator[Reviewed]:
    """
    Every one of *documents*, of ``KINDS``, reviewed.

    *author_of* gives who is recorded in an object; *answers* is asked what the catalog lacks; *namespace* is for
    documents without one.
    """
    asking = needing_a_user(snapshot)
    for document in documents:
        user = author_of(document)
        request = as_request(document, user or User(), now, namespace)
        findings = _verdict(request, snapshot, answers).findings
        # Who records authors and status was asked at admission; here they are there, and nobody asks.
        ours = tuple(finding for finding in findings if not finding.source.startswith("update/"))
        if user is not None:
            yield Reviewed(document, ours)
            continue
        kind = text(document.get("kind"))
        skipped = tuple(sorted(name for name, kinds in asking.items() if kind in kinds))
        sources = {f"policy/{name}" for name in skipped}
        yield Reviewed(document, tuple(each for each in ours if each.source not in sources), skipped)


def as_request(document: Document, user: User, now: datetime, namespace: str = "default") -> Request:
    """The CREATE of *document* by *user*, without what it has got since."""
    kind, metadata = text(document.get("kind")), mapping(document.get("metadata"))
    group, _, version = text(document.get("apiVersion")).rpartition("/")
    return Request(
        uid=text(metadata.get("uid")),
        operation="CREATE",
        kind=GroupVersionKind(group, version, kind),
        resource=KINDS[kind],
        namespace="" if kind == "ClusterWorkflowTemplate" else text(metadata.get("namespace")) or namespace,
        name=text(metadata.get("name")),
        user=user,
        raw_object=_as_sent(document),
        now=now,
    )


def needing_a_user(snapshot: Snapshot) -> dict[str, frozenset[str]]:
    """The policies that hang on who asks, and the kinds that each is about."""
    policies = snapshot.policies
    bound = [loaded.bound for loaded in policies.bindings.values() if loaded.bound is not None]
    found: dict[str, frozenset[str]] = {}
    for program, binding in bound:
        policy = program.policy
        loaded = policies.policies.get(policy.name)
        of_users = binding.subjects or binding.exclude_subjects or policy.allow is not None or policy.authorize
        if of_users or (loaded is not None and "userInfo" in repr(loaded.spec)):
            found[policy.name] = policy.kinds
    return found


def _verdict(request: Request, snapshot: Snapshot, answers: Answers) -> Verdict:
    known: dict[Question, AnyAnswer] = {}
    for _ in range(_ROUNDS):
        verdict = review(replace(request, answers=known), snapshot, Phase.VALIDATE)
        if isinstance(verdict, Verdict):
            return verdict
        assert isinstance(verdict, Needs)
        known.update(answers(verdict.questions))
    # What is asked for again and again is taken for what the catalog says of it.
    verdict = review(replace(request, answers=known), replace(snapshot, live=False), Phase.VALIDATE)
    assert isinstance(verdict, Verdict), "only a live catalog asks back"
    return verdict


def _as_sent(document: Document) -> Document:
    """*document* as it may have been sent: without its state, and what the API server notes."""
    metadata = {key: value for key, value in mapping(document.get("metadata")).items() if key not in _STORED}
    labels = mapping(metadata.get("labels"))
    if labels:
        metadata["labels"] = {key: value for key, value in labels.items() if key not in _STATE}
    return {**{key: value for key, value in document.items() if key != "status"}, "metadata": metadata}

"""What ``/validate`` decides: lint and policies on the object as it came, expanded in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from admission.argo.expand import expand
from admission.argo.fold import conflicting_reference
from admission.argo.started import started
from admission.argo.update import SpecEdit, compare, spec_edit
from admission.engine.mutating import mutated_in_memory
from admission.lint.run import LintOptions, lint
from admission.model.catalog import key
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import ALLOWED, Request, Verdict
from admission.policy.input import ReviewInput
from admission.snapshot import Snapshot
from admission.trust import author

#: Kinds of which the Workflow that would run is judged with the defaults that our mutations would give it.
_SOURCES = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "WorkflowEventBinding"})

#: Status that decides what runs; at CREATE nobody but the controller brings it (argo-workflows stores it at the first
#: reconcile and believes it from then on).
_STATUS_AT_CREATION = ("storedWorkflowTemplateSpec", "persistentVolumeClaims", "artifactRepositoryRef")


@dataclass(frozen=True, slots=True)
class Judgement:
    """What lint and policies say of one object; *annotations* are those that policies ask for."""

    findings: tuple[Finding, ...]
    annotations: dict[str, str]


def create(request: Request, snapshot: Snapshot) -> Verdict:
    """A CREATE: everything is judged."""
    document = request.object or {}
    judged = judge(request, document, snapshot)
    own = (*_status_at_creation(request, document, snapshot), *_author(request, "", author.written(request.user)))
    return Verdict(findings=own + judged.findings, annotations=judged.annotations)


def update(request: Request, snapshot: Snapshot) -> Verdict:
    """An UPDATE: as much is judged as its change of the spec deserves (interfaces.md 4.1)."""
    old, new = request.old_object or {}, request.object or {}
    change = compare(old, new)
    strictness = Action.DENY if snapshot.controller_seen else Action.WARN
    findings = [Finding("update/system", path, message, strictness) for path, message in change.system]
    findings += _author(request, author.recorded(old), expected_author(request))
    if change.spec <= SpecEdit.RUN_CONTROL:
        return Verdict(findings=tuple(findings))
    if conflict := conflicting_reference(old, new):
        findings.append(Finding("update/reference", conflict, _OTHER_REFERENCE, Action.DENY))
    judged = judge(request, new, snapshot)
    new_findings = judged.findings
    if change.spec is SpecEdit.SOFT:
        before = set(judge(request, old, snapshot).findings)
        new_findings = tuple(finding for finding in judged.findings if finding not in before)
    return Verdict(findings=(*findings, *new_findings), annotations=judged.annotations)


_OTHER_REFERENCE = (
    "the templates of this Workflow were written out from another template when it was created; "
    "create a new Workflow to run this one"
)


def delete(request: Request, snapshot: Snapshot) -> Verdict:
    """A DELETE: the policies that ask for this operation, on what goes."""
    judged = _policies(request, request.old_object or {}, snapshot)
    return Verdict(findings=judged.findings, annotations=judged.annotations)


def lint_alone(request: Request, snapshot: Snapshot) -> Verdict:
    """An object that only the controller and its pods should write: its form, and nothing of policies."""
    return Verdict(findings=tuple(_lint(request, request.object or {}, snapshot)))


def own_kind(request: Request, snapshot: Snapshot) -> Verdict:
    """A policy, binding or exception: what would keep it from being used."""
    document = request.object or {}
    if mapping((request.old_object or {}).get("spec")) == mapping(document.get("spec")) and request.old_object:
        return ALLOWED
    problems = snapshot.policies.check(document)
    return Verdict(
        findings=tuple(
            Finding("schema/policy", problem.path, problem.message, Action.DENY) for problem in problems
        )
    )


def judge(request: Request, document: Document, snapshot: Snapshot) -> Judgement:
    """Lint and policies on *document*, as if it came with *request*."""
    judged = _policies(request, document, snapshot)
    return Judgement((*_lint(request, document, snapshot), *judged.findings), judged.annotations)


def _lint(request: Request, document: Document, snapshot: Snapshot) -> list[Finding]:
    settings = snapshot.settings
    options = LintOptions(
        profile=settings.profile,
        argo_version=settings.argo_version,
        namespace=request.namespace or "default",
        strictness=snapshot.policies.strictness(review_input(request, document, snapshot)),
    )
    return lint(document, snapshot.catalog, options)


def _policies(request: Request, document: Document, snapshot: Snapshot) -> Judgement:
    if not snapshot.policies.concerned(request.kind.kind, request.operation):
        return Judgement((), {})
    given = review_input(request, document, snapshot)
    judged = snapshot.policies.validate(given)
    return Judgement(judged.findings, dict(judged.annotations))


def review_input(request: Request, document: Document, snapshot: Snapshot) -> ReviewInput:
    """What policies look at: the object, and the Workflow that would run from it, expanded and with defaults."""
    start = started(document)
    expansion = expand(
        start.document,
        snapshot.catalog,
        namespace=request.namespace or "default",
        argo_version=snapshot.settings.argo_version,
        with_defaults=True,
    )
    workflow = expansion.document
    return ReviewInput(
        request=request,
        object=document,
        old_object=request.old_object,
        workflow=workflow,
        merged=workflow,
        place=lambda path: start.place(expansion.place(path)),
        catalog=snapshot.catalog,
    )


def expected_author(request: Request) -> str:
    """What the author annotation must say after *request*: who changed the spec in more than ``suspend``, else as before."""
    old, new = request.old_object or {}, request.object or {}
    change = spec_edit(request.kind.kind, mapping(old.get("spec")), mapping(new.get("spec")))
    if request.operation == "CREATE" or change > SpecEdit.RUN_CONTROL:
        return author.written(request.user)
    return author.recorded(old)


def _author(request: Request, before: str, expected: str) -> Iterator[Finding]:
    if request.kind.kind not in ("CronWorkflow", "WorkflowEventBinding"):
        return
    said = author.recorded(request.object or {})
    if said == expected:
        return
    path = Path(("metadata", "annotations", author.ANNOTATION))
    message = "is written by the webhook alone; leave it out" if said else "is missing: the webhook did not record it"
    if before and not said:
        message = "must not be removed"
    yield Finding("update/author", path, message, Action.DENY)


def _status_at_creation(request: Request, document: Document, snapshot: Snapshot) -> Iterator[Finding]:
    status = mapping(document.get("status"))
    if not status or request.kind.kind != "Workflow" or request.user.username in snapshot.settings.controller_users:
        return
    for part in _STATUS_AT_CREATION:
        if status.get(part):
            yield _belongs_to_the_controller(Path(("status", part)))
    for stored, template in mapping(status.get("storedTemplates")).items():
        if template != _as_stored(stored, request.namespace, snapshot):
            yield _belongs_to_the_controller(Path(("status", "storedTemplates", stored)))


def _belongs_to_the_controller(path: Path) -> Finding:
    return Finding("update/status", path, "status is written by the workflow controller; leave it out", Action.DENY)


def _as_stored(stored: str, namespace: str, snapshot: Snapshot) -> object:
    """The template that ``storedTemplates`` names as ``<scope>/<resource>/<template>``, as the catalog has it."""
    scope, _, rest = stored.partition("/")
    resource, _, name = rest.partition("/")
    catalog = snapshot.catalog
    found = (
        catalog.cluster_workflow_template(resource)
        if scope == "cluster"
        else catalog.workflow_template(namespace, resource)
    )
    templates = mapping(found if isinstance(found, dict) else {}).get("spec", {}).get("templates", [])
    return next((template for template in templates if mapping(template).get("name") == name), None)

"""What ``/validate`` decides: lint and policies on the object as it came, its references followed in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from admission.argo.fold import conflicting_reference
from admission.argo.update import SpecEdit, compare
from admission.engine import asking, authorship, integrity, references, status
from admission.engine.inputs import followed, judged_input, restricted
from admission.engine.memory import Memory
from admission.lint.rules.parameter_contract import parameter_contract
from admission.lint.run import LintOptions
from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.model.review import ALLOWED, Request, Verdict
from admission.policy.input import ReviewInput
from admission.snapshot import Snapshot

_OTHER_REFERENCE = (
    "the templates of this Workflow were written out from another template when it was created: "
    "create a new Workflow to run this one"
)


#: What lint said, for all requests of this process.
_MEMORY = Memory()


@dataclass(frozen=True, slots=True)
class Judgement:
    """What lint and policies say of one object; *annotations* are those that policies ask for."""

    findings: tuple[Finding, ...] = ()
    annotations: Mapping[str, str] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()


def create(request: Request, snapshot: Snapshot) -> Verdict:
    """A CREATE: everything is judged."""
    judged = judge(request, request.object or {}, snapshot)
    own = (*status.findings(request, snapshot), *authorship.findings(request), *asking.findings(request, snapshot))
    return Verdict(findings=own + judged.findings, annotations=judged.annotations, asked=judged.asked)


def update(request: Request, snapshot: Snapshot) -> Verdict:
    """An UPDATE: as much is judged as its change of the spec deserves (interfaces.md 4.1)."""
    old, new = request.old_object or {}, request.object or {}
    change = compare(old, new)
    strictness = Action.DENY if snapshot.controller_seen else Action.WARN
    own = [Finding("update/system", path, message, strictness) for path, message in change.system]
    own += authorship.findings(request)
    if change.spec <= SpecEdit.RUN_CONTROL:
        return _noted(request, own, snapshot) if references.says_another(old, new) else Verdict(findings=tuple(own))
    if conflict := conflicting_reference(old, new):
        own.append(Finding("update/reference", conflict, _OTHER_REFERENCE, Action.DENY))
    judged = judge(request, new, snapshot)
    found = judged.findings
    if change.spec is SpecEdit.SOFT:
        before = set(judge(request, old, snapshot).findings)
        found = tuple(finding for finding in found if finding not in before)
    broken, reason = integrity.judged(request, snapshot)
    return Verdict(findings=(*own, *found, *broken), annotations={**judged.annotations, **reason}, asked=judged.asked)


def _noted(request: Request, own: list[Finding], snapshot: Snapshot) -> Verdict:
    """An UPDATE of what others rely on beside the spec: pins, signatures and contracts are judged, and nothing else."""
    document = request.object or {}
    own += references.still_there(request, document, snapshot)
    own += (each for each in _lint(request, document, snapshot) if each.source == parameter_contract.source)
    broken, reason = integrity.judged(request, snapshot)
    return Verdict(findings=(*own, *broken), annotations=reason)


def delete(request: Request, snapshot: Snapshot) -> Verdict:
    """A DELETE: who still uses what goes, and the policies that ask for this operation."""
    judged = _policies(request, request.old_object or {}, snapshot)
    broken, reason = integrity.judged(request, snapshot)
    return Verdict(
        findings=(*broken, *judged.findings), annotations={**judged.annotations, **reason}, asked=judged.asked
    )


def lint_alone(request: Request, snapshot: Snapshot) -> Verdict:
    """An object that only the controller and its pods should write: its form, and nothing of policies."""
    return Verdict(findings=tuple(_lint(request, request.object or {}, snapshot)))


def own_kind(request: Request, snapshot: Snapshot) -> Verdict:
    """A policy, binding or exception: what would keep it from being used."""
    document, before = request.object or {}, request.old_object
    if before is not None and before.get("spec") == document.get("spec"):
        return ALLOWED
    problems = snapshot.policies.check(document)
    found = [*((problem.path, problem.message) for problem in problems), *references.unreadable_keys(document)]
    findings = [Finding("schema/policy", path, message, Action.DENY) for path, message in found]
    remarks = () if problems else snapshot.policies.remarks(document)
    findings += (Finding("schema/policy", path, message, Action.WARN) for path, message in remarks)
    return Verdict(findings=tuple(findings))


def judge(request: Request, document: Document, snapshot: Snapshot) -> Judgement:
    """Lint and policies on *document*, as if it came with *request*."""
    judged = _policies(request, document, snapshot)
    own = (*_lint(request, document, snapshot), *_not_run(request, document, snapshot))
    referring = references.still_there(request, document, snapshot)
    return Judgement((*own, *referring, *judged.findings), judged.annotations, judged.asked)


def _lint(request: Request, document: Document, snapshot: Snapshot) -> list[Finding]:
    settings = snapshot.settings
    options = LintOptions(
        profile=settings.profile,
        argo_version=settings.argo_version,
        namespace=request.namespace or "default",
        live=snapshot.live,
        strictness=snapshot.policies.strictness(_bare_input(request, document, snapshot)),
    )
    with snapshot.measure("lint"):
        return _MEMORY.lint(document, snapshot.catalog, options, request.spec(document))


def _not_run(request: Request, document: Document, snapshot: Snapshot) -> Iterator[Finding]:
    """What the controller's ``templateReferencing`` mode forbids: it would end the Workflow at once."""
    if request.kind.kind == "Workflow" and restricted(snapshot):
        for path, message in followed(document, request, snapshot).forbidden:
            yield Finding("schema/template-referencing", path, message, Action.DENY)


def _policies(request: Request, document: Document, snapshot: Snapshot) -> Judgement:
    if not snapshot.policies.concerned(request.kind.kind, request.operation, request.namespace):
        return Judgement()
    given = judged_input(request, document, snapshot)
    with snapshot.measure("policies"):
        judged = snapshot.policies.validate(given)
    return Judgement(judged.findings, judged.annotations, judged.asked)


def _bare_input(request: Request, document: Document, snapshot: Snapshot) -> ReviewInput:
    """As much as bindings are matched by."""
    who = asking.asker(request, snapshot)
    return ReviewInput(
        request=request,
        object=document,
        old_object=request.old_object,
        catalog=snapshot.catalog,
        author=who.author,
        unknown_asker=who.unknown,
    )

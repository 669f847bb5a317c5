"""What the status of policies, bindings and exceptions says: whether each is in use, and what speaks against it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from admission.argo.controller import template_referencing
from admission.model.document import Document, name_of, text
from admission.policy.exceptions import key_of
from admission.policy.load import EXCEPTION, POLICY
from admission.policy.remarks import Remark
from admission.policy.resource import PolicySet, Problem

#: Characters of a message that the CRDs' schemas take.
_LONGEST = 32768


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, without the time of its last change."""

    type: str
    status: bool
    reason: str
    message: str


def conditions(
    document: Document, policies: PolicySet, controller: Document | None = None, now: datetime | None = None
) -> tuple[Condition, ...]:
    """
    What there is to say of *document*, one of our kinds, once *policies* were made of it and the others.

    *controller* are the options of the workflow controller.
    """
    kind = text(document.get("kind"))
    name = key_of(document) if kind == EXCEPTION else name_of(document)
    problems = [problem for problem in policies.problems if (problem.kind, problem.name) == (kind, name)]
    if kind == EXCEPTION and not problems:
        return (_exception(name, policies, now),)
    remarks = policies.remarks(document)
    if kind != POLICY:
        return (_state("Usable", problems, remarks, "InUse", "NotUsable"),)
    compiled = _state("Compiled", problems, remarks, "Compiled", "DoesNotCompile")
    return (compiled, _bound(name, policies), _conflict(name, policies, controller or {}))


def _state(type: str, problems: Sequence[Problem], remarks: Iterable[Remark], good: str, bad: str) -> Condition:
    if problems:
        message = "\n".join(f"{problem.path}: {problem.message}" for problem in problems)
        return Condition(type, False, bad, message[:_LONGEST])
    said = [f"{path}: {message}" for path, message in remarks]
    return Condition(type, True, good, "\n".join(["it can be used as it is written", *said])[:_LONGEST])


def _bound(name: str, policies: PolicySet) -> Condition:
    bindings = sorted(
        binding for binding, loaded in policies.bindings.items() if loaded.bound and loaded.bound[1].policy_name == name
    )
    if not bindings:
        return Condition("Bound", False, "NoBinding", "no WorkflowPolicyBinding names it, so that it concerns nothing")
    return Condition("Bound", True, "Bound", f"bound by {', '.join(bindings)}"[:_LONGEST])


def _conflict(name: str, policies: PolicySet, controller: Document) -> Condition:
    """Whether the controller would not run what the policy puts into a Workflow."""
    loaded, mode = policies.policies.get(name), template_referencing(controller)
    if mode and loaded and loaded.program and loaded.program.changes:
        message = (
            f"the controller's templateReferencing is {mode}: into a Workflow that refers to a template only what it "
            "allows there is put, and of everything else the person is told"
        )
        return Condition("ConflictsWithController", True, "TemplateReferencing", message)
    return Condition("ConflictsWithController", False, "NoConflict", "the controller runs what it puts into Workflows")


def _exception(name: str, policies: PolicySet, now: datetime | None) -> Condition:
    loaded = policies.exceptions.get(name)
    if loaded is None or loaded.exemption is None:
        return Condition("Usable", False, "NotLoaded", "it has not been read yet")
    if not loaded.counts:
        message = "exceptions in this namespace do not count: the configuration does not name it (exceptionNamespaces)"
        return Condition("Usable", False, "NamespaceDoesNotCount", message)
    if now is not None and not loaded.exemption.is_open(now):
        return Condition("Usable", False, "Expired", f"it ended at {loaded.exemption.expires:%Y-%m-%dT%H:%M:%SZ}")
    unknown = sorted(loaded.exemption.policy_names - policies.policies.keys())
    said = [f"spec.policyNames: no policy is called {each!r}" for each in unknown]
    return Condition("Usable", True, "InUse", "\n".join(["it can be used as it is written", *said])[:_LONGEST])

"""Grants, exceptions and rights through both calls of the webhook."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from admission.engine import review
from admission.model.annotations import AUTHOR
from admission.model.catalog import Access, AccessQuestion
from admission.model.document import Document
from admission.model.review import Needs, Phase, User
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from admission.trust import author
from engine.asking import (
    ALICE,
    CONTROLLER,
    binding,
    container,
    created,
    decided,
    live,
    policy,
    request,
    snapshot,
    template,
    workflow,
)

NOW = datetime(2026, 7, 1, tzinfo=UTC)


def granting(name: str = "grants", **allow: object) -> Document:
    made = policy(name, mutations=[], allow=allow)
    del made["spec"]["mutations"]
    return made


BUILD = template("build")
CALLER = workflow("caller", workflowTemplateRef={"name": "build"})


def denials(document: Document, around: Snapshot, phase: Phase = Phase.VALIDATE, **given: object) -> list[str]:
    asked = replace(request("CREATE", document), **given)  # type: ignore[arg-type]
    return [str(finding.path) for finding in decided(asked, around, phase).denials]


def test_a_reference_is_judged_before_it_is_gone() -> None:
    """Whoever may not use a template is denied where its reference is written out, and where it could not be."""
    around = snapshot(BUILD, policies=[granting(workflowTemplates=["other"]), binding("grants")])

    assert ["spec.workflowTemplateRef"] == [path[:24] for path in denials(CALLER, around, Phase.MUTATE)]
    assert ["spec.workflowTemplateRef"] == [path[:24] for path in denials(CALLER, around)]


def test_a_reference_that_may_be_used() -> None:
    """What may be used is written out, and what came of it is judged by what is in it."""
    around = snapshot(BUILD, policies=[granting(workflowTemplates=["build"], images=["quay.io/**"]), binding("grants")])

    stored = created(CALLER, around)

    assert "workflowTemplateRef" not in stored["spec"]
    assert ["spec.templates[0].container.image"] == denials(stored, around)


def test_references_within_templates() -> None:
    """A template that another one refers to must be granted, too."""
    call = [[{"name": "a", "templateRef": {"name": "inner", "template": "main"}}]]
    outer = template("outer", {"name": "all", "steps": call})
    around = snapshot(outer, template("inner"), policies=[granting(workflowTemplates=["outer"]), binding("grants")])

    assert denials(workflow("caller", workflowTemplateRef={"name": "outer"}), around, Phase.MUTATE)


def test_rights_are_asked_for() -> None:
    """The engine says what it must know of RBAC, and decides by the answers."""
    rights = granting("rights")
    rights["spec"] = {"title": "Rights.", "authorize": ["serviceAccounts"]}
    around = live(snapshot(policies=[rights, binding("rights")]))
    asked = request("CREATE", workflow())

    needs = review(asked, around, Phase.VALIDATE)

    assert isinstance(needs, Needs)
    (question,) = needs.questions
    assert isinstance(question, AccessQuestion)
    assert ("alice", "use", "serviceaccounts", "default", "default") == (
        question.username,
        question.verb,
        question.resource,
        question.namespace,
        question.name,
    )
    for answer, allowed in ((Access.ALLOWED, True), (Access.DENIED, False)):
        assert allowed is decided(replace(asked, answers={question: answer}), around).allowed


def test_a_schedule_is_judged_as_its_author() -> None:
    """What the controller creates for a CronWorkflow may use what its author may, whatever the controller may."""
    users = binding("grants", subjects=[{"kind": "User", "name": "alice"}])
    by = {AUTHOR: author.written(ALICE)}

    def denied(recorded: dict[str, str], uid: str = "c1") -> bool:
        cron = workflow("nightly", kind="CronWorkflow", metadata={"uid": "c1", "annotations": recorded})
        around = snapshot(cron, policies=[granting(serviceAccounts=["default"]), users])
        owner = {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "name": "nightly", "uid": uid}
        run = workflow("run", metadata={"ownerReferences": [{**owner, "controller": True}]})
        return not decided(request("CREATE", run, user=CONTROLLER), around).allowed

    assert not denied(by)
    assert denied({AUTHOR: author.written(User("bob"))})
    assert denied({})
    assert denied(by, uid="c0")


def test_the_controller_creates_nothing_by_itself() -> None:
    """A Workflow of the controller's without a CronWorkflow behind it is denied, whatever policies there are."""
    verdict = decided(request("CREATE", workflow(), user=CONTROLLER), snapshot())

    assert ["update/owner"] == [finding.source for finding in verdict.denials]


def test_an_exception_ends_by_the_clock() -> None:
    """An exception counts for what comes before its end; the same snapshot denies what comes later."""
    exempt = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicyException",
        "metadata": {"name": "legacy", "namespace": "exceptions"},
        "spec": {
            "policyNames": ["no"],
            "objects": {"kinds": ["Workflow"], "namespaces": ["default"], "names": ["hello"]},
            "owner": "a",
            "reason": "b",
            "expires": "2026-07-01T00:01:00Z",
        },
    }
    policies = PolicySet.load([policy("no"), binding("no"), exempt], exception_namespaces=["exceptions"])
    around = replace(snapshot(), policies=policies)

    assert [] == denials(workflow(), around, now=NOW)
    assert denials(workflow(), around, now=NOW.replace(minute=1))
    assert denials(workflow(entrypoint="main", templates=[container("main")], name="other"), around, now=NOW)


def test_what_looks_like_a_mistake_is_warned() -> None:
    """A policy that reads what is never there is taken with a warning; one that does not compile is not."""
    document = policy("p", "object.resource.limits == {}")

    verdict = decided(request("CREATE", document), snapshot())

    assert verdict.allowed
    assert "`object.resource` is never there; did you mean 'resources'?" in verdict.warnings[0]
    assert not decided(request("CREATE", policy("p", "object.")), snapshot()).allowed

"""Status belongs to the controller: what others may bring, and what they may make of it."""

from __future__ import annotations

from typing import Any

import pytest
from engine.asking import ALICE, CONTROLLER, container, decided, request, snapshot, sources, template, workflow

from admission.model.document import Document
from admission.model.review import User
from admission.snapshot import Snapshot

SERVER = User("system:serviceaccount:argo:argo-server", ("system:serviceaccounts",))

MAIN = {**container("main"), "metadata": {"labels": {"a": "own"}}}
BUILD = template(
    "build",
    MAIN,
    {"name": "flow", "steps": [[{"name": "in", "inline": {"container": {"image": "alpine:3.20"}}}]]},
    podMetadata={"labels": {"a": "all", "b": "all"}},
    serviceAccountName="{{workflow.parameters.account}}",
)
AROUND = snapshot(BUILD, status_submitters=frozenset({SERVER.username}))

RESUBMITTED = {"labels": {"workflows.argoproj.io/resubmitted-from-workflow": "hello"}}

#: A template as Go writes it: with what nobody said.
AS_GO_WRITES = {
    **MAIN,
    "inputs": {},
    "outputs": {},
    "metadata": {"labels": {"a": "own", "b": "all"}},
    "container": {**MAIN["container"], "name": "", "resources": {}},
}
NODES = {"hello": {"id": "hello", "phase": "Succeeded"}}


def creates(user: User, status: Document, metadata: Document | None = None, **spec: Any) -> bool:
    """Whether *user* may create a Workflow with that status."""
    document = {**workflow("w", metadata=metadata, **spec), "status": status}
    return "update/status" not in sources(decided(request("CREATE", document, user=user), AROUND))


@pytest.mark.parametrize(
    ("status", "anybody", "resubmission", "archive"),
    [
        ({}, True, True, True),
        ({"startedAt": None, "finishedAt": None}, True, True, True),
        ({"nodes": NODES}, False, True, True),
        ({"conditions": [{"type": "Completed", "status": "False"}]}, False, True, True),
        ({"storedTemplates": {"namespaced/build/main": MAIN}}, False, True, True),
        ({"storedTemplates": {"namespaced/build/main": AS_GO_WRITES}}, False, True, True),
        (
            {"storedTemplates": {"namespaced/build/inline/in": {"container": {"image": "alpine:3.20"}}}},
            False,
            True,
            True,
        ),
        ({"storedTemplates": {"namespaced/build/main": container("main", image="other")}}, False, False, False),
        ({"storedTemplates": {"cluster/build/main": MAIN}}, False, False, False),
        ({"storedTemplates": {"namespaced/build/inline/in": {"container": {"image": "other"}}}}, False, False, False),
        ({"phase": "Running"}, False, False, True),
        ({"phase": "Failed", "message": "x", "startedAt": "2026-01-01T00:00:00Z"}, False, False, True),
        ({"outputs": {"parameters": [{"name": "x", "value": "y"}]}}, False, False, True),
        ({"artifactRepositoryRef": {"default": True}}, False, False, True),
        ({"compressedNodes": "H4sI"}, False, False, True),
        ({"persistentVolumeClaims": [{"name": "work"}]}, False, False, False),
        ({"synchronization": {"mutex": {"holding": [{"mutex": "x"}]}}}, False, False, False),
        ({"storedWorkflowTemplateSpec": {"entrypoint": "main", "templates": [MAIN]}}, False, False, False),
    ],
    ids=[
        "none",
        "times that are null",
        "nodes",
        "conditions",
        "a template as it is",
        "a template as Go writes it",
        "an inline template",
        "another template",
        "of another scope",
        "another inline template",
        "a phase",
        "a finished run",
        "outputs",
        "a repository",
        "packed nodes",
        "claims",
        "locks",
        "a stored spec",
    ],
)
def test_creation(status: Document, anybody: bool, resubmission: bool, archive: bool) -> None:
    """A resubmission brings nodes and what they ran, a retry from the archive all of a run; others bring nothing."""
    assert anybody == creates(ALICE, status)
    assert resubmission == creates(ALICE, status, RESUBMITTED)
    assert archive == creates(SERVER, status)
    assert creates(CONTROLLER, status)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"serviceAccountName": "admin"}, True),
        ({"podSpecPatch": "{}"}, False),
        ({"hostNetwork": True}, False),
    ],
    ids=["as merged", "a variable put in", "a field more", "another field more"],
)
def test_a_stored_spec_from_the_archive(changed: Document, expected: bool) -> None:
    """The spec that a run kept is taken if it is what its reference and itself make of it now."""
    stored = {**BUILD["spec"], **changed}
    reference = {"workflowTemplateRef": {"name": "build"}}

    assert expected == creates(SERVER, {"storedWorkflowTemplateSpec": stored}, **reference)
    assert not creates(ALICE, {"storedWorkflowTemplateSpec": stored}, **reference)


ACTOR = {"workflows.argoproj.io/actor": "alice", "workflows.argoproj.io/action": "Retry"}
RUNNING = {"workflows.argoproj.io/phase": "Running", "workflows.argoproj.io/completed": "false"}
FAILED = {
    "workflows.argoproj.io/phase": "Failed",
    "workflows.argoproj.io/completed": "true",
    "workflows.argoproj.io/workflow-archiving-status": "Archived",
}
SUSPENDED = {"gate": {"id": "gate", "type": "Suspend", "phase": "Running"}}
STORED = {"entrypoint": "main", "templates": [MAIN], "arguments": {"parameters": [{"name": "x", "value": "1"}]}}


def state(labels: Document, spec: Document | None = None, metadata: Document | None = None, **status: Any) -> Document:
    """A Workflow at one moment of its life."""
    made = workflow("w", metadata={"labels": labels, **(metadata or {})})
    return {**made, "spec": {**made["spec"], **(spec or {})}, "status": status}


#: What Argo's commands and its server write (v4.0.5, v4.1.2: ``workflow/util``, ``server/workflow``).
COMMANDS = {
    "suspend": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, {"suspend": True}, phase="Running", nodes=SUSPENDED),
    ),
    "resume of all": (
        state(RUNNING, {"suspend": True}, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, phase="Running", nodes={"gate": {**SUSPENDED["gate"], "phase": "Succeeded"}}),
    ),
    "resume of a node": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, phase="Running", nodes={"gate": {**SUSPENDED["gate"], "phase": "Succeeded"}}),
    ),
    "set of outputs": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state(
            {**RUNNING, **ACTOR},
            phase="Running",
            nodes={"gate": {**SUSPENDED["gate"], "outputs": {"parameters": [{"name": "ok", "value": "yes"}]}}},
        ),
    ),
    "stop": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, {"shutdown": "Stop"}, phase="Running", nodes=SUSPENDED),
    ),
    "stop of a node": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, phase="Running", nodes={"gate": {**SUSPENDED["gate"], "phase": "Failed"}}),
    ),
    "terminate": (
        state(RUNNING, phase="Running", nodes=SUSPENDED),
        state({**RUNNING, **ACTOR}, {"shutdown": "Terminate"}, phase="Running", nodes=SUSPENDED),
    ),
    "terminate of old": (
        state(RUNNING, phase="Running"),
        state(RUNNING, {"activeDeadlineSeconds": 0}, phase="Running"),
    ),
    "retry": (
        state(
            FAILED,
            {"shutdown": "Stop"},
            phase="Failed",
            message="x",
            nodes=NODES,
            persistentVolumeClaims=[{"name": "v"}],
        ),
        state(
            {"workflows.argoproj.io/phase": "Running", **ACTOR}, phase="Running", nodes={}, persistentVolumeClaims=[]
        ),
    ),
    "retry of one that was stopped by its deadline": (
        state(FAILED, {"activeDeadlineSeconds": 0}, phase="Failed", nodes=NODES),
        state({"workflows.argoproj.io/phase": "Running"}, phase="Running", nodes={}),
    ),
    "retry with other parameters": (
        state(FAILED, phase="Failed", storedWorkflowTemplateSpec={**STORED, "shutdown": "Stop"}),
        state(
            {"workflows.argoproj.io/phase": "Running"},
            phase="Running",
            storedWorkflowTemplateSpec={**STORED, "arguments": {"parameters": [{"name": "x", "value": "2"}]}},
        ),
    ),
    "delete --force": (
        state(FAILED, metadata={"finalizers": ["workflows.argoproj.io/artifact-gc"]}, phase="Failed"),
        state(FAILED, metadata={"finalizers": []}, phase="Failed"),
    ),
}

#: What nobody but the controller may write, by itself: the labels and the status before and after.
FORBIDDEN = {
    "completed": (
        state(RUNNING, phase="Running"),
        state({**RUNNING, "workflows.argoproj.io/completed": "true"}, phase="Running"),
    ),
    "creator": (state(RUNNING), state({**RUNNING, "workflows.argoproj.io/creator": "bob"})),
    "creator removed": (state({**RUNNING, "workflows.argoproj.io/creator": "bob"}), state(RUNNING)),
    "instance": (state(RUNNING), state({**RUNNING, "workflows.argoproj.io/controller-instanceid": "x"})),
    "archiving": (state(RUNNING), state({**RUNNING, "workflows.argoproj.io/workflow-archiving-status": "Pending"})),
    "cron": (state(RUNNING), state({**RUNNING, "workflows.argoproj.io/cron-workflow": "x"})),
    "phase label": (state(RUNNING), state({**RUNNING, "workflows.argoproj.io/phase": "Succeeded"})),
    "phase": (state(RUNNING, phase="Running"), state(RUNNING, phase="Succeeded")),
    "phase removed": (state(RUNNING, phase="Running"), state(RUNNING)),
    "a stored template": (
        state(RUNNING, storedTemplates={}),
        state(RUNNING, storedTemplates={"namespaced/build/main": MAIN}),
    ),
    "another stored template": (
        state(RUNNING, storedTemplates={"namespaced/build/main": MAIN}),
        state(RUNNING, storedTemplates={"namespaced/build/main": container("main", image="other")}),
    ),
    "a stored spec": (state(RUNNING), state(RUNNING, storedWorkflowTemplateSpec=STORED)),
    "the stored spec": (
        state(RUNNING, storedWorkflowTemplateSpec=STORED),
        state(RUNNING, storedWorkflowTemplateSpec={**STORED, "serviceAccountName": "admin"}),
    ),
    "templates of the stored spec": (
        state(FAILED, phase="Failed", storedWorkflowTemplateSpec=STORED),
        state(FAILED, phase="Failed", storedWorkflowTemplateSpec={**STORED, "templates": []}),
    ),
    "claims": (state(RUNNING), state(RUNNING, persistentVolumeClaims=[{"name": "v"}])),
    "a repository": (state(RUNNING), state(RUNNING, artifactRepositoryRef={"default": True})),
    "locks": (state(RUNNING), state(RUNNING, synchronization={"mutex": {}})),
    "an owner": (state(RUNNING), state(RUNNING, metadata={"ownerReferences": [{"kind": "CronWorkflow", "name": "c"}]})),
    "a finalizer": (state(RUNNING), state(RUNNING, metadata={"finalizers": ["example.com/mine"]})),
    "where it is from": (
        state(RUNNING),
        state(RUNNING, metadata={"annotations": {"argo-admission.io/expanded-from": "[]"}}),
    ),
    "how its pods are named": (
        state(RUNNING),
        state(RUNNING, metadata={"annotations": {"workflows.argoproj.io/pod-name-format": "v1"}}),
    ),
}


def updates(old: Document, new: Document, user: User = ALICE, around: Snapshot = AROUND) -> bool:
    return decided(request("UPDATE", new, old, user=user), around).allowed


@pytest.mark.parametrize("user", [ALICE, SERVER], ids=["a user", "argo-server"])
@pytest.mark.parametrize("command", COMMANDS)
def test_commands(command: str, user: User) -> None:
    """Whatever Argo's own commands write, by whomever, is let through."""
    old, new = COMMANDS[command]

    assert updates(old, new, user)


@pytest.mark.parametrize("user", [ALICE, SERVER], ids=["a user", "argo-server"])
@pytest.mark.parametrize("change", FORBIDDEN)
def test_what_only_the_controller_writes(change: str, user: User) -> None:
    """What the controller believes is written by it alone; by itself it may write everything."""
    old, new = FORBIDDEN[change]

    assert not updates(old, new, user)
    assert updates(old, new, CONTROLLER)

"""Which calls reach us (interfaces.md 4.1), asked of the API server itself, row by row."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest
from corpus import CRDS
from following import binding, policy, template
from recording import Recorder, recorder
from waiting import until

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client
from admission.cluster.kinds import RESOURCES
from admission.cluster.webhooks import Webhooks
from admission.model.document import Document

pytestmark = pytest.mark.cluster

CONTROLLER = "system:serviceaccount:argo:argo"
BOTH, NEITHER, VALIDATE = ["mutate", "validate"], list[str](), ["validate"]

#: The full CRDs stand beside the checkout of those who have them; elsewhere there is one flavour less.
FLAVOURS = [pytest.param("minimal"), *([pytest.param("full", marks=pytest.mark.corpus)] if CRDS.is_dir() else [])]


@pytest.fixture(scope="module", params=FLAVOURS)
def calls(plane: ControlPlane, request: pytest.FixtureRequest) -> Iterator[Recorder]:
    """What reaches a webhook that is registered as ours is."""
    plane.apply(*definitions())
    if request.param == "full":
        # The largest of them: a second one would take the API server another half minute.
        file = CRDS / "argoproj.io_workflows.yaml"
        plane.kubectl("apply", "--server-side", "--force-conflicts", "-f", str(file))
    bound = ["--clusterrole=cluster-admin", f"--user={CONTROLLER}", "--user=somebody"]
    plane.kubectl("create", "clusterrolebinding", "everything", *bound, check=False)
    with recorder() as made:
        webhooks = Webhooks(caller=made.caller, name="recorder", controller_users=[CONTROLLER, "it's \\ other"])
        plane.apply(webhooks.mutating(), webhooks.validating())
        until(lambda: reached(plane, made))
        yield made
        for kind in ("mutatingwebhookconfiguration", "validatingwebhookconfiguration"):
            plane.kubectl("delete", kind, "recorder")
    plane.apply(*definitions())


def reached(plane: ControlPlane, calls: Recorder) -> bool:
    """Whether the API server knows of the configurations already, all entries of them."""
    somebody = as_user(plane, "somebody")
    for kind, document in (("workflow", workflow("first")), ("wfpol", policy("first", "true"))):
        somebody.create(item(kind, "first").rpartition("/")[0], document)
        somebody.delete(item(kind, "first"))
    kinds = {kind for _, _, kind, _ in calls.calls}
    return calls.taken() == BOTH and "WorkflowPolicy" in kinds


def workflow(name: str, **spec: Any) -> Document:
    """A running Workflow."""
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {
            "name": name,
            "namespace": "default",
            "labels": {"team": "a", "workflows.argoproj.io/phase": "Running"},
            "annotations": {"note": "x", "workflows.argoproj.io/title": "y"},
        },
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "alpine"}}], **spec},
        "status": {
            "phase": "Running",
            "progress": "0/1",
            "nodes": {"a": {"id": "a", "name": "a", "type": "Pod"}},
            "storedTemplates": {"x": {"name": "x"}},
        },
    }


def cron(name: str) -> Document:
    spec = workflow("")["spec"]
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "CronWorkflow",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {"schedules": ["0 0 * * *"], "workflowSpec": spec},
    }


def patch(
    plane: ControlPlane, calls: Recorder, kind: str, name: str, change: Document, user: str = "somebody"
) -> list[str]:
    """The endpoints that hear of this change by *user*."""
    calls.taken()
    # Not by kubectl, which takes longer to start than all the rest of a row.
    as_user(plane, user).patch(item(kind, name), change)
    return calls.taken()


@cache
def as_user(plane: ControlPlane, name: str) -> Client:
    """The API server, as a user who may do everything."""
    return Client.connect(str(plane.as_user(name)))


def item(kind: str, name: str) -> str:
    """The path of an object by the name that kubectl has for its kind."""
    [resource] = [each for each in RESOURCES.values() if each.kind.lower() == kind or each.kind == KINDS.get(kind)]
    found = resource.item("default" if resource.namespaced else "", name)
    assert found is not None
    return found


KINDS = {"wfpol": "WorkflowPolicy"}


def labels(**given: str | None) -> Document:
    names = {name.replace("__", "/").replace("_", "-"): value for name, value in given.items()}
    return {"metadata": {"labels": {name.replace("argoproj", "workflows.argoproj.io"): v for name, v in names.items()}}}


#: Of a kind that is not installed: the garbage collector deletes what is owned by what it looks up and does not find.
OWNER = {"apiVersion": "example.com/v1", "kind": "Owner", "name": "x", "uid": "00000000-0000-0000-0000-000000000001"}
RUNNING, GONE = workflow("row"), None


@pytest.mark.parametrize(
    ("before", "change", "expected"),
    [
        ({}, {"metadata": {"labels": {"team": "b"}}}, NEITHER),
        ({}, {"metadata": {"annotations": {"note": GONE, "other": "x"}}}, NEITHER),
        ({}, {"status": {"progress": "1/1", "message": "fine"}}, NEITHER),
        ({}, {"status": {"nodes": {"a": {"phase": "Succeeded"}}}}, BOTH),
        ({}, {"status": {"phase": "Succeeded"}}, BOTH),
        ({}, {"status": {"storedTemplates": GONE}}, BOTH),
        ({}, {"status": GONE}, BOTH),
        ({}, {"status": {"outputs": {"parameters": []}}}, BOTH),
        ({}, {"spec": {"entrypoint": "other"}}, BOTH),
        ({}, {"spec": {"serviceAccountName": "builder"}}, BOTH),
        ({}, {"spec": {"parallelism": 3}}, BOTH),
        ({}, {"spec": {"suspend": True}}, NEITHER),
        ({"suspend": True}, {"spec": {"suspend": GONE}}, NEITHER),
        ({}, {"spec": {"shutdown": "Stop"}}, NEITHER),
        ({}, {"spec": {"activeDeadlineSeconds": 0}}, NEITHER),
        ({"activeDeadlineSeconds": 9}, {"spec": {"activeDeadlineSeconds": 0}}, NEITHER),
        ({"activeDeadlineSeconds": 0}, {"spec": {"activeDeadlineSeconds": GONE}}, NEITHER),
        ({}, {"spec": {"activeDeadlineSeconds": 9}}, BOTH),
        ({"activeDeadlineSeconds": 9}, {"spec": {"activeDeadlineSeconds": GONE}}, BOTH),
        ({"activeDeadlineSeconds": 0}, {"spec": {"activeDeadlineSeconds": 9}}, BOTH),
        ({}, {"spec": {"suspend": True, "entrypoint": "other"}}, BOTH),
        ({}, {"spec": {"shutdown": "Stop"}, **labels(argoproj__actor="me", argoproj__action="Stop")}, NEITHER),
        ({}, {"spec": {"shutdown": "Stop"}, **labels(argoproj__phase="Succeeded")}, BOTH),
        ({}, {"spec": {"suspend": True}, "status": {"phase": "Succeeded"}}, BOTH),
        ({}, labels(argoproj__phase=GONE), BOTH),
        ({}, labels(argoproj__completed="true"), BOTH),
        ({}, {"metadata": {"annotations": {"workflows.argoproj.io/title": "z"}}}, BOTH),
        ({}, {"metadata": {"annotations": {"argo-admission.io/changes": "[]"}}}, BOTH),
        ({}, {"metadata": {"ownerReferences": [OWNER]}}, BOTH),
        ({}, {"metadata": {"finalizers": ["example.com/mine"]}}, BOTH),
    ],
    ids=[
        "a label of users",
        "an annotation of users",
        "status that decides nothing",
        "nodes",
        "phase",
        "stored templates gone",
        "status gone",
        "outputs",
        "entrypoint",
        "service account",
        "parallelism",
        "suspend",
        "resume",
        "stop",
        "terminate of old",
        "terminate with a deadline",
        "retry",
        "a deadline",
        "a deadline gone",
        "a deadline for a 0",
        "suspend and more",
        "stop with its actor",
        "stop with another phase label",
        "suspend with another phase",
        "system label gone",
        "system label",
        "system annotation",
        "annotation of ours",
        "owner",
        "finalizer",
    ],
)
def test_updates_of_a_workflow(
    plane: ControlPlane, calls: Recorder, before: Document, change: Document, expected: list[str]
) -> None:
    """An UPDATE by a user reaches us exactly if it changes something that a verdict hangs on."""
    somebody = as_user(plane, "somebody")
    somebody.create(item("workflow", "row").rpartition("/")[0], workflow("row", **before))
    try:
        assert expected == patch(plane, calls, "workflow", "row", change)
    finally:
        somebody.patch(item("workflow", "row"), {"metadata": {"finalizers": None}})
        somebody.delete(item("workflow", "row"))


def test_creations_reach_both(plane: ControlPlane, calls: Recorder) -> None:
    """Every CREATE is judged, the controller's included, and so is a dry run."""
    calls.taken()
    plane.apply(workflow("made"))
    by_user = calls.taken()
    plane.kubectl("create", "-f", "-", f"--as={CONTROLLER}", input=json.dumps(workflow("made-too")))
    by_controller = calls.taken()
    plane.kubectl("create", "-f", "-", "--dry-run=server", input=json.dumps(workflow("not-made")))
    dry = calls.taken()
    plane.kubectl("delete", "workflow", "made", "made-too")

    assert [BOTH, BOTH, BOTH, NEITHER] == [by_user, by_controller, dry, calls.taken()]


def test_the_controller_updates_without_us(plane: ControlPlane, calls: Recorder) -> None:
    """Whatever the controller writes goes past us; the same by another service account does not."""
    plane.apply(workflow("controlled"))
    change = {"spec": {"arguments": {}}, "status": {"phase": "Succeeded"}, **labels(argoproj__phase="Succeeded")}
    by_controller = patch(plane, calls, "workflow", "controlled", change, CONTROLLER)
    by_other = patch(plane, calls, "workflow", "controlled", {"status": {"phase": "Failed"}})
    plane.kubectl("delete", "workflow", "controlled")

    assert [NEITHER, BOTH] == [by_controller, by_other]


def test_what_is_deleted_can_go(plane: ControlPlane, calls: Recorder) -> None:
    """Removing a finalizer of what is being deleted goes past us; changing its spec on the way does not."""
    plane.apply(workflow("going") | {"metadata": {"name": "going", "finalizers": ["example.com/a", "example.com/b"]}})
    plane.kubectl("delete", "workflow", "going", "--wait=false")
    one = patch(plane, calls, "workflow", "going", {"metadata": {"finalizers": ["example.com/b"]}})
    more = patch(plane, calls, "workflow", "going", {"spec": {"entrypoint": "other"}})
    last = patch(plane, calls, "workflow", "going", {"metadata": {"finalizers": None}})

    assert [NEITHER, BOTH, NEITHER] == [one, more, last]
    assert 0 != plane.kubectl("get", "workflow", "going", check=False).returncode


def test_updates_of_the_other_kinds(plane: ControlPlane, calls: Recorder) -> None:
    """A CronWorkflow is suspended without us; templates are for `/validate` alone."""
    plane.apply(cron("nightly"), template("shared"))
    rows = [
        patch(plane, calls, "cronworkflow", "nightly", {"spec": {"suspend": True}}),
        patch(plane, calls, "cronworkflow", "nightly", {"status": {"lastScheduledTime": "2026-01-01T00:00:00Z"}}),
        patch(plane, calls, "cronworkflow", "nightly", {"spec": {"schedules": ["1 1 * * *"]}}),
        patch(plane, calls, "cronworkflow", "nightly", {"spec": {"workflowSpec": {"suspend": True}}}),
        patch(plane, calls, "workflowtemplate", "shared", {"spec": {"suspend": True}}),
        patch(plane, calls, "workflowtemplate", "shared", {"metadata": {"labels": {"team": "b"}}}),
    ]
    plane.kubectl("delete", "cronworkflow", "nightly")
    cron_gone = calls.taken()
    plane.kubectl("delete", "workflowtemplate", "shared")

    assert [NEITHER, NEITHER, BOTH, BOTH, VALIDATE, NEITHER] == rows
    assert [NEITHER, VALIDATE] == [cron_gone, calls.taken()]


def test_kubernetes_deletes_without_us(plane: ControlPlane, calls: Recorder) -> None:
    """What goes with its namespace or owner is no question to us."""
    deleter = "system:serviceaccount:kube-system:generic-garbage-collector"
    plane.apply(template("collected"))
    plane.kubectl("create", "clusterrolebinding", "gc", "--clusterrole=cluster-admin", f"--user={deleter}", check=False)
    calls.taken()
    plane.kubectl("delete", "workflowtemplate", "collected", f"--as={deleter}")

    assert NEITHER == calls.taken()


def test_our_own_kinds(plane: ControlPlane, calls: Recorder) -> None:
    """A policy is checked when it is written, not when it is labelled or gets its status."""
    calls.taken()
    plane.apply(policy("mine", "true"), binding("mine", "mine"))
    made = calls.taken()
    labelled = patch(plane, calls, "wfpol", "mine", {"metadata": {"labels": {"a": "b"}}})
    plane.kubectl(
        "patch", "wfpol", "mine", "--subresource=status", "--type=merge", "-p", '{"status": {"conditions": []}}'
    )
    status = calls.taken()
    edited = patch(plane, calls, "wfpol", "mine", {"spec": {"severity": "High"}})
    plane.kubectl("delete", "wfpol,wfpolb", "mine")

    assert [VALIDATE, NEITHER, NEITHER, VALIDATE, NEITHER] == [made, labelled, status, edited, calls.taken()]


def test_large_objects_are_within_the_cost_of_conditions(plane: ControlPlane, calls: Recorder) -> None:
    """A Workflow of half a megabyte with hundreds of labels is told apart as a small one is."""
    many = {f"team.example.com/{number}": "x" * 40 for number in range(600)}
    system = {f"workflows.argoproj.io/{number}": "x" * 40 for number in range(600)}
    large = workflow("large")
    large["metadata"] |= {"labels": {**many, **system}, "annotations": {**many, **system}}
    node = {"id": "a", "name": "n" * 60, "type": "Pod", "message": "m" * 200}
    large["status"]["nodes"] = {f"node-{number}": node for number in range(800)}
    large["spec"]["templates"] += [
        {"name": f"t{number}", "container": {"image": "alpine", "args": ["x" * 1000]}} for number in range(150)
    ]
    plane.kubectl("create", "-f", "-", input=json.dumps(large))
    rows = [
        patch(plane, calls, "workflow", "large", {"status": {"progress": "1/800"}}),
        patch(plane, calls, "workflow", "large", {"metadata": {"labels": {"team.example.com/1": "y"}}}),
        patch(plane, calls, "workflow", "large", {"spec": {"suspend": True}}),
        patch(plane, calls, "workflow", "large", {"metadata": {"labels": {"workflows.argoproj.io/599": "y"}}}),
        patch(plane, calls, "workflow", "large", {"status": {"nodes": {"node-799": {"message": "other"}}}}),
    ]
    plane.kubectl("delete", "workflow", "large")

    assert [NEITHER, NEITHER, NEITHER, BOTH, BOTH] == rows


def test_while_we_are_down(plane: ControlPlane, calls: Recorder) -> None:
    """Nothing is created unseen, and everything that runs can be stopped, finished and deleted."""
    plane.apply(workflow("orphan"), template("orphan"))
    calls.stop()
    try:
        created = plane.kubectl("create", "-f", "-", input=json.dumps(workflow("unseen")), check=False)
        changed = plane.kubectl(
            "patch", "workflow", "orphan", "--type=merge", "-p", '{"spec": {"priority": 1}}', check=False
        )
        patch(plane, calls, "workflow", "orphan", {"spec": {"shutdown": "Stop"}})
        patch(plane, calls, "workflow", "orphan", {"status": {"phase": "Failed"}}, CONTROLLER)
        plane.kubectl("delete", "workflow,workflowtemplate", "orphan")
    finally:
        calls.start()

    assert [1, 1] == [created.returncode, changed.returncode]
    assert 'failed calling webhook "validate.argo-admission.io"' in created.stderr
    assert "mutate" not in created.stderr

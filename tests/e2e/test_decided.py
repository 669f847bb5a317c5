"""What is decided where (interfaces.md 4.1), row by row, through the real API server by real kubectl."""

from __future__ import annotations

import json

import pytest
from talking import (
    OTHER,
    SOMEBODY,
    SYSTEM,
    Cluster,
    binding,
    cron,
    denied,
    manifest,
    outcome,
    policy,
    reference,
    template,
    workflow,
)
from waiting import until

pytestmark = pytest.mark.cluster

AUTHOR = "argo-admission.io/author"

FORGED = json.dumps({"username": "admin", "groups": [], "uid": ""})

GONE = None


def test_what_is_being_deleted_can_go(cluster: Cluster) -> None:
    """A Workflow with a finalizer is deleted, and the finalizer removed, though its spec is denied by now."""
    cluster.apply(workflow("going", metadata={"finalizers": ["example.com/mine"]}), check=True)
    cluster.apply(policy("later", "false"), binding("later"), check=True)
    until(lambda: denied(cluster.create(workflow("trial"), "--dry-run=server"), "later"))
    cluster.must("delete", "workflow", "going", "--wait=false", f"--as={SOMEBODY}")
    done = cluster.patch("workflow", "going", {"metadata": {"finalizers": GONE}}, f"--as={SOMEBODY}")
    gone = not cluster.has("workflow", "going")
    cluster.delete("wfpol,wfpolb", "later")
    until(lambda: cluster.create(workflow("trial"), "--dry-run=server").returncode == 0)

    assert (0, True) == (done.returncode, gone)


def test_a_reference_that_leads_nowhere(cluster: Cluster) -> None:
    """It stays as it is at `/mutate`, and `/validate` says where it stands."""
    done = cluster.create(reference("lost", "nothing"))

    assert 1 == done.returncode
    assert "is invalid: spec.workflowTemplateRef.name: " in done.stderr


def test_defaults_leave_the_choice_of_a_templates_author(cluster: Cluster) -> None:
    """What the template says is not overridden by a default; what it leaves open is filled in."""
    cluster.apply(template("chosen", resources={"limits": {"cpu": "7"}}), check=True)
    until(lambda: cluster.create(reference("of-chosen", "chosen"), "--dry-run=server").returncode == 0)
    cluster.create(reference("of-chosen", "chosen"), check=True)
    [written] = cluster.get("workflow", "of-chosen")["spec"]["templates"]
    cluster.delete("workflow", "of-chosen")
    cluster.delete("workflowtemplate", "chosen")

    assert {"cpu": "7", "memory": "1Gi"} == written["container"]["resources"]["limits"]


def test_another_reference_beside_what_was_written_out(cluster: Cluster) -> None:
    """What was made of one template does not become what is made of another."""
    cluster.apply(template("second"), check=True)
    cluster.must("apply", "-f", "greeting.yaml")
    until(lambda: cluster.create(reference("trial", "second"), "--dry-run=server").returncode == 0)
    change = {"spec": {"workflowTemplateRef": {"name": "second"}}}
    done = cluster.patch("workflow", "greeting", change, f"--as={SOMEBODY}")
    cluster.delete("workflow", "greeting")
    cluster.delete("workflowtemplate", "second")

    assert "update/reference" == outcome(done)


def test_the_author_of_a_schedule(cluster: Cluster) -> None:
    """Recorded when its spec is written; suspending it makes nobody its author, nor does writing so."""

    def author() -> str:
        annotations = cluster.get("cronworkflow", "nightly")["metadata"]["annotations"]
        name: str = json.loads(annotations[AUTHOR])["username"]
        return name

    cluster.create(cron("nightly"), f"--as={SOMEBODY}", check=True)
    seen = [author()]
    cluster.patch("cronworkflow", "nightly", {"spec": {"suspend": True}}, f"--as={OTHER}", check=True)
    seen.append(author())
    cluster.patch("cronworkflow", "nightly", {"metadata": {"annotations": {AUTHOR: GONE}}}, f"--as={OTHER}")
    seen.append(author())
    cluster.patch("cronworkflow", "nightly", {"metadata": {"annotations": {AUTHOR: FORGED}}}, f"--as={OTHER}")
    seen.append(author())
    cluster.patch("cronworkflow", "nightly", {"spec": {"schedules": ["1 1 * * *"]}}, f"--as={OTHER}", check=True)
    seen.append(author())
    cluster.delete("cronworkflow", "nightly")

    assert [SOMEBODY] * 4 + [OTHER] == seen


def test_the_author_of_an_event_binding(cluster: Cluster) -> None:
    """An event binding has its author recorded as a CronWorkflow has."""
    spec = {"event": {"selector": "payload.go == true"}, "submit": {"workflowTemplateRef": {"name": "greeting"}}}
    cluster.create(manifest("WorkflowEventBinding", "pushed", spec), f"--as={SOMEBODY}", check=True)
    annotations = cluster.get("workfloweventbinding", "pushed")["metadata"]["annotations"]
    cluster.delete("workfloweventbinding", "pushed")

    assert SOMEBODY == json.loads(annotations[AUTHOR])["username"]


def test_sources_are_never_rewritten(cluster: Cluster) -> None:
    """A template without limits stays as its author wrote it, and is allowed: its Workflows will have them."""
    written = template("plain")
    cluster.apply(written, check=True)
    stored = cluster.get("workflowtemplate", "plain")["spec"]
    bad = template("bad", securityContext={"privileged": True})
    done = cluster.apply(bad)
    cluster.delete("workflowtemplate", "plain")

    assert written["spec"] == stored
    assert denied(done, "no-privileged-containers")


def test_our_own_kinds(cluster: Cluster) -> None:
    """A policy that does not compile, and a binding without its parameters, are refused at the place."""
    broken = cluster.apply(policy("broken", "object.spec.entrypoint =="))
    unbound = binding("default-limits-too") | {"spec": {"policyName": "default-limits", "validationActions": ["Audit"]}}
    lacking = cluster.apply(unbound)

    assert (1, 1) == (broken.returncode, lacking.returncode)
    assert "is invalid: spec.validations[0].expression: " in broken.stderr
    assert "spec.params" in lacking.stderr


def test_workflows_of_other_controllers(cluster: Cluster) -> None:
    """A Workflow of an instanceID that this release is not for is neither judged nor changed."""
    labels = {"labels": {f"{SYSTEM}/controller-instanceid": "other"}}
    foreign = workflow("foreign", container={"securityContext": {"privileged": True}}, metadata=labels)
    done = cluster.create(foreign, f"--as={SOMEBODY}")
    stored = cluster.get("workflow", "foreign")["spec"]
    cluster.delete("workflow", "foreign")

    assert (0, foreign["spec"]) == (done.returncode, stored)


def test_a_dry_run_is_judged_the_same(cluster: Cluster) -> None:
    """It says what the real request would say, and stores nothing."""
    dry, real = (cluster.create(workflow("bad", entrypoint="mian"), *flags) for flags in (["--dry-run=server"], []))
    fine = cluster.create(workflow("fine"), "--dry-run=server")

    assert (1, dry.stderr) == (real.returncode, real.stderr)
    assert (0, False) == (fine.returncode, cluster.has("workflow", "fine"))


def test_templates_are_deleted_under_any_policy(cluster: Cluster) -> None:
    """A policy for DELETE keeps a template, but not in a namespace that ends."""
    keep = policy("keep", "false", "templates are kept", kinds=["WorkflowTemplate"], operations=["DELETE"])
    bound = binding("keep")
    bound["spec"]["matchResources"] = {"namespaces": ["ending"]}
    cluster.must("create", "namespace", "ending")
    cluster.apply({**template("kept"), "metadata": {"name": "kept", "namespace": "ending"}}, namespace="ending")
    cluster.apply(keep, bound, check=True)
    until(
        lambda: cluster.kubectl("delete", "workflowtemplate", "kept", "--dry-run=server", namespace="ending").returncode
    )
    kept = cluster.kubectl("delete", "workflowtemplate", "kept", f"--as={SOMEBODY}", namespace="ending")
    cluster.must("delete", "namespace", "ending", "--timeout=30s")
    cluster.delete("wfpol,wfpolb", "keep")

    assert denied(kept, "keep")
    assert not cluster.has("namespace", "ending")

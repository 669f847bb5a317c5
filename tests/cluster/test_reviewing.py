"""What a review leaves behind beside its answer: numbers, a line of the log, and an event, but not of a dry run."""

from __future__ import annotations

import json
import logging
from collections.abc import Collection, Mapping
from typing import Any

import pytest

from admission.cli.server.reviewer import Reviewer
from admission.cluster.events import Event, Events
from admission.cluster.sightings import Sightings
from admission.model.catalog import AnyAnswer, Question
from admission.model.settings import Settings, Subject
from admission.policy.resource import PolicySet
from admission.serve.metrics import Metrics
from admission.snapshot import Snapshot

FAR = float("inf")


class World:
    """One snapshot, and nothing to look up."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot

    def unready(self) -> list[str]:
        return []

    def answer(self, questions: Collection[Question], most: int, deadline: float) -> Mapping[Question, AnyAnswer]:
        return {}

    def gauges(self) -> Mapping[str, Mapping[tuple[str, ...], float]]:
        return {}

    def start(self) -> None: ...

    def stop(self) -> None: ...


class Told(Events):
    """Events that are kept instead of written."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def publish(self, event: Event) -> None:
        self.events.append(event)


def body(entrypoint: str, dry_run: bool = False, user: str = "jane", **annotations: str) -> bytes:
    templates = [{"name": "main", "container": {"image": "alpine:3.20"}}]
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w", "namespace": "team", "annotations": annotations},
        "spec": {"entrypoint": entrypoint, "templates": templates},
    }
    request = {
        "uid": "the-uid",
        "operation": "CREATE",
        "kind": {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"},
        "namespace": "team",
        "name": "w",
        "userInfo": {"username": user},
        "dryRun": dry_run,
        "object": workflow,
    }
    return json.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request}).encode()


def reviewer(*policies: dict[str, Any], **settings: Any) -> tuple[Reviewer, Metrics, Told]:
    metrics, told = Metrics(), Told()
    snapshot = Snapshot(policies=PolicySet.load(policies), settings=Settings(**settings))
    return Reviewer(World(snapshot), snapshot.settings, 5, Sightings(), metrics, told), metrics, told


def count(metrics: Metrics, name: str, **labels: str) -> float:
    return metrics.registry.get_sample_value(f"argo_admission_{name}", labels) or 0.0


def test_a_denial_is_counted_and_told() -> None:
    """By rule and action, with the time of every stage that it went through, and an event with the message."""
    made, metrics, told = reviewer()
    made.decide("validate", body("nothing"), FAR)
    [event] = told.events

    assert 1 == count(metrics, "findings_total", source="lint/ref-undefined", action="Deny")
    assert 1 == count(metrics, "stage_seconds_count", stage="lint")
    assert (True, "team", "w", "Workflow") == (event.denied, event.namespace, event.name, event.kind)
    assert "there is no template 'nothing'" in event.message


def test_of_a_dry_run_nothing_is_left() -> None:
    """No event, whatever the verdict is."""
    made, _, told = reviewer()
    made.decide("validate", body("nothing", dry_run=True), FAR)

    assert [] == told.events


def test_a_change_is_told_once_it_is_let_in() -> None:
    """By what `/mutate` has noted on the object; what was not changed has no event."""
    made, _, told = reviewer()
    changes = json.dumps([{"path": "spec.templates", "reason": "expand"}])
    made.decide("validate", body("main", **{"argo-admission.io/changes": changes}), FAR)
    made.decide("validate", body("main"), FAR)
    [event] = told.events

    assert (False, "changed when it was created: spec.templates (expand)") == (event.denied, event.message)


def test_a_policy_that_cannot_decide_is_counted() -> None:
    """So that somebody sees it before users do."""
    group = "argo-admission.io/v1alpha1"
    policy = {
        "apiVersion": group,
        "kind": "WorkflowPolicy",
        "metadata": {"name": "p"},
        "spec": {"title": "A test.", "validations": [{"expression": "object.spec.nothing == 1", "message": "x"}]},
    }
    binding = {
        "apiVersion": group,
        "kind": "WorkflowPolicyBinding",
        "metadata": {"name": "b"},
        "spec": {"policyName": "p", "validationActions": ["Deny"]},
    }
    made, metrics, _ = reviewer(policy, binding)
    made.decide("validate", body("main"), FAR)

    assert 1 == count(metrics, "policy_evaluations_total", policy="p")
    assert 1 == count(metrics, "policy_errors_total", policy="p")
    assert 1 == count(metrics, "stage_seconds_count", stage="policies")


def test_labels_are_bounded() -> None:
    """However many policies there are, there are only so many time series."""
    metrics = Metrics()
    for number in range(5000):
        metrics.found(f"policy/p{number}", "Deny")
    sources = {
        line.split('source="')[1].split('"')[0] for line in metrics.text().decode().splitlines() if "source=" in line
    }

    assert len(sources) <= 601
    assert 5000 - 600 == count(metrics, "findings_total", source="other", action="Deny")


def update(user: str, phase: str, dry_run: bool = False) -> bytes:
    """An UPDATE by *user* that changes nothing but the phase."""
    review = json.loads(body("main", dry_run, user))
    workflow = review["request"]["object"]
    changed = {**workflow, "status": {"phase": phase}}
    review["request"] |= {"operation": "UPDATE", "object": changed, "oldObject": workflow}
    return json.dumps(review).encode()


def test_what_others_write_of_status_is_denied_once_the_controller_was_seen() -> None:
    """A dry run shows nobody, and neither does another user."""
    sightings, snapshot = Sightings(["argo"]), Snapshot(settings=Settings(controller_users=("argo",)))
    made = Reviewer(World(snapshot), snapshot.settings, 5, sightings, Metrics())
    forged = update("jane", "Succeeded")
    verdicts = []
    for shown in (
        forged,
        update("argo", "Running", dry_run=True),
        body("main", user="argo"),
        update("argo", "Running"),
    ):
        made.decide("validate", shown, FAR)
        verdicts.append((sightings.any, made.decide("validate", forged, FAR).verdict))

    assert [(False, "allowed")] * 3 + [(True, "denied")] == verdicts


@pytest.mark.parametrize(
    ("user", "level", "message"),
    [("jane", logging.INFO, "denied"), ("root", logging.WARNING, "not reviewed, the user is exempt")],
)
def test_the_log_has_the_uid(user: str, level: int, message: str, caplog: pytest.LogCaptureFixture) -> None:
    """Who finds the request in the audit log of Kubernetes finds it in ours; who is exempt is logged, too."""
    made, _, _ = reviewer(exempt_subjects=(Subject("User", "root"),))
    with caplog.at_level(logging.INFO, "admission"):
        made.decide("validate", body("nothing", user=user), FAR)
    [record] = caplog.records

    assert (level, message, "the-uid", user) == (
        record.levelno,
        record.getMessage(),
        vars(record)["uid"],
        vars(record)["user"],
    )

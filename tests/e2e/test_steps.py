"""
What Argo's own controller writes while a Workflow runs does not come by us, in the API server's own count.

One write does, once for an installation: the first of all shows that the controller is named rightly.

By itself a Workflow of 60 steps; ``make steps`` takes one of 1,000.
"""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from equivalence.playing import Player
from talking import NAMESPACE, SOMEBODY, Cluster, manifest
from waiting import until

from admission.cli.demo.process import Process
from admission.cluster.client import Client
from admission.model.document import Document, mapping

pytestmark = pytest.mark.cluster

STEPS = int(os.environ.get("STEPS", "60"))

#: So many run at once: one after the other each takes longer than the one before, as the status grows.
WIDTH = max(1, STEPS // 100)

#: Seconds for it all; a step takes 0.4 s on a quiet machine.
PATIENCE = 30 + 2 * STEPS

CALLED = "apiserver_admission_webhook_request_total"
REVIEWED = "apiserver_admission_webhook_admission_duration_seconds_count"
KEPT_AWAY = "apiserver_admission_match_condition_exclusions_total"
WRITTEN = "apiserver_request_total"

_SAMPLE = re.compile(r"^(\w+)\{(.*)\} (\S+)$", re.MULTILINE)
_LABEL = re.compile(r'(\w+)="([^"]*)"')

FIRST = "controller.argo-admission.io"


@dataclass(frozen=True)
class Counted:
    """What the API server has counted of UPDATEs: of calls and reviews by webhook, those kept away, and writes."""

    called: Counter[str]
    reviewed: Counter[str]
    kept_away: Counter[str]
    written: int

    @classmethod
    def now(cls, cluster: Cluster) -> Counted:
        called, reviewed, kept_away = Counter[str](), Counter[str](), Counter[str]()
        by_name = {CALLED: called, REVIEWED: reviewed, KEPT_AWAY: kept_away}
        written = 0
        for metric, text, value in _SAMPLE.findall(cluster.must("get", "--raw", "/metrics")):
            labels = dict(_LABEL.findall(text))
            if metric in by_name and labels.get("operation") == "UPDATE" and _is_ours(labels["name"]):
                by_name[metric][labels["name"]] += int(float(value))
            if metric == WRITTEN and _is_write(labels):
                written += int(float(value))
        return cls(called, reviewed, kept_away, written)

    def __sub__(self, before: Counted) -> Counted:
        return Counted(
            self.called - before.called,
            self.reviewed - before.reviewed,
            self.kept_away - before.kept_away,
            self.written - before.written,
        )


def _is_write(labels: dict[str, str]) -> bool:
    return labels["resource"] == "workflows" and labels["verb"] in ("PUT", "PATCH") and labels["code"] == "200"


def _is_ours(name: str) -> bool:
    return name.endswith(".argo-admission.io")


@dataclass(frozen=True)
class Run:
    """What became of the Workflow, and what was counted meanwhile."""

    workflow: Document
    pods: int
    counted: Counted
    seconds: float


def long() -> Document:
    """A Workflow of so many steps in at most 100 groups, so that much is written; its pods go as they end."""
    steps = [{"name": f"s{number}", "template": "w"} for number in range(STEPS)]
    templates = [
        {"name": "main", "steps": [steps[first : first + WIDTH] for first in range(0, STEPS, WIDTH)]},
        {"name": "w", "container": {"image": "alpine:3.20", "command": ["true"]}},
    ]
    gone = {"strategy": "OnPodCompletion", "deleteDelayDuration": "0s"}
    return manifest("Workflow", "long", {"entrypoint": "main", "podGC": gone, "templates": templates})


@pytest.fixture(scope="module")
def hasty(argo_controller: Process) -> Process:
    """The controller without its pauses: it waits before it looks again, and sleeps for a second after each write."""
    argo_controller.stop()
    argo_controller.environment = {"DEFAULT_REQUEUE_TIME": "20ms", "INFORMER_WRITE_BACK": "true"}
    argo_controller.start()
    return argo_controller


@pytest.fixture(scope="module")
def first(cluster: Cluster, hasty: Process) -> Iterator[Counted]:
    """What was counted until nobody waits for the controller any more: a Workflow started, and it was seen."""
    for account in ("workflow", "default"):
        cluster.kubectl("create", "serviceaccount", account)
    before = Counted.now(cluster)
    assert FIRST in _registered(cluster)
    waiting = {"entrypoint": "main", "templates": [{"name": "main", "suspend": {}}]}
    cluster.must("create", "-f", "-", input=json.dumps(manifest("Workflow", "first", waiting)))
    until(lambda: FIRST not in _registered(cluster))
    yield Counted.now(cluster) - before
    cluster.delete("workflow", "first")


def _registered(cluster: Cluster) -> set[str]:
    """The entries of our ValidatingWebhookConfiguration."""
    found = cluster.get("validatingwebhookconfiguration", "argo-admission")
    return {each["name"] for each in found["webhooks"]}


@pytest.fixture(scope="module")
def run(cluster: Cluster, first: Counted) -> Iterator[Run]:
    """The Workflow ran to its end."""
    client = Client.connect(str(cluster.plane.kubeconfig))
    with Player(client, [NAMESPACE]) as player:
        before, started = Counted.now(cluster), time.monotonic()
        client.create(_path(), long())
        while not _is_over(client) and time.monotonic() - started < PATIENCE:
            time.sleep(1)
    found = client.get(_path("long"))
    took = Run(found, len(player.pods), Counted.now(cluster) - before, time.monotonic() - started)
    print(f"{STEPS} steps in {took.seconds:.0f} s: {took.counted}")
    yield took
    cluster.delete("workflow", "long")


def _path(name: str = "") -> str:
    return f"/apis/argoproj.io/v1alpha1/namespaces/{NAMESPACE}/workflows/{name}".rstrip("/")


def _is_over(client: Client) -> bool:
    return bool(mapping(client.get(_path("long")).get("status")).get("finishedAt"))


def test_it_ran(run: Run) -> None:
    """Every step had its pod and succeeded, and the controller wrote at least once for each group of them."""
    assert "Succeeded" == run.workflow["status"]["phase"], run.workflow["status"]
    assert STEPS == run.pods
    assert run.counted.written > STEPS // WIDTH


def test_its_first_write_of_all_comes_by(first: Counted) -> None:
    """One of the controller's writes shows us who it is; whoever forges status is denied from then on."""
    assert {FIRST: 1} == first.called
    assert {FIRST: 1} == first.reviewed


def test_no_other_comes_by(run: Run) -> None:
    """Not one call of any of our webhooks, however many steps there are."""
    assert not run.counted.called
    assert not run.counted.reviewed


def test_conditions_keep_them_away(run: Run) -> None:
    """The webhooks were registered for these writes all the time: their conditions kept them away, each one."""
    kept_away = run.counted.kept_away

    # More where two write at once: the API server tries again.
    assert run.counted.written <= kept_away["mutate.argo-admission.io"]
    assert run.counted.written <= kept_away["validate.argo-admission.io"]


def test_what_somebody_writes_is_counted(run: Run, cluster: Cluster) -> None:
    """An UPDATE that does reach us is seen in the same count."""
    before = Counted.now(cluster)
    change = {"metadata": {"labels": {"workflows.argoproj.io/creator": "me"}}}
    done = cluster.patch("workflow", "long", change, f"--as={SOMEBODY}")
    counted = Counted.now(cluster) - before

    assert done.returncode, "who made it cannot be changed"
    assert counted.called["validate.argo-admission.io"] == counted.reviewed["validate.argo-admission.io"] == 1

"""With the webhook stopped: what still works, what does not, and how it is once it is back."""

from __future__ import annotations

import pytest
from talking import Cluster, cron, template, workflow
from waiting import until

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def down(cluster: Cluster) -> Cluster:
    """A Workflow, a CronWorkflow and a template; then the webhook stops."""
    cluster.apply(workflow("left"), cron("left"), template("left"), check=True)
    cluster.webhook.stop()
    return cluster


def test_validation_fails_closed(down: Cluster) -> None:
    """Nothing is created or edited unseen, and it is said why."""
    created = down.create(workflow("unseen"))
    edited = down.patch("workflow", "left", {"spec": {"entrypoint": "other"}})

    assert (1, 1) == (created.returncode, edited.returncode)
    for done in (created, edited):
        assert 'failed calling webhook "validate.argo-admission.io"' in done.stderr
        assert "mutate.argo-admission.io" not in done.stderr
    assert not down.has("workflow", "unseen")


def test_what_runs_can_be_stopped(down: Cluster) -> None:
    """Suspending, stopping, labels and deletion do not depend on us."""
    down.patch("workflow", "left", {"metadata": {"labels": {"team": "b"}}}, check=True)
    down.patch("workflow", "left", {"spec": {"suspend": True}}, check=True)
    down.patch("workflow", "left", {"spec": {"suspend": None}}, check=True)
    down.patch("workflow", "left", {"spec": {"shutdown": "Stop"}}, check=True)
    down.patch("cronworkflow", "left", {"spec": {"suspend": True}}, check=True)
    down.must("delete", "workflow,cronworkflow,workflowtemplate", "left")


def test_mutation_fails_open(down: Cluster) -> None:
    """Whoever takes validation away while we are down has Workflows stored as they came."""
    down.must("delete", "validatingwebhookconfiguration", "argo-admission")
    until(lambda: down.create(workflow("slipped")).returncode == 0)
    stored = down.get("workflow", "slipped")
    down.delete("workflow", "slipped")

    assert workflow("slipped")["spec"] == stored["spec"]


def test_what_mutation_missed_is_denied(down: Cluster) -> None:
    """Once we are back validation is, too, and what mutation would have put in counts only if it was put in."""
    down.webhook.start()
    note = ("mutatingwebhookconfiguration", "argo-admission")
    down.must("annotate", *note, "argo-admission.io/disabled=to see what happens")
    until(lambda: down.create(workflow("trial"), "--dry-run=server").returncode)
    missed = down.create(workflow("slipped"))
    down.must("annotate", *note, "argo-admission.io/disabled-")
    until(lambda: down.create(workflow("trial"), "--dry-run=server").returncode == 0)

    assert 1 == missed.returncode
    assert 2 == missed.stderr.count("[policy/")
    assert "[policy/require-limits]" in missed.stderr
    assert "[policy/service-account]" in missed.stderr

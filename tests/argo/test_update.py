"""What an UPDATE changes."""

from __future__ import annotations

from typing import Any

import pytest

from admission.argo.update import SpecEdit, compare, spec_edit, system_metadata, unchanged
from admission.model.document import Document

NOTHING, CONTROL, SOFT, ANYTHING = SpecEdit


@pytest.mark.parametrize(
    ("old", "new", "workflow", "schedule"),
    [
        ({}, {}, NOTHING, NOTHING),
        ({"entrypoint": "a"}, {"entrypoint": "a"}, NOTHING, NOTHING),
        ({}, {"suspend": True}, CONTROL, CONTROL),
        ({"suspend": True}, {}, CONTROL, CONTROL),
        ({}, {"shutdown": "Stop"}, CONTROL, ANYTHING),
        ({"shutdown": "Stop"}, {"shutdown": "Terminate"}, CONTROL, ANYTHING),
        ({}, {"activeDeadlineSeconds": 0}, CONTROL, ANYTHING),
        ({"activeDeadlineSeconds": 60}, {"activeDeadlineSeconds": 0}, CONTROL, ANYTHING),
        ({"activeDeadlineSeconds": 0}, {}, CONTROL, ANYTHING),
        ({"activeDeadlineSeconds": 60}, {}, ANYTHING, ANYTHING),
        ({"activeDeadlineSeconds": 0}, {"activeDeadlineSeconds": 60}, ANYTHING, ANYTHING),
        ({}, {"parallelism": 3}, SOFT, ANYTHING),
        ({"priority": 1}, {"priority": 2}, SOFT, ANYTHING),
        ({}, {"ttlStrategy": {"secondsAfterCompletion": 1}}, SOFT, ANYTHING),
        ({}, {"suspend": True, "parallelism": 3}, SOFT, ANYTHING),
        ({}, {"suspend": True, "entrypoint": "b"}, ANYTHING, ANYTHING),
        ({"templates": []}, {"templates": [{}]}, ANYTHING, ANYTHING),
        ({}, {"serviceAccountName": "x"}, ANYTHING, ANYTHING),
    ],
)
def test_spec_edit(old: Document, new: Document, workflow: SpecEdit, schedule: SpecEdit) -> None:
    """How much of a spec changes, of a Workflow and of a CronWorkflow."""
    assert (workflow, schedule) == (spec_edit("Workflow", old, new), spec_edit("CronWorkflow", old, new))


def made(labels: Document | None = None, status: Document | None = None, **metadata: Any) -> Document:
    return {
        "kind": "Workflow",
        "metadata": {"labels": labels or {}, **metadata},
        "spec": {"entrypoint": "main"},
        "status": status or {},
    }


@pytest.mark.parametrize(
    ("new", "expected"),
    [
        (made(), True),
        (made({"team": "a"}), True),
        (made(annotations={"note": "x"}), True),
        (made(status={"progress": "1/2", "message": "x", "conditions": []}), True),
        (made({"workflows.argoproj.io/completed": "true"}), False),
        (made(annotations={"argo-admission.io/pins": "{}"}), False),
        (made(annotations={"workflows.argoproj.io/title": "x"}), False),
        (made(status={"phase": "Failed"}), False),
        (made(status={"nodes": {"a": {}}}), False),
        (made(ownerReferences=[{"name": "x"}]), False),
        (made(finalizers=["x"]), False),
        ({**made(), "spec": {"entrypoint": "other"}}, False),
    ],
)
def test_unchanged(new: Document, expected: bool) -> None:
    """What no verdict hangs on is told from what one does."""
    assert expected == unchanged(made(), new)


def test_only_workflows_have_system_edits() -> None:
    """The labels of a CronWorkflow are its author's, and those of a Workflow the controller's."""
    old, new = made(), made({"workflows.argoproj.io/creator": "me"})
    cron = {**new, "kind": "CronWorkflow"}

    assert ["metadata.labels['workflows.argoproj.io/creator']"] == [str(path) for path, _ in compare(old, new).system]
    assert () == compare({**old, "kind": "CronWorkflow"}, cron).system


def test_titles_are_for_people() -> None:
    """Annotations under Argo's prefix by which nothing is decided may change."""
    new = made(annotations={"workflows.argoproj.io/title": "x", "workflows.argoproj.io/description": "y"})

    assert () == compare(made(), new).system


def test_system_metadata_of_nothing() -> None:
    """Metadata that is not of its form is none."""
    empty = {"labels": {}, "annotations": {}, "ownerReferences": [], "finalizers": []}

    assert empty == system_metadata({"labels": None, "annotations": [], "finalizers": "x"})

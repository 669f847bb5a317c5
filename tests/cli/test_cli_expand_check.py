"""``argo-admission expand --check``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cli_manifests import Run

from admission.cli.yaml_text import dump_all
from admission.model.document import Document

BUILD: Document = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "WorkflowTemplate",
    "metadata": {"name": "build"},
    "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "alpine:3.20"}}]},
}
EDITED = json.loads(json.dumps(BUILD).replace("3.20", "3.21"))
WORKFLOW = {
    "apiVersion": "argoproj.io/v1alpha1",
    "kind": "Workflow",
    "metadata": {"name": "w"},
    "spec": {"workflowTemplateRef": {"name": "build"}},
}


@pytest.fixture
def stored(run: Run, tmp_path: Path) -> Path:
    """A Workflow as the webhook has stored it."""
    (tmp_path / "build.yaml").write_text(dump_all([BUILD]))
    (tmp_path / "w.yaml").write_text(dump_all([WORKFLOW]))
    result = run("expand", "--templates", tmp_path / "build.yaml", tmp_path / "w.yaml")
    assert "expanded-from" in result.stdout
    file = tmp_path / "stored.yaml"
    file.write_text(result.stdout)
    return file


def checked(run: Run, tmp_path: Path, *paths: Path, today: list[Document]) -> tuple[int, list[Document]]:
    """The exit status, and the findings, with these templates."""
    file = tmp_path / "today.yaml"
    file.write_text(dump_all(today))
    templates = ("--templates", file) if today else ()
    result = run("expand", "--check", "-o", "json", *templates, *paths)
    return result.exit_code, json.loads(result.stdout)["findings"]


def test_what_is_as_its_template_says(run: Run, tmp_path: Path, stored: Path) -> None:
    """A Workflow is what it was made of, as long as that stays."""
    assert (0, []) == checked(run, tmp_path, stored, today=[BUILD])


@pytest.mark.parametrize(
    ("today", "said"), [([EDITED], "is another today"), ([], "is gone")], ids=["edited", "deleted"]
)
def test_what_is_not_any_more(run: Run, tmp_path: Path, stored: Path, today: list[Document], said: str) -> None:
    """What its template says otherwise by now, or does not say at all, is a difference, with its place."""
    status, [finding] = checked(run, tmp_path, stored, today=today)

    assert 1 == status
    assert "expand/differs" == finding["source"]
    assert said in finding["message"]
    assert finding["line"] > 0


def test_pins_of_a_schedule(run: Run, tmp_path: Path) -> None:
    """A CronWorkflow differs where what it pins is not what there is."""
    metadata = {
        "name": "c",
        "annotations": {"argo-admission.io/pins": json.dumps({"namespaced/build": "sha256:" + "0" * 64})},
    }
    cron = {**WORKFLOW, "kind": "CronWorkflow", "metadata": metadata, "spec": {"workflowSpec": WORKFLOW["spec"]}}
    file = tmp_path / "cron.yaml"
    file.write_text(dump_all([cron]))

    assert 1 == checked(run, tmp_path, file, today=[BUILD])[0]


@pytest.mark.parametrize(("today", "expected"), [([BUILD], 0), ([EDITED], 1)], ids=["the same", "edited"])
def test_what_the_controller_has_frozen(run: Run, tmp_path: Path, today: list[Document], expected: int) -> None:
    """A Workflow that still refers has what its template was when it began."""
    begun = {
        **WORKFLOW,
        "status": {"phase": "Running", "storedWorkflowTemplateSpec": {**BUILD["spec"], **WORKFLOW["spec"]}},
    }
    file = tmp_path / "begun.yaml"
    file.write_text(dump_all([begun]))

    assert expected == checked(run, tmp_path, file, today=today)[0]


def test_nothing_to_check(run: Run) -> None:
    """Without files and without a cluster there is no question."""
    assert 2 == run("expand", "--check").exit_code

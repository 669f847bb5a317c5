"""What ``--cluster`` brings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from cli_manifests import GOOD, Run

from admission.cli import check, live, policy_files
from admission.cluster.client import Refused
from admission.errors import ConfigurationError
from admission.model.catalog import MISSING, UNAVAILABLE
from admission.model.document import Document

TEMPLATES = "/apis/argoproj.io/v1alpha1/workflowtemplates"


class Api:
    """An API server that has these collections, one object a page, and refuses the others with *code*."""

    def __init__(self, collections: Mapping[str, list[Document]], code: int = 404) -> None:
        self._collections, self._code = collections, code

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Document:
        if path not in self._collections:
            raise Refused(self._code, {"message": "no"})
        objects, start = self._collections[path], int((query or {}).get("continue", 0))
        more = {"continue": str(start + 1)} if start + 1 < len(objects) else {}
        return {"metadata": more, "items": objects[start : start + 1]}


def named(name: str, **fields: Any) -> Document:
    return {"metadata": {"name": name, "namespace": "ci"}, **fields}


def test_every_page_is_read() -> None:
    """All pages of a list are read, and each object says what it is."""
    found = live.read(Api({TEMPLATES: [named("a"), named("b"), named("c")]}))

    assert [("WorkflowTemplate", "argoproj.io/v1alpha1", name) for name in "abc"] == [
        (document["kind"], document["apiVersion"], document["metadata"]["name"]) for document in found.catalog
    ]


def test_what_cannot_be_read_is_unavailable() -> None:
    """A kind that is forbidden or not installed is unavailable, never missing."""
    found = live.read(Api({TEMPLATES: []}, code=403))
    catalog = check.catalog_of(found, [], "default", {})

    assert UNAVAILABLE is catalog.namespace("ci")
    assert MISSING is catalog.workflow_template("ci", "a")


def test_a_failure_of_the_cluster_is_one() -> None:
    """What is no answer ends the command, as does that we are nobody: nobody may conclude anything from it."""
    for code in (401, 500):
        with pytest.raises(Refused):
            live.read(Api({TEMPLATES: []}, code=code))


def test_policies_are_apart() -> None:
    """Policies go to the engine, not to the catalog."""
    path = "/apis/argo-admission.io/v1alpha1/workflowpolicies"
    found = live.read(Api({path: [named("p")]}))

    assert () == found.catalog
    assert ["WorkflowPolicy"] == [document["kind"] for document in found.policies]


def test_no_cluster(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a kubeconfig there is nothing to be asked: exit status 2."""
    monkeypatch.setenv("KUBECONFIG", "/nowhere/at/all")
    result = run("lint", "-", "--cluster", input=GOOD)

    assert (2, "") == (result.exit_code, result.stdout)
    assert "cluster" in result.stderr


@pytest.mark.parametrize("written", ["foo: [", "- a list", "a text", "{contexts: 3, current-context: 3}", ""])
def test_no_kubeconfig(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str) -> None:
    """A file that is no kubeconfig is named, whatever it is instead."""
    file = tmp_path / "config"
    file.write_text(written)
    monkeypatch.setenv("KUBECONFIG", str(file))
    result = run("lint", "-", "--cluster", input=GOOD)

    assert (2, "") == (result.exit_code, result.stdout)
    assert str(file) in result.stderr


def test_how_much_room_there_is() -> None:
    """Quotas, limit ranges and service accounts come, too: ``pods --summary`` holds against them what it finds."""
    quota = named("compute", spec={"hard": {"pods": "1"}})
    found = live.read(Api({"/api/v1/resourcequotas": [quota]}))

    assert [("ResourceQuota", "compute")] == [(each["kind"], each["metadata"]["name"]) for each in found.catalog]


def test_a_policy_of_the_cluster_that_cannot_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    """It ends nothing: the webhook goes on with it, too, and so it is only said; one of a file cannot be asked."""
    unbound = {"policyName": "gone", "validationActions": ["Deny"]}
    bound: Document = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicyBinding",
        "metadata": {"name": "b"},
        "spec": unbound,
    }
    found = policy_files.usable([], there=[bound])

    assert ["b"] == list(found.bindings)
    assert "cannot be used, in the cluster: WorkflowPolicyBinding b: spec.policyName: no" in capsys.readouterr().err
    with pytest.raises(ConfigurationError):
        policy_files.usable([bound])

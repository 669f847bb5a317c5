"""The two doors of the audit: the command, and the leader of a running server."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from test_audit import SPEC, binding, document, policy
from test_reports import CLUSTER_PATH, PATH

from admission.cli.main import main
from admission.cli.server.auditing import Auditor, Plan
from admission.cluster.kinds import RESOURCES
from admission.model.document import Document
from admission.snapshot import Snapshot

sys.path.append(str(Path(__file__).parents[1] / "cluster"))

from small_api import SmallApi, kubeconfig, small_api
from waiting import until

VERSION = "wgpolicyk8s.io/v1alpha2"
BAD = {**SPEC, "entrypoint": "nothing"}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApi]:
    """A cluster with a bad template of each scope, and one that is good."""
    with small_api() as made:
        for each in (document(name="bad", spec=BAD), document(name="good"), document("CronWorkflow", name="cron")):
            store(made, each)
        store(made, document("ClusterWorkflowTemplate", name="shared", spec=BAD))
        monkeypatch.setenv("KUBECONFIG", kubeconfig(made, tmp_path))
        yield made


def store(api: SmallApi, document: Document) -> None:
    metadata = document["metadata"]
    path = RESOURCES[document["kind"]].item(metadata.get("namespace", ""), metadata["name"])
    assert path is not None
    api.put(path, document)


def test_the_command_audits_a_cluster_and_writes_reports(api: SmallApi) -> None:
    """What would be denied today is found and reported; exit status 1; nothing else is written."""
    done = CliRunner().invoke(main, ["audit", "--cluster", "--reports", "-o", "json"])
    assert done.stdout, done.stderr
    report = json.loads(done.stdout)
    found = {(each["file"], each["source"]) for each in report["findings"]}

    assert 1 == done.exit_code
    assert {
        ("workflowtemplate/team/bad", "lint/ref-undefined"),
        ("clusterworkflowtemplate/shared", "lint/ref-undefined"),
    } == found
    assert 4 == report["summary"]["objects"]
    written = {name.replace("ours", "argo-admission") for name in (PATH, CLUSTER_PATH)}
    assert {("POST", path.rpartition("/")[0]) for path in written} == set(api.writes())
    assert {"pass": 2, "fail": 1, "warn": 0, "error": 0, "skip": 0} == api.objects[
        PATH.replace("ours", "argo-admission")
    ]["summary"]


@pytest.mark.parametrize(
    ("refusing", "said"), [("/apis/wgpolicyk8s.io", "are their CRDs installed?"), ("/apis/argoproj.io", "")]
)
def test_what_the_cluster_does_not_let_us(api: SmallApi, refusing: str, said: str) -> None:
    """Reports that cannot be written are an error; kinds that are not for us are said, and left aside."""
    api.forbidden.append(refusing)
    done = CliRunner().invoke(main, ["audit", "--cluster", "--reports"])

    assert (2 if said else 0) == done.exit_code
    assert said in done.stderr


def test_the_command_audits_files_and_says_what_it_skips(tmp_path: Path) -> None:
    """Lines of files, and on standard error the policies that could not be asked."""
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "a.yaml").write_text(yaml.safe_dump_all([document(name="bad", spec=BAD)]))
    policies = [policy("p", allow={"images": ["x/**"]}), binding("p")]
    (tmp_path / "p.yaml").write_text(yaml.safe_dump_all(policies))
    done = CliRunner().invoke(main, ["audit", str(folder), "--policies", str(tmp_path / "p.yaml"), "-o", "json"])
    [finding] = json.loads(done.stdout)["findings"]

    assert (1, "lint/ref-undefined") == (done.exit_code, finding["source"])
    assert finding["line"] > 1
    assert "policy/p was skipped for 1 object" in done.stderr


@pytest.mark.parametrize("arguments", [[], ["--reports", "x.yaml"]], ids=["nothing", "reports of files"])
def test_questions_that_nobody_can_answer(arguments: list[str]) -> None:
    """What makes no sense ends with exit status 2."""
    assert 2 == CliRunner().invoke(main, ["audit", *arguments]).exit_code


def test_only_the_leader_audits(api: SmallApi) -> None:
    """While another replica leads nothing is listed; whoever comes to lead reviews, measures and reports."""
    leads: list[bool] = []
    plan = Plan(interval=0.05, reports=True, version=VERSION, name="ours")
    auditor = Auditor(api.client(), Snapshot, lambda questions: {}, lambda: bool(leads), plan)
    auditor.start()
    try:
        with pytest.raises(AssertionError):
            until(lambda: api.calls, 0.3)
        leads.append(True)
        until(lambda: auditor.gauges()["audit_timestamp_seconds"])
    finally:
        auditor.stop()

    assert {
        ("WorkflowTemplate", "fail"): 1,
        ("WorkflowTemplate", "pass"): 1,
        ("ClusterWorkflowTemplate", "fail"): 1,
        ("CronWorkflow", "pass"): 1,
    } == auditor.gauges()["audit_objects"]
    assert "fail" == api.objects[PATH]["results"][0]["result"]


def test_an_audit_without_reports_is_measured(api: SmallApi, caplog: pytest.LogCaptureFixture) -> None:
    """Where the kind of reports is not installed it is said, and nothing else is lost."""
    api.forbidden = [f"/apis/{VERSION}"]
    plan = Plan(interval=60, reports=True, version=VERSION, name="ours")
    auditor = Auditor(api.client(), Snapshot, lambda questions: {}, lambda: True, plan)
    auditor.once()

    assert {("WorkflowTemplate", "fail"): 1}.items() <= auditor.gauges()["audit_objects"].items()
    assert auditor.gauges()["audit_timestamp_seconds"]
    assert "cannot be written" in caplog.text


def test_a_kind_that_cannot_be_listed_is_left_aside(api: SmallApi) -> None:
    """The rest is audited all the same."""
    api.forbidden = [RESOURCES["CronWorkflow"].collection]
    done = CliRunner().invoke(main, ["audit", "--cluster", "-o", "json"])

    assert {"WorkflowTemplate", "ClusterWorkflowTemplate"} == {
        each["kind"] for each in json.loads(done.stdout)["objects"]
    }

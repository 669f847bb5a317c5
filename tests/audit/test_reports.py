"""PolicyReports: their documents, and how they get into a cluster and out of it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from admission.cluster.reports import write
from admission.errors import ClusterError
from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.model.path import Path as Place
from admission.report.policyreport import MOST, Subject, reports

sys.path.append(str(Path(__file__).parents[1] / "cluster"))

from small_api import SmallApi, small_api

VERSION = "wgpolicyk8s.io/v1alpha2"
PATH = f"/apis/{VERSION}/namespaces/team/policyreports/ours"
CLUSTER_PATH = f"/apis/{VERSION}/clusterpolicyreports/ours"


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        yield made


def subject(*actions: Action, namespace: str = "team", skipped: tuple[str, ...] = ()) -> Subject:
    metadata = {"name": "x", "uid": "7", **({"namespace": namespace} if namespace else {})}
    document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "WorkflowTemplate", "metadata": metadata}
    place = Place(("spec", "templates", 0))
    return Subject(document, tuple(Finding("policy/p", place, f"{each.value}!", each) for each in actions), skipped)


def made(*subjects: Subject, version: str = VERSION) -> dict[str, Document]:
    return reports(subjects, "ours", version, {"p": "High"})


def test_a_result_says_what_where_and_how_bad() -> None:
    """A denial is a failure; a warning warns; what is only recorded is not scored; who was not asked is skipped."""
    [report] = made(
        subject(Action.DENY), subject(Action.WARN), subject(Action.AUDIT, skipped=("q",)), subject()
    ).values()
    first, *rest = report["results"]

    assert {
        "source": "argo-admission",
        "policy": "policy/p",
        "rule": "spec.templates[0]",
        "result": "fail",
        "scored": True,
        "severity": "high",
        "message": "Deny!",
        "resources": [
            {
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "WorkflowTemplate",
                "name": "x",
                "namespace": "team",
                "uid": "7",
            }
        ],
    } == first
    assert [("warn", True), ("warn", False), ("skip", False)] == [(each["result"], each["scored"]) for each in rest]
    assert {"pass": 1, "fail": 1, "warn": 2, "error": 0, "skip": 1} == report["summary"]


@pytest.mark.parametrize(
    ("version", "kinds"),
    [(VERSION, ["ClusterPolicyReport", "PolicyReport"]), ("openreports.io/v1alpha1", ["ClusterReport", "Report"])],
)
def test_what_has_no_namespace_has_a_report_of_its_own(version: str, kinds: list[str]) -> None:
    """One report a namespace, one for the cluster, of the kinds of either group."""
    found = made(subject(namespace=""), subject(namespace="a"), version=version)

    assert kinds == [report["kind"] for report in found.values()]
    assert [None, "a"] == [report["metadata"].get("namespace") for report in found.values()]


def test_the_worst_stays_where_there_is_too_much() -> None:
    """A report is bounded: failures come first, and how many are left out is said; the summary counts all."""
    [report] = made(*[subject(Action.WARN)] * MOST, *[subject(Action.DENY)] * 5).values()

    assert (MOST, "fail", "5") == (
        len(report["results"]),
        report["results"][0]["result"],
        report["metadata"]["annotations"]["argo-admission.io/results-left-out"],
    )
    assert (5, MOST) == (report["summary"]["fail"], report["summary"]["warn"])


def test_only_what_changed_is_written(api: SmallApi) -> None:
    """The same findings are not written again; other ones are; a namespace without anything loses its report."""
    client = api.client()
    write(client, made(subject(Action.DENY), subject(namespace="")), "ours", VERSION)
    first = api.writes()
    again = write(client, made(subject(Action.DENY), subject(namespace="")), "ours", VERSION)
    nothing = api.writes()
    write(client, made(subject(Action.WARN)), "ours", VERSION)
    second = api.writes()

    assert {("POST", PATH.rpartition("/")[0]), ("POST", CLUSTER_PATH.rpartition("/")[0])} == set(first)
    assert (0, []) == (again, nothing)
    assert [("PUT", PATH), ("DELETE", CLUSTER_PATH)] == second


def test_reports_of_others_stay(api: SmallApi) -> None:
    """What another release or another tool has written is neither changed nor removed."""
    other = f"/apis/{VERSION}/namespaces/team/policyreports/other"
    api.put(other, {"metadata": {"namespace": "team", "labels": {"app.kubernetes.io/managed-by": "argo-admission"}}})
    write(api.client(), {}, "ours", VERSION)

    assert [] == api.writes()


def test_a_cluster_without_the_kind_says_so(api: SmallApi) -> None:
    """Where the CRD is not installed, the error comes to whoever asked."""
    api.forbidden = [f"/apis/{VERSION}"]
    with pytest.raises(ClusterError):
        write(api.client(), made(subject()), "ours", VERSION)

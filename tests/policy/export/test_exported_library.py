"""The library as the API server has it: each case has the verdict that its name says, with our webhook away."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from apiserver import ApiServer
from library_folders import cases_in, policies_in

from admission.argo.started import started
from admission.model.catalog import FrozenCatalog
from admission.model.document import mapping
from admission.model.finding import Finding
from admission.model.review import GroupVersionKind, Request
from admission.policy import data
from admission.policy.cases import Case
from admission.policy.export import Exported, exported
from admission.policy.input import ReviewInput
from admission.policy.resource import PolicySet

FOLDERS = sorted(data.library_folders())

#: What the API server cannot see: references, defaults of templates, and what patches do.
BEYOND = ("workflowTemplateRef", "templateRef", "templateDefaults", "podSpecPatch")


@cache
def policies_of(folder: Path) -> PolicySet:
    return PolicySet.load(policies_in(folder))


@cache
def export_of(folder: Path) -> Exported:
    return exported(policies_of(folder))


def stands_alone(folder: Path, case: Case) -> bool:
    """Whether nothing is in the case that the policy does not look at itself and the API server cannot see."""
    written, policy = json.dumps(case.document), (folder / "policy.yaml").read_text()
    return not any(f'"{field}"' in written and field not in policy for field in BEYOND)


ALL = [
    (folder, case)
    for folder in FOLDERS
    if not export_of(folder).omitted
    for case in cases_in(folder)
    if stands_alone(folder, case)
]


def verdict(messages: dict[str, list[str]]) -> str:
    return "deny" if "Deny" in messages else "warn" if "Warn" in messages else "allow"


@pytest.mark.parametrize(("folder", "case"), ALL, ids=[f"{folder.name}/{case.name}" for folder, case in ALL])
def test_a_case(folder: Path, case: Case) -> None:
    """By the exported policies alone a case is allowed, warned, denied or changed as by ours."""
    labels = {one["metadata"]["name"]: mapping(one["metadata"]["labels"]) for one in case.catalog}
    answer = ApiServer(list(export_of(folder).objects), labels).create(case.document)

    if case.after is not None:
        assert case.after == answer.object
        return
    assert case.verdict == verdict(answer.messages), answer.messages
    said = " ".join(message for messages in answer.messages.values() for message in messages)
    assert all(finding.message in said for finding in by_ours(folder, case)), said


def by_ours(folder: Path, case: Case) -> list[Finding]:
    """What our own policies find; containers are here those that are written, so that no message names another."""
    start = started(case.document)
    kind = GroupVersionKind("argoproj.io", "v1alpha1", case.document["kind"])
    request = Request(uid="1", operation="CREATE", kind=kind, namespace="default", name="x", raw_object=case.document)
    catalog = FrozenCatalog.of(case.catalog)
    given = ReviewInput(
        request=request, object=case.document, workflow=start.document, place=start.place, catalog=catalog
    )
    findings = policies_of(folder).validate(given).findings
    return [finding for finding in findings if not finding.message.startswith("template ")]

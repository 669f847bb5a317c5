"""Every case of the library, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from admission.model.catalog import FrozenCatalog
from admission.model.review import GroupVersionKind, Request
from admission.policy import data
from admission.policy.cases import Case, cases
from admission.policy.cel import ENGINES
from admission.policy.input import ReviewInput
from admission.policy.resource import PolicySet

LIBRARY = data.folder("policies")


def policies_in(folder: Path) -> list[dict]:
    return [yaml.safe_load((folder / name).read_text()) for name in ("policy.yaml", "binding.yaml")]


def cases_in(folder: Path) -> list[Case]:
    return list(cases({path.name: path.read_text() for path in (folder / "cases").glob("*.yaml")}))


ALL = [(folder, case) for folder in sorted(LIBRARY.iterdir()) if folder.is_dir() for case in cases_in(folder)]


def review(case: Case) -> ReviewInput:
    kind = GroupVersionKind("argoproj.io", "v1alpha1", case.document["kind"])
    request = Request(uid="1", operation="CREATE", kind=kind, namespace="default", raw_object=case.document)
    return ReviewInput(
        request=request, object=case.document, workflow=case.document, catalog=FrozenCatalog.of(case.catalog)
    )


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("folder", "case"), ALL, ids=[f"{folder.name}/{case.name}" for folder, case in ALL])
def test_case(folder, case, engine):
    """What the name of a case says happens, at the marked lines and no others."""
    policies = PolicySet.load(policies_in(folder), engine)
    given = review(case)

    failures = list(case.failures(policies.validate(given).findings, policies.mutate(given).document))

    assert [] == failures
    assert () == policies.problems

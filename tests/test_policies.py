"""Every case of the library, by the policies alone, on both CEL engines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
import yaml

from admission.argo.started import started
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.review import GroupVersionKind, Request
from admission.policy import data
from admission.policy.cases import Case, cases
from admission.policy.cel import ENGINES
from admission.policy.input import ReviewInput
from admission.policy.resource import PolicySet

LIBRARY = data.folder("policies")


def policies_in(folder: Path) -> list[Document]:
    files = (folder / "policy.yaml", folder / "binding.yaml")
    return [document for file in files for document in yaml.safe_load_all(file.read_text())]


@cache
def compiled(folder: Path, engine: str) -> PolicySet:
    return PolicySet.load(policies_in(folder), engine)


def cases_in(folder: Path) -> list[Case]:
    return list(cases({path.name: path.read_text() for path in (folder / "cases").glob("*.yaml")}))


def creation(case: Case) -> Request:
    kind = GroupVersionKind("argoproj.io", "v1alpha1", case.document["kind"])
    return Request(uid="1", operation="CREATE", kind=kind, namespace="default", name="x", raw_object=case.document)


def stands_alone(case: Case) -> bool:
    """Whether nothing has to be followed or merged in order to judge a case."""
    others = [document for document in case.catalog if document["kind"] != "Namespace"]
    return not others and "templateDefaults" not in case.document["spec"]


ALL = [(folder, case) for folder in sorted(LIBRARY.iterdir()) if folder.is_dir() for case in cases_in(folder)]
ALONE = [(folder, case) for folder, case in ALL if stands_alone(case)]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("folder", "case"), ALONE, ids=[f"{folder.name}/{case.name}" for folder, case in ALONE])
def test_by_the_policies_alone(folder: Path, case: Case, engine: str) -> None:
    """What the name of a case says happens at the marked lines and no others, whichever engine evaluates."""
    policies = compiled(folder, engine)
    start = started(case.document)
    given = ReviewInput(
        request=creation(case),
        object=case.document,
        workflow=start.document,
        place=start.place,
        catalog=FrozenCatalog.of(case.catalog),
    )

    failures = list(case.failures(policies.validate(given).findings, policies.mutate(given).document))

    assert [] == failures
    assert () == policies.problems

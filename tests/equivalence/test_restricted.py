"""
Where Argo's own controller runs only references (``templateReferencing``), nothing that we do ends what would have run.

With ``make equivalence``: it takes the controller another minute.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from conftest import EXPANDED, VERSION, Case, Seen, Twice, in_namespace
from engine.asking import USUAL, created, snapshot

from admission.cli.demo.plane import ControlPlane
from admission.model.document import Document

MODES = ("Strict", "Secure")


@dataclass(frozen=True)
class Restricted(Case):
    """A case under a controller of that *mode*, with policies that would put something into it."""

    mode: str = ""

    def expanded(self) -> Document:
        around = snapshot(
            *(in_namespace(each, EXPANDED) for each in self.templates),
            policies=USUAL,
            controller={"workflowRestrictions": {"templateReferencing": self.mode}},
            argo_version=VERSION,
        )
        return created(in_namespace(self.workflow, EXPANDED), around)


def cases(mode: str) -> list[Case]:
    from more import of_argo
    from test_equivalence import made_for_this

    found = []
    for case in (*made_for_this(), *of_argo()):
        name = f"{mode.lower()}-{case.name}"[:50].rstrip("-")
        metadata = {**case.workflow["metadata"], "name": name}
        found.append(Restricted(name, {**case.workflow, "metadata": metadata}, case.templates, mode))
    return found


@pytest.fixture(scope="module", params=MODES)
def outcomes(
    request: pytest.FixtureRequest, plane: ControlPlane, twice: Twice
) -> Iterator[dict[str, tuple[Seen, Seen]]]:
    """What became of all cases under a controller of that mode."""
    _configure(plane, f"templateReferencing: {request.param}\n")
    yield twice.run(cases(request.param), seconds=90)
    _configure(plane, None)


def _configure(plane: ControlPlane, restrictions: str | None) -> None:
    change = json.dumps({"data": {"workflowRestrictions": restrictions}})
    plane.kubectl("-n", "argo", "patch", "configmap", "workflow-controller-configmap", "--type=merge", "-p", change)
    # It follows its ConfigMap, and tells nobody when it has read it.
    time.sleep(5)


if os.environ.get("EQUIVALENCE") == "all":

    @pytest.mark.cluster
    def test_what_would_run_runs(outcomes: dict[str, tuple[Seen, Seen]]) -> None:
        """Every Workflow comes to the same end with us as without; what is a reference alone runs."""
        different = {
            name: (original.status["phase"], expanded.status["phase"], expanded.status["message"])
            for name, (original, expanded) in outcomes.items()
            if original.status["phase"] != expanded.status["phase"]
        }
        ends = [original.status["phase"] for original, _ in outcomes.values()]

        assert {} == different
        assert {"Succeeded", "Error"} <= set(ends)

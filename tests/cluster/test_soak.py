"""A short soak: certificates are rolled and replicas come and go while people work."""

from __future__ import annotations

from pathlib import Path

import pytest
from release import release
from soaking import soak

from admission.cli.demo.plane import ControlPlane

pytestmark = pytest.mark.cluster


def test_nobody_notices(plane: ControlPlane, tmp_path: Path) -> None:
    """While the authority is rolled and replicas are replaced, no good Workflow is refused and no bad one let in."""
    # The API server waits long enough for a machine that is busy with other tests.
    patient = {"validate": {"timeoutSeconds": 20}}
    with release(plane, tmp_path, "soak", limits={"drainSeconds": 5, "seconds": 20}, webhooks=patient) as ours:
        ours.start()
        ours.start()
        ours.until_ready()
        ours.until_asked()
        graceful = soak(ours, rate=20, rolls=1, replacements=1, kills=0)
        hard = soak(ours, rate=20, rolls=0, replacements=0, kills=1)

    assert [] == graceful.wrong + hard.wrong
    assert 0 == graceful.counts["calls that found nobody, tried again"]
    assert min(graceful.counts["good, let in"], graceful.counts["bad, denied"], hard.counts["good, let in"]) >= 10

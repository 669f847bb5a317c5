"""What is written into the status of policies."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from following import binding, policy
from small_api import small_api
from waiting import until

from admission.cluster.status import StatusWriter, conditions, patch
from admission.model.document import Document
from admission.policy.resource import PolicySet

THEN, NOW = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 2, 2, tzinfo=UTC)


def stored(document: Document, generation: int = 1) -> Document:
    return {**document, "metadata": {**document["metadata"], "generation": generation, "resourceVersion": "7"}}


def written(document: Document, policies: PolicySet, now: datetime = THEN) -> Document:
    """*document* with its status."""
    change = patch(document, conditions(document, policies), now)
    assert change is not None
    return {**document, "status": change["status"]}


def test_conditions_of_good_and_bad() -> None:
    """A policy says whether it compiles and whether anything binds it, a binding whether it can be used."""
    good, bad, bound, loose = (
        policy("good", "true"),
        policy("bad", "1 +"),
        binding("b", "good"),
        binding("l", "nothing"),
    )
    policies = PolicySet.load([good, bad, bound, loose])
    found = {
        (each["metadata"]["name"], condition.type): (condition.status, condition.reason)
        for each in (good, bad, bound, loose)
        for condition in conditions(each, policies)
    }

    assert {
        ("good", "Compiled"): (True, "Compiled"),
        ("good", "Bound"): (True, "Bound"),
        ("good", "ConflictsWithController"): (False, "NoConflict"),
        ("bad", "ConflictsWithController"): (False, "NoConflict"),
        ("bad", "Compiled"): (False, "DoesNotCompile"),
        ("bad", "Bound"): (False, "NoBinding"),
        ("b", "Usable"): (True, "InUse"),
        ("l", "Usable"): (False, "NotUsable"),
    } == found


def test_what_is_written_already_is_not_written_again() -> None:
    """The second time there is nothing to write, whatever the clock says."""
    document = stored(policy("p", "true"))
    policies = PolicySet.load([document])

    assert patch(written(document, policies), conditions(document, policies), NOW) is None


def test_the_time_is_that_of_the_last_change() -> None:
    """A new generation is observed; the time changes only where the status does."""
    document = stored(policy("p", "true"))
    before = written(document, PolicySet.load([document]))
    edited = {**before, **stored(policy("p", "1 +"), 2)}
    after = written(edited, PolicySet.load([edited]), NOW)

    [(compiled, bound, _)] = [after["status"]["conditions"]]
    assert (2, "2026-02-02T00:00:00Z") == (compiled["observedGeneration"], compiled["lastTransitionTime"])
    assert (2, "2026-01-01T00:00:00Z") == (bound["observedGeneration"], bound["lastTransitionTime"])


def test_a_write_says_which_version_it_is_about() -> None:
    """What has been edited meanwhile is not given the status of what was before."""
    document = stored(policy("p", "true"))
    change = patch(document, conditions(document, PolicySet.load([document])), NOW)

    assert change is not None
    assert {"resourceVersion": "7"} == change["metadata"]


def test_only_the_leader_writes() -> None:
    """Who does not lead keeps what there is to write; whoever comes to lead writes it."""
    leads: list[bool] = []
    document = policy("p", "true")
    policies = PolicySet.load([document])
    with small_api() as api:
        stored = api.put("/apis/argo-admission.io/v1alpha1/workflowpolicies/p", document)
        writer = StatusWriter(api.client(), leads=lambda: bool(leads))
        writer.start()
        writer.publish(policies, [stored])
        with pytest.raises(AssertionError):
            until(api.writes, 0.3)
        leads.append(True)
        until(lambda: api.writes() == [("PATCH", "/apis/argo-admission.io/v1alpha1/workflowpolicies/p/status")])
        writer.stop()

"""Events on objects: what they say, how many there are, and that nobody waits for them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from small_api import SmallApi, small_api
from waiting import until

from admission.cluster.events import Allowance, Event, Events

DENIED = Event("argoproj.io/v1alpha1", "Workflow", "team", "Hello_World-", "", True, "1 finding")
NOW = datetime(2026, 5, 1, 12, 30, tzinfo=UTC)


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        yield made


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_what_an_event_says() -> None:
    """It is about the object, in its namespace, and has a name that Kubernetes takes whatever the object is called."""
    document = DENIED.document("hook-1", NOW)

    assert {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "namespace": "team",
        "name": "Hello_World-",
    } == document["involvedObject"]
    assert ("Warning", "Denied", "2026-05-01T12:30:00Z") == (
        document["type"],
        document["reason"],
        document["lastTimestamp"],
    )
    assert document["metadata"]["name"].startswith("helloworld.")
    assert "team" == document["metadata"]["namespace"]


@pytest.mark.parametrize(
    ("event", "namespace", "reason"),
    [
        (replace(DENIED, namespace="", kind="ClusterWorkflowTemplate"), "default", "Denied"),
        (replace(DENIED, denied=False, name="---"), "team", "Changed"),
    ],
    ids=["no namespace", "changed, and no name that could be one of an event"],
)
def test_other_events(event: Event, namespace: str, reason: str) -> None:
    """What has no namespace is told in the default one; a change is no warning."""
    document = event.document("hook-1", NOW)

    assert (namespace, reason) == (document["metadata"]["namespace"], document["reason"])


def test_a_message_is_cut_where_kubernetes_would_refuse_it() -> None:
    """1,024 characters at most."""
    document = replace(DENIED, message="x" * 5000).document("hook-1", NOW)

    assert 1024 == len(document["message"])


def test_so_many_a_minute_in_each_namespace() -> None:
    """A flood in one namespace takes nothing from another; after a while there may be more."""
    clock = Clock()
    allowance = Allowance(6, clock)
    flood = [allowance.takes(replace(DENIED, name=f"w{number}")) for number in range(100)]
    other = allowance.takes(replace(DENIED, namespace="other"))
    clock.now = 10.0
    later = [allowance.takes(replace(DENIED, name=f"x{number}")) for number in range(100)]

    assert (6, True, 1) == (sum(flood), other, sum(later))


def test_the_same_is_not_said_again() -> None:
    """Somebody who tries again and again gets one event, until it is forgotten."""
    clock = Clock()
    allowance = Allowance(30, clock)
    takes = []
    for clock.now in (0.0, 1.0, 299.0, 301.0):
        takes.append(allowance.takes(DENIED))

    assert [True, False, False, True] == takes


def test_what_becomes_of_each_is_told(api: SmallApi) -> None:
    """Written, suppressed or failed; a namespace that forbids events ends nothing."""
    api.forbidden = ["/api/v1/namespaces/closed/"]
    told: Counter[str] = Counter()
    events = Events(api.client(), "hook-1", 3, lambda result: told.update([result]))
    events.start()
    for number in range(5):
        events.publish(replace(DENIED, name=f"w{number}"))
    events.publish(replace(DENIED, namespace="closed"))
    until(lambda: told.total() == 6)
    events.stop()

    assert {"written": 3, "suppressed": 2, "failed": 1} == told
    assert 3 == sum(document["reason"] == "Denied" for document in api.objects.values())

"""Who leads: the Lease, with clocks that the test moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_api import SmallApi, small_api

from admission.cluster.lease import Election, Terms, identity
from admission.errors import ClusterError

PATH = "/apis/coordination.k8s.io/v1/namespaces/ours/leases/argo-admission"


class Clock:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        yield made


def candidate(api: SmallApi, name: str, clock: Clock) -> Election:
    return Election(api.client(), Terms(namespace="ours", identity=name, lease=15, renew=10, retry=2), clock=clock)


def holder(api: SmallApi) -> tuple[str, int]:
    spec = api.objects[PATH]["spec"]
    return spec["holderIdentity"], spec["leaseTransitions"]


def test_one_leads_and_the_other_waits_until_it_is_silent(api: SmallApi) -> None:
    """The first takes the Lease; the second gets it only once it has seen nothing of the first for its whole time."""
    clock, other_clock = Clock(), Clock()
    other_clock.now = 5.0
    first, second = candidate(api, "first", clock), candidate(api, "second", other_clock)
    first.attempt()
    second.attempt()
    assert (True, False, ("first", 0)) == (first.leads, second.leads, holder(api))

    other_clock.now += 14
    second.attempt()
    assert not second.leads
    other_clock.now += 2
    second.attempt()

    assert (True, ("second", 1)) == (second.leads, holder(api))


def test_a_renewed_lease_is_not_taken(api: SmallApi) -> None:
    """As long as it is renewed, nobody else gets it."""
    clock = Clock()
    first, second = candidate(api, "first", clock), candidate(api, "second", clock)
    for _ in range(10):
        first.attempt()
        second.attempt()
        clock.now += 8

    assert not second.leads
    assert ("first", 0) == holder(api)


def test_who_cannot_renew_leads_no_more(api: SmallApi) -> None:
    """Without an answer of the API server leading ends by itself, before anybody else could begin."""
    clock = Clock()
    first = candidate(api, "first", clock)
    first.attempt()
    api.down = True
    clock.now += 9
    with pytest.raises(ClusterError):
        first.attempt()
    still = first.leads
    clock.now += 2

    assert (True, False) == (still, first.leads)


def test_a_lost_lease_is_noticed(api: SmallApi) -> None:
    """Whoever finds somebody else in the Lease leads no more, at once."""
    first = candidate(api, "first", Clock())
    first.attempt()
    taken = api.objects[PATH]
    api.put(PATH, {**taken, "spec": {**taken["spec"], "holderIdentity": "second"}})
    first.attempt()

    assert not first.leads


def test_whoever_ends_leaves_it_to_the_next(api: SmallApi) -> None:
    """After a graceful end nobody has to wait."""
    clock = Clock()
    first, second = candidate(api, "first", clock), candidate(api, "second", clock)
    first.attempt()
    first.stop()
    second.attempt()

    assert (False, True) == (first.leads, second.leads)


def test_a_restarted_process_is_somebody_else() -> None:
    """Two processes of one pod never take each other's Lease for their own."""
    assert identity("pod") != identity("pod")

"""That a user of the controller was seen is known to every replica, by the annotations of the Lease."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from small_api import SmallApi, small_api

from admission.cluster.lease import Election, Terms
from admission.cluster.sightings import SEEN, Sightings, seen_in

PATH = "/apis/coordination.k8s.io/v1/namespaces/ours/leases/argo-admission"
ARGO, OTHER = "system:serviceaccount:argo:argo", "system:serviceaccount:argo:other"


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        yield made


class Replica:
    """One that is configured for *users* of the controller."""

    def __init__(self, api: SmallApi, name: str, *users: str) -> None:
        self.sightings = Sightings(users)
        self.election = Election(api.client(), Terms(namespace="ours", identity=name), self.sightings.noted)

    def __call__(self) -> bool:
        """One attempt to lead; whether it knows then of a user that was seen."""
        self.election.attempt()
        return self.sightings.any


def note(api: SmallApi) -> frozenset[str]:
    return seen_in(api.objects[PATH]["metadata"].get("annotations", {}))


def test_what_one_has_seen_all_know(api: SmallApi) -> None:
    """A replica that does not lead notes it without becoming the leader; another hears of it, and one that starts."""
    leads, follows = Replica(api, "leads", ARGO), Replica(api, "follows", ARGO)
    assert [False, False] == [leads(), follows()]
    held = api.objects[PATH]["spec"]
    follows.sightings.saw(ARGO)
    follows()

    assert (held, {ARGO}) == (api.objects[PATH]["spec"], note(api))
    assert [True, True] == [leads(), Replica(api, "starts", ARGO)()]
    assert leads.election.leads


def test_it_outlives_whoever_saw_it(api: SmallApi) -> None:
    """Neither a graceful end nor the next leader loses it."""
    first = Replica(api, "first", ARGO)
    first()
    first.sightings.saw(ARGO)
    first.election.stop()
    second = Replica(api, "second", ARGO)

    assert second()
    assert (True, {ARGO}) == (second.election.leads, note(api))


def test_other_users_have_to_be_seen_themselves(api: SmallApi) -> None:
    """With another configuration it begins anew, and replicas of both side by side do not fight about the note."""
    old, new = Replica(api, "old", ARGO), Replica(api, "new", OTHER)
    old.sightings.saw(ARGO)
    assert [True, False] == [old(), new()]
    new.sightings.saw(OTHER)
    new()
    old()
    api.writes()

    assert [True, True] == [new(), old()]
    assert ([("PUT", PATH)], {ARGO, OTHER}) == (api.writes(), note(api)), "the leader renews, nobody else writes"
    assert not Replica(api, "neither", "somebody")()


def test_nothing_seen_is_nothing_written(api: SmallApi) -> None:
    """Without a sighting the Lease has no annotation, and what others have written there stays."""
    one = Replica(api, "one", ARGO)
    one()
    assert "annotations" not in api.objects[PATH]["metadata"]
    found = api.objects[PATH]
    api.put(PATH, {**found, "metadata": {**found["metadata"], "annotations": {"theirs": "x"}}})
    one.sightings.saw(ARGO)
    one()

    assert {"theirs", SEEN} == api.objects[PATH]["metadata"]["annotations"].keys()


@pytest.mark.parametrize("written", ["", "no json", "null", "7", '{"a": 1}', "[7, null]"])
def test_a_note_that_cannot_be_read_says_nothing(written: str) -> None:
    """Whoever has written it; what we have seen takes its place."""
    ours = Sightings([ARGO])
    assert {SEEN: written} == ours.noted({SEEN: written})
    assert not ours.any
    ours.saw(ARGO)

    assert {ARGO} == seen_in(ours.noted({SEEN: written}))

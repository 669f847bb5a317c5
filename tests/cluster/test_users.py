"""What is kept of those who use templates."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import pytest
from following import QUICK, following, watched
from test_scripted import Script, Server
from waiting import until

from admission.argo.usage.reduced import reduced
from admission.cluster.client import Refused
from admission.cluster.kinds import RESOURCES
from admission.cluster.reflector import Reflector, State
from admission.model.catalog import Lookup
from admission.model.document import Document

OWN = Lookup("Workflow", "default", "w")


def workflow(version: str, phase: str, name: str = "w", *, refers: bool = True) -> Document:
    spec = {"workflowTemplateRef": {"name": "base"}} if refers else {"templates": []}
    return {
        "kind": "Workflow",
        "metadata": {"name": name, "namespace": "default", "resourceVersion": version},
        "spec": spec,
        "status": {"phase": phase, "nodes": {"n": {"message": "x" * 1000}}},
    }


def event(type: str, document: Document) -> Document:
    return {"type": type, "object": document}


class Following:
    """A reflector of Workflows of which only references are kept; it counts its changes."""

    def __init__(self, lists: Script, watches: Script) -> None:
        self.changes = 0
        self.server = Server(lists, watches)
        self.reflector = Reflector(self.server.client(), RESOURCES["Workflow"], self._changed, pace=QUICK, keep=reduced)
        self.reflector.start()

    def _changed(self) -> None:
        self.changes += 1

    @property
    def objects(self) -> dict[Lookup, Document]:
        return dict(self.reflector.view.objects)


@pytest.fixture
def reflecting() -> Iterator[type[Following]]:
    """Makes what follows, and ends it."""
    made: list[Following] = []

    class Kept(Following):
        def __init__(self, lists: Script, watches: Script) -> None:
            super().__init__(lists, watches)
            made.append(self)

    yield Kept
    for each in made:
        each.reflector.stop()
        each.server.close()


def page(*documents: Document) -> tuple[int, Document]:
    return 200, {"metadata": {"resourceVersion": "1"}, "items": list(documents)}


def test_only_what_refers_is_kept(reflecting: type[Following]) -> None:
    """Of a Workflow its references stay; of one that has none, or has ended, nothing, and finished ones do not come."""
    found = reflecting([page(workflow("1", "Running"), workflow("1", "Running", "plain", refers=False))], [])
    until(lambda: found.reflector.state is State.SYNCED)

    assert {OWN} == found.objects.keys()
    assert "status" not in found.objects[OWN]
    assert ["workflows.argoproj.io/completed!=true"] == [each.get("labelSelector") for each in found.server.queries[:1]]


def test_updates_of_the_status_change_nothing(reflecting: type[Following]) -> None:
    """A busy Workflow is written several times a second; that makes no new snapshot."""
    events = [event("MODIFIED", workflow(str(version), "Running")) for version in range(2, 12)]
    found = reflecting([page(workflow("1", "Running"))], [(200, events)])
    until(lambda: found.server.watched_from("11"))

    assert 1 == found.changes
    assert {OWN} == found.objects.keys()


def test_what_ends_is_forgotten(reflecting: type[Following]) -> None:
    """A Workflow that has come to its end uses nothing any more."""
    found = reflecting([page(workflow("1", "Running"))], [(200, [event("MODIFIED", workflow("2", "Failed"))])])
    until(lambda: found.server.watched_from("2"))

    assert {} == found.objects


class Slow:
    """A cluster with nothing in it, whose Workflows take their time until *listed* is set."""

    def __init__(self) -> None:
        self.listed = threading.Event()

    def get(self, path: str, query: Any = None, seconds: float = 0) -> Document:
        if path.endswith("/workflows"):
            self.listed.wait(20)
        return {"metadata": {"resourceVersion": "1"}, "items": []}

    def stream(self, path: str, query: Any, seconds: float) -> Any:
        self.listed.wait(20)
        raise Refused(500, {})


def test_nobody_waits_for_the_users() -> None:
    """However many Workflows there are, requests are judged; who uses a template is unknown until they are listed."""
    slow = Slow()
    with following(slow, watched()) as informer:  # type: ignore[arg-type]
        before = informer.snapshot.catalog.unavailable
        slow.listed.set()
        until(lambda: "Workflow" not in informer.snapshot.catalog.unavailable)

    assert "Workflow" in before

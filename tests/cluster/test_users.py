"""What is kept of those who use templates."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from following import QUICK, until
from test_scripted import Script, Server

from admission.argo.usage.reduced import reduced
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
def following() -> Iterator[type[Following]]:
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


def test_only_what_refers_is_kept(following: type[Following]) -> None:
    """Of a Workflow its references stay; of one that has none, or has ended, nothing, and finished ones do not come."""
    found = following([page(workflow("1", "Running"), workflow("1", "Running", "plain", refers=False))], [])
    until(lambda: found.reflector.state is State.SYNCED)

    assert {OWN} == found.objects.keys()
    assert "status" not in found.objects[OWN]
    assert ["workflows.argoproj.io/completed!=true"] == [each.get("labelSelector") for each in found.server.queries[:1]]


def test_updates_of_the_status_change_nothing(following: type[Following]) -> None:
    """A busy Workflow is written several times a second; that makes no new snapshot."""
    events = [event("MODIFIED", workflow(str(version), "Running")) for version in range(2, 12)]
    found = following([page(workflow("1", "Running"))], [(200, events)])
    until(lambda: found.server.watched_from("11"))

    assert 1 == found.changes
    assert {OWN} == found.objects.keys()


def test_what_ends_is_forgotten(following: type[Following]) -> None:
    """A Workflow that has come to its end uses nothing any more."""
    found = following([page(workflow("1", "Running"))], [(200, [event("MODIFIED", workflow("2", "Failed"))])])
    until(lambda: found.server.watched_from("2"))

    assert {} == found.objects

"""The reflector against an API server that answers as it is told, for what a real one does rarely."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

import pytest
from following import QUICK, template
from kubernetes.client import Configuration
from waiting import until

from admission.cluster.client import Client, Refused
from admission.cluster.kinds import RESOURCES
from admission.cluster.reflector import Pace, Reflector, State
from admission.model.catalog import Lookup
from admission.model.document import Document

Script = list[tuple[int, Any]]


class Server:
    """Answers lists and watches by a script each: status and body; a watch's body is a list of lines."""

    def __init__(self, lists: Script, watches: Script) -> None:
        self.lists, self.watches = lists, watches
        self.queries: list[Document] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                query = {name: values[0] for name, values in parse_qs(urlparse(self.path).query).items()}
                outer.queries.append(query)
                script = outer.watches if "watch" in query else outer.lists
                if not script:
                    threading.Event().wait(1)
                status, body = script.pop(0) if script else (200, [])
                self.send_response(status)
                self.end_headers()
                lines = body if isinstance(body, list) else [body]
                self.wfile.writelines(
                    line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines
                )

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def watched_from(self, version: str) -> bool:
        """Whether somebody has asked for the changes since *version*."""
        return any(query.get("resourceVersion") == version for query in self.queries)

    def client(self) -> Client:
        return Client(Configuration(host=f"http://127.0.0.1:{self._server.server_port}"))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def reflecting(lists: Script, watches: Script) -> Iterator[tuple[Reflector, Server]]:
    server = Server(lists, watches)
    made = Reflector(server.client(), RESOURCES["WorkflowTemplate"], lambda: None, pace=QUICK)
    made.start()
    try:
        yield made, server
    finally:
        made.stop()
        server.close()


def page(*names: str, version: str = "1", following: str = "") -> Document:
    return {
        "metadata": {"resourceVersion": version, "continue": following},
        "items": [template(name) for name in names],
    }


def event(type: str, name: str, version: str) -> Document:
    return {"type": type, "object": template(name, resourceVersion=version)}


def status(code: int, message: str = "no") -> Document:
    return {"kind": "Status", "code": code, "message": message}


def names(made: Reflector) -> set[str]:
    return {lookup.name for lookup in made.view.objects}


def test_pages_that_expire_are_read_again_from_the_start() -> None:
    """A list whose second page is too old begins anew; half of a list is never shown."""
    lists: Script = [(200, page("a", following="x")), (410, status(410)), (200, page("b"))]
    with reflecting(lists, []) as (made, _):
        until(lambda: made.state is State.SYNCED)

        assert {"b"} == names(made)


@pytest.mark.parametrize(
    "expired",
    [(410, status(410)), (200, [{"type": "ERROR", "object": status(410)}])],
    ids=["answer", "event"],
)
def test_a_version_that_is_too_old_is_listed_anew(expired: tuple[int, Any]) -> None:
    """410 comes as an answer or in the middle of a watch; both mean to list."""
    with reflecting([(200, page("a")), (200, page("b", version="9"))], [expired]) as (made, server):
        until(lambda: names(made) == {"b"})
        until(lambda: server.watched_from("9"))


def test_bookmarks_move_the_version() -> None:
    """A watch goes on from the last bookmark, and a bookmark is no object."""
    bookmark = {"type": "BOOKMARK", "object": {"metadata": {"resourceVersion": "77"}}}
    with reflecting([(200, page("a"))], [(200, [event("ADDED", "b", "5"), bookmark])]) as (made, server):
        until(lambda: server.watched_from("77"))

        assert {"a", "b"} == names(made)


def test_events() -> None:
    """Added, modified and deleted; what nobody knows is passed over."""
    events = [
        event("ADDED", "b", "2"),
        event("DELETED", "a", "3"),
        event("MODIFIED", "b", "4"),
        event("WHAT", "c", "5"),
    ]
    with reflecting([(200, page("a"))], [(200, events)]) as (made, server):
        until(lambda: server.watched_from("5"))
        found = made.view.objects[Lookup("WorkflowTemplate", "default", "b")]

        assert {"b"} == names(made)
    assert "4" == found["metadata"]["resourceVersion"]


@pytest.mark.parametrize(
    "trouble",
    [(500, status(500)), (429, status(429)), (200, [b"no json\n"]), (200, [b'{"type": "ADDED", "obj']), (503, b"busy")],
    ids=["500", "429", "no json", "cut", "busy"],
)
def test_trouble_in_a_watch_is_survived(trouble: tuple[int, Any]) -> None:
    """Whatever a watch brings, what we know stays and the next change is seen."""
    lists: Script = [(200, page("a")), *[(200, page("a"))] * 5]
    with reflecting(lists, [trouble, (200, [event("ADDED", "b", "9")])]) as (made, _):
        until(lambda: names(made) == {"a", "b"})


def test_a_refusal_of_a_moment_is_no_denial() -> None:
    """An API server that has just started knows no roles yet: one 403 does not empty the catalog."""
    lists: Script = [(200, page("a")), (403, status(403)), (200, page("b"))]
    seen: set[State] = set()
    with reflecting(lists, [(403, status(403))]) as (made, _):
        until(lambda: made.state is State.SYNCED)
        until(lambda: seen.add(made.state) or names(made) == {"b"})  # type: ignore[func-returns-value]

    assert {State.SYNCED} == seen


def test_a_refusal_after_an_outage_is_no_denial() -> None:
    """However long the API server was away: what it says first when it comes back is of that moment."""
    away = [(503, status(503))] * 6
    lists: Script = [(200, page("a")), *away, (403, status(403)), (404, status(404)), (200, page("b"))]
    seen: set[State] = set()
    with reflecting(lists, [(503, status(503))]) as (made, _):
        until(lambda: made.state is State.SYNCED)
        until(lambda: seen.add(made.state) or names(made) == {"b"})  # type: ignore[func-returns-value]

    assert {State.SYNCED} == seen


def test_the_pace_of_failures() -> None:
    """Each wait is twice as long as the one before up to a bound, less up to half of it by chance."""
    pace = Pace(1, 10)
    waits = [(wait, pace.after(failures)) for failures, wait in ((1, 1), (2, 2), (3, 4), (5, 10), (1000, 10))]

    assert all(most / 2 <= wait <= most for most, wait in waits)


def test_an_api_server_that_is_busy_is_asked_again() -> None:
    """*Not now* is no answer; where there is no time to wait, it is."""
    busy = {"kind": "Status", "code": 429, "message": "storage is (re)initializing"}
    server = Server([(429, busy), (429, busy), (200, page("a"))], [])
    found = server.client().get("/apis/x/v1/things")
    server.lists[:] = [(429, busy)]
    with pytest.raises(Refused):
        server.client().get("/apis/x/v1/things", seconds=0.5)
    server.close()

    assert ["a"] == [each["metadata"]["name"] for each in found["items"]]

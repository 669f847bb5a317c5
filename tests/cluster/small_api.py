"""
A small API server: objects with versions, uids and conflicts, as much as the leader's writers need.

The real one is in the tests marked ``cluster``; this one is for what must be quick, or cannot be made to happen there.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlparse

import yaml
from kubernetes.client import Configuration

from admission.cluster.client import Client
from admission.model.document import Document

#: What may be listed where there is none.
LISTED = {
    "namespaces",
    "deployments",
    "workflowpolicies",
    "workflowpolicybindings",
    "workflowpolicyexceptions",
    "mutatingwebhookconfigurations",
    "validatingwebhookconfigurations",
    "endpointslices",
    "policyreports",
    "clusterpolicyreports",
    "workflows",
    "cronworkflows",
    "workfloweventbindings",
}


class SmallApi:
    """
    *objects* by path; *down* answers 503 to everything, *forbidden* 403 to what begins with one of these paths;
    *reviews* answers what is posted to a path and not kept.
    """

    def __init__(self) -> None:
        self.objects: dict[str, Document] = {}
        self.calls: list[tuple[str, str]] = []
        self.down = False
        self.forbidden: list[str] = []
        self.reviews: dict[str, Callable[[Document], Document]] = {}
        self._version = 0
        self._lock = threading.Lock()
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def _any(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else {}
                with api._lock:
                    code, answer = api.answer(self.command, self.path, body)
                raw = json.dumps(answer).encode()
                self.send_response(code)
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _any

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def client(self) -> Client:
        return Client(Configuration(host=self.url))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def put(self, path: str, document: Document) -> Document:
        """Store *document*, whatever is there."""
        self._version += 1
        metadata = {"uid": f"uid-{self._version}", "name": path.rpartition("/")[2], **document.get("metadata", {})}
        metadata["resourceVersion"] = str(self._version)
        self.objects[path] = {**document, "metadata": metadata}
        return self.objects[path]

    def writes(self) -> list[tuple[str, str]]:
        """Method and path of what was written since somebody asked last."""
        found = [call for call in self.calls if call[0] != "GET"]
        self.calls = []
        return found

    def answer(self, method: str, target: str, body: Document) -> tuple[int, Document]:
        url = urlparse(target)
        path = url.path
        self.calls.append((method, path))
        if self.down:
            return 503, _status(503, "down")
        if any(path.startswith(each) for each in self.forbidden):
            return 403, _status(403, "forbidden")
        if method == "POST" and path in self.reviews:
            return 201, self.reviews[path](body)
        if method == "POST":
            name = body["metadata"].get("name") or f"{body['metadata']['generateName']}{self._version}"
            if f"{path}/{name}" in self.objects:
                return 409, _status(409, "already exists")
            return 201, self.put(f"{path}/{name}", body)
        if method == "GET" and path not in self.objects:
            return self._list(path, parse_qs(url.query))
        found = self.objects.get(path.removesuffix("/status"))
        if found is None:
            return 404, _status(404, "not found")
        if method == "DELETE":
            del self.objects[path]
        elif method == "PUT":
            if body["metadata"].get("resourceVersion", "") not in ("", found["metadata"]["resourceVersion"]):
                return 409, _status(409, "conflict")
            return 200, self.put(path, body)
        elif method == "PATCH":
            return 200, self.put(path.removesuffix("/status"), _merge(found, body))
        return 200, found

    def _list(self, path: str, query: dict[str, list[str]]) -> tuple[int, Document]:
        everywhere = re.compile(re.sub(r"/(?=[^/]+$)", r"(/namespaces/[^/]+)?/", path))
        under = [each for at, each in sorted(self.objects.items()) if everywhere.fullmatch(at.rpartition("/")[0])]
        if not under and path.rpartition("/")[2] not in LISTED:
            return 404, _status(404, "not found")
        for selector in query.get("labelSelector", ()):
            key, _, value = selector.partition("=")
            under = [each for each in under if each["metadata"].get("labels", {}).get(key) == value]
        return 200, {"kind": "List", "metadata": {"resourceVersion": str(self._version)}, "items": under}


def _status(code: int, message: str) -> Document:
    return {"kind": "Status", "code": code, "message": message}


def _merge(into: Any, patch: Any) -> Any:
    if not isinstance(patch, dict):
        return patch
    merged = dict(into) if isinstance(into, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = _merge(merged.get(key), value)
    return merged


def kubeconfig(api: SmallApi, folder: Path) -> str:
    """A kubeconfig in *folder* that leads to *api*."""
    context = {"name": "x", "context": {"cluster": "x", "user": "x"}}
    clusters, users = [{"name": "x", "cluster": {"server": api.url}}], [{"name": "x", "user": {}}]
    written = {"current-context": "x", "contexts": [context], "clusters": clusters, "users": users}
    file = folder / "kubeconfig"
    file.write_text(yaml.safe_dump(written))
    return str(file)


@contextmanager
def small_api() -> Iterator[SmallApi]:
    made = SmallApi()
    try:
        yield made
    finally:
        made.close()

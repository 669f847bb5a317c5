"""Plays the kubelet and the executor: every Pod of a Workflow runs at once, and says what its template promises."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterable
from typing import Any

from admission.cluster.client import Client, Refused
from admission.model.document import Document

_ARGO = "/apis/argoproj.io/v1alpha1"
_NODE, _OF = "workflows.argoproj.io/node-id", "workflows.argoproj.io/workflow"
_DONE = "workflows.argoproj.io/report-outputs-completed"

#: Containers of this image fail.
FAILING = "fails"


class Player:
    """Plays all Pods in *namespaces*, in a thread, until it is stopped."""

    def __init__(self, client: Client, namespaces: Iterable[str]) -> None:
        self._client, self._namespaces = client, tuple(namespaces)
        self._played: set[str] = set()
        #: Every Pod as it was made, by namespace and node.
        self.pods: dict[tuple[str, str], Document] = {}
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Player:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join(10)

    def _run(self) -> None:
        while not self._ending.wait(0.1):
            for namespace in self._namespaces:
                for pod in self._client.get(f"/api/v1/namespaces/{namespace}/pods")["items"]:
                    if pod["metadata"]["uid"] not in self._played and _NODE in pod["metadata"].get("annotations", {}):
                        self._played.add(pod["metadata"]["uid"])
                        self._play(pod, namespace)

    def _play(self, pod: Document, namespace: str) -> None:
        metadata = pod["metadata"]
        self.pods[namespace, metadata["annotations"][_NODE]] = pod
        template = template_of(pod)
        fails = any(each["image"] == FAILING for each in pod["spec"]["containers"])
        result = {
            "apiVersion": "argoproj.io/v1alpha1",
            "kind": "WorkflowTaskResult",
            "metadata": {
                "name": metadata["annotations"][_NODE],
                "labels": {_OF: metadata["labels"][_OF], _DONE: "true"},
            },
            **({} if fails else {"outputs": self.outputs(template)}),
        }
        try:
            self._client.create(f"{_ARGO}/namespaces/{namespace}/workflowtaskresults", result)
            self._client.patch(
                f"/api/v1/namespaces/{namespace}/pods/{metadata['name']}/status", {"status": _ended(pod, fails)}
            )
        except Refused as refused:
            # A Workflow that has ended in between takes its Pods with it.
            if refused.code not in (404, 409):
                raise

    def outputs(self, template: Document) -> Document:
        """What a Pod of *template* that succeeds puts out."""
        parameters = template.get("outputs", {}).get("parameters", [])
        return {
            "exitCode": "0",
            "result": '["a", "b"]',
            "parameters": [{"name": each["name"], "value": f"{each['name']} of it"} for each in parameters],
        }


def _ended(pod: Document, fails: bool) -> Document:
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    code = 1 if fails else 0

    def status(name: str) -> Document:
        ended = {"exitCode": code if name == "main" else 0, "startedAt": now, "finishedAt": now, "containerID": "c://x"}
        return {
            "name": name,
            "ready": False,
            "restartCount": 0,
            "image": "x",
            "imageID": "",
            "state": {"terminated": {**ended, "reason": "Error" if ended["exitCode"] else "Completed"}},
        }

    return {
        "phase": "Failed" if fails else "Succeeded",
        "startTime": now,
        "containerStatuses": [status(each["name"]) for each in pod["spec"]["containers"]],
        "initContainerStatuses": [status(each["name"]) for each in pod["spec"].get("initContainers", [])],
    }


def template_of(pod: Document) -> Any:
    """The template that a Pod runs, as its executor is told."""
    containers = [*pod["spec"]["containers"], *pod["spec"].get("initContainers", [])]
    found = (env["value"] for each in containers for env in each.get("env", []) if env["name"] == "ARGO_TEMPLATE")
    return json.loads(next(found, "{}"))

"""
Fifty related templates, schedules and event bindings, applied with kubectl in any order, Workflows last.

Two orders here; ``ORDERS=20 pytest tests/e2e/test_orders.py`` tries as many as one likes.
"""

from __future__ import annotations

import json
import os
from random import Random

import pytest
from talking import Cluster

from admission.model.document import Document

pytestmark = pytest.mark.cluster

ORDERS = int(os.environ.get("ORDERS", "2"))


def objects(namespace: str) -> list[Document]:
    """Thirty templates that call each other, fifteen schedules and five event bindings of them."""
    found = []
    for number in range(30):
        calls = [
            {"name": f"s{n}", "templateRef": {"name": f"t{(number * 5 + n) % 30}", "template": "leaf"}} for n in (1, 2)
        ]
        leaf = {"name": "leaf", "container": {"image": "alpine:3.20", "command": ["true"]}}
        spec = {"entrypoint": "main", "templates": [{"name": "main", "steps": [calls]}, leaf]}
        found.append(_object("WorkflowTemplate", f"t{number}", namespace, spec))
    for number in range(15):
        reference = {"workflowTemplateRef": {"name": f"t{number * 2}"}}
        spec = {"schedules": ["@daily"], "workflowSpec": reference}
        found.append(_object("CronWorkflow", f"c{number}", namespace, spec))
    for number in range(5):
        submit = {"workflowTemplateRef": {"name": f"t{number * 5}"}}
        spec = {"event": {"selector": "payload.ok"}, "submit": submit}
        found.append(_object("WorkflowEventBinding", f"b{number}", namespace, spec))
    return found


def _object(kind: str, name: str, namespace: str, spec: Document) -> Document:
    metadata = {"name": name, "namespace": namespace}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def state(cluster: Cluster, namespace: str, documents: list[Document]) -> dict[tuple[str, str], Document]:
    """The specs of what is stored after one ``kubectl apply`` of all of them, and of a Workflow that comes last."""
    run = _object("Workflow", "w", namespace, {"workflowTemplateRef": {"name": "t3"}})
    for part in (documents, [run]):
        done = cluster.apply(*part, namespace=namespace)
        assert 0 == done.returncode, done.stderr
    kinds = "workflowtemplates,cronworkflows,workfloweventbindings,workflows"
    items = json.loads(cluster.must("get", kinds, "-o", "json", namespace=namespace))["items"]
    return {(each["kind"], each["metadata"]["name"]): each["spec"] for each in items}


def test_any_order_ends_in_the_same_state(cluster: Cluster) -> None:
    """Nothing is refused on the way, no second run is needed, and what is stored is the same."""
    found = []
    for seed in range(ORDERS):
        namespace = f"order-{seed}"
        cluster.plane.kubectl("create", "namespace", namespace)
        documents = objects(namespace)
        Random(seed).shuffle(documents)
        found.append(state(cluster, namespace, documents))
        cluster.plane.kubectl("delete", "namespace", namespace, "--wait=false")

    assert 51 == len(found[0])
    assert "workflowTemplateRef" not in found[0]["Workflow", "w"]
    assert all(each == found[0] for each in found)

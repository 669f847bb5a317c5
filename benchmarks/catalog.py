"""
What 5,000 templates in the catalog cost: memory, the next snapshot, the users of one of them, and one request.

``python benchmarks/catalog.py``. Every template calls two others, and there are 2,000 users that are no templates. The
memory is that of what is kept: each object is decoded from JSON of its own, as the watch brings it, and of users only
what refers stays.
"""

from __future__ import annotations

import gc
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

import orjson

from admission.argo.usage.index import Index
from admission.argo.usage.reduced import reduced
from admission.cluster.informer import ByKind
from admission.engine import review
from admission.model.catalog import FrozenCatalog, Lookup
from admission.model.document import Document
from admission.model.review import GroupVersionKind, Phase, Request, User
from admission.snapshot import Snapshot

TEMPLATES, USERS = 5_000, 2_000


def template(number: int) -> Document:
    """A WorkflowTemplate of some 4 KB, as the API server has it."""
    container = {
        "image": f"registry.example/tools/builder:1.{number}",
        "command": ["sh", "-c"],
        "args": ["set -e; " + "echo a line of shell as long as they usually are | tee /tmp/out; " * 8],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "100m", "memory": "256Mi"}},
        "env": [{"name": f"VARIABLE_{index}", "value": "x" * 20} for index in range(8)],
    }
    leaf = {"inputs": {"parameters": [{"name": "message", "default": "hello"}]}, "container": container}
    called = [(number * 7 + offset) % TEMPLATES for offset in (1, 2)] if number % 3 else []
    calls = [{"name": f"c{each}", "templateRef": {"name": f"template-{each}", "template": "one"}} for each in called]
    main = {"name": "main", "dag": {"tasks": [{"name": "own", "template": "one"}, *calls]}}
    spec = {"entrypoint": "main", "templates": [main, {"name": "one", **leaf}, {"name": "two", **leaf}]}
    return _object("WorkflowTemplate", f"template-{number}", spec)


def user(number: int) -> Document:
    """A CronWorkflow, or a Workflow with a status of 20 KB, of that template."""
    reference = {"workflowTemplateRef": {"name": f"template-{number % TEMPLATES}"}}
    if number % 2:
        return _object("CronWorkflow", f"cron-{number}", {"schedules": ["@daily"], "workflowSpec": reference})
    nodes = {f"n-{index}": {"id": f"n-{index}", "message": "x" * 150, "phase": "Succeeded"} for index in range(100)}
    workflow = _object("Workflow", f"workflow-{number}", reference)
    return {**workflow, "status": {"phase": "Running", "nodes": nodes}}


def _object(kind: str, name: str, spec: Document) -> Document:
    metadata = {"name": name, "namespace": "default", "uid": f"uid-{name}", "resourceVersion": "12345"}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def decoded(document: Document) -> Any:
    return orjson.loads(orjson.dumps(document))


def kept() -> tuple[dict[Lookup, Document], dict[Lookup, Document]]:
    """The templates, and what is kept of users, as reflectors have them."""
    templates = {Lookup("WorkflowTemplate", "default", f"template-{n}"): decoded(template(n)) for n in range(TEMPLATES)}
    users: dict[Lookup, Document] = {}
    for number in range(USERS):
        small = reduced(decoded(user(number)))
        assert small is not None, "every user refers to something"
        users[Lookup(small["kind"], "default", small["metadata"]["name"])] = small
    return templates, users


def catalog(templates: dict[Lookup, Document], users: dict[Lookup, Document]) -> FrozenCatalog:
    """The next catalog, as the informer makes it of what reflectors have."""
    return FrozenCatalog(objects=ByKind({"WorkflowTemplate": templates}), users=ByKind(_by_kind(users)))


def _by_kind(users: dict[Lookup, Document]) -> dict[str, dict[Lookup, Document]]:
    found: dict[str, dict[Lookup, Document]] = {}
    for lookup, document in users.items():
        found.setdefault(lookup.kind, {})[lookup] = document
    return found


def milliseconds(work: Callable[[], object], times: int = 5) -> float:
    """The shortest of a few runs, in milliseconds of CPU."""
    shortest = float("inf")
    for _ in range(times):
        start = time.process_time()
        work()
        shortest = min(shortest, time.process_time() - start)
    return shortest * 1000


def request(operation: str, new: Document, old: Document) -> Request:
    kind = GroupVersionKind("argoproj.io", "v1alpha1", new["kind"])
    return Request(
        uid="1",
        operation=operation,
        kind=kind,
        namespace="default",
        user=User("alice"),
        raw_object=new,
        raw_old_object=old,
    )


def main() -> None:
    gc.collect()
    tracemalloc.start()
    templates, users = kept()
    gc.collect()
    size = tracemalloc.get_traced_memory()[0]
    Index.of(catalog(templates, users)).users(Lookup("WorkflowTemplate", "default", "template-1"))
    gc.collect()
    index = tracemalloc.get_traced_memory()[0] - size
    tracemalloc.stop()
    written = sum(len(orjson.dumps(each)) for each in templates.values())
    print(f"{TEMPLATES} templates ({written / 2**20:.0f} MiB of JSON) and {USERS} users: {size / 2**20:.0f} MiB kept")
    print(f"their references: {index / 2**20:.1f} MiB")
    times(templates, users)


def times(templates: dict[Lookup, Document], users: dict[Lookup, Document]) -> None:
    lookup = Lookup("WorkflowTemplate", "default", "template-1")
    old = templates[lookup]
    broken = {**old, "spec": {**old["spec"], "templates": old["spec"]["templates"][:2]}}
    print(f"the next catalog after one change: {milliseconds(lambda: catalog(templates.copy(), users)):.1f} ms")

    def after_a_change() -> None:
        templates[lookup] = decoded(old)
        Index.of(catalog(templates, users)).users(lookup)

    print(f"users of a template after one change: {milliseconds(after_a_change):.1f} ms")
    around = Snapshot(catalog=catalog(templates, users))
    update = milliseconds(lambda: review(request("UPDATE", broken, old), around, Phase.VALIDATE))
    gone = milliseconds(lambda: review(request("DELETE", {**old}, old), around, Phase.VALIDATE))
    print(f"UPDATE of a template, with its users: {update:.1f} ms; DELETE: {gone:.1f} ms")
    workflow = _object("Workflow", "w", {"workflowTemplateRef": {"name": "template-1"}})
    create = milliseconds(lambda: review(request("CREATE", workflow, workflow), around, Phase.MUTATE))
    print(f"/mutate of a Workflow that refers to one: {create:.1f} ms")


if __name__ == "__main__":
    main()

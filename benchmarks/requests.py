"""
What one request costs, from bytes to bytes: CPU milliseconds by the size of the Workflow.

``python benchmarks/requests.py``. Five policies on containers and the whole lint, as the validating call has them.
*reading* is decoding and answering alone, *policies* and *lint* are what these add; *new*: a Workflow that was never
seen before, *again*: the same spec under another name. The same work costs Kyverno's CEL policies 1.05, 4.5 and 24 ms
(policies), and Gatekeeper 2.5, 12.2 and 69.5 ms, at 5, 50 and 500 KB on the same kind of machine.
"""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

import orjson

from admission.cli.server.reviewer import COLLECTOR
from admission.engine import judging, respond
from admission.lint.rules import RULES
from admission.model.document import Document
from admission.model.review import ALLOWED, Phase, Request, decode, encode
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from policies import SIZES, policies, workflow

AROUND = Snapshot(policies=PolicySet.load(policies(), rule_ids=frozenset(rule.id for rule in RULES)))

#: Of so many runs the best counts.
RUNS = 3

#: What is measured, from the body of a request on.
WORK: dict[str, Callable[[bytes], object]] = {
    "reading": lambda body: _answered(body, lambda request: request.object),
    "policies": lambda body: _answered(body, lambda request: judging._policies(request, request.object or {}, AROUND)),
    "lint": lambda body: _answered(body, lambda request: judging._lint(request, request.object or {}, AROUND)),
    "all, new": lambda body: respond(body, AROUND, Phase.VALIDATE),
}


def body(document: Document, name: str) -> bytes:
    """The AdmissionReview that creates *document* under that name."""
    spec = {**document["spec"], "entrypoint": "step-0"}
    made = {**document, "metadata": {"name": name, "namespace": "default"}, "spec": spec}
    kind = {"group": "argoproj.io", "version": "v1alpha1", "kind": "Workflow"}
    request = {"uid": "1", "kind": kind, "operation": "CREATE", "namespace": "default", "name": name, "object": made}
    return orjson.dumps({"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": request})


def milliseconds(work: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    """CPU time of one call; the least of three runs, since others may be at work on the machine."""
    runs = [bodies[number::RUNS] for number in range(RUNS)]
    return min(_once(work, run) for run in runs)


def _once(work: Callable[[bytes], object], bodies: Sequence[bytes]) -> float:
    start = time.process_time()
    for each in bodies:
        work(each)
    return (time.process_time() - start) / len(bodies) * 1000


def pace() -> float:
    """Milliseconds for the same piece of Python as everywhere: how fast the machine is just now."""
    return min(_once(lambda _: sum(len(str(number)) for number in range(20_000)), [b""]) for _ in range(20))


def main() -> None:
    gc.set_threshold(*COLLECTOR)
    print(f"load {os.getloadavg()[0]:.1f}; a fixed piece of work: {pace():.2f} ms")
    print(f"{'':8}" + "".join(f"{name:>12}" for name in (*WORK, "all, again")) + "   ms")
    for size, templates in SIZES.items():
        times = RUNS * max(4, 500 // templates)
        figures = []
        for number, work in enumerate(WORK.values()):
            fresh = [body(workflow(templates, f".{number}.{n}", kinds=10), f"new-{n}") for n in range(times + 1)]
            work(fresh[0])
            gc.freeze()  # a server has one of them in memory, not all
            figures.append(milliseconds(work, fresh[1:]))
        seen = workflow(templates, ".seen", kinds=10)
        respond(body(seen, "first"), AROUND, Phase.VALIDATE)
        figures.append(milliseconds(WORK["all, new"], [body(seen, f"again-{n}") for n in range(times)]))
        print(f"{size:>8}" + "".join(f"{figure:12.2f}" for figure in figures))


def _answered(body: bytes, work: Callable[[Request], object]) -> bytes:
    request = replace(decode(body), answers={})
    work(request)
    return encode(request, ALLOWED)


if __name__ == "__main__":
    main()

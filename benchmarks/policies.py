"""
What policies cost: CPU milliseconds a request for five equal policies, by the size of the Workflow.

``python benchmarks/policies.py``. *first*: no container was ever seen before, and no two have the same image or
environment; *again*: the same Workflow once more, as when it is applied again or another starts from the same template.
Kyverno's CEL needs 1.05, 4.5 and 24 ms for five policies at 5, 50 and 500 KB on the same kind of machine.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import orjson

from admission.model.document import Document
from admission.model.review import GroupVersionKind, Request
from admission.policy.input import ReviewInput
from admission.policy.resource import PolicySet

EXPRESSIONS = {
    "limits": "has(object.resources) && has(object.resources.limits) && 'memory' in object.resources.limits",
    "registry": "image(object.image).registry in params.registries",
    "privileged": "!has(object.securityContext) || !has(object.securityContext.privileged) || "
    "!object.securityContext.privileged",
    "tag": "!object.image.endsWith(':latest')",
    "env": "!has(object.env) || object.env.all(e, !e.name.startsWith('ARGO_'))",
}

SIZES = {"5 KB": 12, "50 KB": 125, "500 KB": 1250}


def policies() -> list[Document]:
    """Five policies on containers, each with a binding that denies."""
    documents = []
    for name, expression in EXPRESSIONS.items():
        spec = {"target": "Container", "validations": [{"expression": expression, "message": name}]}
        binding = {"policyName": name, "validationActions": ["Deny"], "params": {"registries": ["docker.io"]}}
        documents += [_ours("WorkflowPolicy", name, spec), _ours("WorkflowPolicyBinding", name, binding)]
    return documents


def _ours(kind: str, name: str, spec: Document) -> Document:
    return {"apiVersion": "argo-admission.io/v1alpha1", "kind": kind, "metadata": {"name": name}, "spec": spec}


def workflow(templates: int, salt: str = "") -> Document:
    """A Workflow of so many templates of 400 bytes, every one of them different."""
    container = {
        "command": ["sh", "-c"],
        "args": ["echo {{inputs.parameters.message}} and a line of shell as long as they usually are | tee /tmp/out"],
        "resources": {"limits": {"cpu": "1", "memory": "1Gi"}},
    }
    made = [
        {
            "name": f"step-{number}",
            "inputs": {"parameters": [{"name": "message", "value": "hello world"}]},
            "container": {
                "image": f"docker.io/library/alpine:3.{number}{salt}",
                "env": [{"name": f"NUMBER_{number}", "value": str(number)}],
                **container,
            },
        }
        for number in range(templates)
    ]
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"templates": made}}


def review(document: Document) -> ReviewInput:
    kind = GroupVersionKind("argoproj.io", "v1alpha1", "Workflow")
    request = Request(uid="1", operation="CREATE", kind=kind, namespace="default", raw_object=document)
    return ReviewInput(request=request, object=document, workflow=document)


def milliseconds(work: Callable[[int], object], times: int) -> float:
    """CPU time of one call."""
    start = time.process_time()
    for number in range(times):
        work(number)
    return (time.process_time() - start) / times * 1000


def main() -> None:
    documents = policies()
    load = milliseconds(lambda _: PolicySet.load(documents), 20)
    print(f"loading five policies: {load:.2f} ms")
    for size, templates in SIZES.items():
        times = max(5, 2000 // templates)
        reviews = [review(workflow(templates, f".{number}")) for number in range(times)]
        loaded = PolicySet.load(documents)
        loaded.validate(review(workflow(1)))
        first = milliseconds(lambda number, reviews=reviews, loaded=loaded: loaded.validate(reviews[number]), times)
        last = reviews[-1]
        again = milliseconds(lambda _, last=last, loaded=loaded: loaded.validate(last), times)
        kilobytes = len(orjson.dumps(last.workflow)) / 1000
        print(f"{size:>7} ({kilobytes:.0f} KB, {templates} containers): first {first:.2f} ms, again {again:.2f} ms")


if __name__ == "__main__":
    main()

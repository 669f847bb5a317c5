"""
What policies cost: CPU milliseconds a request for five equal policies, by the size of the Workflow.

``python benchmarks/policies.py``. *usual*: a Workflow that was never seen before, of ten different images; *worst*: no
two containers have the same image or environment; *again*: the same Workflow once more, as when it is applied again.
Kyverno's CEL needs 1.05, 4.5 and 24 ms for five policies at 5, 50 and 500 KB on the same kind of machine.

*pods* is the part of it that making the pods takes, which a request does once for all policies on pods and containers.
Then, for many policies: a thousand that do not match, by what keeps them from matching, and fifty that all match.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

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


def workflow(templates: int, salt: str = "", kinds: int = 10_000) -> Document:
    """A Workflow of so many templates of 400 bytes, with so many kinds of containers at most."""
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
                "image": f"docker.io/library/alpine:3.{number % kinds}{salt}",
                "env": [{"name": f"NUMBER_{number % kinds}", "value": str(number % kinds)}],
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


#: What keeps a binding, or its policy, from concerning a request.
UNMATCHED: dict[str, tuple[Document, Document]] = {
    "another kind": ({"kinds": ["CronWorkflow"]}, {}),
    "another namespace": ({}, {"matchResources": {"namespaces": ["other-*"]}}),
    "labels of the namespace": ({}, {"matchResources": {"namespaceSelector": {"matchLabels": {"tier": "other"}}}}),
    "labels of the object": ({}, {"matchResources": {"objectSelector": {"matchLabels": {"app": "other"}}}}),
    "subjects": ({}, {"subjects": [{"kind": "Group", "name": "other"}]}),
    "a condition": ({"matchConditions": [{"name": "a", "expression": "request.namespace == 'other'"}]}, {}),
}


def many(number: int, policy: Document, binding: Document) -> list[Document]:
    """So many policies on containers, no two with the same expression, each with a binding."""
    documents = []
    for index in range(number):
        expression = (
            f"!object.image.endsWith(':latest-{index}') && (!has(object.env) || object.env.size() < {index + 50})"
        )
        spec = {"target": "Container", "validations": [{"expression": expression}], **policy}
        bound = {"policyName": f"p{index}", "validationActions": ["Deny"], **binding}
        documents += [_ours("WorkflowPolicy", f"p{index}", spec), _ours("WorkflowPolicyBinding", f"p{index}", bound)]
    return documents


def main() -> None:
    documents = policies()
    load = milliseconds(lambda _: PolicySet.load(documents), 20)
    print(f"loading five policies: {load:.2f} ms")
    for size, templates in SIZES.items():
        usual, worst, again = measured(documents, templates)
        reviews = [review(workflow(templates, f".pods{number}")) for number in range(3)]
        pods = milliseconds(lambda number, them=reviews: them[number].pods, 3)  # type: ignore[misc]
        print(
            f"{size:>7} ({templates} containers): usual {usual:.2f} ms, worst {worst:.2f} ms, again {again:.2f} ms; "
            f"pods {pods:.2f} ms"
        )
    for name, (policy, binding) in UNMATCHED.items():
        loaded = PolicySet.load(many(1000, policy, binding))
        print(f"1000 policies that do not match, {name}: {requests(loaded, 1):.2f} ms")
    print(f"50 policies that match, 30 templates: {requests(PolicySet.load(many(50, {}, {})), 30):.2f} ms")


def requests(loaded: PolicySet, templates: int) -> float:
    """Milliseconds for a Workflow of so many templates, which was never seen before."""
    loaded.validate(review(workflow(templates)))
    reviews = [review(workflow(templates, f".new{number}")) for number in range(10)]
    return milliseconds(lambda number: loaded.validate(reviews[number]), len(reviews))


def measured(documents: list[Document], templates: int) -> tuple[float, float, float]:
    """Milliseconds for Workflows of so many templates."""
    times = max(3, 1000 // templates)
    loaded = PolicySet.load(documents)
    loaded.validate(review(workflow(1)))
    usual = [review(workflow(templates, f".usual{number}", kinds=10)) for number in range(times)]
    worst = [review(workflow(templates, f".worst{number}")) for number in range(times)]
    again = [review(worst[-1].workflow) for _ in range(times)]
    gc.freeze()  # a server has one of them in memory, not all
    return (
        milliseconds(lambda number: loaded.validate(usual[number]), times),
        milliseconds(lambda number: loaded.validate(worst[number]), times),
        milliseconds(lambda number: loaded.validate(again[number]), times),
    )


if __name__ == "__main__":
    main()

"""What a Workflow needs at its widest."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written import call, catalog, of_templates, peak, pods, steps, tasks

from admission.argo.peak import peak_of, shortages, shown
from admission.argo.peak.antichain import heaviest


def amounts(written: str, *names: str) -> list[str]:
    found = peak(written).amounts
    return [shown(name, found.get(name, 0)) for name in names]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (steps([call("a")], [call("b"), call("c")], [call("d")]), 2),
        (steps([call("a", withItems=[1, 2, 3])]), 3),
        (steps([call("a", withSequence={"count": 5}), call("b")]), 6),
        (steps([call("a", withItems=["{{item}}"] * 70)]), 70),
        (tasks(call("a"), call("b", dependencies=["a"]), call("c", depends="a"), call("d", depends="b && c")), 2),
        (tasks(call("a"), call("b"), call("c", depends="a.Failed || b")), 2),
        (steps([call("a", when="{{x}} == heads"), call("b", when="{{x}} == tails")]), 1),
        (steps([call("a", when="{{x}} == heads"), call("b", when="{{x}} != heads"), call("c")]), 2),
        (steps([call("a", when="{{x}} == heads"), call("b", when="{{y}} == tails")]), 2),
        (steps([call("a", withItems=[1, 2, 3, 4]), call("b")], parallelism=2), 2),
        (steps([call("a", onExit="w")]), 1),
        (steps([call("a", hooks={"running": {"template": "w", "expression": "true"}})]), 2),
    ],
)
def test_pods(template: str, expected: int) -> None:
    """What comes one after the other is not there together; items, parallel steps and hooks are."""
    assert expected == pods(template)


def test_daemons_stay() -> None:
    """A daemon runs beside all that comes after it, until the template around it ends."""
    daemon = "{name: d, daemon: true, container: {image: a}}"

    assert 3 == pods(steps([call("a", "d")], [call("b"), call("c")]), daemon)
    assert 2 == pods(tasks(call("p"), call("a", "d", depends="p"), call("b", depends="a")), daemon)
    assert 1 == pods(steps([call("x", "inner")], [call("y")]), steps([call("a", "d")], name="inner"), daemon)


def test_nested() -> None:
    """The items of a template within items multiply, as far as its parallelism lets them."""
    inner = steps([call("a", withItems=[1, 2, 3])], name="inner")

    assert 12 == pods(steps([call("x", "inner", withItems=[1, 2, 3, 4])]), inner)
    assert 6 == pods(steps([call("x", "inner", withItems=[1, 2, 3, 4])], parallelism=2), inner)
    assert 5 == pods(steps([call("x", "inner", withItems=[1, 2, 3, 4])]), inner, parallelism=5)


def test_what_has_no_bound() -> None:
    """A fan-out that only the run knows is unbounded, and named; parallelism bounds it."""
    fan = call("fan", withParam="{{steps.x.outputs.result}}")
    found = peak(of_templates(steps([fan])))

    assert [("spec.templates[0].steps[0][0]", "fan")] == [(str(each.path), each.step) for each in found.unbounded]
    assert math.inf == found.parallel_pods
    assert 3 == pods(steps([fan], parallelism=3))
    assert 4 == pods(steps([fan]), parallelism=4)


def test_recursion() -> None:
    """What calls itself at its end is as wide as one round of it; beside something else it has no bound."""
    assert 1 == pods(steps([call("a")], [call("again", "main")]))
    assert 1 == pods(steps([call("a")], [call("b", when="{{x}} == t"), call("c", "main", when="{{x}} == h")]))
    assert math.inf == pods(steps([call("a"), call("again", "main")]))


def test_exit_handlers_come_last() -> None:
    """What handles the end of the Workflow comes after all else."""
    assert 2 == pods(steps([call("a"), call("b")]), onExit="w")


def test_resources() -> None:
    """Sums over containers that run together, the largest of those before; requests are limits where they lack."""
    written = """
    spec:
      entrypoint: main
      volumeClaimTemplates: [{metadata: {name: c}, spec: {resources: {requests: {storage: 2Gi}}}}]
      templates:
      - {name: main, steps: [[{name: a, template: w, withItems: [1, 2]}]]}
      - name: w
        initContainers: [{name: i, image: a, resources: {requests: {cpu: 3}}}]
        sidecars: [{name: s, image: a, resources: {limits: {cpu: 1}, requests: {cpu: 500m}}}]
        container: {image: a, resources: {limits: {cpu: 1, memory: 1Gi, nvidia.com/gpu: 1}}}
        volumes: [{name: v, ephemeral: {volumeClaimTemplate: {spec: {resources: {requests: {storage: 1Gi}}}}}}]
    """

    assert ["6", "4", "2Gi", "2", "4Gi", "3"] == amounts(
        written,
        "requests.cpu",
        "limits.cpu",
        "requests.memory",
        "requests.nvidia.com/gpu",
        "requests.storage",
        "persistentvolumeclaims",
    )


def test_retries_come_one_after_the_other() -> None:
    """A retry begins when the attempt before it has ended."""
    assert 1 == pods("{name: main, retryStrategy: {limit: 5}, container: {image: a}}")


def test_the_agent_is_counted() -> None:
    """All http templates together have one pod."""
    assert 2 == pods(steps([call("a", "ask"), call("b", "ask"), call("c")]), "{name: ask, http: {url: x}}")


def test_shortages() -> None:
    """A quota that leaves less is named, with the step that makes it so much; so is who is refused."""
    document, there = catalog(
        of_templates(steps([call("train", withItems=list(range(24)))]))
        + """
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute, namespace: ns}
spec: {hard: {limits.cpu: "20", pods: 100, count/pods: 100}}
status: {used: {limits.cpu: "10"}}
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: other, namespace: elsewhere}
spec: {hard: {limits.cpu: "1"}}
"""
    )
    found = peak_of(document, there, namespace="ns", argo_version="4.1")

    assert [
        (
            "spec.templates[0].steps[0][0]",
            "asks for 24 of limits.cpu at its widest (step 'train', 24 items), the quota 'compute' leaves 10",
        ),
        (
            "spec.templates[1]",
            "a quota counts limits.cpu, and refuses the pod for containers that say nothing of it: init, wait",
        ),
    ] == [(str(each.path), each.message) for each in shortages(found, there, "ns")]


def test_limit_ranges() -> None:
    """A LimitRange gives what containers do not say, and takes no more than its maximum."""
    document, there = catalog(
        of_templates("{name: main, container: {image: a, resources: {limits: {memory: 8Gi}}}}")
        + """
---
apiVersion: v1
kind: LimitRange
metadata: {name: range, namespace: ns}
spec: {limits: [{type: Container, default: {cpu: 500m}, defaultRequest: {cpu: 100m}, max: {memory: 4Gi}}]}
"""
    )
    found = peak_of(document, there, namespace="ns", argo_version="4.1")

    assert ("1", "200m") == tuple(shown(name, found.amounts[name]) for name in ("limits.cpu", "requests.cpu"))
    assert ["container 'main' has 8Gi of memory; at most 4Gi may be"] == [
        each.message for each in shortages(found, there, "ns")
    ]


def test_what_only_the_run_knows() -> None:
    """Resources that a podSpecPatch takes from the run are unknown, and the template is named."""
    patch = "'containers: [{name: main, resources: {limits: {cpu: \"{{pod.name}}\"}}}]'"

    assert ("main",) == peak(of_templates(f"{{name: main, podSpecPatch: {patch}, container: {{image: a}}}}")).unknown


@given(st.lists(st.tuples(st.integers(0, 5), st.sets(st.integers(0, 7))), max_size=8))
def test_heaviest(given_tasks: list[tuple[int, set[int]]]) -> None:
    """The heaviest set of tasks is the one that trying out all of them finds."""
    weights = [weight for weight, _ in given_tasks]
    before = [[each for each in waits if each < number] for number, (_, waits) in enumerate(given_tasks)]
    ancestors: list[set[int]] = []
    for waits in before:
        ancestors.append(set(waits).union(*(ancestors[each] for each in waits)))
    apart = [
        chosen
        for size in range(len(weights) + 1)
        for chosen in combinations(range(len(weights)), size)
        if not any(one in ancestors[other] for one in chosen for other in chosen)
    ]

    assert max(sum(weights[each] for each in chosen) for chosen in apart) == heaviest(weights, before)


def test_artifacts_are_deleted_when_all_else_is_over() -> None:
    """The pods that delete artifacts come after the steps, those of each strategy together."""
    outputs = """{artifacts: [
      {name: a, path: /a, artifactGC: {strategy: OnWorkflowCompletion, serviceAccountName: x}},
      {name: b, path: /b, artifactGC: {strategy: OnWorkflowCompletion, serviceAccountName: y}},
      {name: c, path: /c, artifactGC: {strategy: OnWorkflowDeletion}}]}"""

    assert 2 == pods(f"{{name: main, container: {{image: a}}, outputs: {outputs}}}")

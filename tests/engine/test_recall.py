"""What policies said of a spec is remembered, and that changes nothing."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given as over
from hypothesis import settings
from hypothesis import strategies as st

from admission.engine import review
from admission.engine.inputs import judged_input
from admission.model.document import Document
from admission.model.review import Phase, User
from admission.policy import recall
from admission.policy.judgement import Judgement
from admission.policy.plan import Plan
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from engine.asking import ALICE, binding, container, policy, request, snapshot, workflow
from engine.generating import CATALOG, WORKFLOWS

#: What looks at the spec as it stands, and a little of what is around it.
POLICIES = [
    policy("ours", "object.image.startsWith('registry.corp/')"),
    policy("account", "workflow.spec.serviceAccountName == 'runner'"),
    policy("labelled", "has(workflow.metadata.labels) && workflow.metadata.labels.team == 'a'"),
    policy("short", "template.name.size() < 5", target="Template"),
]
#: What looks at more.
OTHERS = [policy("mine", "request.userInfo.username == 'alice'"), policy("arguments", "!has(object.args)")]
EXCEPTION = {
    "apiVersion": "argo-admission.io/v1alpha1",
    "kind": "WorkflowPolicyException",
    "metadata": {"name": "leaf", "namespace": "exceptions"},
    "spec": {
        "policyNames": ["ours", "short"],
        "objects": {"names": ["hello"], "templates": ["leaf"]},
        "owner": "team",
        "reason": "until it is rebuilt",
        "expires": "2099-01-01T00:00:00Z",
    },
}
PARTED = {"mainContainer": {"resources": {"limits": {"cpu": "1"}}}}
NOW = datetime(2026, 11, 25, tzinfo=UTC)


def loaded(*policies: Document) -> PolicySet:
    """These policies, bound to everything, and an exception."""
    bindings = [binding(each["metadata"]["name"]) for each in policies]
    return PolicySet.load([*policies, *bindings, EXCEPTION], exception_namespaces=["exceptions"])


#: For all that is reviewed here, as in a server.
LASTING = [loaded(*POLICIES), loaded(*POLICIES, *OTHERS)]


def around(policies: PolicySet, controller: Document | None = None, version: str = "4.1") -> Snapshot:
    given = snapshot(*CATALOG, controller=controller)
    return replace(given, policies=policies, settings=replace(given.settings, argo_version=version))


def fresh(known: PolicySet) -> PolicySet:
    """The same policies, which remember nothing."""
    return PolicySet(known.engine, known.policies, known.bindings, known.exceptions, known.exception_namespaces)


CIRCUMSTANCES: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "name": st.sampled_from(["hello", "another"]),
        "labels": st.sampled_from([{}, {"team": "a"}, {"team": "b"}]),
        "user": st.sampled_from([ALICE, User("bob", ("developers",))]),
        "controller": st.sampled_from([{}, PARTED]),
        "version": st.sampled_from(["4.0", "4.1"]),
        "added": st.sampled_from([{}, {"serviceAccountName": "runner"}, {"podSpecPatch": "hostNetwork: true"}]),
    }
)


@settings(max_examples=25, deadline=None)
@over(st.lists(WORKFLOWS, min_size=1, max_size=2), st.lists(CIRCUMSTANCES, min_size=2, max_size=5))
def test_the_same_as_without(documents: list[Document], circumstances: list[dict[str, Any]]) -> None:
    """Whatever was reviewed before, and by whoever: what policies say that have seen nothing."""
    for each in circumstances:
        for document in documents:
            metadata = {**document["metadata"], "name": each["name"], "labels": each["labels"]}
            asked = {**document, "metadata": metadata, "spec": {**document["spec"], **each["added"]}}
            given = replace(request("CREATE", asked), user=each["user"], now=NOW)
            for known in LASTING:
                lasting, new = (around(one, each["controller"], each["version"]) for one in (known, fresh(known)))
                assert review(given, new, Phase.VALIDATE) == review(given, lasting, Phase.VALIDATE)


def asked_again(first: Document, second: Document, *policies: Document) -> int:
    """How often the policies look at containers and templates of two Workflows, one after the other."""
    known = loaded(*policies)
    looks: list[Plan] = []

    def counted(plan: Plan, *given: Any) -> Iterator[Any]:
        looks.append(plan)
        return judge(plan, *given)

    judge = Plan.judge
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Plan, "judge", counted)
        for document in (first, second):
            validated(document, known)
    return len(looks)


@pytest.mark.parametrize(
    ("looked_at", "times"),
    [
        (policy("image", "object.image != 'evil'"), 1),
        (policy("template", "template.name != 'evil'", target="Template"), 1),
        (policy("spec", "workflow.spec.entrypoint != 'evil'"), 1),
        (policy("name", "workflow.metadata.name != 'evil'"), 2),
        (policy("who", "request.userInfo.username != 'evil'"), 2),
        (policy("arguments", "!has(object.args)"), 2),
        (policy("pod", "!has(pod.spec.hostNetwork)", target="Pod"), 2),
        (policy("peak", "peak.pods < 10", target="Workflow"), 2),
    ],
    ids=lambda value: value["metadata"]["name"] if isinstance(value, dict) else "",
)
def test_what_is_remembered(looked_at: Document, times: int) -> None:
    """The same spec under another name is judged once, by policies that look at it as it stands."""
    assert times == asked_again(workflow("a"), workflow("b"), looked_at)


def test_another_spec_is_judged_anew() -> None:
    """One that differs anywhere is another."""
    assert 2 == asked_again(workflow(), workflow(entrypoint="main", templates=[container("main2")]), POLICIES[0])


def test_bounded() -> None:
    """Neither many specs nor much that is said of one fill the memory."""
    known = loaded(policy("none"))
    many = workflow(entrypoint="t0", templates=[container(f"t{number}") for number in range(recall.MOST + 1)])
    few = [workflow(entrypoint="m", templates=[container(f"m{number}")]) for number in range(recall.REMEMBERED + 3)]

    said = [len(validated(each, known).findings) for each in (many, *few, many)]

    [plan] = known._plans.values()
    assert [recall.MOST + 1, *[1] * len(few), recall.MOST + 1] == said
    assert 3 == len(plan.specs)


def validated(document: Document, policies: PolicySet) -> Judgement:
    return policies.validate(judged_input(request("CREATE", document), document, around(policies)))


@pytest.mark.parametrize("phase", Phase)
def test_nothing_is_left_behind(phase: Phase) -> None:
    """What a review made goes when it ends: no circles keep it until Python's collector comes."""
    document = workflow(
        entrypoint="main",
        templates=[
            {"name": "main", "steps": [[{"name": "a", "template": "leaf", "hooks": {"exit": {"template": "leaf"}}}]]},
            {"name": "dag", "dag": {"tasks": [{"name": "b", "templateRef": {"name": "build", "template": "main"}}]}},
            {**container("leaf", args=["{{inputs.parameters.a}}"]), "inputs": {"parameters": [{"name": "a"}]}},
        ],
    )
    given = around(LASTING[0])
    review(request("CREATE", document), given, phase)
    gc.collect()
    gc.disable()
    try:
        review(request("CREATE", {**document, "metadata": {"name": "again"}}), given, phase)
        assert 0 == gc.collect()
    finally:
        gc.enable()

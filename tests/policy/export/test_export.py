"""Policies as the API server has them: which requests they concern, and what they say."""

from __future__ import annotations

from typing import Any

import pytest
from apiserver import Answer, ApiServer
from ours import ours

from admission.model.document import Document
from admission.policy.export import Exported, Omitted, exported
from admission.policy.resource import PolicySet

CONTAINER = {"image": "alpine:3.20"}
KEY = """\
-----BEGIN PUBLIC KEY-----
MCowBQYDK2VwAyEAXajsYxMnDqL7rQ1mZSFy9DcNV/umqZhhhdoNcWVpFoo=
-----END PUBLIC KEY-----
"""
NO = [{"expression": "false", "message": "no"}]


def export(spec: Document, **binding: Any) -> Exported:
    """One policy, and one binding of it."""
    bound = {"policyName": "wanted", "validationActions": ["Deny"], **binding}
    policies = PolicySet.load(
        [ours("WorkflowPolicy", "wanted", **spec), ours("WorkflowPolicyBinding", "bound", **bound)]
    )
    assert () == policies.problems
    return exported(policies)


def server(spec: Document, **binding: Any) -> ApiServer:
    found = export(spec, **binding)
    assert () == found.omitted
    return ApiServer(list(found.objects))


def workflow(*templates: Document, kind: str = "Workflow", **spec: Any) -> Document:
    listed = [
        {"name": f"t{number}", **template} for number, template in enumerate(templates or ({"container": CONTAINER},))
    ]
    found = {"entrypoint": "t0", "templates": listed, **spec}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "w"},
        "spec": {"schedules": ["* * * * *"], "workflowSpec": found} if kind == "CronWorkflow" else found,
    }


def update(api: ApiServer, before: Document, after: Document) -> Answer:
    return api.review({"operation": "UPDATE"}, after, before, "default")


def test_places_and_messages() -> None:
    """Each finding has its place, and the message that is made for it."""
    spec = {
        "target": "Container",
        "variables": [{"name": "image", "expression": "object.image"}],
        "validations": [
            {
                "expression": "!variables.image.endsWith('latest')",
                "message": "no",
                "messageExpression": "template.name + ' has ' + variables.image",
            }
        ],
    }
    bad = {"image": "a:latest"}
    inline = {"steps": [[{"name": "s", "inline": {"name": "in", "container": bad}}]]}
    api = server(spec)

    found = api.create(workflow(inline, {"container": CONTAINER, "sidecars": [{"name": "s", **bad}]})).messages["Deny"]
    inner = "spec.templates[0].steps[0][0].inline.container: in has a:latest"
    assert [f"spec.templates[1].sidecars[0]: t1 has a:latest; {inner}"] == found
    assert ["spec.workflowSpec.templates[0].container: t0 has a:latest"] == (
        api.create(workflow({"container": bad}, kind="CronWorkflow")).messages["Deny"]
    )


def test_templates_that_nobody_would_look_at() -> None:
    """Templates are looked for within steps within templates twice; what is still deeper is refused."""
    template: Document = {"container": CONTAINER}
    answers = []
    for _ in range(4):
        template = {"dag": {"tasks": [{"name": "s", "inline": template}]}}
        answers.append(
            server({"target": "Template", "validations": [{"expression": "true"}]}).create(workflow(template))
        )

    assert [[], [], ["Deny"], ["Deny"]] == [list(answer.messages) for answer in answers]


@pytest.mark.parametrize(
    ("on_unknown", "action", "expected"),
    [
        ("Deny", "Deny", "Deny"),
        ("Warn", "Deny", "Warn"),
        ("Allow", "Deny", ""),
        ("Deny", "Warn", "Warn"),
        ("Warn", "Audit", "Audit"),
        ("Allow", "Warn", ""),
    ],
)
@pytest.mark.parametrize("foreach", [False, True], ids=["one", "each"])
def test_what_is_not_known(on_unknown: str, action: str, expected: str, foreach: bool) -> None:
    """What reads a value with {{…}} in it does what onUnknown says, and no more than its binding."""
    one = {"expression": "object.image == 'alpine'", "message": "no"}
    each = {"foreach": "object.args", "expression": "each == 'alpine'", "message": "no"}
    api = server(
        {"target": "Container", "onUnknown": on_unknown, "validations": [each if foreach else one]},
        validationActions=[action],
    )
    asked = {"image": "{{workflow.parameters.image}}", "args": ["alpine", "{{workflow.parameters.image}}"]}
    known = {"image": "busybox", "args": ["busybox"]}

    assert ([expected] if expected else []) == list(api.create(workflow({"container": asked})).messages)
    assert [action] == list(api.create(workflow({"container": known})).messages)


def test_fields_that_are_always_known() -> None:
    """A field that is true or false, or a number, is asked for no text."""
    (policy, *_) = export(
        {
            "validations": [{"expression": "!has(object.spec.hostNetwork) || !object.spec.hostNetwork"}],
            "onUnknown": "Deny",
        }
    ).objects

    assert "{{" not in policy["spec"]["validations"][0]["expression"]


@pytest.mark.parametrize(
    ("change", "judged"),
    [
        ({"suspend": True}, False),
        ({"shutdown": "Stop"}, False),
        ({"activeDeadlineSeconds": 0}, False),
        ({"activeDeadlineSeconds": 1}, True),
        ({"priority": 1}, True),
        ({}, False),
    ],
    ids=["suspended", "stopped", "terminated", "another deadline", "anything else", "nothing"],
)
@pytest.mark.parametrize("back", [False, True], ids=["set", "removed"])
def test_updates(change: Document, judged: bool, back: bool) -> None:
    """An UPDATE that leaves the spec alone, or only stops or holds a Workflow, is not judged; any other is."""
    before, after = workflow(), workflow(**change)
    answer = update(server({"validations": NO}), *((after, before) if back else (before, after)))

    assert judged == bool(answer.messages)


def test_updates_of_a_template() -> None:
    """In a template the same fields are like any other."""
    before, after = workflow(kind="WorkflowTemplate"), workflow(kind="WorkflowTemplate", suspend=True)

    assert ["Deny"] == list(update(server({"validations": NO}), before, after).messages)


@pytest.mark.parametrize(
    ("where", "namespace", "concerned"),
    [
        ({"namespaces": ["team-a"]}, "team-a", True),
        ({"namespaces": ["team-a"]}, "team-b", False),
        ({"namespaces": ["team-*"]}, "team-b", True),
        ({"namespaces": ["team-*"]}, "x-team-b", False),
        ({"excludeNamespaces": ["kube-system"]}, "kube-system", False),
        ({"excludeNamespaces": ["kube-*"]}, "kube-system", False),
        ({"excludeNamespaces": ["kube-*"]}, "kubernetes", True),
        ({"namespaceSelector": {"matchLabels": {"tier": "production"}}}, "shop", True),
        ({"namespaceSelector": {"matchLabels": {"tier": "production"}}}, "team-a", False),
        ({"objectSelector": {"matchExpressions": [{"key": "team", "operator": "DoesNotExist"}]}}, "team-a", True),
        ({"objectSelector": {"matchExpressions": [{"key": "team", "operator": "Exists"}]}}, "team-a", False),
        ({"instanceIDs": [""]}, "team-a", True),
        ({"instanceIDs": ["second"]}, "team-a", False),
    ],
)
def test_where(where: Document, namespace: str, concerned: bool) -> None:
    """A binding concerns the same namespaces and objects as ours."""
    api = server({"validations": NO}, matchResources=where)
    api.namespaces["shop"] = {"tier": "production"}

    assert concerned == bool(api.create(workflow(), namespace).messages)


@pytest.mark.parametrize(
    ("where", "concerned"),
    [({}, True), ({"excludeNamespaces": ["a"]}, True), ({"namespaces": ["*"]}, False), ({"namespaces": ["a"]}, False)],
)
def test_objects_without_a_namespace(where: Document, concerned: bool) -> None:
    """A ClusterWorkflowTemplate is in no namespace: a binding that asks for one does not concern it."""
    api = server({"validations": NO}, matchResources=where)

    assert concerned == bool(api.create(workflow(kind="ClusterWorkflowTemplate"), "").messages)


@pytest.mark.parametrize(
    ("subjects", "concerned"),
    [
        ({"subjects": [{"kind": "User", "name": "an*"}]}, True),
        ({"subjects": [{"kind": "User", "name": "ann"}]}, False),
        ({"subjects": [{"kind": "Group", "name": "team"}]}, True),
        ({"subjects": [{"kind": "ServiceAccount", "namespace": "ci", "name": "*"}]}, False),
        ({"excludeSubjects": [{"kind": "Group", "name": "te?m"}]}, False),
    ],
)
def test_for_whom(subjects: Document, concerned: bool) -> None:
    """A binding concerns the same users as ours."""
    assert concerned == bool(server({"validations": NO}, **subjects).create(workflow()).messages)


def test_conditions_and_params() -> None:
    """Match conditions see the object as it came, and params, whatever kind of value they are."""
    spec = {
        "matchConditions": [
            {"name": "cron, if so", "expression": "object.kind == params.kind && params.numbers[0] == 1"}
        ],
        "paramSchema": {"type": "object"},
        "validations": [{"foreach": "params.names", "expression": "each.size() < params.size"}],
    }
    api = server(spec, params={"kind": "CronWorkflow", "numbers": [1, "a"], "names": ["a", "ab"], "size": 2})

    assert [] == list(api.create(workflow()).messages)
    assert ["Deny"] == list(api.create(workflow(kind="CronWorkflow")).messages)
    assert ["spec-changes", "cron-if-so"] == [one["name"] for one in api.objects[0]["spec"]["matchConditions"]]


def test_the_same_policy_once() -> None:
    """Bindings that differ only in where and how strictly share a policy."""
    where = {"namespaces": ["x"]}
    documents = [
        ours("WorkflowPolicy", "wanted", validations=NO),
        ours("WorkflowPolicyBinding", "a", policyName="wanted", validationActions=["Warn"]),
        ours("WorkflowPolicyBinding", "b", policyName="wanted", validationActions=["Deny"], matchResources=where),
    ]
    kinds = [one["kind"] for one in exported(PolicySet.load(documents)).objects]

    assert ["ValidatingAdmissionPolicy", *["ValidatingAdmissionPolicyBinding"] * 2] == kinds


def test_a_mutation_of_what_refers_elsewhere() -> None:
    """A Workflow that takes more from elsewhere is not changed: a default would go over that."""
    api = server({"mutations": [{"target": "Workflow", "default": {"spec": {"parallelism": 1}}}]})

    assert 1 == api.create(workflow()).object["spec"]["parallelism"]
    for field in ("workflowTemplateRef", "templateDefaults"):
        assert "parallelism" not in api.create(workflow(**{field: {"name": "x"}})).object["spec"]


def test_set_and_remove() -> None:
    """A set goes over what is there; null removes it."""
    fragment = {"spec": {"parallelism": 2, "podGC": {"strategy": "OnPodCompletion"}, "priority": None}}
    api = server({"mutations": [{"target": "Workflow", "set": fragment}]})
    made = api.create(workflow(parallelism=9, priority=3, podGC={"deleteDelayDuration": "1s"})).object["spec"]

    assert (2, {"deleteDelayDuration": "1s", "strategy": "OnPodCompletion"}) == (made["parallelism"], made["podGC"])
    assert "priority" not in made


@pytest.mark.parametrize(
    ("spec", "binding", "part", "reason"),
    [
        ({"allow": {"serviceAccounts": ["a"]}}, {}, "allow", "grants"),
        ({"authorize": ["secrets"]}, {}, "authorize", "references"),
        ({"signatures": {"keys": {"platform": KEY}}}, {}, "signatures", "verify"),
        ({"kinds": ["WorkflowEventBinding"], "validations": NO}, {}, "", "workflow spec"),
        (
            {"validations": [{"expression": "object.spec.templates.all(object, has(object.name))"}]},
            {},
            "validations[0]",
            "'object'",
        ),
        (
            {
                "variables": [{"name": "v", "expression": "[1].map(each, each)"}],
                "validations": [{"expression": "variables.v.size() == 1"}],
            },
            {},
            "validations[0]",
            "'each'",
        ),
        (
            {"mutations": [{"target": "Template", "defaultExpression": "object.metadata"}]},
            {},
            "mutations[0]",
            "written out",
        ),
        (
            {"mutations": [{"target": "Container", "default": {"env": [{"name": "A", "value": "b"}]}}]},
            {},
            "mutations[0]",
            "merged by name",
        ),
        (
            {"mutations": [{"target": "Workflow", "setExpression": "{'spec': {'hostNetwork': params.x}}"}]},
            {},
            "mutations[0]",
            "weakens",
        ),
        ({"target": "Pod", "validations": NO}, {}, "", "pods"),
        (
            {"target": "Container", "validations": [{"expression": "has(pod.spec)"}]},
            {},
            "validations[0]",
            "pods",
        ),
        ({"validations": NO}, {"matchResources": {"namespaces": ["[ab]*"]}}, "", "set of characters"),
        (
            {"validations": NO, "auditAnnotations": [{"key": "k", "valueExpression": "'v'"}]},
            {},
            "auditAnnotations[0]",
            "annotation",
        ),
    ],
    ids=[
        "allow",
        "authorize",
        "signatures",
        "kinds",
        "a name",
        "a variable",
        "a fragment",
        "a list",
        "a set",
        "pods",
        "their pod",
        "a glob",
        "an annotation",
    ],
)
def test_what_is_not_exported(spec: Document, binding: Document, part: str, reason: str) -> None:
    """What the API server cannot do is named, with the reason."""
    (omitted,) = export(spec, **binding).omitted

    assert ("wanted", part) == (omitted.policy, omitted.part)
    assert reason in omitted.reason


def test_policies_without_bindings_and_rules() -> None:
    """What is not bound, and rules of lint, are no policies of the API server."""
    bound = ours("WorkflowPolicyBinding", "b", policyName="lint/unknown-template", validationActions=["Warn"])
    found = exported(PolicySet.load([ours("WorkflowPolicy", "wanted", validations=NO), bound]))

    assert () == found.objects
    assert (Omitted("lint/unknown-template", "", "a rule is no policy"), Omitted("wanted", "", "it is not bound")) == (
        found.omitted
    )


def test_limits_are_said() -> None:
    """Each policy says in an annotation what it does not see."""
    policies = [one for one in export({"validations": NO}).objects if not one["kind"].endswith("Binding")]

    assert all("workflowTemplateRef" in one["metadata"]["annotations"]["argo-admission.io/limits"] for one in policies)

"""What mutations make of a Workflow."""

import pytest

from admission.errors import EvaluationError
from admission.model.path import Path
from admission.policy.merging import default, override, shape_of
from admission.policy.resource import PolicySet
from admission.policy.spec import Target
from policy.making import CONTAINER, binding, policy, review, workflow

LIMITS = {"resources": {"limits": {"cpu": "1", "memory": "1Gi"}}}
CPU_ONLY = {"resources": {"limits": {"cpu": "4"}}}


@pytest.mark.parametrize(
    ("document", "fragment", "expected"),
    [
        ({}, LIMITS, LIMITS),
        ({"resources": {}}, LIMITS, LIMITS),
        ({"resources": None}, LIMITS, LIMITS),
        (CPU_ONLY, LIMITS, {"resources": {"limits": {"cpu": "4", "memory": "1Gi"}}}),
        (LIMITS, LIMITS, LIMITS),
        ({"resources": "text"}, LIMITS, {"resources": "text"}),
        ({"args": ["a"]}, {"args": ["b"]}, {"args": ["a"]}),
        (
            {"env": [{"name": "A", "value": "1"}]},
            {"env": [{"name": "A", "value": "2"}, {"name": "B", "value": "2"}]},
            {"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
        ),
        (
            {"volumeMounts": [{"mountPath": "/a"}]},
            {"volumeMounts": [{"mountPath": "/a", "name": "a"}]},
            {"volumeMounts": [{"mountPath": "/a", "name": "a"}]},
        ),
        ({}, {"tty": None}, {}),
        ({"tty": False}, {"tty": True}, {"tty": False}),
    ],
    ids=[
        "nothing",
        "empty",
        "null",
        "in part",
        "complete",
        "malformed",
        "a list",
        "a named list",
        "within one",
        "no value",
        "false",
    ],
)
def test_default(document, fragment, expected):
    """A default fills what is absent, keeps what is there, and is content the second time."""
    once = default(document, document, fragment, "Container")

    assert expected == once
    assert once is default(once, once, fragment, "Container")


def test_default_of_what_others_give():
    """What the merged result has is not lacking, and is not written either."""
    merged = {"resources": {"limits": {"cpu": "4"}}, "env": [{"name": "A", "value": "1"}]}
    fragment = {**LIMITS, "env": [{"name": "A", "value": "2"}, {"name": "B"}]}

    assert {"resources": {"limits": {"memory": "1Gi"}}, "env": [{"name": "B"}]} == default(
        {}, merged, fragment, "Container"
    )
    own = {"image": "a"}
    assert own is default(own, {**merged, **own}, CPU_ONLY, "Container")


@pytest.mark.parametrize(
    ("document", "fragment", "expected"),
    [
        ({"tty": False}, {"tty": True, "stdin": True}, {"tty": True, "stdin": True}),
        (CPU_ONLY, LIMITS, LIMITS),
        ({"tty": True, "image": "a"}, {"tty": None}, {"image": "a"}),
        ({"args": ["a", "b"]}, {"args": ["c"]}, {"args": ["c"]}),
        (
            {"env": [{"name": "A"}, {"name": "B"}]},
            {"env": [{"name": "B", "value": "1"}, {"name": "C"}]},
            {"env": [{"name": "A"}, {"name": "B", "value": "1"}, {"name": "C"}]},
        ),
        ({"resources": "text"}, LIMITS, LIMITS),
    ],
    ids=["values", "maps", "null", "a list", "a named list", "another type"],
)
def test_override(document, fragment, expected):
    """A set goes over what is there, and is content the second time."""
    once = override(document, fragment, "Container")

    assert expected == once
    assert once is override(once, fragment, "Container")


def test_override_that_does_not_fit():
    """A set of what a container cannot have is an error of the mutation."""
    with pytest.raises(EvaluationError, match="has no field 'limits'"):
        override({"limits": {"cpu": "1"}}, {"limits": {"cpu": "2"}}, "Container")


@pytest.mark.parametrize(
    ("target", "path", "expected"),
    [
        (Target.WORKFLOW, (), "Workflow"),
        (Target.TEMPLATE, ("spec", "templates", 0), "Template"),
        (Target.CONTAINER, ("spec", "templates", 0, "container"), "Container"),
        (Target.CONTAINER, ("spec", "templates", 0, "script"), "ScriptTemplate"),
        (Target.CONTAINER, ("spec", "templates", 0, "containerSet", "containers", 1), "ContainerNode"),
        (Target.CONTAINER, ("spec", "templates", 0, "initContainers", 1), "UserContainer"),
    ],
)
def test_shape(target, path, expected):
    """What is merged is known by its place."""
    assert expected == shape_of(target, Path(path))


def mutation(name="wanted", target="Container", **fields):
    return [policy(name, mutations=[{"target": target, **fields}]), binding(name, params={"cpu": "2"})]


def mutated(documents, given):
    policies = PolicySet.load(documents)
    assert () == policies.problems
    return policies.mutate(given)


def test_changes_and_their_reasons():
    """Every change has its place and its policy; the Workflow that was given is as it was."""
    given = review(workflow(CONTAINER, {**CONTAINER, **CPU_ONLY}))
    before = workflow(CONTAINER, {**CONTAINER, **CPU_ONLY})

    made = mutated(mutation(default=LIMITS), given)

    assert [
        ("spec.templates[0].container.resources", "policy/wanted"),
        ("spec.templates[1].container.resources.limits.memory", "policy/wanted"),
    ] == [(str(change.path), change.reason) for change in made.changes]
    assert before == given.workflow
    assert () == made.warnings


def test_nothing_to_change():
    """A Workflow that lacks nothing stays the very same."""
    given = review(workflow({**CONTAINER, **LIMITS}))

    assert given.workflow is mutated(mutation(default=LIMITS), given).document


def test_what_a_template_gives_stays():
    """A default is computed on the merged result: the choice of a template's author is not lacking."""
    merged = workflow({**CONTAINER, **CPU_ONLY})

    made = mutated(mutation(default=LIMITS), review(workflow(CONTAINER), merged=merged))

    container = made.document["spec"]["templates"][0]["container"]
    assert {**CONTAINER, "resources": {"limits": {"memory": "1Gi"}}} == container


def test_merging_may_move_elements():
    """What is merged is found by its name where other elements came before it."""
    own = workflow(CONTAINER)
    own["spec"]["templates"][0]["sidecars"] = [{"name": "mine"}]
    merged = workflow(CONTAINER)
    merged["spec"]["templates"][0]["sidecars"] = [{"name": "theirs"}, {"name": "mine", **LIMITS}]

    made = mutated(mutation(default={"resources": {"limits": {"cpu": "1"}}}), review(own, merged=merged))

    assert [{"name": "mine"}] == made.document["spec"]["templates"][0]["sidecars"]


def test_set_says_so():
    """A set goes over what its author wrote, and the person is told where."""
    documents = mutation(target="Workflow", set={"spec": {"automountServiceAccountToken": False}})

    made = mutated(documents, review(workflow(automountServiceAccountToken=True)))

    assert made.document["spec"]["automountServiceAccountToken"] is False
    assert ("spec.automountServiceAccountToken was set by policy/wanted",) == made.warnings


def test_expressions():
    """An expression makes the fragment of what the target is when all is merged, and of the params."""
    documents = mutation(defaultExpression="{'resources': {'limits': {'cpu': params.cpu, 'of': object.image}}}")

    made = mutated(documents, review())

    assert {"limits": {"cpu": "2", "of": "alpine:3.20"}} == made.document["spec"]["templates"][0]["container"][
        "resources"
    ]


FAILING = [
    (
        "no value",
        "Container",
        {"defaultExpression": "object.nothing"},
        "cannot default spec.templates[0].container: no such",
    ),
    (
        "no map",
        "Container",
        {"setExpression": "dyn(1)"},
        "cannot set spec.templates[0].container: the fragment is not a map",
    ),
    ("a name", "Workflow", {"setExpression": "{'metadata': {'name': 'x'}}"}, "no mutation may touch metadata.name"),
    ("an image", "Container", {"setExpression": "{'image': 'x'}"}, "image changes an image, and allowWeaker is false"),
]


@pytest.mark.parametrize(
    ("target", "fields", "expected"), [case[1:] for case in FAILING], ids=[case[0] for case in FAILING]
)
def test_failure(target, fields, expected):
    """A mutation that cannot be made changes nothing, and is a warning."""
    given = review()

    made = mutated(mutation(target=target, **fields), given)

    assert given.workflow == made.document
    assert expected in made.warnings[0]


def test_weaker_on_purpose():
    """With allowWeaker a policy may change an image, such as to that of a mirror."""
    documents = mutation(setExpression="{'image': 'mirror.corp/' + image(object.image).repository}", allowWeaker=True)

    made = mutated(documents, review())

    assert "mirror.corp/library/alpine" == made.document["spec"]["templates"][0]["container"]["image"]


def test_the_same_is_not_weaker():
    """A set of what is there already weakens nothing."""
    documents = mutation(setExpression="{'image': object.image, 'tty': true}")

    made = mutated(documents, review())

    assert made.document["spec"]["templates"][0]["container"]["tty"] is True


def test_order_and_fights():
    """Policies mutate in the order of their names; two that fight are reported, not looped."""
    one = mutation("a", "Workflow", setExpression="{'spec': {'priority': 1}}")
    other = mutation("b", "Workflow", setExpression="{'spec': {'priority': 2}}")

    made = mutated([*other, *one], review())

    assert 2 == made.document["spec"]["priority"]
    assert "mutation not converging: spec.priority is changed again and again by policy/a and policy/b" in made.warnings


def test_growth_is_reported():
    """A policy that never has enough is reported, too."""
    documents = mutation(
        target="Workflow",
        setExpression="{'spec': {'priority': has(object.spec.priority) ? object.spec.priority + 1 : 0}}",
    )

    made = mutated(documents, review())

    assert 0 == made.document["spec"]["priority"]
    assert "mutation not converging: spec.priority is changed again and again by policy/wanted" in made.warnings


def test_only_workflows_are_changed():
    """Of another kind it is the Workflow that it would start; a policy that is not about Workflows changes none."""
    documents = mutation(default=LIMITS)
    about_templates = [
        policy(mutations=[{"target": "Container", "default": LIMITS}], kinds=["WorkflowTemplate"]),
        binding(),
    ]

    assert mutated(documents, review(kind="CronWorkflow", operation="UPDATE")).changes
    assert () == mutated(about_templates, review()).changes


def test_a_binding_elsewhere():
    """A mutation is made where its policy is bound."""
    documents = [mutation(default=LIMITS)[0], binding(matchResources={"namespaces": ["elsewhere"]})]

    assert () == mutated(documents, review()).changes

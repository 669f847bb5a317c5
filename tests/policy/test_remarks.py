"""What looks like a mistake, and what conditions say."""

from datetime import timedelta

import pytest

from admission.policy.conditions import conditions
from admission.policy.resource import PolicySet
from policy.making import NOW, binding, exception, policy

SCHEMA = {"type": "object", "properties": {"limit": {"type": "integer"}}}


def said(document, *others, namespaces=()):
    loaded = PolicySet.load([document, *others], exception_namespaces=namespaces)
    assert () == loaded.problems
    return [(str(path), message) for path, message in loaded.remarks(document)]


def one(expression, target="Container", **spec):
    return policy(target=target, validations=[{"expression": expression, "message": "no"}], **spec)


FIELDS = [
    ("object.resource.limits.cpu != ''", "Container", "`object.resource` is never there; did you mean 'resources'?"),
    ("has(object.resources.limit)", "Container", "`object.resources.limit` is never there; did you mean 'limits'?"),
    ("object.env.all(e, e.nam != 'x')", "Container", "`object.env[].nam` is never there; did you mean 'name'?"),
    ("template.containers.size() > 0", "Container", "`template.containers` is never there; did you mean 'container'?"),
    ("workflow.spec.template == []", "Container", "`workflow.spec.template` is never there; did you mean 'templates'?"),
    ("object.spec.templates.all(t, t.cont.x)", "Workflow", "`object.spec.templates[].cont` is never there"),
    ("object.metadata.label == {}", "Workflow", "`object.metadata.label` is never there; did you mean 'labels'?"),
    ("container.imag == ''", "Container", "`object.imag` is never there; did you mean 'image'?"),
    ("object.spec.container == []", "Pod", "`object.spec.container` is never there; did you mean 'containers'?"),
    ("pod.spec.volume == []", "Container", "`pod.spec.volume` is never there; did you mean 'volumes'?"),
    ("params.limits > 1", "Container", "`params.limits` is not in paramSchema; did you mean 'limit'?"),
]


@pytest.mark.parametrize(("expression", "target", "message"), FIELDS, ids=[case[0] for case in FIELDS])
def test_fields_that_are_never_there(expression, target, message):
    """A field that no version of Argo has is remarked on, with what may have been meant."""
    ((path, found),) = said(one(expression, target, paramSchema=SCHEMA))

    assert "spec.validations[0].expression" == path
    assert found.startswith(message)


@pytest.mark.parametrize(
    ("expression", "target"),
    [
        ("object.resources.limits.cpu != ''", "Container"),
        ("object.env.exists(e, e.valueFrom.secretKeyRef.name == 'x')", "Container"),
        ("object.source == ''", "Container"),
        ("object.dependencies == []", "Container"),
        ("template.dag.tasks.all(t, t.templateRef.clusterScope)", "Template"),
        ("workflow.metadata.labels['x'] == workflow.metadata.annotations.y", "Workflow"),
        ("object.spec.arguments.parameters.filter(p, has(p.value)).all(p, p.name != '')", "Workflow"),
        ("object.status.phase == ''", "Workflow"),
        ("params.limit > 1 && params == {}", "Workflow"),
        ("object.plugin.whatever == 1", "Template"),
        ("object.spec.containers.all(c, c.image != '') && object.metadata.labels == {}", "Pod"),
        ("object.spec.podPriority == 1", "Workflow"),
    ],
)
def test_fields_that_are(expression, target):
    """Of what may be there nothing is said."""
    assert [] == said(one(expression, target, paramSchema=SCHEMA))


@pytest.mark.parametrize(
    ("mutation", "expected"),
    [
        (
            {
                "target": "Container",
                "default": {"imagee": "a", "env": [{"nam": "a"}], "resources": {"limits": {"x/y": 1}}},
            },
            [
                ("default", "`Container.imagee` is never there; did you mean 'image'?"),
                ("default", "`Container.env[].nam` is never there; did you mean 'name'?"),
            ],
        ),
        (
            {"target": "Template", "set": {"daemons": True}},
            [("set", "`Template.daemons` is never there; did you mean 'daemon'?")],
        ),
        ({"target": "Workflow", "set": {"metadata": {"labels": {"a": "b"}}, "spec": {"ttlStrategy": {}}}}, []),
        ({"target": "Container", "default": {"args": ["x"], "securityContext": {"runAsNonRoot": True}}}, []),
    ],
)
def test_fields_that_are_put_in(mutation, expected):
    """What a mutation would put in where nothing has it is remarked on: Workflows would be denied for it."""
    found = said(policy(mutations=[mutation]))

    assert [(f"spec.mutations[0].{verb}", message) for verb, message in expected] == found


def test_said_once():
    """What a variable reads is remarked on there, not wherever the variable is used."""
    document = policy(
        target="Container",
        variables=[{"name": "x", "expression": "object.nothing"}],
        validations=[{"expression": "variables.x == 1"}, {"expression": "variables.x == 2"}],
    )

    assert ["spec.variables[0].expression"] == [path for path, _ in said(document)]


SET = [{"target": "Workflow", "set": {"spec": {"parallelism": 1}}}]
UNREACHED = [
    (policy(mutations=SET, kinds=["CronWorkflow"]), "spec.mutations"),
    (policy(mutations=SET, operations=["UPDATE"]), "spec.mutations"),
    (policy(operations=["DELETE"], kinds=["Workflow"]), "spec.operations"),
    (binding(matchResources={"namespaces": ["a", "team-1"], "excludeNamespaces": ["team-*"]}), "spec.matchResources"),
    (binding(matchResources={"namespaces": ["a*"], "excludeNamespaces": ["*"]}), "spec.matchResources.namespaces[0]"),
    (
        binding(subjects=[{"kind": "User", "name": "a"}], excludeSubjects=[{"kind": "User", "name": "a"}]),
        "spec.subjects[0]",
    ),
    (exception(policyNames=["wantd"]), "spec.policyNames"),
]


@pytest.mark.parametrize(("document", "place"), UNREACHED, ids=[case[1] for case in UNREACHED])
def test_what_concerns_nothing(document, place):
    """A policy, binding or exception of which a part can concern nothing is remarked on at that part."""
    others = [policy()] if document["kind"] != "WorkflowPolicy" else []

    ((path, _),) = said(document, *others, namespaces=["*"])

    assert path.startswith(place)


def test_a_binding_without_namespaces():
    """A kind that has no namespace is concerned by no binding that names one."""
    document = binding(matchResources={"namespaces": ["team"]})

    assert ["spec.matchResources"] == [path for path, _ in said(document, policy(kinds=["ClusterWorkflowTemplate"]))]


def states(document, *others, controller=None, now=NOW, namespaces=("*",)):
    loaded = PolicySet.load([document, *others], exception_namespaces=namespaces)
    return {each.type: (each.status, each.reason) for each in conditions(document, loaded, controller, now)}


GOOD = {"Compiled": (True, "Compiled"), "Bound": (True, "Bound"), "ConflictsWithController": (False, "NoConflict")}


def test_conditions_of_a_policy():
    """A policy says whether it compiles, whether a binding names it, and whether the controller would run it."""
    strict = {"workflowRestrictions": {"templateReferencing": "Strict"}}
    conflict = {"ConflictsWithController": (True, "TemplateReferencing")}

    assert GOOD == states(policy(), binding(), controller=strict)
    assert GOOD | {"Bound": (False, "NoBinding")} == states(policy())
    assert GOOD | {"Compiled": (False, "DoesNotCompile"), "Bound": (False, "NoBinding")} == states(
        policy(validations=[{"expression": "1 +"}]), binding()
    )
    assert GOOD | conflict == states(policy(mutations=SET), binding(), controller=strict)


def test_remarks_are_in_the_condition():
    """What looks like a mistake stands in the message of the condition."""
    document = one("object.nothing == 1")

    compiled = conditions(document, PolicySet.load([document]))[0]

    assert compiled.status
    assert "spec.validations[0].expression: `object.nothing` is never there" in compiled.message


def test_conditions_of_an_exception():
    """An exception says whether it counts now: not where its namespace does not, and not when it has ended."""
    document = exception()

    assert {"Usable": (True, "InUse")} == states(document, policy())
    assert {"Usable": (False, "NamespaceDoesNotCount")} == states(document, namespaces=[])
    assert {"Usable": (False, "Expired")} == states(document, now=NOW + timedelta(days=365))
    assert {"Usable": (False, "NotUsable")} == states(exception(expires="never"))

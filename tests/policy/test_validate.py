"""What validations say, and where."""

import pytest

from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action
from admission.model.path import Path
from admission.model.review import line
from admission.policy.cel import ENGINES
from admission.policy.resource import PolicySet
from policy.making import CONTAINER, binding, policy, review, says, workflow


def messages(documents, given, engine=ENGINES[0]):
    policies = PolicySet.load(documents, engine)
    assert () == policies.problems
    return [(str(finding.path), finding.message) for finding in policies.validate(given).findings]


EVERYWHERE = {
    "templates": [
        {"name": "a", "container": CONTAINER, "sidecars": [CONTAINER, "no container"], "initContainers": [CONTAINER]},
        {"name": "b", "script": CONTAINER},
        {"name": "c", "containerSet": {"containers": [CONTAINER, CONTAINER]}},
        {
            "name": "d",
            "steps": [[{"name": "s", "inline": {"script": CONTAINER}}], {"inline": {"container": CONTAINER}}],
        },
        {"name": "e", "dag": {"tasks": [{"name": "t", "inline": {"steps": [[{"inline": {"container": CONTAINER}}]]}}]}},
        {"name": "f", "suspend": {}},
        "no template",
        None,
    ]
}

CONTAINERS = [
    "spec.templates[0].container",
    "spec.templates[0].sidecars[0]",
    "spec.templates[0].initContainers[0]",
    "spec.templates[1].script",
    "spec.templates[2].containerSet.containers[0]",
    "spec.templates[2].containerSet.containers[1]",
    "spec.templates[3].steps[0][0].inline.script",
    "spec.templates[3].steps[1].inline.container",
    "spec.templates[4].dag.tasks[0].inline.steps[0][0].inline.container",
]

TEMPLATES = [
    *(f"spec.templates[{index}]" for index in range(4)),
    "spec.templates[3].steps[0][0].inline",
    "spec.templates[3].steps[1].inline",
    "spec.templates[4]",
    "spec.templates[4].dag.tasks[0].inline",
    "spec.templates[4].dag.tasks[0].inline.steps[0][0].inline",
    "spec.templates[5]",
]


@pytest.mark.parametrize(
    ("target", "expected"), [("Workflow", ["spec"]), ("Template", TEMPLATES), ("Container", CONTAINERS)]
)
def test_every_target(target, expected):
    """Every target is judged by itself, wherever its author wrote it."""
    found = messages(says("false", target), review(workflow(**EVERYWHERE)))

    assert [(path, "no") for path in expected] == found


def test_place():
    """A finding is where the author wrote the target."""
    place = {"place": lambda path: Path(("spec", "workflowSpec", *path[1:]))}
    (finding,) = PolicySet.load(says("false")).validate(review(**place)).findings

    assert "spec.workflowSpec.templates[0].container" == str(finding.path)
    assert ("policy/wanted", Action.DENY) == (finding.source, finding.action)


@pytest.mark.parametrize(
    ("target", "expression"),
    [
        (
            "Container",
            "object == container && template.container.image == object.image && workflow.spec.templates[0] == template",
        ),
        ("Template", "object == template && workflow.spec.templates[0] == object"),
        ("Workflow", "object == workflow && object.spec.entrypoint == 't0'"),
        ("Container", "params.a == 1 && request.name == 'w' && oldObject.metadata.name == 'w'"),
        ("Container", "namespaceObject.metadata.name == 'team'"),
        ("Container", "variables.image == 'alpine' && variables.tag == '3.20'"),
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_variables(target, expression, engine):
    """An expression sees its target, what that is in, the request and the binding's params."""
    variables = [
        {"name": "parts", "expression": "['alpine', '3.20']"},
        {"name": "image", "expression": "variables.parts[0]"},
        {"name": "tag", "expression": "variables.parts[1]"},
        {"name": "unused", "expression": "object.nothing.at.all"},
    ]
    documents = [
        policy(target=target, variables=variables, validations=[{"expression": expression}]),
        binding(params={"a": 1}),
    ]

    assert [] == messages(documents, review(operation="UPDATE", old=workflow()), engine)


def test_all_of_them():
    """All validations that do not hold are reported, not the first alone."""
    validations = [{"expression": text, "message": text} for text in ("false", "true", "1 == 2", "object == 3")]

    found = messages([policy(validations=validations), binding()], review())

    assert ["false", "1 == 2", "object == 3"] == [message for _, message in found]


MESSAGES = [
    ("none", {}, "failed expression: object.image == 'x'"),
    ("plain", {"message": "plain"}, "plain"),
    ("made", {"message": "plain", "messageExpression": "'it is ' + object.image"}, "it is alpine:3.20"),
    ("one that fails", {"message": "plain", "messageExpression": "object.nothing"}, "plain"),
    ("no text", {"message": "plain", "messageExpression": "object"}, "plain"),
    ("empty", {"message": "plain", "messageExpression": "' '"}, "plain"),
]


@pytest.mark.parametrize(("fields", "expected"), [case[1:] for case in MESSAGES], ids=[case[0] for case in MESSAGES])
def test_message(fields, expected):
    """The message is what messageExpression makes, else message, else the expression."""
    validation = {"expression": "object.image\n  == 'x'", **fields}
    documents = [policy(target="Container", validations=[validation]), binding()]

    assert [("spec.templates[0].container", expected)] == messages(documents, review())


def test_a_message_is_one_line():
    """What an author wrote may be long and have lines: a message is one line of 1,024 characters at most."""
    validation = {"expression": "false", "messageExpression": "object.image"}
    documents = [policy(target="Container", validations=[validation]), binding()]

    ((_, message),) = messages(documents, review(workflow({"image": "a\nb" * 1000})))

    assert 1025 == len(message)
    assert "\n" not in message


def test_reason():
    """A validation's reason goes with its finding."""
    documents = [policy(validations=[{"expression": "false", "reason": "Unauthorized"}]), binding()]

    (finding,) = PolicySet.load(documents).validate(review()).findings

    assert "Unauthorized" == finding.reason


@pytest.mark.parametrize("engine", ENGINES)
def test_foreach(engine):
    """With foreach the rest is evaluated for each element; the same message is given once."""
    validation = {
        "foreach": "has(object.ports) ? object.ports : []",
        "expression": "!has(each.hostPort)",
        "messageExpression": "'no host port ' + string(each.hostPort)",
    }
    documents = [policy(target="Container", validations=[validation]), binding()]
    ports = [{"hostPort": 80}, {"containerPort": 1}, {"hostPort": 80}, {"hostPort": 81}]
    given = review(workflow(CONTAINER, {**CONTAINER, "ports": ports}))

    place = "spec.templates[1].container"
    assert [(place, "no host port 80"), (place, "no host port 81")] == messages(documents, given, engine)


FAILURES = [
    ("no such field", {"expression": "object.nothing == 1"}, 'cannot be decided: no such key: "nothing"'),
    ("no truth", {"expression": "object.image"}, "cannot be decided: the expression gives a text, not true or false"),
    ("no list", {"foreach": "object", "expression": "true"}, "cannot be decided: foreach must give a list"),
    ("a variable", {"expression": "variables.broken == 1"}, "cannot be decided: variables.broken: divide by zero"),
    ("an element", {"foreach": "[1, 2]", "expression": "each.x == 1"}, "cannot be decided: "),
]


@pytest.mark.parametrize(
    ("validation", "expected"), [case[1:] for case in FAILURES], ids=[case[0] for case in FAILURES]
)
@pytest.mark.parametrize("failure_policy", ["Fail", "Ignore"])
def test_failure(validation, expected, failure_policy):
    """A validation that cannot be decided counts as broken, unless its policy says Ignore."""
    documents = [
        policy(
            target="Container",
            variables=[{"name": "broken", "expression": "1 / 0"}],
            validations=[validation],
            failurePolicy=failure_policy,
        ),
        binding(),
    ]

    found = [message for _, message in messages(documents, review())]

    assert (1 if failure_policy == "Fail" else 0) == len(found)
    assert all(message.startswith(expected) for message in found)


def test_a_variable_that_fails_breaks_only_who_names_it():
    """As in Kubernetes a variable is evaluated for those who use it."""
    variables = [{"name": "broken", "expression": "object.nothing"}]
    validations = [{"expression": "true || variables.broken == 1"}, {"expression": "true"}]

    assert [] == messages([policy(variables=variables, validations=validations), binding()], review())


def test_a_namespace_that_is_not_available():
    """Where an expression names a Namespace that nobody can see, it cannot be decided."""
    given = review(catalog=FrozenCatalog.of(unavailable=["Namespace"]))

    found = messages(says("has(namespaceObject.metadata)", "Workflow"), given)

    assert [("spec", "cannot be decided: the Namespace team is not available")] == found


TAG = "{{inputs.parameters.x}}"

UNKNOWN = [
    ("Warn", ["Deny"], Action.WARN),
    ("Deny", ["Deny"], Action.DENY),
    ("Allow", ["Deny"], None),
    ("Warn", ["Warn"], Action.WARN),
    ("Warn", ["Audit"], Action.AUDIT),
    ("Deny", ["Audit"], Action.AUDIT),
]


@pytest.mark.parametrize(("on_unknown", "actions", "expected"), UNKNOWN)
@pytest.mark.parametrize("expression", ["object.image != 'x'", "object.image == 'x'", "object.image.a.b == 'x'"])
def test_unknown(on_unknown, actions, expected, expression):
    """What reads a value that only the run decides is unknown, whatever the expression made of it."""
    documents = [
        policy(target="Container", validations=[{"expression": expression, "message": "no"}], onUnknown=on_unknown),
        binding(validationActions=actions),
    ]

    found = PolicySet.load(documents).validate(review(workflow({"image": TAG}))).findings

    assert [expected] * (expected is not None) == [finding.action for finding in found]
    assert all("cannot be known before the workflow runs" in finding.message for finding in found)


def test_a_tag_elsewhere_changes_nothing():
    """A value that is not read may be unknown: what is read decides."""
    container = {"image": "y", "args": [TAG]}

    assert 1 == len(messages(says("object.image == 'x'"), review(workflow(container))))
    assert [] == messages(says("object.image == 'y'"), review(workflow(container)))


def test_elements_are_unknown_each_by_itself():
    """An element with a tag does not hide what another is."""
    validation = {"foreach": "object.spec.templates", "expression": "each.container.image == 'x'", "message": "no"}
    documents = [policy(validations=[validation]), binding()]
    given = review(workflow({"image": TAG}, {"image": "y"}))

    found = PolicySet.load(documents).validate(given).findings

    assert [Action.WARN, Action.DENY] == [finding.action for finding in found]


def test_a_list_that_is_not_known_is_unknown():
    """Where only the run decides which elements there are, nothing is decided, and nothing fails."""
    validation = {"foreach": "has(object.ports) ? object.ports : []", "expression": "has(each.x)", "message": "no"}
    documents = [policy(target="Container", validations=[validation]), binding()]

    (finding,) = PolicySet.load(documents).validate(review(workflow({"image": "y", "ports": TAG}))).findings

    assert (Action.WARN, True) == (finding.action, "cannot be known" in finding.message)


def test_the_strictest_binding_counts():
    """Several bindings of one policy give one finding, of the strictest of them; each has its own params."""
    documents = [
        policy(validations=[{"expression": "params.ok", "message": "no"}]),
        binding(name="a", params={"ok": False}, validationActions=["Audit", "Warn"]),
        binding(name="b", params={"ok": False}, validationActions=["Deny", "Audit"]),
        binding(name="c", params={"ok": True}),
        binding(name="d", params={"ok": False}, validationActions=["Audit"]),
    ]

    (finding,) = PolicySet.load(documents).validate(review()).findings

    assert Action.DENY is finding.action


def test_audit_annotations():
    """Values of several targets are joined, each once; null is none."""
    annotations = [
        {"key": "image", "valueExpression": "object.image"},
        {"key": "none", "valueExpression": "null"},
    ]
    documents = [
        policy(target="Container", validations=[{"expression": "true"}], auditAnnotations=annotations),
        binding(),
    ]
    given = review(workflow({"image": "a"}, {"image": "b"}, {"image": "a"}))

    judged = PolicySet.load(documents).validate(given)

    assert {"wanted.image": "a, b"} == judged.annotations
    assert () == judged.findings


def test_an_audit_annotation_that_fails():
    """As in Kubernetes an annotation that cannot be made is left to the failure policy."""
    annotations = [{"key": "image", "valueExpression": "object.nothing"}]
    documents = [
        policy(target="Container", auditAnnotations=annotations, validations=[{"expression": "true"}]),
        binding(),
    ]

    ((_, message),) = messages(documents, review())

    assert 'cannot be decided: annotation image: no such key: "nothing"' == message


def test_rules():
    """Bindings of rules say how strict these are, where they concern the request; the strictest counts."""
    documents = [
        binding("lint/a"),
        binding("lint/a", "other", validationActions=["Warn"]),
        binding("lint/b", validationActions=[]),
        binding("lint/c", matchResources={"namespaces": ["elsewhere"]}),
    ]
    policies = PolicySet.load(documents)

    assert () == policies.problems
    assert {"a": Action.DENY, "b": None} == policies.strictness(review())
    assert not policies.concerned("Workflow", "CREATE")


def test_null_is_absent():
    """A field that is null is not there, as for the controller."""
    given = review(workflow({"image": "a", "resources": None, "env": [None, {"name": None}]}))

    assert [] == messages(says("!has(object.resources) && object.env.size() == 2 && !has(object.env[1].name)"), given)


MALFORMED = [None, "text", 7, [], [None], {"templates": 7}, {"templates": [{"container": []}, {"steps": {"a": 1}}]}]


@pytest.mark.parametrize("spec", [*MALFORMED, {"templates": [{"steps": [None, [None, {"inline": []}]], "dag": []}]}])
def test_malformed_workflows(spec):
    """However malformed a Workflow is, nothing is raised."""
    document = {"kind": "Workflow", "spec": spec}
    policies = PolicySet.load(
        [*says("false", "Workflow"), *says("false", "Container", "b"), *says("false", "Template", "c")]
    )

    assert policies.validate(review(document)).findings
    assert policies.mutate(review(document)).document == document


def test_a_message_of_several_lines():
    """status.message has one finding a line, whatever stands in the policy."""
    spec = {"validations": [{"expression": "false", "message": "one\n  two\n"}]}
    (finding,) = PolicySet.load([policy(**spec), binding()]).validate(review(workflow())).findings

    assert "spec: one two [policy/wanted]" == line(finding)

"""Many targets at once, and what is remembered of them."""

import pytest

from admission.policy.cel import ENGINES
from admission.policy.plan import REMEMBERED, REMEMBERED_BYTES
from admission.policy.resource import PolicySet
from policy.making import binding, policy, review, says, workflow

TAG = "{{inputs.parameters.x}}"


def memories(policies):
    return [plan.memory for plan in policies._plans.values()]


def test_what_is_remembered_is_bounded():
    """However many containers there were, as much is remembered as is allowed, and verdicts stay right."""
    policies = PolicySet.load(says("object.image != 'bad'"))
    many = workflow(*({"image": f"i{number}"} for number in range(REMEMBERED + 10)), {"image": "bad"})

    for _ in range(2):
        (finding,) = policies.validate(review(many)).findings
        assert f"spec.templates[{REMEMBERED + 10}].container" == str(finding.path)
    (memory,) = memories(policies)

    assert len(memory) <= REMEMBERED


def test_what_is_large_is_not_remembered():
    """A container of which more is read than is worth remembering is judged anew each time."""
    policies = PolicySet.load(says("object.image != 'x'"))

    policies.validate(review(workflow({"image": "y" * REMEMBERED_BYTES})))

    assert [{}] == memories(policies)


def test_only_what_is_read_is_remembered():
    """Containers that differ only in what no policy reads are one."""
    policies = PolicySet.load(says("object.image != 'x'"))

    policies.validate(review(workflow({"image": "y", "args": ["1"]}, {"image": "y", "args": ["2"]})))

    assert [1] == [len(memory) for memory in memories(policies)]


AROUND = [
    ("the template", "!has(template.podSpecPatch)", {"podSpecPatch": "{}"}, {}),
    ("the workflow", "!has(workflow.spec.podSpecPatch)", {}, {"podSpecPatch": "{}"}),
]


@pytest.mark.parametrize(("expression", "in_template", "in_spec"), [c[1:] for c in AROUND], ids=[c[0] for c in AROUND])
def test_what_is_around_counts(expression, in_template, in_spec):
    """The same container in another template or Workflow may get another verdict."""
    policies = PolicySet.load(says(expression))
    plain, other = workflow(), workflow(**in_spec)
    other["spec"]["templates"][0].update(in_template)

    found = [len(policies.validate(review(one)).findings) for one in (plain, other, plain, other)]

    assert [0, 1, 0, 1] == found


@pytest.mark.parametrize(
    "expression",
    ["request.namespace != 'team'", "oldObject != null", "namespaceObject.metadata.name != 'team'"],
)
def test_the_request_is_not_remembered(expression):
    """A policy that looks at the request is asked anew for each."""
    policies = PolicySet.load(says(expression))

    elsewhere = review(namespace="other", old=workflow())
    found = [len(policies.validate(one).findings) for one in (review(), elsewhere, review(), elsewhere)]

    assert [1, 0, 1, 0] == found


TRICKY = [
    ("a comment", "object.image != 'bad' // and nothing else"),
    ("an or", "false || object.image != 'bad'"),
    ("a choice", "object.image == 'bad' ? false : true"),
    ("a loop", "[1, 2].all(x, object.image != 'bad' || x == 3)"),
    ("a name of ours", "[object].all(target, target.image != 'bad')"),
    ("another name of ours", "[object].all(object, object.image != 'bad')"),
    ("a number", "dyn(object.image == 'bad' ? 1 : 2)"),
    ("a failure", "object.image == 'bad' ? object.nothing : true"),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("expression", [case[1] for case in TRICKY], ids=[case[0] for case in TRICKY])
def test_together_as_alone(expression, engine):
    """However an expression is written, many targets and policies get the verdicts that each gets by itself."""
    documents = [*says(expression), *says("object.image != 'worse'", name="other")]
    policies = PolicySet.load(documents, engine)
    assert () == policies.problems
    containers = [{"image": image} for image in ("a", "bad", "b", "worse", TAG, "c")]

    together = policies.validate(review(workflow(*containers))).findings
    alone = [
        (finding.source, finding.message, finding.action)
        for one in containers
        for finding in PolicySet.load(documents, engine).validate(review(workflow(one))).findings
    ]

    assert alone == [(finding.source, finding.message, finding.action) for finding in together]


def test_foreach_over_no_list_together():
    """A foreach that gives a map fails for all that are judged together as it does for one."""
    validation = {"foreach": "object", "expression": "true"}
    documents = [policy(target="Container", validations=[validation]), binding()]

    found = PolicySet.load(documents).validate(review(workflow({"image": "a"}, {"image": "b"}))).findings

    assert ["cannot be decided: foreach must give a list of at most 10000 elements"] * 2 == [f.message for f in found]


def test_more_iterations_than_the_engine_allows():
    """Many targets that are too much for one question are asked in smaller ones."""
    policies = PolicySet.load(says("object.args.all(x, int(x) < 500)"))
    containers = [{"args": list(map(str, (number, *range(400))))} for number in range(100)]

    assert () == policies.validate(review(workflow(*containers))).findings
    assert 1 == len(policies.validate(review(workflow(*containers, {"args": list(map(str, range(501)))}))).findings)

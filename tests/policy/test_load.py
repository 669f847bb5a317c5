"""Policies and bindings from documents: what is refused, and what stays in force."""

import pytest

from admission.policy import data
from admission.policy.resource import PolicySet
from policy.making import binding, policy, review, says

TRUE = [{"expression": "true", "message": "no"}]

UNUSABLE = [
    ("an unknown field", {"validation": []}, "spec.validation", "did you mean 'validations'"),
    ("nothing to do", {"validations": None}, "spec.validations", "must be a list"),
    ("a wrong enum", {"severity": "high"}, "spec.severity", "Low, Medium, High, Critical"),
    ("a wrong type", {"kinds": "Workflow"}, "spec.kinds", "must be a list"),
    (
        "a bad expression",
        {"validations": [{"expression": "1 +"}]},
        "spec.validations[0].expression",
        "line 1, column 4",
    ),
    (
        "a bad foreach",
        {"validations": [{"expression": "true", "foreach": "["}]},
        "spec.validations[0].foreach",
        "early",
    ),
    ("each without foreach", {"validations": [{"expression": "each"}]}, "spec.validations[0].expression", "`each`"),
    (
        "a container of a Workflow",
        {"validations": [{"expression": "container.x"}]},
        "spec.validations[0].expression",
        "`c",
    ),
    ("self", {"validations": [{"expression": "self.x"}]}, "spec.validations[0].expression", "`self`"),
    ("words of our own", {"validations": [{"expression": "targets == []"}]}, "spec.validations[0].expression", "`targ"),
    ("a bad variable", {"variables": [{"name": "a", "expression": ")"}]}, "spec.variables[0].expression", "line 1"),
    (
        "a variable before its time",
        {"variables": [{"name": "a", "expression": "variables.b"}, {"name": "b", "expression": "1"}]},
        "spec.variables[0].expression",
        "'b'",
    ),
    (
        "variables that double",
        {
            "variables": [
                {"name": f"v{number}", "expression": f"variables.v{number - 1} + variables.v{number - 1}"}
                if number
                else {"name": "v0", "expression": "object.spec.entrypoint"}
                for number in range(10)
            ]
        },
        "spec.variables[7].expression",
        "128 times",
    ),
    (
        "a variable twice",
        {"variables": [{"name": "a", "expression": "1"}, {"name": "a", "expression": "2"}]},
        "spec.variables[1]",
        "stands there already",
    ),
    (
        "a kind twice",
        {"kinds": ["Workflow", "CronWorkflow", "Workflow"]},
        "spec.kinds[2]",
        "stands there already",
    ),
    (
        "an audit annotation that nobody would see",
        {"auditAnnotations": [{"key": "k" * 60, "valueExpression": "'x'"}]},
        "spec.auditAnnotations[0].key",
        "more than 63 characters",
    ),
    (
        "a condition on a target",
        {"matchConditions": [{"name": "a", "expression": "workflow.x"}]},
        "spec.matchC",
        "`workf",
    ),
    ("no truth", {"validations": [{"expression": "'a' + object.x"}]}, "spec.validations[0].expression", "gives a text"),
    (
        "no text",
        {"validations": [{"expression": "true", "messageExpression": "['no', object.x]"}]},
        "spec.validations[0].messageExpression",
        "gives a list, not a text",
    ),
    (
        "nothing to go through",
        {"validations": [{"foreach": "object.x == 1", "expression": "true"}]},
        "spec.validations[0].foreach",
        "gives true or false, not a list",
    ),
    (
        "a condition that is none",
        {"matchConditions": [{"name": "a", "expression": "1 + 1"}]},
        "spec.matchConditions[0].expression",
        "gives a number, not true or false",
    ),
    (
        "nothing to merge",
        {"mutations": [{"target": "Workflow", "setExpression": "'x'"}]},
        "spec.mutations[0].setExpression",
        "gives a text, not a map",
    ),
    ("no grants", {"allow": {}}, "spec.allow", "must not be empty"),
    ("params of no schema", {"paramSchema": {"type": "strin"}}, "spec.paramSchema", "not a JSON Schema"),
    (
        "a remote schema",
        {"paramSchema": {"$ref": "http://127.0.0.1:9/x"}},
        "spec.paramSchema",
        "only to parts of itself",
    ),
    ("a schema in a file", {"paramSchema": {"items": {"$ref": "file:///etc/passwd"}}}, "spec.paramSchema", "itself"),
    ("a limit of nothing", {"allow": {"limits": {"cpu": "many"}}}, "spec.allow.limits.cpu", "must match"),
    ("an unknown dimension", {"allow": {"image": ["*"]}}, "spec.allow.image", "did you mean 'images'"),
    ("nothing to ask for", {"authorize": ["nodes"]}, "spec.authorize[0]", "serviceAccounts"),
    (
        "two fragments",
        {"mutations": [{"target": "Workflow", "set": {}, "default": {}}]},
        "spec.mutations[0]",
        "exactly one",
    ),
    ("no fragment", {"mutations": [{"target": "Workflow"}]}, "spec.mutations[0]", "exactly one"),
    (
        "a new name",
        {"mutations": [{"target": "Workflow", "set": {"metadata": {"name": "x"}}}]},
        "spec.m",
        "metadata.name",
    ),
    (
        "a status",
        {"mutations": [{"target": "Workflow", "default": {"status": {}}}]},
        "spec.mutations[0].default",
        "status",
    ),
    (
        "another image",
        {"mutations": [{"target": "Container", "set": {"image": "x"}}]},
        "spec.mutations[0].set.image",
        "allowWeaker",
    ),
    (
        "more privileges",
        {"mutations": [{"target": "Container", "set": {"securityContext": {"privileged": True}}}]},
        "spec.mutations[0].set.securityContext.privileged",
        "Pod Security",
    ),
]


@pytest.mark.parametrize(
    ("spec", "path", "message"), [case[1:] for case in UNUSABLE], ids=[case[0] for case in UNUSABLE]
)
def test_unusable(spec, path, message):
    """What cannot be used is a problem that says where and why; nothing is raised."""
    (problem,) = PolicySet.load([policy(**{"validations": TRUE, **spec})]).problems

    assert ("WorkflowPolicy", "wanted") == (problem.kind, problem.name)
    assert str(problem.path).startswith(path)
    assert message in problem.message


UNBOUND = [
    ("no actions", {"validationActions": []}, "spec", "validationActions is empty"),
    ("an unknown action", {"validationActions": ["Enforce"]}, "spec.validationActions[0]", "Deny, Warn, Audit"),
    ("an unknown policy", {"policyName": "wantd"}, "spec.policyName", "did you mean 'wanted'"),
    ("an unknown rule", {"policyName": "lint/entrypoin"}, "spec.policyName", "did you mean 'entrypoint'"),
    ("params of a rule", {"policyName": "lint/entrypoint", "params": {}}, "spec", "a lint rule has no params"),
    ("paramRef", {"paramRef": {"name": "x"}, "params": None}, "spec.params", "must be a map"),
    ("a paramRef without a name", {"paramRef": {"namespace": "x"}}, "spec.paramRef", "'name' is missing"),
    ("wrong params", {"params": {"limit": "ten"}}, "spec.params.limit", "must be a whole number"),
    ("missing params", {}, "spec.params", "'limit' is missing"),
    ("more params", {"params": {"limit": 1, "limits": 2}}, "spec.params.limits", "did you mean 'limit'"),
    (
        "a selector of nothing",
        {"matchResources": {"objectSelector": {"matchExpressions": [{"key": "a"}]}}},
        "spec",
        "oper",
    ),
    (
        "a selector without values",
        {"matchResources": {"objectSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]}}},
        "spec.matchResources.objectSelector.matchExpressions[0]",
        "need values",
    ),
    (
        "a namespace of a user",
        {"subjects": [{"kind": "User", "name": "a", "namespace": "b"}]},
        "spec.subjects[0]",
        "only",
    ),
]


@pytest.mark.parametrize(("spec", "path", "message"), [case[1:] for case in UNBOUND], ids=[case[0] for case in UNBOUND])
def test_unusable_binding(spec, path, message):
    """A binding that does not fit is a problem at its field."""
    schema = {
        "type": "object",
        "required": ["limit"],
        "additionalProperties": False,
        "properties": {"limit": {"type": "integer"}},
    }
    documents = [policy(validations=TRUE, paramSchema=schema), binding(**spec)]

    (problem,) = PolicySet.load(documents, rule_ids=["entrypoint"]).problems

    assert "WorkflowPolicyBinding" == problem.kind
    assert str(problem.path).startswith(path)
    assert message in problem.message


@pytest.mark.parametrize(
    "wrong", [None, "text", 7, [], {"validations": [None]}, {"validations": [{"expression": None}]}]
)
def test_malformed(wrong):
    """However wrong a document is, loading does not raise, and check says the same."""
    for kind in ("WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"):
        document = {"apiVersion": "argo-admission.io/v1alpha1", "kind": kind, "metadata": {"name": "x"}, "spec": wrong}
        loaded = PolicySet.load([document])

        assert loaded.problems
        assert loaded.problems == PolicySet().check(document)


def test_kinds_of_others():
    """A kind of the same name in another API group is none of ours."""
    assert PolicySet() == PolicySet.load([{**policy(), "apiVersion": "policies.example/v1"}])


def test_a_new_policy_that_cannot_be_used_fails_closed():
    """Where a policy that denies cannot be used, what it would have concerned is denied, with the reason."""
    policies = PolicySet.load([policy(validations=[{"expression": "1 +"}], kinds=["Workflow"]), binding()])

    (finding,) = policies.validate(review()).findings

    assert "policy/wanted" == finding.source
    assert finding.message.startswith("policy wanted cannot be used: spec.validations[0].expression: line 1")
    assert policies.concerned("Workflow", "CREATE", "team")
    assert () == policies.validate(review(kind="WorkflowTemplate")).findings


def test_a_policy_that_may_be_ignored_is():
    """With failurePolicy Ignore an unusable policy is a problem, but denies nothing."""
    policies = PolicySet.load([policy(validations=[{"expression": "1 +"}], failurePolicy="Ignore"), binding()])

    assert policies.problems
    assert () == policies.validate(review()).findings


def test_a_binding_that_cannot_be_used_fails_closed():
    """Where the params of a new binding do not fit, nobody is let through as if it were not there."""
    schema = {"required": ["limit"]}
    policies = PolicySet.load([policy(validations=TRUE, paramSchema=schema), binding()])

    (finding,) = policies.validate(review()).findings

    assert "policy wanted cannot be used: spec.params: 'limit' is missing (paramSchema of wanted)" == finding.message


def test_the_version_before_stays_in_force():
    """A policy that becomes unusable keeps its earlier meaning until it is mended."""
    good = PolicySet.load(says("object.image == 'x'"))
    broken = PolicySet.load(says("object.image =="), previous=good)
    mended = PolicySet.load(says("object.image != 'x'"), previous=broken)

    assert ["no"] == [finding.message for finding in broken.validate(review()).findings]
    assert broken.problems[0].message.endswith("the version before it stays in force")
    assert () == mended.problems
    assert () == mended.validate(review()).findings


def test_an_unchanged_policy_that_does_not_compile_keeps_its_problem():
    """Loading the same broken text again neither forgets the problem nor what is in force."""
    good = PolicySet.load(says("object.image == 'x'"))
    broken = PolicySet.load(says("object.image =="), previous=good)

    again = PolicySet.load(says("object.image =="), previous=broken)

    assert broken.problems == again.problems
    assert broken.validate(review()) == again.validate(review())


def test_only_what_changed_is_compiled():
    """A policy of the same text is taken over as it is."""
    first = PolicySet.load([*says("true", name="a"), *says("true", name="b")])
    second = PolicySet.load([*says("true", name="a"), *says("false", name="b")], previous=first)

    assert first.policies["a"] is second.policies["a"]
    assert first.policies["b"] is not second.policies["b"]


def test_what_goes_is_gone():
    """A policy or binding that is deleted has no say any more."""
    first = PolicySet.load(says("false"))

    assert first.validate(review()).findings
    assert () == PolicySet.load(says("false")[:1], previous=first).validate(review()).findings
    assert () == PolicySet.load(says("false")[1:], previous=first).validate(review()).findings


def test_check_is_what_loading_says():
    """A policy is judged at kubectl apply as it is when it is loaded, but a binding may come before its policy."""
    (bad,) = PolicySet().check(policy(validations=[{"expression": "1 +"}]))

    assert "spec.validations[0].expression" == str(bad.path)
    assert () == PolicySet().check(policy())
    assert () == PolicySet().check(binding("not-there-yet"))
    assert PolicySet.load([policy(paramSchema={"required": ["x"]})]).check(binding())


def test_the_library_is_sound():
    """Every policy of the library compiles on both engines, and every one is bound."""
    for engine in ("cel-expr-python", "cel-python"):
        loaded = PolicySet.load(data.library(), engine)

        assert () == loaded.problems
        assert loaded.policies.keys() == {one.binding.policy_name for one in loaded.bindings.values()}


def test_another_version():
    """What kubectl would not apply is not taken from a file either."""
    document = {**policy(), "apiVersion": "argo-admission.io/v1"}
    (problem,) = PolicySet.load([document]).problems

    assert ("apiVersion", "must be argo-admission.io/v1alpha1") == (str(problem.path), problem.message)

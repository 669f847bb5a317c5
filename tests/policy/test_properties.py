"""What is true of policies, whatever they are and whatever they judge."""

import copy
import json

from hypothesis import given, settings
from hypothesis import strategies as st

from admission.policy import data
from admission.policy.cel import ENGINES
from admission.policy.resource import PolicySet
from policy.making import binding, policy, review, says, workflow

IMAGES = st.sampled_from(["alpine", "quay.io/a/b:1", "registry.corp/a", "{{inputs.parameters.image}}", "", 7, None])
LIMITS = st.dictionaries(st.sampled_from(["cpu", "memory"]), st.sampled_from(["1", 2, "{{x}}"]), max_size=2)
RESOURCES = st.one_of(
    st.none(), st.just("text"), st.fixed_dictionaries({}, optional={"limits": LIMITS, "requests": LIMITS})
)
SECURITY = st.fixed_dictionaries({}, optional={"privileged": st.sampled_from([True, False, "{{x}}", None])})
CONTAINERS = st.fixed_dictionaries(
    {"name": st.sampled_from(["main", "side"])},
    optional={"image": IMAGES, "resources": RESOURCES, "securityContext": SECURITY, "env": st.just([{"name": "A"}])},
)
SPECS = st.fixed_dictionaries(
    {},
    optional={
        "serviceAccountName": st.sampled_from(["default", "builder", "{{x}}", None]),
        "volumes": st.lists(
            st.sampled_from([{"name": "a", "emptyDir": {}}, {"name": "b", "hostPath": {}}]), max_size=2
        ),
        "podSpecPatch": st.sampled_from(["{}", "hostPath: x", "{{x}}", 7]),
    },
)
WORKFLOWS = st.builds(lambda containers, spec: workflow(*containers, **spec), st.lists(CONTAINERS, max_size=4), SPECS)

EXPRESSIONS = [
    "object.image == 'alpine'",
    "has(object.resources) && 'cpu' in object.resources.limits",
    "image(object.image).registry in ['docker.io', 'quay.io']",
    "!has(object.securityContext) || !object.securityContext.privileged",
    "object.env.all(e, e.name != 'B')",
    "template.name != 't1'",
    "workflow.spec.serviceAccountName != 'default'",
    "true",
]
VALIDATIONS = st.lists(st.sampled_from(EXPRESSIONS), min_size=1, max_size=5, unique=True)


def found(expressions, document, engine=ENGINES[0]):
    validations = [{"expression": text, "message": text} for text in expressions]
    policies = PolicySet.load([policy(target="Container", validations=validations), binding()], engine)
    return set(policies.validate(review(document)).findings)


@settings(max_examples=60, deadline=None)
@given(VALIDATIONS, WORKFLOWS)
def test_order_changes_nothing(expressions, document):
    """The order of validations does not change the findings."""
    assert found(expressions, document) == found(expressions[::-1], document)


@settings(max_examples=60, deadline=None)
@given(VALIDATIONS, st.sampled_from(EXPRESSIONS), WORKFLOWS)
def test_one_more_validation_removes_no_finding(expressions, more, document):
    """One more validation never removes a finding."""
    assert found(expressions, document) <= found([*expressions, more], document)


@settings(max_examples=60, deadline=None)
@given(VALIDATIONS, WORKFLOWS)
def test_one_policy_or_many(expressions, document):
    """Validations say the same together in one policy and each in its own, remembered or not."""
    apart = [one for number, text in enumerate(expressions) for one in says(text, name=f"p{number}")]
    policies = PolicySet.load(apart)
    findings = policies.validate(review(document)).findings

    together = found(expressions, document)

    # By place alone: what fails says why, not which validation it was.
    assert {(one.path, one.action) for one in together} == {(one.path, one.action) for one in findings}
    assert findings == policies.validate(review(document)).findings
    assert findings == PolicySet.load(apart).validate(review(document)).findings


#: Policies of the library that ask of most that a policy may ask of; all of them would take minutes on cel-python.
FEW = (
    "default-limits",
    "images-from-allowed-registries",
    "no-dangerous-patches",
    "no-host-path",
    "no-privileged-containers",
    "require-limits",
    "service-account",
)
CHOSEN = [one for one in data.library() if one["spec"].get("policyName", one["metadata"]["name"]) in FEW]
LIBRARY = {engine: PolicySet.load(CHOSEN, engine) for engine in ENGINES}


FRAGMENTS = st.fixed_dictionaries(
    {},
    optional={
        "image": st.sampled_from(["evil", "alpine"]),
        "resources": st.just({"limits": {"cpu": "1"}}),
        "ports": st.just([{"containerPort": 80, "hostPort": 80}]),
        "securityContext": st.fixed_dictionaries(
            {},
            optional={
                "privileged": st.booleans(),
                "runAsUser": st.sampled_from([0, 1000]),
                "runAsNonRoot": st.booleans(),
                "allowPrivilegeEscalation": st.sampled_from([True, False]),
                "capabilities": st.sampled_from([{"add": ["SYS_ADMIN"]}, {"drop": ["ALL"]}, {"drop": ["KILL"]}]),
                "procMount": st.sampled_from(["Unmasked", "Default"]),
            },
        ),
    },
)


def weaknesses(container):
    """What of a container is weaker than the least that Kubernetes' Pod Security levels ask for."""
    context = container.get("securityContext") or {}
    return {
        *(("privileged",) if context.get("privileged") is True else ()),
        *(("root",) if context.get("runAsUser") == 0 else ()),
        *(("non-root",) if context.get("runAsNonRoot") is False else ()),
        *(("escalation",) if context.get("allowPrivilegeEscalation") is True else ()),
        *(("capabilities",) if (context.get("capabilities") or {}).get("add") else ()),
        *(("proc",) if context.get("procMount") == "Unmasked" else ()),
        *(("port",) if any(port.get("hostPort") for port in container.get("ports") or []) else ()),
    }


@settings(max_examples=60, deadline=None)
@given(FRAGMENTS, WORKFLOWS, st.sampled_from(["default", "set", "defaultExpression", "setExpression"]))
def test_no_mutation_weakens(fragment, document, verb):
    """Without allowWeaker no mutation lowers the security of a container, and none changes an image."""
    given_ = json.dumps(fragment) if verb.endswith("Expression") else fragment
    policies = PolicySet.load([policy(mutations=[{"target": "Container", verb: given_}]), binding()])

    changed = policies.mutate(review(document)).document

    for before, after in zip(document["spec"]["templates"], changed["spec"]["templates"], strict=True):
        assert weaknesses(after["container"]) <= weaknesses(before["container"])
        assert before["container"].get("image") in (None, after["container"].get("image"))


@settings(max_examples=60, deadline=None)
@given(WORKFLOWS)
def test_arguments_stay_as_they_were(document):
    """Neither judging nor changing a Workflow touches it."""
    before = copy.deepcopy(document)

    for policies in LIBRARY.values():
        policies.validate(review(document))
        policies.mutate(review(document))

    assert before == document


@settings(max_examples=60, deadline=None)
@given(WORKFLOWS)
def test_mutation_is_idempotent(document):
    """What the library has changed it does not change again."""
    once = LIBRARY[ENGINES[0]].mutate(review(document))
    twice = LIBRARY[ENGINES[0]].mutate(review(once.document))

    assert once.document == twice.document
    assert () == twice.changes


@settings(max_examples=40, deadline=None)
@given(WORKFLOWS.filter(lambda document: "'text'" not in str(document)))
def test_both_engines_say_the_same(document):
    """
    The second engine agrees with the first on the whole library: places, strictness and changes.

    But for a text where Argo wants a map: there ``has`` fails in the one, and is false in the other.
    """
    first, second = (
        {(one.source, one.path, one.action) for one in LIBRARY[engine].validate(review(document)).findings}
        for engine in ENGINES
    )

    assert first == second
    assert (
        LIBRARY[ENGINES[0]].mutate(review(document)).document == LIBRARY[ENGINES[1]].mutate(review(document)).document
    )

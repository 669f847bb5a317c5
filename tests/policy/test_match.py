"""Which requests a binding concerns."""

import pytest

from admission.model.catalog import FrozenCatalog
from admission.policy.resource import PolicySet
from policy.making import binding, policy, review, workflow


def namespace(name, **labels):
    return {"kind": "Namespace", "metadata": {"name": name, "labels": labels}}


CATALOG = FrozenCatalog.of([namespace("team", tier="production", zone="a"), namespace("play")])


def labelled(**labels):
    document = workflow()
    return {**document, "metadata": {**document["metadata"], "labels": labels}}


def concerned(spec, given, **wanted):
    policies = PolicySet.load([policy(**wanted), binding(**spec)])
    assert () == policies.problems
    return bool(policies.validate(given).findings)


def selector(*requirements):
    return {"matchExpressions": [dict(zip(("key", "operator", "values"), one, strict=False)) for one in requirements]}


RESOURCES = [
    ("everything", {}, True),
    ("a glob", {"namespaces": ["te*"]}, True),
    ("other globs", {"namespaces": ["a", "b-*"]}, False),
    ("excluded", {"excludeNamespaces": ["te?m"]}, False),
    ("both", {"namespaces": ["*"], "excludeNamespaces": ["team"]}, False),
    ("labels", {"namespaceSelector": {"matchLabels": {"tier": "production"}}}, True),
    ("other labels", {"namespaceSelector": {"matchLabels": {"tier": "test"}}}, False),
    ("in", {"namespaceSelector": selector(("zone", "In", ["a", "b"]))}, True),
    ("not in", {"namespaceSelector": selector(("zone", "NotIn", ["a"]))}, False),
    ("absent is not in", {"namespaceSelector": selector(("nothing", "NotIn", ["a"]))}, True),
    ("exists", {"namespaceSelector": selector(("zone", "Exists"), ("nothing", "DoesNotExist"))}, True),
    ("an empty selector", {"namespaceSelector": {}, "objectSelector": {}}, True),
    ("the object's labels", {"objectSelector": {"matchLabels": {"app": "x"}}}, True),
    ("others of the object", {"objectSelector": {"matchLabels": {"app": "y"}}}, False),
    ("no instance", {"instanceIDs": [""]}, True),
    ("an instance", {"instanceIDs": ["blue"]}, False),
]


@pytest.mark.parametrize(
    ("resources", "expected"), [case[1:] for case in RESOURCES], ids=[case[0] for case in RESOURCES]
)
def test_resources(resources, expected):
    """A binding concerns what all of its requirements let through."""
    given = review(labelled(app="x"), catalog=CATALOG)

    assert expected == concerned({"matchResources": resources}, given)


ANNA = {"kind": "User", "name": "anna"}
STAFF = {"kind": "Group", "name": "staff*"}
ROBOT = {"kind": "ServiceAccount", "namespace": "ci", "name": "*"}

SUBJECTS = [
    ("everybody", {}, "anna", (), True),
    ("a user", {"subjects": [ANNA]}, "anna", (), True),
    ("another user", {"subjects": [ANNA]}, "bert", (), False),
    ("a group", {"subjects": [ANNA, STAFF]}, "bert", ("x", "staff-a"), True),
    ("a service account", {"subjects": [ROBOT]}, "system:serviceaccount:ci:build", (), True),
    ("of another namespace", {"subjects": [ROBOT]}, "system:serviceaccount:cd:build", (), False),
    ("a user called so", {"subjects": [ROBOT]}, "ci:build", (), False),
    ("excluded", {"excludeSubjects": [ANNA]}, "anna", (), False),
    ("both", {"subjects": [STAFF], "excludeSubjects": [ANNA]}, "anna", ("staff",), False),
]


@pytest.mark.parametrize(
    ("spec", "user", "groups", "expected"), [c[1:] for c in SUBJECTS], ids=[c[0] for c in SUBJECTS]
)
def test_subjects(spec, user, groups, expected):
    """A binding concerns its subjects, less those that it excludes."""
    assert expected == concerned(spec, review(user=user, groups=groups))


@pytest.mark.parametrize(
    ("resources", "expected"),
    [({}, True), ({"namespaces": ["*"]}, False), ({"namespaceSelector": selector(("a", "DoesNotExist"))}, False)],
    ids=["none", "a glob", "a selector"],
)
def test_objects_without_a_namespace(resources, expected):
    """Cluster-scoped objects are concerned by bindings that name neither namespaces nor their labels."""
    given = review(kind="ClusterWorkflowTemplate", namespace="")

    assert expected == concerned({"matchResources": resources}, given)


@pytest.mark.parametrize(
    ("kind", "operation", "wanted", "expected"),
    [
        ("Workflow", "CREATE", {}, True),
        ("CronWorkflow", "UPDATE", {}, True),
        ("WorkflowEventBinding", "CREATE", {}, False),
        ("Workflow", "DELETE", {}, False),
        ("Workflow", "DELETE", {"operations": ["DELETE"]}, True),
        ("WorkflowTemplate", "CREATE", {"kinds": ["Workflow"]}, False),
    ],
)
def test_kinds_and_operations(kind, operation, wanted, expected):
    """A policy concerns its kinds and operations, and the quick question says the same."""
    policies = PolicySet.load([policy(**wanted), binding()])

    assert expected == bool(policies.validate(review(kind=kind, operation=operation)).findings)
    assert expected == policies.concerned(kind, operation, "team") == policies.concerned(kind, operation)


def test_the_quick_question_knows_namespaces():
    """A namespace that no binding concerns is known from its name alone."""
    policies = PolicySet.load([policy(), binding(matchResources={"namespaces": ["prod-*"]})])

    assert policies.concerned("Workflow", "CREATE", "prod-a")
    assert not policies.concerned("Workflow", "CREATE", "team")
    assert not PolicySet().concerned("Workflow", "CREATE", "team")


SELECTED = {"matchResources": {"namespaceSelector": {"matchLabels": {"tier": "production"}}}}
BLIND = FrozenCatalog.of(unavailable=["Namespace"])


def test_labels_that_are_not_available_are_no_reason_to_pass():
    """Where nobody can know the namespace's labels, the failure policy decides; it is never 'no match'."""
    policies = PolicySet.load([policy(), binding(**SELECTED)])

    (finding,) = policies.validate(review(catalog=BLIND)).findings

    assert "cannot be decided: the Namespace team is not available" == finding.message
    assert not concerned(SELECTED, review(catalog=BLIND), failurePolicy="Ignore")
    assert not concerned(SELECTED, review())


def test_a_namespace_that_is_not_there_has_its_name():
    """A Namespace that is not in the catalog has the label that every one has, and no other."""
    by_name = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "team"}}}

    assert concerned({"matchResources": by_name}, review())


def test_a_change_of_labels_is_no_way_out():
    """An UPDATE is concerned where the object was or will be selected."""
    chosen = {"matchResources": {"objectSelector": {"matchLabels": {"app": "x"}}}}
    given = {"operation": "UPDATE", "document": labelled(app="free")}

    assert concerned(chosen, review(old=labelled(app="x"), **given))
    assert not concerned(chosen, review(old=labelled(app="y"), **given))


CONDITIONS = [
    ("true", ["request.namespace == 'team'"], True),
    ("false", ["request.userInfo.username == 'bert'"], False),
    ("one of two", ["true", "object.metadata.name == 'x'"], False),
    ("the namespace", ["namespaceObject.metadata.labels.tier == 'production'"], True),
    ("false outweighs a failure", ["object.nothing", "false"], False),
    ("params", ["params.on"], True),
    ("no old object", ["oldObject == null"], True),
    ("the request", ["request.kind.kind == 'Workflow' && request.operation == 'CREATE' && !request.dryRun"], True),
]


@pytest.mark.parametrize(("texts", "expected"), [case[1:] for case in CONDITIONS], ids=[case[0] for case in CONDITIONS])
def test_match_conditions(texts, expected):
    """A policy concerns what meets all of its match conditions."""
    conditions = [{"name": f"c{number}", "expression": text} for number, text in enumerate(texts)]
    given = review(catalog=CATALOG)

    assert expected == concerned({"params": {"on": True}}, given, matchConditions=conditions)


def test_a_match_condition_that_fails():
    """A match condition without a value leaves the request to the failure policy."""
    broken = [{"name": "broken", "expression": "object.nothing == 1"}]

    (finding,) = PolicySet.load([policy(matchConditions=broken), binding()]).validate(review()).findings

    assert 'cannot be decided: matchCondition broken: no such key: "nothing"' == finding.message
    assert not concerned({}, review(), matchConditions=broken, failurePolicy="Ignore")

"""Params from a ConfigMap."""

import pytest

from admission.model.catalog import FrozenCatalog
from admission.policy.resource import PolicySet
from policy.making import binding, policy, review

SCHEMA = {"type": "object", "required": ["limit"], "properties": {"limit": {"type": "integer"}}}
WANTS = policy(validations=[{"expression": "params.limit > 1", "message": "no"}], paramSchema=SCHEMA)


def config_map(data, namespace="team", labels=None):
    labels = {"argo-admission.io/params": ""} if labels is None else labels
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "limits", "namespace": namespace, "labels": labels},
        "data": data,
    }


def messages(objects, policy_spec=None, unavailable=(), **spec):
    loaded = PolicySet.load([{**WANTS, "spec": {**WANTS["spec"], **(policy_spec or {})}}, binding(**spec)])
    assert () == loaded.problems
    catalog = FrozenCatalog.of(objects, unavailable=unavailable)
    return [finding.message for finding in loaded.validate(review(catalog=catalog)).findings]


REF = {"paramRef": {"name": "limits"}}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"limit": "2"}, []),
        ({"limit": "1"}, ["no"]),
        ({"limit": "'2'"}, ["limit: must be a whole number"]),
        ({"limit": "two"}, ["limit: must be a whole number"]),
        ({}, ["'limit' is missing"]),
        ({"limit": "{"}, ["cannot be read: limit: "]),
        ({"limit": "1\n---\n2"}, ["one YAML document is expected"]),
    ],
)
def test_values(data, expected):
    """Each value is read as YAML, and all of them must be as the policy's paramSchema wants them."""
    found = messages([config_map(data)], **REF)

    assert len(expected) == len(found)
    assert all(part in message for part, message in zip(expected, found, strict=True))


def test_each_namespace_has_its_own():
    """Without a namespace it is the ConfigMap of the object's; two values are never taken for one another."""
    loaded = PolicySet.load([WANTS, binding(**REF)])
    catalog = FrozenCatalog.of([config_map({"limit": "1"}, "team"), config_map({"limit": "2"}, "other")])

    for _ in range(2):
        assert loaded.validate(review(catalog=catalog)).findings
        assert not loaded.validate(review(catalog=catalog, namespace="other")).findings


def test_a_namespace_of_the_binding():
    """With a namespace it is the one there, whatever the object's namespace has."""
    objects = [config_map({"limit": "1"}, "team"), config_map({"limit": "2"}, "policies")]

    assert [] == messages(objects, paramRef={"name": "limits", "namespace": "policies"})


def test_not_there():
    """A ConfigMap that is not there denies, or, where that is said, leaves the policy out."""
    (message,) = messages([], **REF)

    assert message == (
        "cannot be decided: the ConfigMap limits with the params of wanted is not there, "
        "or has no label argo-admission.io/params"
    )
    assert [] == messages([], {"failurePolicy": "Ignore"}, **REF)
    assert [] == messages([], parameterNotFoundAction="Allow", **REF)


def test_only_labelled_ones():
    """A ConfigMap without the label is none with params, whatever it says."""
    assert messages([config_map({"limit": "2"}, labels={"app": "x"})], **REF)


def test_unavailable_is_not_absent():
    """A ConfigMap that we may not read is never taken for one that is not there."""
    (message,) = messages([], unavailable=["ConfigMap"], parameterNotFoundAction="Allow", **REF)

    assert "is not available" in message


def test_mutations_see_them():
    """Mutations have the same params; where these are not there nothing is changed, and the person is told."""
    change = policy(
        mutations=[{"target": "Workflow", "defaultExpression": "{'spec': {'parallelism': params.limit}}"}],
        paramSchema=SCHEMA,
    )
    loaded = PolicySet.load([change, binding(**REF)])

    made = loaded.mutate(review(catalog=FrozenCatalog.of([config_map({"limit": "7"})])))
    none = loaded.mutate(review())

    assert 7 == made.document["spec"]["parallelism"]
    assert none.document == review().workflow
    assert "is not there" in none.warnings[0]

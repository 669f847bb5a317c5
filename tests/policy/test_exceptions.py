"""Exceptions: what they cover, until when, and that they never add up."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from admission.policy.resource import PolicySet
from policy.making import NOW, binding, exception, policy, review, says, workflow

TWO = workflow({"image": "a"}, {"image": "b"})


def found(documents, given=None, namespaces=("exceptions",)):
    loaded = PolicySet.load(documents, exception_namespaces=namespaces)
    assert () == loaded.problems
    return [str(finding.path) for finding in loaded.validate(given or review(TWO)).findings]


T0, T1 = "spec.templates[0].container", "spec.templates[1].container"

COVERED = [
    ("all of it", {}, []),
    ("globs", {"names": ["?"], "namespaces": ["te*"], "templates": ["t*"]}, []),
    ("one template", {"templates": ["t0"]}, [T1]),
    ("one container", {"containers": ["main"]}, []),
    ("another container", {"containers": ["side*"]}, [T0, T1]),
    ("another kind", {"kinds": ["CronWorkflow"]}, [T0, T1]),
    ("another namespace", {"namespaces": ["other"]}, [T0, T1]),
    ("another name", {"names": ["v*"]}, [T0, T1]),
    ("another policy", {"policyNames": ["other"]}, [T0, T1]),
    ("expired", {"expires": "2026-06-30T23:59:59Z"}, [T0, T1]),
    ("expires this moment", {"expires": "2026-07-01T00:00:00Z"}, [T0, T1]),
    ("expires in another zone", {"expires": "2026-07-01T01:00:00.5+01:00"}, []),
]


@pytest.mark.parametrize(("spec", "expected"), [case[1:] for case in COVERED], ids=[case[0] for case in COVERED])
def test_covered(spec, expected):
    """An exception removes the findings that it covers, and no others."""
    assert expected == found([*says("false"), exception(**spec)])


def test_only_where_the_configuration_says():
    """Exceptions count only in namespaces that the configuration names; by default nowhere."""
    documents = [*says("false"), exception()]

    assert [] == found(documents, namespaces=["exc*"])
    assert [T0, T1] == found(documents, namespaces=["team", "default"])
    assert [T0, T1] == found(documents, namespaces=[])


def test_time_comes_with_the_request():
    """An exception ends at its time with nothing loaded anew; where nobody knows the time it has ended."""
    loaded = PolicySet.load([*says("false"), exception()], exception_namespaces=["exceptions"])
    last = datetime(2026, 12, 31, 23, 59, 59, tzinfo=UTC)

    assert not loaded.validate(review(now=last)).findings
    assert loaded.validate(review(now=last + timedelta(seconds=1))).findings
    assert loaded.validate(review(now=None)).findings


def test_several_never_combine():
    """What two exceptions cover only together is covered by none."""
    whole = says("false", target="Workflow")
    parts = [exception(name=f"e{n}", templates=[f"t{n}"]) for n in (0, 1)]
    policies = [exception(policyNames=["other"], name="a"), exception(containers=["none"], name="b")]

    assert ["spec"] == found([*whole, *parts])
    assert [T0, T1] == found([*says("false"), *policies])
    assert [] == found([*says("false"), *parts])


GLOBS = st.lists(st.sampled_from(["*", "t0", "t1", "t?", "main", "x"]), min_size=1, max_size=2, unique=True)
EXCEPTIONS = st.fixed_dictionaries(
    {"templates": GLOBS, "containers": GLOBS, "policyNames": st.sampled_from([["wanted"], ["other"]])}
)


@given(EXCEPTIONS, EXCEPTIONS)
def test_two_allow_what_one_of_them_allows(one, other):
    """Two exceptions leave exactly the findings that each of them leaves."""
    alone = [set(found([*says("false"), exception(**spec)])) for spec in (one, other)]
    together = found([*says("false"), exception(**one, name="a"), exception(**other, name="b")])

    assert alone[0] & alone[1] == set(together)


def test_a_name_that_is_still_to_be_made():
    """Of a generateName an exception must cover whatever name it becomes."""
    unnamed = {**TWO, "metadata": {"generateName": "train-", "namespace": "team"}}
    given = review(unnamed, name="")

    assert [] == found([*says("false"), exception(names=["train-*"])], given)
    assert [] == found([*says("false"), exception(names=["tr*"])], given)
    assert [T0, T1] == found([*says("false"), exception(names=["train-?????"])], given)
    assert [T0, T1] == found([*says("false"), exception(names=["train-"])], given)


def test_a_policy_that_cannot_be_used():
    """Nobody knows what a broken policy would say: only an exception for everything, grants included, covers it."""
    documents = [policy(validations=[{"expression": "1 +"}]), binding()]

    def says_so(**spec):
        loaded = PolicySet.load([*documents, exception(**spec)], exception_namespaces=["*"])
        return bool(loaded.validate(review()).findings)

    assert says_so()
    assert says_so(grants=True, templates=["t0"])
    assert not says_so(grants=True)


def test_what_never_ends_is_refused():
    """An exception without a time that is one cannot be used, and exempts nothing."""
    bad = exception(expires="next year")
    loaded = PolicySet.load([*says("false"), bad], exception_namespaces=["*"])

    (problem,) = loaded.problems
    assert ("WorkflowPolicyException", "exceptions/legacy") == (problem.kind, problem.name)
    assert "spec.expires" == str(problem.path)
    assert loaded.validate(review(now=NOW)).findings
    assert (problem,) == loaded.check(bad)


def test_one_that_becomes_unusable_ends():
    """Of an exception nothing stays in force: what would stay is what was meant to be changed."""
    good = PolicySet.load([*says("false"), exception()], exception_namespaces=["*"])
    bad = PolicySet.load([*says("false"), exception(names=[])], previous=good, exception_namespaces=["*"])

    assert not good.validate(review()).findings
    assert bad.validate(review()).findings


def test_two_of_one_name():
    """Exceptions are told apart by namespace and name."""
    documents = [exception(namespace="a", templates=["t0"]), exception(namespace="b", templates=["t1"])]

    assert [] == found([*says("false"), *documents], namespaces=["*"])

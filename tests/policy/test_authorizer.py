"""The variable `authorizer`: what expressions may ask of RBAC."""

import pytest

from admission.model.catalog import Access, AccessQuestion, FrozenCatalog
from admission.model.review import User
from admission.policy.resource import PolicySet
from admission.snapshot import AskingCatalog
from policy.making import binding, policy, review, workflow

SECRET = "authorizer.group('').resource('secrets').namespace('team').name('pull').check('use').allowed()"


def question(**spec):
    asked = {"username": "anna", "groups": (), "verb": "use", "group": "", "resource": "secrets", "namespace": "team"}
    return AccessQuestion(**{**asked, "name": "pull", **spec})


def judged(answers, *documents, **given):
    catalog = AskingCatalog(FrozenCatalog(), answers)
    loaded = PolicySet.load([*documents, binding()])
    assert () == loaded.problems
    found = loaded.validate(review(workflow(), catalog=catalog, **given)).findings
    return [finding.message for finding in found], catalog.unanswered


def asks(expression, **spec):
    return policy(validations=[{"expression": expression, "message": "no"}], **spec)


def test_a_check():
    """A check is a question about whoever asks; its answer decides."""
    assert {question()} == judged({}, asks(SECRET))[1]
    assert [] == judged({question(): Access.ALLOWED}, asks(SECRET))[0]
    assert ["no"] == judged({question(): Access.DENIED}, asks(SECRET))[0]


def test_where_nobody_can_say():
    """Without an answer the expression fails, and the failure policy decides."""
    assert ["cannot be decided: RBAC could not be asked"] == judged({}, asks(SECRET))[0]
    assert [] == judged({}, asks(SECRET, failurePolicy="Ignore"))[0]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("authorizer.group('apps').resource('deployments').check('create').allowed()", ("apps", "deployments", "", "")),
        (
            "authorizer.group('').resource('pods').subresource('exec').namespace('x').name('y').check('create').allowed()",
            ("", "pods", "x", "y"),
        ),
        ("authorizer.requestResource.check('create').allowed()", ("argoproj.io", "workflows", "team", "w")),
    ],
)
def test_what_is_asked(expression, expected):
    """Group, resource, namespace and name are as the expression says, or those of the request."""
    ((asked),) = judged({}, asks(expression))[1]

    assert expected == (asked.group, asked.resource, asked.namespace, asked.name)
    assert ("exec" if "exec" in expression else "") == asked.subresource


def test_a_service_account():
    """The question may be about a service account, by its namespace and name."""
    expression = "authorizer.serviceAccount('ci', 'robot').group('').resource('pods').check('get').allowed()"

    (asked,) = judged({}, asks(expression))[1]

    assert "system:serviceaccount:ci:robot" == asked.username
    assert "system:serviceaccounts:ci" in asked.groups


def test_whoever_is_judged():
    """It is asked about whom the Workflow is judged as."""
    (asked,) = judged({}, asks(SECRET), author=User("cora", ("science",)))[1]

    assert ("cora", ("science",)) == (asked.username, asked.groups)


def test_conditions_and_variables():
    """Match conditions and variables may ask, too."""
    condition = [{"name": "may", "expression": f"!{SECRET}"}]
    variables = [{"name": "may", "expression": SECRET}]
    for document in (
        policy(matchConditions=condition),
        policy(variables=variables, validations=[{"expression": "variables.may", "message": "no"}]),
    ):
        assert [] == judged({question(): Access.ALLOWED}, document)[0]
        assert ["no"] == judged({question(): Access.DENIED}, document)[0]


@pytest.mark.parametrize(
    "expression",
    [
        "authorizer.path('/healthz').check('get').allowed()",
        "authorizer.group('').resource('pods').fieldSelector('a=b')",
    ],
)
def test_what_is_not_there(expression):
    """What of the authorizer we have not is refused when the policy is loaded, by name."""
    (problem,) = PolicySet.load([asks(expression)]).problems

    assert "line 1, column" in problem.message

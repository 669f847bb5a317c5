"""RBAC: what is asked, of whom, and what becomes of the answers."""

import pytest

from admission.model.catalog import DISCOVERY, UNAVAILABLE, Access, AccessQuestion, FrozenCatalog, Lookup
from admission.model.review import User
from admission.policy.resource import PolicySet
from admission.snapshot import AskingCatalog
from policy.making import binding, exception, policy, review, workflow

BATCH = Lookup(DISCOVERY, "", "batch/v1")
REPOSITORIES = {Lookup("ConfigMap", "team", "artifact-repositories")}
JOBS = {
    "kind": "APIResourceList",
    "resources": [
        {"name": "jobs/status", "kind": "Job", "namespaced": True},
        {"name": "jobs", "kind": "Job", "namespaced": True},
        {"name": "things", "kind": "Thing", "namespaced": False},
    ],
}
JOB = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}"


def judged(document, answers, what=("serviceAccounts",), more=(), **given):
    """Findings and what was asked for besides, where *answers* are what is known of the cluster."""
    catalog = AskingCatalog(FrozenCatalog(), answers)
    loaded = PolicySet.load(
        [policy(authorize=list(what), **given.pop("spec", {})), binding(), *more], exception_namespaces=["*"]
    )
    assert () == loaded.problems
    found = loaded.validate(review(document, catalog=catalog, **given)).findings
    # Where artifacts go is looked up for the pods, and no question to RBAC.
    asked = {each for each in catalog.unanswered if each not in REPOSITORIES}
    return [(str(one.path), one.action.value, one.message) for one in found], asked


def may(resource, name, group="", namespace="team", verb="use", user=("anna", ())):
    return AccessQuestion(user[0], user[1], verb, group, resource, namespace, name)


SECRET = {"imagePullSecrets": [{"name": "pull"}]}
ASKED = [
    ("serviceAccounts", {"serviceAccountName": "robot"}, may("serviceaccounts", "robot")),
    ("serviceAccounts", {}, may("serviceaccounts", "default")),
    ("secrets", SECRET, may("secrets", "pull")),
    (
        "priorityClasses",
        {"podPriorityClassName": "high"},
        may("priorityclasses", "high", "scheduling.k8s.io", namespace=""),
    ),
    (
        "workflowTemplates",
        {"workflowTemplateRef": {"name": "build"}},
        may("workflowtemplates", "build", "argoproj.io"),
    ),
    (
        "clusterWorkflowTemplates",
        {"workflowTemplateRef": {"name": "build", "clusterScope": True}},
        may("clusterworkflowtemplates", "build", "argoproj.io", namespace=""),
    ),
]


@pytest.mark.parametrize(("what", "spec", "question"), ASKED, ids=[case[0] for case in ASKED])
def test_uses(what, spec, question):
    """Whoever asks needs the verb use on what the Workflow names; what RBAC says decides."""
    document = workflow(**spec)

    assert {question} == judged(document, {}, [what])[1]
    assert [] == judged(document, {question: Access.ALLOWED}, [what])[0]
    ((_, action, message),) = judged(document, {question: Access.DENIED}, [what])[0]
    assert "Deny" == action
    assert message.startswith("anna may not use the") and repr(question.name) in message


def test_only_what_is_asked_for():
    """A policy asks RBAC about what its authorize names, and nothing else."""
    assert ([], set()) == judged(workflow(**SECRET), {}, ["priorityClasses"])


@pytest.mark.parametrize(("on_unknown", "expected"), [(None, ["Deny"]), ("Warn", ["Warn"]), ("Allow", [])])
def test_where_nobody_can_say(on_unknown, expected):
    """An answer that could not be had is never taken for a yes; onUnknown decides, and denies by default."""
    question = may("serviceaccounts", "default")
    spec = {"onUnknown": on_unknown} if on_unknown else {}

    for answers in ({}, {question: UNAVAILABLE}):
        found, _ = judged(workflow(), answers, spec=spec)
        assert expected == [action for _, action, _ in found]


def test_a_name_that_the_run_decides():
    """A name with {{…}} in it is unknown, and nobody is asked about it."""
    found, asked = judged(workflow(serviceAccountName="{{workflow.parameters.who}}"), {})

    assert set() == asked
    assert ["Deny"] == [action for _, action, _ in found]


def test_who_asks():
    """It is asked as whom the Workflow is judged, with all that the API server knows of him."""
    author = User("cora", ("science",), "u1", {"scopes": ["a", "b"]})
    document = workflow()

    _, asked = judged(document, {}, author=author)
    found, none = judged(document, {}, unknown_asker="the author of the CronWorkflow nightly is not known")

    (question,) = asked
    assert ("cora", ("science",), "u1") == (question.username, question.groups, question.uid)
    assert (("scopes", ("a", "b")),) == question.extra
    assert set() == none
    assert "the author of the CronWorkflow nightly is not known" in found[0][2]


def doing(action="create", manifest=JOB, **more):
    return workflow(templates=[{"name": "t0", "resource": {"action": action, "manifest": manifest}, **more}])


ROBOT = (
    "system:serviceaccount:team:default",
    ("system:serviceaccounts", "system:serviceaccounts:team", "system:authenticated"),
)


def robot(verb, resource="jobs", name="a", namespace="team", account="default"):
    user = (ROBOT[0].replace("default", account), ROBOT[1])
    return may(resource, "" if verb == "create" else name, "batch", namespace, verb, user)


ACTIONS = [
    ("create", ["create"]),
    ("apply", ["get", "create", "patch"]),
    ("replace", ["get", "update"]),
    ("patch", ["patch"]),
    ("delete", ["delete"]),
    ("get", ["get"]),
]


@pytest.mark.parametrize(("action", "verbs"), ACTIONS)
def test_manifests(action, verbs):
    """The service account of a resource template needs the verbs of its action, on what discovery calls the kind."""
    document, questions = doing(action), [robot(verb) for verb in verbs]
    known = {BATCH: JOBS}

    assert {BATCH} == judged(document, {}, ["manifests"])[1]
    assert set(questions) == judged(document, known, ["manifests"])[1]
    assert [] == judged(document, known | dict.fromkeys(questions, Access.ALLOWED), ["manifests"])[0]
    for denied in questions:
        answers = known | dict.fromkeys(questions, Access.ALLOWED) | {denied: Access.DENIED}
        ((_, _, message),) = judged(document, answers, ["manifests"])[0]
        assert f"the service account team/default may not {action} jobs.batch in team" == message


@pytest.mark.parametrize(
    ("document", "question"),
    [
        (doing(serviceAccountName="robot"), robot("create", account="robot")),
        (doing(executor={"serviceAccountName": "exec"}, serviceAccountName="robot"), robot("create", account="exec")),
        (doing("get", JOB.replace("{name: a}", "{name: a, namespace: other}")), robot("get", namespace="other")),
        (doing("get", JOB.replace("a}", "a, namespace: '{{workflow.namespace}}'}")), robot("get")),
        (doing("get", JOB.replace("a}", "'a-{{workflow.name}}'}")), robot("get", name="")),
        (doing("get", JOB.replace("Job", "Thing")), robot("get", "things", namespace="")),
    ],
    ids=["its own account", "the executor's", "elsewhere", "here", "a name of the run", "cluster-scoped"],
)
def test_where_and_as_whom(document, question):
    """The question is about the account that kubectl runs as, and the namespace that the manifest names."""
    assert {question} == judged(document, {BATCH: JOBS}, ["manifests"])[1]


@pytest.mark.parametrize(
    ("document", "answers"),
    [
        (doing(manifest=JOB + "{{inputs.parameters.more}}"), {}),
        (doing(manifest=JOB.replace("Job", "Unheard")), {BATCH: JOBS}),
        (doing(), {BATCH: UNAVAILABLE}),
        (doing("destroy"), {}),
        (doing(serviceAccountName="{{x}}"), {}),
        (doing(manifest="kind: Job"), {}),
    ],
    ids=["templated", "an unknown kind", "no discovery", "an unknown action", "an unknown account", "no version"],
)
def test_manifests_of_which_nobody_knows(document, answers):
    """What a manifest does that nobody can know is unknown; RBAC is not asked about it."""
    found, asked = judged(document, answers, ["manifests"])

    assert set() == asked
    assert ["Deny"] == [action for _, action, _ in found]


def test_exceptions():
    """An exception with grants removes what RBAC denies; one without does not."""
    question = may("serviceaccounts", "default")

    def found(**spec):
        return judged(workflow(), {question: Access.DENIED}, more=[exception(**spec)])[0]

    assert found()
    assert not found(grants=True)


def test_references_alone():
    """Whoever writes references out asks about these alone: the rest is judged afterwards, by what is there."""
    document = workflow(workflowTemplateRef={"name": "build"})
    catalog = AskingCatalog(FrozenCatalog(), {})
    loaded = PolicySet.load([policy(authorize=["serviceAccounts", "workflowTemplates"]), binding()])

    loaded.references(review(document, catalog=catalog))

    assert {may("workflowtemplates", "build", "argoproj.io")} == catalog.unanswered


def reviewed(allowed, user=None, groups=None, **asked):
    """A SubjectAccessReview that has been answered."""
    who = {key: value for key, value in {"user": user, "groups": groups}.items() if value is not None}
    return {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "spec": {**who, "resourceAttributes": asked},
        "status": {"allowed": allowed},
    }


ANY = reviewed(True, resource="serviceaccounts")


@pytest.mark.parametrize(
    ("reviews", "expected"),
    [
        ([], None),
        ([ANY], Access.ALLOWED),
        ([reviewed(True)], Access.ALLOWED),
        ([reviewed(False, "anna", verb="use", name="robot", namespace="team", group="")], Access.DENIED),
        ([reviewed(False, "anna"), ANY], Access.ALLOWED),
        ([ANY, reviewed(False, "anna")], Access.DENIED),
        ([reviewed(True, "bob")], None),
        ([reviewed(True, groups=["dev"])], None),
        ([reviewed(True, name="other")], None),
        ([reviewed(True, resource="secrets")], None),
        ([{**ANY, "status": {}}], None),
        ([{**ANY, "status": {"allowed": "true"}}], Access.DENIED),
    ],
    ids=[
        "nothing",
        "one resource",
        "whatever it is",
        "just that",
        "the last",
        "the last again",
        "another user",
        "another group",
        "another name",
        "another resource",
        "no answer",
        "no truth",
    ],
)
def test_answered_reviews(reviews, expected):
    """Where there is no cluster, SubjectAccessReviews with their status say what RBAC says; the last one counts."""
    catalog = AskingCatalog(FrozenCatalog.of([*reviews, workflow()]), {})

    assert expected is catalog.access(may("serviceaccounts", "robot"))


def test_answered_reviews_are_no_objects():
    """They have no names, and hide nothing that has one."""
    assert 1 == len(FrozenCatalog.of([ANY, ANY, workflow()]).objects)


def test_discovery_from_a_file():
    """What `kubectl get --raw /apis/batch/v1` says is found by its version."""
    document = {**JOBS, "apiVersion": "v1", "groupVersion": "batch/v1"}

    assert document == FrozenCatalog.of([document]).get(BATCH)

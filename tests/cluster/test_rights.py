"""Who may use what: by the API server's own user information and RBAC, whichever way a Workflow comes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from ours import ours

from admission.cli.demo.plane import ControlPlane
from admission.cluster.client import Client
from admission.cluster.lookup import Live
from admission.engine import review
from admission.model.annotations import AUTHOR
from admission.model.catalog import DISCOVERY, Access, AccessQuestion, AnyAnswer, FrozenCatalog, Lookup, Question
from admission.model.document import Document
from admission.model.review import GroupVersionKind, Needs, Phase, Request, User, Verdict
from admission.model.settings import Settings
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from admission.trust import author

pytestmark = pytest.mark.cluster

CONTROLLER = "system:serviceaccount:argo:argo"
NAMESPACE = "rights"

#: What a Workflow uses, by a name of ours: its spec, and the resource that RBAC is asked about.
RESOURCES: dict[str, Document] = {
    "account": {"serviceAccountName": "builder"},
    "default account": {},
    "secret": {"imagePullSecrets": [{"name": "pull"}]},
    "other secret": {"imagePullSecrets": [{"name": "root"}]},
    "priority": {"podPriorityClassName": "high"},
    "template": {"workflowTemplateRef": {"name": "build"}},
    "cluster template": {"workflowTemplateRef": {"name": "base", "clusterScope": True}},
    "manifest": {
        "templates": [
            {
                "name": "main",
                "resource": {"action": "create", "manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}"},
            }
        ]
    },
}

#: What is asked of RBAC for each: nothing else decides in it.
ASKED = {
    "account": "serviceAccounts",
    "default account": "serviceAccounts",
    "secret": "secrets",
    "other secret": "secrets",
    "priority": "priorityClasses",
    "template": "workflowTemplates",
    "cluster template": "clusterWorkflowTemplates",
    "manifest": "manifests",
}

ALL = set(RESOURCES)

#: What each subject may use; it has this by the rules beside it. A manifest is done by the Workflow's account, not by
#: whoever asks, and the account `default` may make ConfigMaps.
SUBJECTS: dict[str, tuple[list[Document], set[str]]] = {
    "nobody": ([], {"manifest"}),
    "everything": ([{"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}], ALL),
    "uses": (
        [
            {"apiGroups": [""], "resources": ["serviceaccounts", "secrets"], "verbs": ["use"]},
            {
                "apiGroups": ["argoproj.io"],
                "resources": ["workflowtemplates", "clusterworkflowtemplates"],
                "verbs": ["use"],
            },
            {"apiGroups": ["scheduling.k8s.io"], "resources": ["priorityclasses"], "verbs": ["use"]},
        ],
        ALL,
    ),
    "edits": (
        [
            {
                "apiGroups": ["", "argoproj.io"],
                "resources": ["*"],
                "verbs": ["get", "list", "create", "update", "delete"],
            }
        ],
        {"manifest"},
    ),
    "one account": (
        [{"apiGroups": [""], "resources": ["serviceaccounts"], "resourceNames": ["builder"], "verbs": ["use"]}],
        {"account", "manifest"},
    ),
    "accounts": (
        [{"apiGroups": [""], "resources": ["serviceaccounts"], "verbs": ["use"]}],
        {"account", "default account", "manifest"},
    ),
    "one secret": (
        [{"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["pull"], "verbs": ["use"]}],
        {"secret", "manifest"},
    ),
    "reads secrets": ([{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}], {"manifest"}),
    "templates": (
        [{"apiGroups": ["argoproj.io"], "resources": ["workflowtemplates"], "verbs": ["use"]}],
        {"template", "manifest"},
    ),
    "one cluster template": (
        [
            {
                "apiGroups": ["argoproj.io"],
                "resources": ["clusterworkflowtemplates"],
                "resourceNames": ["base"],
                "verbs": ["use"],
            }
        ],
        {"cluster template", "manifest"},
    ),
    "priorities": (
        [{"apiGroups": ["scheduling.k8s.io"], "resources": ["priorityclasses"], "verbs": ["use"]}],
        {"priority", "manifest"},
    ),
    "another group": (
        [{"apiGroups": ["other.example"], "resources": ["*"], "verbs": ["use"]}],
        {"manifest"},
    ),
}


@dataclass(frozen=True)
class World:
    """The users as the API server sees them, by subject: as a person and as a service account."""

    live: Live
    people: dict[str, User]
    accounts: dict[str, User]


@pytest.fixture(scope="module")
def world(plane: ControlPlane) -> Iterator[World]:
    """Subjects with their rules; everything goes afterwards."""
    documents = list(_objects())
    plane.apply(*documents)
    live = Live(Client.connect(str(plane.kubeconfig)), seconds=20)
    try:
        people = {name: _whoami(plane, plane.as_user(_user(name), f"group-of-{_user(name)}")) for name in SUBJECTS}
        accounts = {name: _whoami(plane, plane.as_service_account(NAMESPACE, _user(name))) for name in SUBJECTS}
        yield World(live, people, accounts)
    finally:
        live.close()
        plane.kubectl("delete", "--wait=false", "-f", "-", input="\n---\n".join(map(json.dumps, documents)))


def _user(subject: str) -> str:
    return subject.replace(" ", "-")


def _objects() -> Iterator[Document]:
    yield {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}}
    for name, (rules, _) in SUBJECTS.items():
        user, key = _user(name), f"rights-{_user(name)}"
        yield {"apiVersion": "v1", "kind": "ServiceAccount", "metadata": {"name": user, "namespace": NAMESPACE}}
        subjects = [
            {"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"},
            {"kind": "ServiceAccount", "name": user, "namespace": NAMESPACE},
        ]
        yield from _granted(key, rules, subjects)
    makes = [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["create"]}]
    yield from _granted("rights-makes", makes, [{"kind": "ServiceAccount", "name": "default", "namespace": NAMESPACE}])


def _granted(name: str, rules: list[Document], subjects: list[Document]) -> Iterator[Document]:
    api, role = (
        "rbac.authorization.k8s.io/v1",
        {"kind": "ClusterRole", "name": name, "apiGroup": "rbac.authorization.k8s.io"},
    )
    yield {"apiVersion": api, "kind": "ClusterRole", "metadata": {"name": name}, "rules": rules}
    yield {
        "apiVersion": api,
        "kind": "ClusterRoleBinding",
        "metadata": {"name": name},
        "roleRef": role,
        "subjects": subjects,
    }


def _whoami(plane: ControlPlane, kubeconfig: object) -> User:
    """The user information that the API server has of whoever has that kubeconfig."""
    said = json.loads(plane.kubectl("auth", "whoami", "-o", "json", kubeconfig=kubeconfig).stdout)["status"]["userInfo"]  # type: ignore[arg-type]
    return User(said["username"], tuple(said["groups"]), said.get("uid", ""), said.get("extra", {}))


def _verdict(request: Request, snapshot: Snapshot, live: Live) -> Verdict:
    answers: dict[Question, AnyAnswer] = {}
    for _ in range(5):
        found = review(replace(request, answers=dict(answers)), snapshot, Phase.VALIDATE)
        if isinstance(found, Verdict):
            return found
        assert isinstance(found, Needs)
        # Of Argo's own kinds this API server knows nothing: the catalog has all of them.
        answers |= live.answer([each for each in found.questions if not _is_argos(each)], most=50)
        answers |= {
            each: snapshot.catalog.get(each) for each in found.questions if isinstance(each, Lookup) and _is_argos(each)
        }
    raise AssertionError("it asks again and again")


def _is_argos(question: Question) -> bool:
    return isinstance(question, Lookup) and question.kind != DISCOVERY


def _template(kind: str, name: str) -> Document:
    spec = {
        "entrypoint": "main",
        "serviceAccountName": "default",
        "templates": [{"name": "main", "container": {"image": "a"}}],
    }
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, "namespace": NAMESPACE},
        "spec": spec,
    }


def _cron(by: User) -> Document:
    annotations = {AUTHOR: author.written(by)}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "CronWorkflow",
        "metadata": {"name": "nightly", "namespace": NAMESPACE, "uid": "c1", "annotations": annotations},
        "spec": {"schedules": ["@daily"], "workflowSpec": {}},
    }


def _snapshot(resource: str, schedule_of: User) -> Snapshot:
    """Whoever uses *resource* needs RBAC for it; there are templates, and a CronWorkflow of that author."""
    policies = [
        ours("WorkflowPolicy", "rights", authorize=[ASKED[resource]]),
        ours("WorkflowPolicyBinding", "rights", policyName="rights", validationActions=["Deny"]),
    ]
    templates = [_template("WorkflowTemplate", "build"), _template("ClusterWorkflowTemplate", "base")]
    return Snapshot(
        catalog=FrozenCatalog.of([*templates, _cron(schedule_of)]),
        policies=PolicySet.load(policies),
        settings=Settings(controller_users=frozenset({CONTROLLER})),
        live=True,
    )


def _workflow(resource: str, account: str, scheduled: bool) -> Document:
    """A Workflow that uses *resource*, with that service account, if any; *scheduled*: of the CronWorkflow."""
    metadata: Document = {"name": "w", "namespace": NAMESPACE}
    if scheduled:
        owner = {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "name": "nightly", "uid": "c1"}
        metadata["ownerReferences"] = [{**owner, "controller": True}]
    own = {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "a"}}]}
    spec = {
        **({} if "workflowTemplateRef" in RESOURCES[resource] else own),
        **RESOURCES[resource],
        **({"serviceAccountName": account} if account else {}),
    }
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}


def _allowed(resource: str, user: User, world: World, recorded: User | None = None, account: str = "") -> bool:
    """
    Whether *user* may create a Workflow that uses *resource*.

    *recorded*: as the controller, for a CronWorkflow of that author; *account*: with that service account.
    """
    request = Request(
        uid="1",
        operation="CREATE",
        kind=GroupVersionKind("argoproj.io", "v1alpha1", "Workflow"),
        resource="workflows",
        namespace=NAMESPACE,
        name="w",
        user=User(CONTROLLER) if recorded is not None else user,
        raw_object=_workflow(resource, account, scheduled=recorded is not None),
    )
    verdict = _verdict(request, _snapshot(resource, recorded or user), world.live)
    return not [each for each in verdict.denials if each.source == "policy/rights"]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_rights(subject: str, world: World) -> None:
    """A person, a service account, and a schedule of either may use exactly what RBAC lets them."""
    expected = SUBJECTS[subject][1]

    for user in (world.people[subject], world.accounts[subject]):
        assert expected == {each for each in RESOURCES if _allowed(each, user, world)}
    scheduled = {each for each in RESOURCES if _allowed(each, User(CONTROLLER), world, world.people[subject])}
    assert expected == scheduled


def test_an_account_that_may_not(world: World) -> None:
    """What a manifest does is asked of the account that the Workflow names, whoever asks."""
    assert not _allowed("manifest", world.people["everything"], world, account="nobody")


def test_answers_of_the_cluster(world: World) -> None:
    """A question about a right gets RBAC's answer, one about a group that there is not gets *missing*."""
    question = AccessQuestion("everything", (), "use", "", "secrets", NAMESPACE, "x")
    denied = AccessQuestion("nobody", (), "use", "", "secrets", NAMESPACE, "x")
    lookups = [Lookup(DISCOVERY, "", "v1"), Lookup(DISCOVERY, "", "nothing.example/v1"), Lookup(DISCOVERY, "", "../v1")]

    answers = world.live.answer([question, denied, *lookups])

    assert (Access.ALLOWED, Access.DENIED) == (answers[question], answers[denied])
    found, *missing = (answers[each] for each in lookups)
    assert isinstance(found, dict) and "secrets" in {each["name"] for each in found["resources"]}
    assert ["missing", "missing"] == [getattr(each, "value", None) for each in missing]

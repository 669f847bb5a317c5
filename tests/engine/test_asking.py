"""Whom a Workflow is judged as."""

import pytest

from admission.engine.asking import REQUESTER, Asker, asker, findings
from admission.model.annotations import AUTHOR
from admission.model.catalog import FrozenCatalog
from admission.model.review import GroupVersionKind, Request, User
from admission.model.settings import Settings
from admission.snapshot import Snapshot
from admission.trust import author

CONTROLLER, SERVER = "system:serviceaccount:argo:argo", "system:serviceaccount:argo:argo-server"
SETTINGS = Settings(controller_users=frozenset({CONTROLLER}), event_submitters=frozenset({SERVER}))
CORA = User("cora", ("science",), "u1")


def recorded(kind, name, uid="", by=CORA, **spec):
    metadata = {"name": name, "namespace": "team", "uid": uid}
    if by:
        metadata["annotations"] = {AUTHOR: author.written(by)}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


NIGHTLY = recorded("CronWorkflow", "nightly", "c1")
OLD = recorded("CronWorkflow", "old", "c2", by=None)
PUSH = recorded("WorkflowEventBinding", "push", submit={"workflowTemplateRef": {"name": "build"}})
CATALOG = FrozenCatalog.of([NIGHTLY, OLD, PUSH])


def request(username, metadata, operation="CREATE", **spec):
    document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": metadata, "spec": spec}
    kind = GroupVersionKind("argoproj.io", "v1alpha1", "Workflow")
    return Request(uid="1", operation=operation, kind=kind, namespace="team", user=User(username), raw_object=document)


def owned(name="nightly", uid="c1", **more):
    owner = {"apiVersion": "argoproj.io/v1alpha1", "kind": "CronWorkflow", "name": name, "uid": uid, "controller": True}
    return {"ownerReferences": [{**owner, **more}]}


def judged_as(given, catalog=CATALOG):
    return asker(given, Snapshot(catalog=catalog, settings=SETTINGS))


SCHEDULED = [
    ("its author", CONTROLLER, owned(), Asker(CORA)),
    ("somebody else asks", "anna", owned(), REQUESTER),
    ("argo-server asks", SERVER, owned(), REQUESTER),
    ("no owner", CONTROLLER, {}, REQUESTER),
    ("an owner of another kind", CONTROLLER, owned(kind="Workflow"), REQUESTER),
    ("an owner of another group", CONTROLLER, owned(apiVersion="other/v1"), REQUESTER),
    ("an owner that does not control", CONTROLLER, owned(controller=False), REQUESTER),
]


@pytest.mark.parametrize(
    ("user", "metadata", "expected"), [case[1:] for case in SCHEDULED], ids=[case[0] for case in SCHEDULED]
)
def test_schedules(user, metadata, expected):
    """What the controller creates for a CronWorkflow is judged as that one's author, and nothing else is."""
    assert expected == judged_as(request(user, metadata))


@pytest.mark.parametrize(
    ("metadata", "catalog", "why"),
    [
        (owned(uid="c0"), CATALOG, "another one"),
        (owned(uid=""), CATALOG, "another one"),
        (owned("old", "c2"), CATALOG, "nobody recorded the author"),
        (owned("gone"), CATALOG, "not there"),
        (owned(), FrozenCatalog.of(unavailable=["CronWorkflow"]), "not available"),
    ],
)
def test_nobody_knows(metadata, catalog, why):
    """Where the CronWorkflow is another, gone, or has no author, nobody knows who asks: it is never the controller."""
    found = judged_as(request(CONTROLLER, metadata), catalog)

    assert found.author is None
    assert why in found.unknown


def event(binding="push"):
    return {"labels": {"workflows.argoproj.io/workflow-event-binding": binding}}


BUILD = {"workflowTemplateRef": {"name": "build"}}
EVENTS = [
    ("its author", SERVER, event(), BUILD, Asker(CORA)),
    ("with arguments", SERVER, event(), {**BUILD, "arguments": {}}, Asker(CORA)),
    ("somebody else asks", "anna", event(), BUILD, REQUESTER),
    ("the controller asks", CONTROLLER, event(), BUILD, REQUESTER),
    ("no label", SERVER, {}, BUILD, REQUESTER),
    ("another template", SERVER, event(), {"workflowTemplateRef": {"name": "other"}}, REQUESTER),
    ("of another scope", SERVER, event(), {"workflowTemplateRef": {"name": "build", "clusterScope": True}}, REQUESTER),
    ("something beside it", SERVER, event(), {**BUILD, "serviceAccountName": "root"}, REQUESTER),
    ("its own templates", SERVER, event(), {"templates": []}, REQUESTER),
]


@pytest.mark.parametrize(
    ("user", "metadata", "spec", "expected"), [case[1:] for case in EVENTS], ids=[case[0] for case in EVENTS]
)
def test_events(user, metadata, spec, expected):
    """What a configured submitter creates for an event is judged as its author, if it is just the template of it."""
    assert expected == judged_as(request(user, metadata, **spec))


def test_an_event_binding_that_is_gone():
    """Where the binding that is named is not there, nobody knows who asks."""
    assert "not there" in judged_as(request(SERVER, event("gone"), **BUILD)).unknown


def test_only_what_is_created():
    """An UPDATE is judged as whoever makes it."""
    assert REQUESTER == judged_as(request(CONTROLLER, owned(), "UPDATE"))


def test_the_controller_without_an_owner():
    """A Workflow that the controller creates for no CronWorkflow is denied; whatever else it creates is not."""
    snapshot = Snapshot(settings=SETTINGS)

    assert ["update/owner"] == [each.source for each in findings(request(CONTROLLER, {}), snapshot)]
    assert [] == list(findings(request(CONTROLLER, owned()), snapshot))
    assert [] == list(findings(request("anna", {}), snapshot))


def test_a_recorded_author_is_of_that_form():
    """What is no author by its form is nobody, whoever wrote it."""
    for said in (
        "",
        "{",
        "[]",
        '{"username": "a"}',
        '{"username": "", "groups": []}',
        '{"username": "a", "groups": [1]}',
    ):
        document = {"metadata": {"annotations": {AUTHOR: said}}}

        assert author.user_of(document) is None

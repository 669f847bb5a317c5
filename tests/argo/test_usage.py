"""Who uses what."""

from __future__ import annotations

from typing import Any

import pytest
from expanding import call, cluster_template, container, obj, ref, referring, steps, template, workflow
from generating import catalogs, workflows
from hypothesis import given, settings

from admission.argo.usage.index import Index
from admission.argo.usage.reduced import reduced
from admission.argo.usage.uses import Use, uses_of
from admission.model.catalog import FrozenCatalog, Lookup
from admission.model.document import Document

BASE = Lookup("WorkflowTemplate", "default", "base")


def users(target: Lookup, *documents: Document, **more: Any) -> list[str]:
    found = Index.of(FrozenCatalog.of(documents)).users(target, **more)
    return [f"{user.lookup.kind} {user.lookup.name}{'' if user.direct else ' indirectly'}" for user in found]


def schedule(name: str, spec: Document) -> Document:
    return obj("CronWorkflow", name, {"schedules": ["@daily"], "workflowSpec": spec})


def binding(name: str, of: str) -> Document:
    submit = {
        "workflowTemplateRef": {"name": of},
        "arguments": {"parameters": [{"name": "x", "valueFrom": {"event": "p"}}]},
    }
    return obj("WorkflowEventBinding", name, {"event": {"selector": "payload.ok"}, "submit": submit})


def test_every_kind_of_user() -> None:
    """Workflows, schedules, event bindings and templates use a template, by all of it or by one of its templates."""
    step = steps("main", call("s", **ref("base", "build")))
    documents = [
        template(templates=[container("build")]),
        referring(),
        workflow("steps", templates=[step]),
        workflow("hook", hooks={"exit": ref("base", "build")}),
        workflow("none", templates=[container("build")]),
        schedule("nightly", {"workflowTemplateRef": {"name": "base"}}),
        binding("pushed", "base"),
        template("another", templates=[step]),
        cluster_template("everywhere", templates=[step]),
    ]

    assert [
        "ClusterWorkflowTemplate everywhere",
        "CronWorkflow nightly",
        "Workflow hook",
        "Workflow own",
        "Workflow steps",
        "WorkflowEventBinding pushed",
        "WorkflowTemplate another",
    ] == users(BASE, *documents)


def test_through_any_depth() -> None:
    """Who uses a user is one, too: by the template that leads there, and only by that."""
    documents = [
        template(templates=[container("build")]),
        template(
            "middle",
            templates=[
                steps("a", call("s", **ref("base", "build"))),
                steps("b", call("s", template="a")),
                container("c"),
            ],
        ),
        cluster_template("top", templates=[steps("main", call("s", **ref("middle", "b")))]),
        workflow("far", templates=[steps("main", call("s", **ref("top", "main", cluster=True)))]),
        workflow("other-template", templates=[steps("main", call("s", **ref("middle", "c")))]),
        referring("middle"),
    ]

    assert [
        "WorkflowTemplate middle",
        "ClusterWorkflowTemplate top indirectly",
        "Workflow far indirectly",
        "Workflow own indirectly",
    ] == users(BASE, *documents)


def test_circles_end() -> None:
    """Templates that run each other use each other, and nobody uses itself."""
    documents = [
        template(templates=[steps("a", call("s", **ref("other", "a")), call("t", **ref("base", "a")))]),
        template("other", templates=[steps("a", call("s", **ref("base", "a")))]),
    ]

    assert ["WorkflowTemplate other"] == users(BASE, *documents)


def test_namespaces() -> None:
    """A WorkflowTemplate is used in its namespace; of what the whole cluster has, any namespace may be the user's."""
    documents = [
        cluster_template("everywhere", templates=[steps("main", call("s", **ref("base", "a")))]),
        obj(
            "Workflow",
            "near",
            {"workflowTemplateRef": {"name": "everywhere", "clusterScope": True}},
            namespace="default",
        ),
        obj("Workflow", "far", {"workflowTemplateRef": {"name": "everywhere", "clusterScope": True}}, namespace="else"),
        obj("Workflow", "else", {"workflowTemplateRef": {"name": "base"}}, namespace="else"),
    ]

    assert ["ClusterWorkflowTemplate everywhere", "Workflow near indirectly"] == users(BASE, *documents)


def test_only_some_uses_are_concerned() -> None:
    """A change that concerns one template concerns those who use that one, and whoever runs all."""
    documents = [
        workflow("a", templates=[steps("main", call("s", **ref("base", "a")))]),
        workflow("b", templates=[steps("main", call("s", **ref("base", "b")))]),
        referring(entrypoint="b"),
    ]

    assert ["Workflow a"] == users(BASE, *documents, concerned=lambda use: use.template == "a")
    assert ["Workflow b", "Workflow own"] == users(BASE, *documents, concerned=lambda use: use.template == "b")


@pytest.mark.parametrize("end", ["Succeeded", "Failed", "Error"])
def test_a_finished_workflow_uses_nothing(end: str) -> None:
    """What has come to its end runs no template any more, and is not kept."""
    done = {**referring(), "status": {"phase": end}}

    assert [] == users(BASE, done)
    assert reduced(done) is None
    assert reduced({**referring(), "status": {"phase": "Running"}}) is not None


def test_what_is_handed_over() -> None:
    """A use says which parameters and artifacts are given, and the values that are known before the run."""
    arguments = {
        "parameters": [{"name": "n", "value": 3}, {"name": "t", "value": "{{item}}"}, {"name": "none"}],
        "artifacts": [{"name": "f", "raw": {"data": "x"}}],
    }
    [use] = uses_of(workflow(templates=[steps("main", call("s", arguments=arguments, **ref("base", "a")))])).uses

    assert {"n": "3", "t": None} == use.given
    assert {"f"} == use.artifacts
    assert "spec.templates[0].steps[0][0].templateRef" == str(use.path)


def test_what_is_kept() -> None:
    """Of an object only its references stay; long values are known to be there, and no more."""
    big = workflow(
        "big",
        templates=[
            {**container("a"), "script": {"source": "x" * 10_000}},
            steps(
                "main", call("s", arguments={"parameters": [{"name": "p", "value": "y" * 1000}]}, **ref("base", "a"))
            ),
        ],
    )
    small = reduced({**big, "status": {"nodes": {"n": {"message": "z" * 1000}}}})

    assert small is not None
    assert len(str(small)) < 500
    assert [{"p": None}] == [use.given for use in uses_of(small).uses]
    assert reduced(workflow(templates=[container("a")])) is None
    assert reduced({"kind": "Pod", "spec": {}}) is None


@settings(max_examples=100, deadline=None)
@given(workflows(inline=True))
def test_what_is_kept_refers_as_before(document: Document) -> None:
    """What is kept of an object has the same uses, by the same names, as all of it."""
    small, whole = reduced(document), uses_of(document)

    assert bool(whole.uses) == (small is not None)
    if small is not None:
        assert whole == uses_of(small)


@settings(max_examples=50, deadline=None)
@given(catalogs(inline=True), workflows(inline=True))
def test_users_are_those_who_lead_there(documents: list[Document], document: Document) -> None:
    """By whichever way one looks: the users of all that a Workflow refers to have it among them."""
    index = Index.of(FrozenCatalog.of([*documents, document]))
    own = Lookup("Workflow", "default", "w")

    for use in uses_of(document).uses:
        target = Lookup(use.kind, "" if use.kind.startswith("Cluster") else "default", use.name)
        assert own in [user.lookup for user in index.users(target)]


def test_uses_are_values() -> None:
    """Two uses at the same place of the same template are one."""
    [one], [two] = uses_of(referring()).uses, uses_of(referring()).uses

    assert one == two
    assert isinstance(one, Use)


def test_deep_templates() -> None:
    """Inline templates within each other as deep as JSON may be: their references are found, and soon."""
    inner: Document = call("s", **ref("base", "a"))
    for _ in range(200):
        inner = call("s", inline=steps("x", inner))
    document = workflow(templates=[steps("main", inner)])
    small = reduced(document)

    assert small is not None
    assert [("base", "a")] == [(use.name, use.template) for use in uses_of(small).uses]

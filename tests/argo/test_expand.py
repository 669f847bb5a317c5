"""References written out: example by example, as argo-resolution 9 has them."""

from __future__ import annotations

from typing import Any

import pytest
from expanding import (
    IMAGE,
    call,
    catalog,
    cluster_template,
    container,
    obj,
    ref,
    referring,
    steps,
    template,
    workflow,
)

from admission.argo.expand import Expansion, expand, merge_only
from admission.argo.expansion.result import Key
from admission.argo.expansion.templates import copies
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path


def expanded(document: Document, *others: Document, version: str = "4.1", **more: Any) -> Expansion:
    around = others[0] if others and isinstance(others[0], FrozenCatalog) else catalog(*others)
    return expand(document, around, namespace="default", argo_version=version, **more)


def names(found: Expansion) -> list[str]:
    return [each["name"] for each in found.document["spec"]["templates"]]


def calls(*more: Document) -> Document:
    """A Workflow whose steps are these."""
    return workflow(entrypoint="main", templates=[steps("main", *more)])


def test_all_of_a_template() -> None:
    """The Workflow has what its template says, without the reference, and the label that says where it is from."""
    found = expanded(
        referring(arguments={"parameters": [{"name": "x", "value": "1"}]}),
        template(entrypoint="main", templates=[container("main")]),
    )
    spec = found.document["spec"]

    assert {
        "entrypoint": "main",
        "templates": [container("main")],
        "arguments": {"parameters": [{"name": "x", "value": "1"}]},
    } == spec
    assert {"workflows.argoproj.io/workflow-template": "base"} == found.document["metadata"]["labels"]
    assert [("WorkflowTemplate", "default", "base")] == [(s.kind, s.namespace, s.name) for s in found.sources]


def test_all_of_a_cluster_template() -> None:
    """The scope of the reference says which object and which label."""
    document = workflow(workflowTemplateRef={"name": "base", "clusterScope": True})
    found = expanded(document, cluster_template(entrypoint="a", templates=[container("a")]), template())

    assert {"workflows.argoproj.io/cluster-workflow-template": "base"} == found.document["metadata"]["labels"]
    assert "a" == found.document["spec"]["entrypoint"]


def test_one_level_alone() -> None:
    """A template's own workflowTemplateRef is not followed, as Argo does not."""
    found = expanded(
        referring(),
        template(workflowTemplateRef={"name": "other"}, entrypoint="main"),
        template("other", entrypoint="x"),
    )

    assert "main" == found.document["spec"]["entrypoint"]


def test_a_name_that_is_free_is_kept() -> None:
    """The name of a template is part of the names of pods, so a copy keeps it where nobody else has it."""
    found = expanded(
        calls(call("a", **ref("base", "build"))), template(templates=[container("build"), container("unused")])
    )

    assert ["main", "build"] == names(found)
    assert [[{"name": "a", "template": "build"}]] == found.document["spec"]["templates"][0]["steps"]


def test_a_name_that_is_taken_gets_a_suffix() -> None:
    """Two templates of one name get names that are always the same, and of a length that Argo takes."""
    own = workflow(entrypoint="main", templates=[steps("main", call("a", **ref("base", "build"))), container("build")])
    found = expanded(own, template(templates=[container("build")]))
    [_, _, copy] = names(found)

    assert copy == list(copies(Key("WorkflowTemplate", "base", "build")))[1]
    assert len(copy) == len("build-") + 8
    assert max(map(len, copies(Key("WorkflowTemplate", "base", "x" * 128)))) == 128


def test_what_a_template_runs_comes_with_it() -> None:
    """Names, hooks and exit handlers behind a reference are those of its object, at any depth; nothing else comes."""
    inner = steps("outer", call("a", template="leaf", onExit="bye", hooks={"exit": {"template": "hook"}}))
    base = template(templates=[inner, container("leaf"), container("bye"), container("hook"), container("unused")])
    own = workflow(
        entrypoint="main",
        templates=[steps("main", call("a", **ref("base", "outer"))), container("leaf")],
        hooks={"exit": ref("base", "bye")},
    )
    found = expanded(own, base)
    spec = found.document["spec"]

    assert {"main", "leaf", "outer", "hook", "bye"} <= set(names(found))
    assert "unused" not in names(found)
    assert 6 == len(names(found))
    outer = next(each for each in spec["templates"] if each["name"] == "outer")["steps"][0][0]
    assert outer["template"].startswith("leaf-")
    assert {"template": "bye"} == spec["hooks"]["exit"]


def test_circles_become_recursion() -> None:
    """Templates that run each other are copied once each, and run each other by their names."""
    one = template("one", templates=[steps("a", call("s", **ref("two", "b")))])
    two = cluster_template("two", templates=[steps("b", call("s", **ref("one", "a")))])
    found = expanded(
        calls(call("x", **ref("one", "a"))),
        one,
        two,
        template("two", templates=[steps("b", call("s", **ref("one", "a")))]),
    )

    assert ["main", "a", "b"] == names(found)
    assert () == found.missing


@pytest.mark.parametrize(("version", "expected"), [("4.1", "own"), ("4.0", "base")])
def test_pod_metadata_is_folded_in(version: str, expected: str) -> None:
    """What the object gives to its pods goes into the copy; which of two wins is a matter of the version."""
    base = template(
        podMetadata={"labels": {"a": "base", "b": "base"}},
        templates=[{**container("x"), "metadata": {"labels": {"a": "own"}}}],
    )
    found = expanded(calls(call("s", **ref("base", "x"))), base, version=version)

    assert {"a": expected, "b": "base"} == found.document["spec"]["templates"][1]["metadata"]["labels"]


def _inline(name: str) -> Document:
    return steps(name, call("i", inline={"container": IMAGE}))


@pytest.mark.parametrize(
    ("step", "objects", "as_judged"),
    [
        (ref("base", "{{item}}"), [template(templates=[container("a")])], False),
        (ref("{{item}}", "a"), [template(templates=[container("a")])], False),
        ({**ref("base", "a"), "template": "a"}, [template(templates=[container("a")])], False),
        (ref("base", "a"), [template(templates=[_inline("a")])], True),
        (ref("base", "a"), [template(templates=[steps("a", call("s", template="b")), _inline("b")])], True),
        (ref("base", "a"), [template(templates=[{"name": "a", "container": {"command": ["x"]}}])], True),
        (ref("base", "a"), [template(templates=[steps("a", call("s", template="{{x}}"))])], False),
        (ref("base", "a"), [template(templates=[steps("a", call("s", template="gone"))])], True),
    ],
    ids=[
        "a dynamic template",
        "a dynamic name",
        "beside a template",
        "an inline template behind it",
        "an inline template further behind",
        "no image",
        "a dynamic local name",
        "a local name of nothing",
    ],
)
def test_what_must_not_be_written_out(step: Document, objects: list[Document], as_judged: bool) -> None:
    """What would run otherwise from here stays as it is and is said to; judged it is in full, as far as it is known."""
    document = calls(call("s", **step))
    stored, judged = expanded(document, *objects), expanded(document, *objects, inline=False)

    assert document == stored.document
    assert ["spec.templates[0].steps[0][0].templateRef"] == [str(left.path) for left in stored.unexpanded]
    assert as_judged == (len(names(judged)) > 1)


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (referring("none"), "spec.workflowTemplateRef"),
        (calls(call("s", **ref("none", "a"))), "spec.templates[0].steps[0][0].templateRef"),
        (calls(call("s", **ref("base", "none"))), "spec.templates[0].steps[0][0].templateRef"),
        (workflow(templates=[container("a")], hooks={"exit": ref("none", "a")}), "spec.hooks.exit.templateRef"),
    ],
    ids=["all of it", "one of none", "none of it", "a hook"],
)
def test_what_is_missing_stays(document: Document, path: str) -> None:
    """A reference to nothing stays, and is found at its place."""
    found = expanded(document, template(templates=[container("a")]))

    assert document == found.document
    assert [path] == [str(missing.path) for missing in found.missing]
    assert ["schema/reference"] == [finding.source for finding in found.findings]


def test_a_running_workflow_is_left_alone() -> None:
    """Nodes name templates as they were, so that a status keeps references where they are."""
    document = {**calls(call("s", **ref("base", "a"))), "status": {"phase": "Running"}}
    found = expanded(document, template(templates=[container("a")]))

    assert document == found.document
    assert 1 == len(found.unexpanded)


@pytest.mark.parametrize("mode", ["Strict", "Secure"])
def test_modes_of_the_controller(mode: str) -> None:
    """Where the controller wants the reference it stays, and what may not stand beside it is found."""
    around = catalog(template(entrypoint="main", templates=[container("main")]), mode=mode)
    document = referring(serviceAccountName="x", podGC={"strategy": "OnPodCompletion"})
    stored = expanded(document, around)

    assert document == stored.document
    assert ["spec.serviceAccountName"] == [str(path) for path, _ in stored.forbidden]
    judged = expanded(document, around, inline=False).document["spec"]
    assert "serviceAccountName" not in judged
    assert [container("main")] == judged["templates"]


def test_templates_and_schedules_are_expanded_for_reading() -> None:
    """A template and a CronWorkflow are what they were, with what they refer to in it, at its place."""
    base = template(entrypoint="main", templates=[container("main")])
    other = template("other", templates=[steps("x", call("s", **ref("base", "main")))])
    cron = obj(
        "CronWorkflow", "c", {"schedules": ["@daily"], "workflowSpec": {"workflowTemplateRef": {"name": "base"}}}
    )

    assert ["x", "main"] == names(expanded(other, base))
    assert {"entrypoint": "main", "templates": [container("main")]} == expanded(cron, base).document["spec"][
        "workflowSpec"
    ]


def test_places_lead_to_what_was_written() -> None:
    """What stands behind a reference is blamed on the reference; what the author wrote on its own place."""
    own = workflow(entrypoint="main", templates=[container("first"), steps("main", call("s", **ref("base", "a")))])
    found = expanded(own, template(templates=[steps("a", call("t", **ref("base", "b"))), container("b")]))

    assert "spec.templates[1].steps[0][0].templateRef" == str(
        found.place(Path(("spec", "templates", 3, "container", "image")))
    )
    assert "spec.templates[0].container" == str(found.place(Path(("spec", "templates", 0, "container"))))


def test_the_merge_alone_keeps_references() -> None:
    """``merge_only`` is the controller's own merge: the reference stays, and templateRefs do."""
    base = template(entrypoint="main", templates=[steps("main", call("s", **ref("other", "a")))])
    found = merge_only(
        referring(), catalog(base, defaults={"spec": {"priority": 3}}), namespace="default", argo_version="4.0"
    )
    spec = found.document["spec"]

    assert ({"name": "base"}, 3) == (spec["workflowTemplateRef"], spec["priority"])
    assert "templateRef" in spec["templates"][0]["steps"][0][0]
    assert "labels" not in found.document["metadata"]


def test_labels_that_read_as_directives() -> None:
    """A label of the Workflow stays whatever its name: what was merged is read over what there is."""
    document = obj("Workflow", "own", {}, labels={"$patch": "replace", "a": "1"})
    found = merge_only(
        document, catalog(defaults={"metadata": {"labels": {"b": "2"}}}), namespace="default", argo_version="4.0"
    )

    assert {"$patch": "replace", "a": "1"} == found.document["metadata"]["labels"]


def test_parameters_without_a_name() -> None:
    """A parameter without a name is one of an empty name, and its values are of one level alone."""
    found = merge_only(
        referring(arguments={"parameters": [{"default": ""}]}),
        catalog(template(arguments={"parameters": [{"name": "", "value": "low", "description": "d"}]})),
        namespace="default",
        argo_version="4.0",
    )

    assert [{"default": ""}] == found.document["spec"]["arguments"]["parameters"]


@pytest.mark.parametrize(
    ("document", "base"),
    [
        (obj("CronWorkflow", "own", {"workflowSpec": {}}, labels=["a"]), template()),
        (referring(), obj("WorkflowTemplate", "base", {}, annotations={"a": 1})),
    ],
    ids=["CronWorkflow", "WorkflowTemplate"],
)
def test_metadata_that_cannot_be_read(document: Document, base: Document) -> None:
    """An object whose metadata does not fit is none for the controller."""
    assert merge_only(document, catalog(base), namespace="default", argo_version="4.0").error


def test_references_in_another_letter_case() -> None:
    """Below a step Argo takes names of fields in any letter case: what is judged has what such a reference brings."""
    document = calls(call("a", templateRef={"NAME": "base", "Template": "work"}))
    base = template(templates=[container("work")])

    assert ["main", "work"] == names(expanded(document, base, inline=False))
    assert expanded(document, base).document is document


def test_what_cannot_be_merged_is_an_error_at_its_place() -> None:
    """Where the controller would stop, the document stays and says why."""
    found = expanded(
        referring(tolerations=[{"operator": "Exists"}]), template(entrypoint="m", tolerations=[{"operator": "Exists"}])
    )

    assert ["schema/merge"] == [finding.source for finding in found.findings]
    assert "workflowTemplateRef" in found.document["spec"]


def test_documents_without_references_are_themselves() -> None:
    """Nothing is copied where nothing is to be done."""
    document = workflow(templates=[container("a")])

    assert document is expanded(document).document
    assert {"kind": "ConfigMap"} == expanded({"kind": "ConfigMap"}).document


@pytest.mark.parametrize(
    "lost", [ref("none", "x"), ref("base", "none"), ref("{{item}}", "x")], ids=["an object", "a template", "dynamic"]
)
def test_what_leads_nowhere_further_behind(lost: Document) -> None:
    """
    A template whose hook refers to nothing runs, until the hook is due; standing in the Workflow it would be refused.

    So it is not written out, and what is missing is found at the reference that the author wrote.
    """
    base = template(templates=[steps("a", call("s", template="b", hooks={"exit": lost})), container("b")])
    document = calls(call("s", **ref("base", "a")))
    found = expanded(document, base)
    dynamic = "{{" in lost["templateRef"]["name"]

    assert dynamic == (document != found.document)
    assert ([] if dynamic else ["spec.templates[0].steps[0][0].templateRef"]) == [
        str(each.path) for each in found.missing
    ]

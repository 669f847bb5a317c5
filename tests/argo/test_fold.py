"""A repeated apply is no edit, whatever we and the controller have made of the Workflow; an edit is one."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from engine.asking import LIMITS, binding, created, policy, snapshot, updated
from expanding import call, container, ref, referring, steps, template, workflow
from generating import catalogs, workflows
from hypothesis import given, settings

from admission.argo.expansion.join import with_defaults
from admission.argo.fold import conflicting_reference, fold
from admission.model.document import Document
from admission.snapshot import Snapshot

POLICIES = (
    policy("limits", mutations=[{"target": "Container", "default": LIMITS}]),
    policy("account", mutations=[{"target": "Workflow", "default": {"spec": {"serviceAccountName": "runner"}}}]),
    binding("limits"),
    binding("account"),
)
DEFAULTS = {"spec": {"ttlStrategy": {"secondsAfterCompletion": 60}, "podGC": {"strategy": "OnPodSuccess"}}}
BASE = template(
    entrypoint="main",
    arguments={"parameters": [{"name": "x", "value": "1"}]},
    templates=[steps("main", call("s", template="leaf")), container("leaf")],
)


def around(*documents: Document) -> Snapshot:
    return snapshot(*documents, policies=POLICIES, controller={"workflowDefaults": DEFAULTS})


def in_default(document: Document) -> Document:
    return {**document, "metadata": {**document["metadata"], "namespace": "default"}}


def begun(stored: Document) -> Document:
    """*stored* as the controller has it after its first look: defaults in it, variables put in, a status."""
    document = with_defaults(stored, DEFAULTS)
    document = {**document, "spec": as_go_writes(document["spec"], "spec")}
    spec = {key: value for key, value in document["spec"].items() if key != "templates"}
    put_in = json.loads(json.dumps(spec).replace("{{workflow.name}}", document["metadata"]["name"]))
    templates = {"templates": document["spec"]["templates"]} if "templates" in document["spec"] else {}
    return {**document, "spec": {**put_in, **templates}, "status": {"phase": "Running"}}


#: What Go writes beside what was said: objects that are no pointers, and names, however empty.
ALWAYS: dict[str, Document] = {
    "spec": {"arguments": {}},
    "templates": {"inputs": {}, "outputs": {}, "metadata": {}},
    "inline": {"inputs": {}, "outputs": {}, "metadata": {}},
    "steps": {"arguments": {}},
    "tasks": {"arguments": {}},
    "container": {"name": "", "resources": {}},
}


def as_go_writes(value: Any, of: str) -> Any:
    """*value*, which stands in the field *of*, as the controller writes it back."""
    if isinstance(value, list):
        return [as_go_writes(each, of) for each in value]
    if not isinstance(value, dict):
        return value
    if of == "hooks":
        return {event: {"arguments": {}, **as_go_writes(hook, "hook")} for event, hook in value.items()}
    if of == "limits":
        return {name: {"1000m": "1"}.get(amount, amount) for name, amount in value.items()}
    return {**ALWAYS.get(of, {}), **{key: as_go_writes(each, key) for key, each in value.items()}}


def applied_again(document: Document, snapshot: Snapshot, *, after: bool) -> tuple[Document, Document]:
    """What is stored of *document*, and what is stored once it was applied a second time, *after* the controller."""
    stored = created(document, snapshot)
    kept = begun(stored) if after else stored
    # kubectl sends what it read, with what the manifest says laid over it: maps join, lists are the manifest's.
    again = {**kept, "metadata": {**kept["metadata"]}, "spec": _overlaid(kept["spec"], document["spec"])}
    return kept, updated(kept, again, snapshot)


def _overlaid(there: Any, said: Any) -> Any:
    if isinstance(there, dict) and isinstance(said, dict):
        return {**there, **{key: _overlaid(there.get(key), value) for key, value in said.items()}}
    return said


@pytest.mark.parametrize("after", [False, True], ids=["at once", "after the controller"])
@pytest.mark.parametrize(
    "document",
    [
        referring(),
        referring(arguments={"parameters": [{"name": "x", "value": "2"}]}),
        referring(arguments={"parameters": [{"name": "x", "value": "{{workflow.name}}"}]}),
        workflow(entrypoint="main", templates=[container("main")]),
        workflow(entrypoint="m", templates=[{"name": "m", "container": {"resources": {"limits": {"cpu": "1000m"}}}}]),
        workflow(entrypoint="main", templates=[steps("main", call("s", **ref("base", "leaf")))]),
        workflow(entrypoint="main", templates=[steps("main", call("s", **ref("base", "main"))), container("leaf")]),
        workflow(entrypoint="a", templates=[container("a")], hooks={"exit": ref("base", "leaf")}),
        referring(podMetadata={"labels": {"a": "{{workflow.name}}"}}),
    ],
    ids=[
        "all",
        "an argument",
        "a variable",
        "no reference",
        "a quantity",
        "one template",
        "a name that is taken",
        "a hook",
        "labels",
    ],
)
def test_a_second_apply_changes_nothing(document: Document, after: bool) -> None:
    """The same manifest again: what is stored stays, to the last field."""
    before, now = applied_again(in_default(document), around(BASE), after=after)

    assert before == now


@settings(max_examples=80, deadline=None)
@given(workflows(inline=True), catalogs(inline=True))
def test_a_second_apply_changes_nothing_whatever_refers_to_whatever(
    document: Document, objects: list[Document]
) -> None:
    """So with any Workflow and any templates, before and after the controller has begun."""
    for after in (False, True):
        before, now = applied_again(document, around(*objects), after=after)
        assert before == now


@pytest.mark.parametrize(
    "edit",
    [
        {"entrypoint": "leaf"},
        {"serviceAccountName": "admin"},
        {"hostNetwork": True},
        {"arguments": {"parameters": [{"name": "x", "value": "3"}]}},
        {"podGC": {"strategy": "OnWorkflowCompletion"}},
    ],
    ids=lambda edit: next(iter(edit)),
)
def test_an_edit_stays(edit: Document) -> None:
    """What the author writes otherwise now is his, and is not put back."""
    document = in_default(referring(arguments={"parameters": [{"name": "x", "value": "2"}]}))
    kept = begun(created(document, around(BASE)))
    again = {**kept, "spec": _overlaid(kept["spec"], {**document["spec"], **edit})}
    now = updated(kept, again, around(BASE))

    assert {**kept["spec"], **edit} == now["spec"]


def test_another_reference_is_none_that_is_folded() -> None:
    """A different reference beside written-out templates stays, to be denied."""
    document = in_default(referring())
    kept = created(document, around(BASE, template("other", entrypoint="x", templates=[container("x")])))
    again = {**kept, "spec": {**kept["spec"], "workflowTemplateRef": {"name": "other"}}}

    assert "spec.workflowTemplateRef" == str(conflicting_reference(kept, again))
    assert {"name": "other"} == updated(kept, again, around(BASE))["spec"]["workflowTemplateRef"]


def test_what_we_wrote_comes_back() -> None:
    """Who applies server-side drops our annotations, the label and limits: all of it is put back."""
    document = in_default(workflow(entrypoint="main", templates=[steps("main", call("s", **ref("base", "leaf")))]))
    kept = begun(created(document, around(BASE)))
    bare = {**document, "status": kept["status"]}

    assert kept == updated(kept, bare, around(BASE))


def test_nothing_is_invented() -> None:
    """Without a record of what we wrote nothing is put back, and what is the same is the same object."""
    old, new = workflow(templates=[container("a")], priority=1), workflow(templates=[container("a")])

    assert new == fold(old, new)
    assert new is fold(new, new)
    assert new is fold({"spec": "x"}, new)


def test_documents_stay_as_they_were() -> None:
    """Folding changes nothing that it was given."""
    document = in_default(referring())
    kept = begun(created(document, around(BASE)))
    again = {**kept, "spec": _overlaid(kept["spec"], document["spec"])}
    before = copy.deepcopy((kept, again))
    updated(kept, again, around(BASE))

    assert before == (kept, again)

"""Containers that are judged as they stand are as they would be in their pods."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from admission.engine.inputs import judged_input
from admission.model.document import Document
from admission.model.path import Path
from admission.policy.effective import containers
from admission.policy.settled import KEPT, settled
from admission.policy.targets import Found
from engine.asking import container, request, snapshot, steps, workflow
from engine.generating import CATALOG, WORKFLOWS

FIELDS = ("image", "resources", "securityContext", "env")
AROUND = snapshot(*CATALOG)


def looked_at(found: Found) -> tuple[Path, str, Any, list[tuple[str, Any]]]:
    """What a policy on those fields, and whoever reads its findings, sees of a container."""
    return found.path, found.label, found.object.get("name"), [(name, found.object.get(name)) for name in FIELDS]


def seen(document: Document, fields: tuple[str, ...] | None) -> list[Any]:
    found = containers(judged_input(request("CREATE", document), document, AROUND).judged, fields)
    # Of a template that is run with several inputs there are several pods; what they have in common is said once.
    return list(dict.fromkeys(map(str, map(looked_at, found))))


@settings(max_examples=80, deadline=None)
@given(WORKFLOWS)
def test_the_same_as_in_their_pods(document: Document) -> None:
    """Whether pods are made or not, the containers are the same, and in the same order."""
    assert seen(document, None) == seen(document, FIELDS)


def test_only_what_is_open_becomes_pods() -> None:
    """One template with a tag in its image leaves the others settled."""
    open_ = {**container("open", image="{{inputs.parameters.image}}"), "inputs": {"parameters": [{"name": "image"}]}}
    document = workflow(entrypoint="main", templates=[container("main"), open_])
    review = judged_input(request("CREATE", document), document, AROUND)

    known = settled(review, FIELDS)

    assert [found.label for found in known.found] == ["template 'main', container 'main'"]
    assert known.open == {Path(("spec", "templates", 1))}


@pytest.mark.parametrize(
    ("spec", "fields"),
    [
        ({"podSpecPatch": "hostNetwork: true"}, FIELDS),
        ({"workflowTemplateRef": {"name": "nowhere"}}, FIELDS),
        ({}, None),
        ({}, (*FIELDS, "volumeMounts")),
        ({}, (*FIELDS, "args")),
        ({}, (*FIELDS, "name")),
    ],
    ids=["a patch", "a reference", "everything", "mounts", "arguments", "names"],
)
def test_what_is_not_settled(spec: Document, fields: tuple[str, ...] | None) -> None:
    """Where a patch or a reference is at work, or more is looked at than the controller leaves alone, pods are made."""
    document = workflow(entrypoint="main", templates=[container("main")], **spec)

    assert settled(judged_input(request("CREATE", document), document, AROUND), fields).open is None


def test_an_option_of_the_controller_is_at_work() -> None:
    """Containers that the controller merges over its own are not as they stand."""
    around = snapshot(controller={"mainContainer": {"securityContext": {"runAsNonRoot": True}}})

    assert settled(judged_input(request("CREATE", workflow()), workflow(), around), FIELDS).open is None


def test_a_patch_of_one_template() -> None:
    """A podSpecPatch of one template leaves that one open."""
    patched = {**container("patched"), "podSpecPatch": "containers: [{name: main, image: evil}]"}
    document = workflow(entrypoint="main", templates=[container("main"), patched, steps("both", {"template": "main"})])
    review = judged_input(request("CREATE", document), document, AROUND)

    assert settled(review, FIELDS).open == {Path(("spec", "templates", 1))}
    assert {"alpine:3.20", "evil"} == {found.object["image"] for found in containers(review, FIELDS)}


def test_fields_that_are_kept_are_fields_of_containers() -> None:
    """Every field that is said to be kept exists, and those that the controller makes its own are not among them."""
    from admission.argo.types import types

    assert KEPT < types()["Container"].fields.keys()
    assert not {"name", "args", "volumeMounts"} & KEPT

"""Pins: what a template must say for whoever uses it."""

from __future__ import annotations

from typing import Any

import pytest
from trusting import calling, expanded, leaf, obj

from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.finding import Finding
from admission.trust import pins
from admission.trust.digest import digest

TOOLS = obj("ClusterWorkflowTemplate", "tools", {"templates": [leaf("echo")]})
BASE = obj(
    "WorkflowTemplate", "base", {"entrypoint": "main", "templates": [calling("main", "tools", "echo", cluster=True)]}
)
OTHER = "sha256:" + "0" * 64

#: The paths at which something is said, by what a Workflow that refers to ``base`` pins.
REFERENCE, ANNOTATION = "spec.workflowTemplateRef", "metadata.annotations['argo-admission.io/pins']"


def found(
    document: Document, *catalog: Document, unavailable: tuple[str, ...] = (), inline: bool = False
) -> list[Finding]:
    expansion = expanded(document, FrozenCatalog.of(catalog, unavailable=unavailable), inline=inline)
    return list(pins.findings(document, expansion.sources, expansion.missing))


def referring(**annotations: Any) -> Document:
    return obj("Workflow", "w", {"workflowTemplateRef": {"name": "base"}}, **annotations)


@pytest.mark.parametrize("inline", [True, False], ids=["as stored", "as judged"])
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"namespaced/base": digest(BASE)}, []),
        ({"namespaced/base": digest(BASE), "cluster/tools": digest(TOOLS)}, []),
        ({"namespaced/base": OTHER}, [REFERENCE]),
        ({"cluster/tools": OTHER}, [REFERENCE]),
        ({"cluster/base": OTHER, "namespaced/tools": OTHER}, []),
        ({"namespaced/another": OTHER}, []),
        ({"namespaced/base": "latest"}, [ANNOTATION]),
        ({"base": OTHER}, [ANNOTATION]),
        ("namespaced/base", [ANNOTATION]),
        ([], []),
        (["namespaced/base"], [ANNOTATION]),
    ],
    ids=[
        "as pinned",
        "both as pinned",
        "other content",
        "other content behind it",
        "pins of the other scope",
        "of what is not used",
        "no digest",
        "no target",
        "no JSON",
        "an empty list",
        "a list",
    ],
)
def test_pins_of_a_workflow(said: object, expected: list[str], inline: bool) -> None:
    """A Workflow gets the content that it pins, at any depth, or is refused; a pin that cannot be read pins nothing."""
    assert expected == [str(finding.path) for finding in found(referring(pins=said), BASE, TOOLS, inline=inline)]


def test_pins_of_a_template_count_for_its_users() -> None:
    """What a template pins is refused to the Workflow that uses it, at the reference that leads there."""
    strict = obj("WorkflowTemplate", "base", BASE["spec"], pins={"cluster/tools": OTHER})
    [of_user] = found(referring(), strict, TOOLS)
    [of_author] = found(strict, strict, TOOLS)

    assert REFERENCE == str(of_user.path)
    assert "WorkflowTemplate 'base' has pinned" in of_user.message
    assert "spec.templates[0].steps[0][0].templateRef" == str(of_author.path)


def test_unreadable_pins_of_a_template() -> None:
    """A user hears of pins that its template meant and nobody can read."""
    [finding] = found(referring(), obj("WorkflowTemplate", "base", BASE["spec"], pins="{"), TOOLS)

    assert REFERENCE == str(finding.path)


def test_what_cannot_be_looked_up_is_not_as_pinned() -> None:
    """Missing is no matter of pins; unavailable may be anything, and is refused only where it is pinned."""
    pinned = referring(pins={"cluster/tools": digest(TOOLS)})

    assert [] == found(pinned, BASE)
    assert [] == found(referring(), BASE, unavailable=("ClusterWorkflowTemplate",))
    assert ["pins"] == [each.source for each in found(pinned, BASE, unavailable=("ClusterWorkflowTemplate",))]


def test_pins_of_a_schedule() -> None:
    """A CronWorkflow pins as its Workflows would."""
    spec = {"schedules": ["@daily"], "workflowSpec": {"workflowTemplateRef": {"name": "base"}}}
    [finding] = found(obj("CronWorkflow", "c", spec, pins={"namespaced/base": OTHER}), BASE, TOOLS)

    assert "spec.workflowSpec.workflowTemplateRef" == str(finding.path)
    assert digest(BASE) in finding.message

"""Findings in every format."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import jsonschema
import pytest

from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.report import FORMATS, Judged, Located, Report, render

TEMPLATE = Path(("spec", "templates", 0, "steps", 0, 0, "template"))

DENIED = Located(
    "a.yaml", 0, 12, 9, Finding("lint/unknown-template", TEMPLATE, 'no template "biulds": 50%\nsee b', Action.DENY)
)
WARNED = Located("b,c.yaml", 1, 3, 1, Finding("policy/images", Path(("spec",)), "untagged", Action.WARN))
AUDITED = Located("b,c.yaml", 1, 4, 1, Finding("policy/images", Path(), "old", Action.AUDIT))
UNREAD = Located("d.yaml", 0, 2, 5, Finding("parse", Path(), "did not find expected key", Action.DENY))

WORKFLOW = Judged("a.yaml", 0, "argoproj.io/v1alpha1", "Workflow", "default", "hello-", False)
TEMPLATED = replace(WORKFLOW, file="b,c.yaml", document=1, kind="ClusterWorkflowTemplate", namespace="", allowed=True)

REPORT = Report(
    (WORKFLOW, TEMPLATED),
    (DENIED, WARNED, AUDITED, UNREAD),
    {"lint/unknown-template": "Every step names a template that exists."},
    {"lint/unknown-template": "Argo refuses the whole workflow."},
)

TEXT = """\
a.yaml:12:9 deny spec.templates[0].steps[0][0].template
    no template "biulds": 50%
    see b  [lint/unknown-template]

b,c.yaml:3:1 warn spec
    untagged  [policy/images]
b,c.yaml:4:1 audit
    old  [policy/images]

d.yaml:2:5 deny
    did not find expected key  [parse]

✗ 2 objects: 1 denied, 1 warned, 1 not readable (4 findings)
"""


def test_text() -> None:
    """A person reads place, action, path, message and source, file by file, and what it comes to."""
    assert TEXT == render(REPORT, "text")


def test_text_of_nothing_found() -> None:
    """Where nothing is found, the one line says so."""
    report = Report((replace(WORKFLOW, allowed=True),))

    assert "✓ 1 object: nothing denied, nothing to warn of\n" == render(report, "text")


def test_colour_changes_no_word() -> None:
    """Colours stand around the words and change none."""
    coloured = render(REPORT, "text", colour=True)

    assert "\x1b[31mdeny\x1b[0m" in coloured
    for code in ("0", "1", "2", "31", "32", "33", "34"):
        coloured = coloured.replace(f"\x1b[{code}m", "")
    assert TEXT == coloured


def test_a_manifest_cannot_steer_the_terminal() -> None:
    """Control characters out of a manifest are shown, not sent."""
    finding = replace(DENIED.finding, message="\x1b[2Jgone\u202e", path=Path(("a\x07",)))
    shown = render(Report((), (replace(DENIED, finding=finding),)), "text")

    assert "\\x1b[2Jgone\\u202e" in shown
    assert "\x07" not in shown


def test_json() -> None:
    """The LintReport is that of the contract."""
    assert {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "LintReport",
        "objects": [
            {
                "file": "a.yaml",
                "document": 0,
                "apiVersion": "argoproj.io/v1alpha1",
                "kind": "Workflow",
                "namespace": "default",
                "name": "hello-",
                "allowed": False,
            }
        ],
        "findings": [
            {
                "file": "a.yaml",
                "document": 0,
                "line": 12,
                "column": 9,
                "source": "lint/unknown-template",
                "action": "Deny",
                "path": "spec.templates[0].steps[0][0].template",
                "message": 'no template "biulds": 50%\nsee b',
            }
        ],
        "summary": {"objects": 1, "denied": 1, "warned": 0},
    } == json.loads(render(Report((WORKFLOW,), (DENIED,)), "json"))


def test_summary_counts_objects() -> None:
    """An object with two warnings is warned of once."""
    report = Report((TEMPLATED,), (WARNED, WARNED))

    assert {"objects": 1, "denied": 0, "warned": 1} == json.loads(render(report, "json"))["summary"]


def test_sarif() -> None:
    """SARIF has a rule for every source, a level for every action, and line and column."""
    log = json.loads(render(REPORT, "sarif"))
    (run,) = log["runs"]
    rules, results = run["tool"]["driver"]["rules"], run["results"]

    assert "2.1.0" == log["version"]
    assert [r["ruleId"] for r in results] == [rules[r["ruleIndex"]]["id"] for r in results]
    assert ["error", "warning", "note", "error"] == [r["level"] for r in results]
    assert {"startLine": 12, "startColumn": 9} == results[0]["locations"][0]["physicalLocation"]["region"]
    assert "Every step names a template that exists." == rules[0]["shortDescription"]["text"]
    assert ["Argo refuses the whole workflow.", None, None] == [r.get("help", {}).get("text") for r in rules]
    assert [str(TEMPLATE)] == [place["fullyQualifiedName"] for place in results[0]["locations"][0]["logicalLocations"]]


def closed(*required: str, **properties: Document) -> Document:
    """The schema of an object that has these properties and no others."""
    names = [*required, *properties]
    return {
        "type": "object",
        "required": list(required),
        "properties": {name: properties.get(name, WORDS) for name in names},
        "additionalProperties": False,
    }


WORDS: Document = {"type": "string", "minLength": 1}
COUNT: Document = {"type": "integer", "minimum": 1}


def listed(items: Document, **more: Any) -> Document:
    return {"type": "array", "items": items, **more}


#: What SARIF 2.1.0 (OASIS) says of each property that we write, and that there is no other. Where the standard lets a
#: property be absent that code scanning needs, it is required.
PLACE = closed("uri")
REGION = closed("startLine", "startColumn", startLine=COUNT, startColumn=COUNT)
PHYSICAL = closed("artifactLocation", artifactLocation=PLACE, region=REGION)
LOCATION = closed(
    "physicalLocation", physicalLocation=PHYSICAL, logicalLocations=listed(closed("fullyQualifiedName"), minItems=1)
)
RESULT = closed(
    "ruleId",
    "ruleIndex",
    "level",
    "message",
    "locations",
    ruleIndex={"type": "integer", "minimum": 0},
    level={"enum": ["none", "note", "warning", "error"]},
    message=closed("text"),
    locations=listed(LOCATION, minItems=1, maxItems=1),
)
RULE = closed("id", "shortDescription", shortDescription=closed("text"), help=closed("text"))
DRIVER = closed("name", "rules", rules=listed(RULE, uniqueItems=True))
RUN = closed(
    "tool",
    "results",
    tool=closed("driver", driver=DRIVER),
    results=listed(RESULT),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
)
SARIF = closed("$schema", "version", "runs", version={"enum": ["2.1.0"]}, runs=listed(RUN, minItems=1, maxItems=1))


@pytest.mark.parametrize("report", [REPORT, Report()], ids=["findings", "nothing"])
def test_sarif_is_as_its_schema_says(report: Report) -> None:
    """Every property that is written is one of the standard's, of its type and within its bounds."""
    jsonschema.Draft202012Validator(SARIF).validate(json.loads(render(report, "sarif")))


def test_items_of_a_list_are_objects_of_their_own() -> None:
    """What is found in one item of a List says nothing of the next, though both stand in one document."""
    first, second = (replace(WORKFLOW, item=f"items[{index}]", allowed=index == 1) for index in range(2))
    found = replace(DENIED, item="items[0]")
    report = Report((first, second), (found, replace(WARNED, file="a.yaml", document=0, item="items[1]")))
    root = ElementTree.fromstring(render(report, "junit"))

    assert [["failure"], ["system-out"]] == [[part.tag for part in case] for case in root.iter("testcase")]
    assert {"objects": 2, "denied": 1, "warned": 1} == json.loads(render(report, "json"))["summary"]


def test_a_file_in_sarif_is_a_uri() -> None:
    """A blank in a file's name is escaped, its folders stay folders."""
    result = json.loads(render(Report((), (replace(DENIED, file="a b/c.yaml"),)), "sarif"))["runs"][0]["results"][0]

    assert "a%20b/c.yaml" == result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]


def test_junit() -> None:
    """JUnit has a case an object; what denies is its failure, what warns stands beside it."""
    suites = {suite.get("name"): suite for suite in ElementTree.fromstring(render(REPORT, "junit"))}
    (denied,) = suites["a.yaml"]
    (warned,) = suites["b,c.yaml"]
    (unread,) = suites["d.yaml"]

    assert ["a.yaml", "b,c.yaml", "d.yaml"] == list(suites)
    assert "Workflow default/hello-" == denied.get("name")
    assert "lint/unknown-template" in (denied.findtext("failure") or "")
    assert "untagged" in (warned.findtext("system-out") or "")
    assert None is warned.find("failure")
    assert "did not find" in (unread.findtext("error") or "")
    assert ("1", "1") == (suites["a.yaml"].get("tests"), suites["a.yaml"].get("failures"))


def test_github() -> None:
    """GitHub's commands are escaped as its runners unescape them."""
    lines = render(REPORT, "github").splitlines()
    message = f'{TEMPLATE}: no template "biulds": 50%25%0Asee b'

    assert [
        f"::error file=a.yaml,line=12,col=9,title=lint/unknown-template::{message}",
        "::warning file=b%2Cc.yaml,line=3,col=1,title=policy/images::spec: untagged",
        "::notice file=b%2Cc.yaml,line=4,col=1,title=policy/images::old",
        "::error file=d.yaml,line=2,col=5,title=parse::did not find expected key",
    ] == lines


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_at_all(format: str) -> None:
    """A report of nothing is one in every format, too."""
    assert isinstance(render(Report(), format), str)

"""The library's page and cases."""

import pytest

from admission.errors import MalformedSource
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.policy import data
from admission.policy.cases import cases
from admission.policy.catalogue import catalogue

CASE = """\
kind: Workflow
spec:
  templates:
  - container:  # finding
      image: a
---
kind: WorkflowTemplate
"""
PLACE = Path(("spec", "templates", 0, "container"))


def test_the_page_is_what_the_policies_say():
    """policies/README.md is made of the policies: write what `catalogue(data.library())` gives."""
    assert catalogue(data.library()) == (data.folder("policies") / "README.md").read_text()


@pytest.mark.parametrize(
    "folder", sorted(path.parent for path in data.folder("policies").glob("*/policy.yaml")), ids=lambda f: f.name
)
def test_a_folder_is_complete(folder):
    """A policy of the library has its folder's name, a binding, and cases of what it lets through and what not."""
    names = {
        case.name.partition("-")[0] for case in cases({p.name: p.read_text() for p in folder.glob("cases/*.yaml")})
    }
    documents = [
        one for one in data.library() if folder.name in (one["metadata"]["name"], one["spec"].get("policyName"))
    ]

    assert {"WorkflowPolicy", "WorkflowPolicyBinding"} == {one["kind"] for one in documents}
    assert "allow" in names
    assert names & {"deny", "warn", "mutate"}


def case(name="deny-x.yaml", text=CASE, **more):
    (only,) = cases({name: text, **more})
    return only


def denial(path=PLACE, action=Action.DENY, source="policy/x"):
    return Finding(source, path, "no", action)


def test_reading():
    """The first document is reviewed, the others are in the catalog; marks are lines."""
    found = case()

    assert ("deny-x", "deny", {4}) == (found.name, found.verdict, found.marked)
    assert ["Workflow", "WorkflowTemplate"] == [found.document["kind"], *(one["kind"] for one in found.catalog)]


@pytest.mark.parametrize(
    ("name", "findings", "expected"),
    [
        ("deny-x.yaml", [denial()], []),
        ("deny-x.yaml", [denial(), denial(source="lint/y", path=Path())], []),
        ("deny-x.yaml", [], ["the verdict is allow, not deny", "line 4: marked, but nothing is found there"]),
        ("deny-x.yaml", [denial(), denial(Path(("kind",)))], ["line 1: found, but not marked: kind: no"]),
        ("warn-x.yaml", [denial(action=Action.WARN)], []),
        (
            "warn-x.yaml",
            [denial()],
            [f"the verdict is deny, not warn: {PLACE}: no", "line 4: marked, but nothing is found there"],
        ),
        (
            "allow-x.yaml",
            [denial(path=Path())],
            ["the verdict is deny, not allow: no", "line 4: marked, but nothing is found there"],
        ),
        ("allow-x.yaml", [denial(action=Action.AUDIT)], []),
    ],
)
def test_verdict(name, findings, expected):
    """A case passes where the verdict is that of its name and the places are those of its marks."""
    assert expected == list(case(name).failures(findings, {}))


def test_change():
    """A mutate case passes where the document becomes the one beside it; what the webhook says of it is left aside."""
    found = case("mutate-x.yaml", "a: 1", **{"mutate-x.after.yaml": "{a: 2, metadata: {name: x}}"})
    said = {"argo-admission.io/changes": "[]"}

    assert [] == list(found.failures([], {"a": 2, "metadata": {"name": "x"}}))
    assert [] == list(found.failures([], {"a": 2, "metadata": {"name": "x", "annotations": said}}))
    assert ["a: not as in mutate-x.after.yaml"] == list(found.failures([], {"a": 1, "metadata": {"name": "x"}}))


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"maybe-x.yaml": CASE}, "begins with allow, warn, deny, mutate"),
        ({"deny-x.yaml": "a: 1\nb: ["}, "deny-x.yaml:3:1: "),
        ({"deny-x.yaml": ""}, "not one or more manifests"),
        ({"deny-x.yaml": "- a"}, "not one or more manifests"),
        ({"mutate-x.yaml": CASE}, "mutate-x.after.yaml is missing"),
    ],
    ids=["a name", "no YAML", "nothing", "a list", "no after"],
)
def test_malformed(files, message):
    """A case that cannot be read is an error that names its file."""
    with pytest.raises(MalformedSource, match=message):
        list(cases(files))

"""``argo-admission pods``."""

from __future__ import annotations

import json
from pathlib import Path

from cli_manifests import GOOD, Run

PATCHED = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: patched}
spec:
  entrypoint: main
  podSpecPatch: '{"HostNetwork": true}'
  templates:
  - name: main
    container: {image: "alpine:{{pod.name}}"}
"""


def test_json(run: Run, good: Path) -> None:
    """The pods as a list, each with what is known of it."""
    result = run("pods", good, "-o", "json")
    found = json.loads(result.stdout)
    (item,) = found["items"]

    assert (0, "argo-admission.io/v1alpha1", "EffectivePodList") == (
        result.exit_code,
        found["apiVersion"],
        found["kind"],
    )
    assert {"workflow": "good-", "template": "main", "scope": "local", "purpose": "step", "reachable": True} == {
        key: item[key] for key in ("workflow", "template", "scope", "purpose", "reachable")
    }
    assert ["metadata.labels['workflows.argoproj.io/workflow']"] == item["unknown"]
    assert ["wait", "main"] == [container["name"] for container in item["pod"]["spec"]["containers"]]


def test_text(run: Run) -> None:
    """For a person: containers, whose they are, what is remarkable, what is unknown."""
    result = run("pods", "-", input=PATCHED)

    assert "Workflow patched: 1 pod" in result.stdout
    assert "wait  quay.io/argoproj/argoexec:v4.1.2  # made by the controller" in result.stdout
    assert "shares with the host: hostNetwork" in result.stdout
    assert "known only to the run: spec.containers[1].image" in result.stdout


def test_findings(run: Run) -> None:
    """What is wrong with a podSpecPatch is a finding, and makes the exit status 1."""
    result = run("pods", "-", "-o", "json", input=PATCHED)

    assert 1 == result.exit_code
    assert "<stdin>:6:3 deny spec.podSpecPatch" in result.stderr
    assert "schema/pod-spec-patch" in result.stderr


def test_sarif_has_the_findings(run: Run) -> None:
    """In formats that are only for findings, these are what goes to standard output."""
    (found,) = json.loads(run("pods", "-", "-o", "sarif", input=PATCHED).stdout)["runs"]

    assert ["schema/pod-spec-patch"] == [each["ruleId"] for each in found["results"]]


def test_controller_and_version(run: Run, good: Path, tmp_path: Path) -> None:
    """The options of the controller and the version of Argo count."""
    config = tmp_path / "controller.yaml"
    config.write_text("kind: ConfigMap\ndata: {mainContainer: '{imagePullPolicy: Always}'}\n")
    result = run("pods", good, "--controller-config", config, "--argo-version", "4.0", "-o", "json")
    wait, main = json.loads(result.stdout)["items"][0]["pod"]["spec"]["containers"]

    assert ("quay.io/argoproj/argoexec:v4.0.5", "Always") == (wait["image"], main["imagePullPolicy"])


def test_a_template_that_is_not_there(run: Run) -> None:
    """Why nothing is known of what is behind a reference is a finding."""
    manifest = "kind: Workflow\nmetadata: {name: w}\nspec:\n  workflowTemplateRef: {name: base}\n"
    result = run("pods", "-", input=manifest)

    assert 1 == result.exit_code
    assert "what cannot be known, behind spec.workflowTemplateRef" in result.stdout
    assert (
        "<stdin>:4:3 deny spec.workflowTemplateRef\n    WorkflowTemplate 'base' in namespace 'default' not found"
        in (result.stderr)
    )


def test_cases(run: Run) -> None:
    """``--cases`` answers a line a case, what is in the context included."""
    template = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "WorkflowTemplate",
        "metadata": {"name": "base"},
        "spec": {"entrypoint": "work", "templates": [{"name": "work", "container": {"image": "a"}}]},
    }
    reference = {"kind": "Workflow", "metadata": {"name": "w"}, "spec": {"workflowTemplateRef": {"name": "base"}}}
    lines = [
        {"id": 1, "docs": [GOOD]},
        {"id": 2, "docs": [reference], "context": [template]},
        {"id": 3, "docs": ["a: ["]},
    ]
    result = run("pods", "--cases", "-", input="".join(json.dumps(line) + "\n" for line in lines))
    answers = [json.loads(line) for line in result.stdout.splitlines()]

    assert 0 == result.exit_code
    assert [(1, ["main"]), (2, ["work"]), (3, [])] == [
        (answer["id"], [item["template"] for item in answer["items"]]) for answer in answers
    ]


def test_nothing_given(run: Run) -> None:
    """Without files there is nothing to ask."""
    assert 2 == run("pods").exit_code


def test_what_is_not_argos(run: Run, good: Path, tmp_path: Path) -> None:
    """Other objects have no pods of ours; what cannot be read makes the exit status 2."""
    (tmp_path / "other.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n")
    broken = tmp_path / "broken.yaml"
    broken.write_text("a: [")

    assert [] == json.loads(run("pods", tmp_path / "other.yaml", "-o", "json").stdout)["items"]
    assert 2 == run("pods", broken, good).exit_code


QUOTA = """\
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: compute}
spec: {hard: {pods: "2"}}
"""

WIDE = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wide}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: fan, template: work, withItems: [1, 2, 3]}
  - name: work
    container: {image: a, resources: {limits: {cpu: 500m}}}
"""


def test_summary(run: Run) -> None:
    """``--summary`` says what is needed at the widest, and what the quota among the objects does not leave."""
    result = run("pods", "--summary", "-", input=WIDE + QUOTA)

    assert 0 == result.exit_code
    assert "Workflow wide at its widest" in result.stdout
    assert "pods                         3  # step 'fan', 3 items" in result.stdout
    assert "asks for 3 of pods at its widest (step 'fan', 3 items), the quota 'compute' leaves 2" in result.stdout


def test_summary_for_programs(run: Run) -> None:
    """The same as JSON, and as findings in the formats for these."""
    result = run("pods", "--summary", "-", "-o", "json", "--fail-on", "warn", input=WIDE + QUOTA)
    (item,) = json.loads(result.stdout)["items"]
    (found,) = json.loads(run("pods", "--summary", "-", "-o", "sarif", input=WIDE + QUOTA).stdout)["runs"]

    assert (1, {"pods": "3", "limits.cpu": "1500m", "requests.cpu": "1500m"}) == (result.exit_code, item["peak"])
    assert {"path": "spec.templates[0].steps[0][0]", "step": "fan", "times": 3} == item["widest"]["pods"]
    assert ["pods"] == [each["resource"] for each in item["shortages"]]
    assert ["pods/quota"] == [each["ruleId"] for each in found["results"]]

"""Policies on the pods that a Workflow would become, and on their containers."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from admission.engine import review as reviewed
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.finding import Action
from admission.model.review import GroupVersionKind, Phase, Request, User, Verdict
from admission.model.settings import Profile, Settings
from admission.policy.cel import ENGINES
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from policy.making import NOW, binding, exception, policy, says

UNKNOWN = "cannot be known before the workflow runs ({{…}}): no"

NO_HOST = "!has(object.spec.hostNetwork) || !object.spec.hostNetwork"
NO_ROOT = (
    "!has(object.securityContext) || !has(object.securityContext.privileged) || !object.securityContext.privileged"
)


def found(
    policies: list[Document], manifest: str, *, engine: str = ENGINES[0], controller: dict[str, Any] | None = None
) -> list[tuple[str, str, str]]:
    """What the policies find in the first document at ``/validate``: place, message and action."""
    given = [each for each in yaml.safe_load_all(manifest) if each]
    document = {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "w"}, **given[0]}
    loaded = PolicySet.load(policies, engine, exception_namespaces=["exceptions"])
    assert () == loaded.problems
    catalog = FrozenCatalog.of(given[1:], namespace="team", controller=controller)
    snapshot = Snapshot(catalog=catalog, policies=loaded, settings=Settings(profile=Profile.ARGO))
    request = Request(
        uid="u",
        operation="CREATE",
        kind=GroupVersionKind("argoproj.io", "v1alpha1", document["kind"]),
        resource="workflows",
        namespace="team",
        name="w",
        user=User(),
        raw_object=document,
        now=NOW,
    )
    verdict = reviewed(request, snapshot, Phase.VALIDATE)
    assert isinstance(verdict, Verdict)
    ours = (each for each in verdict.findings if each.source.startswith("policy/"))
    return [(str(each.path), each.message, each.action.value) for each in ours]


def with_patch(patch: object) -> str:
    return json.dumps(
        {
            "spec": {
                "entrypoint": "main",
                "podSpecPatch": json.dumps(patch),
                "templates": [{"name": "main", "container": {"image": "a"}}],
            }
        }
    )


@pytest.mark.parametrize("engine", ENGINES)
def test_pods(engine: str) -> None:
    """A policy on pods sees what a podSpecPatch makes of them, in whatever letter case."""
    for patch in ({"hostNetwork": True}, {"HostNetwork": True}):
        assert [("spec.templates[0]", "no", "Deny")] == found(says(NO_HOST, "Pod"), with_patch(patch), engine=engine)
    assert [] == found(says(NO_HOST, "Pod"), with_patch({"hostNetwork": False}), engine=engine)


def test_containers_of_the_controller() -> None:
    """The controller's own containers count where a patch changes them, and else only in the pod."""
    privileged = {"containers": [{"name": "wait", "securityContext": {"privileged": True}}]}

    message = "template 'main', container 'wait': no"

    assert [("spec.podSpecPatch", message, "Deny")] == found(says(NO_ROOT), with_patch(privileged))
    assert [] == found(says("object.image == 'a'"), with_patch({"hostPID": True}))
    assert 1 == len(
        found(says("object.spec.containers.all(c, c.name != 'wait')", "Pod"), with_patch({"hostPID": True}))
    )


def test_added_containers() -> None:
    """A container that a patch adds is one of the author's."""
    added = with_patch({"containers": [{"name": "extra", "image": "evil"}]})

    assert [("spec.podSpecPatch", "template 'main', container 'extra': no", "Deny")] == found(
        says("object.image == 'a'"), added
    )


def test_defaults_count() -> None:
    """Limits that the controller's configuration gives are there."""
    limits = {"mainContainer": {"resources": {"limits": {"cpu": "1"}}}}
    policies = says("has(object.resources) && 'cpu' in object.resources.limits")

    assert [] == found(policies, with_patch({}), controller=limits)
    assert [("spec.templates[0].container", "no", "Deny")] == found(policies, with_patch({}))


REFERRING = """
spec:
  entrypoint: main
  templates:
  - name: main
    steps: [[{name: a, templateRef: {name: lib, template: work}}]]
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: lib}
spec: {templates: [{name: work, container: {image: a}, podSpecPatch: '{hostNetwork: true}'}]}
"""


def test_what_a_reference_brings_in() -> None:
    """A finding in a referenced template points at the reference, and names the template."""
    place = "spec.templates[0].steps[0][0].templateRef"

    assert [(place, "template 'work': no", "Deny")] == found(says(NO_HOST, "Pod"), REFERRING)
    assert [(place, "template 'work', container 'main': no", "Deny")] == found(says("object.image != 'a'"), REFERRING)


def test_the_agent() -> None:
    """The pod of http templates is judged, with the Workflow's own patch in it."""
    manifest = """
    spec:
      entrypoint: main
      podSpecPatch: '{"hostNetwork": true}'
      templates: [{name: main, http: {url: "http://x"}}]
    """

    assert [("spec.templates[0]", "the pod of http and plugin templates: no", "Deny")] == found(
        says(NO_HOST, "Pod"), manifest
    )


@pytest.mark.parametrize(
    ("value", "message", "action"),
    [
        ("evil", "no", "Deny"),
        ("{{steps.x.id}}", "cannot be known before the workflow runs ({{…}}): no", "Warn"),
    ],
)
def test_values_of_callers(value: str, message: str, action: str) -> None:
    """A value that all callers give is judged; one that only the run knows is unknown."""
    manifest = f"""
    spec:
      entrypoint: main
      templates:
      - name: main
        steps:
        - - {{name: x, template: work, arguments: {{parameters: [{{name: image, value: good}}]}}}}
        - - {{name: y, template: work, arguments: {{parameters: [{{name: image, value: "{value}"}}]}}}}
      - name: work
        inputs: {{parameters: [{{name: image}}]}}
        container: {{image: "{{{{inputs.parameters.image}}}}"}}
    """

    assert [("spec.templates[1].container", message, action)] == found(says("object.image == 'good'"), manifest)


def test_a_patch_that_cannot_be_read() -> None:
    """Where a patch leaves everything open, everything is unknown, of the pod and of its containers."""
    manifest = with_patch({}).replace('"{}"', '"containers: ["')

    assert ["Warn"] == [action for *_, action in found(says(NO_HOST, "Pod"), manifest)]
    assert ["Warn"] == [action for *_, action in found(says("object.image == 'a'"), manifest)]


def test_what_no_pod_has() -> None:
    """A container that Argo does not look at is judged as it stands: it may yet be looked at."""
    manifest = """
    spec:
      entrypoint: main
      templates: [{name: main, steps: [], sidecars: [{name: x, image: evil}]}]
    """

    assert [("spec.templates[0].sidecars[0]", "no", "Deny")] == found(says("object.image == 'a'"), manifest)


def test_pod_is_there_for_containers() -> None:
    """An expression about a container may look at its pod."""
    assert [] == found(says("pod.spec.restartPolicy == 'Never' && container in pod.spec.containers"), with_patch({}))


def test_exceptions() -> None:
    """An exception for a container covers the container, and never the whole pod."""
    policies = [*says(NO_ROOT), exception(containers=["main"])]
    privileged = with_patch({"containers": [{"name": "main", "securityContext": {"privileged": True}}]})
    host = [*says(NO_HOST, "Pod"), exception(containers=["main"])]

    assert [] == found(policies, privileged)
    assert 1 == len(found(host, with_patch({"hostNetwork": True})))
    assert [] == found([*host[:2], exception(templates=["main"])], with_patch({"hostNetwork": True}))


def test_unreachable_templates_are_judged() -> None:
    """A template that nothing runs is judged: whoever edits a running Workflow can run it."""
    manifest = """
    spec:
      entrypoint: main
      templates: [{name: main, container: {image: a}}, {name: spare, container: {image: evil}}]
    """

    assert [("spec.templates[1].container", "no", Action.DENY.value)] == found(says("object.image == 'a'"), manifest)


@pytest.mark.parametrize(
    ("expression", "items", "expected"),
    [
        ("peak.pods <= 3", "withItems: [1, 2, 3]", []),
        ("peak.pods <= 2", "withItems: [1, 2, 3]", ["no"]),
        ("quantity(peak.limits.cpu).compareTo(quantity('1')) <= 0", "withItems: [1, 2, 3]", ["no"]),
        ("peak.pods <= 3", "withParam: '{{steps.x.outputs.result}}'", [UNKNOWN]),
    ],
)
def test_the_peak(expression: str, items: str, expected: list[str]) -> None:
    """A policy on Workflows may look at what these need at their widest; what has no bound is unknown."""
    manifest = f"""
    spec:
      entrypoint: main
      templates:
      - {{name: main, steps: [[{{name: a, template: w, {items}}}]]}}
      - {{name: w, container: {{image: a, resources: {{limits: {{cpu: 500m}}}}}}}}
    """

    assert expected == [message for _, message, _ in found(says(expression, "Workflow"), manifest)]


@pytest.mark.parametrize(
    ("value", "account", "expected"),
    [
        ("corp/a", "robot", []),
        ("evil/a", "robot", ["is not among those that are allowed here"]),
        ("corp/a", "root", ["the service account 'root' is not among those that are allowed here"]),
        ("{{steps.x.id}}", "robot", ["it is known only when the workflow runs"]),
    ],
)
def test_grants(value: str, account: str, expected: list[str]) -> None:
    """What callers and arguments give counts for ``allow``, too; what only the run knows is unknown, and denied."""
    manifest = f"""
    spec:
      entrypoint: main
      serviceAccountName: "{{{{workflow.parameters.account}}}}"
      arguments: {{parameters: [{{name: account, value: {account}}}]}}
      templates:
      - name: main
        steps: [[{{name: y, template: work, arguments: {{parameters: [{{name: image, value: "{value}"}}]}}}}]]
      - name: work
        inputs: {{parameters: [{{name: image}}]}}
        container: {{image: "{{{{inputs.parameters.image}}}}"}}
    """
    grants = {"serviceAccounts": ["robot"], "images": ["docker.io/corp/**"]}
    messages = [message for _, message, _ in found([policy("wanted", allow=grants), binding()], manifest)]

    assert len(expected) == len(messages)
    assert all(part in message for part, message in zip(expected, messages, strict=True))

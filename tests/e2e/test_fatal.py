"""Argo's own controller ends itself over what is denied here, and lives with the nearest things that are not."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import yaml
from equivalence.playing import Player
from outages import FrailPlane

from admission.cli.demo.process import Process
from admission.cluster.client import Client
from admission.errors import ClusterError
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.finding import Action

pytestmark = pytest.mark.cluster

NAMESPACE = "fatal"

#: What the controller says once it works.
READY = "Starting CronWorkflow controller"

PARTS = """
leaf: &leaf {name: leaf, container: {image: x, command: [x]}}
later: &later {name: later, steps: [[{name: a, template: leaf}], [{name: b, template: leaf}]]}
a: &a {name: a, template: leaf}
two: &two {tasks: [*a, {name: b, template: leaf}]}
one: &one {entrypoint: leaf, templates: [*leaf]}
"""

#: By the rule that denies it, and what it is about.
FATAL = yaml.safe_load(
    PARTS
    + r"""
cases:
  rt-handler-held-up, tasks: {entrypoint: leaf, onExit: two, templates: [*leaf, {name: two, parallelism: 1, dag: *two}]}
  rt-handler-held-up, pods: {entrypoint: leaf, onExit: two, parallelism: 1, templates: [*leaf, {name: two, dag: *two}]}
  rt-handler-held-up, exits:
    entrypoint: leaf
    onExit: two
    templates:
    - *leaf
    - name: two
      parallelism: 1
      steps: [[{name: a, template: leaf, hooks: {exit: {template: leaf}}}, {name: b, template: leaf}]]
  rt-handler-held-up, hook:
    entrypoint: later
    hooks: {x: {template: two, expression: 'workflow.status == "Running"'}}
    templates: [*leaf, *later, {name: two, parallelism: 1, dag: *two}]
  rt-handler-held-up, failure:
    entrypoint: leaf
    onExit: fast
    templates:
    - *leaf
    - {name: bad, container: {image: fails, command: [x]}}
    - {name: calls, steps: [[{name: x, template: bad}]]}
    - {name: fast, failFast: true, dag: {tasks: [{name: a, template: calls, hooks: {exit: {template: leaf}}}]}}
  rt-sync-null: {<<: *one, synchronization: {semaphores: [null]}}
  wrong-type: {<<: *one, onExit: true}
  rt-when-syntax:
    entrypoint: main
    templates: [*leaf, {name: main, steps: [[{name: a, template: leaf, when: 'a == \'}]]}]
  cron-schedule-syntax: {schedules: [TZ=UTC], workflowSpec: *one}
  metric-label:
    schedules: [0 0 1 1 *]
    workflowSpec:
      entrypoint: leaf
      templates: [{<<: *leaf, metrics: {prometheus: [{name: m, help: m, labels: [null], counter: {value: "1"}}]}}]
"""
)["cases"]

HARMLESS = yaml.safe_load(
    PARTS
    + r"""
cases:
  as many as there are:
    entrypoint: leaf
    onExit: two
    parallelism: 2
    templates: [*leaf, {name: two, parallelism: 2, dag: *two}]
  one after the other:
    entrypoint: leaf
    onExit: later
    parallelism: 1
    templates: [*leaf, {name: later, parallelism: 1, dag: {tasks: [*a, {name: b, template: leaf, depends: a}]}}]
  steps without exit handlers:
    entrypoint: leaf
    onExit: two
    templates:
    - *leaf
    - {name: two, parallelism: 1, steps: [[{name: a, template: leaf}, {name: b, template: leaf}]]}
  the last step has an exit handler:
    entrypoint: leaf
    onExit: two
    templates:
    - *leaf
    - name: two
      parallelism: 1
      steps: [[{name: a, template: leaf}, {name: b, template: leaf, hooks: {exit: {template: leaf}}}]]
  no handler of the workflow:
    entrypoint: two
    onExit: leaf
    templates: [*leaf, {name: two, parallelism: 1, dag: *two}]
  the failure of a pod:
    entrypoint: leaf
    onExit: fast
    templates:
    - *leaf
    - {name: bad, container: {image: fails, command: [x]}}
    - {name: fast, failFast: true, dag: {tasks: [{name: a, template: bad, hooks: {exit: {template: leaf}}}]}}
  a mutex: {<<: *one, synchronization: {mutexes: [{name: m}]}}
  a backslash within:
    entrypoint: main
    templates: [*leaf, {name: main, steps: [[{name: a, template: leaf, when: 'a\b == ab'}]]}]
"""
)["cases"]


def manifest(name: str, spec: Document) -> Document:
    kind = "CronWorkflow" if "schedules" in spec else "Workflow"
    metadata = {"name": name, "namespace": NAMESPACE}
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": kind, "metadata": metadata, "spec": spec}


def denials(document: Document) -> set[str]:
    found = lint(document, FrozenCatalog.of(), LintOptions(argo_version="4.0"))
    return {each.source.partition("/")[2] for each in found if each.action is Action.DENY}


@pytest.fixture(scope="module")
def argo(plane: FrailPlane, argo_controller: Process) -> Iterator[Process]:
    """The controller, without a webhook before it, and somebody who plays the pods."""
    plane.kubectl("create", "namespace", NAMESPACE)
    with Player(Client.connect(str(plane.kubeconfig)), [NAMESPACE]):
        yield argo_controller
    plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


def create(plane: FrailPlane, document: Document) -> None:
    plane.kubectl("create", "-f", "-", input=json.dumps(document))


@pytest.mark.parametrize("title", FATAL)
def test_what_is_denied_ends_the_controller(argo: Process, plane: FrailPlane, title: str) -> None:
    """The process is gone; without what ended it a new one works."""
    # Each has a name of its own: pods of the one before may still be there.
    document = manifest(f"fatal-{[*FATAL].index(title)}", FATAL[title])
    starts = argo.log.read_text().count(READY)
    create(plane, document)
    try:
        with pytest.raises(ClusterError, match="has ended"):
            argo.until(lambda: False, 30)
    finally:
        plane.kubectl("delete", document["kind"], document["metadata"]["name"], "-n", NAMESPACE)
        argo.stop()
        argo.start()
        argo.until(lambda: argo.log.read_text().count(READY) > starts, 60)

    assert title.partition(",")[0] in denials(document)


def test_the_nearest_things_do_not(argo: Process, plane: FrailPlane) -> None:
    """They are not denied, and run to their end, one to the failure that it is made for; the controller is the same."""
    documents = [manifest(f"harmless-{number}", spec) for number, spec in enumerate(HARMLESS.values())]
    starts = argo.log.read_text().count(READY)
    for document in documents:
        create(plane, document)
    expected = ["Failed", *["Succeeded"] * (len(documents) - 1)]
    phases = ("get", "workflows", "-n", NAMESPACE, "-o", "jsonpath={.items[*].status.phase}")
    argo.until(lambda: sorted(plane.kubectl(*phases).stdout.split()) == expected, 60)

    assert starts == argo.log.read_text().count(READY)
    assert not set().union(*map(denials, documents))

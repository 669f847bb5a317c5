"""What ends Argo's controller is found, and nothing else: tests/e2e/test_fatal.py has it from the controller itself."""

from __future__ import annotations

import time
from typing import Any

import pytest
import yaml

from admission.argo.controller import decode_config
from admission.argo.workflow import Workflow
from admission.lint.rules.rt_handler_held_up import rt_handler_held_up
from admission.lint.rules.rt_sync_null import rt_sync_null
from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action

LEAVES = """
- {name: leaf, container: {image: x}}
- {name: wait, suspend: {}}
- {name: web, http: {url: "http://x"}}
- {name: remembered, container: {image: x}, memoize: {key: k, cache: {configMap: {name: c}}}}
- {name: locked, container: {image: x}, synchronization: {mutexes: [{name: m}]}}
- {name: chain, dag: {tasks: [{name: a, template: leaf}, {name: b, template: leaf, depends: a}]}}
"""
TWO = "dag: {tasks: [{name: a, template: leaf}, {name: b, template: leaf}]}"
EXIT = "hooks: {exit: {template: leaf}}"


def spec(handler: str, /, **more: Any) -> dict[str, Any]:
    """A workflow with that handler, which is the first of its templates."""
    templates = [{"name": "handler", **yaml.safe_load(f"{{{handler}}}")}, *yaml.safe_load(LEAVES)]
    return {"entrypoint": "leaf", "onExit": "handler", "templates": templates, **more}


def tasks(*written: str) -> str:
    return f"dag: {{tasks: [{', '.join(written)}]}}"


def steps(*written: str) -> str:
    return f"steps: [[{', '.join(written)}]]"


def found(document: dict[str, Any], *others: dict[str, Any], config: dict[str, str] | None = None) -> list[str]:
    """Where the rule finds something."""
    catalog = FrozenCatalog.of(others, controller=decode_config(config or {}))
    return [str(finding.path) for finding in rt_handler_held_up(Workflow({"kind": "Workflow", **document}, catalog))]


A, B, C = (f"{{name: {name}, template: leaf}}" for name in "abc")
D, E = (f"{{name: {name}, template: leaf, depends: a}}" for name in "de")

#: A handler, and a parallelism that is too small by one.
HELD = [
    (tasks(A, B), 1),
    (tasks(A, B, C), 2),
    (tasks(A, "{name: b, template: leaf, depends: a}", "{name: c, template: leaf, dependencies: [a]}"), 1),
    (tasks(A, B, "{name: c, template: leaf, depends: a}", "{name: d, template: leaf, depends: a}"), 2),
    (tasks("{name: a, template: leaf, withItems: [1, 2, 3]}"), 2),
    (tasks('{name: a, template: leaf, withSequence: {start: "3", end: "1"}}'), 2),
    (tasks("{name: a, template: chain}", "{name: b, template: chain}"), 1),
    (tasks("{name: a, inline: {script: {image: x, source: y}}}", B), 1),
    (steps(f"{{name: a, template: leaf, {EXIT}}}", B), 1),
    (steps("{name: a, template: leaf, onExit: leaf}", B, C), 2),
    (steps(f"{{name: a, template: leaf, {EXIT}, withItems: [1, 2]}}"), 1),
    (steps(A, f"{{name: b, template: chain, {EXIT}}}", C), 2),
]

#: The same, where nothing is held up that the controller looks for, or nobody can know.
NOT_HELD = [
    (tasks(A), 1),
    (tasks(A, "{name: b, template: leaf, depends: a}"), 1),
    (tasks(A, f"{{name: b, template: leaf, depends: a.Succeeded, {EXIT}}}"), 1),
    (tasks(A, "{name: b, template: leaf, when: '{{workflow.status}} == Failed'}"), 1),
    (tasks(A, B, "{name: c, template: leaf, depends: a.Failed}", "{name: d, template: leaf, depends: a}"), 2),
    (tasks(A, "{name: b, template: leaf, depends: a.Failed}", "{name: c, template: leaf, depends: b}", D), 1),
    (tasks(A, "{name: b, template: leaf, withItems: []}"), 1),
    (tasks("{name: a, template: leaf, withParam: '{{workflow.parameters.p}}'}"), 1),
    (tasks('{name: a, template: leaf, withSequence: {count: "x"}}'), 1),
    (tasks('{name: a, template: leaf, withSequence: {count: "{{workflow.parameters.p}}"}}'), 1),
    (tasks("{name: a, template: wait}", "{name: b, template: wait}"), 1),
    (tasks("{name: a, template: remembered}", "{name: b, template: remembered}"), 1),
    (tasks("{name: a, template: web}", B, C), 1),
    (tasks(A, "{name: b, template: unknown}", C), 1),
    (tasks("{name: a, template: handler}", "{name: b, template: handler}"), 1),
    ("dag: {target: a, tasks: [{name: a, template: leaf}, {name: b, template: leaf}]}", 1),
    (steps(A, B), 1),
    (steps(A, f"{{name: b, template: leaf, {EXIT}}}"), 1),
    (steps(f"{{name: a, template: leaf, {EXIT}}}"), 1),
    (steps("{name: a, template: leaf, hooks: {exit: {template: leaf, expression: 'false'}}}", B), 1),
    (steps("{name: a, template: leaf, hooks: {x: {template: leaf, expression: 'true'}}}", B), 1),
    ("container: {image: x}", 1),
    ("parallelism: 0, " + TWO, None),
    ("parallelism: '1', " + TWO, None),
]


@pytest.mark.parametrize(("handler", "most"), HELD)
def test_what_is_held_up(handler: str, most: int) -> None:
    """Where one less is let in than can run at once, be it by the template or by the workflow; not where all are."""
    own, all_own = f"parallelism: {most}, {handler}", f"parallelism: {most + 1}, {handler}"

    assert ["spec.templates[0].parallelism"] == found({"spec": spec(own)})
    assert ["spec.parallelism"] == found({"spec": spec(handler, parallelism=most)})
    assert [] == found({"spec": spec(all_own, parallelism=most + 1)})


@pytest.mark.parametrize(("handler", "most"), NOT_HELD)
def test_what_is_not(handler: str, most: int | None) -> None:
    """What comes one after the other, what may not run, what does not count, and steps without exit handlers."""
    own = f"parallelism: {most}, {handler}" if most else handler

    assert [] == found({"spec": spec(own)})
    assert [] == found({"spec": spec(handler, parallelism=most)})


CALLING = "{name: a, template: chain}"
CALL = f"{{name: a, template: chain, {EXIT}}}"


@pytest.mark.parametrize(
    ("handler", "is_found"),
    [
        (f"failFast: true, {tasks(CALL)}", True),
        (
            f"failFast: true, {tasks(CALLING, '{name: b, template: leaf, depends: a.Failed}')}",
            True,
        ),
        (f"failFast: true, {steps(CALL)}", True),
        (f"failFast: true, {steps(CALLING, f'{{name: b, template: leaf, {EXIT}}}')}", True),
        (f"failFast: false, {tasks(CALL)}", False),
        (f"failFast: true, {tasks(A, f'{{name: b, template: leaf, {EXIT}}}')}", False),
        (f"failFast: true, {tasks(CALLING, '{name: b, template: leaf, depends: a}')}", False),
        (
            f"failFast: true, {tasks(CALLING, '{name: b, template: leaf, depends: b-a.Failed}')}",
            False,
        ),
        (f"failFast: true, steps: [[{CALLING}], [{{name: b, template: leaf, {EXIT}}}]]", False),
        (f"dag: {{failFast: true, tasks: [{CALL}]}}", False),
    ],
)
def test_what_fails_fast(handler: str, is_found: bool) -> None:
    """What handles the failure of a template that is called is not made, because that has failed; of a pod it is."""
    tried_again = {"retryStrategy": {"limit": 1}}

    assert (["spec.templates[0].failFast"] if is_found else []) == found({"spec": spec(handler)})
    assert [] == found({"spec": spec(handler, **tried_again)})


@pytest.mark.parametrize(
    ("handler", "most"),
    [
        (tasks("{name: a, template: pair}", "{name: b, template: pair}"), 2),
        (tasks("{name: a, template: pair}", C), 1),
        (tasks("{name: a, template: pair}", D, E), 1),
        (tasks("{name: a, template: narrow}", "{name: b, template: narrow}"), 1),
        (tasks("{name: a, template: later}", "{name: b, template: later}"), 1),
        (steps("{name: a, template: pair}", f"{{name: b, template: leaf, {EXIT}}}", C), 3),
    ],
)
def test_pods_below_count_against_the_workflow(handler: str, most: int) -> None:
    """A template that is called takes as many places as it begins with pods, and is one child of its caller."""
    whole = spec(handler)
    whole["templates"] += yaml.safe_load(f"""
        - {{name: pair, {steps(A, B)}}}
        - {{name: narrow, parallelism: 1, {steps(A, B)}}}
        - {{name: later, steps: [[{A}], [{B}, {C}]]}}
        """)
    children = [{**whole["templates"][0], "parallelism": handler.count("{name")}, *whole["templates"][1:]]

    assert ["spec.parallelism"] == found({"spec": {**whole, "parallelism": most}})
    assert [] == found({"spec": {**whole, "parallelism": most + 1}})
    assert [] == found({"spec": {**whole, "templates": children}})


def test_who_waits_for_a_lock_counts_against_the_template_alone() -> None:
    """A pod that is not made yet, for want of a lock, is a child of its template and no pod of the workflow."""
    locked = tasks("{name: a, template: locked}", "{name: b, template: locked}")

    assert ["spec.templates[0].parallelism"] == found({"spec": spec(f"parallelism: 1, {locked}", parallelism=1)})


@pytest.mark.parametrize(
    ("handler", "expected"),
    [
        ({"onExit": "handler"}, ["spec.parallelism"]),
        ({"hooks": {"exit": {"template": "handler"}}}, ["spec.parallelism"]),
        ({"hooks": {"x": {"template": "handler", "expression": "true"}}}, ["spec.parallelism"]),
        ({"hooks": {"exit": {"template": "leaf"}}, "onExit": "handler"}, []),
        ({"onExit": "outer"}, ["spec.parallelism"]),
        ({"onExit": "leaf"}, []),
        ({}, []),
    ],
)
def test_only_handlers_of_the_workflow_count(handler: dict[str, Any], expected: list[str]) -> None:
    """The exit handler and the hooks of the workflow, and what these call; an exit hook goes before onExit."""
    templates = yaml.safe_load(f"[{{name: handler, {TWO}}}, {{name: outer, {steps('{name: a, template: handler}')}}}]")
    whole = {"entrypoint": "handler", "parallelism": 1, "templates": [*templates, *yaml.safe_load(LEAVES)]}

    assert expected == found({"spec": {**whole, **handler}})


def wft(written: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "WorkflowTemplate", "metadata": {"name": "other", "namespace": "default"}, "spec": written}


def test_references() -> None:
    """What stands elsewhere is found where it is referred to, or where the workflow itself makes the difference."""
    held, free = wft(spec(TWO, parallelism=1)), wft(spec(TWO))
    runs = {"workflowTemplateRef": {"name": "other"}}
    calls = {"entrypoint": "m", "templates": [{"name": "m", "container": {"image": "x"}}]}
    hook = {"hooks": {"exit": {"templateRef": {"name": "other", "template": "handler"}}}}
    limited = wft(spec(f"parallelism: 1, {TWO}"))

    assert ["spec.workflowTemplateRef"] == found({"spec": runs}, held)
    assert ["spec.parallelism"] == found({"spec": {**runs, "parallelism": 1}}, free)
    assert [] == found({"spec": runs}, free)
    assert [] == found({"spec": {**runs, "parallelism": 2}}, held)
    assert ["spec.hooks.exit.templateRef"] == found({"spec": {**calls, **hook}}, limited)
    assert ["spec.parallelism"] == found({"spec": {**calls, **hook, "parallelism": 1}}, free)
    assert [] == found({"spec": runs}), "what is not there is another rule's"


def test_defaults_of_the_controller() -> None:
    """A limit that the controller brings is found at the handler; it is none of a template's."""
    config = {"workflowDefaults": "spec: {parallelism: 1}\n"}

    assert ["spec.onExit"] == found({"spec": spec(TWO)}, config=config)
    assert [] == found({"spec": spec(TWO, parallelism=2)}, config=config)
    assert [] == found(wft(spec(TWO)), config=config)
    both = {"workflowDefaults": "spec:\n  parallelism: 1\n  onExit: handler\n"}
    own = {key: value for key, value in spec(TWO).items() if key != "onExit"}
    assert ["spec"] == found({"spec": own}, config=both)


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"])
def test_kinds(kind: str) -> None:
    """Templates and schedules are looked at as what they start."""
    held = spec(TWO, parallelism=1)
    where, whole = ("spec.workflowSpec", {"workflowSpec": held}) if kind == "CronWorkflow" else ("spec", held)

    assert [f"{where}.parallelism"] == found({"kind": kind, "spec": whole})


NULL = {"synchronization": {"semaphores": [{"configMapKeyRef": {"name": "c", "key": "k"}}, None]}}


def nulls(document: dict[str, Any], *others: dict[str, Any]) -> list[str]:
    return [
        str(each.path) for each in rt_sync_null(Workflow({"kind": "Workflow", **document}, FrozenCatalog.of(others)))
    ]


def test_semaphores_that_are_null() -> None:
    """Of the workflow and of templates by name, used or not; neither mutexes nor templates of other objects matter."""
    own = {"templates": [{"name": "a", "container": {"image": "x"}, **NULL}]}
    at = "templates[0].synchronization.semaphores[1]"
    call = {"templates": [{"steps": [[{"name": "s", "templateRef": {"name": "other", "template": "a"}}]]}]}
    mutex = {"synchronization": {"mutexes": [None]}}

    assert ["spec.synchronization.semaphores[1]"] == nulls({"spec": NULL})
    assert [f"spec.{at}"] == nulls({"spec": own})
    assert [f"spec.workflowSpec.{at}"] == nulls({"kind": "CronWorkflow", "spec": {"workflowSpec": own}})
    assert ["spec.workflowTemplateRef"] == nulls({"spec": {"workflowTemplateRef": {"name": "other"}}}, wft(own))
    assert [] == nulls({"spec": call}, wft(own))
    assert [] == nulls({"spec": mutex})


def test_both_are_denied_in_the_recommended_profile() -> None:
    """Nobody silences them with an annotation."""
    ignored = {f"ignore.argo-admission.io/{name}": "because" for name in ("rt-handler-held-up", "rt-sync-null")}
    document = {
        "kind": "Workflow",
        "metadata": {"name": "a", "annotations": ignored},
        "spec": spec(TWO, **NULL, parallelism=1),
    }
    denied = {each.source for each in lint(document, FrozenCatalog.of(), LintOptions()) if each.action is Action.DENY}

    assert {"lint/rt-handler-held-up", "lint/rt-sync-null"} == denied


def test_many_hooks_and_deep_calls_are_looked_at_in_time() -> None:
    """Thousands of hooks that lead to thousands of templates take no more than a second or two."""
    templates = [{"name": f"t{n}", "steps": [[{"name": "a", "template": f"t{n + 1}"}]]} for n in range(3000)]
    hooks = {f"h{n}": {"template": f"t{n}", "expression": "true"} for n in range(2000)}
    start = time.process_time()

    assert [] == found({"spec": {"entrypoint": "t0", "parallelism": 1, "hooks": hooks, "templates": templates}})
    assert time.process_time() - start < 5

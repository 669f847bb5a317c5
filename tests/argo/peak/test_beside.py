"""What comes beside what it comes after: each way in which Argo's controller takes for over what is not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from written import call, of_templates, peak, pods, steps, tasks

#: Two pods, one after the other, of which nothing is ever left.
PLAIN = steps([call("a")], [call("b")], name="plain")
TWO = steps([call("a"), call("b")], name="two")
HOOK: dict[str, Any] = {"hooks": {"running": {"template": "w", "expression": "true"}}}
GOES_ON: dict[str, Any] = {"continueOn": {"failed": True}}
BACKOFF = "{name: again, retryStrategy: {limit: 1, backoff: {duration: 1s}}, container: {image: a}}"
AGAIN = "{name: again, retryStrategy: {limit: 1}, container: {image: a}}"
IMPOSSIBLE = "{name: never, podSpecPatch: 'hostNetwork: x', container: {image: a}}"


def held_up(**more: object) -> str:
    """A template whose exit handler finds that the next step has taken its place."""
    return steps([call("a", onExit="w"), call("b")], name="inner", parallelism=1, **more)


def test_an_exit_handler_that_is_held_up() -> None:
    """The controller takes the Workflow for over: its exit handler comes beside what has taken the place."""
    held = steps([call("a", onExit="w"), call("b")], parallelism=1)

    assert 2 == pods(held, onExit="w")
    assert 1 == pods(steps([call("b"), call("a", onExit="w")], parallelism=1), onExit="w")
    assert 1 == pods(steps([call("a"), call("b")], parallelism=1), onExit="w")


def test_who_waits_for_what_is_held_up() -> None:
    """A group of steps looks again, and waits; a task's exit handler does not."""
    assert 1 == pods(steps([call("x", "inner", **GOES_ON)], [call("y")]), held_up())
    assert 1 == pods(steps([call("x", "inner", onExit="w")]), held_up())
    assert 2 == pods(tasks(call("x", "inner", onExit="w")), held_up())
    assert 1 == pods(tasks(call("x", "inner"), call("y", depends="x || x.Failed")), held_up())


def test_a_hook_of_a_step_that_is_held_up() -> None:
    """The group becomes an error, and its template fails: what comes next is beside what still runs."""
    hooked = steps([call("a", **HOOK)], name="inner", parallelism=1)

    assert 2 == pods(steps([call("x", "inner", **GOES_ON)], [call("y")]), hooked)
    assert 1 == pods(steps([call("x", "inner")], [call("y")]), hooked)
    assert 2 == pods(steps([call("x", "inner", onExit="w")]), hooked)
    assert 2 == pods(steps([call("x", "inner")]), hooked, onExit="w")
    assert 2 == pods(steps([call("a", **HOOK)], parallelism=2), onExit="w")


def test_an_exit_handler_of_a_target_that_is_held_up() -> None:
    """A DAG becomes an error where others of its tasks start before an exit handler, which needs two that wait."""
    late = [call("a", depends="p"), call("b", depends="p")]
    last, first = call("z", onExit="w"), call("0", onExit="w")

    assert 3 == pods(tasks(call("p"), *late, last, parallelism=2), onExit="w")
    assert 2 == pods(tasks(call("p"), *late, first, parallelism=2), onExit="w")
    assert 2 == pods(tasks(call("p"), late[0], last, parallelism=2), onExit="w")


def test_a_hook_of_a_task_that_is_held_up() -> None:
    """A DAG becomes an error where a hook has no place."""
    assert 2 == pods(tasks(call("a", **HOOK), parallelism=1), onExit="w")
    assert 2 == pods(tasks(call("a", **HOOK), parallelism=2), onExit="w")
    assert 3 == pods(tasks(call("a", **HOOK), call("b"), parallelism=2), onExit="w")


def test_a_dag_waits() -> None:
    """What of a task is left is beside what runs although it has failed; the DAG waits for all of it."""
    hooked = steps([call("a", **HOOK)], name="inner", parallelism=1)

    assert 2 == pods(tasks(call("x", "inner"), call("y", depends="x || x.Failed")), hooked)
    assert 1 == pods(tasks(call("x", "inner"), call("y", depends="x")), hooked)
    assert 1 == pods(tasks(call("x", "inner")), hooked, onExit="w")


def test_fail_fast() -> None:
    """A template with ``failFast`` waits for pods of its own, not for those of templates that it calls."""
    assert 3 == pods(steps([call("x", "plain"), call("y", "plain")], failFast=True), PLAIN, onExit="w")
    assert 2 == pods(steps([call("x", "plain"), call("y", "plain")]), PLAIN, onExit="w")
    assert 2 == pods(steps([call("a"), call("b")], failFast=True), onExit="w")
    assert 2 == pods(tasks(call("x", "plain"), call("b"), failFast=True), PLAIN, onExit="w")
    assert 3 == pods(tasks(call("x", "plain"), call("y", "plain"), failFast=True), PLAIN, onExit="w")


def test_a_pod_that_cannot_be_made() -> None:
    """Its group of steps becomes an error at once, and is tried again beside what runs, once more than it should."""
    inner = steps([call("a"), call("b", "never")], name="inner", retryStrategy={"limit": 1})

    assert 3 == pods(steps([call("a"), call("b", "never")]), IMPOSSIBLE, onExit="w")
    assert 2 == pods(tasks(call("a"), call("b", "never")), IMPOSSIBLE, onExit="w")
    assert 3 * 2 == pods(steps([call("x", "inner")]), inner, IMPOSSIBLE)


def test_what_is_an_error_is_tried_again_if_that_is_asked() -> None:
    """A DAG that is held up is an error: only some strategies are for these."""
    dag = tasks(call("a", **HOOK), name="inner", parallelism=1, retryStrategy={"limit": 1, "retryPolicy": "%s"})

    assert 1 == pods(steps([call("x", "inner")]), dag % "OnFailure")
    assert 3 == pods(steps([call("x", "inner")]), dag % "Always")


def test_retries_without_an_end() -> None:
    """Where what is left may be tried again for ever there is no bound."""
    inner = steps([call("a"), call("b", "never")], name="inner", retryStrategy={})

    assert math.inf == pods(steps([call("x", "inner")]), inner, IMPOSSIBLE)


def test_a_retry_takes_a_place_that_is_taken() -> None:
    """A retry does not ask for a place; what else there is has one as soon as there is a time between the attempts."""
    assert 2 == pods(steps([call("a", "again"), call("b")], parallelism=1), BACKOFF)
    assert 1 == pods(steps([call("a", "again"), call("b")], parallelism=1), AGAIN)
    assert 3 == pods(
        tasks(call("p"), call("x", depends="p"), call("y", depends="p"), call("z", "again"), parallelism=2), AGAIN
    )
    assert 2 == pods(tasks(call("p"), call("x", depends="p"), call("z", "again"), parallelism=2), AGAIN)


@pytest.mark.parametrize(
    ("mutex", "expected"),
    [("one", 1), ("of-{{workflow.uid}}", 1), ("of-{{inputs.parameters.i}}", 3), ("{{pod.name}}", 3)],
)
def test_a_mutex_is_held_by_one(mutex: str, expected: int) -> None:
    """Items that wait for one mutex run one by one."""
    locked = f"""{{name: locked, inputs: {{parameters: [{{name: i}}]}},
      synchronization: {{mutexes: [{{name: "{mutex}"}}]}}, container: {{image: a}}}}"""
    given = {"parameters": [{"name": "i", "value": "{{item}}"}]}

    assert expected == pods(steps([call("a", "locked", withItems=["x", "y", "z"], arguments=given)]), locked)


def test_only_the_targets_of_a_dag_run() -> None:
    """What no target waits for does not run."""
    dag = "{name: main, dag: {target: c, tasks: [{name: a, template: w}, {name: b, template: w}, %s]}}"

    assert 1 == pods(dag % call("c", depends="a"))


def test_hooks_of_a_task_with_items() -> None:
    """All items have one hook; their exit handlers run one by one, beside the items that still run."""
    assert 4 == pods(tasks(call("a", withItems=[1, 2, 3], **HOOK)))
    assert 4 == pods(tasks(call("a", withItems=[1, 2, 3], onExit="two")), TWO)
    assert 6 == pods(steps([call("a", withItems=[1, 2, 3], **HOOK)]))
    assert 6 == pods(steps([call("a", withItems=[1, 2, 3], onExit="two")]), TWO)


def test_a_recursion_within() -> None:
    """What calls itself at its end, and only itself, may be beside something else."""
    again = steps([call("a")], [call("b", when="{{x}} == h"), call("c", "inner", when="{{x}} == t")], name="inner")
    found = peak(of_templates(steps([call("a"), call("again", "main")])))

    assert 2 == pods(tasks(call("x", "inner"), call("y", "inner")), again)
    assert ["again"] == [each.step for each in found.unbounded]


def test_a_workflow_that_is_a_daemon() -> None:
    """It is over as soon as it serves."""
    assert 2 == pods("{name: main, daemon: true, container: {image: a}}", onExit="w")


def test_what_the_limit_of_the_workflow_holds_up() -> None:
    """Where it is reached hooks may be held up, and what comes next may be larger than what is left."""
    large = "{name: large, container: {image: a, resources: {limits: {cpu: 8}}}}"
    hooked = steps([call("a", **HOOK), call("b"), call("c")])
    found = peak(of_templates(hooked, large, onExit="large", parallelism=3))

    assert 3 == found.parallel_pods
    assert 12 * 10**9 == found.amounts["limits.cpu"]


def test_a_hook_that_is_taken_for_an_attempt() -> None:
    """What is tried again runs once more in the name of its hook, if that is tried again, too, and ends with it."""
    hook: dict[str, Any] = {"hooks": {"running": {"template": "again", "expression": "true"}}}

    assert 4 * 1 + 1 == pods(steps([call("a", "again", **hook)]), AGAIN)
    assert 2 == pods(steps([call("a", "again", **HOOK)]), AGAIN)
    assert 2 == pods(steps([call("a", **hook)]), AGAIN)
    assert 4 * 2 + 1 + 1 == pods(TWO.replace("two", "main"), retryStrategy={"limit": 1}, onExit="w", **HOOK)


def test_what_starts_when_the_next_tasks_have_started() -> None:
    """The controller sees what a task with items, or one that calls others, has come to when these start at once."""
    hook: dict[str, Any] = {"hooks": {"running": {"template": "two", "expression": "true"}}}

    assert 2 == pods(tasks(call("a", withItems=[1], onExit="w"), call("b", depends="a")))
    assert 1 == pods(tasks(call("a", onExit="w"), call("b", depends="a")))
    assert 4 == pods(tasks(call("x", "plain", **hook), call("y", "two", depends="x")), PLAIN, TWO)
    assert 3 == pods(tasks(call("x", **hook), call("y", "two", depends="x")), PLAIN, TWO)


def test_the_exit_handler_of_what_fails_fast() -> None:
    """A task that fails fast is over before the controller looks at it, and its exit handler comes late."""
    fast = steps([call("a")], name="fast", failFast=True)
    failed = {"depends": "x || x.Failed"}

    assert 2 == pods(tasks(call("x", "fast", onExit="w"), call("y", **failed)), fast)
    assert 1 == pods(tasks(call("x", "fast", onExit="w"), call("y", depends="x")), fast)
    assert 1 == pods(tasks(call("x", "plain", onExit="w"), call("y", **failed)), PLAIN)

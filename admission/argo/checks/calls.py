"""What is asked of steps and tasks (argo-validation 4.7 and 4.8)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from admission.argo.checks import names
from admission.argo.checks.leaf import in_circle
from admission.argo.checks.wrong import Wrongs, below
from admission.argo.languages.depends import RESULTS
from admission.argo.validation.dag import DEPENDED, depended, tasks_of
from admission.argo.validation.outputs import is_tagged
from admission.argo.validation.steps import steps_of
from admission.argo.validation.suggest import Suggestions
from admission.argo.validation.values import PLACEHOLDERS
from admission.model.document import Document, mapping, sequence, text

#: Results that are of all the runs of a loop.
OF_ITEMS = ("AnySucceeded", "AllFailed")
RESULT = re.compile(r"([a-zA-Z0-9][-a-zA-Z0-9]*)\.([A-Z][a-zA-Z]+)")


def steps(template: Document, newest: bool) -> Wrongs:
    """Everything that is asked of a steps template."""
    yield from _not_a_leaf(template)
    seen: set[str] = set()
    for place, step in steps_of(template):
        name = text(step.get("name"))
        shown = PLACEHOLDERS.sub("x", name) if newest else name
        if not name:
            yield "step-name", place, "give the step a name"
        elif name in seen:
            yield "step-name", (*place, "name"), f"{name!r} is there twice: use another name"
        elif said := names.field_problem(shown):
            yield "step-name", (*place, "name"), said
        seen.add(name)
        yield from below(place, _loop(step))
        yield from below((*place, "arguments"), names.arguments("arg-names", mapping(step.get("arguments"))))
        for hook, called in mapping(step.get("hooks")).items():
            if hook != "exit" and not text(mapping(called).get("expression")):
                yield "hooks-step-expression", (*place, "hooks", hook), "say when the hook runs: expression"


def _not_a_leaf(template: Document) -> Wrongs:
    if template.get("activeDeadlineSeconds") is not None:
        said = "remove activeDeadlineSeconds: it is for templates that run something"
        yield "ads-nonleaf", ("activeDeadlineSeconds",), said


def _loop(holder: Document) -> Wrongs:
    items, parameter, counted = holder.get("withItems"), holder.get("withParam"), holder.get("withSequence")
    loops = {"withItems": sequence(items), "withParam": text(parameter), "withSequence": isinstance(counted, dict)}
    given = [name for name, is_there in loops.items() if is_there]
    if len(given) > 1:
        yield "with-multiple", (given[1],), f"use one loop: these are {' and '.join(given)}"
    elif isinstance(counted, dict) and counted.get("count") is not None and counted.get("end") is not None:
        yield "with-sequence-both", ("withSequence", "end"), "use count or end, not both"


def dag(template: Document) -> Wrongs:
    """Everything that is asked of a DAG template."""
    yield from _not_a_leaf(template)
    tasks = tasks_of(template)
    if not tasks:
        yield "dag-empty", ("dag",), "list at least one task"
    yield from below(("dag", "tasks"), _names(tasks))
    yield from below(("dag", "tasks"), _order(tasks))
    yield from below(("dag", "tasks"), _style(tasks))
    yield from below(("dag", "tasks"), _results(tasks))
    for index, task in enumerate(tasks):
        yield from below(("dag", "tasks", index), _loop(task))
        given = names.arguments("arg-names", mapping(task.get("arguments")))
        yield from below(("dag", "tasks", index, "arguments"), given)
    yield from _target(text(mapping(template.get("dag")).get("target")), tasks)


def _names(tasks: list[Document]) -> Wrongs:
    yield from names.listed("dag-task-name", tasks, names.field_problem, unique=False)
    seen: set[str] = set()
    for index, task in enumerate(tasks):
        name = text(task.get("name"))
        if name in seen:
            yield "dag-sort", (index, "name"), f"{name!r} is there twice: use another name"
        seen.add(name)


def _order(tasks: list[Document]) -> Wrongs:
    before, suggestions = {text(task.get("name")): depended(task) for task in tasks}, Suggestions()
    for index, task in enumerate(tasks):
        field = "depends" if text(task.get("depends")) else "dependencies"
        for name in dict.fromkeys(depended(task)):
            if name not in before:
                said = f"there is no task {name!r} to depend on{suggestions.of(name, before)}"
                yield "dag-sort", (index, field), said
    stuck = in_circle(before)
    for index, task in enumerate(tasks):
        if text(task.get("name")) in stuck:
            said = "the tasks wait for each other in a circle: remove a dependency"
            yield "dag-sort", (index, "depends" if text(task.get("depends")) else "dependencies"), said
            return


def _style(tasks: list[Document]) -> Wrongs:
    """``depends`` and ``dependencies`` do not go together, and ask something of names and of ``continueOn``."""
    by_depends = any(text(task.get("depends")) for task in tasks)
    for index, task in enumerate(tasks):
        listed = bool(sequence(task.get("dependencies")))
        if text(task.get("name"))[:1].isdigit() and (by_depends or listed):
            yield "dag-digit", (index, "name"), "begin the name with a letter: a dependency reads it as a number"
        if by_depends and listed:
            yield "dag-mixed", (index, "dependencies"), "use depends or dependencies in one DAG, not both"
        if by_depends and isinstance(task.get("continueOn"), dict):
            said = "remove continueOn: say what goes on after a failure in depends, as in 'a.Succeeded || a.Failed'"
            yield "dag-continueon", (index, "continueOn"), said


def _results(tasks: list[Document]) -> Wrongs:
    by_name = {text(task.get("name")): task for task in reversed(tasks)}
    for index, task in enumerate(tasks):
        for name, result in _asked(text(task.get("depends"))):
            if result not in RESULTS:
                yield "dag-result-name", (index, "depends"), f"{result!r} is none of {', '.join(sorted(RESULTS))}"
            elif result in OF_ITEMS and name in by_name and not _is_loop(by_name[name]):
                yield "dag-items-dependency", (index, "depends"), f"{name!r} is no loop: it has no {result}"


def _asked(depends: str) -> Iterator[tuple[str, str]]:
    for match in DEPENDED.finditer(depends):
        if asked := RESULT.fullmatch(match[0]):
            yield asked[1], asked[2]


def _is_loop(task: Document) -> bool:
    return bool(
        sequence(task.get("withItems")) or text(task.get("withParam")) or isinstance(task.get("withSequence"), dict)
    )


def _target(target: str, tasks: list[Document]) -> Wrongs:
    known = {text(task.get("name")) for task in tasks}
    for name in target.split(" ") if target else ():
        if name not in known and not is_tagged(name):
            said = f"there is no task {name!r}" if name else "put one space between two tasks"
            yield "dag-target", ("dag", "target"), said

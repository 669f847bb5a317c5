"""The body of a steps template (argo-validation 3.4 and 6.3)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING

from admission.argo.validation import arguments as argument_rules
from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.outputs import global_names, has_exit_hook, is_looped, items, names
from admission.argo.validation.scope import OUTPUT_ARTIFACTS, OUTPUT_PARAMETERS, Scope
from admission.argo.validation.text import Steps, Text
from admission.argo.validation.values import placeholder
from admission.model.document import Document, mapping, sequence, text

if TYPE_CHECKING:
    from admission.argo.validation.references import Callee
    from admission.argo.validation.visit import Visit
    from admission.argo.validation.walk import Walk
    from admission.argo.validation.way import Way


def steps_of(template: Document) -> Iterator[tuple[Steps, Document]]:
    """The steps of a template in their order, with their places in it."""
    for group, members in enumerate(sequence(template.get("steps"))):
        for index, step in enumerate(sequence(members)):
            yield ("steps", group, index), mapping(step)


def body(walk: Walk, visit: Visit, scope: Scope) -> Way[None]:
    """Follow the steps in their order; *scope* grows on the way."""
    texts = grouped(visit, 3)
    for below, step in steps_of(visit.document):
        place, node = visit.at(below), f"steps.{text(step.get('name'))}"
        scope.names.add(f"{node}.status")
        listed, any_other = items(step)
        scope.names |= listed
        scope.marks |= any_other
        given = Arguments.of(step.get("arguments"), place / "arguments")
        for problem in argument_rules.problems(given):
            walk.report.add(problem)
        callee = yield walk.refer(step, place, visit, FAKE)
        if has_exit_hook(step):
            add_outputs(walk, scope, callee, node, looped=False)
        walk.unresolved(visit, texts[below], scope.within(of_inline(step), set()), ("WorkflowStep", step))
        add_outputs(walk, scope, callee, node, looped=is_looped(step))
        yield walk.refer(step, place, visit, given)


def grouped(visit: Visit, depth: int) -> defaultdict[Steps, list[Text]]:
    """The strings with tags by the first *depth* steps of their places."""
    groups: defaultdict[Steps, list[Text]] = defaultdict(list)
    for each in visit.filled.texts:
        groups[each.steps[:depth]].append(each)
    return groups


def add_outputs(walk: Walk, scope: Scope, callee: Callee, node: str, *, looped: bool) -> None:
    """What the step or task puts out becomes known."""
    template = callee.template.document if callee.template else None
    if callee.lost:
        scope.opaque.add(node)
        walk.marks.update((OUTPUT_PARAMETERS, OUTPUT_ARTIFACTS))
    scope.names.update(names(template, node, looped))
    known, marks = global_names(template)
    scope.marks.update(marks)
    for name in known:
        scope.names.add(name)
        walk.known.names[name] = placeholder(name)


def of_inline(holder: Document) -> set[str]:
    """The names that an inline template adds for the text of its own step or task."""
    inline = mapping(mapping(holder.get("inline")).get("inputs"))
    return {f"inputs.parameters.{text(mapping(each).get('name'))}" for each in sequence(inline.get("parameters"))}

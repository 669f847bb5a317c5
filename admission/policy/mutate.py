"""
Mutations: fragments of policies, merged into every target of a Workflow.

What is lacking is decided on the merged result, and written into the Workflow itself. Policies mutate in the order of
their names; a second pass over the result must change nothing more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from admission.errors import EvaluationError
from admission.model.document import Document, mapping, sequence
from admission.model.patch import Operation, apply, diff
from admission.model.path import Path
from admission.policy.cel.engine import Engine
from admission.policy.input import ReviewInput
from admission.policy.merging import default, override, shape_of, untouchable
from admission.policy.program import Bound, Change
from admission.policy.spec import Target
from admission.policy.targets import Found, targets
from admission.policy.validate import variables_of
from admission.policy.weaker import IMAGE, weakens


@dataclass(frozen=True, slots=True)
class Changed:
    """One changed place of the Workflow, and by whom: ``policy/<name>``."""

    path: Path
    reason: str


@dataclass(frozen=True)
class Mutated:
    """
    What mutations made of a Workflow.

    *warnings* are for the person: what was set over what was there, what could not be done, and what a second pass
    would change again.
    """

    document: Document
    changes: tuple[Changed, ...] = ()
    warnings: tuple[str, ...] = ()


def mutate(bound: Iterable[Bound], review: ReviewInput, engine: Engine) -> Mutated:
    """*review*'s Workflow with the mutations of *bound* merged in, which all concern it, in their order."""
    ours = tuple(bound)
    if not any(program.changes for program, _ in ours):
        return Mutated(review.workflow)
    merged = replace(review, workflow=review.merged or review.workflow).judged.workflow
    first = _Pass(review, engine, review.workflow, merged)
    first.run(ours)
    if not first.changes:
        return Mutated(review.workflow, warnings=tuple(first.warnings))
    second = _Pass(review, engine, first.workflow, first.merged)
    second.run(ours)
    warnings = (*dict.fromkeys(first.warnings), *_fights(first.changes, second.changes))
    return Mutated(first.workflow, tuple(dict.fromkeys(first.changes)), warnings)


def _fights(first: Iterable[Changed], second: Iterable[Changed]) -> Iterator[str]:
    """What the second pass would have changed again, and who else did."""
    for path in dict.fromkeys(change.path for change in second):
        names = sorted({change.reason for change in (*first, *second) if change.path == path})
        yield f"mutation not converging: {path} is changed again and again by {' and '.join(names)}"


class _Pass:
    """
    One pass of all mutations over a Workflow.

    *workflow* and *merged* are replaced by changed ones as it goes: what an earlier policy gave, a later one sees.
    """

    def __init__(self, review: ReviewInput, engine: Engine, workflow: Document, merged: Document) -> None:
        self._review = review
        self._engine = engine
        self.workflow = workflow
        self.merged = merged
        self.changes: list[Changed] = []
        self.warnings: list[str] = []

    def run(self, bound: Iterable[Bound]) -> None:
        for one in bound:
            for change in one[0].changes:
                self._change(one, change)

    def _change(self, bound: Bound, change: Change) -> None:
        for found in list(targets(change.mutation.target, self.workflow)):
            # The place of a Workflow is its spec, but what is merged into is all of it.
            path = Path() if change.mutation.target is Target.WORKFLOW else found.path
            try:
                self._merge(bound, change, path, Found(path, path.find(self.workflow), found.template))
            except EvaluationError as error:
                verb = "set" if change.mutation.overrides else "default"
                self.warnings.append(f"policy/{bound[0].policy.name}: cannot {verb} {found.path}: {error}")

    def _merge(self, bound: Bound, change: Change, path: Path, found: Found) -> None:
        there = _counterpart(path, self.workflow, self.merged)
        merged = mapping(there.get(self.merged)) if there is not None else found.object
        fragment = self._fragment(bound, change, Found(path, merged, found.template))
        shape = shape_of(change.mutation.target, path)
        if not change.mutation.allow_weaker:
            _refuse_weaker(fragment, merged, overrides=change.mutation.overrides)
        if change.mutation.overrides:
            after, merged_after = override(found.object, fragment, shape), override(merged, fragment, shape)
        else:
            after = default(found.object, merged, fragment, shape)
            merged_after = default(merged, merged, fragment, shape)
        if after is not found.object:
            self._write(bound, change, path, found.object, after)
        if there is not None and merged_after is not merged:
            self.merged = apply((Operation("replace", there, merged_after),), self.merged)

    def _fragment(self, bound: Bound, change: Change, found: Found) -> Document:
        """What is merged into the target *found*."""
        if change.fragment is None:
            fragment = change.mutation.fragment
        else:
            values = variables_of(change.fragment.reads.names, bound[1].params, self._review, found)
            if "workflow" in values:
                values["workflow"] = self.merged
            change.fragment.weight.check(values)
            fragment = change.fragment.evaluate(self._engine.activation(values))
        if not isinstance(fragment, dict):
            raise EvaluationError("the fragment is not a map")
        if change.mutation.target is Target.WORKFLOW and (strange := untouchable(fragment)):
            raise EvaluationError(f"no mutation may touch {', '.join(strange)} of a Workflow")
        return fragment

    def _write(self, bound: Bound, change: Change, path: Path, before: Document, after: Document) -> None:
        name = f"policy/{bound[0].policy.name}"
        for operation in diff(before, after):
            place = path.join(operation.path)
            self.changes.append(Changed(place, name))
            if change.mutation.overrides:
                self.warnings.append(f"{self._review.place(place)} was set by {name}")
        self.workflow = apply((Operation("replace", path, after),), self.workflow)


def _counterpart(path: Path, workflow: Document, merged: Document) -> Path | None:
    """
    The place in *merged* of what stands at *path* of *workflow*; None where it is not there.

    Merging may have put other elements before those of a list, so elements are found by their names.
    """
    place, mine, theirs = Path(), workflow, merged
    for step in path:
        mine = Path((step,)).get(mine)
        if isinstance(step, int):
            step = _index_of(mapping(mine).get("name"), sequence(theirs), step)
        place /= step
        theirs = Path((step,)).get(theirs)
        if theirs is None:
            return None
    return place


def _index_of(name: object, elements: list[Document], likely: int) -> int:
    """The index of the element of that name; *likely* where it has none, or none has it."""
    if name is None or (likely < len(elements) and mapping(elements[likely]).get("name") == name):
        return likely
    return next((index for index, element in enumerate(elements) if mapping(element).get("name") == name), likely)


def _refuse_weaker(fragment: Document, before: Document, *, overrides: bool) -> None:
    for path, why in weakens(fragment if overrides else _lacking(fragment, before), before):
        if overrides or why != IMAGE:
            raise EvaluationError(f"{path} {why}, and allowWeaker is false")


def _lacking(fragment: Document, before: Document) -> Document:
    """As much of *fragment* as *before* lacks; of a list all."""
    lacking: Document = {}
    for name, value in fragment.items():
        there = before.get(name)
        if isinstance(value, dict) and isinstance(there, dict):
            lacking[name] = _lacking(value, there)
        elif there is None or isinstance(value, list):
            lacking[name] = value
    return lacking

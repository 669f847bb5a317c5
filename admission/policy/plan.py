"""
Many policies on many targets.

What a policy looks at is known from its text (``cel/shape.py``). Where that is nothing but the Workflow, what it says
is remembered by it: the hundredth container with the same image and resources costs one look-up. Targets that nobody
has seen yet are asked about all at once (``cel/batch.py``), because most are as they should be.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import islice, repeat
from typing import TypeAlias

import orjson

from admission.model.document import Document
from admission.policy.cel.batch import Asked, Batch, Question
from admission.policy.cel.engine import Engine
from admission.policy.cel.shape import Shape, cut, shape_of
from admission.policy.input import ReviewInput
from admission.policy.program import Bound, Program
from admission.policy.spec import Binding, Target
from admission.policy.targets import Found
from admission.policy.validate import NOTHING_TO_SAY, Judged, judge, used_variables

#: What is remembered of one set of policies: so many targets, none larger than so many bytes. At most 4 MiB, and with
#: the 64 sets of ``resource.py`` 256 MiB, if somebody tries; usually some 200 bytes a target.
REMEMBERED, REMEMBERED_BYTES = 2048, 2048

#: Bytes of a target, and of params, that may go into a batch where something would have to be weighed.
_SMALL, _SMALL_PARAMS = 512, 1024

#: Variables that are part of the Workflow, or the same for every request.
_OF_THE_WORKFLOW = frozenset({"object", "container", "template", "workflow", "params"})

#: What several policies say of one target; those that say nothing are left out.
Said: TypeAlias = tuple[tuple[Bound, Judged], ...]

#: All that decides it, as text: of the target and its template, and of the Workflow.
Key: TypeAlias = tuple[bytes, bytes]


@dataclass(frozen=True)
class View:
    """What some policies look at: of a target, of its template and pod, and of the Workflow."""

    object: Shape
    template: Shape
    workflow: Shape
    pod: Shape

    @classmethod
    def of(cls, programs: Iterable[Program]) -> View:
        ours = list(programs)
        reads = [program.reads for program in ours]
        view = cls(*(shape_of(reads, root) for root in ("object", "template", "workflow", "pod")))
        if all(program.policy.target is Target.CONTAINER for program in ours) and view.object is not None:
            # A container is small: to take its fields whole is cheaper than to look into them.
            return replace(view, object=dict.fromkeys(view.object))
        return view

    def on(self, target: Found) -> Found:
        """As much of *target* as is looked at."""
        return replace(
            target,
            object=cut(target.object, self.object),
            template=cut(target.template, self.template),
            pod=cut(target.pod, self.pod),
        )

    def around(self, review: ReviewInput) -> ReviewInput:
        """*review* with as much of its Workflow as is looked at."""
        return replace(review, workflow=cut(review.workflow, self.workflow), whole=review)


@dataclass(frozen=True)
class Plan:
    """
    Policies, each with a binding, that judge the same targets. Make it with :meth:`of`.

    *alone* are those that look at nothing but the Workflow, *batch* asks them all at once, *memory* holds what they
    said. It never changes what is said, so that threads may share it. *others* are judged by themselves. Each has its
    view. *light*: nothing of the batch needs to be weighed (``cel/weight.py``).
    """

    engine: Engine
    alone: tuple[Bound, ...]
    view: View
    others: tuple[tuple[Bound, View], ...]
    batch: Batch | None
    light: bool = True
    memory: dict[Key, Said] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, engine: Engine, bound: Iterable[Bound]) -> Plan:
        """A plan for *bound*, policies of the same target."""
        ours = tuple(bound)
        alone = tuple(one for one in ours if _is_alone(one[0]))
        weights = [check.expression.weight for program, _ in alone for check in program.checks]
        light = all(weight.is_light for weight in weights)
        small = light or (all(weight.depth < 2 for weight in weights) and all(_is_small(one[1]) for one in alone))
        silent = small and not any(program.annotations for program, _ in alone)
        return cls(
            engine=engine,
            alone=alone,
            view=View.of(program for program, _ in alone),
            others=tuple((one, View.of(one[:1])) for one in ours if not _is_alone(one[0])),
            batch=Batch.of(engine, [_question(*one) for one in alone]) if silent else None,
            light=light,
        )

    def judge(self, targets: Iterable[Found], review: ReviewInput) -> Iterator[tuple[Found, Bound, Judged]]:
        """What each policy says of each of *targets*; nothing of those that are as they should be."""
        found = list(targets)
        said = self._said_alone(found, review) if self.alone else repeat(())
        others = [(bound, view, view.around(review)) for bound, view in self.others]
        for target, known in zip(found, said, strict=False):
            for bound, judged in known:
                yield target, bound, judged
            for bound, view, around in others:
                judged = judge(bound, view.on(target), around, self.engine)
                if judged is not NOTHING_TO_SAY:
                    yield target, bound, judged

    def _said_alone(self, targets: list[Found], review: ReviewInput) -> list[Said]:
        """What those policies say that look at nothing but the Workflow, for each of *targets*."""
        seen = self.view.around(review)
        around = _text(seen.workflow)
        parts = [self.view.on(target) for target in targets]
        keys = [(text, around) if around is not None and text is not None else None for text in map(_of, parts)]
        fresh = {key: part for key, part in zip(keys, parts, strict=True) if key and key not in self.memory}
        clean = self._clean(fresh, seen)
        known: dict[Key, Said] = {key: () if key in clean else self._said(part, seen) for key, part in fresh.items()}
        said = [
            self._said(part, seen) if key is None else known[key] if key in known else self.memory[key]
            for key, part in zip(keys, parts, strict=True)
        ]
        self._remember(known)
        return said

    def _clean(self, fresh: Mapping[Key, Found], review: ReviewInput) -> set[Key]:
        """Those of *fresh* that are wholly known and as they should be."""
        if self.batch is None:
            return set()
        settled = [key for key in fresh if b"{{" not in key[0] and b"{{" not in key[1]]
        if not self.light:
            settled = [key for key in settled if len(key[0]) + len(key[1]) <= _SMALL]
        targets = [(fresh[key].object, fresh[key].template) for key in settled]
        answers = self.batch.holds(targets, review.workflow)
        return {key for key, holds in zip(settled, answers, strict=True) if holds is True}

    def _said(self, target: Found, review: ReviewInput) -> Said:
        each = ((bound, judge(bound, target, review, self.engine)) for bound in self.alone)
        return tuple((bound, judged) for bound, judged in each if judged is not NOTHING_TO_SAY)

    def _remember(self, known: Mapping[Key, Said]) -> None:
        if len(self.memory) + len(known) > REMEMBERED:
            self.memory.clear()
        for key, said in islice(known.items(), REMEMBERED):
            if len(key[0]) + len(key[1]) <= REMEMBERED_BYTES:
                self.memory[key] = said


def _is_small(binding: Binding) -> bool:
    params = _text(binding.params)
    return params is not None and len(params) <= _SMALL_PARAMS


def _of(part: Found) -> bytes | None:
    return _text([part.object, part.template])


def _text(value: Document | list[Document]) -> bytes | None:
    """*value* as JSON; None where it cannot be written so: a number beyond 64 bits, half a surrogate pair."""
    try:
        return orjson.dumps(value)
    except TypeError:
        return None


def _is_alone(program: Program) -> bool:
    """Whether a policy looks at nothing but the Workflow."""
    names = program.reads.names - {program.alias}
    return all("." in name or name in _OF_THE_WORKFLOW for name in names)


def _question(program: Program, binding: Binding) -> Question:
    return Question(
        checks=tuple(
            Asked(check.expression.text, check.foreach.text if check.foreach else "") for check in program.checks
        ),
        variables=tuple((item.name, item.expression.text) for item in used_variables(program)),
        params=binding.params,
        names=program.reads.names,
        alias=program.alias,
    )

"""
Many policies on many targets.

What a policy looks at is known from its text (``cel/shape.py``). Where that is nothing but the Workflow, what it says
is remembered by it: the hundredth container with the same image and resources costs one look-up. Targets that nobody
has seen yet are asked about all at once (``cel/batch.py``), because most are as they should be.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import islice, repeat
from typing import TypeAlias

from admission.model.document import Document
from admission.model.written import written
from admission.policy.cel.batch import Asked, Batch, Question
from admission.policy.cel.engine import Engine
from admission.policy.cel.reads import union
from admission.policy.cel.shape import Shape, cut, shape_of
from admission.policy.cel.weight import Weight
from admission.policy.input import ReviewInput
from admission.policy.program import Bound, Program
from admission.policy.spec import Binding, Target
from admission.policy.targets import Found
from admission.policy.validate import NOTHING_TO_SAY, Judged, judge, used_variables

#: What is remembered of one set of policies: so many targets, none larger than so many bytes. At most 4 MiB, and with
#: the 64 sets of ``inforce.py`` 256 MiB, if somebody tries; usually some 200 bytes a target.
REMEMBERED, REMEMBERED_BYTES = 2048, 2048

#: Bytes of a target, and of params, that may go into a batch where something would have to be weighed.
_SMALL, _SMALL_PARAMS = 512, 1024

#: Variables that are part of the Workflow, or the same for every request.
_OF_THE_WORKFLOW = frozenset({"object", "container", "template", "workflow", "params"})

#: What several policies say of one target; those that say nothing are left out.
Said: TypeAlias = tuple[tuple[Bound, Judged], ...]

#: A target, a policy, and what it says of it.
Hit: TypeAlias = tuple[Found, Bound, Judged]

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
        object_, template = cut(target.object, self.object), cut(target.template, self.template)
        return Found(target.path, object_, template, cut(target.pod, self.pod), target.label)

    def text(self, target: Found) -> bytes | None:
        """The same as JSON, but for the pod; None where it cannot be written so."""
        return written([cut(target.object, self.object), cut(target.template, self.template)])

    def around(self, review: ReviewInput) -> ReviewInput:
        """*review* with as much of its Workflow as is looked at."""
        return replace(review, workflow=cut(review.workflow, self.workflow), whole=review)


#: The fields of the target and of its template that are read (None: all of it), and whether the Workflow is.
ReadFields: TypeAlias = "tuple[frozenset[str] | None, frozenset[str] | None, bool]"


@dataclass(frozen=True)
class Tagged:
    """A target, and which of its fields have a ``{{`` in them: what reads one of these is not known yet."""

    part: Found
    object: frozenset[str]
    template: frozenset[str]
    workflow: bool

    @classmethod
    def of(cls, part: Found, key: Key) -> Tagged:
        within = b"{{" in key[0]
        object_ = frozenset(_tagged(part.object)) if within else _NONE
        template = frozenset(_tagged(part.template)) if within else _NONE
        return cls(part, object_, template, b"{{" in key[1])

    def touches(self, reads: ReadFields) -> bool:
        """Whether what is read may have a tag in it."""
        return (
            bool(self.object if reads[0] is None else self.object & reads[0])
            or bool(self.template if reads[1] is None else self.template & reads[1])
            or (self.workflow and reads[2])
        )


_NONE: frozenset[str] = frozenset()


def _tagged(document: Document) -> Iterator[str]:
    for name, value in document.items():
        text = value.encode(errors="replace") if isinstance(value, str) else written(value)
        if text is None or b"{{" in text:
            yield name


def _read_fields(programs: Iterable[Program]) -> ReadFields:
    reads = union(program.reads for program in programs)
    return reads.fields("object"), reads.fields("template"), any(place[0] == "workflow" for place, _ in reads.places)


@dataclass(frozen=True)
class Group:
    """
    Policies that are asked together: *indexes* are theirs among those of the plan.

    *together* asks all of them at once about a target, *each* one by one where that is not true. *limit*: bytes of a
    target that may be asked about; beyond that something would have to be weighed first.
    """

    engine: Engine
    indexes: tuple[int, ...]
    bound: tuple[Bound, ...]
    together: Batch | None
    limit: int | None = None

    @cached_property
    def each(self) -> tuple[Batch | None, ...]:
        several = self.bound if len(self.bound) > 1 else ()
        return tuple(Batch.of(self.engine, [_question(*one)]) for one in several)

    @cached_property
    def reads(self) -> ReadFields:
        return _read_fields(program for program, _ in self.bound)

    @cached_property
    def reads_of_each(self) -> tuple[ReadFields, ...]:
        return tuple(_read_fields([program]) for program, _ in self.bound)

    @classmethod
    def of(cls, engine: Engine, bound: Sequence[Bound]) -> Iterator[Group]:
        """Those of *bound* that need not be weighed, and those of which small targets need not be."""
        silent = [index for index, (program, _) in enumerate(bound) if program.checks and not program.annotations]
        light = [index for index in silent if _is_light(bound[index][0])]
        small = [
            index
            for index in silent
            if index not in light
            and all(weight.depth < 2 for weight in _weights(bound[index][0]))
            and _is_small(bound[index][1])
        ]
        for indexes, limit in ((light, None), (small, _SMALL)):
            if indexes:
                ours = tuple(bound[index] for index in indexes)
                yield cls(engine, tuple(indexes), ours, Batch.of(engine, [_question(*one) for one in ours]), limit)

    def holding(self, targets: Mapping[Key, Tagged], workflow: Document) -> Iterator[tuple[int, Key]]:
        """The policies, and the targets of which they hold."""
        asked = {
            key: target
            for key, target in targets.items()
            if self.limit is None or len(key[0]) + len(key[1]) <= self.limit
        }
        settled = {key: target for key, target in asked.items() if not target.touches(self.reads)}
        good = set(_true(self.together, settled, workflow))
        yield from ((index, key) for key in good for index in self.indexes)
        rest = {key: target for key, target in asked.items() if key not in good}
        for index, batch, reads in zip(self.indexes, self.each, self.reads_of_each, strict=False) if rest else ():
            settled = {key: target for key, target in rest.items() if not target.touches(reads)}
            yield from ((index, key) for key in _true(batch, settled, workflow))


def _true(batch: Batch | None, targets: Mapping[Key, Tagged], workflow: Document) -> Iterator[Key]:
    """Those of *targets* of which *batch* holds."""
    if batch is not None and targets:
        answers = batch.holds([(each.part.object, each.part.template) for each in targets.values()], workflow)
        yield from (key for key, holds in zip(targets, answers, strict=True) if holds is True)


@dataclass(frozen=True)
class Plan:
    """
    Policies, each with a binding, that judge the same targets. Make it with :meth:`of`.

    *alone* are those that look at nothing but the Workflow, *groups* ask many of them at once, *memory* holds what they
    said. It never changes what is said, so that threads may share it. *others* are judged by themselves. Each has its
    view.
    """

    engine: Engine
    alone: tuple[Bound, ...]
    view: View
    others: tuple[tuple[Bound, View], ...]
    groups: tuple[Group, ...]
    memory: dict[Key, Said] = field(default_factory=dict, compare=False, repr=False)
    #: What was said of whole specs: see ``recall.py``.
    specs: dict[bytes, tuple[Hit, ...]] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def of(cls, engine: Engine, bound: Iterable[Bound]) -> Plan:
        """A plan for *bound*, policies of the same target."""
        ours = tuple(bound)
        alone = tuple(one for one in ours if _is_alone(one[0]))
        return cls(
            engine=engine,
            alone=alone,
            view=View.of(program for program, _ in alone),
            others=tuple((one, View.of(one[:1])) for one in ours if not _is_alone(one[0])),
            groups=tuple(Group.of(engine, alone)),
        )

    @cached_property
    def fields(self) -> frozenset[str] | None:
        """The fields of ``object`` that are all that is looked at of a target; None where that is more."""
        views = [view for _, view in self.others] + ([self.view] if self.alone else [])
        if any(view.object is None or view.template != {} or view.pod != {} for view in views):
            return None
        return frozenset(str(name) for view in views for name in view.object or {})

    def judge(
        self, targets: Iterable[Found], review: ReviewInput, texts: Sequence[bytes | None] | None = None
    ) -> Iterator[Hit]:
        """
        What each policy says of each of *targets*; nothing of those that are as they should be.

        *texts* are what the view writes of them, if somebody has asked for it.
        """
        found = list(targets)
        said = self._said_alone(found, review, texts) if self.alone else repeat(())
        others = [(bound, view, view.around(review)) for bound, view in self.others]
        for target, known in zip(found, said, strict=False):
            for bound, judged in known:
                yield target, bound, judged
            for bound, view, around in others:
                judged = judge(bound, view.on(target), around, self.engine)
                if judged is not NOTHING_TO_SAY:
                    yield target, bound, judged

    def _said_alone(
        self, targets: list[Found], review: ReviewInput, texts: Sequence[bytes | None] | None
    ) -> list[Said]:
        """What those policies say that look at nothing but the Workflow, for each of *targets*."""
        seen = self.view.around(review)
        around = written(seen.workflow)
        if around is None:
            return [self._said(self.view.on(target), seen) for target in targets]
        texts = texts or [self.view.text(target) for target in targets]
        one = {text: target for text, target in zip(texts, targets, strict=True) if text is not None}
        said = {text: known for text in one if (known := self.memory.get((text, around))) is not None}
        fresh = {(text, around): self.view.on(target) for text, target in one.items() if text not in said}
        suspected = self._suspected(fresh, seen)
        found: dict[Key, Said] = {key: self._said(part, seen, suspected[key]) for key, part in fresh.items()}
        self._remember(found)
        said |= {text: each for (text, _), each in found.items()}
        return [
            self._said(self.view.on(target), seen) if text is None else said[text]
            for text, target in zip(texts, targets, strict=True)
        ]

    def _suspected(self, fresh: Mapping[Key, Found], review: ReviewInput) -> dict[Key, set[int]]:
        """By target: which of ``alone`` may have something to say; of the others it is known that they hold."""
        suspected = {key: set(range(len(self.alone))) for key in fresh}
        asked = {key: Tagged.of(part, key) for key, part in fresh.items()}
        for group in self.groups:
            for index, key in group.holding(asked, review.workflow):
                suspected[key].discard(index)
        return suspected

    def _said(self, target: Found, review: ReviewInput, suspected: Collection[int] | None = None) -> Said:
        some = [one for index, one in enumerate(self.alone) if suspected is None or index in suspected]
        each = ((bound, judge(bound, target, review, self.engine)) for bound in some)
        return tuple((bound, judged) for bound, judged in each if judged is not NOTHING_TO_SAY)

    def _remember(self, known: Mapping[Key, Said]) -> None:
        if len(self.memory) + len(known) > REMEMBERED:
            self.memory.clear()
        for key, said in islice(known.items(), REMEMBERED):
            if len(key[0]) + len(key[1]) <= REMEMBERED_BYTES:
                self.memory[key] = said


def _is_light(program: Program) -> bool:
    """Whether nothing of a policy needs to be weighed."""
    return all(weight.is_light for weight in _weights(program))


def _weights(program: Program) -> Iterator[Weight]:
    for check in program.checks:
        yield check.expression.weight
        if check.foreach:
            yield check.foreach.weight
    for variable in used_variables(program):
        yield variable.expression.weight


def _is_small(binding: Binding) -> bool:
    params = written(binding.params)
    return params is not None and len(params) <= _SMALL_PARAMS


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

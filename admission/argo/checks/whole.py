"""All checks on all that the validation has come to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain

from admission.argo.checks import calls, leaf, names, outputs, spec, templates
from admission.argo.checks.wrong import Wrong, Wrongs
from admission.argo.languages.tags import tags
from admission.argo.validation import arguments
from admission.argo.validation.arguments import Argument
from admission.argo.validation.evaluate import is_open
from admission.argo.validation.filled import of_template
from admission.argo.validation.known import Layered
from admission.argo.validation.place import Place
from admission.argo.validation.problem import Problem
from admission.argo.validation.report import Report
from admission.argo.validation.visit import Visit
from admission.argo.validation.walk import Walk
from admission.argo.validation.way import run
from admission.model.document import Document, mapping, text
from admission.model.path import Path

#: What is asked of names, which an expression may make up.
NAMES = frozenset(
    {"step-name", "dag-task-name", "containerset-names", "arg-names", "output-names", "output-globalname"}
    | {"metric-name", "metric-label", "resource-action", "ads-leaf", "dag-sort", "dag-target"}
)


def problems(document: Document, spec_path: Path, walk: Walk, *, newest: bool) -> Iterator[Problem]:
    """What is wrong with the parts of *document* by themselves, and with the templates that *walk* has come to."""
    kind = text(document.get("kind"))
    yield from _placed(Place(Path()), names.of_object(kind, mapping(document.get("metadata"))))
    if kind == "CronWorkflow":
        yield from _placed(Place(Path(("spec",))), spec.schedule(mapping(document.get("spec"))))
    workflow_spec = mapping(spec_path.get(document))
    yield from _placed(Place(spec_path), spec.spec(workflow_spec, newest))
    for listed in (walk.arguments.parameters, walk.arguments.artifacts):
        yield from _names(listed)
    for visit in walk.checked:
        for wrong in templates.before_substitution(visit.template.document, visit.template.types, newest):
            yield _at(visit, wrong)
    for visit in (*walk.checked, *walk.again):
        for wrong in templates.after_substitution(visit.document, visit.template.type, newest):
            yield _at(visit, wrong)
    for visit in walk.bodies:
        for wrong in _body(visit, newest):
            if not _is_open(visit, wrong, walk):
                yield _at(visit, wrong)


def unchecked(walk: Walk, *, newest: bool) -> list[Problem]:
    """
    What is wrong where Argo's validator does not look (s22, s28).

    It looks at one body of several templates of one name, which inline templates without a name are to it, and at no
    arguments after the first whose value is one of an enum and not given yet.
    """
    seen, report = {id(visit.template.document) for visit in walk.bodies}, Report()
    skipped = [visit for visit in walk.checked if id(visit.template.document) not in seen]
    if skipped:
        references = replace(walk.references, report=report)
        anew = replace(walk, report=report, references=references, checked=[], again=[], bodies=[], calls=[])
        for visit in skipped:
            run(anew.body(visit))
        for visit in (*skipped, *anew.bodies):
            for wrong in _body(visit, newest):
                if not _is_open(visit, wrong, walk):
                    report.add(_at(visit, wrong))
    for problem in arguments.problems(walk.arguments, may_lack_values=True, within=False, thorough=True):
        report.add(problem)
    return [problem for key, problem in report.problems.items() if key not in walk.report.problems]


def _names(given: tuple[Argument, ...]) -> Iterator[Problem]:
    documents = [argument.document for argument in given]
    for rule, steps, message in names.listed("arg-names", documents, names.parameter_problem):
        place = given[int(steps[0])].place.join(steps[1:])
        yield Problem(rule, place.path, message + place.note)


def _body(visit: Visit, newest: bool) -> Wrongs:
    template = visit.document
    if visit.type == "steps":
        own = calls.steps(template, newest)
    elif visit.type == "dag":
        own = calls.dag(template)
    else:
        own = leaf.leaf(template, visit.type, visit.base, newest)
    return own if _BESIDE.isdisjoint(template) else chain(own, _beside(template, visit.type))


#: The fields that are looked at whatever the body is.
_BESIDE = frozenset({"outputs", "archiveLocation", "metrics"})


def _beside(template: Document, kind: str) -> Wrongs:
    if template.get("outputs"):
        yield from outputs.outputs(template, kind)
    if "archiveLocation" in template:
        yield from outputs.archive(template)
    if "metrics" in template:
        yield from outputs.metrics(template)


def _is_open(visit: Visit, wrong: Wrong, walk: Walk) -> bool:
    """Whether an expression is left in the name, of which only an interpreter could tell what Argo puts there."""
    written = text(Path(wrong[1]).get(visit.document)) if wrong[0] in NAMES else ""
    if "{{=" not in written:
        return False
    values = Layered(of_template(visit.document), walk.known)
    return any(tag.is_expression and is_open(tag.expression, values) for tag in tags(written))


def _at(visit: Visit, wrong: Wrong) -> Problem:
    rule, steps, message = wrong
    place = visit.at(steps)
    return Problem(rule, place.path, message + place.note)


def _placed(place: Place, wrongs: Wrongs) -> Iterator[Problem]:
    for rule, steps, message in wrongs:
        yield Problem(rule, place.join(steps).path, message)

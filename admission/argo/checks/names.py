"""Names: of objects, templates, steps, tasks, parameters and artifacts (argo-validation 4.1)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from admission.argo.checks.wrong import Wrongs, below
from admission.model.document import Document, mapping, sequence, text

#: Templates, steps, tasks, containers of a set; in bytes, as all lengths of Argo.
FIELD, LONGEST_FIELD = re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]*"), 128
#: Parameters, artifacts, and what they are called globally.
PARAMETER = re.compile(r"[-a-zA-Z0-9_]+")
#: By kind: the rule, and the longest name of an object.
OBJECTS = {
    "Workflow": ("wf-name-length", 63),
    "WorkflowTemplate": ("wft-name-length", 63),
    "ClusterWorkflowTemplate": ("cwft-name-length", 63),
    "CronWorkflow": ("cron-name-length", 52),
}


def of_object(kind: str, metadata: Document) -> Wrongs:
    """The length of the name of an object."""
    rule, longest = OBJECTS[kind]
    length = len(text(metadata.get("name")).encode(errors="replace"))
    if length > longest:
        yield rule, ("metadata", "name"), f"the name has {length} characters: use at most {longest}"


def field_problem(name: str) -> str:
    """What keeps *name* from being that of a template, step or task; empty if nothing does."""
    if not FIELD.fullmatch(name):
        return f"{_shown(name)} is no name: use letters, digits and '-', and begin with a letter or digit"
    if len(name) > LONGEST_FIELD:
        return f"the name has {len(name)} characters: use at most {LONGEST_FIELD}"
    return ""


def parameter_problem(name: str) -> str:
    """What keeps *name* from being that of a parameter or artifact; empty if nothing does."""
    if not PARAMETER.fullmatch(name):
        return f"{_shown(name)} is no name: use letters, digits, '-' and '_'"
    return ""


#: What is right by each of these.
_RIGHT: Mapping[Callable[[str], str], re.Pattern[str]] = {
    field_problem: re.compile(r"[a-zA-Z0-9][-a-zA-Z0-9]{0,127}"),
    parameter_problem: PARAMETER,
}


def are_right(entries: Sequence[object], problem: Callable[[str], str] = parameter_problem) -> bool:
    """Whether nothing can be said of the names: so it nearly always is, and it is seen without a look at each."""
    found = [text(mapping(entry).get("name")) for entry in entries]
    return len(set(found)) == len(found) and all(map(_RIGHT[problem].fullmatch, found))


def listed(rule: str, entries: Sequence[object], problem: Callable[[str], str], *, unique: bool = True) -> Wrongs:
    """The names in a list: each is there, is one by *problem*, and is there once."""
    return iter(()) if are_right(entries, problem) else _listed(rule, entries, problem, unique)


def _listed(rule: str, entries: Sequence[object], problem: Callable[[str], str], unique: bool) -> Wrongs:
    seen: set[str] = set()
    for index, entry in enumerate(entries):
        name = text(mapping(entry).get("name"))
        if not name:
            yield rule, (index,), "give it a name"
        elif said := problem(name):
            yield rule, (index, "name"), said
        elif name in seen and unique:
            yield rule, (index, "name"), f"{name!r} is there twice: use another name"
        seen.add(name)


def arguments(rule: str, lists: Document, place: tuple[str | int, ...] = ()) -> Wrongs:
    """The names of parameters and of artifacts, in arguments, inputs or outputs, which stand at *place*."""
    for kind in ("parameters", "artifacts"):
        yield from below((*place, kind), listed(rule, sequence(lists.get(kind)), parameter_problem))


def _shown(name: str, limit: int = 60) -> str:
    return repr(name if len(name) <= limit else name[:limit] + "…")

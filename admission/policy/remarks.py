"""
What is right by its form and still looks like a mistake: fields that nothing has, bindings that concern nothing.

A remark never keeps anything from being used: it is a warning at ``kubectl apply``, and stands in the conditions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import Any

from admission.argo.deprecated import deprecated
from admission.argo.types import types
from admission.model.document import Document, mapping
from admission.model.near import meant
from admission.model.path import Path
from admission.policy.cel.reads import ANY, Place, Reads
from admission.policy.program import Program
from admission.policy.spec import Binding, Mutation, Target

#: A place in the policy or binding, and what is to be said.
Remark = tuple[Path, str]

#: By target: the Go types that ``object`` is of.
_TYPES: dict[Target, tuple[str, ...]] = {
    Target.WORKFLOW: ("Workflow",),
    Target.TEMPLATE: ("Template",),
    Target.CONTAINER: ("Container", "ScriptTemplate", "ContainerNode", "UserContainer"),
}

#: Kinds of which a deletion is asked about (interfaces.md 4.1).
_DELETED = frozenset({"WorkflowTemplate", "ClusterWorkflowTemplate"})


def of_policy(program: Program) -> Iterator[Remark]:
    """What is to be said of a policy."""
    policy = program.policy
    spec = Path(("spec",))
    if program.changes and not ("Workflow" in policy.kinds and "CREATE" in policy.operations):
        yield spec / "mutations", "change Workflows alone, when they are created, and the policy is not about these"
    if policy.operations == {"DELETE"} and not policy.kinds & _DELETED:
        yield spec / "operations", f"only deletions of {' and '.join(sorted(_DELETED))} are asked about"
    for index, change in enumerate(program.changes):
        yield from _of_fragment(change.mutation, spec / "mutations" / index)
    seen: set[str] = set()
    for path, reads in _expressions(program):
        for said in _of_reads(reads, program):
            if said not in seen:
                seen.add(said)
                yield path, said


def of_binding(binding: Binding, program: Program | None) -> Iterator[Remark]:
    """What is to be said of a binding; *program* is the policy that it binds, if it is there."""
    where, path = binding.match_resources, Path(("spec", "matchResources"))
    for index, glob in enumerate(where.namespaces):
        if _is_covered(glob, where.exclude_namespaces):
            yield path / "namespaces" / index, f"{glob!r} is left out again by excludeNamespaces"
    for index, subject in enumerate(binding.subjects):
        if subject in binding.exclude_subjects:
            yield Path(("spec", "subjects", index)), f"{subject.name!r} is left out again by excludeSubjects"
    if program is None:
        return
    namespaced = bool(where.namespaces) or where.namespace_selector is not None
    if namespaced and program.policy.kinds == {"ClusterWorkflowTemplate"}:
        yield path, "concerns nothing: a ClusterWorkflowTemplate has no namespace"


def _is_covered(glob: str, excluded: Iterable[str]) -> bool:
    """Whether all that *glob* matches is excluded: by itself, by everything, or because it is one name."""
    return any(glob == other or other == "*" or ("*" not in glob and fnmatchcase(glob, other)) for other in excluded)


def _of_fragment(mutation: Mutation, path: Path) -> Iterator[Remark]:
    """Fields that are put in and that nothing has: a Workflow is denied for one."""
    path, types = path / ("set" if mutation.overrides else "default"), _TYPES[mutation.target]
    said = (each for steps in _places(mutation.fragment) for each in _unknown(mutation.target.value, steps, types))
    yield from ((path, each) for each in dict.fromkeys(said))


def _places(value: Any, above: Place = ()) -> Iterator[Place]:
    """The places in *value* below which there is nothing."""
    below = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not below:
        yield above
    for step, item in below:
        yield from _places(item, (*above, step))


def _expressions(program: Program) -> Iterator[tuple[Path, Reads]]:
    """Every expression on targets, and what it reads; variables first, for others repeat what these read."""
    spec = Path(("spec",))
    for index, variable in enumerate(program.variables):
        yield spec / "variables" / index / "expression", variable.expression.reads
    for index, check in enumerate(program.checks):
        path = spec / "validations" / index
        if check.foreach:
            yield path / "foreach", check.foreach.reads
        yield path / "expression", check.reads
        if check.message:
            yield path / "messageExpression", check.message.reads
    for index, annotation in enumerate(program.annotations):
        yield spec / "auditAnnotations" / index / "valueExpression", annotation.expression.reads


def _of_reads(reads: Reads, program: Program) -> Iterator[str]:
    for place, _ in sorted(reads.places, key=lambda item: list(map(str, item[0]))):
        root, steps = place[0], place[1:]
        if root == "pod" or (root == "object" and program.policy.target is Target.POD):
            # Of a pod it is its spec that Argo makes.
            yield from _unknown(f"{root}.spec", steps[1:], ("PodSpec",) if steps[:1] == ("spec",) else ())
        elif root == "object":
            yield from _unknown("object", steps, _TYPES.get(program.policy.target, ()))
        elif root in ("template", "workflow"):
            yield from _unknown(str(root), steps, (str(root).capitalize(),))
        elif root == "params":
            yield from _unknown_param(steps, mapping(program.policy.param_schema))


def _unknown(written: str, steps: Place, names: Iterable[str]) -> Iterator[str]:
    """The first field of *steps* that none of the types *names* has."""
    shapes = list(names)
    for step in steps:
        if not shapes or any(
            shape.removeprefix("*") not in types() for shape in shapes if shape[:2] not in ("[]", "{}")
        ):
            return  # a scalar, or whatever it is: nothing is known of what is below
        written = f"{written}[]" if step == ANY or isinstance(step, int) else f"{written}.{step}"
        below = [found for shape in shapes if (found := _step(shape.removeprefix("*"), step)) is not None]
        if not below and step in _removed():
            return
        if not below and isinstance(step, str) and step != ANY:
            yield f"`{written}` is never there{meant(step, _fields(shapes))}"
            return
        shapes = below


@cache
def _removed() -> frozenset[str]:
    """Fields that Argo no longer has, and of which a policy may want to know."""
    return frozenset(row.steps[-1] for row in deprecated() if row.removed)


def _step(shape: str, step: str | int) -> str | None:
    """The shape of what is at *step*; None where there is nothing."""
    if shape[:2] in ("[]", "{}"):
        return shape[2:]
    field = types()[shape].fields.get(str(step)) if shape in types() else None
    return field.shape if field else None


def _fields(shapes: Iterable[str]) -> list[str]:
    return [name for shape in shapes if (known := types().get(shape.removeprefix("*"))) for name in known.fields]


def _unknown_param(steps: Place, schema: Document) -> Iterator[str]:
    """A param that the schema does not describe, where it describes any."""
    known: Mapping[str, object] = mapping(schema.get("properties"))
    if steps and known and isinstance(steps[0], str) and steps[0] != ANY and steps[0] not in known:
        yield f"`params.{steps[0]}` is not in paramSchema{meant(steps[0], list(known))}"

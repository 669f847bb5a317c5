"""The references of one object, with what is handed over at each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from admission.argo.expansion import holders
from admission.argo.kinds import KINDS, referred
from admission.argo.languages.tags import OPEN
from admission.argo.validation.values import any_string
from admission.model.annotations import PINS, said
from admission.model.catalog import scope_of
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Where each kind that refers to templates has the part that does: the fields there are those of a workflow spec.
REFERRING: Mapping[str, Path] = {
    **{kind: known.spec_path for kind, known in KINDS.items() if known.spec_path is not None},
    "WorkflowEventBinding": Path(("spec", "submit")),
}


@dataclass(frozen=True, slots=True)
class Use:
    """
    A place that refers to a template of the object *kind* *name*; *template* is empty where all of it is meant.

    *holder* is the template in which it stands, empty for the spec itself. *given* are the parameters that are handed
    over, with the value of those that are known now; *artifacts* the names of those. *entrypoint*: the template that
    the user starts, where all is meant and it says so itself. *pinned*: the digest that the user wants of the object.
    """

    path: Path
    kind: str
    name: str
    template: str = ""
    holder: str = ""
    given: Mapping[str, str | None] = field(default_factory=dict, hash=False)
    artifacts: frozenset[str] = frozenset()
    entrypoint: str = ""
    pinned: str = ""


@dataclass(frozen=True, slots=True)
class Uses:
    """The *uses* of an object, and for each of its templates the ones beside it that it runs (*calls*)."""

    uses: tuple[Use, ...] = ()
    calls: Mapping[str, frozenset[str]] = field(default_factory=dict, hash=False)

    def reach(self, template: str) -> frozenset[str]:
        """That template, and those beside it that it runs, at any depth."""
        found, waiting = {template}, [template]
        while waiting:
            new = self.calls.get(waiting.pop(), frozenset()) - found
            found |= new
            waiting += new
        return frozenset(found)


NOTHING = Uses()


def uses_of(document: Document) -> Uses:
    """
    The references of *document*; none of a kind that has none. What only the run knows is left out.

    So is what nobody could run, because its inline templates stand in each other too deep to be walked through.
    """
    try:
        return _uses_of(document)
    except RecursionError:
        return NOTHING


def _uses_of(document: Document) -> Uses:
    path = REFERRING.get(text(document.get("kind")))
    spec = mapping(path.get(document)) if path else {}
    if path is None or not spec:
        return NOTHING
    found = (*_of_whole(spec, path), *_of_hooks(spec, path, ""), *_of_templates(spec, path))
    if not found:
        return NOTHING
    if pins := _pins(document):
        found = tuple(replace(use, pinned=pins.get(scope_of(use.kind, use.name), "")) for use in found)
    templates = (mapping(each) for each in sequence(spec.get("templates")))
    calls = {text(each.get("name")): frozenset(holders.local_names(each)) for each in templates}
    return Uses(found, {name: called for name, called in calls.items() if called})


def _of_whole(spec: Document, path: Path) -> Iterator[Use]:
    """The ``workflowTemplateRef``, and the templates behind it that the spec names itself."""
    reference = mapping(spec.get("workflowTemplateRef"))
    kind, name = referred(reference)
    if not name or OPEN in name:
        return
    given, artifacts = _handed_over(spec)
    entrypoint = text(spec.get("entrypoint"))
    yield Use(path / "workflowTemplateRef", kind, name, given=given, artifacts=artifacts, entrypoint=entrypoint)
    if entrypoint:
        yield Use(path / "entrypoint", kind, name, entrypoint, given=given, artifacts=artifacts)
    if on_exit := text(spec.get("onExit")):
        yield Use(path / "onExit", kind, name, on_exit, given=given, artifacts=artifacts)
    for event, hook in mapping(spec.get("hooks")).items():
        if (of := text(mapping(hook).get("template"))) and not mapping(hook).get("templateRef"):
            handed, files = _handed_over(mapping(hook))
            yield Use(path.join(("hooks", event)), kind, name, of, given=handed, artifacts=files)


def _of_templates(spec: Document, path: Path) -> Iterator[Use]:
    for index, each in enumerate(sequence(spec.get("templates"))):
        if not isinstance(each, dict):
            continue
        for place, holder in holders.of_template(each, path.join(("templates", index))):
            yield from _of_holder(holder, place, text(each.get("name")))


def _of_hooks(spec: Document, path: Path, holder: str) -> Iterator[Use]:
    for event, hook in mapping(spec.get("hooks")).items():
        yield from _of_holder(mapping(hook), path.join(("hooks", event)), holder)


def _of_holder(holder: Document, path: Path, standing_in: str) -> Iterator[Use]:
    if not holders.refers(holder):
        return
    reference = holder["templateRef"]
    (kind, name), template = referred(reference), text(reference.get("template"))
    if name and template and OPEN not in name and OPEN not in template:
        given, artifacts = _handed_over(holder)
        yield Use(path / "templateRef", kind, name, template, standing_in, given, artifacts)


def _pins(document: Document) -> Document:
    """The pins of *document* (``trust/pins.py``); what is no JSON pins nothing."""
    return mapping(said(document, PINS))


def _handed_over(holder: Document) -> tuple[dict[str, str | None], frozenset[str]]:
    """The parameters of *holder* that have a value or get one, and its artifacts."""
    arguments = mapping(holder.get("arguments"))
    parameters = [mapping(each) for each in sequence(arguments.get("parameters"))]
    given = {text(each.get("name")): _known(each) for each in parameters if _has_value(each)}
    return given, frozenset(text(mapping(each).get("name")) for each in sequence(arguments.get("artifacts")))


def _has_value(parameter: Document) -> bool:
    return any(parameter.get(name) is not None for name in ("value", "valueFrom", "default"))


def _known(parameter: Document) -> str | None:
    value = parameter.get("value", parameter.get("default"))
    written = text(any_string(value)) if value is not None else ""
    return None if value is None or OPEN in written else written

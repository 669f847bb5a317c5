"""Every caller of a template, held to what its author lets callers hand over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from admission.argo.contracts.contract import Contracts, violation
from admission.argo.contracts.origins import Origins, origins
from admission.argo.expand import expand
from admission.argo.expansion import holders
from admission.argo.languages.tags import OPEN, tags
from admission.argo.started import started
from admission.argo.validation.values import any_string
from admission.model.annotations import EXPANDED_FROM
from admission.model.catalog import Catalog
from admission.model.document import Document, annotations_of, mapping, mappings, sequence, text
from admission.model.path import Path

#: A place in what its author wrote, and what is wrong there.
Violation: TypeAlias = tuple[Path, str]


def violations(document: Document, catalog: Catalog, namespace: str, argo_version: str) -> Iterator[Violation]:
    """Where *document*, of any kind that runs templates of others, hands over what their authors do not let it."""
    try:
        yield from list(_violations(document, catalog, namespace, argo_version))
    except RecursionError:
        # Inline templates that stand in each other so deep are refused for that.
        return


def _violations(document: Document, catalog: Catalog, namespace: str, argo_version: str) -> Iterator[Violation]:
    start = started(document)
    if not _may_call(start.document):
        return
    expansion = expand(start.document, catalog, namespace=namespace, argo_version=argo_version, inline=False)
    found = origins(start.document, expansion, catalog, namespace)
    if not found:
        return
    calls = _Calls(start.document, expansion.document, found)
    yield from ((start.place(path), message) for path, message in calls.of_whole())
    for path, message in dict.fromkeys(calls.of_calls()):
        yield start.place(expansion.place(path)), message


def _may_call(workflow: Document) -> bool:
    """Whether *workflow* runs, or says to have been made of, templates of others: quick, since most do not."""
    spec = mapping(workflow.get("spec"))
    said = EXPANDED_FROM in annotations_of(workflow)
    return said or bool(spec.get("workflowTemplateRef")) or any(map(_refers, holders.of_spec(spec, Path())))


def _refers(placed: tuple[Path, Document]) -> bool:
    return holders.refers(placed[1])


class _Calls:
    """The calls in *expanded*, which *authored* became."""

    def __init__(self, authored: Document, expanded: Document, found: Origins) -> None:
        self._authored, self._found = mapping(authored.get("spec")), found
        self._spec = mapping(expanded.get("spec"))
        self._templates = {text(each.get("name")): each for each in mappings(self._spec.get("templates"))}
        self._contracts = {key: Contracts.of(each) for key, each in found.objects.items()}
        self._values = _arguments(self._spec)

    def of_calls(self) -> Iterator[Violation]:
        """What steps, tasks and hooks hand over, at places in the expanded Workflow."""
        path = Path(("spec",))
        for place, holder in holders.of_spec({"hooks": self._spec.get("hooks")}, path):
            yield from self._of_call(holder, place, {})
        for index, template in enumerate(sequence(self._spec.get("templates"))):
            inputs = self._inputs(mapping(template))
            for place, holder in holders.of_template(mapping(template), path.join(("templates", index))):
                yield from self._of_call(holder, place, inputs)

    def of_whole(self) -> Iterator[Violation]:
        """The arguments of the Workflow for the object that it runs all of, at places in what was written."""
        whole = self._found.whole
        if whole is None:
            return
        contracts = Contracts.of(whole)
        declared = {text(each.get("name")): each for each in mappings(_parameters(mapping(whole.get("spec"))))}
        place = Path(("spec", "arguments", "parameters"))
        for index, given in enumerate(_parameters(self._authored)):
            name, value = text(mapping(given).get("name")), _value(mapping(given))
            enum = _enum(declared.get(name, {}))
            if value is not None and (problem := violation(value, enum, contracts.argument(name))):
                yield place.join((index, "value")), f"{name}: {problem}"
        yield from self._not_given(whole, contracts)

    def _not_given(self, whole: Document, contracts: Contracts) -> Iterator[Violation]:
        given = {text(each.get("name")) for each in mappings(_parameters(self._authored)) if _is_given(each)}
        reference = Path(("spec", "workflowTemplateRef"))
        place = reference if self._authored.get("workflowTemplateRef") else Path(("spec", "arguments"))
        for name in contracts.required_arguments():
            if name not in given and name in _names(_parameters(mapping(whole.get("spec")))):
                yield place, f"{name}: every caller of {_what(whole)} must give a value to it"

    def _of_call(self, holder: Document, path: Path, inputs: Mapping[str, str]) -> Iterator[Violation]:
        """The arguments of one step, task or hook, for the template that it runs."""
        key = self._found.templates.get(text(holder.get("template")))
        if key is None or holder.get("inline") or holders.refers(holder):
            return
        callee, contracts = self._templates.get(text(holder.get("template")), {}), self._contracts.get(key[:2])
        if contracts is None:
            return
        declared = {text(each.get("name")): each for each in mappings(_parameters(callee, "inputs"))}
        place = path.join(("arguments", "parameters"))
        given = _parameters(holder)
        for index, each in enumerate(given):
            name, value = text(mapping(each).get("name")), self._known(mapping(each), inputs)
            enum = _enum(declared.get(name, {}))
            if value is not None and (problem := violation(value, enum, contracts.input(key.template, name))):
                yield place.join((index, "value")), f"{name}: {problem}"
        handed = {text(each.get("name")) for each in mappings(given) if _is_given(each)}
        for name in declared.keys() - handed:
            if contracts.input(key.template, name).required:
                yield (
                    path,
                    f"{name}: every caller of {key.template!r} of {key.kind} {key.name!r} must give a value to it",
                )

    def _known(self, argument: Document, inputs: Mapping[str, str]) -> str | None:
        """The value of *argument*, where it stands there or is that of another parameter."""
        value = argument.get("value")
        if not isinstance(value, str) or OPEN not in value:
            return _value(argument)
        found = list(tags(value))
        alone = len(found) == 1 and found[0].end - found[0].start == len(value) and not found[0].is_expression
        return {**self._values, **inputs}.get(found[0].name) if alone else None

    def _inputs(self, template: Document) -> dict[str, str]:
        """The inputs of *template* that are known: those of the entrypoint are the arguments of the Workflow."""
        if template.get("name") != self._spec.get("entrypoint"):
            return {}
        known: dict[str, str] = {}
        for each in mappings(_parameters(template, "inputs")):
            name = text(each.get("name"))
            value = self._values.get(f"workflow.parameters.{name}", _value(each))
            if value is not None:
                known[f"inputs.parameters.{name}"] = value
        return known


def _arguments(spec: Document) -> dict[str, str]:
    """The values of a Workflow's parameters that are known, by the names of their variables."""
    given = {text(each.get("name")): _value(each) for each in mappings(_parameters(spec))}
    return {f"workflow.parameters.{name}": value for name, value in given.items() if value is not None}


def _value(parameter: Document) -> str | None:
    """The value of *parameter* where no tag decides it."""
    value = any_string(parameter.get("value", parameter.get("default")))
    return None if value is None or OPEN in value else value


def _enum(parameter: Document) -> list[str]:
    """The values that *parameter* may have, as text; none where a tag is among them."""
    values = [any_string(each) or "" for each in sequence(parameter.get("enum"))]
    return [] if any(OPEN in value for value in values) else values


def _is_given(parameter: Document) -> bool:
    return parameter.get("value") is not None or bool(parameter.get("valueFrom"))


def _parameters(of: Document, where: str = "arguments") -> list[Document]:
    return sequence(mapping(of.get(where)).get("parameters"))


def _names(parameters: list[Document]) -> set[str]:
    return {text(each.get("name")) for each in mappings(parameters)}


def _what(document: Document) -> str:
    return f"{document.get('kind')} {text(mapping(document.get('metadata')).get('name'))!r}"

"""A contract and the template that it is on: what its author may have meant otherwise."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.contracts.contract import PLACE, Contract, Contracts, problems
from admission.argo.languages.tags import OPEN
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


def wrong(document: Document) -> Iterator[tuple[Path, str]]:
    """What of the contract on *document* cannot be read, and where the template breaks it itself."""
    yield from ((PLACE, problem) for problem in problems(document))
    contracts = Contracts.of(document)
    if contracts:
        for _, path, parameter, contract in _declared(document, contracts):
            for field in ("value", "default"):
                said = any_string(parameter.get(field))
                # That a template gives nothing itself is what makes its callers give it.
                if said and OPEN not in said and (problem := contract.violation(said)):
                    yield path / field, f"{text(parameter.get('name'))}: {problem}"


def idle(document: Document) -> Iterator[tuple[Path, str]]:
    """The names in the contract on *document* that are those of none of its parameters."""
    contracts = Contracts.of(document)
    known = {name for names, *_ in _declared(document, contracts) for name in names} if contracts else set()
    for name in contracts.by_name:
        if name not in known:
            yield PLACE, f"{name!r} is no parameter of this template"


def _declared(document: Document, contracts: Contracts) -> Iterator[tuple[tuple[str, ...], Path, Document, Contract]]:
    """The parameters of *document*: what the contract may call each, its place, itself, and its contract."""
    spec, place = mapping(document.get("spec")), Path(("spec",))
    for path, parameter in _listed(spec.get("arguments"), place / "arguments"):
        name = text(parameter.get("name"))
        yield (name,), path, parameter, contracts.argument(name)
    for index, template in enumerate(sequence(spec.get("templates"))):
        of = text(mapping(template).get("name"))
        for path, parameter in _listed(mapping(template).get("inputs"), place.join(("templates", index, "inputs"))):
            name = text(parameter.get("name"))
            yield (name, f"{of}/{name}"), path, parameter, contracts.input(of, name)


def _listed(holder: object, place: Path) -> Iterator[tuple[Path, Document]]:
    for index, each in enumerate(sequence(mapping(holder).get("parameters"))):
        if isinstance(each, dict):
            yield place.join(("parameters", index)), each

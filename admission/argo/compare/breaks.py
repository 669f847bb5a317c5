"""Two versions of a template object: the changes that break somebody, and whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from admission.argo.compare.interface import Input, Interface, artifacts, parameters
from admission.argo.contracts.contract import ANYTHING, Contract, Contracts
from admission.argo.expansion import holders
from admission.argo.usage.uses import Use
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


@dataclass(frozen=True)
class Break:
    """A change at *path* of the new version that breaks whoever has a use that is *concerned*."""

    path: Path
    message: str
    concerned: Callable[[Use], bool] = field(compare=False, repr=False)


def breaks(old: Document, new: Document) -> Iterator[Break]:
    """The changes from *old* to *new*, two versions of one object, that break callers."""
    return _Comparison(_Version(old), _Version(new)).breaks()


class _Version:
    """One version of an object."""

    def __init__(self, document: Document) -> None:
        self.spec = mapping(document.get("spec"))
        self.contracts = Contracts.of(document)
        found = enumerate(sequence(self.spec.get("templates")))
        #: By name: the place in the list and the template; of two of one name the first counts.
        self.templates: dict[str, tuple[int, Document]] = {}
        self._interfaces: dict[str, Interface] = {}
        for index, each in found:
            if isinstance(each, dict) and text(each.get("name")):
                self.templates.setdefault(text(each["name"]), (index, each))

    @property
    def entrypoint(self) -> str:
        return text(self.spec.get("entrypoint"))

    def interface(self, name: str) -> Interface:
        if name not in self._interfaces:
            self._interfaces[name] = Interface.of(self.templates[name][1])
        return self._interfaces[name]

    @cached_property
    def arguments(self) -> Mapping[str, Input]:
        return parameters(mapping(self.spec.get("arguments")))

    @cached_property
    def files(self) -> Mapping[str, Input]:
        return artifacts(mapping(self.spec.get("arguments")))

    def reads(self, name: str) -> frozenset[str]:
        """The parameters of the Workflow that the template, and those beside it that it runs, read."""
        seen, waiting, found = {name}, [name], frozenset[str]()
        while waiting:
            at = waiting.pop()
            template = self.templates[at][1]
            found |= self.interface(at).workflow
            new = {each for each in holders.local_names(template) if each in self.templates} - seen
            seen |= new
            waiting += new
        return found


@dataclass(frozen=True)
class _Comparison:
    old: _Version
    new: _Version

    def breaks(self) -> Iterator[Break]:
        for name in self.old.templates:
            if name not in self.new.templates:
                yield self._gone(name)
            elif self.old.templates[name][1] != self.new.templates[name][1] or self._contracts_differ():
                yield from self._changed(name)
        yield from self._of_whole()

    def _contracts_differ(self) -> bool:
        return self.old.contracts != self.new.contracts

    def _gone(self, name: str) -> Break:
        became = next((other for other in self.new.templates if self._is_renamed(name, other)), "")
        message = f"the template {name!r} is {f'called {became!r} now' if became else 'gone'}"
        return Break(Path(("spec", "templates")), message, _calls(name))

    def _is_renamed(self, name: str, other: str) -> bool:
        before, after = self.old.templates[name][1], self.new.templates[other][1]
        return other not in self.old.templates and {**before, "name": other} == after

    def _changed(self, name: str) -> Iterator[Break]:
        """The breaks of a template that both have."""
        before, after = self.old.interface(name), self.new.interface(name)
        path = Path(("spec", "templates", self.new.templates[name][0]))
        if before.type != after.type:
            message = f"the template {name!r} is {_typed(after.type)} now, and was {_typed(before.type)}"
            yield Break(path, message, _calls(name))
        yield from self._inputs(name, before, after, path / "inputs")
        for output in sorted(before.outputs - after.outputs):
            yield Break(path / "outputs", f"the output {output} of {name!r} is gone", _calls(name))
        for parameter in sorted(self.new.reads(name) - self.old.reads(name)):
            message = f"{name!r} reads workflow.parameters.{parameter} now, which its callers may not have"
            yield Break(path, message, _calls_alone(name))

    def _inputs(self, name: str, before: Interface, after: Interface, path: Path) -> Iterator[Break]:
        """The breaks of the inputs of a template, for those who call it by its name."""
        for parameter, declared in after.parameters.items():
            was = before.parameters.get(parameter)
            if declared.required and not (was and was.required):
                yield Break(path, _needed("parameter", parameter, name, was), self._lacks(name, parameter))
            limits = self.new.contracts.input(name, parameter), self.old.contracts.input(name, parameter)
            yield from _narrowed(path, parameter, name, (declared, was), limits, self._hands_to(name))
        for artifact, declared in after.artifacts.items():
            was = before.artifacts.get(artifact)
            if declared.required and not (was and was.required):
                yield Break(path, _needed("artifact", artifact, name, was), self._lacks(name, artifact, files=True))
        for parameter in before.parameters.keys() - after.parameters.keys():
            message = f"the input parameter {parameter!r} of {name!r} is gone"
            yield Break(path, message, _both(_calls(name), _gives(parameter)))
        for artifact in before.artifacts.keys() - after.artifacts.keys():
            message = f"the input artifact {artifact!r} of {name!r} is gone"
            yield Break(path, message, _both(_calls(name), _gives_file(artifact)))

    def _hands_to(self, name: str) -> Callable[[Use], bool]:
        """The uses that hand something to the template *name*: the entrypoint gets the arguments of the Workflow."""
        return lambda use: use.template == name or (name == self.new.entrypoint and _starts(use))

    def _lacks(self, name: str, what: str, *, files: bool = False) -> Callable[[Use], bool]:
        """The uses that run the template *name* without handing over *what*."""
        own = (self.new.files if files else self.new.arguments).get(what)
        supplied = own is not None and not own.required

        def concerned(use: Use) -> bool:
            handed = use.artifacts if files else use.given
            if what in handed:
                return False
            # A Workflow that runs all of the object hands its arguments to the template that it starts with.
            starts = use.template == name and use.path[-1] == "entrypoint"
            whole = not use.template and not use.entrypoint and name == self.new.entrypoint
            return not supplied if starts or whole else use.template == name

        return concerned

    def _entrypoint(self) -> Iterator[Break]:
        """The breaks for those who run all of the object, from where it starts."""
        before, after = self.old.entrypoint, self.new.entrypoint
        if before and not after:
            yield Break(Path(("spec",)), "there is no entrypoint any more", _starts)
        if before == after or after not in self.new.templates or before not in self.old.templates:
            return
        wanted, known = self.new.interface(after), self.old.interface(before)
        for name, declared in wanted.parameters.items():
            was = known.parameters.get(name)
            if declared.required and not (was and was.required):
                message = f"{after!r}, the entrypoint now, needs the parameter {name!r}"
                yield Break(Path(("spec", "entrypoint")), message, _both(_starts, self._lacks(after, name)))

    def _of_whole(self) -> Iterator[Break]:
        """The breaks for those who run all of the object."""
        path = Path(("spec", "arguments"))
        yield from self._entrypoint()
        for name, declared in self.new.arguments.items():
            was = self.old.arguments.get(name)
            if declared.required and not (was and was.required):
                yield Break(path, _needed("parameter", name, "", was), _both(_whole, _without(name)))
            limits = self.new.contracts.argument(name), self.old.contracts.argument(name)
            yield from _narrowed(path, name, "", (declared, was), limits, _whole)
        for name, declared in self.new.files.items():
            was = self.old.files.get(name)
            if declared.required and not (was and was.required):
                yield Break(path, _needed("artifact", name, "", was), _both(_whole, _without_file(name)))
        for name in self.old.arguments.keys() - self.new.arguments.keys():
            yield Break(path, f"the parameter {name!r} is gone", _both(_whole, _gives(name)))
        for name in self.old.files.keys() - self.new.files.keys():
            yield Break(path, f"the artifact {name!r} is gone", _both(_whole, _gives_file(name)))


def _needed(kind: str, what: str, template: str, was: Input | None) -> str:
    of = f" of {template!r}" if template else ""
    how = "is new and has no default" if was is None else "has no default any more"
    return f"the {'input ' if template else ''}{kind} {what!r}{of} {how}"


def _narrowed(
    path: Path,
    name: str,
    template: str,
    declared: tuple[Input, Input | None],
    contracts: tuple[Contract, Contract],
    runs: Callable[[Use], bool],
) -> Iterator[Break]:
    """What the parameter *name* does not take any more; of both pairs the newer comes first."""
    now, was = declared
    if was is None:
        return
    of = f"the {'input ' if template else ''}parameter {name!r}" + (f" of {template!r}" if template else "")
    gone = [value for value in was.enum if value not in now.enum] if now.enum else []
    if gone:
        message = f"{of} does not take {', '.join(map(repr, gone))} any more"
        yield Break(path, message, _both(runs, _gives_outside(name, now.enum)))
    elif now.enum and not was.enum:
        message = f"{of} takes only {', '.join(map(repr, now.enum))} now"
        yield Break(path, message, _both(runs, _gives_outside(name, now.enum)))
    limit, before = contracts
    if limit.required and not before.required:
        yield Break(path, f"{of} must be given by every caller now", _both(runs, _without(name)))
    values = Contract(limit.pattern, limit.minimum, limit.maximum)
    if values not in (ANYTHING, Contract(before.pattern, before.minimum, before.maximum)):
        yield Break(path, f"the contract of {of} is another", _both(runs, _gives_against(name, values)))


def _typed(type: str) -> str:
    return f"of the type {type}" if type else "of no type"


def _calls(name: str) -> Callable[[Use], bool]:
    """Uses of that template by its name."""
    return lambda use: use.template == name


def _calls_alone(name: str) -> Callable[[Use], bool]:
    """Uses of that template without the object around it."""
    return lambda use: use.template == name and use.path[-1] == "templateRef"


def _whole(use: Use) -> bool:
    return not use.template


def _starts(use: Use) -> bool:
    """Uses of all of the object that begin where it says."""
    return not use.template and not use.entrypoint


def _both(one: Callable[[Use], bool], other: Callable[[Use], bool]) -> Callable[[Use], bool]:
    return lambda use: one(use) and other(use)


def _gives(name: str) -> Callable[[Use], bool]:
    return lambda use: name in use.given


def _without(name: str) -> Callable[[Use], bool]:
    return lambda use: name not in use.given


def _gives_file(name: str) -> Callable[[Use], bool]:
    return lambda use: name in use.artifacts


def _without_file(name: str) -> Callable[[Use], bool]:
    return lambda use: name not in use.artifacts


def _gives_outside(name: str, values: tuple[str, ...]) -> Callable[[Use], bool]:
    """Uses that hand over what is none of *values*, or what only the run knows."""
    return lambda use: name in use.given and use.given[name] not in values


def _gives_against(name: str, contract: Contract) -> Callable[[Use], bool]:
    """Uses that hand over what *contract* forbids, or what only the run knows."""

    def concerned(use: Use) -> bool:
        value = use.given.get(name)
        return name in use.given and (value is None or bool(contract.violation(value)))

    return concerned

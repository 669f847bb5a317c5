"""A pod that a template will become, before there is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Origin:
    """
    Whose a pod, or one of its containers, is.

    *path* is the place that a finding is to point at: where the container stands, the reference that brought its
    template in, or the ``podSpecPatch`` that added it. *authored*: an author wrote it, and not the controller;
    *patched* is the ``podSpecPatch`` that changes it.
    """

    path: Path
    authored: bool = True
    patched: Path | None = None

    def placed(self, place: Callable[[Path], Path]) -> Origin:
        """The same with its places turned into others."""
        return Origin(place(self.path), self.authored, place(self.patched) if self.patched else None)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a ``podSpecPatch``; *path* as in Origin. *refused*: the controller does not take it at all."""

    path: Path
    message: str
    refused: bool = False


@dataclass(frozen=True)
class EffectivePod:
    """
    A pod that the controller will create.

    *template* and *scope* (``local``, ``namespaced/<name>``, ``cluster/<name>``) say which template it comes from;
    *purpose* is ``step``, ``agent`` or ``artifact-gc``; *unknown* are the paths in *pod* whose value only the run
    decides: there, *pod* has the tags as they are written. *body* is the template as it stands; empty where there is
    none. *containers* are the origins by the container's path in
    *pod*, *problems* what is wrong with the patches that make it.
    """

    template: str
    scope: str
    purpose: str
    reachable: bool
    pod: Document
    origin: Origin
    unknown: tuple[Path, ...] = ()
    containers: Mapping[Path, Origin] = field(default_factory=lambda: MappingProxyType({}))
    problems: tuple[Problem, ...] = ()
    body: Document = field(default_factory=dict, repr=False, compare=False)

    def placed(self, place: Callable[[Path], Path]) -> EffectivePod:
        """The same with the places of origins and problems turned into others."""
        return replace(
            self,
            origin=self.origin.placed(place),
            containers=MappingProxyType({path: origin.placed(place) for path, origin in self.containers.items()}),
            problems=tuple(replace(each, path=place(each.path)) for each in self.problems),
        )


def findings(pods: Iterable[EffectivePod]) -> tuple[Finding, ...]:
    """What is wrong with the patches that make *pods*, each once."""
    problems = dict.fromkeys(problem for pod in pods for problem in pod.problems)
    return tuple(Finding("schema/pod-spec-patch", each.path, each.message, Action.DENY) for each in problems)

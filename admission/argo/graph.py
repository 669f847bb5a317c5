"""
Who calls whom: the templates of a workflow spec, the steps and tasks in them, and the templates that those run.

Made in one walk and shared by every rule. What a reference leads to: ``callees.py``.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from admission.argo.callees import Callee, Callees, Hook, Lookup
from admission.argo.expansion import holders
from admission.argo.languages.tags import OPEN
from admission.argo.validation.base import type_of
from admission.argo.validation.text import Reader, tagged
from admission.argo.variable_uses import Text, Use, needed
from admission.argo.waits import Waits, dependencies
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path


@dataclass(frozen=True)
class Call:
    """A step (of the group of that number) or a task (group -1)."""

    path: Path
    document: Document
    group: int
    callee: Callee
    callees: Callees = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return text(self.document.get("name"))

    @property
    def loops(self) -> bool:
        """Whether it runs once for each item of something."""
        document = self.document
        return any(document.get(name) not in (None, "", []) for name in ("withItems", "withParam", "withSequence"))

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """Its texts with tags, hooks and inline templates left out: those are read at another time."""
        return tuple(
            Text(self.path, each)
            for each in tagged({key: value for key, value in self.document.items() if key not in ("hooks", "inline")})
        )

    def uses_of(self, root: str) -> Iterator[tuple[Path, Use]]:
        """The places where it needs something of a step or task (*root* is ``steps`` or ``tasks``), and what."""
        return needed(self.texts, root)

    def uses_in_hooks(self, root: str) -> Iterator[tuple[Path, Use]]:
        """The same of what its hooks are given."""
        hooks = self.document.get("hooks")
        found = tagged(hooks) if hooks else ()
        return needed((Text(self.path / "hooks", each) for each in found), root)

    @property
    def named_dependencies(self) -> Iterator[tuple[Path, str]]:
        """The entries of ``dependencies``, each with its place."""
        for index, name in enumerate(sequence(self.document.get("dependencies"))):
            if isinstance(name, str) and name:
                yield self.path / "dependencies" / index, name

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        return tuple(self.callees.hooks_of(self.path, self.document, mapping(self.document.get("arguments"))))

    @cached_property
    def dependencies(self) -> frozenset[str]:
        """The tasks that a task names in ``depends`` and ``dependencies``."""
        return dependencies(self.document)


@dataclass(eq=False)  # not frozen, which would double the time to make one: there are thousands
class Node:
    """A template of the document, inline ones included."""

    path: Path
    document: Document
    calls: tuple[Call, ...]
    read: Reader = field(repr=False, compare=False)

    @property
    def name(self) -> str:
        return text(self.document.get("name"))

    @cached_property
    def type(self) -> str:
        return type_of(self.document)

    @property
    def is_dag(self) -> bool:
        return self.type == "dag"

    @cached_property
    def by_name(self) -> dict[str, Call]:
        """Its steps or tasks by their names; of two with one name, the first."""
        return {call.name: call for call in reversed(self.calls)}

    @cached_property
    def texts(self) -> tuple[Text, ...]:
        """The texts with tags of the template itself, without those of its steps and tasks."""
        if self.calls:
            own = tagged({key: value for key, value in self.document.items() if key not in ("steps", "dag")})
            return tuple([Text(self.path, each) for each in own])
        return tuple([Text(self.path, each) for each in self.read(self.document)])

    @property
    def has_other_tags(self) -> bool:
        """Whether tags stand in it, steps and tasks left aside, for more than inputs."""
        json = self.read.written(self.document)
        return json is None or json.count(OPEN) > json.count("{{inputs.")

    @cached_property
    def _waits(self) -> Waits:
        return Waits({name: call.dependencies for name, call in self.by_name.items()})

    def lacks(self, use: Use) -> bool:
        """Whether *use* names a step or task that there is not; names of single runs of a loop are not looked at."""
        if use.guarded or use.parts[0] not in ("steps", "tasks") or len(use.parts) < 3:
            return False
        return use.parts[1] not in self.by_name and "(" not in use.parts[1]

    def lacks_output(self, use: Use) -> bool:
        """Whether *use* names an output that the template of a step or task does not have, as far as that is known."""
        if use.guarded or use.open or len(use.parts) < 5 or use.parts[0] not in ("steps", "tasks"):
            return False
        call, way, kind, name = self.by_name.get(use.parts[1]), use.parts[2], use.parts[3], use.parts[4]
        if call is None or call.callee.document is None or way != "outputs" or kind not in ("parameters", "artifacts"):
            return False
        declared = sequence(mapping(call.callee.document.get("outputs")).get(kind))
        return name != "main-logs" and all(mapping(each).get("name") != name for each in declared)

    def waits(self, task: str, other: str) -> bool:
        """Whether that task begins only when *other* has ended."""
        return self._waits(task, other)


class Graph:
    """
    The templates of the workflow spec that stands at *path*.

    *own* is the name of the object where it is a template itself, and whether it is of the whole cluster: a templateRef
    of that name means this very text, not what the cluster has. *read* reads its texts.
    """

    def __init__(
        self,
        spec: Document,
        path: Path,
        lookup: Lookup,
        own: tuple[str, bool] = ("", False),
        read: Reader | None = None,
    ) -> None:
        self.spec = spec
        self.path = path
        self._read = read or Reader()
        #: What has no way back to here: a circle would keep every request until Python's collector comes.
        self._callees = Callees(spec, lookup, own)

    @property
    def by_name(self) -> dict[str, Document]:
        """The templates that can be called by name here."""
        return self._callees.by_name

    def callee(self, holder: Document) -> Callee:
        """The template that *holder* refers to."""
        return self._callees.callee(holder)

    def behind(self, reference: Document) -> Document:
        """The object that a reference leads to; empty where it is not there, or nobody could look."""
        return self._callees.behind(reference)

    @cached_property
    def nodes(self) -> tuple[Node, ...]:
        """The templates of the document, inline ones after the template that they stand in."""
        found: list[Node] = []
        templates = self.path / "templates"
        todo = deque((templates / index, each) for index, each in enumerate(sequence(self.spec.get("templates"))))
        while todo:
            path, document = todo.popleft()
            if isinstance(document, dict):
                calls = tuple(self._calls(path, document)) if "steps" in document or "dag" in document else ()
                found.append(Node(path, document, calls, self._read))
                inline = [call for call in reversed(calls) if call.document.get("inline")]
                todo.extendleft((call.path / "inline", call.document["inline"]) for call in inline)
        return tuple(found)

    def having(self, *fields: str) -> Iterable[Node]:
        """The templates that have one of *fields*, in their order."""
        if len(fields) == 1:
            return self._by_field.get(fields[0], ())
        # Of several a template may have more than one.
        found = {id(node): node for field in fields for node in self._by_field.get(field, ())}
        return found.values() if len(found) < 2 else [node for node in self.nodes if id(node) in found]

    @cached_property
    def _by_field(self) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.nodes:
            for name in node.document:
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def calls(self) -> tuple[tuple[Node, Call], ...]:
        """Every step and task of the document, with its template."""
        return tuple((node, call) for node in self.nodes for call in node.calls)

    @cached_property
    def hooks(self) -> tuple[Hook, ...]:
        """The hooks of the workflow and of all its steps and tasks."""
        own = self._callees.hooks_of(self.path, self.spec, mapping(self.spec.get("arguments")))
        # The validator of Argo itself looks at the workflow's onExit.
        mine = tuple(hook for hook in own if hook.path[-1] != "onExit")
        return mine + tuple(hook for _, call in self.calls for hook in call.hooks)

    def _calls(self, path: Path, template: Document) -> Iterator[Call]:
        for group, place, document in holders.calls(template, path):
            yield Call(place, document, group, self.callee(document), self._callees)

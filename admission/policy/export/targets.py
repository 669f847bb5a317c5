"""
The targets of a policy as variables of CEL: the Workflow that would run, its templates and their containers.

Each target is a map of ``object``, ``template`` and ``path``, the place for messages, or ``pointer`` for patches.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from admission.model.document import Document
from admission.policy.export.text import named
from admission.policy.spec import Target

#: Templates within steps of templates within steps …: deeper ones are refused, because nothing would judge them.
INLINE = 2

#: What each policy may need, in this order; each uses those before it.
_NAMES = ("workflow", "at", "inline0", "inline1", "inline2", "inline3", "templates", "containers")

_CRON = "object.kind == 'CronWorkflow'"


@dataclass(frozen=True)
class Targets:
    """
    The names of our variables in one policy, so chosen that they are not the policy's own.

    *pointers*: places are JSON Pointers, not field paths. *cron*: the policy is about CronWorkflows, too.
    """

    names: dict[str, str]
    pointers: bool = False
    cron: bool = True

    @classmethod
    def beside(cls, taken: Iterable[str], *, pointers: bool = False, cron: bool = True) -> Targets:
        """Names beside those that are *taken*."""
        others = set(taken)
        return cls({name: _free(name, others) for name in (*_NAMES, "params")}, pointers, cron)

    def __getitem__(self, name: str) -> str:
        """How one of our variables is named in an expression."""
        if name == "workflow" and not self.cron:
            return "object"
        return f"variables.{self.names[name]}"

    def of(self, target: Target) -> str:
        """The list of the targets of that kind."""
        return self["templates" if target is Target.TEMPLATE else "containers"]

    def needed(self, text: str) -> list[Document]:
        """The definitions of those of our variables that *text* names, and of those that they need."""
        chosen: list[Document] = []
        for name in reversed(_NAMES):
            everything = " ".join([text, *(item["expression"] for item in chosen)])
            if self[name] in named(everything):
                chosen.append({"name": self.names[name], "expression": self._definition(name)})
        return chosen[::-1]

    def _definition(self, name: str) -> str:
        if name == "workflow":
            return self._workflow()
        if name == "at":
            where, there = ("'/spec/workflowSpec'", "'/spec'") if self.pointers else ("'spec.workflowSpec'", "'spec'")
            return f"{_CRON} ? {where} : {there}" if self.cron else there
        if name == "templates":
            return " + ".join(self[f"inline{level}"] for level in range(INLINE + 1))
        if name == "containers":
            return self._containers()
        level = int(name.removeprefix("inline"))
        return self._inline(self[f"inline{level - 1}"]) if level else self._first()

    def _workflow(self) -> str:
        def part(key: str) -> str:
            here = "object.spec.workflowMetadata"
            return f"dyn(has({here}) && has({here}.{key}) ? {here}.{key} : {{}})"

        metadata = (
            "{'name': dyn(object.metadata.name), 'namespace': dyn(request.namespace), "
            f"'labels': {part('labels')}, 'annotations': {part('annotations')}}}"
        )
        started = (
            "{'apiVersion': dyn(object.apiVersion), 'kind': dyn('Workflow'), "
            f"'metadata': dyn({metadata}), 'spec': dyn(object.spec.workflowSpec)}}"
        )
        return f"{_CRON} ? dyn({started}) : dyn(object)"

    def _first(self) -> str:
        spec = f"{self['workflow']}.spec"
        entry = self._entry("template", f"{self['at']} + {self._step('templates')} + {self._index('index')}")
        return f"has({spec}.templates) ? {spec}.templates.transformList(index, template, {entry}) : []"

    def _inline(self, before: str) -> str:
        """The templates that are written within the steps and tasks of those *before*."""
        steps = f"outer.path + {self._step('steps')} + {self._index('row')}"
        # A group of one step may be written without its list.
        step = self._entry(
            "step.inline",
            f"{steps} + (type(group) == list ? {self._index('column')} : '') + {self._step('inline')}",
        )
        task = self._entry(
            "task.inline", f"outer.path + {self._step('dag', 'tasks')} + {self._index('row')} + {self._step('inline')}"
        )
        groups = (
            "outer.object.steps.transformList(row, group, (type(group) == list ? group : [group])"
            f".transformList(column, step, has(step.inline), {step})).flatten()"
        )
        tasks = f"outer.object.dag.tasks.transformList(row, task, has(task.inline), {task})"
        return (
            f"{before}.map(outer, (has(outer.object.steps) ? {groups} : []) + "
            f"(has(outer.object.dag) && has(outer.object.dag.tasks) ? {tasks} : [])).flatten()"
        )

    def _containers(self) -> str:
        def one(field: str) -> str:
            entry = self._entry(f"outer.object.{field}", f"outer.path + {self._step(field)}", "outer.object")
            return f"(has(outer.object.{field}) ? [{entry}] : [])"

        def several(*fields: str) -> str:
            has = " && ".join(f"has(outer.object.{'.'.join(fields[: count + 1])})" for count in range(len(fields)))
            place = f"outer.path + {self._step(*fields)} + {self._index('index')}"
            entry = self._entry("container", place, "outer.object")
            return f"({has} ? outer.object.{'.'.join(fields)}.transformList(index, container, {entry}) : [])"

        parts = (one("container"), one("script"), several("containerSet", "containers"))
        listed = " + ".join((*parts, several("sidecars"), several("initContainers")))
        return f"{self['templates']}.map(outer, {listed}).flatten()"

    def _entry(self, item: str, path: str, template: str = "") -> str:
        return f"{{'object': dyn({item}), 'template': dyn({template or item}), 'path': dyn({path})}}"

    def _step(self, *fields: str) -> str:
        mark = "/" if self.pointers else "."
        return "'" + "".join(f"{mark}{field}" for field in fields) + "'"

    def _index(self, name: str) -> str:
        return f"'/' + string({name})" if self.pointers else f"'[' + string({name}) + ']'"


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name

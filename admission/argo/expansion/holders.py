"""What names a template: steps, tasks, hooks and exit handlers (argo-resolution 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Called with a holder (a step, task or hook) and its path; gives the holder as it shall be.
Rewrite: TypeAlias = Callable[[Document, Path], Document]


def calls(template: Document, path: Path) -> Iterator[tuple[int, Path, Document]]:
    """The steps or tasks of *template* at *path*: the number of the group (-1 for tasks), the place, and itself."""
    for number, group in enumerate(sequence(template.get("steps"))):
        if isinstance(group, dict):
            # A group of one step may be written without its list.
            yield number, path.join(("steps", number)), group
        for index, step in enumerate(sequence(group)):
            if isinstance(step, dict):
                yield number, path.join(("steps", number, index)), step
    for index, task in enumerate(sequence(mapping(template.get("dag")).get("tasks"))):
        if isinstance(task, dict):
            yield -1, path.join(("dag", "tasks", index)), task


def of_template(template: Document, path: Path) -> Iterator[tuple[Path, Document]]:
    """The steps, tasks and hooks of a template that can name another, those in inline templates included."""
    # Inline templates may be as deep as somebody likes: no recursion.
    open_ones = [calls(template, path)]
    while open_ones:
        _, place, call = next(open_ones[-1], (0, path, None))
        if call is None:
            open_ones.pop()
            continue
        yield place, call
        for event, hook in mapping(call.get("hooks")).items():
            if isinstance(hook, dict):
                yield place.join(("hooks", event)), hook
        if isinstance(call.get("inline"), dict):
            open_ones.append(calls(call["inline"], place / "inline"))


def of_spec(spec: Document, path: Path) -> Iterator[tuple[Path, Document]]:
    """Those of a spec: of its hooks and of all its templates."""
    for event, hook in mapping(spec.get("hooks")).items():
        if isinstance(hook, dict):
            yield path.join(("hooks", event)), hook
    for index, template in enumerate(sequence(spec.get("templates"))):
        if isinstance(template, dict) and ("steps" in template or "dag" in template):
            yield from of_template(template, path.join(("templates", index)))


def refers(holder: Document) -> bool:
    """Whether *holder* has a ``templateRef`` that counts: an inline template goes before it."""
    return isinstance(holder.get("templateRef"), dict) and not holder.get("inline")


def local_names(template: Document) -> Iterator[str]:
    """The names of the templates beside it that a template runs."""
    for _, holder in of_template(template, Path()):
        if not holder.get("inline") and not refers(holder) and (name := text(holder.get("template"))):
            yield name
        if name := text(holder.get("onExit")):
            yield name


def rewritten(template: Document, path: Path, rewrite: Rewrite) -> Document:
    """*template* with its holders as *rewrite* makes them; the same object where none changes."""
    changed: Document = {}
    steps = template.get("steps")
    if isinstance(steps, list):
        groups = [
            _listed(group, path.join(("steps", number)), rewrite) if isinstance(group, list) else group
            for number, group in enumerate(steps)
        ]
        if any(new is not old for new, old in zip(groups, steps, strict=True)):
            changed["steps"] = groups
    tasks = mapping(template.get("dag")).get("tasks")
    if isinstance(tasks, list):
        listed = _listed(tasks, path.join(("dag", "tasks")), rewrite)
        if listed is not tasks:
            changed["dag"] = {**template["dag"], "tasks": listed}
    return {**template, **changed} if changed else template


def rewritten_hooks(holder: Document, path: Path, rewrite: Rewrite) -> Document:
    """*holder* (a step, task or spec) with the hooks in it as *rewrite* makes them."""
    hooks = holder.get("hooks")
    if not isinstance(hooks, dict):
        return holder
    new = {
        event: rewrite(hook, path.join(("hooks", event))) if isinstance(hook, dict) else hook
        for event, hook in hooks.items()
    }
    return {**holder, "hooks": new} if any(new[event] is not hooks[event] for event in hooks) else holder


def _listed(calls: list[Any], path: Path, rewrite: Rewrite) -> list[Any]:
    new = [_call(call, path / index, rewrite) for index, call in enumerate(calls)]
    return new if any(one is not other for one, other in zip(new, calls, strict=True)) else calls


def _call(call: Any, path: Path, rewrite: Rewrite) -> Any:
    if not isinstance(call, dict):
        return call
    new = rewritten_hooks(rewrite(call, path), path, rewrite)
    if isinstance(call.get("inline"), dict):
        inline = rewritten(call["inline"], path / "inline", rewrite)
        if inline is not call["inline"]:
            new = {**new, "inline": inline}
    return new

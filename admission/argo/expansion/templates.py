"""
``templateRef`` written out: the templates that are referred to become templates of the Workflow (argo-resolution 9.3).

Nothing is ever turned into ``inline``: there, the names of the caller would be put in first.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from admission.argo.decoding import decoded
from admission.argo.expansion import holders
from admission.argo.expansion.lookup import find
from admission.argo.expansion.result import Key, Left, Missing, Source
from admission.argo.kinds import referred
from admission.argo.pod_metadata import with_pod_metadata
from admission.errors import MergeError
from admission.model.catalog import MISSING, Catalog, scope_of
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: The longest name of a template (argo-validation: template names).
_LONGEST = 128


@dataclass(frozen=True, slots=True)
class Written:
    """
    A spec with its templateRefs written out.

    *brought*: the references that brought in the templates at the end of the list, by index; *copies*: what these are
    copies of; *rewritten*: the places of ``template`` that were a ``templateRef``.
    """

    spec: Document
    sources: tuple[Source, ...] = ()
    missing: tuple[Missing, ...] = ()
    unexpanded: tuple[Left, ...] = ()
    brought: dict[int, Path] = field(default_factory=dict)
    copies: dict[int, Key] = field(default_factory=dict)
    rewritten: frozenset[Path] = frozenset()


def any_reference(spec: Document) -> bool:
    """Whether there is a ``templateRef`` in *spec*; as cheap as it can be, since mostly there is none."""
    return any(holders.refers(holder) for _, holder in holders.of_spec(spec, Path()))


def references(spec: Document, path: Path) -> Iterator[Path]:
    """The places of the templateRefs of *spec*."""
    return (place / "templateRef" for place, holder in holders.of_spec(spec, path) if holders.refers(holder))


def write_out(spec: Document, path: Path, catalog: Catalog, namespace: str, *, newest: bool, faithful: bool) -> Written:
    """
    The *spec* at *path* with its templateRefs written out.

    *faithful*: only where the run stays the same (argo-resolution 9.4); without it, wherever the template is known.
    """
    return _Writer(spec, path, catalog, namespace, newest, faithful).written()


class _Writer:
    """One run of the work-list: the templates to copy, and the names that they get."""

    def __init__(
        self, spec: Document, path: Path, catalog: Catalog, namespace: str, newest: bool, faithful: bool
    ) -> None:
        self._spec, self._path = spec, path
        self._catalog, self._namespace = catalog, namespace
        self._newest, self._faithful = newest, faithful
        own = (text(mapping(template).get("name")) for template in sequence(spec.get("templates")))
        self._taken = {name for name in own if name}
        self._names: dict[Key, str] = {}
        self._waiting: deque[tuple[Key, Path]] = deque()
        self._reasons: dict[Key, str] = {}
        self._lost: dict[Key, Missing | None] = {}
        self._objects: dict[tuple[str, str], _Object | Missing] = {}
        self._missing: list[Missing] = []
        self._left: list[Left] = []
        self._rewritten: set[Path] = set()
        self._brought: dict[int, Path] = {}
        self._copied: dict[int, Key] = {}

    def written(self) -> Written:
        own = sequence(self._spec.get("templates"))
        base = self._path / "templates"
        templates = [
            holders.rewritten(template, base / index, self._point_to) if isinstance(template, dict) else template
            for index, template in enumerate(own)
        ]
        spec = holders.rewritten_hooks(self._spec, self._path, self._point_to)
        while self._waiting:
            key, holder = self._waiting.popleft()
            self._brought[len(templates)] = holder
            self._copied[len(templates)] = key
            templates.append(self._copy(key, base / len(templates)))
        if self._rewritten:
            spec = {**spec, "templates": templates}
        return Written(
            spec,
            tuple(each.source for each in self._objects.values() if isinstance(each, _Object) and each.used),
            tuple(self._missing),
            tuple(self._left),
            self._brought,
            self._copied,
            frozenset(self._rewritten),
        )

    def _point_to(self, holder: Document, path: Path) -> Document:
        """*holder* pointing to the copy of what it refers to; itself where that cannot be copied."""
        if not holders.refers(holder):
            return holder
        place = path / "templateRef"
        reason = _not_readable(holder)
        if reason:
            self._left.append(Left(place, reason))
            return holder
        found = self._object(holder["templateRef"], place)
        if isinstance(found, Missing):
            self._missing.append(found)
            return holder
        key = Key(found.source.kind, found.source.name, text(holder["templateRef"].get("template")))
        if key.template not in found.templates:
            self._missing.append(_no_template(key, found.source, place))
            return holder
        if self._faithful and (lost := self._lost_behind(key)):
            # Argo validates what a hook refers to only once it stands in the Workflow itself.
            self._missing.append(replace(lost, path=place))
            self._left.append(Left(place, f"behind it {lost.message}"))
            return holder
        reason = self._reason(key, found)
        if reason:
            self._left.append(Left(place, reason))
            return holder
        self._rewritten.add(path / "template")
        named = {"template": self._name(key, place)}
        return {**{name: value for name, value in holder.items() if name not in ("template", "templateRef")}, **named}

    def _object(self, reference: Document, place: Path) -> _Object | Missing:
        """What *reference* names, looked up once."""
        identity = referred(reference)
        if identity not in self._objects:
            found = find(reference, self._catalog, self._namespace, place)
            self._objects[identity] = found if isinstance(found, Missing) else _Object(found, self._newest)
        known = self._objects[identity]
        if isinstance(known, Missing):
            return Missing(place, known.kind, known.namespace, known.name, known.absent, known.message)
        return known

    def _lost_behind(self, key: Key) -> Missing | None:
        """The first reference that leads nowhere, of the template *key* or of any that it runs."""
        if key not in self._lost:
            self._lost[key] = self._lost_from(key)
        return self._lost[key]

    def _lost_from(self, key: Key) -> Missing | None:
        waiting, seen = [key], {key}
        while waiting:
            at = waiting.pop()
            found = self._objects[at.kind, at.name]
            assert isinstance(found, _Object)
            for _, holder in holders.of_template(found.templates[at.template], Path()):
                if holders.refers(holder) and not _not_readable(holder):
                    behind = self._object(holder["templateRef"], Path())
                    if isinstance(behind, Missing):
                        return behind
                    following = Key(behind.source.kind, behind.source.name, text(holder["templateRef"].get("template")))
                    if following.template not in behind.templates:
                        return _no_template(following, behind.source, Path())
                    new = {following}
                else:
                    new = set()
                new |= {Key(at.kind, at.name, text(holder.get(field))) for field in ("template", "onExit")}
                known = {each for each in new - seen if self._has(each)}
                seen |= known
                waiting += known
        self._lost |= dict.fromkeys(seen)
        return None

    def _has(self, key: Key) -> bool:
        found = self._objects.get((key.kind, key.name))
        return isinstance(found, _Object) and key.template in found.templates

    def _reason(self, key: Key, found: _Object) -> str:
        """Why the template cannot be copied, with all that it runs beside it; empty where it can."""
        if key not in self._reasons:
            self._reasons[key] = found.reason(key.template, faithful=self._faithful)
        return self._reasons[key]

    def _name(self, key: Key, holder: Path) -> str:
        """The name of the copy: its own where that is free, because it is part of the names of pods."""
        if key not in self._names:
            self._names[key] = next(name for name in copies(key) if name not in self._taken)
            self._taken.add(self._names[key])
            self._waiting.append((key, holder))
        return self._names[key]

    def _copy(self, key: Key, path: Path) -> Document:
        found = self._objects[key.kind, key.name]
        assert isinstance(found, _Object)
        found.used = True
        template = {**found.template(key.template), "name": self._names[key]}

        def local(holder: Document, place: Path) -> Document:
            if holder.get("inline"):
                named = holder
            elif holders.refers(holder):
                named = self._point_to(holder, place)
            else:
                named = self._local(holder, "template", key, place)
            return self._local(named, "onExit", key, place)

        return holders.rewritten(template, path, local)

    def _local(self, holder: Document, field: str, key: Key, place: Path) -> Document:
        """*holder* with the template beside *key* that it names in *field* under the name of its copy."""
        name = text(holder.get(field))
        beside = Key(key.kind, key.name, name)
        found = self._objects[key.kind, key.name]
        if not name or not isinstance(found, _Object) or name not in found.templates:
            return holder
        copy = self._name(beside, place / field)
        return holder if copy == name else {**holder, field: copy}


class _Object:
    """An object whose templates are referred to."""

    def __init__(self, source: Source, newest: bool) -> None:
        self.source = source
        self.used = False
        self._newest = newest
        self._fine: set[str] = set()
        self._spec = mapping(source.document.get("spec"))
        found = sequence(self._spec.get("templates"))
        #: By name; of two of one name the first counts.
        self.templates: dict[str, Document] = {
            text(template.get("name")): template for template in reversed(found) if isinstance(template, dict)
        }

    def template(self, name: str) -> Document:
        """The template as the controller fetches it: decoded, with the ``podMetadata`` of its object in it."""
        template = decoded(self.templates[name], "Template", newest=self._newest)
        return with_pod_metadata(template, self._spec, newest=self._newest)

    def reason(self, name: str, *, faithful: bool) -> str:
        """Why the template of that name, with those beside it that it runs, cannot be copied; empty where it can."""
        if name in self._fine:
            return ""
        waiting, seen = [name], {name}
        while waiting:
            template = self.templates[waiting.pop()]
            if problem := self._problem(template, faithful):
                return problem
            for beside in holders.local_names(template):
                if "{{" in beside:
                    return f"the template {beside!r} that it runs is known only at run time"
                if beside not in self.templates and faithful:
                    return f"it runs {beside!r}, which {self.source.kind} {self.source.name!r} does not have"
                if beside in self.templates and beside not in seen and beside not in self._fine:
                    seen.add(beside)
                    waiting.append(beside)
        self._fine |= seen
        return ""

    def _problem(self, template: Document, faithful: bool) -> str:
        try:
            decoded(template, "Template", newest=self._newest)
        except MergeError as error:
            return f"in {self.source.kind} {self.source.name!r}, {Path(error.steps)} of a template: {error}"
        if not faithful:
            return ""
        if any(holder.get("inline") for _, holder in holders.of_template(template, Path())):
            return "an inline template is behind it, which would run otherwise from here"
        for kind in ("container", "script"):
            if isinstance(template.get(kind), dict) and not template[kind].get("image"):
                return "a template without an image is behind it, which is not valid here"
        return ""


def _not_readable(holder: Document) -> str:
    """Why nobody can say what *holder* refers to; empty where it is clear."""
    reference = holder["templateRef"]
    if holder.get("template"):
        return "it stands beside a template, and only one of the two may"
    names = [reference.get("name"), reference.get("template")]
    if not all(isinstance(name, str) and name for name in names):
        return "it needs a name and a template"
    if any("{{" in name for name in names):
        return "what it refers to is known only at run time"
    return ""


def _no_template(key: Key, source: Source, place: Path) -> Missing:
    message = f"{key.kind} {key.name!r} has no template {key.template!r}"
    return Missing(place, key.kind, source.namespace, key.name, MISSING, message)


def copies(key: Key) -> Iterator[str]:
    """Names for a copy of that template, the best first; always the same."""
    yield key.template
    whole = f"{scope_of(key.kind, key.name)}/{key.template}"
    digest = hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
    for length in range(8, len(digest) + 1, 8):
        yield f"{key.template[: _LONGEST - 1 - length]}-{digest[:length]}"

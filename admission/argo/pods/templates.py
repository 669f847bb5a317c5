"""The templates that a Workflow runs, as the controller has them before it puts inputs in (argo-resolution 4)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from admission.argo.expansion.holders import calls
from admission.argo.expansion.result import Key
from admission.argo.expansion.templates import write_out
from admission.argo.languages.tags import OPEN
from admission.argo.pod_metadata import with_pod_metadata
from admission.argo.pods.globals import MOST
from admission.argo.pods.setting import Setting
from admission.argo.pods.values import dumped, filled, is_unknown
from admission.argo.template_defaults import template_with_defaults
from admission.argo.validation.base import type_of
from admission.argo.validation.tables import tables
from admission.model.catalog import scope_of
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: Types whose templates have pods of their own, those that the agent's pod works for, and those that call others.
POD_TYPES = tables().pod_types
AGENT_TYPES = tables().leaf_types - POD_TYPES
CALLING_TYPES = frozenset({"steps", "dag"})


#: Where the status of a Workflow keeps templates.
_KEPT = frozenset({"storedTemplates", "storedWorkflowTemplateSpec"})


@dataclass(frozen=True, eq=False)
class Template:
    """
    A template: where it stands in the expanded Workflow, and *authored* what stands there.

    *name* is what its author calls it, empty for an inline one; *scope* as in interfaces.md 6. *document* has the
    ``podMetadata`` of its base, the ``templateDefaults`` and global variables in it.
    """

    path: Path
    name: str
    scope: str
    authored: Document
    document: Document
    #: Whether it is a copy from another object, or stands inline in one.
    brought: bool = False
    #: The reference that leads to it, where its names became known only with the items of a loop.
    reference: Path | None = None
    type: str = ""
    written: str = field(default="", repr=False)

    @property
    def is_inline(self) -> bool:
        return self.path[-1] == "inline"


class Templates:
    """
    The templates of the expanded *workflow* in *setting*; *copies* as an Expansion has them.

    Its status, too, may keep templates, which Argo looks for there once they are no longer in the spec.
    """

    def __init__(self, workflow: Document, copies: Mapping[int, Key], setting: Setting) -> None:
        documents = sequence(mapping(workflow.get("spec")).get("templates"))
        self._setting = setting
        self._are_all = not _KEPT & mapping(workflow.get("status")).keys()
        self._defaults = mapping(setting.spec.get("templateDefaults"))
        self._inline: dict[tuple[Path, str], Template] = {}
        self._found: dict[str, Template | None] = {}
        given = [(index, each) for index, each in enumerate(documents) if isinstance(each, dict)]
        self.named = tuple(self._named(index, each, copies.get(index)) for index, each in given)
        self._by_name = {text(each.authored.get("name")): each for each in reversed(self.named)}

    def get(self, name: str) -> Template | None:
        """The template that is called *name* in the expanded Workflow."""
        return self._by_name.get(name)

    def may_be(self, name: str) -> bool:
        """Whether there may be a template of that name, though none is here; if not, what calls it ends at once."""
        return not self._are_all or OPEN in name or is_unknown(name)

    def inline(self, document: Document, path: Path, within: Template) -> Template:
        """The template that stands inline at *path*, in a step or task of *within*."""
        key = (path, dumped(document))
        if key not in self._inline:
            template = Template(path, "", within.scope, document, document, within.brought, within.reference)
            self._inline[key] = self._complete(template, document)
        return self._inline[key]

    def behind(self, reference: Document, path: Path) -> Template | None:
        """
        The template behind the ``templateRef`` at *path*; None where its names are not known, or lead nowhere.

        Of too many different ones the rest is not known either.
        """
        key = dumped(reference)
        if key not in self._found:
            is_open = is_unknown(key) or OPEN in key or len(self._found) > MOST
            self._found[key] = None if is_open else self._written_out(reference, path)
        return self._found[key]

    def _written_out(self, reference: Document, path: Path) -> Template | None:
        """What *reference* leads to, with all that it runs beside it, under names that are free here."""
        holder = {"steps": [[{"name": "step", "templateRef": reference}]]}
        own = [*({"name": name} for name in self._by_name), holder]
        setting = self._setting
        written = write_out(
            {"templates": own}, path, setting.catalog, setting.namespace, newest=setting.newest, faithful=False
        )
        documents = sequence(written.spec.get("templates"))
        for index, key in written.copies.items():
            document = documents[index]
            template = Template(
                path, key.template, scope_of(key.kind, key.name), document, document, brought=True, reference=path
            )
            self._by_name[text(document.get("name"))] = self._complete(template, document)
        callee = Path(("steps", 0, 0, "template")).get(documents[len(own) - 1])
        return self._by_name.get(callee) if written.copies else None

    def _named(self, index: int, document: Document, copied: Key | None) -> Template:
        path, name = Path(("spec", "templates", index)), text(document.get("name"))
        if copied is None:
            fetched = with_pod_metadata(document, self._setting.spec, newest=self._setting.newest)
            return self._complete(Template(path, name, "local", document, document), fetched)
        template = Template(path, copied.template, scope_of(copied.kind, copied.name), document, document, brought=True)
        return self._complete(template, document)

    def _complete(self, template: Template, document: Document) -> Template:
        if self._defaults:
            document = template_with_defaults(document, self._defaults)
        document = filled(_without_bodies(document), self._setting.values)
        written = dumped(document)
        self._setting.room.take(len(written))
        return replace(template, document=document, type=type_of(document), written=written)


#: What of a template is in no pod: it is long, and its variables are of no concern.
_LONG = {"script": "source", "resource": "manifest", "http": "body"}


def _without_bodies(document: Document) -> Document:
    """*document* without its long texts; of a script it can still be seen whether it has one."""
    for kind, name in _LONG.items():
        body = mapping(document.get(kind))
        if body.get(name):
            return {**document, kind: {**body, name: "…"}}
    return document


def called(template: Document) -> list[tuple[int, Path, Document]]:
    """The steps or tasks of a template: the number of the group (0 for tasks), the place within it, and itself."""
    return [(max(group, 0), place, document) for group, place, document in calls(template, Path())]

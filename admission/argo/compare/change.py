"""A template that changes or goes, as rules look at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

from admission.argo.compare.breaks import Break, breaks
from admission.argo.usage.index import TEMPLATES, Index, User
from admission.argo.usage.uses import Use
from admission.argo.workflow import Workflow
from admission.model.catalog import Catalog, Lookup
from admission.model.document import Document

#: Users that a message names; of more it says how many.
NAMED = 20


class Change(Workflow):
    """
    The object *document*, which was *before* and, if *goes*, is to be deleted: then it is what it was.

    *digest* is that of *document*, for who has pinned another.
    """

    def __init__(
        self,
        document: Document,
        catalog: Catalog,
        *,
        before: Document,
        goes: bool = False,
        digest: str = "",
        namespace: str = "default",
        newest: bool = True,
    ) -> None:
        super().__init__(document, catalog, namespace=namespace, newest=newest)
        self.before, self.goes, self.digest = before, goes, digest

    @property
    def lookup(self) -> Lookup:
        return Lookup(self.kind, "" if self.kind.startswith("Cluster") else self.namespace, self.name)

    @property
    def breaks(self) -> list[Break]:
        """What of the change breaks callers; nothing of what is no template, or goes altogether."""
        if self.kind not in TEMPLATES or self.goes or self.before.get("spec") is None:
            return []
        try:
            return list(breaks(self.before, self.document))
        except RecursionError:
            # Inline templates that stand in each other so deep are refused for that.
            return []

    def users(self, concerned: Callable[[Use], bool] = lambda use: True) -> list[User]:
        """Who uses the object, by a use that is *concerned*, and whoever uses these."""
        return self._index.users(self.lookup, concerned)

    @cached_property
    def _index(self) -> Index:
        return Index.of(self.catalog)

    def told(self, users: list[User]) -> str:
        """
        *users* as a message says them: how many, and the names of those in the namespace of the object.

        Names in other namespaces are not everybody's to know, so that they are only counted.
        """
        near = [user for user in users if user.lookup.namespace in ("", self.lookup.namespace or None)]
        far = len(users) - len(near)
        names = [f"{user.lookup.kind} {user.lookup.name}" for user in near[:NAMED]]
        if len(near) > NAMED:
            names.append(f"{len(near) - NAMED} more")
        if far:
            names.append(f"{far} in various namespaces")
        count = "1 object uses it" if len(users) == 1 else f"{len(users)} objects use it"
        return f"{count}: {', '.join(names)}{self._unread()}"

    def _unread(self) -> str:
        """Kinds that nobody could look through for users."""
        kinds = sorted({"CronWorkflow", "Workflow", "WorkflowEventBinding", *TEMPLATES} & self.catalog.unavailable)
        return f" (and whatever {', '.join(kinds)} there is, which could not be read)" if kinds else ""

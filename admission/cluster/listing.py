"""Objects page by page, as they are now: for whoever looks seldom and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from admission.cluster.kinds import RESOURCES
from admission.cluster.reflector import lean
from admission.model.document import Document, mapping, sequence, text

#: Objects a page: few, since each may be as large as a Workflow gets.
_PAGE = "100"


class Reads(Protocol):
    """The part of ``admission.cluster.client.Client`` that is needed here."""

    def get(self, path: str, query: Mapping[str, str] | None = None) -> Document:
        """The JSON object at *path*."""


def every(client: Reads, kind: str) -> Iterator[Document]:
    """The objects of *kind*, those that nobody looks at any more (completed Workflows) left aside."""
    resource = RESOURCES[kind]
    query = {"labelSelector": resource.selector} if resource.selector else {}
    return (lean(item, resource) for item in items(client, resource.collection, query))


def items(client: Reads, collection: str, query: Mapping[str, str] | None = None) -> Iterator[Document]:
    """The items of the list at the path *collection*; *query* as the API server takes it."""
    following = ""
    while True:
        asked = {"limit": _PAGE, **(query or {})}
        page = client.get(collection, {**asked, "continue": following} if following else asked)
        yield from map(mapping, sequence(page.get("items")))
        following = text(mapping(page.get("metadata")).get("continue"))
        if not following:
            return

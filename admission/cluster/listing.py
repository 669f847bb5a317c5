"""All objects of a kind, page by page, as they are now: for whoever looks seldom and keeps nothing."""

from __future__ import annotations

from collections.abc import Iterator

from admission.cluster.client import Client
from admission.cluster.kinds import RESOURCES
from admission.cluster.reflector import lean
from admission.model.document import Document, mapping, sequence, text

#: Objects a page: few, since each may be as large as a Workflow gets.
_PAGE = "100"


def every(client: Client, kind: str) -> Iterator[Document]:
    """The objects of *kind*, those that nobody looks at any more (completed Workflows) left aside."""
    resource, following = RESOURCES[kind], ""
    while True:
        query = {"limit": _PAGE, **({"labelSelector": resource.selector} if resource.selector else {})}
        page = client.get(resource.collection, {**query, **({"continue": following} if following else {})})
        for item in sequence(page.get("items")):
            yield lean(mapping(item), resource)
        following = text(mapping(page.get("metadata")).get("continue"))
        if not following:
            return

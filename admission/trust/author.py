"""
The author of an object that the controller will act upon later, recorded and kept (interfaces.md 7).

A CronWorkflow's Workflows are created by the controller, an event binding's by whoever sends the event: whom the
policies mean is the one who last changed the spec.
"""

from __future__ import annotations

import orjson

from admission.model.annotations import AUTHOR, annotated, said
from admission.model.document import Document, annotations_of, mapping, text
from admission.model.review import User


def written(user: User) -> str:
    """What the annotation says of *user*: JSON with ``username``, ``groups`` and ``uid``."""
    return orjson.dumps({"username": user.username, "groups": list(user.groups), "uid": user.uid}).decode()


def recorded(document: Document) -> str:
    """What the annotation of *document* says; empty where it has none."""
    return text(annotations_of(document).get(AUTHOR))


def with_author(document: Document, author: str) -> Document:
    """*document* with the annotation saying *author*, or without it where that is empty."""
    return annotated(document, {AUTHOR: author or None})


def user_of(document: Document) -> User | None:
    """The recorded author of *document*; None where it has none, or what is recorded is not of that form."""
    found = mapping(said(document, AUTHOR))
    groups = found.get("groups")
    if (
        not text(found.get("username"))
        or not isinstance(groups, list)
        or not all(isinstance(each, str) for each in groups)
    ):
        return None
    return User(text(found["username"]), tuple(groups), text(found.get("uid")))

"""
The public names: ``from admission import review`` is a promise, every other module may change.

They are imported when they are asked for, so that the command line does not wait for what it does not use.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from admission.engine import respond, review
    from admission.model.catalog import Catalog, FrozenCatalog
    from admission.model.finding import Action, Finding
    from admission.model.review import Needs, Phase, Request, Verdict
    from admission.snapshot import Snapshot

__all__ = [
    "Action",
    "Catalog",
    "Finding",
    "FrozenCatalog",
    "Needs",
    "Phase",
    "Request",
    "Snapshot",
    "Verdict",
    "respond",
    "review",
]

_HOMES = {
    "engine": ("respond", "review"),
    "model.catalog": ("Catalog", "FrozenCatalog"),
    "model.finding": ("Action", "Finding"),
    "model.review": ("Needs", "Phase", "Request", "Verdict"),
    "snapshot": ("Snapshot",),
}


def __getattr__(name: str) -> Any:
    for home, names in _HOMES.items():
        if name in names:
            return getattr(import_module(f"admission.{home}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

"""
What lint said of a spec, remembered by its content.

A Workflow that runs every hour has another name each time and the same spec. What lint said of it stays true as long as
every object that it looked up is still the same one, so that is remembered with it. Nothing here changes a verdict: it
is only found sooner.
"""

from __future__ import annotations

import hashlib
import re
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

import orjson

from admission.argo.update import OWN_ANNOTATIONS
from admission.lint.run import LintOptions, lint
from admission.model.annotations import EXPANDED_FROM
from admission.model.catalog import Answer, Catalog, Lookup, NamedLookups
from admission.model.document import Document, mapping, text
from admission.model.finding import Finding
from admission.model.written import Written

#: Specs that are remembered, and the findings that each may have: some 20 MiB if all have that many.
REMEMBERED, MOST_FINDINGS = 1024, 100

#: A name of which no rule has anything to say, whatever is made of it (argo-workflows takes 63 characters, and 52 for a
#: schedule).
_PLAIN_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?\Z")

#: What lint never looks at: of metadata what the API server writes, of annotations kubectl's copy of the manifest and
#: what we wrote.
_UNREAD_METADATA = frozenset(
    {"annotations", "creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid"}
)
_UNREAD_ANNOTATIONS = frozenset({"kubectl.kubernetes.io/last-applied-configuration", *OWN_ANNOTATIONS}) - {
    EXPANDED_FROM  # a caller is held to the contract of what it was made of
}


@dataclass(frozen=True, slots=True)
class _Said:
    """*findings*, and every look-up that they hang on with its answer."""

    findings: tuple[Finding, ...]
    looked_up: tuple[tuple[Lookup, Answer], ...]
    controller: Document

    def holds(self, catalog: Catalog) -> bool:
        """Whether everything in *catalog* that lint looked at is as it was."""
        # Each is asked for, even after one that differs: the catalog remembers what it could not answer.
        same = [catalog.get(lookup) is answer for lookup, answer in self.looked_up]
        return all(same) and catalog.controller_config() == self.controller


class Memory:
    """A bounded memory; the least recently used goes first. Threads may share it."""

    def __init__(self, most: int = REMEMBERED) -> None:
        self._most = most
        self._said: OrderedDict[bytes, _Said] = OrderedDict()
        self._lock = Lock()

    def lint(
        self, document: Document, catalog: Catalog, options: LintOptions, spec: Written | None = None
    ) -> list[Finding]:
        """The same as :func:`admission.lint.run.lint`; *spec* is that of the document."""
        spec = spec or Written(document.get("spec"))
        key = _key(document, spec, options)
        if key is None:
            return lint(document, catalog, options, spec)
        with self._lock:
            said = self._said.get(key)
            if said is not None:
                self._said.move_to_end(key)
        if said is not None and said.holds(catalog):
            return list(said.findings)
        noting = _Noting(catalog)
        found = lint(document, noting, options, spec)
        if len(found) <= MOST_FINDINGS and not noting.counted:
            self._remember(key, _Said(tuple(found), tuple(noting.answers.items()), catalog.controller_config()))
        return found

    def _remember(self, key: bytes, said: _Said) -> None:
        with self._lock:
            self._said[key] = said
            while len(self._said) > self._most:
                self._said.popitem(last=False)


class _Noting(NamedLookups):
    """A catalog that notes what it was asked; *counted*: that was everything, which nobody could remember."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.answers: dict[Lookup, Answer] = {}
        self.counted = False

    def get(self, lookup: Lookup) -> Answer:
        found = self.answers[lookup] = self._catalog.get(lookup)
        return found

    def controller_config(self) -> Document:
        return self._catalog.controller_config()

    @property
    def unavailable(self) -> frozenset[str]:
        self.counted = True
        return self._catalog.unavailable

    def everything(self) -> Iterator[tuple[Lookup, Document]]:
        self.counted = True
        return self._catalog.everything()


def _key(document: Document, spec: Written, options: LintOptions) -> bytes | None:
    """All that decides what lint says, beside the catalog, as a digest; None where that is not worth it."""
    if document.get("status") or spec.text is None:
        return None
    try:
        rest = orjson.dumps([_rest(document, spec.text), _asked(options)], option=orjson.OPT_SORT_KEYS)
    except TypeError:  # a number beyond 64 bits, half a surrogate pair
        return None
    return hashlib.blake2b(spec.digest + rest, digest_size=16).digest()


def _rest(document: Document, spec: bytes) -> Document:
    """*document* without its spec, and without what lint does not look at."""
    metadata = mapping(document.get("metadata"))
    annotations = mapping(metadata.get("annotations"))
    kept: Document = {key: value for key, value in metadata.items() if key not in _UNREAD_METADATA}
    kept["annotations"] = {key: value for key, value in annotations.items() if key not in _UNREAD_ANNOTATIONS}
    if text(document.get("kind")) == "Workflow" and b"workflow.name" not in spec:
        for name in ("name", "generateName"):
            if _PLAIN_NAME.match(text(kept.get(name)).rstrip("-")):
                kept[name] = True
    return {**document, "spec": None, "metadata": kept}


def _asked(options: LintOptions) -> list[Any]:
    strictness = sorted((rule, action.value if action else None) for rule, action in options.strictness.items())
    return [options.profile.value, options.argo_version, options.namespace, options.lint, options.live, strictness]

"""What is given and not judged: silence about the wrong file, or a misspelt kind, is no good verdict."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING

from admission.cli.check import ARGO, is_argos
from admission.cli.files import Given, Unread
from admission.model.catalog import MISSING
from admission.model.document import Document, text
from admission.model.path import Path

if TYPE_CHECKING:
    from admission.policy.resource import PolicySet
    from admission.snapshot import Snapshot

#: How alike a name must be to be called misspelt: ClusterAnalysisTemplate, of Argo Rollouts, is 0.70 of a kind of ours.
_ALIKE = 0.75


def mind(loaded: Iterable[Given | Unread]) -> None:
    """Say which of *loaded* look like Argo's and are not, and if nothing at all is."""
    every = list(loaded)
    others = [each for each in every if isinstance(each, Given) and not is_argos(each.document)]
    for each in others:
        if mistake := _mistake(each.document):
            place = ":".join(map(str, (each.file, *each.position(Path()))))
            print(f"argo-admission: {place}: not judged: {mistake}", file=sys.stderr)
    if len(others) == len(every):
        kinds = {each.kind or "an object without a kind" for each in others}
        found = f"only {', '.join(sorted(kinds))}" if kinds else "no object at all"
        print(f"argo-admission: nothing of Argo's is in what was given: {found}", file=sys.stderr)


def mind_subjects(policies: PolicySet) -> None:
    """Say which bindings do not count where nobody is known to ask, as they are for some subjects alone."""
    some = [name for name, each in policies.bindings.items() if each.binding and each.binding.subjects]
    if some:
        print(
            f"argo-admission: nobody is known to ask, so that these bindings do not count: {', '.join(sorted(some))}; "
            "'argo-admission review --as' asks as somebody",
            file=sys.stderr,
        )


def mind_namespaces(snapshot: Snapshot, namespaces: Iterable[str]) -> None:
    """Say which bindings do not count as the labels of *namespaces* that they select by are not known."""
    from admission.policy.match import in_namespaces

    unknown = sorted(each for each in set(namespaces) if each and snapshot.catalog.namespace(each) is MISSING)
    bindings = {name: each.binding.match_resources for name, each in snapshot.policies.bindings.items() if each.binding}
    selecting = [name for name, where in sorted(bindings.items()) if where.namespace_selector is not None]
    if some := [name for name in selecting if any(in_namespaces(bindings[name], each) for each in unknown)]:
        print(
            f"argo-admission: the labels of {', '.join(unknown)} are not known, by which these bindings select: "
            f"{', '.join(some)}; give the Namespace with --templates",
            file=sys.stderr,
        )


def _mistake(document: Document) -> str:
    """Why *document* is none of Argo's kinds, though it was probably meant to be one; else empty."""
    from admission.argo.kinds import KINDS

    group, kind = text(document.get("apiVersion")).rpartition("/")[0], text(document.get("kind"))
    if kind in KINDS:
        near = get_close_matches(group, [ARGO], 1, _ALIKE)
        return f"{kind} is of the group {ARGO}, not {group}" if near else ""
    if group != ARGO:
        return ""
    known = {name.lower(): name for name in KINDS}
    near = get_close_matches(kind.lower(), known, 1, _ALIKE)
    return f"there is no kind {kind!r}; did you mean {known[near[0]]!r}?" if near else "" if kind else "it has no kind"

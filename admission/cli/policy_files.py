"""Policies, bindings and exceptions from files, folders and the library that comes with us."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path as File
from typing import TYPE_CHECKING

from admission.cli.files import manifests
from admission.errors import ConfigurationError
from admission.model.document import Document, name_of, text
from admission.model.path import Path

if TYPE_CHECKING:
    from admission.policy.resource import PolicySet

#: Our kinds, by which a policy is told from what else is in its folder.
_POLICY_KINDS = frozenset({"WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"})
_OUR_GROUP = "argo-admission.io/"

#: What is named in place of a path for the library that comes with us; ``builtin/<bundle>`` is a part of it.
BUILTIN = "builtin"


def usable(documents: Iterable[Document], exception_namespaces: Iterable[str] = ()) -> PolicySet:
    """
    The policies among *documents*; ``ConfigurationError`` where one of them cannot be used.

    *exception_namespaces*: where exceptions count.
    """
    from admission.lint.rules import ALL
    from admission.policy.resource import PolicySet

    given = list(documents)
    if not given:
        return PolicySet()
    rules = frozenset(rule.id for rule in ALL)
    found = PolicySet.load(given, rule_ids=rules, exception_namespaces=exception_namespaces)
    refuse_problems(found)
    for line in _remarks(found, given):
        print(line, file=sys.stderr)
    return found


def _remarks(policies: PolicySet, documents: Iterable[Document]) -> Iterator[str]:
    """What looks like a mistake in *documents*, of which *policies* are all."""
    for document in documents:
        for path, message in policies.remarks(document):
            yield _line(text(document.get("kind")), name_of(document), path, message)
    # Said here alone: in a cluster a policy comes before its binding.
    bound = {loaded.binding.policy_name for loaded in policies.bindings.values() if loaded.binding}
    for unbound in sorted(policies.policies.keys() - bound):
        yield f"WorkflowPolicy {unbound}: does nothing, as no WorkflowPolicyBinding names it"


def refuse_problems(policies: PolicySet) -> None:
    """``ConfigurationError`` with all the problems of *policies*, where there are any."""
    if policies.problems:
        lines = (_line(each.kind, each.name, each.path, each.message) for each in policies.problems)
        raise ConfigurationError("policies that cannot be used:\n  " + "\n  ".join(lines))


def _line(kind: str, name: str, path: Path, message: str) -> str:
    return ": ".join(part for part in (f"{kind} {name}", str(path), message) if part)


def documents(paths: Iterable[str]) -> Iterator[Document]:
    """The policies, bindings and exceptions in *paths*."""
    for path in paths:
        if is_builtin(path):
            from admission.policy.data import library

            yield from library(_bundle(path))
            continue
        # A folder of policies has their cases in it, too: Workflows, which are no policies.
        found = [document for document in manifests([path]) if is_policy(document)]
        if not found:
            raise ConfigurationError(f"{path}: no policy, binding or exception in it")
        if unnamed := [text(document.get("kind")) for document in found if not name_of(document)]:
            raise ConfigurationError(f"{path}: a {unnamed[0]} without metadata.name")
        yield from found


def is_builtin(path: str) -> bool:
    """Whether *path* is the library that comes with us, or a bundle of it."""
    return path.partition("/")[0] == BUILTIN


def places(path: str) -> tuple[File, ...]:
    """*path* as files and folders: of the library those of its policies."""
    from admission.policy.data import library_folders

    return library_folders(_bundle(path)) if is_builtin(path) else (File(path),)


def _bundle(path: str) -> str:
    """The bundle of the library that *path* names; empty for all of it."""
    return path.removeprefix(BUILTIN).lstrip("/")


def is_policy(document: Document) -> bool:
    """Whether *document* is of one of our three kinds."""
    return text(document.get("kind")) in _POLICY_KINDS and text(document.get("apiVersion")).startswith(_OUR_GROUP)

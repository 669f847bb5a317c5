"""Policies, bindings and exceptions from files, folders and the library that comes with us."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path as File
from typing import TYPE_CHECKING

from admission.cli.files import manifests
from admission.errors import ConfigurationError
from admission.model.document import Document, name_of, text

if TYPE_CHECKING:
    from admission.policy.resource import PolicySet
    from admission.policy.spec import Problem

#: Our kinds, by which a policy is told from what else is in its folder.
_POLICY_KINDS = frozenset({"WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"})
_OUR_GROUP = "argo-admission.io/"

#: What is named in place of a path for the library that comes with us; ``builtin/<bundle>`` is a part of it.
BUILTIN = "builtin"


def usable(
    documents: Iterable[Document], exception_namespaces: Iterable[str] = (), there: Iterable[Document] = ()
) -> PolicySet:
    """
    The policies among *documents*, and those that are *there*, in a cluster.

    ``ConfigurationError`` where one of *documents* cannot be used. With one that is there the webhook goes on as well,
    and it is only said. *exception_namespaces*: where exceptions count.
    """
    from admission.lint.rules import ALL
    from admission.policy.exceptions import key_of
    from admission.policy.resource import PolicySet

    given = list(documents)
    every = [*there, *given]
    if not every:
        return PolicySet()
    rules = frozenset(rule.id for rule in ALL)
    found = PolicySet.load(every, rule_ids=rules, exception_namespaces=exception_namespaces)
    ours = {(document["kind"], name) for document in given for name in (name_of(document), key_of(document))}
    refuse([problem for problem in found.problems if (problem.kind, problem.name) in ours])
    for problem in found.problems:
        print(f"argo-admission: cannot be used, in the cluster: {_line(problem)}", file=sys.stderr)
    for line in _remarks(found, given):
        print(line, file=sys.stderr)
    return found


def _remarks(policies: PolicySet, documents: Sequence[Document]) -> Iterator[str]:
    """What looks like a mistake in *documents*, which are among *policies*."""
    for document in documents:
        for path, message in policies.remarks(document):
            yield f"{text(document.get('kind'))} {name_of(document)}: {path}: {message}"
    # Said here alone: in a cluster a policy comes before its binding.
    bound = {loaded.binding.policy_name for loaded in policies.bindings.values() if loaded.binding}
    given = {name_of(document) for document in documents if document["kind"] == "WorkflowPolicy"}
    for unbound in sorted(given - bound):
        yield f"WorkflowPolicy {unbound}: does nothing, as no WorkflowPolicyBinding names it"


def refuse(problems: Sequence[Problem]) -> None:
    """``ConfigurationError`` with all *problems*, where there are any."""
    if problems:
        raise ConfigurationError("policies that cannot be used:\n  " + "\n  ".join(map(_line, problems)))


def _line(problem: Problem) -> str:
    return ": ".join(part for part in (f"{problem.kind} {problem.name}", str(problem.path), problem.message) if part)


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

"""
``signatures``: whose signatures templates must have.

Of a template its own are asked for; of what runs or starts Workflows, those of every template object that it reaches.
Nothing here knows of cryptography: whoever asks says which of the keys have signed what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TypeAlias

from admission.errors import ConfigurationError
from admission.model.document import Document, mapping
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.program import Bound
from admission.policy.targets import Found
from admission.policy.uses import Use
from admission.policy.validate import Outcome, Result


@dataclass(frozen=True, slots=True)
class Signing:
    """
    What a policy wants: *needed* of its *keys* (public ones in PEM, by name) have signed.

    *service_accounts*: globs; only Workflows in which one of these runs something are meant. *only_references*: a
    Workflow has no templates of its own, which nobody could have signed.
    """

    keys: Mapping[str, str]
    needed: int
    service_accounts: tuple[str, ...]
    only_references: bool

    @classmethod
    def from_document(cls, document: Document) -> Signing:
        return cls(
            keys=document.get("keys", {}),
            needed=document.get("needed", 1),
            service_accounts=tuple(document.get("serviceAccounts", ())),
            only_references=document.get("onlyReferences", False),
        )

    def with_params(self, params: Document) -> Mapping[str, str]:
        """The keys of the policy, and those that the params of a binding have under ``keys``."""
        given = {name: pem for name, pem in mapping(params.get("keys")).items() if isinstance(pem, str)}
        return {**self.keys, **given}

    def concerns(self, used: Iterable[Use]) -> bool:
        """Whether a service account that is meant runs something; one that only the run knows may be any."""
        if not self.service_accounts:
            return True
        accounts = (use for use in used if use.dimension == "serviceAccounts")
        return any(use.why or any(fnmatchcase(use.name, glob) for glob in self.service_accounts) for use in accounts)


@dataclass(frozen=True, slots=True)
class Signed:
    """A template object at *path* of the Workflow, called *what*, which those keys have signed (*by*)."""

    path: Path
    what: str
    by: frozenset[str]


@dataclass(frozen=True, slots=True)
class Templates:
    """
    What is asked about: *signed* says of the template objects, for keys, who has signed each; ``ConfigurationError``
    where a key cannot be read. *own* is the place of templates that the author of a Workflow wrote himself.
    """

    signed: Callable[[Mapping[str, str]], Iterable[Signed]]
    own: Path | None = None


Said: TypeAlias = tuple[Outcome, Found]


def judge(bound: Bound, signing: Signing, templates: Templates, review: ReviewInput) -> Iterator[Said]:
    """What a policy with ``signatures`` says of the template objects."""
    keys = signing.with_params(bound[1].params)
    if not keys:
        yield _said(Result.ERROR, Path(("spec",)), "no key is named, neither by the policy nor by params", review)
        return
    try:
        for each in templates.signed(keys):
            if len(each.by) < signing.needed:
                yield _said(Result.VIOLATED, each.path, f"{each.what} {_lacks(each, signing, keys)}", review)
    except ConfigurationError as error:
        yield _said(Result.ERROR, Path(("spec",)), str(error), review)
    if signing.only_references and templates.own is not None:
        message = "templates that are written here are signed by nobody: refer to a signed one"
        yield _said(Result.VIOLATED, templates.own, message, review)


def _lacks(signed: Signed, signing: Signing, keys: Mapping[str, str]) -> str:
    names = ", ".join(sorted(keys))
    if signing.needed == 1:
        return f"is not signed by any of {names}" if len(keys) > 1 else f"is not signed by {names}"
    return f"is signed by {len(signed.by)} of {names}; {signing.needed} are needed"


def _said(result: Result, path: Path, message: str, review: ReviewInput) -> Said:
    return Outcome(result, message), Found(path, review.workflow, {})

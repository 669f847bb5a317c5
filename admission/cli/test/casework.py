"""The cases of policies, run through the engine; and which parts of a policy no case would miss."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path as File

from admission.cli import changes, check, policy_files
from admission.cli.files import walk
from admission.cli.options import Options
from admission.cli.test.mutants import left_out, negated
from admission.errors import ConfigurationError, MalformedSource
from admission.model.document import Document, mapping
from admission.model.finding import Finding
from admission.model.review import Phase
from admission.policy.cases import Case
from admission.policy.cases import cases as read_cases
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot

CASES = "cases"

_SUFFIXES = (".yaml", ".yml", ".json")


@dataclass(frozen=True)
class PolicyFolder:
    """
    A folder with a policy: *documents* are the policy and its binding, and what is in force beside them.

    *namespace* is that of cases that name none.
    """

    path: File
    documents: tuple[Document, ...]
    cases: tuple[Case, ...]
    namespace: str

    @property
    def name(self) -> str:
        return self.path.name

    def file(self, case: Case) -> File:
        """The file that *case* stands in."""
        return self.path / CASES / f"{case.name}.yaml"


@dataclass(frozen=True)
class Outcome:
    """What became of one case. *difference* shows a change that is not as it should be."""

    file: File
    case: Case
    failures: tuple[str, ...]
    difference: str = ""


@dataclass(frozen=True)
class Seen:
    """What the two calls say of a case: what policies find, and what the object becomes."""

    findings: tuple[Finding, ...]
    changed: Document


def folders(paths: Iterable[str], options: Options) -> list[PolicyFolder]:
    """The folders in *paths* that have cases; ``ConfigurationError`` where one has none."""
    found: list[PolicyFolder] = []
    for root in (place for path in paths for place in policy_files.places(path)):
        if not root.is_dir():
            raise ConfigurationError(f"{root}: no such folder")
        inside = sorted(place.parent for place in root.rglob(CASES) if place.is_dir())
        if not inside:
            raise ConfigurationError(f"{root}: no folder in it has a folder {CASES!r}")
        found += (_folder(each, options) for each in inside)
    return found


def outcomes(folder: PolicyFolder, around: Snapshot) -> list[Outcome]:
    """What becomes of the cases of *folder*, with what *around* has besides."""
    policies = policy_files.usable(folder.documents)
    return [_outcome(folder, case, policies, around) for case in folder.cases]


def seen(case: Case, policies: PolicySet, around: Snapshot, namespace: str) -> Seen:
    """What is said of *case*: it is created in *namespace*, where everything else of it is there already."""
    snapshot = check.with_objects(replace(around, policies=policies), [*case.catalog, case.document], namespace)
    request = check.creation(case.document, namespace, case.asker)
    found = check.verdict(request, snapshot, Phase.VALIDATE).findings
    ours = tuple(finding for finding in found if finding.source.startswith("policy/"))
    return Seen(ours, check.mutated(case.document, snapshot, namespace))


def untouched(folder: PolicyFolder, around: Snapshot) -> Iterator[str]:
    """
    The parts of *folder*'s policies that no case would miss, as ``<policy>: validations[0]``.

    Each is left out in turn; a case touches it if what is said of that case is then another.
    """
    whole = [seen(case, policy_files.usable(folder.documents), around, folder.namespace) for case in folder.cases]
    for mutant in left_out(folder.documents):
        policies = PolicySet.load(mutant.documents)
        if whole == [seen(case, policies, around, folder.namespace) for case in folder.cases]:
            yield mutant.what


def unnoticed(folder: PolicyFolder, around: Snapshot) -> Iterator[str]:
    """
    What could be wrong in *folder*'s policies without any case failing.

    Each condition is turned round and each part left out in turn. A case that fails anyway notices nothing.
    """
    passing = [outcome.case for outcome in outcomes(folder, around) if not outcome.failures]
    for how, mutants in (("negated", negated(folder.documents)), ("left out", left_out(folder.documents))):
        for mutant in mutants:
            policies = PolicySet.load(mutant.documents)
            if not any(_failures(case, seen(case, policies, around, folder.namespace)) for case in passing):
                yield f"{mutant.what} {how}"


def _folder(path: File, options: Options) -> PolicyFolder:
    beside = [str(file) for file in sorted(path.iterdir()) if file.suffix in _SUFFIXES]
    files = {file.name: file for file in map(File, walk([str(path / CASES)]))}
    try:
        texts = {name: file.read_text(encoding="utf-8-sig") for name, file in files.items()}
        found = tuple(read_cases(texts))
    except (MalformedSource, OSError, UnicodeError) as error:
        raise ConfigurationError(f"{path / CASES}: {error}") from error
    documents = tuple(policy_files.documents([*options.policies, *beside]))
    return PolicyFolder(path, documents, found, options.namespace)


def _outcome(folder: PolicyFolder, case: Case, policies: PolicySet, around: Snapshot) -> Outcome:
    said = seen(case, policies, around, folder.namespace)
    failures = _failures(case, said)
    if failures:
        failures += tuple(_unconcerned(case, policies, folder.namespace))
    if case.after is None or not failures:
        return Outcome(folder.file(case), case, failures)
    return Outcome(folder.file(case), case, failures, changes.difference(case.after, _changed(case.after, said)))


def _unconcerned(case: Case, policies: PolicySet, namespace: str) -> Iterator[str]:
    """That no binding is about where the case is created, which is easily forgotten."""
    request = check.creation(case.document, namespace)
    if not policies.concerned(request.kind.kind, request.operation, request.namespace):
        yield f"no binding concerns a {request.kind.kind} in the namespace {request.namespace!r}"


def _failures(case: Case, said: Seen) -> tuple[str, ...]:
    changed = said.changed if case.after is None else _changed(case.after, said)
    return tuple(case.failures(said.findings, changed))


def _changed(after: Document, said: Seen) -> Document:
    """What a case becomes, ready to be compared with what it should become."""
    return _without_ours(said.changed, keep=after)


def _without_ours(document: Document, keep: Document) -> Document:
    """*document* without the annotations that we write, but for those that *keep* has: a case is about the change."""
    metadata, expected = mapping(document.get("metadata")), mapping(keep.get("metadata"))
    annotations = {
        key: value
        for key, value in mapping(metadata.get("annotations")).items()
        if not key.startswith("argo-admission.io/") or key in mapping(expected.get("annotations"))
    }
    rest = {key: value for key, value in metadata.items() if key != "annotations"}
    if annotations or "annotations" in expected:
        rest["annotations"] = annotations
    return {**document, "metadata": rest}

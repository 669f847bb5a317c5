"""``argo-admission test``: the cases of policies, through the engine as the webhook would run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path as File

import click

from admission.cli import changes, check
from admission.cli.files import walk
from admission.cli.options import Options, shared
from admission.cli.output import coloured, end
from admission.errors import ConfigurationError, MalformedSource
from admission.model.document import Document, mapping
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Phase
from admission.policy.cases import Case
from admission.policy.cases import cases as read_cases
from admission.report import Judged, Located, Report, render
from admission.report.machine import API_VERSION
from admission.report.report import counted, harmless
from admission.report.text import GREEN, RED, painted

_CASES = "cases"


@dataclass(frozen=True)
class Outcome:
    """What became of one case. *difference* shows a change that is not as it should be."""

    file: File
    case: Case
    failures: tuple[str, ...]
    difference: str = ""


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@shared("mutate")
def test(folders: tuple[str, ...], options: Options) -> None:
    """
    Run the cases of policies.

    Every folder in DIR that has a folder 'cases' is a policy with its binding; 'builtin' is the library that comes with
    us. A case's name says the verdict (allow-, warn-, deny-, mutate-), its marks '# finding' say the place.
    """
    tested = [(folder, outcomes(folder, options)) for folder in policy_folders(folders)]
    every = [outcome for _, found in tested for outcome in found]
    if options.output == "text":
        click.echo("".join(_lines(tested, coloured())), nl=False, color=coloured())
    else:
        click.echo(render(report(every), options.output), nl=False)
    end(1 if any(outcome.failures for outcome in every) else 0)


def policy_folders(paths: Iterable[str]) -> list[File]:
    """The folders in *paths* that have cases; ``ConfigurationError`` where there is none."""
    found: list[File] = []
    for path in paths:
        root = check.library() if path == check.BUILTIN else File(path)
        if not root.is_dir():
            raise ConfigurationError(f"{path}: no such folder")
        inside = sorted(place.parent for place in root.rglob(_CASES) if place.is_dir())
        if not inside:
            raise ConfigurationError(f"{path}: no folder in it has a folder {_CASES!r}")
        found += inside
    return found


def outcomes(folder: File, options: Options) -> list[Outcome]:
    """What becomes of the cases of the policy in *folder*."""
    files = {file.name: file for file in map(File, walk([str(folder / _CASES)]))}
    try:
        texts = {name: file.read_text(encoding="utf-8-sig") for name, file in files.items()}
        found = list(read_cases(texts))
    except (MalformedSource, OSError, UnicodeError) as error:
        raise ConfigurationError(f"{folder / _CASES}: {error}") from error
    beside = [str(file) for file in sorted(folder.iterdir()) if file.suffix in (".yaml", ".yml", ".json")]
    policies = replace(options, policies=(*options.policies, *beside))
    return [outcome(folder / _CASES / f"{case.name}.yaml", case, policies) for case in found]


def outcome(file: File, case: Case, options: Options) -> Outcome:
    """What becomes of one case: it is created where everything else of it is there already."""
    snapshot = check.snapshot(options, [*case.catalog, case.document])
    request = check.creation(case.document, options.namespace)
    findings = check.verdict(request, snapshot, Phase.VALIDATE).findings
    changed = check.mutated(case.document, snapshot, options.namespace)
    if case.after is not None:
        changed = without_ours(changed, keep=case.after)
    failures = tuple(case.failures(findings, changed))
    shows = failures and case.after is not None
    return Outcome(file, case, failures, changes.difference(case.after or {}, changed) if shows else "")


def without_ours(document: Document, keep: Document) -> Document:
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


def report(every: Iterable[Outcome]) -> Report:
    """The outcomes for programs: a case is an object, its failures are findings."""
    objects, findings = [], []
    for each in every:
        kind, passed = "Case", not each.failures
        objects.append(Judged(str(each.file), 0, API_VERSION, kind, "", each.case.name, passed))
        source = f"test/{each.file.parent.parent.name}"
        for failure in each.failures:
            findings.append(Located(str(each.file), 0, 0, 0, Finding(source, Path(), failure, Action.DENY)))
    return Report(tuple(objects), tuple(findings))


def _lines(tested: list[tuple[File, list[Outcome]]], colour: bool) -> Iterator[str]:
    width = max(len(folder.name) for folder, _ in tested)
    for folder, found in tested:
        failed = [outcome for outcome in found if outcome.failures]
        mark = painted("✗", RED, colour) if failed else painted("✓", GREEN, colour)
        verdict = f", {len(failed)} failed" if failed else ""
        yield f"{mark} {folder.name:<{width}}  {counted(len(found), 'case')}{verdict}\n"
        for outcome in failed:
            yield from _failure(outcome)
    count, failures = (
        sum(len(found) for _, found in tested),
        sum(bool(o.failures) for _, found in tested for o in found),
    )
    policies = f"{len(tested)} policies" if len(tested) != 1 else "1 policy"
    yield f"\n{policies}, {counted(count, 'case')}, {failures or 'none'} failed\n"


def _failure(outcome: Outcome) -> Iterator[str]:
    yield f"  {outcome.file}\n"
    for failure in outcome.failures:
        yield f"    {harmless(failure)}\n"
    for line in outcome.difference.splitlines():
        yield f"      {line}\n"

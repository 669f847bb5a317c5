"""``argo-admission test``: the cases of policies, through the engine as the webhook would run it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import click

from admission.cli import check
from admission.cli.options import Options, shared
from admission.cli.output import coloured, end
from admission.cli.test import casework
from admission.cli.test.casework import Outcome, PolicyFolder
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.report import Judged, Located, Report, render
from admission.report.machine import API_VERSION
from admission.report.report import counted, harmless
from admission.report.text import GREEN, RED, YELLOW, painted
from admission.snapshot import Snapshot


@dataclass(frozen=True)
class Tested:
    """A policy, what became of its cases, and what these do not see: sentences."""

    folder: PolicyFolder
    outcomes: tuple[Outcome, ...]
    unseen: tuple[str, ...]

    @property
    def failed(self) -> list[Outcome]:
        return [outcome for outcome in self.outcomes if outcome.failures]


@click.command()
@click.argument("folders", nargs=-1, required=True, metavar="DIR...")
@click.option("--coverage", is_flag=True, help="Say which validations and mutations no case would miss")
@click.option(
    "--mutate", "mutants", is_flag=True, help="Turn round or leave out each of them; say what no case notices"
)
@shared("mutate")
def test(folders: tuple[str, ...], coverage: bool, mutants: bool, options: Options) -> None:
    """
    Run the cases of policies.

    Every folder in DIR that has a folder 'cases' is a policy with its binding; 'builtin' is the library that comes with
    us, 'builtin/<bundle>' a part of it. A case's name says the verdict (allow-, warn-, deny-, mutate-), its marks
    '# finding' say the place.
    """
    around = check.snapshot(replace(options, policies=()))
    tested = [_tested(folder, coverage, mutants, around) for folder in casework.folders(folders, options)]
    if options.output == "text":
        click.echo("".join(_lines(tested, coloured())), nl=False, color=coloured())
    else:
        click.echo(render(report(tested), options.output), nl=False)
    unseen = options.fail_on is Action.WARN and any(each.unseen for each in tested)
    end(1 if unseen or any(each.failed for each in tested) else 0)


def report(tested: Iterable[Tested]) -> Report:
    """The outcomes for programs: a case is an object, its failures are findings that deny."""
    objects: list[Judged] = []
    findings: list[Located] = []
    for each in tested:
        source = f"test/{each.folder.name}"
        for outcome in each.outcomes:
            file = str(outcome.file)
            objects.append(Judged(file, 0, API_VERSION, "Case", "", outcome.case.name, not outcome.failures))
            found = (Finding(source, Path(), failure, Action.DENY) for failure in outcome.failures)
            findings += (Located(file, 0, 0, 0, finding) for finding in found)
        for sentence in each.unseen:
            finding = Finding(source, Path(), sentence, Action.WARN)
            findings.append(Located(str(each.folder.path), 0, 0, 0, finding))
    return Report(tuple(objects), tuple(findings))


def _tested(folder: PolicyFolder, coverage: bool, mutants: bool, around: Snapshot) -> Tested:
    untouched = casework.untouched(folder, around) if coverage else ()
    unnoticed = casework.unnoticed(folder, around) if mutants else ()
    unseen = (*(f"no case would miss {part}" for part in untouched), *(f"no case notices {part}" for part in unnoticed))
    return Tested(folder, tuple(casework.outcomes(folder, around)), unseen)


def _lines(tested: list[Tested], colour: bool) -> Iterator[str]:
    width = max(len(each.folder.name) for each in tested)
    for each in tested:
        mark = painted("✗", RED, colour) if each.failed else painted("✓", GREEN, colour)
        verdict = f", {len(each.failed)} failed" if each.failed else ""
        yield f"{mark} {each.folder.name:<{width}}  {counted(len(each.outcomes), 'case')}{verdict}\n"
        for outcome in each.failed:
            yield from _failure(outcome)
        for sentence in each.unseen:
            yield f"  {painted('!', YELLOW, colour)} {harmless(sentence)}\n"
    policies = "1 policy" if len(tested) == 1 else f"{len(tested)} policies"
    cases, failed = (sum(len(getattr(each, what)) for each in tested) for what in ("outcomes", "failed"))
    yield f"\n{policies}, {counted(cases, 'case')}, {failed or 'none'} failed\n"


def _failure(outcome: Outcome) -> Iterator[str]:
    yield f"  {outcome.file}\n"
    for failure in outcome.failures:
        yield f"    {harmless(failure)}\n"
    for line in outcome.difference.splitlines():
        yield f"      {harmless(line)}\n"

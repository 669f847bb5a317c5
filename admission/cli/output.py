"""What goes to standard output, and the exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

import click

from admission.cli.options import Options
from admission.model.finding import Action, Finding
from admission.report import Report, render


def coloured() -> bool:
    """Whether to colour: on a terminal, unless ``NO_COLOR`` (https://no-color.org) says otherwise."""
    return (
        bool(sys.stdout) and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    )


def finish(report: Report, options: Options) -> None:
    """Write *report* in the chosen format and end with the exit status that it asks for."""
    click.echo(render(report, options.output, colour=coloured()), nl=False, color=coloured())
    end(status((found.finding for found in report.findings), options.fail_on))


def status(findings: Iterable[Finding], fail_on: Action) -> int:
    """0 nothing denied, 1 something denied (or warned, as *fail_on* says), 2 something could not be read."""
    found = list(findings)
    if any(finding.source == "parse" for finding in found):
        return 2
    fails = {Action.DENY, fail_on}
    return 1 if any(finding.action in fails for finding in found) else 0


def end(exit_status: int) -> None:
    """End the command with *exit_status*."""
    click.get_current_context().exit(exit_status)

"""The command ``argo-admission``: its commands, and what becomes of their errors."""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any

import click

from admission.errors import AdmissionError
from admission.model.near import meant

#: Each command and the module that has it, imported when it is asked for: ``lint`` must not wait for what others need.
COMMANDS = {
    "lint": "admission.cli.lint",
    "review": "admission.cli.review",
    "expand": "admission.cli.expand",
    "sign": "admission.cli.sign",
    "verify": "admission.cli.sign",
    "pods": "admission.cli.pods.command",
    "test": "admission.cli.test.command",
    "audit": "admission.cli.audit",
    "rules": "admission.cli.explain",
    "explain": "admission.cli.explain",
    "export": "admission.cli.export",
    "serve": "admission.cli.server.command",
    "probe": "admission.cli.probe",
    "doctor": "admission.cli.doctor.command",
    "disable": "admission.cli.operate",
    "enable": "admission.cli.operate",
    "demo": "admission.cli.demo.command",
}


class _Commands(click.Group):
    """The commands of the table, each imported when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command = getattr(import_module(COMMANDS[cmd_name]), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and (hint := meant(args[0], COMMANDS)):
            ctx.fail(f"there is no command {args[0]!r}{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each with the whole of its first sentence, which click would cut."""
        commands = ((name, self.get_command(ctx, name)) for name in COMMANDS)
        with formatter.section("Commands"):
            formatter.write_dl([(name, each.get_short_help_str(limit=200)) for name, each in commands if each])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what cannot be asked ends with exit status 2, a failure of ours, too: it is no denial."""
        try:
            return super().invoke(ctx)
        except AdmissionError as error:
            click.echo(f"argo-admission: {error}", err=True)
        except BrokenPipeError:
            # Whoever reads has seen enough: click ends quietly.
            raise
        except OSError as error:
            _silence()
            click.echo(f"argo-admission: {error}", err=True)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception:
            traceback.print_exc()
            click.echo("argo-admission: this is a mistake of argo-admission, not yours; please report it", err=True)
        return ctx.exit(2)


def _silence() -> None:
    """Have nothing more written to a standard output that took nothing: Python would try again at the end, and fail."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="argo-admission", message="%(prog)s %(version)s")
def main() -> None:
    """
    Judge Argo Workflows before they run: as an admission webhook, or here.

    Exit status: 0 nothing denied, 1 something denied, 2 the question could not be asked.
    """

"""The command ``argo-admission``: its commands, and what becomes of their errors."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import click

from admission.errors import AdmissionError

#: Each command and the module that has it, imported when it is asked for: ``lint`` must not wait for what others need.
COMMANDS = {
    "lint": "admission.cli.lint",
    "review": "admission.cli.review",
    "expand": "admission.cli.expand",
    "test": "admission.cli.test",
    "rules": "admission.cli.explain",
    "explain": "admission.cli.explain",
    "serve": "admission.cli.doors",
    "demo": "admission.cli.doors",
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

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what the user can change about an error is a line on standard error and exit status 2."""
        try:
            return super().invoke(ctx)
        except AdmissionError as error:
            click.echo(f"argo-admission: {error}", err=True)
            ctx.exit(2)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
@click.version_option(package_name="argo-admission", message="%(prog)s %(version)s")
def main() -> None:
    """
    Judge Argo Workflows before they run: as an admission webhook, or here.

    Exit status: 0 nothing denied, 1 something denied, 2 the question could not be asked.
    """


if __name__ == "__main__":
    sys.exit(main())

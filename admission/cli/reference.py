"""
The command line as Markdown: the part of README.md that is made, not written.

``python -m admission.cli.reference README.md`` brings it up to date.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path as File

import click

from admission.cli.main import COMMANDS, main
from admission.cli.options import SHARED

#: What stands around the part in README.md.
BEGIN, END = "<!-- command line: begin -->", "<!-- command line: end -->"


def markdown() -> str:
    """The commands with their own options, and the options that they share."""
    return "\n".join([BEGIN, "", *_commands(), "", *_shared(), "", END])


def spliced(readme: str) -> str:
    """*readme* with its part on the command line as it should be; as it is where it has no such part."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    return f"{before}{markdown()}{after}" if begin and end else readme


def _commands() -> Iterator[str]:
    yield "| Command | Does |"
    yield "| --- | --- |"
    for name, command in _each():
        usage = " ".join([name, *_arguments(command)])
        own = ", ".join(f"`{_flags(option)}`" for option in _options(command) if option not in SHARED)
        sentence = command.get_short_help_str(limit=200).rstrip(".")
        yield f"| `{usage}` | {sentence}{f'; {own}' if own else ''} |"


def _shared() -> Iterator[str]:
    yield "| Option | Meaning | For |"
    yield "| --- | --- | --- |"
    for option in SHARED:
        users = ", ".join(f"`{name}`" for name, command in _each() if option in command.params)
        yield f"| `{_flags(option)}` | {option.help}{_default(option)} | {users} |"


def _each() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(main)
    for name in COMMANDS:
        command = main.get_command(context, name)
        assert command is not None, "the table of commands names it"
        yield name, command


def _arguments(command: click.Command) -> Iterator[str]:
    context = click.Context(command)
    return (each.make_metavar(context) for each in command.params if isinstance(each, click.Argument))


def _options(command: click.Command) -> Iterator[click.Option]:
    return (each for each in command.params if isinstance(each, click.Option) and not each.hidden)


def _flags(option: click.Option) -> str:
    if option.is_flag:
        return ", ".join(option.opts)
    # Within a table a | would end the cell.
    value = "\\|".join(map(str, option.type.choices)) if isinstance(option.type, click.Choice) else option.metavar or ""
    return f"{', '.join(option.opts)} {value}"


def _default(option: click.Option) -> str:
    default = option.show_default if isinstance(option.show_default, str) else option.default
    return f"; default `{default}`" if option.show_default else ""


if __name__ == "__main__":
    readme = File(sys.argv[1])
    readme.write_text(spliced(readme.read_text()))

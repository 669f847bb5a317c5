"""``argo-admission export``: policies for the API server itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import orjson

from admission.cli import policy_files
from admission.cli.yaml_text import dump_all
from admission.model.document import Document
from admission.report.machine import API_VERSION
from admission.report.report import harmless

if TYPE_CHECKING:
    from admission.policy.export import Exported, Omitted


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--to", type=click.Choice(["vap"]), default="vap", show_default=True, help="What is made: admission policies"
)
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="YAML, or a report"
)
def export(paths: tuple[str, ...], to: str, output: str) -> None:
    """
    Write policies as ValidatingAdmissionPolicy and MutatingAdmissionPolicy, which the API server evaluates itself.

    PATH has policies with their bindings; without one it is the library that comes with us, 'builtin/<bundle>' is a
    part of it. For Kubernetes 1.36. What cannot be exported, and why, goes to standard error and stands before the
    YAML; what an exported policy cannot see stands in its annotations.
    """
    from admission.policy.export import exported

    found = exported(policy_files.usable(policy_files.documents(paths or (policy_files.BUILTIN,))))
    for line in _reasons(found):
        click.echo(f"argo-admission: {line}", err=True)
    if output == "json":
        click.echo(orjson.dumps(report(found), option=orjson.OPT_INDENT_2))
    else:
        click.echo("".join(_text(found)), nl=False)


def report(found: Exported) -> Document:
    """What was made, and what was not, for programs."""
    return {
        "apiVersion": API_VERSION,
        "kind": "ExportReport",
        "items": list(found.objects),
        "omitted": [_omitted(each) for each in found.omitted],
    }


def _omitted(each: Omitted) -> Document:
    return {"policy": each.policy, "part": each.part, "reason": each.reason}


def _reasons(found: Exported) -> Iterator[str]:
    for each in found.omitted:
        part = f", {each.part}" if each.part else ""
        yield harmless(f"policy {each.policy}{part} is not exported: {each.reason}")


def _text(found: Exported) -> Iterator[str]:
    yield from (f"# {line}\n" for line in _reasons(found))
    yield dump_all(found.objects)

"""``argo-admission rules`` and ``argo-admission explain``: what we look for, and why."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path as File

import click
import orjson
import yaml

from admission.cli import check, policy_files
from admission.cli.files import manifests, walk
from admission.cli.options import Options, shared
from admission.cli.output import coloured
from admission.errors import ConfigurationError
from admission.lint.rule import Rule
from admission.lint.rules import ALL
from admission.lint.structure import STRUCTURE
from admission.model.document import Document, mapping, text
from admission.model.near import meant
from admission.report.machine import API_VERSION
from admission.report.text import painted

_BOLD, _DIM = "1", "2"

#: All that lint looks for, in the order of the page.
EVERY = (*STRUCTURE, *ALL)


@click.command()
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="The format"
)
def rules(output: str) -> None:
    """List the rules of lint."""
    if output == "json":
        items = [described(rule) for rule in EVERY]
        click.echo(orjson.dumps({"apiVersion": API_VERSION, "kind": "RuleList", "items": items}, option=_INDENTED))
        return
    width = max(len(rule.id) for rule in EVERY)
    for rule in EVERY:
        click.echo(f"{painted(f'{rule.id:<{width}}', _BOLD, coloured())}  {rule.action.value:<5}  {rule.title}")


_INDENTED = orjson.OPT_INDENT_2


def described(rule: Rule) -> Document:
    """*rule* as JSON."""
    return {
        "id": rule.source,
        "action": rule.action.value,
        "title": rule.title,
        "rationale": rule.rationale,
        "bad": rule.bad,
        "good": rule.good,
    }


@click.command()
@click.argument("id")
@shared(
    "templates", "cluster", "namespace", "argo_version", "fail_on", "mutate", "controller_config", "config", "output"
)
def explain(id: str, options: Options) -> None:
    """
    Explain one rule or policy: what it wants, why, and a bad and a good example.

    ID is what stands in brackets after a finding: lint/ref-undefined, policy/require-limits, or another.
    """
    prefix, _, name = id.rpartition("/")
    rule = next((rule for rule in EVERY if rule.id == name), None)
    if rule is not None and prefix in ("", rule.family):
        click.echo(explained(rule))
        return
    if id in (others := sources()):
        click.echo("\n\n".join((id, others[id]["title"], textwrap.fill(others[id]["rationale"], 100))))
        return
    found = policies(options.policies or (policy_files.BUILTIN,))
    if name not in found or prefix not in ("", "policy"):
        raise ConfigurationError(f"there is no rule or policy {id!r}{_similar(name, found)}")
    click.echo(explained_policy(name, found[name]))


@cache
def sources() -> dict[str, dict[str, str]]:
    """The title and rationale of findings that neither a rule nor a policy makes, by their source."""
    file = File(__file__).parents[1] / "data" / "sources.yaml"
    found: dict[str, dict[str, str]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Explained:
    """A policy, and the file it stands in."""

    spec: Document
    file: File

    def example(self, *verdicts: str) -> str:
        """The shortest case of the policy with one of these verdicts; empty where there is none."""
        files = (file for verdict in verdicts for file in sorted(self.file.parent.glob(f"cases/{verdict}-*.yaml")))
        return min((file.read_text(encoding="utf-8") for file in files), key=len, default="")


def policies(paths: Iterable[str]) -> dict[str, Explained]:
    """The WorkflowPolicies in *paths*, by name."""
    files = walk(str(place) for path in paths for place in policy_files.places(path))
    found = ((File(file), document) for file in files for document in manifests([file]))
    return {
        check.name(document): Explained(mapping(document.get("spec")), file)
        for file, document in found
        if policy_files.is_policy(document) and document["kind"] == "WorkflowPolicy"
    }


def explained(rule: Rule) -> str:
    """What a person reads of *rule*; the page of rules has the same."""
    parts = [f"{rule.source} ({rule.action.value})", rule.title, rule.rationale]
    parts += [f"Bad:\n\n{_example(rule.bad)}", f"Good:\n\n{_example(rule.good)}"]
    return "\n\n".join(part for part in parts if part)


def explained_policy(name: str, policy: Explained) -> str:
    """What a person reads of a policy; its cases are its examples."""
    parts = [f"policy/{name}", text(policy.spec.get("title")), text(policy.spec.get("rationale")).strip()]
    bad, good = policy.example("deny", "warn") or policy.example("mutate"), policy.example("allow")
    parts += [f"{title}:\n\n{_example(example)}" for title, example in (("Bad", bad), ("Good", good)) if example]
    return "\n\n".join(part for part in parts if part)


def _example(example: str) -> str:
    return textwrap.indent(textwrap.dedent(example).strip("\n"), "    ")


def _similar(name: str, policies: Iterable[str]) -> str:
    known = "; 'argo-admission rules' lists the rules, and --policies names the files of your policies"
    return meant(name, [*(rule.id for rule in EVERY), *policies]) or known

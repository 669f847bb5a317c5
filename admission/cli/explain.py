"""``argo-admission rules`` and ``argo-admission explain``: what we look for, and why."""

from __future__ import annotations

import textwrap
from difflib import get_close_matches

import click
import orjson

from admission.cli import check
from admission.cli.options import Options, shared
from admission.cli.output import coloured
from admission.errors import ConfigurationError
from admission.lint.rule import Rule
from admission.lint.rules import RULES
from admission.model.document import Document, mapping, text
from admission.report.machine import API_VERSION
from admission.report.text import painted

_BOLD, _DIM = "1", "2"


@click.command()
@click.option(
    "-o", "--output", type=click.Choice(["text", "json"]), default="text", show_default=True, help="The format"
)
def rules(output: str) -> None:
    """List the rules of lint."""
    if output == "json":
        items = [described(rule) for rule in RULES]
        click.echo(orjson.dumps({"apiVersion": API_VERSION, "kind": "RuleList", "items": items}, option=_INDENTED))
        return
    width = max(len(rule.id) for rule in RULES)
    for rule in RULES:
        click.echo(f"{painted(f'{rule.id:<{width}}', _BOLD, coloured())}  {rule.action.value:<5}  {rule.title}")


_INDENTED = orjson.OPT_INDENT_2


def described(rule: Rule) -> Document:
    """*rule* as JSON."""
    return {
        "id": f"lint/{rule.id}",
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

    ID is what stands in brackets after a finding: lint/unknown-template, or policy/require-limits.
    """
    name = id.partition("/")[2] or id
    rule = next((rule for rule in RULES if rule.id == name), None)
    if rule is not None and not id.startswith("policy/"):
        click.echo(explained(rule))
        return
    policies = {policy_name(policy): policy for policy in check.policy_documents(options.policies or (check.BUILTIN,))}
    if name not in policies or id.startswith("lint/"):
        raise ConfigurationError(f"there is no rule or policy {id!r}{_similar(name, [*policies])}")
    click.echo(explained_policy(name, mapping(policies[name].get("spec"))))


def explained(rule: Rule) -> str:
    """What a person reads of *rule*; the page of rules has the same."""
    parts = [f"lint/{rule.id} ({rule.action.value})", rule.title, rule.rationale]
    parts += [f"Bad:\n\n{_example(rule.bad)}", f"Good:\n\n{_example(rule.good)}"]
    return "\n\n".join(part for part in parts if part)


def explained_policy(name: str, spec: Document) -> str:
    """What a person reads of a policy."""
    parts = [f"policy/{name}", text(spec.get("title")), text(spec.get("rationale")).strip()]
    return "\n\n".join(part for part in parts if part)


def policy_name(document: Document) -> str:
    """The name of a WorkflowPolicy; empty for our other kinds."""
    return text(mapping(document.get("metadata")).get("name")) if document.get("kind") == "WorkflowPolicy" else ""


def _example(example: str) -> str:
    return textwrap.indent(textwrap.dedent(example).strip("\n"), "    ")


def _similar(name: str, policies: list[str]) -> str:
    close = get_close_matches(name, [*(rule.id for rule in RULES), *filter(None, policies)], n=1)
    return f"; did you mean {close[0]!r}?" if close else "; 'argo-admission rules' lists the rules"

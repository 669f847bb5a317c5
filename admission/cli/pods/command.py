"""``argo-admission pods``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import click
import orjson

from admission.argo.expand import expand
from admission.argo.pods import EffectivePod, effective_pods, findings
from admission.cli import cases, check, unjudged
from admission.cli.cases import Case
from admission.cli.files import Given, Unread, load
from admission.cli.options import Options, shared
from admission.cli.output import coloured, end, status
from admission.cli.pods.summary import Summary
from admission.cli.pods.text import rendered
from admission.cli.reported import located, unread
from admission.model.document import Document, text
from admission.model.finding import Finding
from admission.report import Located, Report, render
from admission.snapshot import Snapshot

#: Kinds that run, or start what runs.
_KINDS = frozenset({"Workflow", "CronWorkflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "WorkflowEventBinding"})


@dataclass(frozen=True)
class Projected:
    """An object and the pods that it becomes."""

    document: Document
    pods: tuple[EffectivePod, ...]

    @classmethod
    def of(cls, document: Document, snapshot: Snapshot, namespace: str) -> Projected:
        """The pods of *document*, in *namespace* if it does not say."""
        where = check.creation(document, namespace).namespace or namespace
        version = snapshot.settings.argo_version
        return cls(document, effective_pods(document, snapshot.catalog, namespace=where, argo_version=version))

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What is wrong with the patches that make them."""
        return findings(self.pods)

    @property
    def items(self) -> list[Document]:
        """The pods for programs (interfaces.md 6)."""
        return [_item(self.document, pod) for pod in self.pods]

    def text(self, colour: bool) -> str:
        """The pods for a person."""
        return rendered(self.document, self.pods, colour)


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--summary", is_flag=True, help="What a Workflow needs at its widest, and whether quotas leave as much")
@click.option("--cases", "case_file", metavar="FILE", help="Project many independent cases, one JSON object a line")
@shared()
def pods(paths: tuple[str, ...], summary: bool, case_file: str | None, options: Options) -> None:
    """
    Show the pods that the steps of a Workflow would become.

    What only a run decides is named; findings about references and podSpecPatches go to standard error. Quotas and
    limit ranges count if they are among the objects given, or come with --cluster.
    """
    if case_file is not None:
        policies = check.snapshot(options)
        answers = partial(answer, snapshot=policies, mutate=options.mutate)
        cases.run(case_file, paths, answers, check.defaults(options), {"items": []}, options.templates)
        return
    if not paths:
        raise click.UsageError("give files or folders, or - for standard input")
    loaded = list(load(paths))
    unjudged.mind(loaded)
    snapshot = check.snapshot(options, (each.document for each in loaded if isinstance(each, Given)))
    shown: list[Summary | Projected] = []
    problems: list[Located] = []
    for each in loaded:
        if isinstance(each, Unread):
            problems.append(unread(each))
        elif each.kind in _KINDS and check.is_argos(each.document):
            document = _mutated(each.document, snapshot, options.namespace, options.mutate)
            shown.append((Summary if summary else Projected).of(document, snapshot, options.namespace))
            references = _references(document, snapshot, options.namespace)
            problems += located(each, (*references, *shown[-1].findings))
    _write("PodSummaryList" if summary else "EffectivePodList", shown, Report(findings=tuple(problems)), options)
    end(status((each.finding for each in problems), options.fail_on))


def _mutated(document: Document, snapshot: Snapshot, namespace: str, mutate: bool) -> Document:
    return check.mutated(document, snapshot, namespace) if mutate else document


def _references(document: Document, snapshot: Snapshot, namespace: str) -> tuple[Finding, ...]:
    """What keeps references from being followed: nothing is known of the pods behind them."""
    where = check.creation(document, namespace).namespace or namespace
    version = snapshot.settings.argo_version
    return expand(document, snapshot.catalog, namespace=where, inline=False, argo_version=version).findings


def answer(case: Case, snapshot: Snapshot, mutate: bool) -> Document:
    """The answer of ``pods --cases`` to one case; with an error where one of its documents cannot be read."""
    own = case.snapshot(snapshot)
    documents = (doc.document for doc in case.docs if not doc.problem)
    known = (_mutated(each, own, case.namespace, mutate) for each in documents if text(each.get("kind")) in _KINDS)
    problems = [doc.problem for doc in case.docs if doc.problem]
    found = {"items": [item for each in known for item in Projected.of(each, own, case.namespace).items]}
    return {**found, "error": problems[0]} if problems else found


def _item(document: Document, pod: EffectivePod) -> Document:
    return {
        "workflow": check.name(document),
        "template": pod.template,
        "scope": pod.scope,
        "purpose": pod.purpose,
        "reachable": pod.reachable,
        "unknown": [str(path) for path in pod.unknown],
        "pod": pod.pod,
    }


def _write(kind: str, shown: Sequence[Summary | Projected], report: Report, options: Options) -> None:
    """In the chosen format, findings to standard error; in those that are only for findings, these."""
    if options.output not in ("text", "json"):
        click.echo(render(report, options.output), nl=False)
        return
    if options.output == "json":
        listed = [item for each in shown for item in each.items]
        document = {"apiVersion": "argo-admission.io/v1alpha1", "kind": kind, "items": listed}
        click.echo(orjson.dumps(document, option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join(each.text(coloured()) for each in shown), nl=False)
    # A summary says itself what will not fit.
    if rest := tuple(each for each in report.findings if each.finding.source != "pods/quota"):
        click.echo(render(Report(findings=rest), "text", colour=coloured()), nl=False, err=True)

"""``argo-admission expand``."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import click
import orjson

from admission.cli import cases, check, differences, unjudged
from admission.cli.cases import Case
from admission.cli.files import Given, Unread, load
from admission.cli.options import Options, shared
from admission.cli.output import coloured, end, finish, status
from admission.cli.reported import located, unread
from admission.cli.yaml_text import dump_all
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.policy.resource import PolicySet
from admission.report import Located, Report, render
from admission.snapshot import Snapshot


@dataclass(frozen=True)
class Expanded:
    """A document with its references written out, as far as that could be done, and what kept the rest from it."""

    document: Document
    findings: tuple[Finding, ...] = ()


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--merge-only", is_flag=True, help="As the controller merges: the reference stays, templateRefs do, too")
@click.option("--check", "differ", is_flag=True, help="Only say which stored objects differ from their templates now")
@click.option("--cases", "case_file", metavar="FILE", help="Expand many independent cases, one JSON object a line")
@shared()
def expand(paths: tuple[str, ...], merge_only: bool, differ: bool, case_file: str | None, options: Options) -> None:
    """
    Write out the references of manifests, as YAML.

    What comes out is what the webhook would store, with --mutate as policies would change it, too; findings about
    references go to standard error. With --check nothing is written out: it says which of the given Workflows and
    CronWorkflows, and with --cluster of those in the cluster, are not what their templates say today.
    """
    if case_file is not None:
        policies = _snapshot(options)
        ours = check.defaults(options)
        answers = partial(answer, merge_only=merge_only, snapshot=policies)
        cases.run(case_file, paths, answers, ours, _answer({}, None), options.templates)
        return
    if not paths and not (differ and options.cluster):
        raise click.UsageError("give files or folders, or - for standard input")
    loaded = list(load(paths))
    if paths:
        unjudged.mind(loaded)
    snapshot = _snapshot(options, (each.document for each in loaded if isinstance(each, Given)))
    if differ:
        finish(differences.report(loaded, snapshot, options), options)
        return
    documents, findings = _all(loaded, snapshot, merge_only, options)
    _write(documents, Report(findings=tuple(findings)), options)
    end(status((found.finding for found in findings), options.fail_on))


def _snapshot(options: Options, given: Iterable[Document] = ()) -> Snapshot:
    """What is looked into. Without ``--mutate`` there are no policies in it: nothing else here asks for them."""
    found = check.snapshot(options, given)
    return found if options.mutate else replace(found, policies=PolicySet())


def expanded(document: Document, snapshot: Snapshot, merge_only: bool, namespace: str) -> Expanded:
    """*document* as the webhook would store it; what is not Argo's stays as it is."""
    from admission.argo import expand as argo

    if not check.is_argos(document):
        return Expanded(document)
    request = check.creation(document, namespace)
    where, version = request.namespace, snapshot.settings.argo_version
    if merge_only:
        merged = argo.merge_only(document, snapshot.catalog, namespace=where, argo_version=version)
        return Expanded(merged.document, merged.findings)
    expansion = argo.expand(document, snapshot.catalog, namespace=where, argo_version=version)
    if request.kind.kind == "Workflow":
        return Expanded(check.mutated(document, snapshot, namespace), expansion.findings)
    return Expanded(expansion.document, expansion.findings)


def answer(case: Case, merge_only: bool, snapshot: Snapshot) -> Document:
    """The answer of ``expand --cases`` to one case, about the first of its documents."""
    first = case.docs[0] if case.docs else cases.Doc({}, problem="there is no document in it")
    if first.problem:
        return _answer({}, first.problem)
    own = case.snapshot(snapshot)
    found = expanded(first.document, own, merge_only, case.namespace)
    denied = [finding for finding in found.findings if finding.action is Action.DENY]
    return _answer(found.document, denied[0].message if denied else None)


def _answer(document: Document, error: str | None) -> Document:
    metadata = mapping(document.get("metadata"))
    return {
        "kind": text(document.get("kind")),
        "name": check.name(document),
        "labels": mapping(metadata.get("labels")),
        "annotations": mapping(metadata.get("annotations")),
        "spec": mapping(document.get("spec")),
        "error": error,
    }


def _all(
    loaded: Sequence[Given | Unread], snapshot: Snapshot, merge_only: bool, options: Options
) -> tuple[list[Document], list[Located]]:
    documents: list[Document] = []
    findings: list[Located] = []
    for each in loaded:
        if isinstance(each, Unread):
            findings.append(unread(each))
            continue
        found = expanded(each.document, snapshot, merge_only, options.namespace)
        documents.append(found.document)
        findings += located(each, found.findings)
    return documents, findings


def _write(documents: Iterable[Document], report: Report, options: Options) -> None:
    """The documents to standard output and findings to standard error; in formats that are only for findings, those."""
    if options.output not in ("text", "json"):
        click.echo(render(report, options.output), nl=False)
        return
    if options.output == "json":
        listed = {"apiVersion": "v1", "kind": "List", "items": list(documents)}
        click.echo(orjson.dumps(listed, option=orjson.OPT_INDENT_2))
    else:
        click.echo(dump_all(documents), nl=False)
    if report.findings:
        click.echo(render(report, "text", colour=coloured()), nl=False, err=True)

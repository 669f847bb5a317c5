"""``argo-admission lint``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from admission.cli import cases, check, unjudged
from admission.cli.cases import Case, Doc
from admission.cli.files import Given, Unread, load
from admission.cli.options import Options, shared
from admission.cli.output import finish
from admission.cli.policy_files import is_builtin
from admission.cli.reported import judged, located, report, unread
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.settings import Profile
from admission.report import Judged, Located, Report

if TYPE_CHECKING:
    from admission.snapshot import Snapshot


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--profile",
    type=click.Choice([profile.value for profile in Profile]),
    show_default=Profile.RECOMMENDED.value,
    help="Whose verdicts: those of Argo's controller (argo), of 'argo lint', or these and our own",
)
@click.option("--cases", "case_file", metavar="FILE", help="Judge many independent cases, one JSON object a line")
@shared()
def lint(paths: tuple[str, ...], profile: str | None, case_file: str | None, options: Options) -> None:
    """
    Lint manifests: files, folders, or - for standard input.

    All given documents are in the catalog: a Workflow finds the templates that come with it.
    """
    chosen = Profile(profile) if profile else None
    if case_file is not None:
        policies = check.snapshot(options) if options.policies or options.cluster or options.config else None
        answers = partial(answer, options=options, policies=policies)
        cases.run(case_file, paths, answers, check.defaults(options, chosen), {"docs": []}, options.templates)
        return
    if not paths:
        raise click.UsageError("give files or folders, or - for standard input")
    loaded = list(load(paths))
    unjudged.mind(loaded)
    finish(judge(loaded, options, chosen), options)


def judge(loaded: Sequence[Given | Unread], options: Options, profile: Profile | None) -> Report:
    """What there is to say of everything that was loaded."""
    documents = [each.document for each in loaded if isinstance(each, Given)]
    snapshot = check.snapshot(options, documents, profile=profile)
    unjudged.mind_subjects(snapshot.policies)
    objects: list[Judged] = []
    findings: list[Located] = []
    for each in loaded:
        if isinstance(each, Unread):
            findings.append(unread(each))
        elif check.is_argos(each.document):
            found = [
                *check.duplicates(each.repeated, snapshot.settings.profile),
                *check.findings(each.document, snapshot, options),
            ]
            objects.append(judged(each, found, options.namespace))
            findings += located(each, found)
    if not all(map(is_builtin, options.policies)):
        unjudged.mind_namespaces(snapshot, (each.namespace for each in objects))
    return report(objects, findings, snapshot.policies)


def answer(case: Case, options: Options, policies: Snapshot | None) -> Document:
    """The answer of ``lint --cases`` to one case; with *policies*, what ``/validate`` finds by them."""
    if policies is None or case.options.get("lint") is True:
        judge: Callable[[Document], Sequence[Finding]] = partial(_linted, case=case, catalog=case.catalog())
    else:
        own = replace(options, namespace=case.namespace)
        judge = partial(check.findings, snapshot=case.snapshot(policies), options=own)
    return {"docs": [_judged(doc, case, judge) for doc in case.docs]}


def _linted(document: Document, case: Case, catalog: FrozenCatalog) -> Sequence[Finding]:
    from admission.lint.run import LintOptions, lint

    options = LintOptions(
        profile=case.profile,
        argo_version=case.argo_version,
        namespace=text(mapping(document.get("metadata")).get("namespace")) or case.namespace,
        lint=case.options.get("lint") is True,
    )
    return lint(document, catalog, options)


def _judged(doc: Doc, case: Case, judge: Callable[[Document], Sequence[Finding]]) -> Document:
    document, metadata = doc.document, mapping(doc.document.get("metadata"))
    if doc.problem:
        found = [Finding("parse", Path(), doc.problem, Action.DENY)]
    else:
        found = [*check.duplicates(doc.repeated, case.profile), *judge(document)]
    return {
        "kind": text(document.get("kind")),
        "name": text(metadata.get("name")) or text(metadata.get("generateName")),
        "ok": all(finding.action is not Action.DENY for finding in found),
        "findings": [_written(finding) for finding in found],
    }


def _written(finding: Finding) -> Document:
    return {
        "source": finding.source,
        "action": finding.action.value,
        "path": str(finding.path),
        "message": finding.message,
    }

"""``argo-admission audit``."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from admission.cli import check, unjudged
from admission.cli.files import Given, Unread, load
from admission.cli.options import Options, shared
from admission.cli.output import finish
from admission.cli.reported import judged, judged_there, located, located_there, report, unread
from admission.model.catalog import AnyAnswer, Question
from admission.model.document import mapping, text
from admission.report import Judged, Located, Report
from admission.trust.author import user_of

if TYPE_CHECKING:
    from admission.audit import Reviewed
    from admission.cluster.client import Client
    from admission.snapshot import Snapshot

#: What reports are called, and of which version they are, where no configuration says it.
_NAME, _VERSION = "argo-admission", "wgpolicyk8s.io/v1alpha2"


@click.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option("--reports", is_flag=True, help="Write PolicyReports of the cluster's objects into it")
@shared("mutate")
def audit(paths: tuple[str, ...], reports: bool, options: Options) -> None:
    """
    Review what is already there: in files and folders, or with --cluster everything in the cluster.

    Nobody asks here. Objects with a recorded author are judged as that author's; of others, policies that depend on
    who asks are skipped, and standard error says which.
    """
    if not paths and not options.cluster:
        raise click.UsageError("give files or folders, or --cluster for what is in the cluster")
    if reports and not options.cluster:
        raise click.UsageError("--reports are written about what is in the cluster: it needs --cluster")
    finish(_audited(paths, reports, options), options)


def _audited(paths: Sequence[str], reports: bool, options: Options) -> Report:
    loaded = list(load(paths))
    if paths:
        unjudged.mind(loaded)
    given = [each for each in loaded if isinstance(each, Given)]
    snapshot = check.snapshot(options, [each.document for each in given])
    parts = [
        _of_files(given, snapshot, options),
        *([_of_cluster(snapshot, reports, options)] if options.cluster else []),
    ]
    findings = [unread(each) for each in loaded if isinstance(each, Unread)]
    findings += [found for part in parts for found in part.findings]
    return report((object for part in parts for object in part.objects), findings, snapshot.policies)


@dataclass(frozen=True)
class _Part:
    objects: Sequence[Judged]
    findings: Sequence[Located]


def _of_files(given: Iterable[Given], snapshot: Snapshot, options: Options) -> _Part:
    from admission.audit import KINDS, audit

    objects: list[Judged] = []
    findings: list[Located] = []
    audited = [each for each in given if check.is_argos(each.document) and each.kind in KINDS]
    reviews = audit(
        (each.document for each in audited), snapshot, user_of, _nothing, datetime.now(UTC), options.namespace
    )
    for each, reviewed in zip(audited, _said(reviews), strict=True):
        objects.append(judged(each, reviewed.findings, options.namespace))
        findings += located(each, reviewed.findings)
    return _Part(objects, findings)


def _of_cluster(snapshot: Snapshot, reports: bool, options: Options) -> _Part:
    from admission.audit import audit
    from admission.cli.server.auditing import existing
    from admission.cluster.client import Client
    from admission.cluster.lookup import Live

    client = Client.connect()
    live = Live(client)
    asking = replace(snapshot, live=True)
    found = list(_said(audit(existing(client), asking, user_of, live.answer, datetime.now(UTC))))
    live.close()
    if reports:
        _write(client, found, snapshot, options)
    objects = [judged_there(each.document, each.findings) for each in found]
    return _Part(objects, [place for each in found for place in located_there(each.document, each.findings)])


def _write(client: Client, found: list[Reviewed], snapshot: Snapshot, options: Options) -> None:
    from admission.cli.server.auditing import severities, subjects
    from admission.cluster.client import Refused
    from admission.cluster.reports import write
    from admission.errors import ClusterError
    from admission.report.policyreport import reports

    configured = check.configuration(options)
    name = text(mapping(configured.get("webhooks")).get("name")) or _NAME
    version = text(mapping(configured.get("audit")).get("reportsVersion")) or _VERSION
    made = reports(subjects(found), name, version, severities(snapshot.policies))
    try:
        written = write(client, made, name, version)
    except Refused as error:
        raise ClusterError(f"reports of {version} cannot be written, are their CRDs installed? {error}") from error
    print(f"argo-admission: {len(made)} reports, {written} of them written or removed", file=sys.stderr)


def _said(reviews: Iterable[Reviewed]) -> Iterator[Reviewed]:
    """*reviews*, and at their end which policies were skipped, and for how many objects."""
    skipped: dict[str, int] = {}
    for reviewed in reviews:
        for name in reviewed.skipped:
            skipped[name] = skipped.get(name, 0) + 1
        yield reviewed
    for name, count in sorted(skipped.items()):
        objects = "1 object" if count == 1 else f"{count} objects"
        print(
            f"argo-admission: policy/{name} was skipped for {objects}: it depends on who made them, which nobody knows",
            file=sys.stderr,
        )


def _nothing(questions: frozenset[Question]) -> Mapping[Question, AnyAnswer]:
    """A catalog of files asks nothing."""
    return {}

"""``argo-admission expand --check``: which stored objects are not what their templates say today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.cli import check
from admission.cli.files import Given, Unread
from admission.cli.lint import judged, located, unread
from admission.cli.options import Options
from admission.model.catalog import key
from admission.model.document import Document
from admission.model.finding import Action, Finding
from admission.report import Judged, Located, Report
from admission.snapshot import Snapshot


def report(loaded: Sequence[Given | Unread], snapshot: Snapshot, options: Options) -> Report:
    """The Workflows and CronWorkflows in *loaded*, and with ``--cluster`` those of the cluster, that differ."""
    from admission.engine.drift import STORED, findings

    objects: list[Judged] = []
    found: list[Located] = []
    for each in loaded:
        if isinstance(each, Unread):
            found.append(unread(each))
        elif check.is_argos(each.document) and each.kind in STORED:
            of = list(findings(each.document, options.namespace, snapshot))
            objects.append(judged(each, of, options.namespace))
            found += located(each, of)
    for document in _of_cluster(options):
        if document["kind"] in STORED:
            of = list(findings(document, options.namespace, snapshot))
            objects.append(of_cluster(document, of))
            found += (Located(objects[-1].file, 0, 0, 0, finding) for finding in of)
    return Report(tuple(objects), tuple(found))


def _of_cluster(options: Options) -> Iterator[Document]:
    """What is stored in the cluster, with ``--cluster``."""
    yield from check.live(options, users=True).catalog


def of_cluster(document: Document, findings: list[Finding]) -> Judged:
    """*document* of the cluster; in place of a file stands what kubectl calls it."""
    lookup = key(document)
    return Judged(
        file=f"{lookup.kind.lower()}/{lookup.name} -n {lookup.namespace}",
        document=0,
        api_version=document["apiVersion"],
        kind=lookup.kind,
        namespace=lookup.namespace,
        name=lookup.name,
        allowed=all(finding.action is not Action.DENY for finding in findings),
    )

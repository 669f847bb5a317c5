"""``argo-admission expand --check``: which stored objects are not what their templates say today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.cli import check
from admission.cli.files import Given, Unread
from admission.cli.options import Options
from admission.cli.reported import judged, judged_there, located, located_there, unread
from admission.model.document import Document
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
            objects.append(judged_there(document, of))
            found += located_there(document, of)
    return Report(tuple(objects), tuple(found))


def _of_cluster(options: Options) -> Iterator[Document]:
    """What is stored in the cluster, with ``--cluster``."""
    yield from check.live(options, users=True).catalog

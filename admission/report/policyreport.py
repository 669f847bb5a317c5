"""
PolicyReports: what an audit has found, one document a namespace and one for what has no namespace.

Both groups that there are have the same shape: ``wgpolicyk8s.io/v1alpha2``, which most clusters and tools know, and
``openreports.io/v1alpha1``, which succeeds it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from admission.model.document import Document, mapping, namespace_of, text
from admission.model.finding import Action, Finding

#: By version: the kind of a namespace's report, and that of what has none.
KINDS = {
    "wgpolicyk8s.io/v1alpha2": ("PolicyReport", "ClusterPolicyReport"),
    "openreports.io/v1alpha1": ("Report", "ClusterReport"),
}

#: Results in one report: etcd takes no object over 1.5 MiB, and one result has at most some 1,000 bytes.
MOST = 1000

#: Characters of a message.
_LONGEST = 500

#: The label by which our reports are found.
MANAGED = {"app.kubernetes.io/managed-by": "argo-admission"}

_RESULTS = {Action.DENY: "fail", Action.WARN: "warn", Action.AUDIT: "warn"}

_UNKNOWN_USER = "it was not asked: nobody knows who made this object"


@dataclass(frozen=True, slots=True)
class Subject:
    """One object that was reviewed, what was found, and the policies that could not be asked."""

    document: Document
    findings: tuple[Finding, ...]
    skipped: tuple[str, ...] = ()

    @property
    def namespace(self) -> str:
        return namespace_of(self.document)


def reports(
    subjects: Iterable[Subject], name: str, version: str, severities: Mapping[str, str] | None = None
) -> dict[str, Document]:
    """
    The reports called *name*, by namespace; the empty one is that of what has none.

    *severities* are those of policies, as their authors write them.
    """
    by_namespace: dict[str, list[Subject]] = {}
    for subject in subjects:
        by_namespace.setdefault(subject.namespace, []).append(subject)
    return {
        namespace: _report(found, namespace, name, version, severities or {})
        for namespace, found in sorted(by_namespace.items())
    }


def _report(
    subjects: list[Subject], namespace: str, name: str, version: str, severities: Mapping[str, str]
) -> Document:
    kind = KINDS[version][0 if namespace else 1]
    counts: Counter[str] = Counter()
    results: list[Document] = []
    for subject in subjects:
        made = list(_results(subject, severities))
        counts.update(result["result"] for result in made)
        counts["pass"] += not made
        results += made
    # The worst first, so that what is cut is what matters least.
    results.sort(key=lambda result: (_ORDER[result["result"]], result["resources"][0]["name"], result["policy"]))
    cut = len(results) - MOST
    metadata = {
        "name": name,
        **({"namespace": namespace} if namespace else {}),
        "labels": dict(MANAGED),
        **({"annotations": {"argo-admission.io/results-left-out": str(cut)}} if cut > 0 else {}),
    }
    summary = {result: counts[result] for result in ("pass", "fail", "warn", "error", "skip")}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, "summary": summary, "results": results[:MOST]}


_ORDER = {"fail": 0, "warn": 1, "error": 2, "skip": 3}


def _results(subject: Subject, severities: Mapping[str, str]) -> Iterator[Document]:
    resource = _resource(subject.document)
    for finding in subject.findings:
        group, _, name = finding.source.partition("/")
        severity = severities.get(name, "").lower() if group == "policy" else ""
        yield {
            "source": "argo-admission",
            "policy": finding.source,
            **({"rule": str(finding.path)} if str(finding.path) else {}),
            "result": _RESULTS[finding.action],
            # What is only recorded is no fault of whoever made it.
            "scored": finding.action is not Action.AUDIT,
            **({"severity": severity} if severity else {}),
            "message": finding.message[:_LONGEST],
            "resources": [resource],
        }
    for name in subject.skipped:
        yield {
            "source": "argo-admission",
            "policy": f"policy/{name}",
            "result": "skip",
            "scored": False,
            "message": _UNKNOWN_USER,
            "resources": [resource],
        }


def _resource(document: Document) -> Document:
    metadata = mapping(document.get("metadata"))
    found = {
        "apiVersion": text(document.get("apiVersion")),
        "kind": text(document.get("kind")),
        "name": text(metadata.get("name")),
        "namespace": text(metadata.get("namespace")),
        "uid": text(metadata.get("uid")),
    }
    return {key: value for key, value in found.items() if value}

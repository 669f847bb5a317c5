"""
Whether the API server asks us, tried by dry runs that must be refused.

What is tried leaves nothing behind, and an acceptance would show that nobody was asked: the webhook for our own kinds,
and that for Workflows where Argo's kinds are there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from admission.argo.labels import INSTANCE
from admission.cluster.client import Client, Refused
from admission.cluster.kinds import ARGO, OURS
from admission.cluster.registrar import CONFIGURATIONS, DISABLED
from admission.model.document import Document, mapping, sequence, text

#: A policy that no webhook of ours lets through. It would concern nothing: there is no binding.
_POLICY = {
    "apiVersion": "argo-admission.io/v1alpha1",
    "kind": "WorkflowPolicy",
    "metadata": {"generateName": "argo-admission-probe-"},
    "spec": {"title": "A dry run.", "validations": [{"expression": "this is no CEL", "message": "never seen"}]},
}


def wrong(client: Client, configuration: Document, namespace: str | None = None) -> Iterator[str]:
    """
    What keeps the webhook from being asked; nothing where it answers. ``ClusterError`` where that cannot be tried.

    With *namespace* a Workflow is tried there as well; nothing is said where Argo's kinds are not there yet.
    """
    webhooks = configuration["webhooks"]
    if webhooks["manage"]:
        yield from _unregistered(client, webhooks["name"])
    yield from _unasked(client, f"{OURS}/workflowpolicies", _POLICY, "policies.argo-admission.io")
    if namespace is not None:
        path = f"{ARGO}/namespaces/{namespace}/workflows"
        workflow = _workflow(configuration["controller"]["instanceIDs"])
        yield from _unasked(client, path, workflow, "validate.argo-admission.io")


def disabled(client: Client, webhooks: Document) -> str:
    """Why somebody has disabled the webhooks; empty where nobody has."""
    if not webhooks["manage"]:
        return ""
    for path in CONFIGURATIONS.values():
        try:
            metadata = mapping(client.get(f"{path}/{webhooks['name']}").get("metadata"))
        except Refused as error:
            if error.code != 404:
                raise
            continue
        if DISABLED in mapping(metadata.get("annotations")):
            return text(metadata["annotations"][DISABLED]) or "no reason is given"
    return ""


def _unregistered(client: Client, name: str) -> Iterator[str]:
    """Configurations that are not there, or that the leader has not finished."""
    for kind, path in CONFIGURATIONS.items():
        try:
            found = client.get(f"{path}/{name}")
        except Refused as error:
            yield f"{kind} {name}: {error}"
            continue
        webhooks = [mapping(each) for each in sequence(found.get("webhooks"))]
        if not webhooks or not all(mapping(each.get("clientConfig")).get("caBundle") for each in webhooks):
            yield f"{kind} {name} has no webhooks with a caBundle"


def _unasked(client: Client, path: str, document: Document, webhook: str) -> Iterator[str]:
    """Why *document* is not refused by *webhook*."""
    try:
        client.create(f"{path}?dryRun=All", document)
    except Refused as error:
        if webhook in str(error) and "denied the request" in str(error):
            return
        if error.code == 404 and not text(mapping(error.status.get("details")).get("name")):
            # The kind is not there: there is nothing to judge.
            return
        yield f"a {document['kind']} was refused, but not by {webhook}: {error}"
    else:
        yield f"a {document['kind']} that {webhook} refuses was accepted: nobody was asked"


def _workflow(instances: Sequence[str]) -> Document:
    """A Workflow of one of our *instances* that lint refuses: it has no templates."""
    labels = {} if "" in instances else {INSTANCE: instances[0]}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"generateName": "argo-admission-probe-", "labels": labels},
        "spec": {"entrypoint": "nothing"},
    }

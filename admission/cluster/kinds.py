"""What we look at in a cluster, as a table: the rules of our cluster role are compared with it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from admission.argo.labels import COMPLETED
from admission.model.catalog import Lookup

ARGO = "/apis/argoproj.io/v1alpha1"
OURS = "/apis/argo-admission.io/v1alpha1"
CORE = "/api/v1"

POLICY_KINDS = frozenset({"WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"})

#: What Kubernetes takes as a name of these kinds (RFC 1123 subdomain): anything else cannot exist.
_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")


@dataclass(frozen=True, slots=True)
class Resource:
    """
    A kind and its place in the API.

    *selector* is that of the labels of those that are watched; empty for all.
    """

    kind: str
    base: str
    plural: str
    namespaced: bool
    selector: str = ""

    @property
    def collection(self) -> str:
        """The path of all objects of the kind."""
        return f"{self.base}/{self.plural}"

    def item(self, namespace: str, name: str) -> str | None:
        """The path of one object; None where no object can have that name."""
        if not _NAME.fullmatch(name) or (self.namespaced and not _NAME.fullmatch(namespace)):
            return None
        middle = f"/namespaces/{quote(namespace, safe='')}" if self.namespaced else ""
        return f"{self.base}{middle}/{self.plural}/{quote(name, safe='')}"


#: Kinds of which it only matters which templates they use.
USER_KINDS = frozenset({"Workflow", "CronWorkflow", "WorkflowEventBinding"})

#: Those of which it matters, too, who their author is when they start a Workflow: that is looked up each time.
AUTHORED_KINDS = frozenset({"CronWorkflow", "WorkflowEventBinding"})

RESOURCES: dict[str, Resource] = {
    each.kind: each
    for each in (
        Resource("WorkflowTemplate", ARGO, "workflowtemplates", True),
        Resource("ClusterWorkflowTemplate", ARGO, "clusterworkflowtemplates", False),
        Resource("Workflow", ARGO, "workflows", True, selector=f"{COMPLETED}!=true"),
        Resource("CronWorkflow", ARGO, "cronworkflows", True),
        Resource("WorkflowEventBinding", ARGO, "workfloweventbindings", True),
        Resource("Namespace", CORE, "namespaces", False),
        Resource("ConfigMap", CORE, "configmaps", True),
        Resource("WorkflowPolicy", OURS, "workflowpolicies", False),
        Resource("WorkflowPolicyBinding", OURS, "workflowpolicybindings", False),
        Resource("WorkflowPolicyException", OURS, "workflowpolicyexceptions", True),
    )
}


def path_of(lookup: Lookup) -> str | None:
    """The path of what *lookup* asks for; None where there can be no such object."""
    return RESOURCES[lookup.kind].item(lookup.namespace, lookup.name)

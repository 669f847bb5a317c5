"""Argo's eight kinds, and where each keeps its workflow spec."""

from __future__ import annotations

from dataclasses import dataclass

from admission.model.document import Document, text
from admission.model.path import Path


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of ``argoproj.io``; *spec_path* is the place of the workflow spec in its objects, ``None`` without one."""

    kind: str
    plural: str
    namespaced: bool
    spec_path: Path | None


_SPEC = Path(("spec",))

KINDS: dict[str, Kind] = {
    each.kind: each
    for each in (
        Kind("Workflow", "workflows", True, _SPEC),
        Kind("WorkflowTemplate", "workflowtemplates", True, _SPEC),
        Kind("ClusterWorkflowTemplate", "clusterworkflowtemplates", False, _SPEC),
        Kind("CronWorkflow", "cronworkflows", True, _SPEC / "workflowSpec"),
        Kind("WorkflowEventBinding", "workfloweventbindings", True, None),
        Kind("WorkflowTaskSet", "workflowtasksets", True, None),
        Kind("WorkflowTaskResult", "workflowtaskresults", True, None),
        Kind("WorkflowArtifactGCTask", "workflowartifactgctasks", True, None),
    )
}


def referred(reference: Document) -> tuple[str, str]:
    """Kind and name of the template that *reference* names, a ``templateRef`` or ``workflowTemplateRef``."""
    kind = "ClusterWorkflowTemplate" if reference.get("clusterScope") is True else "WorkflowTemplate"
    return kind, text(reference.get("name"))

"""The labels that Argo gives Workflows, as far as they mean something to us."""

from __future__ import annotations

#: Argo's labels and annotations begin so; users may set some of them.
PREFIX = "workflows.argoproj.io/"

#: From which template a Workflow was started, by the kind of that.
TEMPLATE = {
    "WorkflowTemplate": "workflows.argoproj.io/workflow-template",
    "ClusterWorkflowTemplate": "workflows.argoproj.io/cluster-workflow-template",
}

#: Which of several controllers runs the object (``instanceID`` of its configuration); absent: the one without.
INSTANCE = "workflows.argoproj.io/controller-instanceid"

#: ``true`` once the Workflow has come to its end.
COMPLETED = "workflows.argoproj.io/completed"

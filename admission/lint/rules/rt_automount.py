from __future__ import annotations

from collections.abc import Iterator

from admission.argo.validation.tables import tables
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    mentions=("automountServiceAccountToken",),
    good="""
        spec:
          automountServiceAccountToken: false
          executor: {serviceAccountName: executor}
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          automountServiceAccountToken: false
          templates:
          - {name: main, container: {image: alpine}}  # finding
        """,
)
def rt_automount(workflow: Workflow) -> Iterator[Hit]:
    """
    Where the service account's token is not mounted, the executor has an account of its own.

    Argo's executor in the pod needs a token. Without one it refuses to make the pod: certain, so denied. For a template
    that others run, their workflow may bring the account: there it is a warning.
    """
    defaults = mapping(workflow.catalog.workflow_defaults().get("spec"))
    certain = workflow.kind in ("Workflow", "CronWorkflow")
    for node in workflow.graph.nodes:
        if node.type not in tables().pod_types:
            continue
        mounts = node.document.get("automountServiceAccountToken")
        if mounts is None:
            mounts = workflow.spec.get("automountServiceAccountToken")
        accounts = (
            mapping(each.get("executor")).get("serviceAccountName") for each in (node.document, workflow.spec, defaults)
        )
        if mounts is False and not any(accounts):
            said = "the executor has no token: set executor.serviceAccountName, or mount the token"
            yield node.path, said, Action.DENY if certain else Action.WARN

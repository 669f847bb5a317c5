from __future__ import annotations

from collections.abc import Iterator

from admission.argo.compare.change import Change
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    action=Action.WARN,
    good="""
        kind: WorkflowTemplate
        metadata: {name: build}
        spec: {entrypoint: main, templates: [{name: main, container: {image: alpine}}]}
        ---
        kind: CronWorkflow
        metadata: {name: nightly}
        spec: {schedules: ["@daily"], workflowSpec: {workflowTemplateRef: {name: another}}}
        """,
    bad="""
        kind: WorkflowTemplate
        metadata:
          name: build  # finding
        spec: {entrypoint: main, templates: [{name: main, container: {image: alpine}}]}
        ---
        kind: CronWorkflow
        metadata: {name: nightly}
        spec: {schedules: ["@daily"], workflowSpec: {workflowTemplateRef: {name: build}}}
        """,
)
def template_in_use(workflow: Workflow) -> Iterator[Hit]:
    """
    A template that is deleted is used by nobody.

    Whatever still refers to it fails the next time that it runs. It is judged when the template is deleted (of these
    examples, the first document). Deleting a namespace deletes its templates without a question. The annotation
    `argo-admission.io/allow-breaking-change` with a reason lets it through; so it is a warning, and a binding makes it
    a denial.
    """
    if isinstance(workflow, Change) and workflow.goes and (users := workflow.users()):
        yield Path(("metadata", "name")), workflow.told(users)

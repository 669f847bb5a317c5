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
        spec:
          templates:
          - name: image
            inputs: {parameters: [{name: ref}, {name: platform, default: linux/amd64}]}
            container: {image: alpine}
        ---
        kind: WorkflowTemplate
        metadata: {name: build}
        spec: {templates: [{name: image, inputs: {parameters: [{name: ref}]}, container: {image: alpine}}]}
        ---
        kind: CronWorkflow
        metadata: {name: nightly}
        spec:
          schedules: ["@daily"]
          workflowSpec:
            entrypoint: main
            templates:
            - name: main
              steps:
              - - name: image
                  templateRef: {name: build, template: image}
                  arguments: {parameters: [{name: ref, value: main}]}
        """,
    bad="""
        kind: WorkflowTemplate
        metadata: {name: build}
        spec:
          templates:
          - name: image
            inputs:  # finding
              parameters: [{name: ref}, {name: platform}]
            container: {image: alpine}
        ---
        kind: WorkflowTemplate
        metadata: {name: build}
        spec: {templates: [{name: image, inputs: {parameters: [{name: ref}]}, container: {image: alpine}}]}
        ---
        kind: CronWorkflow
        metadata: {name: nightly}
        spec:
          schedules: ["@daily"]
          workflowSpec:
            entrypoint: main
            templates:
            - name: main
              steps:
              - - name: image
                  templateRef: {name: build, template: image}
                  arguments: {parameters: [{name: ref, value: main}]}
        """,
)
def breaking_change(workflow: Workflow) -> Iterator[Hit]:
    """
    A change of a template breaks none of its callers.

    Callers of a template that is renamed, that takes a value less or needs one more, or that has lost an output, fail
    the next time that they run, and nobody had touched them. It is judged when the template is updated, with the
    version before it (the second document of these examples). The annotation `argo-admission.io/allow-breaking-change`
    with a reason lets it through; so it is a warning, and a binding makes it a denial.
    """
    if not isinstance(workflow, Change):
        return
    for each in workflow.breaks:
        if users := workflow.users(each.concerned):
            yield each.path, f"{each.message}; {workflow.told(users)}"
    if not workflow.goes and workflow.digest:
        pinned = workflow.users(lambda use: bool(use.pinned) and use.pinned != workflow.digest)
        if pinned:
            yield Path(("spec",)), f"other content of it is pinned; {workflow.told(pinned)}"

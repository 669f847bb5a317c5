from __future__ import annotations

from collections.abc import Iterator

from admission.argo.contracts import own
from admission.argo.contracts.calls import violations
from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    good="""
        kind: Workflow
        spec:
          workflowTemplateRef: {name: release}
          arguments: {parameters: [{name: stage, value: test}, {name: replicas, value: "3"}]}
        ---
        kind: WorkflowTemplate
        metadata:
          name: release
          annotations: {argo-admission.io/parameters: '{"replicas": {"minimum": 1, "maximum": 9}}'}
        spec:
          entrypoint: main
          arguments: {parameters: [{name: stage, value: test, enum: [test, prod]}, {name: replicas, value: "1"}]}
          templates: [{name: main, container: {image: alpine}}]
        """,
    bad="""
        kind: Workflow
        spec:
          workflowTemplateRef: {name: release}
          arguments:
            parameters:
            - name: stage
              value: dev  # finding
            - name: replicas
              value: "30"  # finding
        ---
        kind: WorkflowTemplate
        metadata:
          name: release
          annotations: {argo-admission.io/parameters: '{"replicas": {"minimum": 1, "maximum": 9}}'}
        spec:
          entrypoint: main
          arguments: {parameters: [{name: stage, value: test, enum: [test, prod]}, {name: replicas, value: "1"}]}
          templates: [{name: main, container: {image: alpine}}]
        """,
)
def parameter_contract(workflow: Workflow) -> Iterator[Hit]:
    """
    Callers hand to a template what its author lets them.

    The author says it by `enum`, and by the annotation `argo-admission.io/parameters`: pattern (RE2), minimum, maximum
    and required, by the name of a parameter. Argo forgets the `enum` as soon as a submitter's own parameter takes the
    place of the template's, and knows nothing else; so it is denied. A value that only the run knows is let through.
    """
    if workflow.kind.endswith("WorkflowTemplate"):
        yield from own.wrong(workflow.document)
        yield from ((path, message, Action.WARN) for path, message in own.idle(workflow.document))
    version = "4.1" if workflow.newest else "4.0"
    yield from violations(workflow.document, workflow.catalog, workflow.namespace, version)

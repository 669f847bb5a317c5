from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    mentions=("retries", "lastRetry"),
    good="""
        spec:
          templates:
          - {name: main, retryStrategy: {limit: 2}, container: {image: alpine, args: ["{{retries}}"]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container:
              image: alpine
              args:
              - "{{retries}}"  # finding
        """,
)
def retry_variable_without_retry(workflow: Workflow) -> Iterator[Hit]:
    """
    What is said of tries stands where something is tried again.

    retries and lastRetry have values in templates with a retry strategy only; elsewhere the tag reaches the container
    as it is written. That may be meant, so it is a warning.
    """
    defaults = mapping(workflow.spec.get("templateDefaults")).get("retryStrategy")
    if defaults or workflow.spec.get("retryStrategy"):
        return
    for node in workflow.graph.nodes:
        for each in () if node.document.get("retryStrategy") else node.texts:
            if any(use.parts[0] in ("retries", "lastRetry") and not use.guarded for use in each.uses):
                yield each.path, "there are no tries here: give the template a retryStrategy"

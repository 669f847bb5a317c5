from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - {name: main, http: {url: 'https://example.com'}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, http: {url: 'https://example.com'}, podResources: {limits: {cpu: 1}}}  # finding
        """,
)
def podresources_agent(workflow: Workflow) -> Iterator[Hit]:
    """
    Only templates with a pod have resources of a pod.

    An agent runs http and plugin templates in one pod for all of them. Since Argo 4.1.
    """
    return found(workflow, "podresources-agent")

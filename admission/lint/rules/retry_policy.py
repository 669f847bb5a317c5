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
          - {name: main, retryStrategy: {retryPolicy: Always}, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - {name: main, retryStrategy: {retryPolicy: Sometimes}, container: {image: alpine}}  # finding
        """,
)
def retry_policy(workflow: Workflow) -> Iterator[Hit]:
    """
    A template is retried by a policy that exists.

    Argo knows Always, OnFailure, OnError and OnTransientError.
    """
    return found(workflow, "retry-policy")

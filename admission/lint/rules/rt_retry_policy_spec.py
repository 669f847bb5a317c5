from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.lint.rule import Hit, rule
from admission.model.document import mapping

POLICIES = ("Always", "OnFailure", "OnError", "OnTransientError")


@rule(
    good="""
        spec:
          retryStrategy: {limit: 2, retryPolicy: OnError}
        """,
    bad="""
        spec:
          retryStrategy:
            limit: 2
            retryPolicy: Sometimes  # finding
        """,
)
def rt_retry_policy_spec(workflow: Workflow) -> Iterator[Hit]:
    """
    The retry policy of a workflow is one that Argo has.

    Argo's validator looks at those of templates only. The steps of the workflow end in Error when they fail: certain,
    so denied.
    """
    defaults = mapping(workflow.spec.get("templateDefaults"))
    for path, document in ((workflow.spec_path, workflow.spec), (workflow.spec_path / "templateDefaults", defaults)):
        policy = literal(mapping(document.get("retryStrategy")).get("retryPolicy"))
        if policy and policy not in POLICIES:
            said = f"{shown(policy)} is no policy: use one of {', '.join(POLICIES)}"
            yield path.join(("retryStrategy", "retryPolicy")), said

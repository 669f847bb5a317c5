from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import shown
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          shutdown: Stop
        """,
    bad="""
        spec:
          shutdown: Later  # finding
        """,
)
def rt_shutdown_value(workflow: Workflow) -> Iterator[Hit]:
    """
    A workflow is shut down by Stop or Terminate.

    Any other text counts as being shut down in some places and not in others: steps may still start and nothing ends
    them. Certain, so denied.
    """
    value = workflow.spec.get("shutdown")
    if isinstance(value, str) and value not in ("", "Stop", "Terminate"):
        yield workflow.spec_path / "shutdown", f"{shown(value)} is no way to shut down: use Stop or Terminate"

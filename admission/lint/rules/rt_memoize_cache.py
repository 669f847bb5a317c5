from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, memoize: {key: a, maxAge: 1h, cache: {configMap: {name: c}}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize: {key: a, maxAge: 1h}  # finding
        """,
)
def rt_memoize_cache(workflow: Workflow) -> Iterator[Hit]:
    """
    What is remembered has a cache.

    Without cache.configMap the controller's look at the workflow crashes, and it ends in Error: certain, so denied.
    (The full CRDs ask for it, the minimal ones do not.)
    """
    for path, memoize in placed(workflow.graph, "memoize"):
        if isinstance(memoize, dict) and not isinstance(mapping(memoize.get("cache")).get("configMap"), dict):
            yield path, "say with cache.configMap.name where results are remembered"

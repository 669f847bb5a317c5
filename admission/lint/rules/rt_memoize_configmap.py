from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.config_maps import config_map, problem_of_type
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, memoize: {key: a, maxAge: 1h, cache: {configMap: {name: results}}}}
        ---
        kind: ConfigMap
        metadata: {name: results, labels: {workflows.argoproj.io/configmap-type: Cache}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize:
              key: a
              maxAge: 1h
              cache:
                configMap: {name: results}  # finding
        ---
        kind: ConfigMap
        metadata: {name: results}
        """,
)
def rt_memoize_configmap(workflow: Workflow) -> Iterator[Hit]:
    """
    The ConfigMap that results are remembered in is a cache.

    The controller makes it where there is none, and refuses one without the label of caches: the step ends in Error.
    The label may still be set before that, so it is a warning.
    """
    for path, memoize in placed(workflow.graph, "memoize"):
        reference = mapping(mapping(mapping(memoize).get("cache")).get("configMap"))
        found = config_map(workflow, reference.get("name"))
        if isinstance(found, dict) and (problem := problem_of_type(found, "Cache")):
            yield path.join(("cache", "configMap")), problem

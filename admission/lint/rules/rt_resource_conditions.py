from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, selectors
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          templates:
          - {name: main, resource: {action: get, flags: [job, a], successCondition: status.succeeded > 0}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            resource:
              action: get
              flags: [job, a]
              successCondition: status.phase === x  # finding
        """,
)
def rt_resource_conditions(workflow: Workflow) -> Iterator[Hit]:
    """
    The conditions of a resource template are written as label selectors.

    status.phase == Succeeded, status.succeeded > 0, status.phase in (Failed, Error): the executor parses them after it
    has made the object, and ends the step in Error where it cannot. Certain where no tag is in it, so denied.
    """
    for node in workflow.graph.having("resource"):
        resource = mapping(node.document.get("resource"))
        for name in ("successCondition", "failureCondition"):
            written = literal(resource.get(name))
            if written:
                try:
                    selectors.parse(written)
                except LanguageError as error:
                    yield node.path.join(("resource", name)), f"at character {error.offset + 1}: {error}"

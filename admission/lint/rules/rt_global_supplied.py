from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import mapping


@rule(
    good="""
        spec:
          arguments: {parameters: [{name: p, value: x}]}
        """,
    bad="""
        spec:
          arguments:
            parameters:
            - {name: p, valueFrom: {supplied: {}}}  # finding
        """,
)
def rt_global_supplied(workflow: Workflow) -> Iterator[Hit]:
    """
    The arguments of a workflow that runs have values.

    supplied is for templates that wait, event for what an event binding submits: as the argument of a workflow neither
    ever gives a value, and the workflow ends in Error at its start. Certain, so denied; of a template that others
    submit nothing is said.
    """
    if workflow.kind not in ("Workflow", "CronWorkflow"):
        return
    arguments = mapping(workflow.spec.get("arguments")).get("parameters")
    for path, parameter in entries(workflow.spec_path.join(("arguments", "parameters")), arguments):
        source = mapping(parameter.get("valueFrom"))
        if parameter.get("value") is None and ("supplied" in source or source.get("event")):
            yield path, "nothing supplies this value: give the argument one"

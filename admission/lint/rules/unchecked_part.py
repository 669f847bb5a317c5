from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action

#: Rules of Argo's whose violations certainly fail where nobody has looked.
CERTAIN = frozenset(
    {"container-image", "script-image", "containerset-empty", "containerset-cycle", "containerset-dependency"}
    | {"resource-action", "resource-manifest-required", "ref-undefined", "ref-none"}
)


@rule(
    action=Action.WARN,
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, inline: {container: {image: alpine}}}
              - {name: b, inline: {container: {image: alpine}}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            steps:
            - - {name: a, inline: {container: {image: alpine}}}
              - name: b
                inline:
                  container:  # finding
                    command: [sh]
        """,
)
def unchecked_part(workflow: Workflow) -> Iterator[Hit]:
    """
    What Argo's validator leaves out is right, too.

    Of several inline templates without a name it looks at the body of the first, and of the arguments of a template at
    none after the first with an enum and no value. The run, or whoever submits the template, finds what is wrong there.
    What certainly fails is denied, such as a container without an image that no defaults give it; the rest is a
    warning, and so is all of a template, which is run in other workflows with their defaults.
    """
    defaults = mapping(workflow.catalog.workflow_defaults().get("spec"))
    bare = not any(mapping(spec.get("templateDefaults")) for spec in (workflow.spec, defaults))
    certain = CERTAIN if bare and workflow.kind in ("Workflow", "CronWorkflow") else frozenset[str]()
    for problem in workflow.analysis.unchecked:
        yield problem.path, problem.message, Action.DENY if problem.rule in certain else Action.WARN

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, script: {image: alpine, command: [sh], source: echo hello}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            script: {image: alpine, source: echo hello}  # finding
        """,
)
def rt_script_source(workflow: Workflow) -> Iterator[Hit]:
    """
    A script has a source, and a command that runs it.

    Argo hands the source as a file to the command. Without a command the image's own one gets it, which is seldom a
    shell: it may be, so it is a warning.
    """
    defaults = mapping(mapping(workflow.spec.get("templateDefaults")).get("script"))
    for node in workflow.graph.having("script"):
        if node.type == "script":
            script = mapping(node.document.get("script"))
            if not script.get("command") and not defaults.get("command"):
                yield node.path / "script", "say with command what runs the source, such as [sh]"
            if not script.get("source") and not defaults.get("source"):
                yield node.path / "script", "there is no source to run"

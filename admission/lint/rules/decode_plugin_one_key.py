from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import misfitting
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - {name: main, plugin: {slack: {text: hello}}}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            plugin:  # finding
              slack: {text: hello}
              jira: {text: hello}
        """,
)
def decode_plugin_one_key(workflow: Workflow) -> Iterator[Hit]:
    """
    A plugin template has one key, the name of the plugin.

    Argo cannot read one with none or several, and the workflow fails before it begins.
    """
    return misfitting(workflow, "decode-plugin-one-key")

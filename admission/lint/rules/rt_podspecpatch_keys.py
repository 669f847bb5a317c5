from __future__ import annotations

from collections.abc import Iterator

from admission.argo.pods.patch import strangeness
from admission.argo.workflow import Workflow
from admission.lint.reading import placed
from admission.lint.rule import Hit, rule
from admission.lint.texts import MAX_LENGTH
from admission.model.document import mapping


@rule(
    good="""
        spec:
          podSpecPatch: |
            hostNetwork: false
        """,
    bad="""
        spec:
          podSpecPatch: |  # finding
            HostNetwork: true
        """,
)
def rt_podspecpatch_keys(workflow: Workflow) -> Iterator[Hit]:
    """
    A podSpecPatch spells fields as Kubernetes does, each once, with values that fit.

    Argo reads the patched pod without regard to letter case: `HostNetwork` is unknown to the merge, and whoever looks
    for `hostNetwork` does not see it, but it takes effect. Of a key that stands twice the last one counts. Nobody
    writes so who has nothing to hide, so both are denied, as is a value that does not fit its field, with which the
    step ends in Error.
    """
    patches = list(placed(workflow.graph, "podSpecPatch"))
    collector = mapping(workflow.spec.get("artifactGC")).get("podSpecPatch")
    patches.append((workflow.spec_path.join(("artifactGC", "podSpecPatch")), collector))
    for path, value in patches:
        if isinstance(value, str) and len(value) <= MAX_LENGTH:
            yield from ((path, message) for message in strangeness(value))

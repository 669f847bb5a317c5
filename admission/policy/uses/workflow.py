"""All that a Workflow uses, found in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from admission.model.document import Document, mapping, text
from admission.model.path import Path
from admission.policy.input import ReviewInput
from admission.policy.targets import Found
from admission.policy.uses import patches, pods, templates
from admission.policy.uses.resolve import resolved
from admission.policy.uses.use import Use, named
from admission.policy.uses.walk import Struct, structs

_SPEC = Path(("spec",))

#: The service account of a pod that names none.
DEFAULT_ACCOUNT = "default"

#: Types of templates that become a pod.
_PODS = frozenset({"container", "containerSet", "script", "resource", "data", "http", "plugin"})


def uses(review: ReviewInput) -> tuple[Use, ...]:
    """What the Workflow of *review* uses, each thing at each place once."""
    written = (*patches.settled(_of_spec(mapping(review.workflow.get("spec"))), review), *_references(review))
    found = [each for use in written for each in resolved(use, review)]
    return tuple({(use.dimension, str(use), use.why, use.found.path): use for use in found}.values())


def _of_spec(spec: Document) -> Iterator[Use]:
    # What defaults for templates say counts where it has been merged into them.
    whole = {name: value for name, value in spec.items() if name.lower() != "templatedefaults"}
    unnamed = not text(spec.get("serviceAccountName"))
    for struct in structs(whole, "WorkflowSpec", _SPEC):
        yield from pods.of_struct(struct)
        yield from templates.of_struct(struct)
        if unnamed and struct.type == "Template" and _becomes_a_pod_of_default(struct):
            yield named("serviceAccounts", DEFAULT_ACCOUNT, struct.here)


def _becomes_a_pod_of_default(struct: Struct) -> bool:
    return not text(struct.value.get("serviceAccountName")) and not _PODS.isdisjoint(struct.value)


def _references(review: ReviewInput) -> Iterator[Use]:
    """The templates that were followed to make the Workflow."""
    for reference in review.references:
        cluster = reference.kind == "ClusterWorkflowTemplate"
        dimension = "clusterWorkflowTemplates" if cluster else "workflowTemplates"
        yield replace(named(dimension, reference.name, Found(reference.path, {}, {})), placed=True)

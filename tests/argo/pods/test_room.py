"""Small manifests that become large: names of long texts, repeated."""

from __future__ import annotations

import pytest

from admission.argo.pods import effective_pods
from admission.errors import TooLarge
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.path import Path


def workflow(**spec: object) -> Document:
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": {"name": "wf"}, "spec": spec}


def test_a_long_value_in_many_places_is_left_open() -> None:
    """A text gets no longer than a cluster could store: the rest of its tags is unknown."""
    document = workflow(
        entrypoint="main",
        arguments={"parameters": [{"name": "x", "value": "v" * 300_000}]},
        templates=[{"name": "main", "container": {"image": "a", "workingDir": "{{workflow.parameters.x}}" * 5000}}],
    )
    (pod,) = effective_pods(document, FrozenCatalog(), namespace="ns", argo_version="4.1")

    assert Path(("spec", "containers", 1, "workingDir")) in pod.unknown


@pytest.mark.parametrize(
    "common",
    [
        {"templateDefaults": {"metadata": {"annotations": {"a": "v" * 400_000}}}},
        {"podMetadata": {"annotations": {"a": "v" * 400_000}}},
    ],
    ids=["templateDefaults", "podMetadata"],
)
def test_what_is_too_large_is_said_so(common: Document) -> None:
    """What comes to more than can be looked at is no answer, so that it is denied; and it is found out soon."""
    templates = [{"name": f"t{index}", "container": {"image": "a"}} for index in range(1000)]
    document = workflow(entrypoint="t0", templates=templates, **common)

    with pytest.raises(TooLarge, match="too many and too large"):
        effective_pods(document, FrozenCatalog(), namespace="ns", argo_version="4.1")

"""``templateDefaults`` in the templates of a Workflow: once, whoever puts them in."""

from __future__ import annotations

from textwrap import dedent

import pytest
import yaml

from admission.argo.expand import expand
from admission.argo.pods import EffectivePod, effective_pods, projected
from admission.argo.template_defaults import template_with_defaults, with_template_defaults
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document

LABELLED = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: wf}
spec:
  entrypoint: main
  podMetadata: {labels: {one: workflow, two: workflow}}
  templateDefaults: {metadata: {labels: {one: defaults, three: defaults}}}
  templates:
  - name: main
    steps:
    - - {name: own, template: own}
      - {name: inline, inline: {container: {image: x}}}
      - {name: copied, templateRef: {name: library, template: copied}}
  - {name: own, container: {image: x}, metadata: {labels: {two: own}}}
---
apiVersion: argoproj.io/v1alpha1
kind: WorkflowTemplate
metadata: {name: library}
spec:
  podMetadata: {labels: {three: library}}
  templates: [{name: copied, container: {image: x}}]
"""


@pytest.mark.parametrize(("version", "two"), [("4.0", "workflow"), ("4.1", "own")])
def test_metadata(version: str, two: str) -> None:
    """Labels of the Workflow's ``podMetadata`` come before those of its defaults, but in no template from elsewhere."""
    workflow, library = yaml.safe_load_all(dedent(LABELLED))
    catalog = FrozenCatalog.of([library], namespace="ns")

    found = {
        pod.template: _labels(pod) for pod in effective_pods(workflow, catalog, namespace="ns", argo_version=version)
    }

    assert {"one": "workflow", "two": two, "three": "defaults"} == found["own"]
    assert ("defaults", "library") == (found["copied"]["one"], found["copied"]["three"])


@pytest.mark.parametrize("version", ["4.0", "4.1"])
def test_one_result(version: str) -> None:
    """Pods are the same whether the defaults were put in before they were projected, as for policies, or then."""
    workflow, library = yaml.safe_load_all(dedent(LABELLED))
    catalog = FrozenCatalog.of([library], namespace="ns")
    expansion = expand(workflow, catalog, namespace="ns", argo_version=version, with_defaults=True, inline=False)

    def pods_of(document: Document) -> list[Document]:
        found = projected(document, catalog, namespace="ns", argo_version=version, copies=expansion.copies)
        return [_labels(pod) for pod in found]

    assert pods_of(expansion.document) == pods_of(with_template_defaults(expansion.document, expansion.copies))


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ({"script": {"image": "b"}}, {"script": {"image": "b"}, "timeout": "1s"}),
        ({"container": {}}, {"container": {"image": "a"}, "timeout": "1s"}),
        ({"name": "untyped"}, {"name": "untyped", "timeout": "1s"}),
    ],
    ids=["another type", "its own type", "no type"],
)
def test_types(template: Document, expected: Document) -> None:
    """Of the types in the defaults a template takes only its own."""
    found = template_with_defaults(template, {"container": {"image": "a"}, "timeout": "1s"})

    assert expected == {
        name: {k: v for k, v in each.items() if v} if isinstance(each, dict) else each for name, each in found.items()
    }


def test_what_does_not_fit() -> None:
    """Defaults that cannot be merged leave a template as it is."""
    template = {"container": {"image": "a"}, "volumes": [{"name": "v"}]}

    assert template == template_with_defaults(template, {"volumes": [1]})


def _labels(pod: EffectivePod) -> Document:
    labels: Document = pod.pod["metadata"].get("labels", {})
    return {name: value for name, value in labels.items() if name in {"one", "two", "three"}}

"""Values that make a template larger than any cluster would store."""

from __future__ import annotations

import pytest

from admission.argo.variables import Options, analyse
from admission.model.catalog import FrozenCatalog


@pytest.mark.parametrize(
    "args", [["{{workflow.parameters.x}}" * 5000], ["{{workflow.parameters.x}}"] * 5000], ids=["one text", "many texts"]
)
def test_values_that_come_to_too_much(args: list[str]) -> None:
    """A long value in thousands of places is a problem of the template, and not of whoever looks at it."""
    document = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "wf"},
        "spec": {
            "entrypoint": "main",
            "arguments": {"parameters": [{"name": "x", "value": "v" * 300_000}]},
            "templates": [{"name": "main", "container": {"image": "a", "command": ["x"], "args": args}}],
        },
    }
    found = analyse(document, FrozenCatalog(), Options("default", newest=True))

    assert ["the values that are put in here make more text than a cluster would store: shorten them"] == [
        problem.message for problem in found.problems
    ]

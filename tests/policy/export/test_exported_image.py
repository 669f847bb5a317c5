"""``image()`` as Kubernetes' CEL has it."""

from __future__ import annotations

import pytest
from apiserver import evaluate
from hypothesis import given
from hypothesis import strategies as some

from admission.policy.cel.image import image as ours
from admission.policy.export.image import image

TEXT = image("object.image")
PIECES = ("a", "A", "lib", "docker.io", "index.docker.io", "localhost", "quay.io", "É", "", "1", "-", "_", "[::1]")
MARKS = ("/", ":", "@", ".", "@sha256:" + "0" * 64, "\n", " ")


@pytest.mark.parametrize("text", ["alpine", "quay.io/a/b:1", "corp:5000/a@sha256:" + "0" * 64, "https://a/b", ""])
def test_examples(text: str) -> None:
    """A reference gives the same map as our own function."""
    assert ours(text) == evaluate(TEXT, {"object": {"image": text}})


@given(some.lists(some.sampled_from((*PIECES, *MARKS)), max_size=7).map("".join))
def test_anything(text: str) -> None:
    """What is put together of the parts of references gives the same map as our own function."""
    assert ours(text) == evaluate(TEXT, {"object": {"image": text}})

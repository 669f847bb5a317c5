"""An object as Argo's decoder leaves it."""

from __future__ import annotations

import yaml

from admission.argo.schema import misfits
from admission.argo.validation.decoded import decoded

TEXT = """
kind: Workflow
metadata: {name: a}
spec:
  nope: 1
  templates:
  - name: a
    container: &c {image: x, nope: &n {a: 1}}
  - name: b
    container: *c
  - name: c
    steps:
    - - {name: s, inline: &i {Container: {Image: x, nope: *n}}}
      - {name: t, inline: *i}
"""


def test_decoded() -> None:
    """Unknown fields are gone, other letters are read below steps, and aliases are no trouble."""
    document = yaml.safe_load(TEXT)
    read = decoded(document, misfits(document, "Workflow"))
    inline = {"container": {"image": "x"}}

    assert [{"image": "x"}] * 2 == [each["container"] for each in read["spec"]["templates"][:2]]
    assert [inline, inline] == [step["inline"] for step in read["spec"]["templates"][2]["steps"][0]]
    assert "nope" not in read["spec"]
    assert yaml.safe_load(TEXT) == document


def test_nothing_to_drop() -> None:
    """What is as it should be is the same object afterwards."""
    document = {"kind": "Workflow", "spec": {"entrypoint": "a"}}

    assert document is decoded(document, misfits(document, "Workflow"))

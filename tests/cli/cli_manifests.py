"""Manifests that many tests of the command line use."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from click.testing import Result

#: Runs the command with these arguments.
Run: TypeAlias = Callable[..., Result]

GOOD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {generateName: good-}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: "alpine:3.20", command: [echo, hello]}
"""

#: A step names a template that is not there, in line 9.
BAD = """\
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: bad}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: a, template: biuld}
  - name: build
    container: {image: "alpine:3.20", command: [echo, hello]}
"""

"""Labels and annotations in a manifest, as rules judge them."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages.selectors import problem_of_key, problem_of_value
from admission.argo.languages.tags import OPEN
from admission.model.document import Document, mapping
from admission.model.path import Path


def metadata_problems(path: Path, metadata: Document) -> Iterator[tuple[Path, str]]:
    """What Kubernetes refuses in the labels and annotations of *metadata*, which stands at *path*."""
    for key, value in mapping(metadata.get("labels")).items():
        problem = key_problem(key) or (value_problem(value) if isinstance(value, str) else "")
        if problem:
            yield path / "labels" / key, problem
    for key in mapping(metadata.get("annotations")):
        # Of an annotation's key, Kubernetes looks at the lower case form.
        if problem := key_problem(key.lower()):
            yield path / "annotations" / key, problem


def key_problem(key: str) -> str:
    """Why *key* is no key of a label; empty where it is one, or where a tag decides it."""
    return "" if OPEN in key else problem_of_key(key)


def value_problem(value: str) -> str:
    """Why *value* is no value of a label; empty where it is one, or where a tag decides it."""
    return "" if OPEN in value else problem_of_value(value)

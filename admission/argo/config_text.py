"""
Words of a configuration where a text belongs.

The controller reads its ConfigMap knowing the types: a word that YAML takes for a number or for true is text where a
text belongs. A manifest is not read so: the API server does not know the types.
"""

from __future__ import annotations

from typing import Any

from admission.argo.types import fields_of
from admission.model.document import Document
from admission.model.source.scalars import go_float, plain

#: Words that are true or false to YAML 1.1 alone; who writes them without quotes in a Workflow means the letter.
_LETTERS = {"workflowDefaults": frozenset("yYnN")}

#: The options that have texts in them, and their shapes: those of parts of a Workflow.
_SHAPES = {
    "artifactDrivers": "[]PluginArtifact",
    "artifactRepository": "ArtifactLocation",
    "executor": "Container",
    "instanceID": "str",
    "kubeConfig": "{}str",
    "mainContainer": "Container",
    "workflowDefaults": "Workflow",
}


def with_texts(options: Document, words: Any) -> Document:
    """
    The *options* of the controller with texts where texts belong.

    *words* is the same as it stands in the YAML, each scalar as the word that it is.
    """
    there = words if isinstance(words, dict) else {}
    found = {
        name: _texts(options[name], there.get(name), shape, _LETTERS.get(name, frozenset()))
        for name, shape in _SHAPES.items()
        if name in options
    }
    return {**options, **found}


def _texts(value: Any, words: Any, shape: str, letters: frozenset[str]) -> Any:
    """*value*, of that shape, with texts where texts belong; *letters* are no words for true and false."""
    shape = shape.removeprefix("*")
    if shape == "str":
        return _text(value, words, letters)
    if isinstance(value, list) and isinstance(words, list) and shape.startswith("[]") and len(value) == len(words):
        return [_texts(each, word, shape[2:], letters) for each, word in zip(value, words, strict=True)]
    if not isinstance(value, dict) or not isinstance(words, dict):
        return value
    if shape.startswith("{}"):
        return {name: _texts(each, words.get(name), shape[2:], letters) for name, each in value.items()}
    of = fields_of(shape)
    return {
        name: _texts(each, words.get(name), field.shape, letters) if of and (field := of.find(name)) else each
        for name, each in value.items()
    }


def _text(value: Any, word: Any, letters: frozenset[str]) -> Any:
    if isinstance(value, bool):
        return word if word in letters else str(value).lower()
    if not isinstance(value, int | float):
        return value
    number = plain(word) if isinstance(word, str) and word else value
    return go_float(number) if isinstance(number, float) else str(value)

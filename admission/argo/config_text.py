"""
Words of a configuration where a text belongs.

The controller reads its ConfigMap knowing the types: a word that YAML takes for a number or for true is text where a
text belongs. A manifest is not read so: the API server does not know the types.
"""

from __future__ import annotations

from typing import Any

from admission.argo.types import fields_of

#: Words that are true or false to YAML 1.1 alone; who writes them without quotes means the letter.
_LETTERS = frozenset("yYnN")


def texts(value: Any, words: Any, shape: str) -> Any:
    """
    *value*, of that shape, with texts where texts belong.

    *words* is the same as it stands in the YAML, each scalar as the word that it is.
    """
    shape = shape.removeprefix("*")
    if shape == "str":
        return _text(value, words)
    if isinstance(value, list) and isinstance(words, list) and shape.startswith("[]") and len(value) == len(words):
        return [texts(each, word, shape[2:]) for each, word in zip(value, words, strict=True)]
    if not isinstance(value, dict) or not isinstance(words, dict):
        return value
    if shape.startswith("{}"):
        return {name: texts(each, words.get(name), shape[2:]) for name, each in value.items()}
    of = fields_of(shape)
    return {
        name: texts(each, words.get(name), field.shape) if of and (field := of.find(name)) else each
        for name, each in value.items()
    }


def _text(value: Any, word: Any) -> Any:
    if isinstance(value, bool):
        return word if word in _LETTERS else str(value).lower()
    return str(value) if isinstance(value, int | float) else value

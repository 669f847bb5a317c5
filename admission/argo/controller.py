"""
The options of Argo's workflow controller, read from its ConfigMap as it reads them (argo-controller-config 1).

Either one key ``config`` holds them all as YAML, or each key is one option.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml

from admission.argo.config_text import with_texts
from admission.argo.decoding import decoded
from admission.argo.letter_case import other_keys, read_back
from admission.errors import ConfigurationError, MalformedSource, MergeError
from admission.model.document import Document, mapping, text
from admission.model.near import meant
from admission.model.path import Path
from admission.model.source import read

_DATA = File(__file__).parent / "data" / "controller.yaml"

_MODES = ("", "Strict", "Secure")


def decode_config(data: Mapping[str, str]) -> Document:
    """
    The options in *data*, the data of a ``workflow-controller-configmap``.

    ``ConfigurationError`` where the controller would not take it: the sentence names the key.
    """
    if "config" in data and len(data) > 1:
        raise ConfigurationError("a key 'config' holds all options: there can be no other key beside it")
    options: Document = {}
    for name, value in data.items():
        options |= _yaml(name, value if name == "config" else _written(name, value))
    options = {name: value for name, value in options.items() if value is not None}
    _check(options)
    return options


def read_defaults(defaults: Document) -> Document:
    """``workflowDefaults`` with their fields as they are meant: the controller takes names in any letter case."""
    if any(meant for _, meant in other_keys(defaults, "Workflow", Path())):
        found: Document = read_back(None, defaults, "Workflow")
        return found
    return defaults


def template_referencing(options: Document) -> str:
    """``workflowRestrictions.templateReferencing``: ``Strict``, ``Secure``, or empty."""
    return text(mapping(options.get("workflowRestrictions")).get("templateReferencing"))


def _written(name: str, value: object) -> str:
    """One option as the part of a YAML document that the controller makes of it."""
    if not isinstance(value, str):
        raise ConfigurationError(f"{name}: the values of a ConfigMap are text")
    if "\n" not in value:
        return f"{name}: {value}\n"
    return f"{name}:\n" + "".join(f"  {line}\n" for line in value.strip("\n").split("\n"))


def _yaml(name: str, written: object) -> Document:
    """The options in a text; *name* is for messages."""
    if not isinstance(written, str):
        raise ConfigurationError(f"{name}: the values of a ConfigMap are text")
    try:
        sources = read(written)
    except MalformedSource as error:
        raise ConfigurationError(f"{name}: {error}") from error
    if not sources:
        return {}
    source = sources[0]
    if len(sources) > 1 or not isinstance(source.document, dict):
        raise ConfigurationError(f"{name}: not one YAML mapping of options")
    if source.repeated:
        raise ConfigurationError(f"{name}: {source.repeated[0].path} stands there twice")
    words = yaml.load(written, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    options = with_texts(source.document, words)
    if isinstance(options.get("workflowDefaults"), dict):
        options["workflowDefaults"] = read_defaults(options["workflowDefaults"])
    return options


@cache
def names(of: str) -> frozenset[str]:
    """A list of names in ``data/controller.yaml``."""
    data = yaml.safe_load(_DATA.read_text(encoding="utf-8"))
    return frozenset(data[of].split())


def _check(options: Document) -> None:
    for name in options:
        if name not in names("options"):
            hint = meant(name, names("options"), ": ")
            raise ConfigurationError(f"the workflow controller has no option {name!r}{hint}")
    if template_referencing(options) not in _MODES:
        raise ConfigurationError("workflowRestrictions.templateReferencing is Strict, Secure or nothing")
    _check_object(options, "workflowRestrictions")
    if "instanceID" in options and not isinstance(options["instanceID"], str):
        raise ConfigurationError("instanceID is a text")
    if "workflowDefaults" in options:
        _check_defaults(_check_object(options, "workflowDefaults"))


def _check_object(options: Document, name: str) -> Any:
    if not isinstance(options.get(name, {}), dict):
        raise ConfigurationError(f"{name} is an object")
    return options.get(name, {})


def _check_defaults(defaults: Document) -> None:
    try:
        decoded(defaults, "Workflow")
    except MergeError as error:
        raise ConfigurationError(f"workflowDefaults.{'.'.join(map(str, error.steps))}: {error}") from error

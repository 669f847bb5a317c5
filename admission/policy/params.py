"""The params that a binding has for one request: written out in it, or read from a ConfigMap."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Any

from admission.errors import EvaluationError, MalformedSource
from admission.model.catalog import UNAVAILABLE, Lookup
from admission.model.document import Document, labels_of, mapping, text
from admission.model.source import read
from admission.policy.input import ReviewInput
from admission.policy.program import Program
from admission.policy.spec import Binding, NotFound, ParamRef

#: Only ConfigMaps with this label give params, whatever its value.
LABEL = "argo-admission.io/params"


def with_params(program: Program, binding: Binding, review: ReviewInput) -> Binding | None:
    """
    *binding* with the params that it has for *review*; None where they are not there and that is allowed.

    ``EvaluationError`` where they are not there, not available, or not as the policy's ``paramSchema`` wants them.
    """
    if binding.param_ref is None:
        return binding
    where = f"the ConfigMap {binding.param_ref.name} with the params of {binding.name}"
    found = _config_map(binding.param_ref, review)
    if found is UNAVAILABLE:
        raise EvaluationError(f"{where} is not available")
    if not isinstance(found, dict) or LABEL not in labels_of(found):
        if binding.parameter_not_found is NotFound.ALLOW:
            return None
        raise EvaluationError(f"{where} is not there, or has no label {LABEL}")
    try:
        params = _values(tuple(sorted((key, text(value)) for key, value in mapping(found.get("data")).items())))
    except MalformedSource as error:
        raise EvaluationError(f"{where} cannot be read: {error}") from None
    for path, message in program.params.wrong(params):
        raise EvaluationError(f"{where} does not fit: {path}: {message}")
    return replace(binding, params=params)


def _config_map(reference: ParamRef, review: ReviewInput) -> Any:
    namespace = reference.namespace or review.request.namespace
    return review.catalog.get(Lookup("ConfigMap", namespace, reference.name)) if namespace else None


@lru_cache(maxsize=256)
def _values(data: tuple[tuple[str, str], ...]) -> Document:
    """The values of a ConfigMap's data, each read as YAML. Nobody changes them: they are shared."""
    return {key: _value(key, value) for key, value in data}


def _value(key: str, value: str) -> Any:
    try:
        documents = read(value)
    except MalformedSource as error:
        raise MalformedSource(f"{key}: {error}", error.line, error.column) from None
    if len(documents) > 1:
        raise MalformedSource(f"{key}: one YAML document is expected, {len(documents)} are there")
    return documents[0].document if documents else None

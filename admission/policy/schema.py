"""Documents against schemas: our kinds against the CRDs, on a laptop as in the cluster; params against theirs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias

import jsonschema_rs

from admission.errors import EvaluationError, PolicyError
from admission.model.document import Document, mapping
from admission.model.near import meant
from admission.model.path import Path
from admission.policy import cel, data
from admission.policy.cel.engine import Engine
from admission.policy.cel.expression import Expression, compiled

#: A place in the document and what is wrong there.
Wrong: TypeAlias = tuple[Path, str]


@dataclass(frozen=True)
class Schema:
    """A JSON Schema, ready for use. Make it with :meth:`of`."""

    document: Document
    validator: Any

    @classmethod
    def of(cls, document: Document) -> Schema:
        """*document* as a schema. ``PolicyError`` where it is none, or refers to anything outside of itself."""
        if reference := next(_references(document), None):
            # The package would fetch it: from the network or from our disk.
            raise PolicyError(f"$ref to {reference!r}: a schema refers only to parts of itself (#/…)")
        try:
            options = jsonschema_rs.RegexOptions()
            return cls(document, jsonschema_rs.Draft202012Validator(document, pattern_options=options))
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
            raise PolicyError(f"not a JSON Schema: {str(error).partition(chr(10))[0]}") from None

    def wrong(self, document: Any) -> Iterator[Wrong]:
        """What is wrong with *document*."""
        for error in self.validator.iter_errors(document):
            path = Path(error.instance_path)
            if error.kind.name == "additionalProperties":
                known = mapping(Path(error.schema_path[:-1]).get(self.document)).get("properties", {})
                yield from ((path / name, _unknown(name, known)) for name in error.kind.unexpected)
            else:
                yield path, _message(error.kind)


def wrong(kind: str, document: Document, engine: Engine) -> Iterator[Wrong]:
    """What the CRD of *kind* says against *document*: version, schema, unknown fields, lists, and its CEL rules."""
    if document.get("apiVersion") != data.api_version(kind):
        yield Path(("apiVersion",)), f"must be {data.api_version(kind)}"
    found = [*_schema(kind).wrong(document)] or [*_repeated(data.schema(kind), document, Path())]
    yield from found or _broken_rules(data.schema(kind), document, Path(), engine)


def defaulted(kind: str, document: Document) -> Document:
    """*document* with the defaults of the CRD of *kind*, as the API server would store it."""
    filled: Document = _defaulted(data.schema(kind), document)
    return filled


def properties(kind: str) -> Document:
    """The fields of the ``spec`` of *kind*, as its CRD describes them."""
    found: Document = data.schema(kind)["properties"]["spec"]["properties"]
    return found


@cache
def _schema(kind: str) -> Schema:
    return Schema.of(_standard(data.schema(kind)))


def _standard(schema: Any) -> Any:
    """A structural schema in the words of JSON Schema: unknown fields are refused, as kubectl has the server do."""
    if not isinstance(schema, dict):
        return [_standard(item) for item in schema] if isinstance(schema, list) else schema
    plain = {
        key: {name: _standard(part) for name, part in value.items()} if key == "properties" else _standard(value)
        for key, value in schema.items()
        if not key.startswith("x-kubernetes-") and key not in ("description", "default", "format")
    }
    if "properties" in plain and not schema.get("x-kubernetes-preserve-unknown-fields"):
        plain["additionalProperties"] = False
    return plain


def _references(schema: Any) -> Iterator[str]:
    """References of a schema that lead out of it."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("$ref", "$dynamicRef", "$recursiveRef", "$schema") and not _is_own(key, value):
                yield str(value)
            yield from _references(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from _references(item)


def _is_own(key: str, value: Any) -> bool:
    if not isinstance(value, str):
        return key != "$schema"  # a property that happens to have this name
    return value.startswith("#" if key != "$schema" else "https://json-schema.org/draft/2020-12/schema")


_ARTICLES = {"array": "a list", "object": "a map", "string": "a text", "integer": "a whole number", "null": "null"}


def _message(kind: Any) -> str:
    """Why, without the value: it may be long, and it may be secret."""
    match kind.name:
        case "required":
            return f"{kind.property!r} is missing"
        case "type":
            return f"must be {' or '.join(_ARTICLES.get(name, f'a {name}') for name in kind.types)}"
        case "enum":
            return f"must be one of {', '.join(map(str, kind.options))}"
        case "pattern":
            return f"must match {kind.pattern}"
        case "minItems" | "minProperties" | "minLength":
            return "must not be empty" if kind.limit == 1 else f"must not be shorter than {kind.limit}"
        case "maxItems" | "maxProperties" | "maxLength":
            return f"must not be longer than {kind.limit}"
        case "minimum" | "maximum":
            return f"must be at {'least' if kind.name == 'minimum' else 'most'} {kind.limit}"
    return f"does not meet the schema's {kind.name}"


def _unknown(name: str, known: Mapping[str, Any]) -> str:
    return f"unknown field{meant(name, known)}"


def _defaulted(schema: Document, value: Any) -> Any:
    if isinstance(value, dict) and "properties" in schema:
        filled = dict(value)
        for name, part in schema["properties"].items():
            if name in filled:
                filled[name] = _defaulted(part, filled[name])
            elif "default" in part:
                filled[name] = part["default"]
        return filled
    if isinstance(value, list) and "items" in schema:
        return [_defaulted(schema["items"], item) for item in value]
    return value


def _broken_rules(schema: Document, value: Any, path: Path, engine: Engine) -> Iterator[Wrong]:
    """The CEL rules of *schema* (``x-kubernetes-validations``) that do not hold, here and below."""
    for rule in schema.get("x-kubernetes-validations", ()):
        if not _holds(rule["rule"], value, engine):
            yield path, rule["message"]
    if isinstance(value, dict):
        for name, part in schema.get("properties", {}).items():
            if name in value:
                yield from _broken_rules(part, value[name], path / name, engine)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _broken_rules(schema.get("items", {}), item, path / index, engine)


def _repeated(schema: Document, value: Any, path: Path) -> Iterator[Wrong]:
    """What stands twice in a list that is a set, or a map by some keys (``x-kubernetes-list-type``)."""
    if isinstance(value, dict):
        known, others = schema.get("properties", {}), schema.get("additionalProperties")
        for name, item in value.items():
            yield from _repeated(known.get(name, others) or {}, item, path / name)
    elif isinstance(value, list):
        kind, keys = schema.get("x-kubernetes-list-type"), schema.get("x-kubernetes-list-map-keys", ())
        told = value if kind == "set" else [[item.get(key) for key in keys] for item in value] if keys else []
        for index, one in enumerate(told):
            if one in told[:index]:
                yield path / index, "stands there already"
        for index, item in enumerate(value):
            yield from _repeated(schema.get("items", {}), item, path / index)


def _holds(rule: str, value: Any, engine: Engine) -> bool:
    try:
        return _rule(rule, engine.name).holds(engine.activation({"self": value}))
    except EvaluationError:
        return False


@cache
def _rule(text: str, engine_name: str) -> Expression:
    return compiled(cel.engine(engine_name), text, ["self"])

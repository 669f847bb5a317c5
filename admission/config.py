"""
The configuration of ``serve``: an AdmissionConfiguration (interfaces.md 5) as a document with all its defaults.

``data/configuration.yaml`` is its schema, with a description and the default of every field.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path as File
from typing import Any

import yaml

from admission.errors import ConfigurationError, MalformedSource
from admission.model.document import Document, mapping
from admission.model.path import Path
from admission.model.settings import ExpansionMode, Profile, Settings, Subject
from admission.model.source import Source, read
from admission.policy.schema import Schema, Wrong


def load(file: str) -> Document:
    """The configuration in *file*; ``ConfigurationError`` naming line and field where it is none."""
    try:
        text = File(file).read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{file}: {error.strerror}") from error
    return parse(text, file)


def parse(text: bytes, name: str) -> Document:
    """The configuration in *text*, which is called *name* in messages."""
    try:
        sources = read(text)
    except MalformedSource as error:
        raise ConfigurationError(f"{name}:{error.line}:{error.column}: {error}") from error
    if len(sources) != 1:
        raise ConfigurationError(f"{name}: one document is expected, {len(sources)} are there")
    [source] = sources
    wrong = [*_repeated(source), *_wrong(source.document)]
    if wrong:
        raise ConfigurationError("\n".join(_line(source, name, *each) for each in wrong))
    complete: Document = _completed(_schema(), source.document)
    return complete


def settings(configuration: Document) -> Settings:
    """The part of a complete *configuration* that decides verdicts."""
    controller, expansion = configuration["controller"], configuration["expansion"]
    return Settings(
        profile=Profile(configuration["lint"]["profile"]),
        argo_version=controller["version"],
        # Without quotes `off` is false in YAML, and nobody who writes it means anything else.
        expansion=ExpansionMode(expansion["mode"] or "off"),
        expansion_limit=expansion["limitBytes"],
        expansion_templates=expansion["limitTemplates"],
        controller_users=frozenset(controller["users"]),
        event_submitters=frozenset(controller["eventSubmitters"]),
        status_submitters=frozenset(controller["statusSubmitters"]),
        exempt_subjects=tuple(
            Subject(each["kind"], each["name"], each["namespace"]) for each in configuration["exemptSubjects"]
        ),
        instance_ids=frozenset(controller["instanceIDs"]),
    )


def _wrong(document: Any) -> Iterator[Wrong]:
    """What the schema says, and, where that is content, what no schema can say."""
    found = list(Schema.of(_strict(_schema())).wrong(document))
    yield from found or _contradictions(document)


def _contradictions(document: Document) -> Iterator[Wrong]:
    yield from _contradictions_of_tls(mapping(document.get("tls")), mapping(document.get("webhooks")))
    catalog = mapping(document.get("catalog"))
    if catalog.get("paths") and catalog.get("source") != "files":
        yield Path(("catalog", "paths")), "are read only with `source: files`"
    if catalog.get("source") == "files" and mapping(document.get("policies")).get("cluster"):
        yield Path(("policies", "cluster")), "needs a catalog of `source: cluster`"


def _contradictions_of_tls(tls: Document, webhooks: Document) -> Iterator[Wrong]:
    files, managed = {"certificate", "key", "ca"} & tls.keys(), mapping(tls.get("selfManaged"))
    if "selfManaged" in tls and files:
        yield Path(("tls",)), "either `certificate` and `key`, or `selfManaged`"
    elif "selfManaged" not in tls and len(files - {"ca"}) < 2:
        yield Path(("tls",)), "needs `certificate` and `key`, or `selfManaged`"
    if "selfManaged" in tls and len({"folder", "secret"} & managed.keys()) != 1:
        yield Path(("tls", "selfManaged")), "either `secret` or `folder`"
    if "selfManaged" in tls and "hosts" not in managed and "service" not in webhooks:
        yield Path(("tls", "selfManaged")), "needs `hosts`, or `webhooks.service`"
    if {"service", "url"} <= webhooks.keys() or (webhooks.get("manage") and not {"service", "url"} & webhooks.keys()):
        yield Path(("webhooks",)), "either `service` or `url`"
    if webhooks.get("manage") and "selfManaged" not in tls and "ca" not in tls:
        yield Path(("webhooks", "manage")), "needs `tls.ca`: they are never made without a caBundle"


def _repeated(source: Source) -> Iterator[Wrong]:
    for key in source.repeated:
        yield key.path, f"stands twice, in lines {key.first[0]} and {key.last[0]}"


def _line(source: Source, name: str, path: Path, message: str) -> str:
    line, column = source.position(path)
    place = f"{path}: " if path else ""
    return f"{name}:{line}:{column}: {place}{message}"


@cache
def _schema() -> Document:
    found: Document = yaml.safe_load((File(__file__).parent / "data" / "configuration.yaml").read_text())
    return found


def _strict(schema: Any) -> Any:
    """*schema* where no object takes a field that it does not describe."""
    if isinstance(schema, list):
        return [_strict(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {key: _strict(value) for key, value in schema.items()}
    return {**strict, "additionalProperties": False} if isinstance(schema.get("properties"), dict) else strict


def _completed(schema: Document, value: Any) -> Any:
    """*value* with the defaults of *schema*, those within defaults included."""
    if isinstance(value, list):
        return [_completed(schema.get("items", {}), item) for item in value]
    if not isinstance(value, dict) or "properties" not in schema:
        return value
    parts = schema["properties"]
    absent = {name: part["default"] for name, part in parts.items() if "default" in part and name not in value}
    return {name: _completed(parts.get(name, {}), item) for name, item in {**value, **absent}.items()}

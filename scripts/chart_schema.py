"""
Write what ``values.schema.json`` of the chart says of ``configuration``, from the schema of that configuration.

What ``serve`` would refuse helm refuses before anything is installed. Where the chart fills in what only it knows, the
rest of the section may be said. Run it after every change of the configuration: ``make chart-readme``; a test compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
VALUES = ROOT / "charts" / "argo-admission" / "values.schema.json"
CONFIGURATION = ROOT / "admission" / "data" / "configuration.yaml"

#: What may be said of the sections that the chart fills in.
OPEN = {
    "ports": ("host", "healthHost"),
    "tls": ("minimumVersion", "reloadSeconds"),
    "webhooks": ("intervalSeconds",),
    "leaderElection": ("leaseSeconds", "renewSeconds", "retrySeconds"),
}

#: What is always the same.
FIXED = ("apiVersion", "kind", "metadata")

#: How long a line is at most, where a part of the schema fits into one.
_WIDTH = 110


def main() -> None:
    """Write the schema anew."""
    VALUES.write_text(written(VALUES.read_text(), CONFIGURATION.read_text()))


def written(values: str, configuration: str) -> str:
    """The schema *values* with its part on the configuration as *configuration* has it."""
    schema = json.loads(values)
    schema["properties"]["configuration"] = part(yaml.safe_load(configuration))
    return _text(schema) + "\n"


def part(configuration: dict[str, Any]) -> dict[str, Any]:
    """The schema of the value ``configuration``."""
    sections = {name: _strict(each) for name, each in configuration["properties"].items() if name not in FIXED}
    for name, fields in OPEN.items():
        sections[name]["properties"] = {field: sections[name]["properties"][field] for field in fields}
    # Without its users the controller would be judged as anybody: the chart asks for them.
    sections["controller"] |= {"required": ["users"]}
    sections["controller"]["properties"]["users"] |= {"minItems": 1}
    sections["policies"]["properties"]["paths"]["items"] = {"anyOf": [{"enum": builtin()}, {"pattern": "^/"}]}
    return {"type": "object", "required": ["controller"], "additionalProperties": False, "properties": sections}


def builtin() -> list[str]:
    """What the library that comes with the image, and each bundle of it, is called."""
    policies = (yaml.safe_load(file.read_text()) for file in sorted((ROOT / "policies").glob("*/policy.yaml")))
    return ["builtin", *sorted({f"builtin/{policy['spec']['category']}" for policy in policies})]


def _strict(schema: Any) -> Any:
    """*schema* without defaults, which are the chart's, where no object takes a field that is not described."""
    if isinstance(schema, list):
        return [_strict(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    strict = {name: _strict(each) for name, each in schema.items() if name not in ("default", "properties")}
    if "properties" not in schema:
        return strict
    parts = {name: _strict(each) for name, each in schema["properties"].items()}
    return {**strict, "properties": parts, "additionalProperties": False}


def _text(value: Any, indent: int = 0) -> str:
    """JSON in which a part that fits into a line stands in one."""
    flat = json.dumps(value)
    if len(flat) + indent <= _WIDTH or not isinstance(value, dict | list) or not value:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [f"{pad}{json.dumps(name)}: {_text(each, indent + 2)}" for name, each in value.items()]
        return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"
    return "[\n" + ",\n".join(pad + _text(each, indent + 2) for each in value) + "\n" + " " * indent + "]"


if __name__ == "__main__":
    main()

"""
What the image is made of, as CycloneDX 1.6 (JSON), from ``requirements.lock``.

    python scripts/sbom.py > sbom.json

The same lock gives the same document: it has no time, and its serial number is made of what it says. The hashes are
those of every file of a package that may be installed (one for each platform): they stand with its place of download.
"""

from __future__ import annotations

import json
import sys
import tomllib
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lock import PROJECT, Package, packages, runtime

ROOT = Path(__file__).parents[1]


def main() -> None:
    """Write the document to standard output."""
    document = bill(project(), runtime(packages((ROOT / "requirements.lock").read_text())))
    json.dump(document, sys.stdout, indent=2)
    print()


def project() -> dict[str, Any]:
    """What pyproject.toml says of the project."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    return found


def bill(project: Mapping[str, Any], needed: Mapping[str, Package]) -> dict[str, Any]:
    """The bill of materials of *project*, which needs these packages."""
    own = {
        "type": "application",
        "bom-ref": _ref(project["name"], project["version"]),
        "name": project["name"],
        "version": project["version"],
        "description": project["description"],
        "licenses": [{"license": {"id": project["license"]}}],
        "purl": _ref(project["name"], project["version"]),
    }
    document = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": own},
        "components": [_component(package) for package in needed.values()],
        "dependencies": [
            {"ref": own["bom-ref"], "dependsOn": _asked_for_by(PROJECT, needed)},
            *({"ref": _ref_of(each), "dependsOn": _asked_for_by(each.name, needed)} for each in needed.values()),
        ],
    }
    return {**document, "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(document)).urn}


def _component(package: Package) -> dict[str, Any]:
    marker = [{"name": "python:marker", "value": package.marker}] if package.marker else []
    return {
        "type": "library",
        "bom-ref": _ref_of(package),
        "name": package.name,
        "version": package.version,
        "purl": _ref_of(package),
        "scope": "required",
        "externalReferences": [
            {
                "type": "distribution",
                "url": f"https://pypi.org/project/{package.name}/{package.version}/#files",
                "hashes": [{"alg": "SHA-256", "content": each} for each in package.hashes],
            }
        ],
        **({"properties": marker} if marker else {}),
    }


def _asked_for_by(name: str, needed: Mapping[str, Package]) -> list[str]:
    return sorted(_ref_of(package) for package in needed.values() if name in package.via)


def _ref_of(package: Package) -> str:
    return _ref(package.name, package.version)


def _ref(name: str, version: str) -> str:
    """The package URL, which is its own reference."""
    return f"pkg:pypi/{name}@{version}"


if __name__ == "__main__":
    main()

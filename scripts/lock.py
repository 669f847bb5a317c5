"""
The packages of ``requirements.lock``, and which of them the product needs to run.

    python scripts/lock.py < requirements.lock > runtime.lock

The lock has everything that a developer needs; what it notes behind ``# via`` says who asked for each package. What
nobody but the tools of development asked for is left out: the image installs the rest.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

#: Who asks for the packages of ``dependencies`` in pyproject.toml.
PROJECT = "argo-admission (pyproject.toml)"

_REQUIREMENT = re.compile(r"(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^ ;\\]+)(?: ; (?P<marker>[^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


@dataclass(frozen=True, kw_only=True)
class Package:
    """One package of the lock. *lines* are its requirement and hashes as they stand there."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]
    lines: tuple[str, ...]


def packages(lock: str) -> dict[str, Package]:
    """Every package of *lock* by its name."""
    return {package.name: package for package in map(_package, _blocks(lock))}


def runtime(found: Mapping[str, Package]) -> dict[str, Package]:
    """Those of *found* that the product needs, and what these need."""
    return {name: package for name, package in found.items() if _is_needed(package, found)}


def _is_needed(package: Package, found: Mapping[str, Package], seen: frozenset[str] = frozenset()) -> bool:
    if package.name in seen:
        return False
    seen |= {package.name}
    return PROJECT in package.via or any(_is_needed(found[name], found, seen) for name in package.via if name in found)


def _blocks(lock: str) -> Iterator[Sequence[str]]:
    """The lines of each package: a requirement, and what is indented below it."""
    block: list[str] = []
    for line in lock.splitlines():
        if _REQUIREMENT.match(line):
            if block:
                yield block
            block = [line]
        elif line and block:
            block.append(line)
    if block:
        yield block


def _package(block: Sequence[str]) -> Package:
    match = _REQUIREMENT.match(block[0])
    assert match is not None, f"not a line of a lock: {block[0]}"
    comments = [line.strip().removeprefix("#").strip() for line in block if line.strip().startswith("#")]
    return Package(
        name=match["name"],
        version=match["version"].strip(),
        marker=(match["marker"] or "").strip(),
        hashes=tuple(_HASH.findall("\n".join(block))),
        via=tuple(name for each in comments if (name := each.removeprefix("via").strip())),
        lines=tuple(line for line in block if not line.strip().startswith("#")),
    )


if __name__ == "__main__":
    for needed in runtime(packages(sys.stdin.read())).values():
        print("\n".join(needed.lines))

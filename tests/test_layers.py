"""Imports point one way (design, section 3), and each library has one importer."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1] / "admission"

#: What each part may import of ours; itself always.
MAY_IMPORT = {
    "errors": set[str](),
    "model": {"errors"},
    "argo": {"model", "errors"},
    "lint": {"model", "argo", "errors"},
    "trust": {"model", "errors"},
    "policy": {"model", "argo", "errors"},
    "snapshot": {"model", "policy"},
    "engine": {"model", "argo", "lint", "trust", "policy", "snapshot", "errors"},
    "report": {"model", "errors"},
    "config": {"model", "policy", "errors"},
    "cluster": {"model", "argo", "policy", "snapshot", "errors"},
    "serve": {"errors"},
    "audit": {"engine", "snapshot", "model"},
}

#: The only parts that may import a library.
IMPORTERS = {
    "aiohttp": {"serve"},
    "prometheus_client": {"serve"},
    "uvloop": {"serve"},
    "kubernetes": {"cluster"},
    "cel_expr_python": {"policy/cel"},
    "celpy": {"policy/cel"},
    "click": {"cli"},
    "msgspec": {"argo", "model"},
}

#: Parts that read no clock, file, network or log, and the modules that would be a sign of it.
PURE = ("errors", "model", "argo", "lint", "trust", "policy", "snapshot", "engine", "report")
IMPURE = {"time", "socket", "logging", "asyncio", "subprocess", "requests", "urllib3", "random", "os"}
IMPURE |= {f"threading.{name}" for name in ("Thread", "Timer", "Event", "Condition", "local")}


def files(layer: str) -> Iterator[Path]:
    yield from (file for file in (ROOT / f"{layer}.py",) if file.exists())
    yield from (ROOT / layer).rglob("*.py")


def imported(file: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return names


def ours(names: set[str]) -> set[str]:
    """The parts of ours among *names*."""
    return {name.split(".")[1] for name in names if name.startswith("admission.")}


def test_every_part_has_a_row() -> None:
    """A new part of the package says what it may import; the command line may import everything."""
    parts = {
        path.stem for path in ROOT.iterdir() if path.name not in ("__pycache__", "data", "__init__.py", "__main__.py")
    }

    assert {part for part in parts if not part.startswith(".") and part != "README"} - {"cli"} == set(MAY_IMPORT)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_layer_imports_only_what_is_below_it(layer: str) -> None:
    """A package knows what is under it and nothing else."""
    found = set[str]().union(*(ours(imported(file)) for file in files(layer)))

    assert found - {layer} <= MAY_IMPORT[layer]


@pytest.mark.parametrize("package", ["argo", "cli", "cluster", "model", "policy"])
def test_every_module_is_on_the_map_of_its_package(package: str) -> None:
    """The docstring of a large package says in which order to read it, and leaves nothing out."""
    folder = ROOT / package
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    parts = {path.stem for path in folder.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}

    assert not {part for part in parts - {"__init__"} if f"``{part}``" not in said}


@pytest.mark.parametrize("library", IMPORTERS)
def test_each_library_has_one_importer(library: str) -> None:
    """A library is imported where it belongs, and nowhere else."""
    using = {
        str(file.relative_to(ROOT).parent)
        for file in ROOT.rglob("*.py")
        if any(name.split(".")[0] == library for name in imported(file))
    }

    allowed = IMPORTERS[library]
    assert using
    assert all(any(f"{place}/".startswith(f"{part}/") for part in allowed) for place in using)


@pytest.mark.parametrize("layer", PURE)
def test_the_core_is_pure(layer: str) -> None:
    """The core has no way to a clock, the network, a log or another thread."""
    used = {
        f"{file.relative_to(ROOT)}: {name}"
        for file in files(layer)
        for name in imported(file)
        if name in IMPURE or name.split(".")[0] in IMPURE
    }

    assert not used

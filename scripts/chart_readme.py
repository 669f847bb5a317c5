"""
Write the table of values in the README of the chart, from ``values.yaml`` and the comments in it.

``## `` begins a section; the comment above a key describes it. Of a key whose parts have comments of their own the
parts are listed, with their defaults. Run it after every change of the values: ``make chart-readme``; a test compares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

CHART = Path(__file__).parents[1] / "charts" / "argo-admission"
BEGIN, END = "<!-- values: begin -->", "<!-- values: end -->"


@dataclass(frozen=True)
class Value:
    """One row of the table."""

    section: str
    name: str
    default: str
    description: str


def main() -> None:
    """Write the README anew."""
    file = CHART / "README.md"
    file.write_text(written(file.read_text(), (CHART / "values.yaml").read_text()))


def written(readme: str, values: str) -> str:
    """*readme* with the table of *values* between its marks."""
    before, rest = readme.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{table(values)}\n{END}{after}"


def table(text: str) -> str:
    """The values, section by section, as Markdown."""
    lines: list[str] = []
    section = ""
    for value in values(text):
        if value.section != section:
            section = value.section
            lines += ["", f"### {section}", "", "| Value | Default | |", "| --- | --- | --- |"]
        lines.append(f"| `{value.name}` | {value.default} | {value.description} |")
    return "\n".join([*lines, ""])


def values(text: str) -> Iterator[Value]:
    """Every value that is described, in the order of the file."""
    lines = text.splitlines()
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode), "values are a mapping"
    yield from _walked(root, "", lines)


def undescribed(text: str) -> list[str]:
    """The values that nobody has described, and no part of them."""
    return [value.name for value in values(text) if not value.description]


def _walked(node: yaml.MappingNode, prefix: str, lines: list[str]) -> Iterator[Value]:
    for key, child in node.value:
        name, line = f"{prefix}{key.value}", key.start_mark.line
        section, comment = _section(lines, line), _cell(_comment(lines, line))
        if isinstance(child, yaml.MappingNode) and _parts_are_described(child, lines):
            if comment:
                yield Value(section, name, "", comment)
            yield from _walked(child, f"{name}.", lines)
        else:
            default = yaml.SafeLoader("").construct_document(child)
            yield Value(section, name, f"`{_cell(json.dumps(default))}`", comment)


def _parts_are_described(node: yaml.MappingNode, lines: list[str]) -> bool:
    return any(
        _comment(lines, key.start_mark.line)
        or (isinstance(child, yaml.MappingNode) and _parts_are_described(child, lines))
        for key, child in node.value
    )


def _comment(lines: list[str], line: int) -> str:
    """The comment that ends right above *line*, as one line."""
    found: list[str] = []
    for each in reversed(lines[:line]):
        text = each.strip()
        if not text.startswith("# "):
            break
        found.insert(0, text.removeprefix("# "))
    return " ".join(found)


def _section(lines: list[str], line: int) -> str:
    return next(each.removeprefix("## ") for each in reversed(lines[:line]) if each.startswith("## "))


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    main()

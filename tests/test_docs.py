"""The pages of docs/: every threat is answered, every test that they name exists, every metric is described."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from admission.cli.server import measured

ROOT = Path(__file__).parents[1]
PAGE = (ROOT / "docs" / "threat-model.md").read_text()


def rows(heading: str) -> list[list[str]]:
    """The cells of the numbered table below *heading*."""
    table = PAGE.partition(f"## {heading}\n")[2]
    table = table.partition("\n## ")[0]
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in re.findall(r"^\| \d+ \|.*$", table, re.M)
    ]


@pytest.mark.parametrize(
    ("heading", "count"), [("Threats to admission control", 18), ("Good practice for admission webhooks", 29)]
)
def test_every_point_is_answered(heading: str, count: int) -> None:
    """In their order; who names no test says that it is not ours."""
    found = rows(heading)

    assert [str(number) for number in range(1, count + 1)] == [row[0] for row in found]
    for number, _, answer, *shown in found:
        assert "tests/" in "".join(shown) or answer == "Not ours to prevent", number


@pytest.mark.parametrize("named", sorted(set(re.findall(r"`(tests/[\w/]+\.py::\w+)`", PAGE))))
def test_the_tests_exist(named: str) -> None:
    """What is named can be run."""
    file, _, name = named.partition("::")

    assert re.search(rf"^(async )?def {name}\(", (ROOT / file).read_text(), re.M)


def test_the_page_of_metrics_is_what_is_measured() -> None:
    """`python -m admission.cli.server.measured docs/metrics.md` brings it up to date."""
    assert measured.page() == (ROOT / "docs" / "metrics.md").read_text()

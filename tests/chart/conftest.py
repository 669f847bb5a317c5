"""What the tests of the chart have in common: the objects of each set of values, rendered once."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from rendering import Object, rendered

# The scripts are no package: whoever runs one has their folder there.
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))


@pytest.fixture(scope="session")
def charts(helm: Path) -> dict[str, list[Object]]:
    """The objects of the chart by the name of the set of values."""
    return rendered(helm)

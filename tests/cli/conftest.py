"""The command line in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from cli_manifests import BAD, GOOD, Run
from click.testing import CliRunner, Result

from admission.cli.main import main


@pytest.fixture
def run() -> Run:
    """Runs the command with these arguments; ``input`` is its standard input."""

    def run(*arguments: str | Path, input: str | bytes | None = None) -> Result:
        return CliRunner().invoke(main, [str(argument) for argument in arguments], input=input)

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    """A file with a Workflow of which nothing is to be said."""
    file = tmp_path / "good.yaml"
    file.write_text(GOOD)
    return file


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    """A file with a Workflow that is denied."""
    file = tmp_path / "bad.yaml"
    file.write_text(BAD)
    return file

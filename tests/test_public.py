"""The public names."""

from __future__ import annotations

import subprocess
import sys

import admission


def test_every_public_name_is_there() -> None:
    """Each name of the promise can be imported, and nothing else is one."""
    assert {name: getattr(admission, name).__name__ for name in admission.__all__} == {n: n for n in admission.__all__}
    assert not hasattr(admission, "anything_else")


def test_importing_the_package_imports_nothing_else() -> None:
    """The command line starts without what it does not use."""
    code = "import sys, admission; print([m for m in sys.modules if m.startswith('admission.')])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "[]"

"""The wheel: what is installed is whole."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

BAD = """
apiVersion: argoproj.io/v1alpha1
kind: Workflow
metadata: {name: bad, namespace: default}
spec:
  entrypoint: main
  templates:
  - name: main
    container: {image: alpine, securityContext: {privileged: true}}
    resources: {}
"""

#: What comes with the wheel besides modules, as the modules themselves find it.
PARTS = """
from pathlib import Path
import admission
from admission.cli.demo.go import KUBERNETES
from admission.cli.demo.scenes import furniture
from admission.policy import data
assert Path(admission.__file__).is_relative_to(Path.cwd()), admission.__file__
assert {"WorkflowPolicy", "WorkflowPolicyBinding", "WorkflowPolicyException"} <= data.crds().keys()
assert len(furniture()) > 5
assert KUBERNETES.version and KUBERNETES.folder.is_relative_to(Path.cwd()), KUBERNETES.folder
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel, built from this checkout; its dependencies are those of ours."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    venv.create(folder / "venv", with_pip=False, symlinks=True)
    python = folder / "venv" / "bin" / "python"
    [wheel] = folder.glob("*.whl")
    subprocess.run([*pip, "--python", str(python), "install", "--no-deps", str(wheel)], check=True)
    [packages] = folder.glob("venv/lib/python*/site-packages")
    # A folder that is named in a .pth file is looked into for packages, but its own .pth files (one of which is that
    # of our checkout) are not read.
    (packages / "dependencies.pth").write_text(sysconfig.get_paths()["purelib"])
    return folder


def test_all_parts_are_there(installed: Path) -> None:
    """Modules, CRDs, policies, manifests and the sources of the control plane come from the wheel alone."""
    done = subprocess.run([installed / "venv/bin/python", "-c", PARTS], cwd=installed, capture_output=True, text=True)

    assert (0, "") == (done.returncode, done.stderr)


def test_the_command(installed: Path) -> None:
    """The command lints with rules and the library of policies, far from any checkout."""
    (installed / "bad.yaml").write_text(BAD)
    command = [installed / "venv/bin/argo-admission", "lint", "--policies", "builtin", "bad.yaml"]
    done = subprocess.run(command, cwd=installed, capture_output=True, text=True)

    assert (1, "") == (done.returncode, done.stderr)
    assert "bad.yaml:10:5 deny spec.templates[0].resources" in done.stdout
    assert "[policy/no-privileged-containers]" in done.stdout

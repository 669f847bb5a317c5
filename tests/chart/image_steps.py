"""
The steps of the Dockerfile, and how to take them without a container engine.

    python tests/chart/image_steps.py

builds the image in a folder: every FROM is a virtual environment of this Python, every path of the image a path below
the folder. What was built is run, and must have written nothing beside itself. It shows what a build shows but for what
the base image brings, and the user.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]

#: What is copied from one stage to the other keeps its path, as it does in an image: environments have it written into
#: their scripts. Stages share the folder that stands for it here.
_SHARED = "/opt"


@dataclass(frozen=True)
class Step:
    """One instruction, with its line."""

    line: int
    instruction: str
    rest: str


def steps(text: str) -> list[Step]:
    """The instructions of a Dockerfile, continued lines joined."""
    found: list[Step] = []
    pending, start = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        start = start if pending else number
        pending += line.strip().removesuffix("\\")
        if not line.rstrip().endswith("\\"):
            instruction, _, rest = pending.partition(" ")
            found.append(Step(start, instruction.upper(), rest.strip()))
            pending = ""
    return found


def stages(found: Sequence[Step]) -> list[list[Step]]:
    """The steps of each stage, its FROM first; what stands before the first stage is left out."""
    result: list[list[Step]] = []
    for step in found:
        if step.instruction == "FROM":
            result.append([])
        if result:
            result[-1].append(step)
    return result


class Stage:
    """A stage that is being built: a folder in place of a root, and the environment of its commands."""

    def __init__(self, folder: Path, others: dict[str, Stage]) -> None:
        self.folder, self.others = folder, others
        self.shared = folder.parent / _SHARED.lstrip("/")
        self.shared.mkdir(exist_ok=True)
        self.workdir = folder
        subprocess.run([sys.executable, "-m", "venv", str(folder / "base")], check=True)
        self.environment = {"PATH": f"{folder}/base/bin:{os.environ['PATH']}", "HOME": str(folder), **_registry()}

    def take(self, step: Step) -> None:
        """Take one step."""
        print(f"{step.line:3} {step.instruction} {step.rest}", flush=True)
        match step.instruction:
            case "WORKDIR":
                self.workdir = self.folder / step.rest.lstrip("/")
                self.workdir.mkdir(parents=True, exist_ok=True)
            case "ENV":
                for name, _, value in (each.partition("=") for each in shlex.split(step.rest)):
                    self.environment[name] = self._here(value).replace("$PATH", self.environment["PATH"])
            case "COPY":
                self._copy(step.rest.split())
            case "RUN":
                subprocess.run(
                    ["/bin/sh", "-ec", self._here(step.rest)], cwd=self.workdir, env=self.environment, check=True
                )

    def _copy(self, words: list[str]) -> None:
        *sources, target = [word for word in words if not word.startswith("--")]
        if any(word.startswith("--from=") for word in words):
            assert sources == [target] and target.startswith(_SHARED), "stages share one folder"
            return
        for source in sources:
            found, place = ROOT / source, self.workdir / target
            if found.is_dir():
                shutil.copytree(found, place, ignore=shutil.ignore_patterns("__pycache__"), dirs_exist_ok=True)
            else:
                place.mkdir(parents=True, exist_ok=True)
                shutil.copy(found, place)

    def _here(self, text: str) -> str:
        """*text* with the shared folder as it is called here."""
        return text.replace(f"{_SHARED}/", f"{self.shared}/")


def build(folder: Path) -> Stage:
    """The last stage of the Dockerfile, built in *folder*."""
    made: dict[str, Stage] = {}
    for number, stage in enumerate(stages(steps((ROOT / "Dockerfile").read_text()))):
        start, *rest = stage
        name = start.rest.partition(" AS ")[2] or str(number)
        made[name] = Stage(folder / name, dict(made))
        for step in rest:
            made[name].take(step)
    return made[name]


def entrypoint() -> list[str]:
    """What the image runs."""
    [last] = [step for step in steps((ROOT / "Dockerfile").read_text()) if step.instruction == "ENTRYPOINT"]
    words: list[str] = json.loads(last.rest)
    return words


def _registry() -> dict[str, str]:
    """Where packages come from on this machine."""
    return {
        name: value for name, value in os.environ.items() if name.upper().startswith("PIP_") or "PROXY" in name.upper()
    }


def _checks() -> Iterator[tuple[str, list[str], int]]:
    bad = ROOT / "policies/no-privileged-containers/cases/deny-privileged.yaml"
    yield "its version", [*entrypoint(), "--version"], 0
    yield "the library of policies", [*entrypoint(), "lint", "--policies", "builtin", str(bad)], 1
    yield "no pip", ["python", "-m", "pip", "--version"], 1


def main() -> None:
    """Build, and run what was built."""
    with tempfile.TemporaryDirectory(prefix="image-") as name:
        image = build(Path(name))
        files = _files(image.shared)
        for what, command, expected in _checks():
            done = subprocess.run(command, env=image.environment, cwd="/", capture_output=True, text=True)
            print(f"{what}: exit status {done.returncode}\n{done.stdout}{done.stderr}")
            if done.returncode != expected:
                raise SystemExit(f"the image does not do what it should: {what}")
        if _files(image.shared) != files:
            raise SystemExit("the image writes files of its own when it runs")
        compiled = sum(file.suffix == ".pyc" for file in files)
        print(f"{sum(files.values()) / 2**20:.0f} MiB beside the base image, {compiled} compiled files")


def _files(folder: Path) -> dict[Path, int]:
    return {file: file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()}


if __name__ == "__main__":
    main()

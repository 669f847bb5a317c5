"""What the demo is made of: programs that are built once, processes, and how long steps are told."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import pytest

from admission.cli.demo import go
from admission.cli.demo.go import PROGRAMS, Program, built
from admission.cli.demo.process import Process, free_ports
from admission.cli.demo.progress import step
from admission.errors import ClusterError, ConfigurationError


@dataclass(frozen=True)
class Tiny(Program):
    """A program of a folder of its own."""

    place: Path = Path()

    @property
    def folder(self) -> Path:
        return self.place

    @property
    def version(self) -> str:
        return "1.2.3"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tiny:
    """A Go program that says something, and a cache for it."""
    monkeypatch.setenv("ARGO_ADMISSION_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "tiny"
    folder.mkdir()
    (folder / "go.mod").write_text("module example.com/tiny\n\ngo 1.21\n")
    (folder / "main.go").write_text("package main\n\nvar says string\n\nfunc main() { print(says) }\n")
    return Tiny("tiny", ".", "example.com/named", ("main.version",), place=folder)


def test_versions_and_flags() -> None:
    """Each program says what it is: by go.mod, as it is stamped into it."""
    flags = {name: " ".join(program.flags) for name, program in PROGRAMS.items()}

    assert ["argo", "helm", "kubernetes"] == sorted(flags)
    assert f"version.gitVersion=v{PROGRAMS['kubernetes'].version} " in flags["kubernetes"]
    assert f"version.version=v{PROGRAMS['helm'].version}" in flags["helm"]


def test_built_once(tiny: Tiny, capsys: pytest.CaptureFixture[str]) -> None:
    """Two that ask at once get one binary; who asks again waits for nothing; another source is another binary."""
    found: list[Path] = []
    threads = [threading.Thread(target=lambda: found.append(built(tiny))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    told = capsys.readouterr().err
    again = built(tiny)
    quiet = capsys.readouterr().err
    (tiny.folder / "main.go").write_text("package main\n\nfunc main() {}\n")
    other = built(tiny)

    assert 1 == told.count("✓ tiny 1.2.3: building from source, once")
    assert ([again, again], "") == (found, quiet)
    assert 0 == subprocess.run([again], check=True).returncode
    assert again != other


def test_what_does_not_compile(tiny: Tiny) -> None:
    """The end of what the compiler says is the error, and nothing is kept."""
    (tiny.folder / "main.go").write_text("package main\n\nfunc main() { nothing() }\n")
    with pytest.raises(ConfigurationError, match="undefined: nothing"):
        built(tiny)

    assert not [file for file in go.cache_folder().iterdir() if file.name.startswith("tiny-")]


def test_a_process_that_ends(tmp_path: Path) -> None:
    """Waiting for something that has ended is over at once, with the end of its log."""
    process = Process("it", [sys.executable, "-c", "print('the reason')"], tmp_path / "log")
    process.start()
    with pytest.raises(ClusterError, match=r"it has ended(.|\n)*the reason"):
        process.until(lambda: False, 20)
    process.stop()


def test_a_process_that_is_never_ready(tmp_path: Path) -> None:
    """Patience has an end, and so has a process that does not listen."""
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)"
    )
    process = Process("it", [sys.executable, "-c", deaf], tmp_path / "log")
    process.start()
    process.until(lambda: "deaf" in process.tail(), 20)
    with pytest.raises(ClusterError, match="not ready after"):
        process.until(lambda: False, 0.2)
    process.stop(0.2)
    process.stop()


def test_free_ports() -> None:
    """So many different ones."""
    assert 20 == len(set(free_ports(20)))


def test_steps_are_told(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a terminal a step is a line at its beginning, now and then, and at its end."""
    monkeypatch.setattr("admission.cli.demo.progress._PATIENCE", 0.0)
    with step("counting", 2) as advance:
        advance(1)
        advance(1)

    assert ["… counting", "  1 of 2, 0 s", "  2 of 2, 0 s", "✓ counting 0 s"] == capsys.readouterr().err.splitlines()

"""The demo as a command."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from talking import GOLDEN

from admission.cli.demo.scenes import SCENES

pytestmark = pytest.mark.cluster

DEMO = [sys.executable, "-m", "admission", "demo"]


def test_once(tmp_path: Path) -> None:
    """It shows every scene, is content with itself, ends, and leaves nothing behind."""
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    done = subprocess.run([*DEMO, "--once"], capture_output=True, text=True, timeout=600, env=environment)

    assert 0 == done.returncode, done.stderr
    assert "\x1b" not in done.stdout + done.stderr
    assert (GOLDEN / "invalid.txt").read_text() in done.stdout
    for scene in SCENES:
        assert scene.title in done.stdout
        assert all(part in done.stdout for part in scene.says)
    assert 2 == done.stdout.count(": as before\n")
    assert not list(tmp_path.iterdir())


def test_until_it_is_told_to_end(tmp_path: Path) -> None:
    """Without --once the cluster stays up, with its kubeconfig printed; Ctrl-C ends all of it."""
    shown = tmp_path / "shown"
    with shown.open("w") as out:
        # Whoever runs these tests in the background has Ctrl-C ignored, and so would all that is started here.
        running = subprocess.Popen(
            DEMO,
            stdout=out,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
    try:
        ends = time.monotonic() + 300
        while "KUBECONFIG=" not in shown.read_text() and running.poll() is None and time.monotonic() < ends:
            time.sleep(0.1)
        assert "KUBECONFIG=" in shown.read_text(), shown.read_text()
        [kubeconfig] = [line.partition("=")[2] for line in shown.read_text().splitlines() if "KUBECONFIG=" in line]
        there = Path(kubeconfig).is_file()
        running.send_signal(signal.SIGINT)
        code = running.wait(90)
    finally:
        running.kill()

    assert (True, 0) == (there, code)
    assert not Path(kubeconfig).exists()

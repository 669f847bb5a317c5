"""What the command reads and writes when that is not an ordinary file."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli_manifests import BAD, GOOD, Run


def program(*arguments: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    """The program itself, in a process of its own."""
    command = [sys.executable, "-m", "admission", *map(str, arguments)]
    return subprocess.run(command, text=True, check=False, stderr=subprocess.PIPE, timeout=60, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize("arguments", [("lint",), ("lint", "-o", "json"), ("expand",)], ids=" ".join)
def test_a_full_disk(bad: Path, arguments: tuple[str, ...]) -> None:
    """An answer that cannot be written is exit status 2 and one line: no denial, and no mistake of ours."""
    with Path("/dev/full").open("w") as full:
        done = program(*arguments, bad, stdout=full)

    assert (2, "argo-admission: [Errno 28] No space left on device\n") == (done.returncode, done.stderr)


def test_a_closed_standard_output(bad: Path) -> None:
    """The exit status is the verdict, even if nobody reads what was found."""
    done = program("lint", bad, preexec_fn=lambda: os.close(1))

    assert (1, "") == (done.returncode, done.stderr)


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    """Where the pipe is closed the command ends without a word."""
    file = tmp_path / "many.yaml"
    file.write_text("---\n".join([BAD] * 2000))
    command = f"{sys.executable} -m admission lint {file} | head -1"
    done = subprocess.run(["bash", "-c", command], text=True, check=False, capture_output=True, timeout=120)

    assert ("", 1) == (done.stderr, len(done.stdout.splitlines()))


def test_a_folder_with_more_than_files(run: Run, tmp_path: Path) -> None:
    """Folders and pipes that are called like manifests are no manifests; nobody waits for a pipe."""
    (tmp_path / "sub.yaml").mkdir()
    (tmp_path / "sub.yaml" / "good.yml").write_text(GOOD)
    os.mkfifo(tmp_path / "pipe.yaml")
    result = run("lint", tmp_path)

    assert (0, "✓ 1 object: nothing denied, nothing to warn of\n") == (result.exit_code, result.stdout)


def test_a_dead_link_in_a_folder(run: Run, tmp_path: Path) -> None:
    """A manifest that is not there is not passed over."""
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "dead.yaml").symlink_to(tmp_path / "nothing")
    result = run("lint", tmp_path)

    assert 2 == result.exit_code
    assert "dead.yaml" in result.stderr


@pytest.mark.parametrize(
    "text",
    [GOOD.replace("\n", "\r\n"), "\ufeff" + GOOD, f"---\n---\n\n{GOOD}\n---\n# nothing\n---\n", GOOD.rstrip()],
    ids=["CRLF", "byte order mark", "empty documents", "no last line feed"],
)
def test_texts_as_editors_leave_them(run: Run, text: str) -> None:
    """They are read as kubectl reads them; empty documents do not count."""
    result = run("lint", "-", input=text)

    assert (0, "✓ 1 object: nothing denied, nothing to warn of\n") == (result.exit_code, result.stdout)


@pytest.mark.parametrize("text", ["", "\n", "---\n", "# nothing\n"], ids=repr)
def test_nothing_at_all(run: Run, text: str) -> None:
    """Where there is no object, nothing is denied."""
    result = run("lint", "-", input=text)

    assert (0, "✓ 0 objects: nothing denied, nothing to warn of\n") == (result.exit_code, result.stdout)


def test_what_is_not_utf_8(run: Run, bad: Path, tmp_path: Path) -> None:
    """It is one finding of source parse; the other files are linted, and the exit status is 2."""
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: café".encode("latin-1"))
    result = run("lint", latin, bad)

    assert 2 == result.exit_code
    assert "latin.yaml:1:10 deny\n    not UTF-8  [parse]" in result.stdout
    assert "[lint/ref-undefined]" in result.stdout


CONFIGURATION = """\
apiVersion: argo-admission.io/v1alpha1
kind: AdmissionConfiguration
lint: {profile: argo}
tls: {selfManaged: {folder: /tmp, hosts: [a]}}
"""
BINDING = """\
apiVersion: argo-admission.io/v1alpha1
kind: WorkflowPolicyBinding
metadata: {name: a}
spec: {policyName: lint/ref-undefined, validationActions: [Deny]}
"""


@pytest.mark.parametrize(
    ("option", "text"),
    [
        ("--config", CONFIGURATION),
        ("--templates", GOOD),
        ("--policies", BINDING),
        ("--controller-config", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n"),
        ("--cases", ""),
    ],
)
def test_every_file_may_be_standard_input(run: Run, good: Path, option: str, text: str) -> None:
    """A hyphen in place of a file is standard input, whatever the file is for."""
    result = run("lint", option, "-", *([] if option == "--cases" else [good]), input=text)

    assert (0, "") == (result.exit_code, result.stderr)

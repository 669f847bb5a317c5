"""What the first part of README.md shows is so."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from admission.cli.main import main

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()


def test_the_denial() -> None:
    """The denied ``kubectl apply`` is the one that real kubectl has printed (tests/e2e)."""
    assert (ROOT / "tests/e2e/golden/forbidden.txt").read_text() in README


def test_the_first_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy and the Workflow that are shown give the output that is shown, word for word."""
    policy, workflow = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "no-latest.yaml").write_text(policy)
    (tmp_path / "workflow.yaml").write_text(workflow)
    monkeypatch.chdir(tmp_path)
    [(command, output)] = re.findall(r"```\n\$ argo-admission (.*?)\n(.*?)```", README, re.DOTALL)

    assert output == CliRunner().invoke(main, command.split()).output


@pytest.mark.parametrize("typed", re.findall(r"^argo-admission (.*?)(?:  +#.*)?$", README, re.M))
def test_the_commands(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command can be typed as it stands: no command or option of it is misspelt."""
    for folder in ("policies/no-latest/cases", "templates", "workflows"):
        (tmp_path / folder).mkdir(parents=True)
    policy, workflow = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "policies/no-latest/policy.yaml").write_text(policy)
    (tmp_path / "policies/no-latest/cases/allow-elsewhere.yaml").write_text(workflow)
    (tmp_path / "workflow.yaml").write_text(workflow)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KUBECONFIG", str(tmp_path / "none"))
    done = CliRunner().invoke(main, shlex.split(typed))

    assert 0 == done.exit_code or "no way to a cluster" in done.output, done.output


@pytest.mark.parametrize("value", re.findall(r"--set '([\w.]+)=", README))
def test_the_values(value: str) -> None:
    """The values that the release is given are the chart's."""
    values = yaml.safe_load((ROOT / "charts/argo-admission/values.yaml").read_text())
    for name in value.split("."):
        assert name in values
        values = values[name]


def test_where_it_leads() -> None:
    """Every page that is referred to is there."""
    links = re.findall(r"\]\(([^)#]+)\)", README)

    assert links
    assert not [link for link in links if not link.startswith("http") and not (ROOT / link).exists()]


@pytest.mark.parametrize("target", ["demo", "test"])
def test_the_two_commands(target: str) -> None:
    """The commands of the README are targets of the Makefile."""
    assert f"make {target}" in README
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.MULTILINE)

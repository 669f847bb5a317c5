"""``disable`` and ``enable``, where things are not as they should be; where they are, the runbook is the test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from small_api import SmallApi, kubeconfig, small_api

from admission.cli.main import main
from admission.cluster.registrar import CONFIGURATIONS, DISABLED

PATHS = [f"{path}/hook" for path in CONFIGURATIONS.values()]


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApi]:
    """A cluster with both configurations; ``KUBECONFIG`` leads to it."""
    with small_api() as made:
        for path in PATHS:
            made.put(path, {"webhooks": [{"name": "x"}]})
        monkeypatch.setenv("KUBECONFIG", kubeconfig(made, tmp_path))
        yield made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_disabled_in_one_write(api: SmallApi) -> None:
    """Reason and empty webhooks come together, so that no leader puts them back in between."""
    done = run("disable", "--name", "hook", "--reason", "it burns")

    assert 0 == done.exit_code
    assert [("PATCH", path) for path in PATHS] == api.writes()
    assert [([], "it burns")] * 2 == [
        (api.objects[path]["webhooks"], api.objects[path]["metadata"]["annotations"][DISABLED]) for path in PATHS
    ]


def test_what_is_not_there_needs_not_be_disabled(api: SmallApi) -> None:
    """An install that never came so far must be able to go."""
    api.objects.pop(PATHS[0])
    done = run("disable", "--name", "hook")

    assert 0 == done.exit_code
    assert "is not there" in done.stderr
    assert [] == api.objects[PATHS[1]]["webhooks"]


def test_another_name_is_no_success(api: SmallApi) -> None:
    """Where nothing is disabled, exit status 2 and what there would be: in an emergency nobody reads twice."""
    api.objects[PATHS[0]]["webhooks"] = [{"name": "validate.argo-admission.io"}]
    done = run("disable", "--name", "hok")

    assert 2 == done.exit_code
    assert "nothing is disabled; give --name: there is hook\n" in done.stderr


def test_an_install_that_never_came_so_far_can_go(api: SmallApi, tmp_path: Path) -> None:
    """Who gives the configuration, as the chart does, has said what there would be."""
    api.objects.clear()
    (tmp_path / "configuration.yaml").write_text(
        "{apiVersion: argo-admission.io/v1alpha1, kind: AdmissionConfiguration, tls: {certificate: a, key: b}}"
    )
    done = run("disable", "--config", str(tmp_path / "configuration.yaml"))

    assert 0 == done.exit_code, done.stderr
    assert 2 == done.stderr.count("is not there")


def test_enabled_without_a_leader(api: SmallApi) -> None:
    """Nobody puts the webhooks back: exit status 1, and what to look at; the annotation is gone all the same."""
    run("disable", "--name", "hook")
    done = run("enable", "--name", "hook", "--seconds", "0")

    assert 1 == done.exit_code
    assert "does it lead?" in done.stderr
    assert not any(DISABLED in api.objects[path]["metadata"]["annotations"] for path in PATHS)


def test_two_names(api: SmallApi) -> None:
    """Which configurations are meant is said once."""
    assert 2 == run("disable", "--name", "hook", "--config", "x").exit_code

"""``argo-admission disable`` and ``enable``: what operators do when the webhook is in the way."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from admission.cli.output import end
from admission.errors import ConfigurationError
from admission.model.document import Document, mapping, name_of, sequence, text

if TYPE_CHECKING:
    from admission.cluster.client import Client

#: What the configurations are called where nobody says it.
_NAME = "argo-admission"

#: How the names of all our webhooks end.
_OURS = ".argo-admission.io"

#: Seconds between two looks.
_PAUSE = 0.5

_CONFIG = click.option("--config", metavar="FILE", help="The configuration of serve, which says what they are called")
_NAMED = click.option("--name", metavar="NAME", help=f"What they are called; default {_NAME}")


@click.command()
@_CONFIG
@_NAMED
@click.option("--reason", default="by hand", metavar="TEXT", help="Why, for whoever finds it; default 'by hand'")
def disable(config: str | None, name: str | None, reason: str) -> None:
    """
    Have the API server ask nobody: take the webhooks out of both configurations until they are enabled.

    It works while no replica runs, and the leader leaves it so.
    """
    from admission.cluster.client import Refused
    from admission.cluster.registrar import DISABLED

    client, called = _client(config), _called(config, name)
    change = {"metadata": {"annotations": {DISABLED: reason}}, "webhooks": []}
    there = False
    for kind, path in _paths(called).items():
        try:
            client.patch(path, change)
        except Refused as error:
            if error.code != 404:
                raise
            click.echo(f"{kind} {called}: is not there", err=True)
        else:
            there = True
            click.echo(f"{kind} {called}: disabled", err=True)
    if not there and config is None:
        # Who configures serve says what there would be: an install that failed must be able to go.
        raise ConfigurationError(f"nothing is disabled; give --name{_ours(client)}")


@click.command()
@_CONFIG
@_NAMED
@click.option("--seconds", type=float, default=60.0, metavar="N", help="How long to wait for the leader; default 60")
def enable(config: str | None, name: str | None, seconds: float) -> None:
    """Undo disable, and wait until the leader has put the webhooks back."""
    from admission.cluster.registrar import DISABLED

    client, called = _client(config), _called(config, name)
    paths, deadline = _paths(called), time.monotonic() + seconds
    for path in paths.values():
        client.patch(path, {"metadata": {"annotations": {DISABLED: None}}})
    while missing := [kind for kind, path in paths.items() if not sequence(client.get(path).get("webhooks"))]:
        if time.monotonic() > deadline:
            told = f"{', '.join(missing)} {called}: nobody has put the webhooks back"
            click.echo(f"{told}. Is a replica ready, and does it lead?", err=True)
            end(1)
        time.sleep(_PAUSE)
    click.echo(f"the webhooks of {called} are back", err=True)


def _ours(client: Client) -> str:
    """What configurations with webhooks of ours are called, as the end of a sentence."""
    from admission.cluster.listing import items
    from admission.cluster.registrar import CONFIGURATIONS

    found = {
        name_of(each)
        for collection in CONFIGURATIONS.values()
        for each in items(client, collection)
        if any(text(mapping(hook).get("name")).endswith(_OURS) for hook in sequence(each.get("webhooks")))
    }
    return f": there is {' and '.join(sorted(found))}" if found else ", though no webhook of ours is there"


def _paths(name: str) -> dict[str, str]:
    from admission.cluster.registrar import CONFIGURATIONS

    return {kind: f"{path}/{name}" for kind, path in CONFIGURATIONS.items()}


def _client(config: str | None) -> Client:
    from admission.cluster.client import Client

    cluster: Document = mapping(_configured(config).get("cluster"))
    return Client.connect(cluster.get("kubeconfig"), cluster.get("context"))


def _called(config: str | None, name: str | None) -> str:
    if config is not None and name is not None:
        raise ConfigurationError("either --config or --name")
    return name or str(mapping(_configured(config).get("webhooks")).get("name", _NAME))


def _configured(config: str | None) -> Document:
    from admission.config import load

    return load(config) if config is not None else {}

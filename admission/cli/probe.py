"""``argo-admission probe``: what the chart runs after an install, and for ``helm test``."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from admission.cli.output import end
from admission.config import load
from admission.errors import ClusterError
from admission.model.document import Document

if TYPE_CHECKING:
    from admission.cluster.client import Client

#: Seconds between two tries.
_PAUSE = 1.0


@click.command()
@click.option("--config", metavar="FILE", required=True, help="The configuration of serve")
@click.option("--namespace", "-n", metavar="NS", help="Try a Workflow in NS as well, where Argo's kinds are there")
@click.option("--seconds", metavar="N", type=float, default=60.0, help="For how long it is tried; default 60")
def probe(config: str, namespace: str | None, seconds: float) -> None:
    """Try by dry runs, until they are, whether objects that must be refused are refused by the webhook."""
    from admission.cluster import probe as tries
    from admission.cluster.client import Client

    configuration = load(config)
    cluster = configuration["cluster"]
    client = Client.connect(cluster.get("kubeconfig"), cluster.get("context"))
    # Waiting does not change who the controller is.
    _fail_for(_unnamed(client, configuration["controller"]))
    if reason := tries.disabled(client, configuration["webhooks"]):
        click.echo(f"the webhooks are disabled, so that nobody is asked: {reason}", err=True)
        return
    deadline, reasons = time.monotonic() + seconds, [""]
    while reasons:
        try:
            reasons = list(tries.wrong(client, configuration, namespace))
        except ClusterError as error:
            reasons = [str(error)]
        if reasons and time.monotonic() > deadline:
            _fail_for(iter(reasons))
        if reasons:
            time.sleep(_PAUSE)
    click.echo("the API server asks the webhook, and it answers")


def _unnamed(client: Client, controller: Document) -> Iterator[str]:
    """Controllers that run as somebody whom the configuration does not name."""
    from admission.cli.doctor.controller import controller_accounts
    from admission.cluster.client import Refused

    try:
        running = controller_accounts(client, controller["namespace"])
    except Refused as error:
        if error.code != 403:
            raise
        click.echo(f"whether controller.users are right is not known: {error}", err=True)
        return
    for user, name in running.items():
        if user not in controller["users"]:
            yield f"the controller {name} runs as {user}, which is not in controller.users"


def _fail_for(reasons: Iterator[str]) -> None:
    """End with exit status 1 where there are reasons to."""
    if told := "\n".join(reasons):
        click.echo(told, err=True)
        end(1)

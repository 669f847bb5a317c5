"""``argo-admission probe``: what the chart runs after an install, and for ``helm test``."""

from __future__ import annotations

import time

import click

from admission.cli.output import end
from admission.config import load
from admission.errors import ClusterError

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
    deadline, reasons = time.monotonic() + seconds, [""]
    while reasons:
        try:
            reasons = list(tries.wrong(client, configuration, namespace))
        except ClusterError as error:
            reasons = [str(error)]
        if reasons and time.monotonic() > deadline:
            click.echo("\n".join(reasons), err=True)
            end(1)
        if reasons:
            time.sleep(_PAUSE)
    click.echo("the API server asks the webhook, and it answers")

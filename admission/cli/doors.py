"""``argo-admission serve`` and ``argo-admission demo``: commands that run until they are told to stop."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--config", metavar="FILE", required=True, help="The configuration: an AdmissionConfiguration")
def serve(config: str) -> None:
    """Serve the webhook."""
    from admission.cli.run import serve as run

    sys.exit(run(config))


@click.command()
@click.option("--once", is_flag=True, help="End after the show instead of leaving the cluster up until Ctrl-C")
def demo(once: bool) -> None:
    """Show the main job on a real Kubernetes API server on this machine."""
    from admission.cli.demo.show import run

    sys.exit(run(once=once))

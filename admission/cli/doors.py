"""``argo-admission serve`` and ``argo-admission demo``: commands that run until they are told to stop."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--config", metavar="FILE", required=True, help="The configuration: an AdmissionConfiguration")
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), default=1, help="Processes that share the port")
@click.option("--worker", hidden=True, help="What a process of several is told by the one that starts it")
def serve(config: str, workers: int, worker: str | None) -> None:
    """Serve the webhook."""
    from admission.cli import run

    if worker is None and workers > 1:
        sys.exit(run.several(config, workers))
    sys.exit(run.serve(config, worker))


@click.command()
@click.option("--once", is_flag=True, help="End after the show instead of leaving the cluster up until Ctrl-C")
def demo(once: bool) -> None:
    """Show the main job on a real Kubernetes API server on this machine."""
    from admission.cli.demo.show import run

    sys.exit(run(once=once))

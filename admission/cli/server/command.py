"""The command ``serve``, apart from what it starts: its help must not wait for that."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--config", metavar="FILE", required=True, help="The configuration: an AdmissionConfiguration")
@click.option("--workers", metavar="N", type=click.IntRange(1, 64), default=1, help="Processes that share the port")
@click.option("--worker", hidden=True, help="What a process of several is told by the one that starts it")
def serve(config: str, workers: int, worker: str | None) -> None:
    """Serve the webhook."""
    from admission.cli.server import run

    if worker is None and workers > 1:
        sys.exit(run.several(config, workers))
    sys.exit(run.serve(config, worker))

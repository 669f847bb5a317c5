"""The command ``demo``, apart from what it shows: its help must not wait for that."""

from __future__ import annotations

import sys

import click


@click.command()
@click.option("--once", is_flag=True, help="End after the show instead of leaving the cluster up until Ctrl-C")
def demo(once: bool) -> None:
    """Show the main job on a real Kubernetes API server on this machine."""
    from admission.cli.demo.show import run

    sys.exit(run(once=once))

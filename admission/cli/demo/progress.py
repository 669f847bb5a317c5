"""Long steps, told on standard error: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

#: Tells that so many more parts are done.
Advance = Callable[[int], None]

#: Seconds between two lines where there is no terminal.
_PATIENCE = 15.0


@contextmanager
def step(title: str, total: int | None = None) -> Iterator[Advance]:
    """A step of *total* parts, if they can be counted."""
    console = Console(stderr=True, highlight=False)
    started = time.monotonic()
    with (_bar if console.is_terminal and os.environ.get("TERM") != "dumb" else _lines)(console, title, total) as told:
        yield told
    console.print(f"[green]✓[/] {title} [dim]{time.monotonic() - started:.0f} s[/]")


@contextmanager
def _bar(console: Console, title: str, total: int | None) -> Iterator[Advance]:
    counted = [BarColumn(), MofNCompleteColumn()] if total else []
    columns = [SpinnerColumn(), TextColumn("{task.description}"), *counted, TimeElapsedColumn()]
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task(title, total=total)
        yield lambda more: progress.advance(task, more)


@contextmanager
def _lines(console: Console, title: str, total: int | None) -> Iterator[Advance]:
    started = told = time.monotonic()
    done = 0
    console.print(f"… {title}")

    def advance(more: int) -> None:
        nonlocal told, done
        done += more
        if time.monotonic() - told >= _PATIENCE:
            told = time.monotonic()
            parts = f"{done:,} of {total:,}, " if total else f"{done:,}, " if done else ""
            console.print(f"  {parts}{told - started:.0f} s")

    yield advance

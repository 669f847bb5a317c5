"""The schedules of a CronWorkflow, as rules ask for them."""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError
from admission.argo.languages.cron import Schedule, parse
from admission.argo.workflow import Workflow
from admission.model.document import mapping, sequence
from admission.model.path import Path


def schedules(workflow: Workflow) -> Iterator[tuple[Path, Schedule]]:
    """Those that can be read, each with its place; of the others Argo's own rules speak."""
    if workflow.kind != "CronWorkflow":
        return
    for index, written in enumerate(sequence(mapping(workflow.document.get("spec")).get("schedules"))):
        try:
            yield Path(("spec", "schedules", index)), parse(written if isinstance(written, str) else "")
        except LanguageError:
            continue

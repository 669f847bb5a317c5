from __future__ import annotations

from collections.abc import Iterator

from admission.argo.languages import LanguageError, sequences
from admission.argo.workflow import Workflow
from admission.lint.reading import literal
from admission.lint.rule import Hit, rule
from admission.model.finding import Action
from admission.model.path import Path


@rule(
    good="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withSequence: {count: "3", format: "n%02d"}}
        """,
    bad="""
        spec:
          templates:
          - {name: leaf, inputs: {parameters: [{name: m, default: d}]}, container: {image: alpine}}
          - name: main
            steps:
            - - {name: a, template: leaf, withSequence: {start: "1"}}  # finding
              - {name: b, template: leaf, withSequence: {end: many}}  # finding
        """,
)
def rt_sequence(workflow: Workflow) -> Iterator[Hit]:
    """
    A sequence has bounds that are integers, and a format for one number.

    Anything else ends the step in Error when it is due: certain, so denied. Formats that give odd texts, and sequences
    of more than 100,000 steps, which no controller holds, are warnings.
    """
    for _, call in workflow.graph.calls:
        fields = call.document.get("withSequence")
        if not isinstance(fields, dict):
            continue
        path = call.path / "withSequence"
        try:
            found = sequences.sequence(fields)
        except LanguageError as error:
            yield path, str(error)
            continue
        if found and found.size > 100_000:
            yield path, f"{found.size:,} steps are more than a controller holds", Action.WARN
        yield from _format(path, literal(fields.get("format")))


def _format(path: Path, written: str | None) -> Iterator[Hit]:
    try:
        sequences.check_format(written or "%d")
    except LanguageError as error:
        breaks = '"' in (written or "") or "\\" in (written or "")
        yield path / "format", str(error), Action.DENY if breaks else Action.WARN

"""What is asked of the outputs of a template (argo-validation 4.9), its archive location and its metrics (4.10)."""

from __future__ import annotations

import re

from admission.argo.checks import locations, names
from admission.argo.checks.templates import LEAF
from admission.argo.checks.wrong import Wrongs, below
from admission.argo.validation.outputs import is_tagged
from admission.model.document import Document, mapping, sequence, text

SOURCES = ("path", "jqFilter", "jsonPath", "parameter", "expression", "supplied")
#: By type: the rule, and the sources of which an output needs one.
NEEDED = {
    **dict.fromkeys(("container", "containerSet", "script"), ("output-path-required", ("path",))),
    "resource": ("output-resource-source", ("jqFilter", "jsonPath")),
    **dict.fromkeys(("steps", "dag"), ("output-steps-source", ("parameter", "expression"))),
}
METRIC = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def outputs(template: Document, kind: str) -> Wrongs:
    """Names, paths and sources of the outputs of a template of that *kind*."""
    given = mapping(template.get("outputs"))
    yield from below(("outputs",), names.arguments("output-names", given))
    yield from below(("outputs", "artifacts"), locations.artifacts("output", given.get("artifacts"), kind in LEAF))
    for field in ("parameters", "artifacts"):
        for index, entry in enumerate(sequence(given.get(field))):
            place = ("outputs", field, index)
            yield from below(place, _global_name(mapping(entry)))
            if field == "parameters":
                yield from below(place, _source(mapping(entry), kind))


def _global_name(output: Document) -> Wrongs:
    name = text(output.get("globalName"))
    said = names.parameter_problem(name) if name and not is_tagged(name) else ""
    if said:
        yield "output-globalname", ("globalName",), said


def _source(output: Document, kind: str) -> Wrongs:
    value, source = output.get("value"), output.get("valueFrom")
    if source is None:
        if value is None:
            yield "output-no-source", (), "say where the value comes from: valueFrom"
        return
    if value is not None:
        yield "output-value-and-valuefrom", ("value",), "use value or valueFrom, not both"
    given = [name for name in SOURCES if mapping(source).get(name) not in (None, "")]
    if not given:
        yield "output-valuefrom-none", ("valueFrom",), f"use one of {', '.join(SOURCES)}"
    elif len(given) > 1:
        yield "output-valuefrom-multiple", ("valueFrom", given[1]), f"use one source: these are {' and '.join(given)}"
    rule, needed = NEEDED.get(kind, ("", ()))
    if needed and given and not set(needed) & set(given):
        yield rule, ("valueFrom",), f"the output of a template of type {kind} comes from {' or '.join(needed)}"


def archive(template: Document) -> Wrongs:
    """The place that a template archives to."""
    yield from below(("archiveLocation",), locations.location(mapping(template.get("archiveLocation"))))


def metrics(template: Document) -> Wrongs:
    """The metrics of a template."""
    for index, entry in enumerate(sequence(mapping(template.get("metrics")).get("prometheus"))):
        yield from below(("metrics", "prometheus", index), _metric(mapping(entry)))


def _metric(metric: Document) -> Wrongs:
    name = text(metric.get("name"))
    if not METRIC.fullmatch(name):
        yield "metric-name", ("name",) if name else (), f"{name!r} is no name of a metric: use letters, digits and '_'"
    for index, label in enumerate(sequence(metric.get("labels"))):
        key = text(mapping(label).get("key"))
        if not METRIC.fullmatch(key):
            yield "metric-label", ("labels", index), f"{key!r} is no key of a label: use letters, digits and '_'"
    if not text(metric.get("help")):
        yield "metric-help", (), "say what the metric measures: help"
    for kind in ("gauge", "counter", "histogram"):
        if isinstance(metric.get(kind), dict) and not text(metric[kind].get("value")):
            yield "metric-value", (kind,), f"give the {kind} a value"
    gauge = mapping(metric.get("gauge"))
    if gauge.get("realtime") is True and "resourcesDuration." in text(gauge.get("value")):
        said = "resourcesDuration is known when the template has run: remove realtime"
        yield "metric-realtime", ("gauge", "value"), said

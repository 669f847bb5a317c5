"""The global variables of a Workflow: what ``{{workflow.…}}`` is wherever it stands (argo-resolution 6)."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import prod

from admission.argo.folding.globals import variables
from admission.argo.pods.values import Values, as_json, filled
from admission.argo.validation.values import any_string
from admission.model.document import Document, mapping, mappings, sequence, text

#: Different pods of one template, and different values of all arguments together, beyond which values are unknown.
MOST = 50

_OPEN = frozenset({"workflow"})


def global_values(workflow: Document, kind: str, namespace: str) -> Iterator[Values]:
    """
    The global variables of *workflow* in *namespace*, once for each choice of arguments that have an ``enum``.

    *kind* is that of the object that starts it: all but a Workflow leave its name open, and of a template such
    arguments, too, whatever values it has for them.
    """
    spec = mapping(workflow.get("spec"))
    known = _of_object(workflow, spec, named=kind == "Workflow")
    if kind != "ClusterWorkflowTemplate":
        known["workflow.namespace"] = namespace
    free = kind in ("WorkflowTemplate", "ClusterWorkflowTemplate")
    parameters = mappings(mapping(spec.get("arguments")).get("parameters"))
    choices = {f"workflow.parameters.{text(each.get('name'))}": _choices(each, free=free) for each in parameters}
    while prod(map(len, choices.values())) > MOST:
        widest = max(choices, key=lambda name: len(choices[name]))
        del choices[widest]
    chosen = {name: values for name, values in choices.items() if values}
    for values in product(*chosen.values()):
        yield _settled({**known, **dict(zip(chosen, values, strict=True))}, _computed(spec), parameters)


def _of_object(workflow: Document, spec: Document, *, named: bool) -> dict[str, str]:
    known = variables({**workflow, "spec": {**spec, "arguments": {}}})
    # A service account that is not named is no text in Argo's variable either.
    known["workflow.serviceAccountName"] = text(spec.get("serviceAccountName"))
    if not named:
        known.pop("workflow.name", None)
    given = mapping(spec.get("workflowMetadata"))
    for kind in ("labels", "annotations"):
        known |= {f"workflow.{kind}.{name}": text(value) for name, value in mapping(given.get(kind)).items()}
    for name in mapping(given.get("labelsFrom")):
        known.pop(f"workflow.labels.{name}", None)
    return known


def _choices(parameter: Document, *, free: bool) -> list[str]:
    """What the value of an argument may be; one value mostly, none where only the run knows."""
    enum = [value for each in sequence(parameter.get("enum")) if (value := any_string(each)) is not None]
    value = parameter.get("value", parameter.get("default"))
    given = any_string(value) if value is not None and not parameter.get("valueFrom") else None
    if given is not None and not (free and enum):
        return [given]
    return list(dict.fromkeys([*enum, *([given] if given is not None else [])]))


def _computed(spec: Document) -> dict[str, str]:
    """The labels that the controller computes, by the names of their variables."""
    given = mapping(mapping(spec.get("workflowMetadata")).get("labelsFrom"))
    return {f"workflow.labels.{name}": text(mapping(each).get("expression")) for name, each in given.items()}


def _settled(known: dict[str, str], computed: dict[str, str], parameters: list[Document]) -> Values:
    """The variables, with those filled in that stand in the values of others."""
    values = Values(known, _OPEN)
    settled = {name: str(filled(value, values)) for name, value in known.items()}
    labels = {name: str(filled(f"{{{{={expression}}}}}", values)) for name, expression in computed.items()}
    settled |= {name: value for name, value in labels.items() if "{{=" not in value}
    if written := _all_in_one(parameters, settled):
        settled |= dict.fromkeys(("workflow.parameters", "workflow.parameters.json"), written)
    return Values(settled, _OPEN)


def _all_in_one(parameters: list[Document], known: dict[str, str]) -> str:
    """All arguments as JSON; empty where one of them is open, or there are none."""
    values = [known.get(f"workflow.parameters.{text(each.get('name'))}") for each in parameters]
    if not values or None in values:
        return ""
    return as_json({**each, "value": value} for each, value in zip(parameters, values, strict=True))

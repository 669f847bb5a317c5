"""
ConfigMaps that a workflow reads, as rules ask for them.

Files rarely have them: there only a ConfigMap that is given is looked at. A live catalog asks the cluster for it, and
then one that is not found is not there.
"""

from __future__ import annotations

from admission.argo.workflow import Workflow
from admission.lint.reading import literal, shown
from admission.model.catalog import MISSING, Lookup
from admission.model.document import Document, mapping, text

#: The label by which Argo knows the ConfigMaps that it may read and write, with what it is for as value.
TYPE = "workflows.argoproj.io/configmap-type"


def config_map(workflow: Workflow, name: object, namespace: object = None) -> Document | str:
    """The ConfigMap of that name; else that it is not there, or nothing where that is not known."""
    where = literal(namespace) if namespace else workflow.namespace
    wanted = literal(name)
    if not wanted or not where or workflow.kind == "ClusterWorkflowTemplate":
        return ""
    found = workflow.catalog.get(Lookup("ConfigMap", where, wanted))
    if isinstance(found, dict):
        return found
    return f"there is no ConfigMap {shown(wanted)} in {where}" if found is MISSING and workflow.live else ""


def problem_of_type(found: Document, wanted: str) -> str:
    """That a ConfigMap is not labelled as one of the *wanted* type; empty where it is."""
    metadata = mapping(found.get("metadata"))
    if mapping(metadata.get("labels")).get(TYPE) == wanted:
        return ""
    return f"the ConfigMap {shown(text(metadata.get('name')))} lacks the label {TYPE}: {wanted}"


def problem_of_key(found: Document, key: object) -> str:
    """That a ConfigMap does not have that key; empty where it has, or where a tag decides which."""
    wanted = literal(key)
    if wanted is None or wanted in mapping(found.get("data")):
        return ""
    return f"the ConfigMap {shown(text(mapping(found.get('metadata')).get('name')))} has no key {shown(wanted)}"

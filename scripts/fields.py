"""
Makes ``admission/argo/data/fields.txt``, the table of the fields of Argo's eight kinds, from Argo's CRDs.

    python scripts/fields.py FOLDER > admission/argo/data/fields.txt

FOLDER has the CRDs with the whole schema (of Argo's repository: ``manifests/base/crds/full``). The table keeps names,
types, what is required, enums and list keys; prose, patterns and limits are left out. Equal objects become one type.
What the CRDs do not say, or say otherwise than Argo's decoder does, is in the tables below.
"""

from __future__ import annotations

import sys
from collections import deque
from pathlib import Path
from typing import Any

import yaml

HEADER = """\
# The fields of Argo's eight kinds. Made by scripts/fields.py from the CRDs of Argo 4.1; do not edit.
#
# A line is a type and its fields: NAME:SHAPE, with ! where the CRDs require the field, and + where it is new in 4.1.
# A shape is a type, a scalar (str bool int32 int64 number intstr quantity time bytes; anystr: text, number or boolean;
# raw: anything; plugin: an object with one key), []SHAPE, {}SHAPE, or [KEY,...]SHAPE: a list in which no two items may
# have the same keys. str(a|b) takes those values only.
"""

#: Where the CRDs have no schema, or another than the decoder: a field, another field beside it, the shape.
OTHERWISE = {
    ("inline", "template"): "Template",
    ("withItems", "withParam"): "[]raw",
    ("plugin", "container"): "plugin",
    ("value", "globalName"): "anystr",
    ("default", "globalName"): "anystr",
    ("description", "globalName"): "anystr",
    ("enum", "globalName"): "[]anystr",
    ("default", "supplied"): "anystr",
    ("buckets", "value"): "[]raw",
    ("storedTemplates", "nodes"): "{}Template",
    ("storedWorkflowTemplateSpec", "nodes"): "WorkflowSpec",
}
#: What Kubernetes itself knows of every object.
METADATA = {
    "ObjectMeta": (
        "annotations:{}str creationTimestamp:time deletionGracePeriodSeconds:int64 deletionTimestamp:time "
        "finalizers:[]str generateName:str generation:int64 labels:{}str managedFields:[]ManagedFieldsEntry name:str "
        "namespace:str ownerReferences:[]OwnerReference resourceVersion:str selfLink:str uid:str"
    ),
    "ManagedFieldsEntry": (
        "apiVersion:str fieldsType:str fieldsV1:raw manager:str operation:str subresource:str time:time"
    ),
    "OwnerReference": ("apiVersion:str! blockOwnerDeletion:bool controller:bool kind:str! name:str! uid:str!"),
}
#: What the CRDs know of metadata that is embedded in a spec; the decoder knows all of them.
EMBEDDED = {"annotations", "finalizers", "labels", "name", "namespace"}
#: Fields that came with 4.1: wherever they stand, but for what ``_is_new`` says.
SINCE_41 = {
    "executorPlugins", "podResources", "resourceClaims", "pendingTimeout", "addressingStyle", "saveStreamViaFile",
    "fileKeyRef", "restartPolicyRules", "podCertificate",
}  # fmt: skip
#: Names of types that are better than those of the fields in which they stand first.
NAMES = {
    "templateDefaults": "Template",
    "env": "EnvVar",
    "envFrom": "EnvFromSource",
    "dag": "DAGTemplate",
    "task": "DAGTask",
    "tasks": "TaskSetTemplate",
    "step": "WorkflowStep",
    "hooks": "LifecycleHook",
    "hostAliases": "HostAlias",
    "prometheus": "Metric",
    "mutexes": "MutexRequest",
    "capabilities": "Capabilities",
    "configMapKeyRef": "KeySelector",
    "imagePullSecrets": "LocalObjectReference",
    "nodeAntiAffinity": "Nothing",
    "labelsFrom": "Expression",
}
SCALARS = {
    ("string", ""): "str",
    ("string", "date-time"): "time",
    ("string", "byte"): "bytes",
    ("boolean", ""): "bool",
    ("integer", "int32"): "int32",
    ("integer", ""): "int64",
    ("integer", "int64"): "int64",
    ("number", ""): "number",
}
KINDS = (
    "Workflow", "WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow", "WorkflowEventBinding",
    "WorkflowTaskSet", "WorkflowTaskResult", "WorkflowArtifactGCTask",
)  # fmt: skip

#: What of a schema makes a type, beside its parts.
TELLING = ("type", "format", "enum", "x-kubernetes-list-map-keys", "required")

Schema = dict[str, Any]


class Table:
    """The types found so far, each by what it consists of."""

    def __init__(self) -> None:
        self.lines: dict[str, str] = {}
        self._names: dict[str, str] = {}
        self._waiting: deque[tuple[str, Schema, tuple[str, ...]]] = deque()

    def kind(self, name: str, schema: Schema) -> None:
        """Add a kind, and everything below it."""
        self._waiting.append((name, schema, (name,)))
        while self._waiting:
            type, schema, place = self._waiting.popleft()
            self.lines[type] = " ".join(self._field(field, schema, place) for field in sorted(schema["properties"]))

    def _field(self, name: str, owner: Schema, place: tuple[str, ...]) -> str:
        beside = owner["properties"]
        otherwise = (shape for (field, other), shape in OTHERWISE.items() if field == name and other in beside)
        shape = next(otherwise, "") or self._shape(beside[name], (*place, name))
        required = "!" if name in owner.get("required", ()) else ""
        return f"{name}:{shape}{required}{'+' if name in SINCE_41 and self._is_new(name, beside) else ''}"

    @staticmethod
    def _is_new(name: str, beside: Schema) -> bool:
        # Pods had claims before; workflows and templates have them since 4.1.
        return name != "resourceClaims" or "podSpecPatch" in beside

    def _shape(self, schema: Schema, place: tuple[str, ...]) -> str:
        if schema.get("x-kubernetes-int-or-string"):
            return "quantity" if "pattern" in schema else "intstr"
        match schema.get("type"):
            case "array":
                keys = ",".join(schema.get("x-kubernetes-list-map-keys", ()))
                return f"[{keys}]{self._shape(schema['items'], (*place[:-1], place[-1].removesuffix('s')))}"
            case "object" if "additionalProperties" in schema:
                return "{}" + self._shape(schema["additionalProperties"], place)
            case "object" if place[-1] == "metadata" and "properties" not in schema:
                return "ObjectMeta"
            case "object" if EMBEDDED <= schema.get("properties", {}).keys() <= EMBEDDED | {"generateName"}:
                return "ObjectMeta"
            case "object":
                return self._type(schema, place)
            case None:
                return "raw"
        scalar = SCALARS[schema["type"], schema.get("format", "")]
        return f"{scalar}({'|'.join(schema['enum'])})" if "enum" in schema else scalar

    def _type(self, schema: Schema, place: tuple[str, ...]) -> str:
        schema.setdefault("properties", {})
        content = _content(schema)
        if content not in self._names:
            self._names[content] = self._new_name(place)
            self.lines[self._names[content]] = ""
            self._waiting.append((self._names[content], schema, place))
        return self._names[content]

    def _new_name(self, place: tuple[str, ...]) -> str:
        # "spec" alone says nothing.
        for depth in range(1 if len(place) > 2 else 2, len(place) + 1):
            name = "".join(map(_capitalised, place[-depth:]))
            if name not in self.lines and name not in METADATA:
                return name
        raise ValueError(f"no name left for {place}")


def _content(schema: Any) -> str:
    """What makes an object the same as another; prose and limits do not."""
    if not isinstance(schema, dict):
        return repr(schema)
    parts = [f"{key}={schema[key]!r}" for key in TELLING if key in schema]
    if schema.get("x-kubernetes-int-or-string"):
        parts.append("quantity" if "pattern" in schema else "intstr")
    parts += [_content(schema[key]) for key in ("items", "additionalProperties") if key in schema]
    parts += [f"{name}:{_content(each)}" for name, each in sorted(schema.get("properties", {}).items())]
    return f"({' '.join(parts)})"


def _capitalised(name: str) -> str:
    return NAMES.get(name) or NAMES.get(f"{name}s") or name[:1].upper() + name[1:]


def main(folder: Path) -> None:
    """Print the table of the CRDs in *folder*."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    crds = [yaml.load(file.read_text(encoding="utf-8"), loader) for file in sorted(folder.glob("*.yaml"))]
    schemas = {crd["spec"]["names"]["kind"]: crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"] for crd in crds}
    table = Table()
    for kind in KINDS:
        table.kind(kind, schemas[kind])
    print(HEADER)
    for name, fields in {**table.lines, **METADATA}.items():
        print(f"{name}: {fields}".rstrip())


if __name__ == "__main__":
    main(Path(sys.argv[1]))

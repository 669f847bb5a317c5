"""Our CRDs: what the API server asks of them, and that they say everything."""

from collections.abc import Iterator

import pytest

from admission.policy import data
from admission.policy.resource import PolicySet

KINDS = {"WorkflowPolicy": "wfpol", "WorkflowPolicyBinding": "wfpolb", "WorkflowPolicyException": "wfpolx"}

#: The example of interfaces.md 8, every field of it.
EVERYTHING = {
    "WorkflowPolicy": {
        "title": "Images come from our registry.",
        "rationale": "What is not scanned is not run.",
        "category": "supply-chain",
        "severity": "High",
        "kinds": ["Workflow", "WorkflowTemplate"],
        "operations": ["CREATE", "UPDATE"],
        "target": "Container",
        "matchConditions": [{"name": "not-system", "expression": "!request.namespace.startsWith('kube-')"}],
        "paramSchema": {"type": "object", "required": ["registries"], "properties": {"registries": {"type": "array"}}},
        "variables": [{"name": "registry", "expression": "object.image.split('/')[0]"}],
        "validations": [
            {"expression": "variables.registry in params.registries", "message": "no", "reason": "Forbidden"},
            {"foreach": "object.ports", "expression": "!has(each.hostPort)", "messageExpression": "'no host ports'"},
        ],
        "allow": {
            "serviceAccounts": ["team-a-*"],
            "images": ["registry.corp/**"],
            "nodeSelectors": {"disk": ["ssd"]},
            "manifests": [{"group": "batch", "kind": "Job", "actions": ["create"]}],
            "limits": {"cpu": "16", "memory": "64Gi", "pods": 200, "parallelism": 50, "activeDeadlineSeconds": 86400},
        },
        "authorize": ["serviceAccounts", "secrets", "manifests"],
        "mutations": [
            {"target": "Container", "default": {"resources": {"limits": {"cpu": "1"}}}, "allowWeaker": False},
            {"target": "Workflow", "setExpression": "{'spec': {}}"},
        ],
        "auditAnnotations": [{"key": "registry", "valueExpression": "variables.registry"}],
        "onUnknown": "Warn",
        "failurePolicy": "Fail",
    },
    "WorkflowPolicyBinding": {
        "policyName": "images-from-our-registry",
        "matchResources": {
            "namespaces": ["team-*"],
            "excludeNamespaces": ["sandbox"],
            "namespaceSelector": {"matchLabels": {"tier": "production"}},
            "objectSelector": {},
            "instanceIDs": [],
        },
        "subjects": [
            {"kind": "Group", "name": "data-science"},
            {"kind": "ServiceAccount", "namespace": "ci", "name": "*"},
        ],
        "excludeSubjects": [],
        "validationActions": ["Deny"],
        "params": {"registries": ["registry.corp"]},
        "parameterNotFoundAction": "Deny",
    },
    "WorkflowPolicyException": {
        "policyNames": ["images-from-our-registry"],
        "objects": {
            "kinds": ["Workflow"],
            "namespaces": ["team-a"],
            "names": ["train-*"],
            "templates": ["*"],
            "containers": ["*"],
        },
        "grants": False,
        "owner": "team-a@corp.example",
        "reason": "until the image is rebuilt",
        "expires": "2027-01-31T00:00:00Z",
    },
}


def fields(schema: dict, path: str = "") -> Iterator[tuple[str, dict]]:
    """Every field of a schema, at any depth."""
    for name, part in schema.get("properties", {}).items():
        yield f"{path}.{name}", part
        yield from fields(part, f"{path}.{name}")
    for key in ("items", "additionalProperties"):
        if isinstance(schema.get(key), dict):
            yield from fields(schema[key], f"{path}[]")


@pytest.mark.parametrize("kind", KINDS)
def test_names(kind):
    """Each kind has its names, its scope, a status of its own and columns worth reading."""
    spec = data.crds()[kind]["spec"]
    (version,) = spec["versions"]

    assert "argo-admission.io" == spec["group"]
    assert [KINDS[kind]] == spec["names"]["shortNames"]
    assert ("Namespaced" if kind == "WorkflowPolicyException" else "Cluster") == spec["scope"]
    assert ("v1alpha1", {"status": {}}) == (version["name"], version["subresources"])
    assert len(version["additionalPrinterColumns"]) >= 3


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_described(kind):
    """Every field says what it means, and of which type it is."""
    for path, part in fields(data.schema(kind)):
        assert path == ".metadata" or part.get("description"), path
        assert part.get("type") or part.get("x-kubernetes-int-or-string"), path
        assert part.get("type") != "array" or part.get("items"), path


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_is_taken(kind):
    """All that the contract shows is taken."""
    document = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": "x"},
        "spec": EVERYTHING[kind],
    }

    assert () == PolicySet().check(document)


def test_bounds():
    """Whatever CEL rules of a CRD look at is bounded, or the API server would refuse them as too costly."""
    for kind in KINDS:
        for path, part in fields(data.schema(kind)["properties"]["spec"]):
            assert part.get("type") != "array" or "maxItems" in part, path

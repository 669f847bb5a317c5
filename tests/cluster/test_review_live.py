"""``review --cluster`` says what the webhook would: RBAC and params are asked for in the cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from click.testing import CliRunner
from ours import ours

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.main import main
from admission.model.document import Document

pytestmark = pytest.mark.cluster

NAMESPACE = "reviewed"
RBAC = "rbac.authorization.k8s.io"


def bound(name: str, **spec: object) -> Document:
    where = {"namespaces": [NAMESPACE]}
    return ours(
        "WorkflowPolicyBinding", name, policyName=name, matchResources=where, validationActions=["Deny"], **spec
    )


WITHIN = {"namespace": NAMESPACE}
IMAGES = "object.spec.templates.all(t, params.images.exists(i, t.container.image.startsWith(i)))"
THERE: list[Document] = [
    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
    ours("WorkflowPolicy", "may-use", authorize=["serviceAccounts"]),
    bound("may-use"),
    ours(
        "WorkflowPolicy",
        "images",
        paramSchema={"type": "object", "properties": {"images": {"type": "array", "items": {"type": "string"}}}},
        validations=[{"expression": IMAGES, "message": "not from here"}],
    ),
    bound("images", paramRef={"name": "images"}),
    {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "images", **WITHIN, "labels": {"argo-admission.io/params": ""}},
        "data": {"images": "[corp/]"},
    },
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "Role",
        "metadata": {"name": "use-builder", **WITHIN},
        "rules": [
            {"apiGroups": [""], "resources": ["serviceaccounts"], "resourceNames": ["builder"], "verbs": ["use"]}
        ],
    },
    {
        "apiVersion": f"{RBAC}/v1",
        "kind": "RoleBinding",
        "metadata": {"name": "use-builder", **WITHIN},
        "roleRef": {"apiGroup": RBAC, "kind": "Role", "name": "use-builder"},
        "subjects": [{"apiGroup": RBAC, "kind": "User", "name": "ann"}],
    },
]


@pytest.fixture(scope="module")
def there(plane: ControlPlane) -> Iterator[ControlPlane]:
    """A cluster with policies that ask for RBAC and for a ConfigMap."""
    plane.apply(*definitions())
    plane.apply(*THERE)
    yield plane
    plane.kubectl("delete", "wfpol,wfpolb", "may-use", "images")
    plane.kubectl("delete", "namespace", NAMESPACE, "--wait=false")


@pytest.mark.parametrize(
    ("user", "account", "image", "expected"),
    [
        ("ann", "builder", "corp/a:1", []),
        ("ann", "root", "corp/a:1", ["ann may not use the service account 'root'"]),
        ("bob", "builder", "corp/a:1", ["bob may not use the service account 'builder'"]),
        ("ann", "builder", "evil/a:1", ["not from here"]),
    ],
)
def test_what_the_webhook_would_say(
    there: ControlPlane, monkeypatch: pytest.MonkeyPatch, user: str, account: str, image: str, expected: list[str]
) -> None:
    """Who may use what is asked of the cluster's RBAC, and the params of a binding are read where they are."""
    monkeypatch.setenv("KUBECONFIG", str(there.kubeconfig))
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w", **WITHIN},
        "spec": {
            "entrypoint": "main",
            "serviceAccountName": account,
            "templates": [{"name": "main", "container": {"image": image, "command": ["true"]}}],
        },
    }
    result = CliRunner().invoke(main, ["review", "--cluster", "--as", user, "-o", "json"], input=json.dumps(workflow))
    response = json.loads(result.stdout)["response"]
    found = response.get("status", {}).get("message", "").splitlines()[1:]

    assert len(expected) == len(found)
    assert all(words in line for words, line in zip(expected, found, strict=True))


def test_the_controllers_defaults_count(there: ControlPlane, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the controller merges under every Workflow is read where it is, and judged with it."""
    monkeypatch.setenv("KUBECONFIG", str(there.kubeconfig))
    workflow = {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": "Workflow",
        "metadata": {"name": "w", "namespace": NAMESPACE},
        "spec": {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "corp/a:1"}}]},
    }
    defaults = {"workflowDefaults": "spec:\n  serviceAccountName: builder\n"}
    metadata = {"name": "workflow-controller-configmap", "namespace": "argo"}
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "argo"}}
    there.apply(namespace, {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": defaults})

    asked = ["review", "--cluster", "--as", "ann", "-o", "json"]
    result = CliRunner().invoke(main, asked, input=json.dumps(workflow))
    there.kubectl("delete", "configmap", "workflow-controller-configmap", "-n", "argo")
    without = CliRunner().invoke(main, asked, input=json.dumps(workflow))

    assert (0, 1) == (result.exit_code, without.exit_code), result.stderr
    assert "ann may not use the service account 'default'" in without.stdout

"""The doctor: a healthy installation, and one thing after the other that is wrong with it."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from following import binding, policy
from small_api import SmallApi, kubeconfig, small_api

from admission.cli.main import main
from admission.cli.server.upkeep import webhooks_of
from admission.cluster.certificates import authority, leaf
from admission.cluster.kinds import RESOURCES
from admission.cluster.registrar import CONFIGURATIONS, DISABLED
from admission.cluster.sightings import SEEN
from admission.cluster.webhooks import EXEMPT, VALIDATING
from admission.config import parse
from admission.model.document import Document

CA = authority("tests")
CONFIGURED = """
apiVersion: argo-admission.io/v1alpha1
kind: AdmissionConfiguration
tls: {selfManaged: {secret: {name: hook, namespace: ours}}}
webhooks: {manage: true, name: hook, service: {name: hook, namespace: ours}, owner: {name: release}}
leaderElection: {enabled: true, name: hook, namespace: ours}
controller: {users: ["system:serviceaccount:argo:argo"]}
"""
SLICES = "/apis/discovery.k8s.io/v1/namespaces/ours/endpointslices"
SECRET = "/api/v1/namespaces/ours/secrets/hook"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/ours/leases/hook"
DEPLOYMENTS = "/apis/apps/v1/namespaces/argo/deployments"
CONTROLLER_CONFIG = "/api/v1/namespaces/argo/configmaps/workflow-controller-configmap"
REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"
OWNER = "/apis/rbac.authorization.k8s.io/v1/clusterroles/release"

#: What may not be done, by resource; empty in a healthy cluster.
DENIED: set[str] = set()


def configuration() -> Document:
    return parse(CONFIGURED.encode(), "configuration")


def deployment(name: str, account: str, *command: str, image: str = "quay.io/argoproj/x:v4") -> Document:
    container = {"name": "x", "image": image, **({"command": [*command]} if command else {})}
    spec = {"serviceAccountName": account, "containers": [container]}
    return {"metadata": {"name": name}, "spec": {"template": {"spec": spec}}}


def certificate(days: float = 90, issuer: Any = CA) -> Document:
    made = leaf(issuer, ["hook.ours.svc"], days=days, now=datetime.now(UTC) - timedelta(minutes=1))
    return {"data": {"tls.crt": base64.b64encode(made.certificate).decode()}}


@pytest.fixture
def api(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApi]:
    """A healthy installation; ``KUBECONFIG`` leads to it."""
    with small_api() as made:
        healthy(made)
        monkeypatch.setenv("KUBECONFIG", kubeconfig(made, tmp_path))
        yield made
    DENIED.clear()


def healthy(api: SmallApi) -> None:
    api.objects["/version"] = {"major": "1", "minor": "36+", "gitVersion": "v1.36.3"}
    for group in ("argoproj.io", "argo-admission.io"):
        kinds = [{"kind": kind} for kind, each in RESOURCES.items() if f"/{group}/" in each.base]
        api.objects[f"/apis/{group}/v1alpha1"] = {"resources": kinds}
    owner = api.put(OWNER, {})["metadata"]["uid"]
    for kind, document in webhooks_of(configuration(), CA.certificate, seen=False).items():
        references = {"ownerReferences": [{"kind": "ClusterRole", "name": "release", "uid": owner}]}
        api.put(f"{CONFIGURATIONS[kind]}/hook", {**document, "metadata": {**document["metadata"], **references}})
    api.put("/api/v1/namespaces/ours/services/hook", {})
    api.put("/api/v1/namespaces/ours/pods/hook-1", {"spec": {"serviceAccountName": "hook"}})
    api.put("/api/v1/namespaces/default", {})
    target = {"kind": "Pod", "namespace": "ours", "name": "hook-1"}
    endpoints = [{"addresses": ["10.0.0.1"], "targetRef": target}, {"addresses": ["10.0.0.2"]}]
    labels = {"kubernetes.io/service-name": "hook"}
    api.put(f"{SLICES}/hook", {"metadata": {"labels": labels}, "endpoints": endpoints})
    api.put(SECRET, certificate())
    now = datetime.now(UTC).isoformat()
    seen = {"annotations": {SEEN: json.dumps(["system:serviceaccount:argo:argo"])}}
    api.put(LEASE, {"metadata": seen, "spec": {"holderIdentity": "hook-1_x", "renewTime": now}})
    api.put(f"{DEPLOYMENTS}/workflow-controller", deployment("workflow-controller", "argo", "workflow-controller"))
    api.put(f"{DEPLOYMENTS}/argo-server", deployment("argo-server", "argo-server", image="quay.io/argoproj/argocli:v4"))
    api.put(CONTROLLER_CONFIG, {"data": {"executor": "resources:\n  limits: {cpu: '1'}\n"}})
    api.put("/api/v1/namespaces/ours/configmaps/hook", {"data": {"configuration.yaml": CONFIGURED}})
    api.reviews[REVIEWS] = lambda body: {
        **body,
        "status": {"allowed": body["spec"]["resourceAttributes"]["resource"] not in DENIED},
    }


def examined(*arguments: str) -> tuple[int, dict[str, set[str]], list[Document]]:
    """Exit status, the statuses by check, and all that was said."""
    done = CliRunner().invoke(main, ["doctor", "--config-map", "ours/hook", "-o", "json", *arguments])
    assert done.stdout, done.stderr
    checks = json.loads(done.stdout)["checks"]
    statuses: dict[str, set[str]] = {}
    for each in checks:
        statuses.setdefault(each["check"], set()).add(each["status"])
    return done.exit_code, statuses, checks


def test_a_healthy_installation(api: SmallApi) -> None:
    """Everything is looked at, and nothing is found."""
    code, statuses, checks = examined("--fail-on", "warn")

    assert 0 == code
    assert {"ok"} == set().union(*statuses.values()), checks
    assert len(statuses) >= 15


def change(path: str, **fields: Any) -> Callable[[SmallApi], None]:
    """Fields of the object at *path* are others."""

    def changed(api: SmallApi) -> None:
        api.objects[path] = {**api.objects.get(path, {"metadata": {"name": path.rpartition("/")[2]}}), **fields}

    return changed


def remove(path: str) -> Callable[[SmallApi], None]:
    return lambda api: api.objects.pop(path) and None


def annotate(api: SmallApi) -> None:
    found = api.objects[f"{CONFIGURATIONS[VALIDATING]}/hook"]
    found["metadata"]["annotations"] = {DISABLED: "by hand"}


def weaken(api: SmallApi) -> None:
    api.objects[f"{CONFIGURATIONS[VALIDATING]}/hook"]["webhooks"][0]["failurePolicy"] = "Ignore"


def elsewhere(api: SmallApi) -> None:
    config = api.objects[f"{CONFIGURATIONS[VALIDATING]}/hook"]["webhooks"][0]["clientConfig"]
    config["service"] = {**config["service"], "namespace": "theirs"}


def store(document: Document, namespace: str = "") -> Callable[[SmallApi], None]:
    path = RESOURCES[document["kind"]].item(namespace, document["metadata"]["name"]) or ""
    return lambda api: api.put(path, document) and None


def several(*parts: Callable[[SmallApi], None]) -> Callable[[SmallApi], None]:
    def all_of_them(api: SmallApi) -> None:
        for part in parts:
            part(api)

    return all_of_them


def deny(resource: str) -> Callable[[SmallApi], None]:
    return lambda api: DENIED.add(resource)


def limits() -> Document:
    made = policy("limits", "true")
    made["spec"]["mutations"] = [{"target": "Container", "default": {"resources": {"limits": {"cpu": "1"}}}}]
    return made


OTHER_ACCOUNT = deployment("c", "other", "workflow-controller")
INSTANCE = {"workflows.argoproj.io/controller-instanceid": "blue"}
OTHERS = {"webhooks": [{"rules": [{"apiGroups": ["*"]}]}]}
HOOK = f"{CONFIGURATIONS[VALIDATING]}/hook"


def unseeing(api: SmallApi) -> None:
    """Take away the entry by which a user of the controller is seen."""
    webhooks = [each for each in api.objects[HOOK]["webhooks"] if not each["name"].startswith("controller.")]
    api.put(HOOK, {**api.objects[HOOK], "webhooks": webhooks})


@pytest.mark.parametrize(
    ("wrong", "check", "status", "said"),
    [
        (change("/version", minor="29"), "kubernetes", "fail", "matchConditions"),
        (remove("/apis/argoproj.io/v1alpha1"), "kinds", "fail", "install Argo Workflows"),
        (remove(HOOK), "webhooks", "fail", "nobody is asked"),
        (annotate, "webhooks", "fail", "by hand"),
        (change(HOOK, webhooks=[]), "webhooks", "fail", "disabled"),
        (several(change(LEASE, metadata={}), unseeing), "webhooks", "fail", "controller.argo-admission.io is missing"),
        (weaken, "webhooks", "fail", "failurePolicy of validate.argo-admission.io"),
        (elsewhere, "webhooks", "fail", "clientConfig"),
        (remove(OWNER), "owner", "fail", "is not there"),
        (change(OWNER, metadata={"name": "release", "uid": "new"}), "owner", "fail", "does not belong"),
        (remove("/api/v1/namespaces/ours/services/hook"), "endpoints", "fail", "no Service"),
        (change(f"{SLICES}/hook", endpoints=[]), "endpoints", "fail", "no ready endpoint"),
        (change(f"{SLICES}/hook", endpoints=[{"addresses": ["10.0.0.1"]}]), "endpoints", "warn", "only one"),
        (change(SECRET, **certificate(days=0.0001)), "certificate", "fail", "is over"),
        (change(SECRET, **certificate(issuer=authority("others"))), "ca-bundle", "fail", "does not trust"),
        (change(LEASE, spec={}), "leader", "fail", "nobody holds"),
        (change(LEASE, spec={"holderIdentity": "x", "renewTime": "2026-01-01T00:00:00Z"}), "leader", "fail", "renewed"),
        (deny("workflowtemplates"), "permissions", "fail", "list workflowtemplates.argoproj.io"),
        (change(f"{DEPLOYMENTS}/workflow-controller", **OTHER_ACCOUNT), "controller-users", "fail", "argo:other"),
        (remove(f"{DEPLOYMENTS}/workflow-controller"), "controller-users", "warn", "no workflow controller"),
        (change(CONTROLLER_CONFIG, data={"instanceID": "blue"}), "instance-ids", "fail", "blue"),
        (change(CONTROLLER_CONFIG, data={"executor": "a:\n- b: ["}), "controller-config", "fail", "cannot be read"),
        (
            store({"kind": "Workflow", "metadata": {"name": "w", "namespace": "a", "labels": INSTANCE}}, "a"),
            "instance-ids",
            "warn",
            "blue (1 objects)",
        ),
        (
            several(
                store(limits()),
                store(binding("limits", "limits")),
                change(CONTROLLER_CONFIG, data={"workflowRestrictions": "templateReferencing: Strict\n"}),
            ),
            "template-referencing",
            "warn",
            "Strict",
        ),
        (
            several(store(limits()), store(binding("limits", "limits")), change(CONTROLLER_CONFIG, data={})),
            "executor-resources",
            "warn",
            "limits",
        ),
        (several(store(policy("p", "1 +")), store(binding("p", "p"))), "policies", "fail", "WorkflowPolicy p"),
        (store(policy("p", "true")), "policies", "warn", "nothing binds p"),
        (
            change("/api/v1/namespaces/default", metadata={"name": "default", "labels": {EXEMPT: "x"}}),
            "exemptions",
            "warn",
            "are not exempt",
        ),
        (change(f"{next(iter(CONFIGURATIONS.values()))}/other", **OTHERS), "neighbours", "warn", "other"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_what_is_wrong_is_found(
    api: SmallApi, wrong: Callable[[SmallApi], None], check: str, status: str, said: str
) -> None:
    """The check that looks at it says so, with what to do; a failure is exit status 1; the rest is looked at, too."""
    wrong(api)
    code, statuses, checks = examined()
    texts = [
        f"{each['message']} {each['advice']}" for each in checks if (each["check"], each["status"]) == (check, status)
    ]

    assert status in statuses[check], checks
    assert any(said in text for text in texts), texts
    assert all(each["advice"] for each in checks if each["status"] in ("warn", "fail"))
    assert (status == "fail") == (code == 1)
    assert len(statuses) >= 12


@pytest.mark.parametrize(
    ("users", "status", "code"), [(["system:serviceaccount:argo:argo"], "ok", 0), (["other"], "skip", 1)]
)
def test_whether_the_controller_was_seen(api: SmallApi, users: list[str], status: str, code: int) -> None:
    """By the note on the Lease: with it the entry that waits for the controller may be gone, without it it may not."""
    found = api.objects[LEASE]
    api.put(LEASE, {**found, "metadata": {**found["metadata"], "annotations": {SEEN: json.dumps(users)}}})
    unseeing(api)
    exit_code, statuses, _ = examined()

    assert (code, {status}) == (exit_code, statuses["controller-seen"])


def test_argo_servers_account_is_never_the_controllers(api: SmallApi) -> None:
    """Whoever uses the server would be let by as the controller is."""
    named = CONFIGURED.replace("argo:argo", "argo:argo-server")
    api.put(f"{DEPLOYMENTS}/argo-server", deployment("argo-server", "argo-server", "argo", "server"))
    api.put("/api/v1/namespaces/ours/configmaps/hook", {"data": {"configuration.yaml": named}})
    _, _, checks = examined()

    assert any("argo-server" in each["message"] and each["status"] == "fail" for each in checks)


def test_what_may_not_be_looked_at_is_skipped(api: SmallApi) -> None:
    """Without the right to read it, nothing is said to be wrong with it."""
    api.forbidden = [SECRET, DEPLOYMENTS]
    code, statuses, _ = examined()

    assert 0 == code
    assert {"skip"} == statuses["certificate"] == statuses["controller-users"]


def test_text_for_people(api: SmallApi) -> None:
    """A line a look, what to do below it, and a line that sums up."""
    weaken(api)
    done = CliRunner().invoke(main, ["doctor", "--config-map", "ours/hook"])

    assert "fail  webhooks: ValidatingWebhookConfiguration hook" in done.stdout
    assert "→" in done.stdout
    assert "1 failed, 0 to mind" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--config", "/none"],
        ["--config-map", "ours/none"],
        ["--config-map", "hook"],
        ["--config-map", "ours/hook", "--config", "x"],
    ],
    ids=["nothing", "no file", "no ConfigMap", "no namespace", "both"],
)
def test_questions_that_cannot_be_asked(api: SmallApi, arguments: list[str]) -> None:
    """Exit status 2: nobody knows what the installation should be."""
    assert 2 == CliRunner().invoke(main, ["doctor", *arguments]).exit_code

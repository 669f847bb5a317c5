"""The webhook configurations as documents, and the table that the engine has, too."""

from __future__ import annotations

import base64
from dataclasses import replace

import pytest

from admission.argo import update
from admission.cluster import webhooks
from admission.cluster.webhooks import Caller, Webhooks
from admission.model.document import Document

SERVICE = Caller(ca_bundle=b"pem", namespace="argo-admission", name="argo-admission")


def entries(document: Document) -> dict[str, Document]:
    return {each["name"].partition(".")[0]: each for each in document["webhooks"]}


def test_what_fails_how() -> None:
    """Mutation fails open and validation fails closed; deletion and our own kinds do not depend on us."""
    made = Webhooks(caller=SERVICE)
    found = {**entries(made.mutating()), **entries(made.validating())}

    assert {
        "mutate": ("Ignore", 3),
        "validate": ("Fail", 5),
        "delete": ("Ignore", 5),
        "policies": ("Ignore", 5),
    } == {name: (each["failurePolicy"], each["timeoutSeconds"]) for name, each in found.items()}


def test_the_controller_comes_by_until_it_was_seen() -> None:
    """Where its users are named, the first write of a Workflow comes by, and may be missed; once one has, none does."""
    made = Webhooks(caller=SERVICE, controller_users=["system:serviceaccount:argo:argo"])
    found = entries(made.validating())
    [condition] = found["controller"]["matchConditions"]

    assert ("Ignore", 1) == (found["controller"]["failurePolicy"], found["controller"]["timeoutSeconds"])
    assert "request.userInfo.username in ['system:serviceaccount:argo:argo'] && " in condition["expression"]
    assert found.keys() - {"controller"} == entries(replace(made, controller_seen=True).validating()).keys()


def test_only_what_is_used_is_asked_for() -> None:
    """Two API groups, one version, and no wildcard of resources or operations."""
    made = Webhooks(caller=SERVICE)
    rules = [
        rule for each in (made.mutating(), made.validating()) for entry in each["webhooks"] for rule in entry["rules"]
    ]

    assert {("argoproj.io",), ("argo-admission.io",)} == {tuple(rule["apiGroups"]) for rule in rules}
    assert not [rule for rule in rules if "*" in (*rule["resources"], *rule["operations"], *rule["apiVersions"])]


@pytest.mark.parametrize(
    ("caller", "expected"),
    [
        (
            SERVICE,
            {"service": {"namespace": "argo-admission", "name": "argo-admission", "port": 443, "path": "/mutate"}},
        ),
        (Caller(ca_bundle=b"pem", url="https://hook.test:8443/"), {"url": "https://hook.test:8443/mutate"}),
    ],
    ids=["service", "url"],
)
def test_how_we_are_called(caller: Caller, expected: Document) -> None:
    """By a service or a URL, and never without the authority that we are known by."""
    [entry] = Webhooks(caller=caller).mutating()["webhooks"]

    assert {**expected, "caBundle": base64.b64encode(b"pem").decode()} == entry["clientConfig"]


def test_without_users_of_the_controller_nobody_is_let_by() -> None:
    """Who the controller is must be said; nobody is believed to be it by default."""
    [entry] = Webhooks(caller=SERVICE).mutating()["webhooks"]

    assert ["something-changes", "not-going"] == [each["name"] for each in entry["matchConditions"]]


def test_the_engine_has_the_same_table() -> None:
    """Parts of the status, actor labels and own deleters are the same here and in the engine."""
    assert update.SENSITIVE_STATUS == webhooks._STATUS
    assert update._ACTOR_LABELS == webhooks._ACTOR_LABELS


def _selected(entry: Document, labels: dict[str, str]) -> bool:
    """Whether a namespace with *labels* is asked about."""
    operators = {
        "Exists": lambda key, values: key in labels,
        "DoesNotExist": lambda key, values: key not in labels,
        "NotIn": lambda key, values: labels.get(key) not in values,
    }
    requirements = entry["namespaceSelector"]["matchExpressions"]
    return all(operators[each["operator"]](each["key"], each.get("values", ())) for each in requirements)


@pytest.mark.parametrize(
    ("name", "labelled", "asked"),
    [("sandbox", True, False), ("sandbox", False, True), ("other", True, True), ("other", False, True)],
)
def test_exempt_namespaces(name: str, labelled: bool, asked: bool) -> None:
    """The label exempts a namespace that is named, and no other; what is asked about is asked about once."""
    made = Webhooks(caller=SERVICE, exempt_namespaces=["sandbox"])
    labels = {"kubernetes.io/metadata.name": name, **({webhooks.EXEMPT: "true"} if labelled else {})}
    for kind in ("mutate", "validate", "delete"):
        found = entries(made.mutating()) | entries(made.validating())
        chosen = [each for each in (kind, f"{kind}-labelled") if _selected(found[each], labels)]

        assert asked == bool(chosen)
        assert len(chosen) <= 1


def test_what_has_no_namespace_is_never_exempt() -> None:
    """A selector of namespaces lets such objects through: one entry alone is about them. Ours are all judged."""
    made = entries(Webhooks(caller=SERVICE, exempt_namespaces=["sandbox"]).validating())
    scopes = {name: each["rules"][0]["scope"] for name, each in made.items()}

    assert {"validate": "*", "validate-labelled": "Namespaced", "delete": "*", "delete-labelled": "Namespaced"} == {
        name: scope for name, scope in scopes.items() if name != "policies"
    }
    assert {} == made["policies"]["namespaceSelector"]

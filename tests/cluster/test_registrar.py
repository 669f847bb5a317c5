"""The webhook configurations: made once somebody can answer, kept as they should be, and left out when disabled."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from small_api import SmallApi, small_api

from admission.cluster.registrar import CONFIGURATIONS, DISABLED, Foreign, Owner, Registrar, State, served
from admission.cluster.webhooks import MUTATING, VALIDATING, Caller, Webhooks
from admission.errors import ClusterError
from admission.model.document import Document

CLUSTER_ROLE = "/apis/rbac.authorization.k8s.io/v1/clusterroles/release"
OWNER = Owner("ClusterRole", "release")
PATHS = {kind: f"{path}/argo-admission" for kind, path in CONFIGURATIONS.items()}


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        made.put(CLUSTER_ROLE, {"kind": "ClusterRole"})
        yield made


def wanted(bundle: bytes = b"pem") -> dict[str, Document]:
    made = Webhooks(caller=Caller(ca_bundle=bundle, namespace="ours", name="hook"))
    return {MUTATING: made.mutating(), VALIDATING: made.validating()}


def keep(api: SmallApi, registrar: Registrar | None = None, bundle: bytes = b"pem", ready: bool = True) -> Registrar:
    registrar = registrar or Registrar(api.client(), OWNER)
    registrar.keep(wanted(bundle), lambda: ready)
    return registrar


def edit(api: SmallApi, kind: str, annotations: Document | None = None, **fields: Any) -> None:
    found = api.objects[PATHS[kind]]
    metadata = {**found["metadata"], **({"annotations": annotations} if annotations is not None else {})}
    api.put(PATHS[kind], {**found, "metadata": metadata, **fields})


def test_nothing_is_made_before_somebody_can_answer(api: SmallApi) -> None:
    """A configuration that nobody answers for would lock the cluster; afterwards it is made once."""
    registrar = keep(api, ready=False)
    before = api.writes()
    keep(api, registrar)
    made = api.writes()
    keep(api, registrar, ready=False)

    assert [] == before
    assert [("POST", path) for path in CONFIGURATIONS.values()] == made
    assert [] == api.writes()
    assert {State.KEPT} == set(registrar.states.values())


def test_they_go_with_the_release(api: SmallApi) -> None:
    """Their owner is the cluster-scoped object that is named, by its uid."""
    keep(api)
    uid = api.objects[CLUSTER_ROLE]["metadata"]["uid"]

    for path in PATHS.values():
        [reference] = api.objects[path]["metadata"]["ownerReferences"]
        assert {
            "apiVersion": "rbac.authorization.k8s.io/v1",
            "kind": "ClusterRole",
            "name": "release",
            "uid": uid,
        } == reference


def test_without_an_owner_nothing_is_made(api: SmallApi) -> None:
    """What would be left behind when we are uninstalled is not made."""
    del api.objects[CLUSTER_ROLE]

    with pytest.raises(ClusterError):
        keep(api)
    assert [] == api.writes()


@pytest.mark.parametrize(
    "changed",
    [
        {"failurePolicy": "Ignore"},
        {"namespaceSelector": {"matchLabels": {"nobody": "here"}}},
        {"rules": []},
        {"matchConditions": [{"name": "never", "expression": "false"}]},
        {"clientConfig": {"url": "https://elsewhere.test", "caBundle": "cGVt"}},
        {"objectSelector": {"matchExpressions": [{"key": "x", "operator": "Exists"}]}},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_somebody_changes_is_put_back(api: SmallApi, changed: Document) -> None:
    """A weakened entry lasts until the leader looks; labels and annotations of others stay."""
    registrar = keep(api)
    first, *rest = api.objects[PATHS[VALIDATING]]["webhooks"]
    edit(api, VALIDATING, annotations={"note": "x"}, webhooks=[{**first, **changed}, *rest])
    keep(api, registrar)
    after = api.objects[PATHS[VALIDATING]]

    assert wanted()[VALIDATING]["webhooks"] == after["webhooks"]
    assert ({"note": "x"}, 1) == (after["metadata"]["annotations"], registrar.restored)


def test_what_the_api_server_leaves_out_is_no_change(api: SmallApi) -> None:
    """Empty lists are not stored, and nothing is written because of them."""
    registrar = keep(api)
    for kind in PATHS:
        webhooks = [
            {key: value for key, value in each.items() if value != []} for each in api.objects[PATHS[kind]]["webhooks"]
        ]
        edit(api, kind, webhooks=webhooks)
    api.writes()
    keep(api, registrar)

    assert [] == api.writes()


def test_a_disabled_configuration_stays_empty_until_it_is_enabled(api: SmallApi) -> None:
    """The annotation is enough: its webhooks are taken out, and put back when it is gone."""
    registrar = keep(api)
    edit(api, VALIDATING, annotations={DISABLED: "it burns"})
    for _ in range(2):
        keep(api, registrar)
    disabled, other = api.objects[PATHS[VALIDATING]], api.objects[PATHS[MUTATING]]
    edit(api, VALIDATING, annotations={})
    keep(api, registrar)

    assert [] == disabled["webhooks"]
    assert {DISABLED: "it burns"} == disabled["metadata"]["annotations"]
    assert 1 == len(other["webhooks"])
    assert 3 == len(api.objects[PATHS[VALIDATING]]["webhooks"])


def test_what_an_earlier_release_left_behind_counts_no_more(api: SmallApi) -> None:
    """A new install takes over what the garbage collector has not taken yet, and is not disabled by it."""
    keep(api)
    edit(api, VALIDATING, annotations={DISABLED: "uninstalled"}, webhooks=[])
    uid = api.put(CLUSTER_ROLE, {"kind": "ClusterRole"})["metadata"]["uid"]
    registrar = keep(api)
    after = api.objects[PATHS[VALIDATING]]

    assert 3 == len(after["webhooks"])
    assert "annotations" not in after["metadata"]
    assert [uid] == [each["uid"] for each in after["metadata"]["ownerReferences"]]
    assert State.KEPT is registrar.states[VALIDATING]


def test_releases_of_one_name_do_not_fight(api: SmallApi) -> None:
    """What belongs to another release is not touched, and the reason says what to do."""
    keep(api)
    other = Owner("ClusterRole", "other")
    api.put(CLUSTER_ROLE.replace("release", "other"), {"kind": "ClusterRole"})
    api.writes()

    with pytest.raises(Foreign, match=r"webhooks\.name"):
        keep(api, Registrar(api.client(), other), bundle=b"other")
    assert [] == api.writes()


def test_the_bundle_follows(api: SmallApi) -> None:
    """A new caBundle is published in every entry; that is a change of ours, and nobody is blamed for it."""
    registrar = keep(api)
    keep(api, registrar, bundle=b"new")
    bundles = {each["clientConfig"]["caBundle"] for path in PATHS.values() for each in api.objects[path]["webhooks"]}

    assert {base64.b64encode(b"new").decode()} == bundles
    assert 0 == registrar.restored


@pytest.mark.parametrize(
    ("endpoints", "expected"),
    [
        ([], False),
        ([{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}], False),
        ([{"addresses": ["10.0.0.1"], "conditions": {"ready": False}}, {"addresses": ["10.0.0.2"]}], True),
        ([{"addresses": ["10.0.0.1"], "conditions": {"ready": True}}], True),
    ],
    ids=["nobody", "not ready", "one of two", "ready"],
)
def test_whether_somebody_stands_behind_the_service(api: SmallApi, endpoints: list[Document], expected: bool) -> None:
    """Only a ready endpoint of that very Service counts."""
    path = "/apis/discovery.k8s.io/v1/namespaces/ours/endpointslices"
    ready = [{"addresses": ["10.0.0.9"], "conditions": {"ready": True}}]
    label = "kubernetes.io/service-name"
    api.put(f"{path}/other", {"metadata": {"labels": {label: "other"}}, "endpoints": ready})
    api.put(f"{path}/hook", {"metadata": {"labels": {label: "hook"}}, "endpoints": endpoints})

    assert expected == served(api.client(), "ours", "hook")

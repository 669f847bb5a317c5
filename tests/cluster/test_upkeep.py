"""What replicas do beside answering, put together as ``serve`` puts it together."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from small_api import SmallApi, kubeconfig, small_api
from waiting import until

from admission.cli.server.measured import of
from admission.cli.server.upkeep import POD_NAMESPACE, Upkeep, upkeep
from admission.cluster.certificates import authority, leaf, trusts
from admission.cluster.registrar import CONFIGURATIONS
from admission.config import parse
from admission.errors import ConfigurationError
from admission.model.document import Document

CONFIGS = [f"{path}/hook" for path in CONFIGURATIONS.values()]
SECRET = "/api/v1/namespaces/ours/secrets/hook"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/ours/leases/hook"
OWNER = "/apis/rbac.authorization.k8s.io/v1/clusterroles/release"
SLICE = "/apis/discovery.k8s.io/v1/namespaces/ours/endpointslices/hook"


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallApi]:
    monkeypatch.setenv(POD_NAMESPACE, "ours")
    with small_api() as made:
        made.put(OWNER, {"kind": "ClusterRole"})
        yield made


def configured(api: SmallApi, folder: Path, **sections: Any) -> Document:
    """The configuration of a release, with short times."""
    given = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "AdmissionConfiguration",
        "cluster": {"kubeconfig": kubeconfig(api, folder)},
        "tls": {"selfManaged": {"secret": {"name": "hook"}, "settleSeconds": 0.1}},
        "webhooks": {
            "manage": True,
            "name": "hook",
            "service": {"name": "hook"},
            "owner": {"name": "release"},
            "intervalSeconds": 0.1,
        },
        "leaderElection": {
            "enabled": True,
            "name": "hook",
            # Long enough for a busy machine: nobody loses the Lease who is only slow.
            "leaseSeconds": 5,
            "renewSeconds": 4,
            "retrySeconds": 0.1,
        },
        **sections,
    }
    return parse(json.dumps(given).encode(), "configuration")


@contextmanager
def running(configuration: Document, ready: Callable[[], bool] = lambda: True) -> Iterator[Upkeep]:
    made = upkeep(configuration, ready)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def reachable(api: SmallApi) -> None:
    """A replica of the Service is ready."""
    labels = {"kubernetes.io/service-name": "hook"}
    endpoints = [{"addresses": ["127.0.0.1"], "conditions": {"ready": True}}]
    api.put(SLICE, {"metadata": {"labels": labels}, "endpoints": endpoints})


def bundles(api: SmallApi) -> set[bytes]:
    return {
        base64.b64decode(each["clientConfig"]["caBundle"]) for path in CONFIGS for each in api.objects[path]["webhooks"]
    }


def test_a_first_start(api: SmallApi, tmp_path: Path) -> None:
    """A Secret at once; configurations that trust it once the engine is ready and the Service has an endpoint."""
    ready: list[bool] = []
    with running(configured(api, tmp_path), lambda: bool(ready)) as made:
        pair = made.source()
        until(lambda: LEASE in api.objects)
        until(lambda: made.registrar and made.registrar.states)
        assert not any(path in api.objects for path in CONFIGS)
        ready.append(True)
        until(lambda: any(path.endswith("endpointslices") for _, path in list(api.calls)))
        assert not any(path in api.objects for path in CONFIGS)
        reachable(api)
        until(lambda: all(path in api.objects for path in CONFIGS))
        [bundle] = bundles(api)

    service = api.objects[CONFIGS[0]]["webhooks"][0]["clientConfig"]["service"]
    assert {"namespace": "ours", "name": "hook", "port": 443, "path": "/mutate"} == service
    assert trusts(bundle, pair.certificate)
    assert base64.b64decode(api.objects[SECRET]["data"]["tls.crt"]) == pair.certificate


def test_only_the_leader_writes_and_another_follows(api: SmallApi, tmp_path: Path) -> None:
    """Two replicas serve with one certificate; when the first ends, the other leads and keeps what is there."""
    reachable(api)
    configuration = configured(api, tmp_path)
    with running(configuration) as first:
        until(lambda: first.leadership.leads and all(path in api.objects for path in CONFIGS))
        with running(configuration) as second:
            until(lambda: first.registrar and len(first.registrar.states) == 2)
            both = first.source(), second.source(), first.leadership.leads, second.leadership.leads
            assert second.registrar is not None
            idle = dict(second.registrar.states)
            first.stop()
            until(lambda: second.leadership.leads)
            until(lambda: len(second.registrar.states) == 2 if second.registrar else False)

    assert both[0] == both[1]
    assert (True, False, {}) == (*both[2:], idle)


def entry_names(api: SmallApi) -> set[str]:
    return {each["name"] for path in CONFIGS if path in api.objects for each in api.objects[path]["webhooks"]}


def test_nothing_waits_for_a_controller_that_was_seen(api: SmallApi, tmp_path: Path) -> None:
    """Whichever replica has seen it, the leader takes the entry away, and has it again when others are configured."""
    reachable(api)
    first_sight = "controller.argo-admission.io"
    configuration = configured(api, tmp_path, controller={"users": ["argo"]})
    with running(configuration) as leading, running(configuration) as other:
        until(lambda: leading.leadership.leads and first_sight in entry_names(api))
        other.sightings.saw("argo")
        until(lambda: first_sight not in entry_names(api))
        assert {"validate.argo-admission.io", "mutate.argo-admission.io"} < entry_names(api)
        assert leading.registrar is not None
        assert 0 == leading.registrar.restored, "a change of ours is none of somebody else"
    with running(configured(api, tmp_path, controller={"users": ["argo-2"]})):
        until(lambda: first_sight in entry_names(api))


def test_an_authority_is_rolled_through_the_configurations(api: SmallApi, tmp_path: Path) -> None:
    """At every moment of rolling the registered caBundle trusts the certificate that replicas serve with."""
    reachable(api)
    # Long enough that nobody is held up for so long between two looks.
    tls = {"selfManaged": {"secret": {"name": "hook"}, "settleSeconds": 1.5}}
    configuration = configured(api, tmp_path, tls=tls)
    with running(configuration) as leading, running(configuration) as other:
        until(lambda: all(path in api.objects for path in CONFIGS))
        before, [old] = other.source(), bundles(api)
        stored = api.objects[SECRET]
        annotations = {**stored["metadata"]["annotations"], "argo-admission.io/rotate": "now"}
        api.put(SECRET, {**stored, "metadata": {**stored["metadata"], "annotations": annotations}})
        seen = set()

        def rolled() -> bool:
            for source in (leading.source, other.source):
                pair = source()
                assert any(trusts(bundle, pair.certificate) for bundle in bundles(api))
                assert all(trusts(bundle, pair.certificate) for bundle in bundles(api))
                seen.add(pair.certificate)
            return len(seen) == 2 and all(not trusts(bundle, before.certificate) for bundle in bundles(api))

        until(rolled)

    assert {old} != bundles(api)


def test_certificates_of_others_wait_until_they_are_trusted(api: SmallApi, tmp_path: Path) -> None:
    """A replica whose files are renewed first goes on with the old certificate until the caBundle knows the new one."""
    reachable(api)
    files = {name: tmp_path / name for name in ("certificate", "key", "ca")}

    def bring(ca_too: bool) -> bytes:
        issuer = authority("theirs")
        made = leaf(issuer, ["hook.ours.svc"])
        files["certificate"].write_bytes(made.certificate)
        files["key"].write_bytes(made.key)
        if ca_too:
            files["ca"].write_bytes(issuer.certificate)
        return issuer.certificate

    bring(ca_too=True)
    tls = {name: str(file) for name, file in files.items()}
    with running(configured(api, tmp_path, tls=tls)) as made:
        old = made.source()
        until(lambda: all(path in api.objects for path in CONFIGS))
        issuer = bring(ca_too=False)
        with pytest.raises(OSError, match="authority"):
            made.source()
        files["ca"].write_bytes(issuer)
        until(lambda: all(trusts(bundle, files["certificate"].read_bytes()) for bundle in bundles(api)))
        new = made.source()

    assert new != old
    assert all(trusts(bundle, old.certificate) for bundle in bundles(api))


def test_an_api_server_that_is_away_ends_nothing(api: SmallApi, tmp_path: Path) -> None:
    """While it is away nobody leads and problems are counted; afterwards all goes on by itself."""
    reachable(api)
    with running(configured(api, tmp_path)) as made:
        until(lambda: all(path in api.objects for path in CONFIGS))
        served = made.source()
        api.down = True
        with pytest.raises(OSError, match="down"):
            made.source()
        until(lambda: not made.leadership.leads)
        api.down = False
        api.objects.pop(CONFIGS[0])
        until(lambda: CONFIGS[0] in api.objects and not made.duties.problems)
        measured = of(made)

    assert served == made.source()
    assert {(): 1.0} == measured["leader"]
    assert {("certificates",): 0.0, ("webhook configurations",): 0.0} == measured["duty_problems"]


def test_outside_of_a_pod_the_namespace_must_be_said(
    api: SmallApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody guesses where a Secret belongs."""
    monkeypatch.delenv(POD_NAMESPACE)

    with pytest.raises(ConfigurationError, match=POD_NAMESPACE):
        upkeep(configured(api, tmp_path), lambda: True)


@pytest.mark.parametrize(
    ("sections", "place"),
    [
        ({"tls": {"selfManaged": {"hosts": ["a"]}}}, "tls.selfManaged"),
        ({"tls": {"selfManaged": {"secret": {"name": "a"}, "folder": "/x", "hosts": ["a"]}}}, "tls.selfManaged"),
        ({"tls": {"certificate": "a", "key": "b"}}, "webhooks.manage"),
        ({"webhooks": {"manage": True}, "tls": {"selfManaged": {"folder": "/x", "hosts": ["a"]}}}, "webhooks"),
        ({"webhooks": {"url": "https://a", "service": {"name": "b"}}}, "webhooks"),
        ({"webhooks": {"validate": {"failurePolicy": "Maybe"}}}, "webhooks.validate.failurePolicy"),
        ({"webhooks": {"validate": {"namespaceSelector": {"labels": {}}}}}, "webhooks.validate.namespaceSelector"),
    ],
    ids=["neither", "both", "no caBundle", "no address", "two addresses", "no such policy", "no such selector"],
)
def test_contradictions(api: SmallApi, tmp_path: Path, sections: Document, place: str) -> None:
    """What cannot work is refused with its place before anything runs."""
    with pytest.raises(ConfigurationError, match=place):
        configured(api, tmp_path, **sections)

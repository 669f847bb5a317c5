"""Our own certificates: made once, renewed in time, rolled step by step, kept whatever happens to the Secret."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from small_api import SmallApi, small_api

from admission.cluster.certificates import authority, expires, leaf, names, trusts, within
from admission.cluster.rotation import Held, Kept, Store, Times, first, step
from admission.cluster.stores import ROTATE, Folder, Secret
from admission.errors import ClusterError

NOW = datetime(2026, 5, 1, tzinfo=UTC)
HOSTS = ("hook.test",)
TIMES = Times()
SECRET = "/api/v1/namespaces/ours/secrets/tls"


@pytest.fixture
def api() -> Iterator[SmallApi]:
    with small_api() as made:
        yield made


class Moving:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def kept(api: SmallApi, clock: Moving | None = None, hosts: tuple[str, ...] = HOSTS) -> Kept:
    return Kept(Secret(api.client(), "ours", "tls"), hosts, TIMES, clock or Moving())


def told(bundle: bytes) -> bool:
    """The API server knows every bundle."""
    return True


def rolled(held: Held, now: datetime) -> list[Held]:
    """Everything that is kept after *held* while an authority is rolled, a minute at a time."""
    states = [held]
    for minute in range(1, 8):
        after = step(states[-1], HOSTS, TIMES, now + timedelta(minutes=minute), announced=True)
        if after != states[-1]:
            states.append(after)
    return states


def test_nobody_is_without_trust_while_an_authority_is_rolled() -> None:
    """In every step the caBundle of the step before and that after it trust what is served with."""
    states = rolled(first(HOSTS, TIMES, NOW), NOW + timedelta(days=340))

    for before, after in pairwise(states):
        assert trusts(before.bundle, after.leaf.certificate)
        assert trusts(after.bundle, before.leaf.certificate) or not before.going
    assert not trusts(states[0].bundle, states[-1].leaf.certificate)
    assert (None, b"") == (states[-1].coming, states[-1].going)


def test_a_new_authority_waits_until_it_is_known() -> None:
    """Nothing is signed by an authority that the API server was not told of, or only a moment ago."""
    old = first(HOSTS, TIMES, NOW)
    then = NOW + timedelta(days=340)
    coming = step(old, HOSTS, TIMES, then, announced=True)
    coming = step(coming, HOSTS, TIMES, then, announced=True)
    unheard = step(coming, HOSTS, TIMES, then + timedelta(hours=1), announced=False)
    too_soon = step(coming, HOSTS, TIMES, then + timedelta(seconds=59), announced=True)

    assert coming.coming is not None
    assert coming == unheard == too_soon


def test_a_leaf_is_renewed_by_the_same_authority() -> None:
    """A month before its end, or when its names change; never at every look."""
    old = first(HOSTS, TIMES, NOW)
    early = step(old, HOSTS, TIMES, NOW + timedelta(days=59), announced=True)
    late = step(old, HOSTS, TIMES, NOW + timedelta(days=61), announced=True)
    other = step(old, ("other.test",), TIMES, NOW, announced=True)
    short = Times(leaf=timedelta(seconds=10))
    quick = first(HOSTS, short, NOW)

    assert old == early
    assert old.authority == late.authority == other.authority
    assert expires(late.leaf.certificate) > expires(old.leaf.certificate)
    assert {"other.test"} == names(other.leaf.certificate)
    assert quick == step(quick, HOSTS, short, NOW, announced=True)


def test_an_authority_that_is_over_is_replaced_at_once() -> None:
    """Nobody trusts it any more, so that there is nothing to wait for."""
    old = first(HOSTS, TIMES, NOW)
    new = step(old, HOSTS, TIMES, NOW + timedelta(days=366), announced=False)

    assert trusts(new.bundle, new.leaf.certificate)
    assert new.authority != old.authority


def test_whichever_replica_comes_first_makes_the_secret(api: SmallApi) -> None:
    """Many start at once; one Secret is made, and all serve with it."""
    found: list[Held] = []
    threads = [threading.Thread(target=lambda: found.append(kept(api).current())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert 8 == len(found)
    assert 1 == len({held.leaf for held in found})
    stored = api.objects[SECRET]
    assert "kubernetes.io/tls" == stored["type"]
    ssl.create_default_context(cadata=base64.b64decode(stored["data"]["ca.crt"]).decode())


def test_an_empty_secret_is_filled(api: SmallApi) -> None:
    """A chart makes it, so that no right to create is needed; what the chart wrote on it stays."""
    notes = {"labels": {"app.kubernetes.io/managed-by": "Helm"}, "annotations": {"meta.helm.sh/release-name": "x"}}
    api.put(SECRET, {"kind": "Secret", "type": "Opaque", "metadata": notes})
    api.writes()
    held = kept(api).current()
    stored = api.objects[SECRET]

    assert [("PUT", SECRET)] == api.writes()
    assert held == kept(api).current()
    assert ("Opaque", notes["labels"]) == (stored["type"], stored["metadata"]["labels"])
    assert notes["annotations"].items() <= stored["metadata"]["annotations"].items()


def test_an_emptied_secret_is_put_back(api: SmallApi) -> None:
    """The way to repair a Secret that somebody has broken."""
    leading = kept(api)
    before = leading.current()
    stored = api.objects[SECRET]
    api.put(SECRET, {**stored, "data": {}})

    assert before == leading.keep(told)
    assert before == kept(api).current()


def test_a_deleted_secret_is_put_back(api: SmallApi) -> None:
    """The leader keeps what is being served with; nobody else writes, and nobody is served with anything else."""
    leading, other = kept(api), kept(api)
    before = leading.current()
    other.current()
    del api.objects[SECRET]
    meanwhile = other.current()
    untouched = SECRET not in api.objects
    after = leading.keep(told)

    assert untouched
    assert before == meanwhile == after == other.current()


@pytest.mark.parametrize(
    "broken",
    [
        {"tls.key": base64.b64encode(leaf(authority("x"), HOSTS).key).decode()},
        {"tls.crt": base64.b64encode(b"no certificate").decode()},
        {"authority.key": None},
        {"tls.crt": "%%%"},
        {"authority.crt": base64.b64encode(authority("stranger").certificate).decode()},
    ],
    ids=["the key of another", "no certificate", "no key", "not base64", "another authority"],
)
def test_a_broken_secret_is_not_used(api: SmallApi, broken: dict[str, str | None]) -> None:
    """What does not fit is refused with a reason, and the leader does not write over it."""
    keeping = kept(api)
    keeping.current()
    stored = api.objects[SECRET]
    data = {key: value for key, value in {**stored["data"], **broken}.items() if value is not None}
    api.put(SECRET, {**stored, "data": data})
    api.writes()

    for use in (keeping.current, lambda: keeping.keep(told)):
        with pytest.raises(ValueError, match=r"\w+"):
            use()
    assert [] == api.writes()


def test_the_leader_takes_the_steps_in_the_secret(api: SmallApi) -> None:
    """Asked for by an annotation, the authority is rolled: announced, in use, alone. All replicas follow."""
    clock = Moving()
    leading, other = kept(api, clock), kept(api, clock)
    old = leading.keep(told)
    stored = api.objects[SECRET]
    annotations = {**stored["metadata"]["annotations"], ROTATE: "leaked"}
    api.put(SECRET, {**stored, "metadata": {**stored["metadata"], "annotations": annotations}})
    seen = []
    for _ in range(6):
        clock.now += timedelta(seconds=61)
        leading.keep(told)
        seen.append(other.current())

    assert within(old.bundle, seen[0].bundle)
    assert trusts(seen[0].bundle, seen[1].leaf.certificate)
    assert not trusts(old.bundle, seen[-1].leaf.certificate)
    assert (None, b"", "leaked") == (seen[-1].coming, seen[-1].going, seen[-1].done)
    assert seen[-1] == seen[-2]


def test_two_leaders_do_not_undo_one_another(api: SmallApi) -> None:
    """A step is written only over what it was made of."""
    clock = Moving()
    one = kept(api, clock)
    one.current()
    read = Secret(api.client(), "ours", "tls").read()
    assert read is not None
    clock.now += timedelta(days=61)
    one.keep(told)

    with pytest.raises(ClusterError):
        Secret(api.client(), "ours", "tls").replace(read)


def _in_folder(tmp_path: Path, api: SmallApi) -> Store:
    return Folder(tmp_path / "tls")


def _in_secret(tmp_path: Path, api: SmallApi) -> Store:
    return Secret(api.client(), "ours", "tls")


@pytest.mark.parametrize("store", [_in_folder, _in_secret], ids=["folder", "secret"])
def test_what_is_kept_comes_back(store: Callable[[Path, SmallApi], Store], tmp_path: Path, api: SmallApi) -> None:
    """In every step of rolling, what was written is what is read."""
    for held in rolled(first(HOSTS, TIMES, NOW), NOW + timedelta(days=340)):
        made = store(tmp_path, api)
        before = made.read()
        if before is None:
            made.create(held)
        else:
            made.replace(replace(held, version=before.version))
        assert held == store(tmp_path, api).read()


def test_only_we_can_read_the_keys_in_a_folder(tmp_path: Path) -> None:
    """Keys are nobody else's, and the caBundle stands beside them."""
    made = Kept(Folder(tmp_path), HOSTS).current()

    assert {0o600} == {file.stat().st_mode & 0o777 for file in tmp_path.glob("*.key")}
    assert made.bundle == (tmp_path / "ca.crt").read_bytes()

"""The informer against a real API server, in all the ways in which that can be unpleasant."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from following import binding, cable, following, policy, template, watched
from outages import FrailPlane
from waiting import quickest, until

from admission.argo.kinds import KINDS
from admission.cli.demo.kinds import definition, definitions
from admission.cluster import reflector
from admission.cluster.client import Client
from admission.cluster.informer import Informer
from admission.cluster.lookup import Live
from admission.cluster.reflector import State
from admission.cluster.status import StatusWriter
from admission.model.catalog import MISSING, UNAVAILABLE, Lookup
from admission.model.document import Document

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def cluster(plane: FrailPlane) -> FrailPlane:
    """The control plane, with Argo's kinds and ours."""
    plane.apply(*definitions())
    return plane


@pytest.fixture
def client(cluster: FrailPlane) -> Client:
    return Client.connect(str(cluster.kubeconfig))


@pytest.fixture
def informer(client: Client) -> Iterator[Informer]:
    with following(client) as found:
        yield found


def image(informer: Informer, name: str) -> object:
    """The image of the template of that name, as the newest snapshot has it."""
    found = informer.snapshot.catalog.workflow_template("default", name)
    return found["spec"]["templates"][0]["container"]["image"] if isinstance(found, dict) else found


def condition(cluster: FrailPlane, kind: str, name: str, type: str) -> Document:
    found = json.loads(cluster.kubectl("get", kind, name, "-o", "json").stdout)
    conditions = {each["type"]: each for each in found.get("status", {}).get("conditions", [])}
    return {"generation": found["metadata"]["generation"], **conditions.get(type, {})}


def test_all_pages_are_read(cluster: FrailPlane, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list that comes in pages is one list."""
    monkeypatch.setattr(reflector, "PAGE", 3)
    names = [f"page-{number}" for number in range(10)]
    cluster.apply(*map(template, names))
    with following(client) as informer:
        found = {name for name in names if image(informer, name) == "alpine"}

    assert set(names) == found


def test_what_is_kept_of_an_object(cluster: FrailPlane, informer: Informer) -> None:
    """Managed fields and kubectl's second copy are most of an object, and nobody reads them; the rest is kept."""
    cluster.apply(template("lean", labels={"team": "a"}))
    until(lambda: image(informer, "lean") == "alpine")
    found = informer.snapshot.catalog.workflow_template("default", "lean")

    assert isinstance(found, dict)
    assert ("argoproj.io/v1alpha1", "WorkflowTemplate") == (found["apiVersion"], found["kind"])
    assert {"team": "a"} == found["metadata"]["labels"]
    assert not {"managedFields"} & found["metadata"].keys()
    assert "kubectl.kubernetes.io/last-applied-configuration" not in found["metadata"].get("annotations", {})


def test_namespaces_have_their_kind(informer: Informer) -> None:
    """Items of core lists come without kind and version; here they have both."""
    found = informer.snapshot.catalog.namespace("default")

    assert isinstance(found, dict)
    assert ("v1", "Namespace") == (found["apiVersion"], found["kind"])


def test_a_changed_template_is_used_within_a_second(cluster: FrailPlane, informer: Informer) -> None:
    """Created, changed and deleted: the next snapshot knows; one that was given out never changes."""

    def changed(to: str) -> float:
        cluster.apply(template("hot", to))
        return until(lambda: image(informer, "hot") == to)

    def deleted() -> float:
        cluster.kubectl("delete", "workflowtemplate", "hot")
        return until(lambda: image(informer, "hot") is MISSING)

    changed("one")
    before = informer.snapshot
    # More than once, as a busy machine may hold up any of them.
    change = quickest(changed(str(number)) for number in range(5))
    gone = quickest((changed("again"), deleted())[1] for _ in range(5))

    kept = before.catalog.workflow_template("default", "hot")
    assert isinstance(kept, dict)
    assert "one" == kept["spec"]["templates"][0]["container"]["image"]
    assert max(change, gone) < 1


def test_the_controllers_configuration(
    cluster: FrailPlane, informer: Informer, caplog: pytest.LogCaptureFixture
) -> None:
    """The ConfigMap of the controller is decoded whenever it changes; one that cannot be read changes nothing."""

    def says(text: str) -> None:
        metadata = {"name": "workflow-controller-configmap", "namespace": "argo"}
        cluster.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"config": text}})

    cluster.kubectl("create", "namespace", "argo", check=False)
    says('{"parallelism": 3}')
    until(lambda: informer.snapshot.catalog.controller_config() == {"parallelism": 3})
    says("{")
    until(lambda: any("cannot be read" in record.getMessage() for record in caplog.records))
    kept = informer.snapshot.catalog.controller_config()
    says('{"parallelism": 4}')
    until(lambda: informer.snapshot.catalog.controller_config() == {"parallelism": 4})
    cluster.kubectl("delete", "configmap", "-n", "argo", "workflow-controller-configmap")
    until(lambda: informer.snapshot.catalog.controller_config() == {})

    assert {"parallelism": 3} == kept


def test_an_edited_policy_works_within_a_second(cluster: FrailPlane, client: Client) -> None:
    """Policies are compiled as they come; the condition of each says whether it can be used."""
    writer = StatusWriter(client)
    writer.start()
    with following(client, published=writer.publish) as informer:
        cluster.apply(policy("hot", "object.spec.entrypoint == 'one'"), binding("hot", "hot"))
        until(lambda: condition(cluster, "wfpol", "hot", "Bound").get("status") == "True")
        good = condition(cluster, "wfpol", "hot", "Compiled")
        usable = condition(cluster, "wfpolb", "hot", "Usable")

        def edited(expression: str, usable: bool) -> float:
            cluster.apply(policy("hot", expression))
            return until(lambda: usable is not bool(informer.snapshot.policies.problems))

        edited("object.spec.entrypoint ==", False)
        until(lambda: condition(cluster, "wfpol", "hot", "Compiled").get("status") == "False")
        bad = condition(cluster, "wfpol", "hot", "Compiled")
        # More than once, as a busy machine may hold up any of them.
        worst = quickest(max(edited(f"{number} == 1", True), edited(f"{number} ==", False)) for number in range(8))
        cluster.kubectl("delete", "wfpol,wfpolb", "hot")
        until(lambda: not informer.snapshot.policies.policies and not informer.snapshot.policies.problems)
    writer.stop()

    assert ("True", "True") == (good["status"], usable["status"])
    assert (bad["generation"], "DoesNotCompile") == (bad["observedGeneration"], bad["reason"])
    assert "spec.validations[0].expression" in bad["message"]
    assert worst < 1


def test_replicas_write_a_condition_once(cluster: FrailPlane, client: Client) -> None:
    """What two replicas would write is the same, so that their writes come to an end."""
    writers = [StatusWriter(client), StatusWriter(client)]
    for each in writers:
        each.start()
    with following(client, published=writers[0].publish), following(client, published=writers[1].publish):
        cluster.apply(policy("twice", "true"))
        until(lambda: condition(cluster, "wfpol", "twice", "Compiled").get("status") == "True")

        def version() -> str:
            written: str = cluster.kubectl("get", "wfpol", "twice", "-o", "jsonpath={.metadata.resourceVersion}").stdout
            return written

        def rests() -> bool:
            before = version()
            time.sleep(1)
            return before == version()

        until(rests)
        cluster.kubectl("delete", "wfpol", "twice")
    for each in writers:
        each.stop()


def test_a_dropped_watch_goes_on_where_it_was(cluster: FrailPlane, tmp_path: Path) -> None:
    """What changed while the connection was down is not missed, and nothing is listed anew."""
    cluster.apply(template("dropped", "one"))
    with cable(cluster, tmp_path) as (line, client), following(client) as informer:
        until(lambda: image(informer, "dropped") == "one")
        for number in range(5):
            line.cut()
            cluster.apply(template("dropped", f"image-{number}"))
            until(lambda number=number: image(informer, "dropped") == f"image-{number}")  # type: ignore[misc]

        assert 1 == informer.reflectors["WorkflowTemplate"].lists


def test_a_silent_connection_is_given_up(cluster: FrailPlane, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is open and carries nothing any more is noticed; what we know stays until then."""
    monkeypatch.setattr(reflector, "_SILENCE", 1.0)
    cluster.apply(template("silent", "one"))
    with cable(cluster, tmp_path) as (line, client), following(client) as informer:
        until(lambda: image(informer, "silent") == "one")
        line.silent = True
        cluster.apply(template("silent", "two"))
        until(lambda: line.made > 8)
        stays = image(informer, "silent")
        line.silent = False
        line.cut()
        until(lambda: image(informer, "silent") == "two")

    assert "one" == stays


def test_not_heard_for_long_is_not_ready(cluster: FrailPlane, tmp_path: Path) -> None:
    """A catalog that may be out of date is used for its time; then the process is not ready, and says why."""
    with cable(cluster, tmp_path) as (line, client), following(client, watched(stale=5)) as informer:
        line.silent = True
        line.cut()
        until(informer.unready)
        reasons, usable = informer.unready(), informer.snapshot
        line.silent = False
        line.cut()
        until(lambda: not informer.unready())

    assert any("nothing was heard for" in reason for reason in reasons)
    assert usable.catalog.namespace("default") is not MISSING


def test_a_kind_that_comes_later_and_goes(
    cluster: FrailPlane, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    """Without its definition a kind is unavailable, never missing; installed later it is followed without a restart."""
    caplog.set_level(logging.INFO, "admission.cluster")
    kind = KINDS["ClusterWorkflowTemplate"]
    cluster.kubectl("delete", "crd", f"{kind.plural}.argoproj.io")
    with following(client) as informer:
        until(lambda: informer.reflectors[kind.kind].state is State.ABSENT)
        until(lambda: informer.snapshot.catalog.cluster_workflow_template("shared") is UNAVAILABLE)
        live = Live(client).answer([Lookup(kind.kind, "", "shared")])
        cluster.apply(definition(kind))
        until(lambda: informer.reflectors[kind.kind].state is State.SYNCED)
        cluster.apply(template("shared", kind=kind.kind))
        until(lambda: isinstance(informer.snapshot.catalog.cluster_workflow_template("shared"), dict))
        cluster.kubectl("delete", "crd", f"{kind.plural}.argoproj.io")
        until(lambda: informer.snapshot.catalog.cluster_workflow_template("shared") is UNAVAILABLE)
    cluster.apply(definition(kind))

    assert {UNAVAILABLE} == set(live.values())
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert any("Is its CustomResourceDefinition installed?" in message for message in told)


def test_a_forbidden_kind(cluster: FrailPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What we may not list is unavailable, in the catalog and live; once we may, it is followed."""
    cluster.kubectl("create", "serviceaccount", "narrow", "-n", "default")
    argo = ["--resource=workflowtemplates,clusterworkflowtemplates", "--verb=get,list,watch"]
    cluster.kubectl("create", "clusterrole", "narrow", *argo)
    cluster.kubectl("create", "clusterrolebinding", "narrow", "--clusterrole=narrow", "--serviceaccount=default:narrow")
    token = cluster.kubectl("create", "token", "narrow", "-n", "default").stdout.strip()
    kubeconfig = yaml.safe_load(cluster.kubeconfig.read_text())
    kubeconfig["users"] = [{"name": kubeconfig["users"][0]["name"], "user": {"token": token}}]
    (tmp_path / "narrow").write_text(yaml.safe_dump(kubeconfig))
    client = Client.connect(str(tmp_path / "narrow"))
    needed = watched(policies=False, required=frozenset({"WorkflowTemplate"}))
    with following(client, needed) as informer:
        until(lambda: informer.reflectors["Namespace"].state is State.FORBIDDEN)
        until(lambda: informer.snapshot)
        known = informer.snapshot.catalog.namespace("default")
        lookups = [Lookup("Namespace", "", "default"), Lookup("WorkflowTemplate", "default", "nothing-of-the-sort")]
        live = Live(client).answer(lookups)
        cluster.kubectl("create", "clusterrole", "wider", "--resource=namespaces", "--verb=get,list,watch")
        cluster.kubectl(
            "create", "clusterrolebinding", "wider", "--clusterrole=wider", "--serviceaccount=default:narrow"
        )
        until(lambda: isinstance(informer.snapshot.catalog.namespace("default"), dict))
    for name in ("narrow", "wider"):
        cluster.kubectl("delete", "clusterrole,clusterrolebinding", name)
    cluster.kubectl("delete", "serviceaccount", "narrow")

    assert UNAVAILABLE is known
    assert [UNAVAILABLE, MISSING] == [live[lookup] for lookup in lookups]
    assert any("we are not allowed to list and watch it" in record.getMessage() for record in caplog.records)


def test_live_look_ups(cluster: FrailPlane, client: Client) -> None:
    """What is there is found, what is not is missing, and no name leads anywhere else."""
    cluster.apply(template("live", "now"))
    names = ["live", "nothing", "../secrets/x", "..", "", "Live", "live?watch=1", "x" * 300]
    answers = Live(client).answer([Lookup("WorkflowTemplate", "default", name) for name in names])
    found = {lookup.name: answer for lookup, answer in answers.items()}

    live = found.pop("live")
    assert isinstance(live, dict)
    assert "now" == live["spec"]["templates"][0]["container"]["image"]
    assert {MISSING} == set(found.values())


def test_live_look_ups_are_bounded(cluster: FrailPlane, tmp_path: Path) -> None:
    """Too many questions, kinds that nobody follows, and answers that come too late are unavailable."""
    questions = [Lookup("WorkflowTemplate", "default", f"number-{number}") for number in range(5)]
    with cable(cluster, tmp_path) as (line, client):
        live = Live(client, seconds=0.5)
        many = live.answer(questions, most=2)
        other = live.answer([Lookup("Secret", "default", "x")])
        line.silent = True
        late = live.answer(questions)
        live.close()

    assert {MISSING: 2, UNAVAILABLE: 3} == {each: list(many.values()).count(each) for each in (MISSING, UNAVAILABLE)}
    assert [UNAVAILABLE] == list(other.values())
    assert {UNAVAILABLE} == set(late.values())


def test_an_api_server_that_stands_still(cluster: FrailPlane, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What we know is used for its time, and then we are not ready; once it goes on, all is followed by itself."""
    monkeypatch.setattr(reflector, "_SILENCE", 1.0)
    cluster.apply(template("still", "one"))
    with following(client, watched(stale=5)) as informer:
        until(lambda: image(informer, "still") == "one")
        with cluster.api_paused():
            usable = not informer.unready() and image(informer, "still")
            until(informer.unready)
            reasons, stays = informer.unready(), image(informer, "still")
        until(lambda: not informer.unready())
        cluster.apply(template("still", "two"))
        until(lambda: image(informer, "still") == "two")

    assert ("one", "one") == (usable, stays)
    assert all("nothing was heard for" in reason for reason in reasons)


def test_an_etcd_that_stands_still(cluster: FrailPlane, informer: Informer) -> None:
    """An API server that cannot read or write for some seconds takes nothing from what we know; then it goes on."""
    cluster.apply(template("slow", "one"))
    until(lambda: image(informer, "slow") == "one")
    with cluster.etcd_paused():
        time.sleep(3)
        reasons, stays = informer.unready(), image(informer, "slow")
    cluster.apply(template("slow", "two"))
    until(lambda: image(informer, "slow") == "two")

    assert ([], "one") == (reasons, stays)


def test_a_watch_that_is_behind_what_etcd_has_forgotten(
    cluster: FrailPlane, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    What we know stays while the API server restarts over a compacted etcd; then it says 410, and all is listed anew.

    It restarts because it remembers changes itself for a while, whatever etcd has forgotten.
    """
    caplog.set_level(logging.INFO, "admission.cluster")
    monkeypatch.setattr(reflector, "_SILENCE", 1.0)
    gone = [f"history-{number}" for number in range(20)]
    cluster.apply(template("behind", "one"), *map(template, gone))
    with cable(cluster, tmp_path) as (line, client), following(client) as informer:
        until(lambda: image(informer, "behind") == "one" and image(informer, gone[-1]) == "alpine")
        line.silent = True
        line.cut()
        cluster.kubectl("delete", "workflowtemplate", *gone)
        cluster.apply(template("behind", "two"))
        cluster.compact()
        cluster.stop_api()
        cluster.start_api()
        until(lambda: not cluster.kubectl("get", "workflowtemplate", "behind", check=False).returncode)
        stays = image(informer, "behind"), image(informer, gone[3])
        line.silent = False
        line.cut()
        until(lambda: image(informer, "behind") == "two" and image(informer, gone[3]) is MISSING)
        until(lambda: not informer.unready())

    assert ("one", "alpine") == stays
    told = {record.getMessage() for record in caplog.records}
    assert "WorkflowTemplate: what we know is too old for a watch, it is listed anew" in told

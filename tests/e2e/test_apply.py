"""``kubectl apply`` of a Workflow, from the terminal to what is stored and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from talking import GOLDEN, Cluster, binding, policy, reference, template, transcript, workflow
from waiting import quickest, until

from admission.cli.demo.scenes import MANIFESTS, SCENES, Scene

pytestmark = pytest.mark.cluster

#: The two ways in which kubectl applies, by their flags.
WAYS = [pytest.param((), id="client-side"), pytest.param(("--server-side",), id="server-side")]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.file)
def test_scenes_of_the_demo(cluster: Cluster, scene: Scene) -> None:
    """What the demo shows is so."""
    name = scene.file.removesuffix(".yaml")
    done = cluster.kubectl("apply", "-f", scene.file)
    stored = cluster.has("workflow", name)
    cluster.delete("workflow", name)

    assert (scene.allowed, scene.allowed) == (done.returncode == 0, stored)
    for part in scene.says:
        assert part in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("folder", "file", "expected"),
    [
        (MANIFESTS, "report.yaml", "invalid.txt"),
        (GOLDEN, "both.yaml", "forbidden.txt"),
        (MANIFESTS, "scan.yaml", "warned.txt"),
    ],
    ids=["lint alone", "policies and lint", "a warning"],
)
def test_transcripts(cluster: Cluster, folder: Path, file: str, expected: str) -> None:
    """Findings of lint alone are a 422, of which kubectl prints the causes; of a policy a 403, with its message."""
    shown = transcript(cluster, "apply", "-f", file, cwd=folder)
    cluster.delete("workflow", file.removesuffix(".yaml"))

    assert (GOLDEN / expected).read_text() == shown


@pytest.mark.parametrize("way", WAYS)
def test_what_is_missing_is_put_in_once(cluster: Cluster, way: tuple[str, ...]) -> None:
    """Without limits and service account a Workflow is stored with them; the next applies change nothing."""
    apply = ("apply", *way, "-f", "hello.yaml")
    cluster.must(*apply)
    stored, first = cluster.get("workflow", "hello")["spec"], cluster.identity("workflow", "hello")
    again = [cluster.must(*apply) and cluster.identity("workflow", "hello") for _ in range(2)]
    cluster.delete("workflow", "hello")

    [only] = stored["templates"]
    assert "workflow" == stored["serviceAccountName"]
    assert {"cpu": "1", "memory": "1Gi"} == only["container"]["resources"]["limits"]
    assert [first, first] == again


@pytest.mark.parametrize("way", WAYS)
def test_a_reference_is_written_out_once(cluster: Cluster, way: tuple[str, ...]) -> None:
    """What a reference means is stored in its place, with its author's choices; the next applies change nothing."""
    apply = ("apply", *way, "-f", "greeting.yaml")
    cluster.must(*apply)
    stored, first = cluster.get("workflow", "greeting"), cluster.identity("workflow", "greeting")
    again = [cluster.must(*apply) and cluster.identity("workflow", "greeting") for _ in range(2)]
    cluster.delete("workflow", "greeting")

    assert "workflowTemplateRef" not in stored["spec"]
    assert ["greet"] == [each["name"] for each in stored["spec"]["templates"]]
    assert "greeter" == stored["spec"]["serviceAccountName"]
    assert "greeting" == stored["metadata"]["labels"]["workflows.argoproj.io/workflow-template"]
    assert [first, first] == again


@pytest.mark.parametrize("way", WAYS)
def test_an_edit_of_what_was_changed_is_kept(cluster: Cluster, way: tuple[str, ...]) -> None:
    """Folding back a repeated apply does not swallow what its author has changed since."""
    apply = ("apply", *way, "-f", "-")
    cluster.must(*apply, input=json.dumps(workflow("edited")))
    cluster.must(*apply, input=json.dumps(workflow("edited", container={"image": "alpine:3.21"})))
    stored = cluster.get("workflow", "edited")["spec"]["templates"][0]["container"]
    cluster.delete("workflow", "edited")

    assert "alpine:3.21" == stored["image"]
    assert {"cpu": "1", "memory": "1Gi"} == stored["resources"]["limits"]


def test_generated_names(cluster: Cluster) -> None:
    """A Workflow without a name is changed and judged as any other."""
    made = workflow("", metadata={"generateName": "some-"})
    del made["metadata"]["name"]
    done = cluster.create(made, "-o", "jsonpath={.metadata.name} {.spec.serviceAccountName}")
    name, account = done.stdout.split()
    cluster.delete("workflow", name)

    assert name.startswith("some-")
    assert "workflow" == account


def test_a_changed_template_is_used_within_a_second(cluster: Cluster) -> None:
    """What is created after a template was changed is made of the changed one."""

    def image() -> str:
        made = cluster.create(reference("trial", "hot"), "--dry-run=server", "-o", "json")
        return made.stdout.partition('"image": "')[2].partition('"')[0]

    def changed(to: str) -> float:
        cluster.apply(template("hot", to), check=True)
        return until(lambda: image() == to)

    # More than once, as a busy machine may hold up any of them.
    seconds = quickest(changed(f"alpine:3.{number}") for number in range(15, 20))
    cluster.delete("workflowtemplate", "hot")

    assert seconds < 1


def test_an_edited_policy_works_within_a_second(cluster: Cluster) -> None:
    """A policy that is applied, edited or deleted decides about what comes after it."""

    def denied() -> bool:
        done = cluster.create(workflow("trial"), "--dry-run=server")
        return done.returncode != 0 and "[policy/hot]" in done.stderr

    def applied(entrypoint: str) -> float:
        cluster.apply(policy("hot", f"object.spec.entrypoint == '{entrypoint}'"), binding("hot"), check=True)
        return until(lambda: denied() is (entrypoint != "main"))

    def deleted() -> float:
        cluster.delete("wfpol,wfpolb", "hot")
        return until(lambda: not denied())

    def edited() -> float:
        applied("main")
        return applied("third")

    # More than once, as a busy machine may hold up any of them.
    worst = quickest(max(applied("other"), edited(), deleted()) for _ in range(8))

    assert worst < 1

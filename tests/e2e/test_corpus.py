"""Manifests and CustomResourceDefinitions of others, where they stand beside the checkout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from corpus import CORPUS, CRDS
from talking import Cluster, workflow

from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.scenes import SCENES, Scene
from admission.cli.demo.webhook import Webhook

pytestmark = [pytest.mark.cluster, pytest.mark.corpus]

#: Nothing of it is collected where the corpus is not: there is nothing to compare with.
SLIDES = sorted((CORPUS / "slides").glob("*/*.yaml"))

#: The field that each mistake stands at.
MISTAKES = {
    "hello-world-resources-beside-container": "spec.templates[0].resources",
    "http-condition-beside-http": "spec.templates[1].successCondition",
    "script-without-print-message": "spec.templates[0].steps[1][0].template",
}

if SLIDES:

    @pytest.fixture(scope="module")
    def bare(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
        """A cluster with nothing but the kinds: what is refused is so by default."""
        plane.apply(*definitions())
        with Webhook(plane, tmp_path_factory.mktemp("webhook")) as webhook:
            yield Cluster(plane, webhook)

    @pytest.mark.parametrize("file", SLIDES, ids=lambda file: file.stem)
    def test_slides(bare: Cluster, file: Path) -> None:
        """What is complete is admitted; a mistake that is easily made is refused at its field, by name or hint."""
        done = bare.kubectl("create", "-f", str(file), namespace="default")
        bare.kubectl(
            "delete", "workflow,cronworkflow,workflowtemplate,clusterworkflowtemplate", "--all", namespace="default"
        )

        if file.parent.name == "completed":
            assert 0 == done.returncode, done.stderr
        else:
            assert 1 == done.returncode
            assert f"{MISTAKES[file.stem]}: " in done.stderr


#: It takes the API server some 20 s of CPU to take this one in; the other kinds have the same fields.
FULL = CRDS / "argoproj.io_workflows.yaml"

if FULL.exists():

    @pytest.fixture(scope="module")
    def full(cluster: Cluster) -> Iterator[Cluster]:
        """The cluster of the demo with the whole schema of Workflows."""
        cluster.must("apply", "--server-side", "--force-conflicts", "-f", str(FULL))
        yield cluster
        cluster.plane.apply(*definitions())

    @pytest.mark.parametrize("scene", [scene for scene in SCENES if scene.allowed], ids=lambda scene: scene.file)
    def test_what_is_stored_fits_the_whole_schema(full: Cluster, scene: Scene) -> None:
        """What we change is valid for the whole schema, and a second apply changes nothing there either."""
        name = scene.file.removesuffix(".yaml")
        full.must("apply", "-f", scene.file)
        first = full.identity("workflow", name)
        full.must("apply", "-f", scene.file)
        second = full.identity("workflow", name)
        full.delete("workflow", name)

        assert first == second

    def test_unknown_fields_are_the_api_servers_own_answer(full: Cluster) -> None:
        """Fields that the schema does not have, and wrong types, are refused before we are asked."""
        full.webhook.stop()
        misplaced = full.kubectl("apply", "-f", "report.yaml")
        mistyped = full.create(workflow("mistyped", parallelism="three"))
        full.webhook.start()

        assert 'unknown field "spec.templates[1].resources"' in misplaced.stderr
        assert "spec.parallelism" in mistyped.stderr

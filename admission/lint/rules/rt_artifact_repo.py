from __future__ import annotations

from collections.abc import Iterator

from admission.argo.graph import Node
from admission.argo.validation.artifacts import driver
from admission.argo.validation.tables import tables
from admission.argo.workflow import Workflow
from admission.lint.config_maps import config_map
from admission.lint.reading import entries
from admission.lint.rule import Hit, rule
from admission.model.document import Document, mapping
from admission.model.finding import Action
from admission.model.path import Path

#: The ConfigMap with the repositories of a namespace.
REPOSITORIES = "artifact-repositories"
#: What tells the place of an artifact of those drivers, beside its key.
BUCKETS = {"s3": "bucket", "gcs": "bucket", "oss": "bucket", "azure": "container"}


@rule(
    action=Action.WARN,
    good="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            outputs: {artifacts: [{name: out, path: /out, s3: {endpoint: e, bucket: b, key: k}}]}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            outputs:
              artifacts:
              - {name: out, path: /out}  # finding
        ---
        kind: ConfigMap
        metadata: {name: workflow-controller-configmap}
        data: {parallelism: "10"}
        """,
)
def rt_artifact_repo(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact has a place, or the controller has one for it.

    Where neither the artifact says in which bucket it is nor the controller's configuration has an artifact repository,
    the step ends in Error when the artifact is moved. A namespace may have a repository that is not known here: a
    warning, and none where the controller's configuration is not known.
    """
    options = workflow.catalog.controller_config()
    if not options or options.get("artifactRepository") or workflow.spec.get("artifactRepositoryRef"):
        return
    defaults = mapping(workflow.catalog.workflow_defaults().get("spec"))
    if defaults.get("artifactRepositoryRef") or isinstance(config_map(workflow, REPOSITORIES), dict):
        return
    for node in workflow.graph.having("inputs", "outputs"):
        if node.type in tables().pod_types and not isinstance(node.document.get("archiveLocation"), dict):
            for path in _homeless(node):
                yield path, "the controller has no artifact repository: say where the artifact is, as in s3.bucket"


def _homeless(node: Node) -> Iterator[Path]:
    """The artifacts that only a repository gives a place to."""
    for path, artifact in _artifacts(node, "outputs"):
        if not _is_placed(artifact):
            yield path
    for path, artifact in _artifacts(node, "inputs"):
        # One without a key comes from an argument, or is left out.
        if driver(artifact) in BUCKETS and not _is_placed(artifact):
            yield path


def _artifacts(node: Node, way: str) -> Iterator[tuple[Path, Document]]:
    return entries(node.path.join((way, "artifacts")), mapping(node.document.get(way)).get("artifacts"))


def _is_placed(artifact: Document) -> bool:
    name = driver(artifact)
    return name is not None and (name not in BUCKETS or bool(mapping(artifact.get(name)).get(BUCKETS[name])))

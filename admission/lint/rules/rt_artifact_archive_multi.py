from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.artifacts import artifacts_of
from admission.lint.rule import Hit, rule
from admission.model.document import mapping
from admission.model.finding import Action


@rule(
    mentions=('"archive"',),
    good="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            outputs: {artifacts: [{name: f, path: /f, archive: {tar: {compressionLevel: 9}}}]}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            outputs:
              artifacts:
              - {name: f, path: /f, archive: {none: {}, zip: {}}}  # finding
              - {name: g, path: /g, archive: {tar: {compressionLevel: 10}}}  # finding
        """,
)
def rt_artifact_archive_multi(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact is packed in one way.

    Of tar, zip and none Argo takes one, which may not be the one that was meant: a warning. A level of compression
    outside -2 to 9 fails when the artifact is saved: certain, so denied.
    """
    for path, artifact in artifacts_of(workflow.graph):
        archive = mapping(artifact.get("archive"))
        ways = [name for name in ("none", "tar", "zip") if isinstance(archive.get(name), dict)]
        if len(ways) > 1:
            yield path / "archive", f"{' and '.join(ways)} are two ways to pack: keep one", Action.WARN
        level = mapping(archive.get("tar")).get("compressionLevel")
        if isinstance(level, int) and not -2 <= level <= 9:
            yield path.join(("archive", "tar", "compressionLevel")), f"{level} is no level: use -2 to 9"

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import found
from admission.lint.rule import Hit, rule


@rule(
    good="""
        spec:
          entrypoint: main
          templates:
          - name: main
            inputs: {artifacts: [{name: x, path: /x, git: {repo: 'https://example.com/x.git'}}]}
            container: {image: alpine}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            inputs: {artifacts: [{name: x, path: /x, git: {}, raw: {data: d}}]}  # finding
            container: {image: alpine}
        """,
)
def art_git_repo(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact from git names the repository.

    There is no default.
    """
    return found(workflow, "art-git-repo")

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
            inputs:
              artifacts:
              - {name: x, path: /x, raw: {data: d}, hdfs: {addresses: [a], path: /r, hdfsUser: u}}
            container: {image: alpine}
        """,
    bad="""
        spec:
          entrypoint: main
          templates:
          - name: main
            inputs:
              artifacts: [{name: x, path: /x, raw: {data: d}, hdfs: {path: /r, hdfsUser: u}}]  # finding
            container: {image: alpine}
        """,
)
def art_hdfs_addresses(workflow: Workflow) -> Iterator[Hit]:
    """
    An artifact from HDFS lists the name nodes.

    There is no default.
    """
    return found(workflow, "art-hdfs-addresses")

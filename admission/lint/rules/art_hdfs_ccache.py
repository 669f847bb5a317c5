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
              artifacts:
              - name: x
                path: /x
                raw: {data: d}
                hdfs: {addresses: [a], path: /r, krbCCacheSecret: {name: s, key: k}}  # finding
            container: {image: alpine}
        """,
)
def art_hdfs_ccache(workflow: Workflow) -> Iterator[Hit]:
    """
    A Kerberos login by credential cache is complete.

    It needs the service principal and the configuration.
    """
    return found(workflow, "art-hdfs-ccache")

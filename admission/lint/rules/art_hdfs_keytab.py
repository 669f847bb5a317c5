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
                hdfs: {addresses: [a], path: /r, krbKeytabSecret: {name: s, key: k}}  # finding
            container: {image: alpine}
        """,
)
def art_hdfs_keytab(workflow: Workflow) -> Iterator[Hit]:
    """
    A Kerberos login by keytab is complete.

    It needs the service principal, the configuration, the user and the realm.
    """
    return found(workflow, "art-hdfs-keytab")

"""
The structure of objects, as rules: sources ``schema/…``, which are no names for bindings.

The runner finds them all in one walk by the table of fields (``argo/schema.py``); here each has its reasons and
examples.
"""

from __future__ import annotations

from collections.abc import Iterator

from admission.argo.workflow import Workflow
from admission.lint.following import misfitting
from admission.lint.rule import Hit, rule
from admission.model.finding import Action


@rule(
    family="schema",
    good="""
        spec:
          templates:
          - name: main
            container: {image: alpine, resources: {limits: {memory: 32Mi}}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            resources: {limits: {memory: 32Mi}}  # finding
        """,
)
def unknown_field(workflow: Workflow) -> Iterator[Hit]:
    """
    There are no fields but those that Argo knows.

    A cluster with Argo's minimal CRDs stores any field, and the controller drops what it does not know without a word:
    a limit beside its container is none. Denied by the profiles recommended and argo-lint; the profile argo denies only
    what Argo cannot decode, which are unknown fields directly in a step. Of objects that the controller itself writes
    it is a warning, because a newer one may know more.
    """
    return misfitting(workflow, "unknown-field")


@rule(
    family="schema",
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine, env: [{name: RETRIES, value: "3"}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container:
              image: alpine
              env:
              - {name: RETRIES, value: 3}  # finding
        """,
)
def wrong_type(workflow: Workflow) -> Iterator[Hit]:
    """
    Every value is of the type that its field has.

    Argo cannot decode anything else, and the workflow fails before it begins: denied in every profile. Where only the
    full CRDs refuse it, such as a number as the value of a parameter, it is a warning.
    """
    return misfitting(workflow, "wrong-type")


@rule(
    family="schema",
    action=Action.WARN,
    good="""
        metadata: {name: a}
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize: {key: a, maxAge: 1h, cache: {configMap: {name: c, key: k}}}
        """,
    bad="""
        metadata: {name: a}
        spec:
          templates:
          - name: main
            container: {image: alpine}
            memoize: {key: a, cache: {configMap: {name: c, key: k}}}  # finding
        """,
)
def missing_field(workflow: Workflow) -> Iterator[Hit]:
    """
    No field is missing that Argo's full CRDs ask for.

    Where those are installed the API server refuses the object; Argo itself takes it. So it is a warning.
    """
    return misfitting(workflow, "missing-field")


@rule(
    family="schema",
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine}, retryStrategy: {limit: 2, retryPolicy: OnError}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container: {image: alpine}
            retryStrategy:
              limit: 2
              retryPolicy: ""  # finding
        """,
)
def unknown_value(workflow: Workflow) -> Iterator[Hit]:
    """
    A field that has a few values has one of them.

    Where Argo's full CRDs are installed the API server refuses the object; Argo itself may take it. So it is a warning.
    """
    return misfitting(workflow, "unknown-value")


@rule(
    family="schema",
    action=Action.WARN,
    good="""
        spec:
          templates:
          - {name: main, container: {image: alpine, env: [{name: A, value: x}]}}
        """,
    bad="""
        spec:
          templates:
          - name: main
            container:
              image: alpine
              env:
              - {name: A, value: x}
              - {name: A, value: y}  # finding
        """,
)
def repeated_item(workflow: Workflow) -> Iterator[Hit]:
    """
    No item of a list is there twice, where items are told apart by a key.

    Where Argo's full CRDs are installed the API server refuses two variables, mounts or ports of one name; where they
    are not, the last counts. So it is a warning.
    """
    return misfitting(workflow, "repeated-item")


@rule(
    family="schema",
    good="""
        spec:
          entrypoint: main
          templates:
          - {name: main, container: {image: alpine}}
        """,
    bad="""
        spec:
          entrypoint: other
          entrypoint: main  # finding
          templates:
          - {name: main, container: {image: alpine}}
        """,
)
def duplicate_key(workflow: Workflow) -> Iterator[Hit]:
    """
    No key stands twice in one object.

    YAML forbids it, and most readers take the last one without a word, so that a part of what is written never counts.
    Denied by the profiles recommended and argo-lint; only the text of a file shows it, not the object in a cluster.
    """
    # Found where the text is read: see ``model/source``.
    return iter(())


STRUCTURE = (unknown_field, wrong_type, missing_field, unknown_value, repeated_item, duplicate_key)
